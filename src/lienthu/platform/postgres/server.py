"""The embedded PostgreSQL of an install: there while somebody holds a lease on it.

Three lock files stand in the folder. `lease.lock` is held shared by everybody who uses the server.
`start.lock` is held alone by whoever starts or stops it. The last one out proves that by getting the
lease lock alone, and keeps it until the server is down: a newcomer waits for that, then starts anew.
`server.lock` is held by the server and its children themselves (see `cluster`).

A process killed with -9 drops its locks and nothing else. The server then stays up until the next
command comes and goes.
"""

from __future__ import annotations

import atexit
import fcntl
import os
import subprocess
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from psycopg.conninfo import conninfo_to_dict

from lienthu.platform.postgres import binaries, locks, sockets
from lienthu.platform.postgres.accounts import account_for
from lienthu.platform.postgres.cluster import DATABASE, START_SECONDS, STOP_SECONDS, Cluster, Life
from lienthu.platform.postgres.errors import CannotStart, ToolFailed
from lienthu.platform.postgres.logs import explain, tidy_logs
from lienthu.platform.postgres.making import ROLE, Layout, environment, major_of

_WAIT_SECONDS = START_SECONDS + STOP_SECONDS
_REFUSE_ROOT = frozenset({"initdb", "pg_ctl", "pg_resetwal", "pg_rewind", "pg_upgrade", "postgres"})
_STDERR_BYTES = 4000


class Lease:
    """The right to use the running server, until `release()`, the end of the `with` block or of the process.

    The end of the process means `atexit`: a signal that ends Python without it (SIGTERM by default,
    SIGKILL) frees the lease but stops nothing.

    A forked child does not inherit it, it calls `ensure()` for a lease of its own. A program started
    with exec may be given it with `pass_fds=(lease.fileno(),)`; it then lasts until both let go.
    """

    def __init__(self, owner: EmbeddedPostgres, fd: int, dsn: str) -> None:
        self.dsn = dsn
        self._owner = owner
        self._fd = fd
        self._pid = os.getpid()
        self._shared = False
        self._guard = threading.Lock()
        _leases.add(self)

    @property
    def parameters(self) -> dict[str, str]:
        """The connection keywords of `dsn`: host (a folder), port, user, dbname …"""
        return {key: str(value) for key, value in conninfo_to_dict(self.dsn).items()}

    @property
    def released(self) -> bool:
        return self._fd < 0 or self._pid != os.getpid()

    def fileno(self) -> int:
        """The descriptor that holds the lease, for handing on to a program."""
        if self.released:
            raise ValueError("the lease has been given back")
        self._shared = True
        return self._fd

    def release(self) -> None:
        """Give the lease back; the last one stops the server. A second call does nothing."""
        if self._pid != os.getpid():
            return
        with self._guard:
            fd, self._fd = self._fd, -1
        if fd >= 0:
            _leases.discard(self)
            self._owner._leave(fd, unlock=not self._shared)

    def __enter__(self) -> Lease:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


_leases: set[Lease] = set()
os.register_at_fork(after_in_child=_leases.clear)


@atexit.register
def _release_at_exit() -> None:
    for lease in list(_leases):
        lease.release()


