"""Fixtures for the whole suite: one database a worker, one sample province a session."""

from __future__ import annotations

import fcntl
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

# Times are not asserted: on a busy machine the first call of anything may take long.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

# The suite has a data folder of its own, shared by its workers: an embedded server started once, a database each.
_OWN = "LIENTHU_TEST_DATA"
if _OWN not in os.environ:
    os.environ[_OWN] = tempfile.mkdtemp(prefix="lienthu-test-")
    os.environ["LIENTHU_TEST_OWNER"] = str(os.getpid())
os.environ["LIENTHU_DATA"] = os.environ[_OWN]
os.environ["DJANGO_SETTINGS_MODULE"] = "lienthu.config.settings"

_SELF_MADE = {"province", "digitised", "scene"}
"""Fixtures that see to database and transaction themselves."""

SHARED = Path(__file__).resolve().parents[1] / "shared"

# The commands that tests start find the modules compiled, whatever the shell says: each of them loads hundreds.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False


def pytest_configure() -> None:
    """Django ready before any test module is read; not through pyproject, whose setting is read before this file."""
    import django

    django.setup()


def pytest_sessionstart() -> None:
    """Whoever reads the settings too early would let the tests loose on the checkout's own data folder."""
    from django.conf import settings

    assert Path(os.environ[_OWN]).resolve() == settings.DATA_DIR
    if os.environ.get("LIENTHU_TEST_OWNER") == str(os.getpid()) and not os.environ.get("DATABASE_URL"):
        _wait_for_no_disk()


def _wait_for_no_disk() -> None:
    """The server of the suite outlives nothing: what it writes need not be on a disk before the next statement."""
    import psycopg
    from django.conf import settings

    from lienthu.config.database import hold_lease

    with psycopg.connect(hold_lease(settings.ENV).dsn, autocommit=True) as connection:
        (Path(os.environ[_OWN]) / "postgres" / "data" / "local.conf").write_text(
            "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\n"
        )
        connection.execute("SELECT pg_reload_conf()")


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Stop the database and remove the folder, in the process that made it."""
    if os.environ.get("LIENTHU_TEST_OWNER") == str(os.getpid()):
        from pytest_django.plugin import blocking_manager_key

        from lienthu.config.database import release_lease
        from lienthu.platform.postgres import EmbeddedPostgres

        release_lease()
        if not os.environ.get("DATABASE_URL"):
            EmbeddedPostgres(Path(os.environ[_OWN]) / "postgres").stop()
        else:
            with session.config.stash[blocking_manager_key].unblock():
                for made in (Path(os.environ[_OWN]) / "made-once").glob("*.made"):
                    _drop_database(_made_database(made.stem))
        shutil.rmtree(os.environ[_OWN], ignore_errors=True)


# What takes longest comes first, so that no worker waits for another at the end.
_LONGEST = (
    "tests/browser/", "tests/architecture/", "tests/flows/", "src/lienthu/faces/cli/", "tests/",
    "src/lienthu/platform/", "src/lienthu/foundation/imaging/", "src/",
)  # fmt: skip


@pytest.hookimpl(trylast=True)  # after pytest-django, which puts what needs no database last
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """These tests, too, need the test database to be made: pytest-django goes by the marker."""
    for item in items:
        if _SELF_MADE & set(getattr(item, "fixturenames", ())):
            item.add_marker("django_db")
    items.sort(key=lambda item: next((n for n, begin in enumerate(_LONGEST) if item.nodeid.startswith(begin)), 9))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """A file to each worker, as ``--dist loadfile``; the browser's to the same: they look at one running system."""
    from xdist.scheduler import LoadFileScheduling

    class ByFile(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return "tests/browser" if nodeid.startswith("tests/browser/") else super()._split_scope(nodeid)

    return ByFile(config, log)


@pytest.fixture(autouse=True)
def _own_folders(request: pytest.FixtureRequest, tmp_path: Path, settings: Any) -> None:
    """Files and index of a test are its own; tests of the sample province share the session's."""
    folder = tmp_path
    if "digitised" in request.fixturenames:
        folder = request.getfixturevalue("_digitised_made").folder
    elif "province" in request.fixturenames:
        folder = request.getfixturevalue("_province_made").folder
    for name, path in _folders(folder).items():
        setattr(settings, name, path)


@pytest.fixture(autouse=True)
def _cheap_passwords(settings: Any) -> None:
    """Argon2 takes its time, as it should; accounts of tests do not need it. It still knows the sample's passwords."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *settings.PASSWORD_HASHERS]


@pytest.fixture(autouse=True)
def _django_db_marker(request: pytest.FixtureRequest) -> None:
    """As pytest-django's, but tests of the sample province have a database of their own, and others a transaction."""
    if not _SELF_MADE & set(request.fixturenames) and request.node.get_closest_marker("django_db"):
        request.getfixturevalue("_django_db_helper")


def _folders(folder: Path) -> dict[str, Path]:
    """Settings that name folders, for an install that lives in this one."""
    return {"FILES_DIR": folder / "files", "INDEX_DIR": folder / "index", "DIGITAL_DIR": folder / "digital"}


@dataclass(frozen=True)
class Province:
    """The sample province: its database, and the folder with its files and index."""

    database: str
    folder: Path


def _once(name: str, make: Callable[[Path], None]) -> Path:
    """A folder for all workers of a run: the first that needs what lies there makes it, the others wait for it."""
    folder = Path(os.environ[_OWN]) / "made-once" / name
    folder.mkdir(parents=True, exist_ok=True)
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.with_suffix(".made").exists():
            make(folder)
            folder.with_suffix(".made").touch()
    return folder


@pytest.fixture(scope="session")
def made_once() -> Callable[[str, Callable[[Path], None]], Path]:
    """A folder by a name, and what makes it: all workers of a run share it and leave it as it is."""
    return _once


@pytest.fixture(scope="session")
def prepared_install() -> Path:
    """A data folder without records, ready to be served and stopped. Tests copy it (``tests/installs.py``)."""
    from installs import prepared

    return _once("prepared-install", lambda folder: prepared(folder, sample=False))


@pytest.fixture(scope="session")
def seeded_install(prepared_install: Path) -> Path:
    """The same with the sample province, without digitised volumes."""
    from installs import copied, prepared

    return _once("seeded-install", lambda folder: prepared(copied(prepared_install, folder), sample=True))


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: Any) -> Iterator[None]:
    """A test database for each worker: copies of one to which the migrations were applied."""
    from django.db import connection

    before = connection.settings_dict["NAME"]
    with django_db_blocker.unblock():
        _once("empty", _migrate)
        connection.settings_dict["NAME"] = own = _for_this_worker(_made_database("empty"))
    yield
    with django_db_blocker.unblock():
        connection.close()
        connection.settings_dict["NAME"] = before
        _drop_database(own)


