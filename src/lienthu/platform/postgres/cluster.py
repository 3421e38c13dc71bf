"""One server process: asked for life, started whatever state it was left in, stopped.

The server and its children hold `server.lock` through a descriptor they inherit. Whoever gets that lock
knows from the kernel, not from a process id in a file, that none of them is left. Only one
process at a time may start or stop: `server.EmbeddedPostgres` sees to that.
"""

from __future__ import annotations

import enum
import fcntl
import os
import re
import signal
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from lienthu.platform.postgres import binaries, locks, pidfile, processes, sockets
from lienthu.platform.postgres.accounts import Account
from lienthu.platform.postgres.errors import CannotStart
from lienthu.platform.postgres.logs import START_LOG, LogMark, complaints, explain
from lienthu.platform.postgres.making import ROLE, Layout, environment, prepare

DATABASE = "lienthu"
START_SECONDS = 300.0
STOP_SECONDS = 120.0
_IN_USE_SECONDS = 15.0
_UNREACHABLE_SECONDS = 5.0
_CONNECT_SECONDS = 5


class Life(enum.Enum):
    """What a connection attempt says about the server."""

    READY = "ready"
    NO_DATABASE = "answers, but has no database of ours yet"
    BUSY = "starting, recovering or shutting down"
    STRANGER = "answers from another data folder"
    SILENT = "does not answer"


@dataclass(frozen=True, slots=True)
class Answer:
    life: Life
    pid: int | None = None

    @property
    def is_up(self) -> bool:
        return self.life in (Life.READY, Life.NO_DATABASE)


