"""The server's own words: kept small, and turned into advice when it cannot start."""

from __future__ import annotations

import os
import shutil
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from lienthu.platform.postgres.errors import CannotStart

START_LOG = "start.log"
_BIGGEST = 10 * 1024 * 1024
_OLDEST_SECONDS = 6 * 24 * 3600
_TAIL_BYTES = 4000
_TAIL_LINES = 12
_NOISE = ("log output", "log destination", "skipping missing configuration file")


def tidy_logs(folder: Path) -> None:
    """Empty logs of last week or over 10 MB: the server does so itself only while running past midnight."""
    for path in folder.glob("server-*.log"):
        with suppress(OSError):
            info = path.stat()
            if info.st_size > _BIGGEST or time.time() - info.st_mtime > _OLDEST_SECONDS:
                os.truncate(path, 0)  # the server appends: it goes on at the new end


@dataclass(frozen=True, slots=True)
class LogMark:
    """A place in the server's logs, to read only what came after it."""

    folder: Path
    sizes: dict[str, int]

    @classmethod
    def here(cls, folder: Path) -> LogMark:
        """The end of all logs as they are now."""
        return cls(folder, {path.name: path.stat().st_size for path in folder.glob("*.log")})

    def said_since(self) -> str:
        """The last lines the server wrote after the mark, oldest log first."""
        lines: list[str] = []
        for path in sorted(self.folder.glob("*.log"), key=lambda path: path.stat().st_mtime):
            with suppress(OSError), path.open("rb") as log:
                size = path.stat().st_size
                log.seek(max(min(self.sizes.get(path.name, 0), size), size - _TAIL_BYTES))
                lines += log.read().decode("utf-8", "replace").splitlines()
        return "\n".join([line for line in lines if not any(noise in line for noise in _NOISE)][-_TAIL_LINES:])


def complaints(said: str) -> list[str]:
    """The lines in which the server gives a reason for ending; one that was killed gives none."""
    grave = ("FATAL:", "PANIC:", "ERROR:")
    lines = [line for line in said.splitlines() if any(word in line for word in grave)]
    return [line for line in lines if "the database system is" not in line]  # refusals of our own questions


def explain(what: str, said: str, folder: Path) -> CannotStart:
    """A CannotStart whose advice fits what the server or the system said."""
    tail = "\n".join(said.strip().splitlines()[-_TAIL_LINES:])
    if "No space left" in said or "Disk quota exceeded" in said:
        free = shutil.disk_usage(folder).free // 1024 // 1024 if folder.exists() else 0
        code = "disk-full"
        advice = f"The disk that holds {folder} is full ({free} MB free): make room (500 MB) and try again."
    elif "Permission denied" in said or "Operation not permitted" in said:
        code = "permission"
        advice = f"Make sure that {folder} belongs to the user who runs the program, then try again."
    elif "Read-only file system" in said:
        code = "read-only"
        advice = f"The disk that holds {folder} is mounted read-only: check it, then try again."
    elif "could not create shared memory" in said or "Cannot allocate memory" in said:
        code = "memory"
        advice = "Free some memory (the database needs about 300 MB) and try again."
    elif "pre-existing shared memory block" in said or "lock file" in said:
        code = "folder-in-use"
        advice = "End the other server, or restart the machine, and try again."
    elif "configuration file" in said or "unrecognized configuration parameter" in said:
        code = "settings"
        advice = f"Correct your own settings in {folder / 'data' / 'local.conf'} (or move that file away)."
    else:
        code = "server-ended"
        advice = f"See the logs in {folder / 'log'}; if data is damaged, restore the last backup."
    return CannotStart(code, what, advice, tail)