def _migrate(_: Path) -> None:
    from django.core.management import call_command

    name = _made_database("empty")
    _copy_database("template0", name)
    with _database(name):
        call_command("migrate", interactive=False, verbosity=0)


@pytest.fixture(scope="session")
def _province_made(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Province]:
    """The sample province, imported and indexed."""
    from lienthu.faces.cli.seeding import seed_province

    with django_db_blocker.unblock(), _once_for_each("province", "empty", seed_province, tmp_path_factory) as made:
        yield made


@pytest.fixture(scope="session")
def _digitised_made(
    _province_made: Province, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Province]:
    """The sample province with a few digitised volumes, their text recognised."""
    from lienthu.faces.cli.digitised import load_volumes
    from lienthu.faces.cli.indexing import catch_up
    from lienthu.faces.cli.sample.volumes.build import FEW

    def digitise() -> None:
        load_volumes(FEW)
        catch_up()

    with django_db_blocker.unblock(), _once_for_each("digitised", "province", digitise, tmp_path_factory) as made:
        yield made


@contextmanager
def _once_for_each(
    name: str, like: str, make: Callable[[], object], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Province]:
    """What is made once out of a copy of something else, and then copied for each worker."""

    def build(folder: Path) -> None:
        _copy_database(_made_database(like), _made_database(name))
        shutil.copytree(folder.with_name(like), folder, dirs_exist_ok=True)
        with _database(_made_database(name)), _at(folder):
            make()

    folder = _once(name, build)
    mine = Province(_for_this_worker(_made_database(name)), tmp_path_factory.mktemp(name))
    shutil.copytree(folder, mine.folder, dirs_exist_ok=True)
    yield mine
    _drop_database(mine.database)


def _made_database(name: str) -> str:
    return f"test_lienthu_{name}"


def _for_this_worker(database: str) -> str:
    own = f"{database}_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"
    _copy_database(database, own)
    return own


@contextmanager
def _at(folder: Path) -> Iterator[None]:
    """Settings that name folders, as long as something is made there."""
    from django.conf import settings

    before = {name: getattr(settings, name) for name in _folders(folder)}
    for name, path in _folders(folder).items():
        setattr(settings, name, path)
    try:
        yield
    finally:
        for name, path in before.items():
            setattr(settings, name, path)


def _copy_database(old: str, new: str) -> None:
    from django.db import connection

    connection.close()
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{new}"')
        cursor.execute(f'CREATE DATABASE "{new}" TEMPLATE "{old}"')


def _drop_database(name: str) -> None:
    from django.db import connection

    with connection._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@contextmanager
def _database(name: str) -> Iterator[None]:
    from django.db import connection

    before = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before


@pytest.fixture
def province(_province_made: Province, django_db_blocker: Any) -> Iterator[Province]:
    """The sample province, seeded and indexed. What a test writes to its database is rolled back."""
    yield from _rolled_back(_province_made, django_db_blocker)


@pytest.fixture
def digitised(_digitised_made: Province, django_db_blocker: Any) -> Iterator[Province]:
    """The sample province with the volumes of ``build.FEW``. What a test writes to its database is rolled back."""
    yield from _rolled_back(_digitised_made, django_db_blocker)


def _rolled_back(made: Province, django_db_blocker: Any) -> Iterator[Province]:
    from django.db import transaction

    whole = transaction.atomic()
    whole._from_testcase = True
    with django_db_blocker.unblock(), _database(made.database), whole:
        yield made
        transaction.set_rollback(True)


@pytest.fixture
def shared_data() -> Path:
    """The real files of elsewhere; tests that need them are skipped where the folder is absent."""
    folder = SHARED / "data"
    if not folder.is_dir():
        pytest.skip("the folder of real test files is not beside the checkout")
    return folder
