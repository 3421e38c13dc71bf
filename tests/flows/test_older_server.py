"""A backup is restored on Debian's PostgreSQL, which is older than the programs that read and write backups."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

pytestmark = pytest.mark.slow

_PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))


def _account() -> int | None:
    """As whom the server runs: PostgreSQL refuses to be root, and Debian's package brings an account along."""
    if os.getuid() != 0:
        return None
    try:
        return pwd.getpwnam("postgres").pw_uid
    except KeyError:
        return -1


@pytest.fixture(scope="module")
def debian() -> Iterator[Callable[[], str]]:
    """Debian's server on a port of its own; called, it gives the address of a new and empty database."""
    user = _account()
    if not _PROGRAMS or user == -1:
        pytest.skip("Debian's PostgreSQL server is not installed (apt-get install postgresql)")
    programs, password = _PROGRAMS[-1].parent, secrets.token_urlsafe(12)
    place = Path("/tmp") / f"lienthu-debian-{secrets.token_hex(6)}"  # the account may not enter pytest's folders
    place.mkdir(mode=0o700)
    (place / "password").write_text(password)
    if user is not None:
        shutil.chown(place, user)
        shutil.chown(place / "password", user)

    def run(*command: str | Path, **more: Any) -> None:
        subprocess.run([str(part) for part in command], check=True, user=user, cwd=place, timeout=120, **more)

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    control = (programs / "pg_ctl", "-D", place / "data")
    try:
        run(
            programs / "initdb", "-D", place / "data", "-U", "owner", "-E", "UTF8", "--locale=C.UTF-8",
            "--auth=scram-sha-256", f"--pwfile={place / 'password'}", "--no-sync", stdout=subprocess.DEVNULL,
        )  # fmt: skip
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off"
        run(*control, "-w", "-l", place / "log", "-o", options, "start", stdout=subprocess.DEVNULL)
        numbers = iter(range(100))

        def database() -> str:
            name = f"lienthu{next(numbers)}"
            with psycopg.connect(f"postgresql://owner:{password}@127.0.0.1:{port}/postgres", autocommit=True) as c:
                c.execute(f"CREATE DATABASE {name}")
            return f"postgresql://owner:{password}@127.0.0.1:{port}/{name}"

        try:
            yield database
        finally:
            run(*control, "-m", "immediate", "stop", stdout=subprocess.DEVNULL)
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _rows(connection: psycopg.Connection[Any]) -> dict[str, int]:
    tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1").fetchall()
    return {t: connection.execute(f'SELECT count(*) FROM "{t}"').fetchall()[0][0] for (t,) in tables}


def test_a_backup_is_restored_on_debians_server_and_from_there_back(
    shared_install: Any, folders: Callable[..., Any], debian: Callable[[], str], tmp_path: Path
) -> None:
    assert shared_install.lienthu("backup", tmp_path / "first.tar").code == 0
    with shared_install.database() as c:
        before = _rows(c)
    there = folders("new")
    there.extra = {"DATABASE_URL": debian()}
    done = there.lienthu("restore", tmp_path / "first.tar")
    assert done.code == 0, done.err
    with psycopg.connect(there.extra["DATABASE_URL"]) as c:
        print(f"restored on PostgreSQL {c.info.server_version}")
        moved = _rows(c)
    for told in (before, moved):
        told.pop("platform_change")  # news for the index: the restored install has built its own
    assert moved == before
    assert before["network_library"] == 3
    assert there.lienthu("backup", tmp_path / "second.tar").code == 0
    back = folders("new")
    done = back.lienthu("restore", tmp_path / "second.tar")
    assert done.code == 0, done.err
    with back.database() as c:
        again = _rows(c)
    again.pop("platform_change")
    assert again == before


def test_a_restore_that_fails_half_way_leaves_the_older_server_empty(
    shared_install: Any, folders: Callable[..., Any], debian: Callable[[], str], tmp_path: Path
) -> None:
    assert shared_install.lienthu("backup", tmp_path / "whole.tar").code == 0
    there = folders("new")
    there.extra = {"DATABASE_URL": debian()}
    with psycopg.connect(there.extra["DATABASE_URL"], autocommit=True) as c:
        c.execute("CREATE SCHEMA other CREATE TABLE union_membership (id int)")
        c.execute("CREATE FUNCTION nothing() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN"
                  " IF EXISTS (SELECT FROM pg_tables WHERE tablename = 'network_library' AND schemaname = 'public')"
                  " THEN RAISE 'no more room'; END IF; END $$")  # fmt: skip
        c.execute("CREATE EVENT TRIGGER refuse ON ddl_command_end EXECUTE FUNCTION nothing()")
        failed = there.lienthu("restore", tmp_path / "whole.tar")
        assert failed.code == 2
        assert "no more room" in failed.err
        assert _rows(c) == {}
        c.execute("DROP EVENT TRIGGER refuse")
        c.execute("DROP FUNCTION nothing()")
    assert there.lienthu("restore", tmp_path / "whole.tar").code == 0
