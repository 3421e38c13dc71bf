"""Start web, worker and indexer, keep them alive, stop everything that was started (``lienthu run``)."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from lienthu.platform.processes import die_with_parent

_GRACE_SECONDS = 12.0
_CHECK_SECONDS = 0.5
_DATABASE_CHECK_SECONDS = 2.0
_CALM_SECONDS = 30.0  # a child that lived this long is started again at once when it dies


@dataclass(slots=True)
class Child:
    """One supervised program."""

    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    failures: int = 0
    restart_at: float = 0.0


@dataclass(slots=True)
class Supervisor:
    """Runs the children until told to stop. ``mind_database`` is called now and then to keep the database alive."""

    children: Sequence[Child]
    environment: Mapping[str, str]
    mind_database: Callable[[], None]
    stopping: bool = field(default=False)

    def run(self, ready: Callable[[], None]) -> int:
        """Start, watch, restart; returns when a signal asked to stop and every child is gone."""
        for sig in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(sig, self._stop)
        for child in self.children:
            self._start(child)
        ready()
        checked = time.monotonic()
        try:
            while not self.stopping:
                time.sleep(_CHECK_SECONDS)
                now = time.monotonic()
                if now - checked > _DATABASE_CHECK_SECONDS:
                    self.mind_database()
                    checked = now
                for child in self.children:
                    self._tend(child, now)
        finally:
            self._end()
        return 0

    def _stop(self, *_: object) -> None:
        self.stopping = True

    def _start(self, child: Child) -> None:
        child.started = time.monotonic()
        # a session of its own: Ctrl-C reaches the supervisor, which stops the children in order
        child.process = subprocess.Popen(
            child.command,
            env=dict(self.environment),
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=die_with_parent,  # also Granian's master, when the supervisor itself is killed
        )

    def _tend(self, child: Child, now: float) -> None:
        if child.process is not None and child.process.poll() is not None:
            code = child.process.returncode
            child.process = None
            child.failures = 0 if now - child.started > _CALM_SECONDS else child.failures + 1
            child.restart_at = now + min(2.0 ** max(child.failures - 1, 0), 30.0) * bool(child.failures)
            print(f"{child.name} ended with code {code}; starting it again.", file=sys.stderr, flush=True)
        if child.process is None and now >= child.restart_at:
            self._start(child)

    def _end(self) -> None:
        alive = [c.process for c in self.children if c.process is not None and c.process.poll() is None]
        for process in alive:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
        deadline = time.monotonic() + _GRACE_SECONDS
        for process in alive:
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def port_is_free(host: str, port: int) -> bool:
    """Whether nobody serves there. Granian would share the port with an older server without a word."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as s:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            s.bind((host, port))
        except OSError:
            return False
    return True
