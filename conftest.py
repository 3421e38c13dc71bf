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
        if "province" in getattr(item, "fixturenames", ()):
            item.add_marker("django_db")


@pytest.fixture(autouse=True)
def _own_folders(request: pytest.FixtureRequest, tmp_path: Path, settings: Any) -> None:
    """Files and index of a test are its own; tests of the sample province share the session's."""
    folder = tmp_path
    if "province" in request.fixturenames:
        folder = request.getfixturevalue("_province_made").folder
    settings.FILES_DIR, settings.INDEX_DIR = folder / "files", folder / "index"


@pytest.fixture(autouse=True)
def _django_db_marker(request: pytest.FixtureRequest) -> None:
    """As pytest-django's, but tests of the sample province have a database of their own."""
    if "province" not in request.fixturenames and request.node.get_closest_marker("django_db"):
        request.getfixturevalue("_django_db_helper")


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
    from django.conf import settings
    from django.db import connection

    from lienthu.faces.cli.seeding import seed_province

    made = Province(f"{connection.settings_dict['NAME']}_province", tmp_path_factory.mktemp("province"))
    folders = settings.FILES_DIR, settings.INDEX_DIR
    settings.FILES_DIR, settings.INDEX_DIR = made.folder / "files", made.folder / "index"
    with django_db_blocker.unblock():
        empty = connection.settings_dict["NAME"]
        connection.close()
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{made.database}"')
            cursor.execute(f'CREATE DATABASE "{made.database}" TEMPLATE "{empty}"')
        with _database(made.database):
            seed_province()
    settings.FILES_DIR, settings.INDEX_DIR = folders
    yield made
    with django_db_blocker.unblock(), connection._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{made.database}" WITH (FORCE)')


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
    from django.db import transaction

    whole = transaction.atomic()
    whole._from_testcase = True  # type: ignore[attr-defined]  # lets durable transactions run inside, as in TestCase
    with django_db_blocker.unblock(), _database(_province_made.database), whole:
        yield _province_made
        transaction.set_rollback(True)


@pytest.fixture
def shared_data() -> Path:
    """The real files of elsewhere; tests that need them are skipped where the folder is absent."""
    folder = SHARED / "data"
    if not folder.is_dir():
        pytest.skip("the folder of real test files is not beside the checkout")
    return folder