class EmbeddedPostgres:
    """The PostgreSQL server whose cluster, socket, logs and locks live in `data_dir`."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = Path(os.path.realpath(data_dir))
        self.layout = Layout(self.data_dir)
        self.cluster = Cluster(self.layout)

    def ensure(self) -> Lease:
        """Take a lease on the server, starting it (and creating the cluster) if need be.

        Threads and processes may all call it at once. Raises CannotStart, which says what to do.
        """
        fd = self._open_lock("lease.lock")
        try:
            try:
                locks.wait_lock(fd, fcntl.LOCK_SH, _WAIT_SECONDS)
            except TimeoutError:
                raise self._stuck() from None
            host = self._running_host()
            if host is None:
                with self._start_lock():
                    host = self._running_host() or self.cluster.start()
            tidy_logs(self.layout.log)
        except CannotStart:
            locks.close_lock(fd, unlock=True)
            raise
        except BaseException:  # interrupted: what was begun may be ours alone to stop
            self._leave(fd, unlock=True)
            raise
        return Lease(self, fd, self.cluster.conninfo(host))

    def status(self) -> str:
        """One of "running", "starting" (or recovering, or stopping), "stopped", "absent" (no cluster)."""
        if not (self.layout.data / "PG_VERSION").exists():
            return "absent"
        if self._running_host():
            return "running"
        return "stopped" if self.pid() is None else "starting"

    def pid(self) -> int | None:
        """Process id of the server, None when it does not run."""
        return self.cluster.postmaster()

    def stop(self) -> bool:
        """Stop the server now, whoever holds a lease: their connections break. False when it did not run."""
        if not self.data_dir.is_dir():
            return False
        with self._start_lock():
            return self.cluster.stop()

    def run_tool(
        self,
        name: str,
        args: Sequence[str] = (),
        *,
        stdin: IO[Any] | int = subprocess.DEVNULL,
        stdout: IO[Any] | int = subprocess.PIPE,
        timeout: float | None = None,
        dbname: str = DATABASE,
    ) -> bytes:
        """Run a PostgreSQL program (`pg_dump`, `pg_restore`, `psql` …) on the server; returns its output.

        The connection comes from PG… variables: `args` need not name it. Hold a lease meanwhile.
        Raises ToolFailed, subprocess.TimeoutExpired, FileNotFoundError for an unknown program.
        """
        major = major_of(self.layout.data)
        program = binaries.binary(name, major)
        command = [str(program), *args]
        if name in _REFUSE_ROOT:
            command = account_for(self.data_dir, self.layout.data, program).command(program, *args)
        connection = {
            "PGHOST": str(sockets.client_folder(self.layout.run)),
            "PGPORT": str(sockets.PORT),
            "PGUSER": ROLE,
            "PGDATABASE": dbname,
            "PGSSLMODE": "disable",
            "PGCLIENTENCODING": "UTF8",
        }
        done = subprocess.run(
            command,
            stdin=stdin,
            stdout=stdout,
            stderr=subprocess.PIPE,
            timeout=timeout,
            env=environment() | connection,
        )
        if done.returncode != 0:
            raise ToolFailed(name, done.returncode, done.stderr[-_STDERR_BYTES:].decode("utf-8", "replace"))
        return done.stdout or b""

    def _running_host(self) -> Path | None:
        """The folder for connection strings if the server answers there, without starting anything."""
        if not self.layout.run.is_dir():
            return None
        host = sockets.client_folder(self.layout.run)
        return host if self.cluster.ask(host).life is Life.READY else None

    def _leave(self, fd: int, *, unlock: bool) -> None:
        """Close a lease descriptor; if it was the last lease, stop the server."""
        try:
            with self._start_lock():
                locks.close_lock(fd, unlock=unlock)
                last = self._open_lock("lease.lock")
                try:
                    if locks.try_lock(last, fcntl.LOCK_EX):
                        self.cluster.stop()
                finally:
                    locks.close_lock(last, unlock=True)
        finally:
            locks.close_lock(fd, unlock=unlock)

    @contextmanager
    def _start_lock(self) -> Iterator[None]:
        fd = self._open_lock("start.lock")
        try:
            try:
                locks.wait_lock(fd, fcntl.LOCK_EX, _WAIT_SECONDS)
            except TimeoutError:
                raise self._stuck() from None
            yield
        finally:
            locks.close_lock(fd, unlock=True)

    def _open_lock(self, name: str) -> int:
        try:
            self._make_folder()
            return locks.open_lock(self.data_dir / name)
        except OSError as error:
            raise explain("The database folder cannot be used.", str(error), self.data_dir) from error

    def _make_folder(self) -> None:
        """Make the folder; root, who may be setting up a service, makes it for the state folder's owner."""
        self.data_dir.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileExistsError):
            self.data_dir.mkdir(mode=0o700)
            if os.geteuid() == 0:
                state = self.data_dir.parent.stat()
                os.chown(self.data_dir, state.st_uid, state.st_gid)

    def _stuck(self) -> CannotStart:
        return CannotStart(
            "stuck",
            f"Another process has been starting or stopping the database for {_WAIT_SECONDS:.0f} s.",
            f"See which with `fuser -v {self.data_dir}/*.lock`, end it and try again.",
        )