class Cluster:
    """The server on the data folder of a layout."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout

    def conninfo(self, host: Path, dbname: str = DATABASE) -> str:
        """Connection keywords; they leave nothing for PG… variables of the caller to change."""
        return make_conninfo(
            host=str(host),
            port=sockets.PORT,
            user=ROLE,
            dbname=dbname,
            sslmode="disable",
            gssencmode="disable",
            target_session_attrs="any",
        )

    def ask(self, host: Path) -> Answer:
        """Prove life by a real connection, and that the answer comes from this data folder."""
        try:
            with psycopg.connect(self.conninfo(host), connect_timeout=_CONNECT_SECONDS, autocommit=True) as connection:
                pid = sockets.listener_pid(connection.fileno())
        except psycopg.OperationalError as error:
            return Answer(life_in_refusal(str(error)))
        if pid and processes.works_in(pid, self.layout.data) is False:
            return Answer(Life.STRANGER, pid)
        return Answer(Life.READY, pid)

    def postmaster(self) -> int | None:
        """Process id of the living parent server process on the data folder, or None."""
        return processes.postmaster_of(processes.servers_in(self.layout.data))

    def start(self) -> Path:
        """Bring the server up, whatever state it was left in; returns the folder for connection strings.

        The caller holds the start lock. Raises CannotStart.
        """
        try:
            account, major = prepare(self.layout)
            host = sockets.client_folder(self.layout.run)
            self._bring_up(account, major, host)
        except OSError as error:
            raise explain("The database folder cannot be used.", str(error), self.layout.folder) from error
        self._ensure_database(host)
        return host

    def stop(self) -> bool:
        """Stop the server fast: transactions roll back, data is flushed. False when none was running."""
        stopped = False
        while pid := self.postmaster():
            self._end(pid)
            stopped = True
        return stopped

    def _bring_up(self, account: Account, major: int, host: Path) -> None:
        give_up = time.monotonic() + START_SECONDS
        in_use_since: float | None = None
        pause = 0.05
        while not self._settle_with_running(host, give_up):
            processes.see_out_orphans(self.layout.data)
            mark = LogMark.here(self.layout.log)
            if self._start_if_alone(account, major, host, give_up):
                return
            said = mark.said_since()
            in_use_since = in_use_since or time.monotonic()
            if time.monotonic() > in_use_since + _IN_USE_SECONDS:
                said = said or "The lock file server.lock is held."
                raise explain("The database server could not be started.", said, self.layout.folder)
            time.sleep(pause)
            pause = min(pause * 2, 2.0)

    def _settle_with_running(self, host: Path, give_up: float) -> bool:
        """Come to terms with a server that is there: True when it answers, False when none is left."""
        unreachable_since: float | None = None
        pause = 0.01
        while True:
            answer = self.ask(host)
            if answer.is_up:
                return True
            pid = self.postmaster()
            if answer.life is Life.STRANGER:
                pid = answer.pid
            if pid is None:
                return False
            now = time.monotonic()
            if now > give_up:
                raise CannotStart(
                    "no-answer",
                    f"A database server (process {pid}) holds the data folder but does not answer.",
                    f"End it with `kill -QUIT {pid}` and try again.",
                )
            if answer.life is Life.STRANGER and processes.is_postgres(pid):
                # Its data folder was removed or replaced while it ran.
                processes.send([pid], signal.SIGQUIT)
                processes.wait_gone(pid, 10)
            elif answer.life is Life.SILENT and not (self.layout.run / sockets.SOCKET_NAME).exists():
                unreachable_since = unreachable_since or now
                if now - unreachable_since > _UNREACHABLE_SECONDS:
                    self._end(pid)
            else:
                unreachable_since = None
            time.sleep(pause)
            pause = min(pause * 1.3, 0.2)

    def _start_if_alone(self, account: Account, major: int, host: Path, give_up: float) -> bool:
        """Start the server. False to try again: another is in the way, or it was killed while starting."""
        lock = locks.open_lock(self.layout.folder / "server.lock")
        try:
            if not locks.try_lock(lock, fcntl.LOCK_EX):
                return False
            pidfile.disarm(self.layout.data / pidfile.NAME)
            sockets.clear(self.layout.run)
            mark = LogMark.here(self.layout.log)
            pid = self._spawn(account, major, host, lock)
        finally:
            locks.close_lock(lock, unlock=False)
        if self._await_ready(host, pid, give_up):
            return True
        said = mark.said_since()
        in_the_way = "pre-existing shared memory block" in said or "lock file" in said
        if in_the_way or not complaints(said):
            return False
        raise explain("The database server ended while it was starting.", said, self.layout.folder)

    def _spawn(self, account: Account, major: int, host: Path, lock: int) -> int:
        """Start the postmaster with nothing of ours open but its lock. Returns its process id."""
        # The shell in between makes it nobody's child: one that we start and do not wait for would
        # keep its process id when it dies, and PostgreSQL would believe it alive.
        script = 'umask 077; log=$1; shift; "$@" </dev/null >"$log" 2>&1 & echo $!'
        command = account.command(
            Path("/bin/sh"),
            *("-c", script, "sh", str(self.layout.log / START_LOG)),
            str(binaries.binary("postgres", major)),
            *("-D", str(self.layout.data)),
            *("-p", str(sockets.PORT)),
            *("-k", str(host)),
            *("-c", "listen_addresses="),
        )
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            check=True,
            env=environment(),
            cwd="/",
            start_new_session=True,
            pass_fds=(lock,),
        )
        return int(done.stdout)

    def _await_ready(self, host: Path, pid: int, give_up: float) -> bool:
        """Wait until the new server answers (True) or has ended (False)."""
        pause = 0.01
        while not self.ask(host).is_up:
            if processes.birth(pid) is None:
                return False
            if time.monotonic() > give_up:
                raise CannotStart(
                    "slow-start",
                    f"The database server (process {pid}) is still not ready after {START_SECONDS:.0f} s.",
                    "It may be repairing itself after a crash: wait a while and try again.",
                )
            time.sleep(pause)
            pause = min(pause * 1.1, 0.2)
        return True

    def _ensure_database(self, host: Path) -> None:
        if self.ask(host).life is not Life.NO_DATABASE:
            return
        try:
            with psycopg.connect(self.conninfo(host, "postgres"), autocommit=True) as connection:
                connection.execute(sql.SQL("create database {}").format(sql.Identifier(DATABASE)))
        except psycopg.Error as error:
            raise explain("The database could not be created.", str(error), self.layout.folder) from error

    def _end(self, pid: int) -> None:
        for number, seconds in ((signal.SIGINT, STOP_SECONDS), (signal.SIGQUIT, 20.0), (signal.SIGKILL, 5.0)):
            with suppress(ProcessLookupError):
                os.kill(pid, number)
            if processes.wait_gone(pid, seconds):
                return


def life_in_refusal(message: str) -> Life:
    """What the text of a refused connection says about the server (libpq gives no code for it)."""
    if "the database system is" in message:
        return Life.BUSY
    if f'database "{DATABASE}" does not exist' in message:
        return Life.NO_DATABASE
    # Any other refusal in the server's own words, like too many clients, still proves it alive.
    return Life.READY if re.search(r"failed: (FATAL|ERROR):", message) else Life.SILENT
