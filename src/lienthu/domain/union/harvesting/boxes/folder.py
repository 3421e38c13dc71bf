"""A folder of this server. Links are not followed: whoever may lay files here may not read others through us."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from lienthu.domain.union.harvesting.boxes.base import Entry, may_be_taken
from lienthu.domain.union.harvesting.errors import Failure


class FolderBox:
    """The folder at ``path``."""

    def __init__(self, path: str) -> None:
        self._path = Path(path)
        self.seen_key = ""

    def look(self) -> list[Entry]:
        """See Box."""
        try:
            with os.scandir(self._path) as found:
                return sorted(
                    (
                        Entry(e.name, info.st_size, info.st_mtime_ns)
                        for e in found
                        if e.is_file(follow_symlinks=False) and may_be_taken(e.name)
                        for info in [e.stat(follow_symlinks=False)]
                    ),
                    key=lambda e: e.name,
                )
        except OSError as e:
            raise Failure("folder", str(e)) from e

    def fetch(self, name: str, target: Path, largest: int) -> int:
        """See Box."""
        size = 0
        try:
            handle = os.open(self._path / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
            with os.fdopen(handle, "rb") as source, target.open("wb") as out:
                if not stat.S_ISREG(os.fstat(handle).st_mode):
                    raise Failure("folder", f"{name} is no file")
                while size <= largest and (block := source.read(1 << 20)):
                    out.write(block)
                    size += len(block)
        except FileNotFoundError:
            return -1
        except OSError as e:
            raise Failure("folder", str(e)) from e
        return size

    def settle(self, name: str, folder: str, kept_as: str, report: str) -> bool:
        """See Box."""
        place = self._path / folder
        try:
            place.mkdir(exist_ok=True)
            if place.is_symlink():
                return False
            if (self._path / name).exists():
                os.rename(self._path / name, place / kept_as)
            (place / f"{kept_as}.txt").write_text(report, encoding="utf-8")
        except OSError:
            return False
        return True
