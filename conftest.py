"""Fixtures for the whole suite: one database a worker, one sample province a session."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
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

SHARED = Path(__file__).resolve().parents[1] / "shared"


def pytest_configure() -> None:
    """Django ready before any test module is read; not through pyproject, whose setting is read before this file."""
    import django

    django.setup()


def pytest_sessionstart() -> None:
    """Whoever reads the settings too early would let the tests loose on the checkout's own data folder."""
    from django.conf import settings

    assert Path(os.environ[_OWN]).resolve() == settings.DATA_DIR


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Stop the database and remove the folder, in the process that made it."""
    if os.environ.get("LIENTHU_TEST_OWNER") == str(os.getpid()):
        from lienthu.config.database import release_lease
        from lienthu.platform.postgres import EmbeddedPostgres

        release_lease()
        if not os.environ.get("DATABASE_URL"):
            EmbeddedPostgres(Path(os.environ[_OWN]) / "postgres").stop()
        shutil.rmtree(os.environ[_OWN], ignore_errors=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of the province need the test database to be made: pytest-django goes by the marker."""
    for item in items:
        if {"province", "digitised"} & set(getattr(item, "fixturenames", ())):
            item.add_marker("django_db")


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
def _django_db_marker(request: pytest.FixtureRequest) -> None:
    """As pytest-django's, but tests of the sample province have a database of their own."""
    if not {"province", "digitised"} & set(request.fixturenames) and request.node.get_closest_marker("django_db"):
        request.getfixturevalue("_django_db_helper")


def _folders(folder: Path) -> dict[str, Path]:
    """Settings that name folders, for an install that lives in this one."""
    return {"FILES_DIR": folder / "files", "INDEX_DIR": folder / "index", "DIGITAL_DIR": folder / "digital"}


@dataclass(frozen=True)
class Province:
    """The sample province: its database, and the folder with its files and index."""

    database: str
    folder: Path


@pytest.fixture(scope="session")
def _province_made(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Province]:
    """Import and index the sample province once, in a copy of the empty test database."""
    from django.db import connection

    from lienthu.faces.cli.seeding import seed_province

    made = Province(f"{connection.settings_dict['NAME']}_province", tmp_path_factory.mktemp("province"))
    with django_db_blocker.unblock():
        _copy_database(connection.settings_dict["NAME"], made.database)
        with _database(made.database), _at(made.folder):
            seed_province()
    yield made
    with django_db_blocker.unblock():
        _drop_database(made.database)


@pytest.fixture(scope="session")
def _digitised_made(
    _province_made: Province, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Province]:
    """The sample province with a few digitised volumes, their text recognised, in a copy of its database."""
    from lienthu.faces.cli.digitised import load_volumes
    from lienthu.faces.cli.indexing import catch_up
    from lienthu.faces.cli.sample.volumes.build import FEW

    made = Province(f"{_province_made.database}_digitised", tmp_path_factory.mktemp("digitised"))
    for name in ("files", "index"):
        shutil.copytree(_province_made.folder / name, made.folder / name)
    with django_db_blocker.unblock():
        _copy_database(_province_made.database, made.database)
        with _database(made.database), _at(made.folder):
            load_volumes(FEW)
            catch_up()
    yield made
    with django_db_blocker.unblock():
        _drop_database(made.database)


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
