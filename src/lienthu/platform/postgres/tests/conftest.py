from __future__ import annotations

import multiprocessing
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from lienthu.platform.postgres import EmbeddedPostgres

if sys.platform != "linux":
    pytest.skip("the embedded server is driven through /proc", allow_module_level=True)

forking = multiprocessing.get_context("fork")


@pytest.fixture(scope="session")
def made_once() -> Iterator[Path]:
    """The folder of a complete cluster, short enough for its socket."""
    base = Path(tempfile.mkdtemp(prefix="lt"))
    server = EmbeddedPostgres(base / "postgres")
    with server.ensure() as lease, psycopg.connect(lease.dsn) as connection:
        connection.execute("create table loan (id bigint generated always as identity, note text)")
    # Processes are killed here, not the machine: waiting for the disk proves nothing.
    (server.layout.data / "local.conf").write_text("fsync = off\n")
    yield base / "postgres"
    server.stop()
    shutil.rmtree(base, ignore_errors=True)


@pytest.fixture
def server(made_once: Path) -> Iterator[EmbeddedPostgres]:
    """A stopped server with an empty table; tests leave its cluster whole."""
    server = EmbeddedPostgres(made_once)
    with server.ensure() as lease, psycopg.connect(lease.dsn) as connection:
        connection.execute("truncate loan restart identity")
    assert server.status() == "stopped"
    yield server
    server.stop()


@pytest.fixture
def short_path() -> Iterator[Path]:
    """A folder of its own with a short path; whatever server is left in it is stopped."""
    base = Path(tempfile.mkdtemp(prefix="lt"))
    yield base
    EmbeddedPostgres(base / "postgres").stop()
    shutil.rmtree(base, ignore_errors=True)


@pytest.fixture
def copy(server: EmbeddedPostgres, short_path: Path) -> EmbeddedPostgres:
    """A cluster that the test may ruin."""
    shutil.copytree(server.layout.data, short_path / "postgres" / "data")
    (short_path / "postgres").chmod(0o700)
    return EmbeddedPostgres(short_path / "postgres")


@pytest.fixture
def fork() -> Iterator[Callable[..., multiprocessing.process.BaseProcess]]:
    """Run a function in a forked process; none outlives the test."""
    begun = []

    def begin(target: Callable[..., object], *args: object) -> multiprocessing.process.BaseProcess:
        process = forking.Process(target=target, args=args, daemon=True)
        process.start()
        begun.append(process)
        return process

    yield begin
    for process in begun:
        process.kill()
        process.join()
