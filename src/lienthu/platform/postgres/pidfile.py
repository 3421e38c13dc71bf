"""`postmaster.pid` after a crash: keep what it proves, take out what may be a lie.

Its first line is a process id, which may by now belong to anybody. Its seventh is the key of the
shared memory block, by which PostgreSQL notices children of the old server that still write. So the
id is replaced by one that cannot exist, and the key stays.
"""

from __future__ import annotations

import os
from pathlib import Path

NAME = "postmaster.pid"
NO_SUCH_PID = 2**31 - 1  # the kernel's highest is 2**22
_SHARED_MEMORY_LINE = 6


def disarm(path: Path) -> None:
    """Make a left-over file harmless. Only for a folder in which no server is alive."""
    try:
        text = path.read_text(encoding="utf-8", errors="surrogateescape")
        info = path.stat()
    except FileNotFoundError:
        return
    lines = text.splitlines()
    key = lines[_SHARED_MEMORY_LINE].split() if len(lines) > _SHARED_MEMORY_LINE else []
    if len(key) != 2 or not all(part.isdigit() for part in key):
        path.unlink()
        return
    fresh = path.with_name(f"{NAME}.new")
    harmless = "\n".join([str(NO_SUCH_PID), *lines[1:]]) + "\n"
    fresh.write_text(harmless, encoding="utf-8", errors="surrogateescape")
    fresh.chmod(0o600)
    if info.st_uid != os.geteuid():
        os.chown(fresh, info.st_uid, info.st_gid)
    fresh.replace(path)
