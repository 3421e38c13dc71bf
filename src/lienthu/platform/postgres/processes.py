"""Which PostgreSQL processes really work in a data folder, read from /proc.

A process id in `postmaster.pid` proves nothing: after a crash it may belong to anybody. Every
PostgreSQL process has the data folder as its working directory, so (device, inode) of that is the
proof. Where there is no /proc nothing is found, and PostgreSQL's own checks stand alone.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Collection, Iterable
from contextlib import suppress
from pathlib import Path

PROC = Path("/proc")


def birth(pid: int) -> int | None:
    """When the living process began (clock ticks since boot), None for none; a zombie is dead.

    Tells a process from a later one with the same id.
    """
    try:
        fields = (PROC / str(pid) / "stat").read_bytes().rpartition(b")")[2].split()
    except OSError:
        return None
    return None if fields[0] in (b"Z", b"X") else int(fields[19])


def parent(pid: int) -> int | None:
    try:
        return int((PROC / str(pid) / "stat").read_bytes().rpartition(b")")[2].split()[1])
    except OSError:
        return None


def works_in(pid: int, folder: Path) -> bool | None:
    """Whether the process has `folder` as its working directory; None when that cannot be known."""
    try:
        there = os.stat(PROC / str(pid) / "cwd")
        here = folder.stat()
    except PermissionError:
        return None
    except OSError:
        return False if PROC.joinpath("self").exists() else None
    return (there.st_dev, there.st_ino) == (here.st_dev, here.st_ino)


def is_postgres(pid: int) -> bool:
    try:
        return (PROC / str(pid) / "comm").read_bytes().strip() == b"postgres"
    except OSError:
        return False


def servers_in(folder: Path) -> list[int]:
    """Living PostgreSQL processes, parents and children, that work in the data folder."""
    try:
        pids = [int(name) for name in os.listdir(PROC) if name.isdigit()]
    except OSError:
        return []
    return [pid for pid in pids if is_postgres(pid) and works_in(pid, folder) and birth(pid) is not None]


def postmaster_of(pids: Collection[int]) -> int | None:
    """The parent among PostgreSQL processes: its children call themselves "postgres: role".

    One just forked does not yet, but its parent is among them.
    """
    for pid in pids:
        with suppress(OSError):
            title = (PROC / str(pid) / "cmdline").read_bytes()
            if title and not title.startswith(b"postgres: ") and parent(pid) not in pids:
                return pid
    return None


def send(pids: Iterable[int], number: signal.Signals) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)


def wait_gone(pid: int, seconds: float) -> bool:
    """Wait until the process has ended; False when it is still there."""
    began = birth(pid)
    end = time.monotonic() + seconds
    while began is not None and birth(pid) == began:
        if time.monotonic() > end:
            return False
        time.sleep(0.005)
    return True


def see_out_orphans(folder: Path, patience: float = 1.5) -> None:
    """Wait for the children of a killed postmaster to leave, so that a new one may have the folder.

    They go by themselves when they next wait for something; one in the middle of a computation is
    told to (SIGQUIT), at last made to. What they had not committed is lost with the crash anyway.
    """
    start = time.monotonic()
    while left := servers_in(folder):
        waited = time.monotonic() - start
        if waited > patience + 10:
            return
        if waited > patience + 3:
            send(left, signal.SIGKILL)
        elif waited > patience:
            send(left, signal.SIGQUIT)
        time.sleep(0.02 if waited < 0.3 else 0.1)
