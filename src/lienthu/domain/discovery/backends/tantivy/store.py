"""Where the index lives on disk: one folder a build, a pointer to the live one, one writer's lock.

index/CURRENT           name of the live folder, replaced in one step
index/v1-20260101…/     a tantivy index
index/writer.lock       flock: whoever holds it writes
index/REBUILD           asks the writer for a new build
index/WAITING           asks the writer to commit what it has, somebody waits for it
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lienthu.domain.discovery.backends.base import IndexMissing
from lienthu.domain.discovery.documents import SCHEMA_VERSION


@dataclass(frozen=True, slots=True)
class IndexStore:
    """The index folder of an install."""

    root: Path
    own_version: int = 0

    @property
    def version(self) -> int:
        """The version that builds here must have: the catalogue's unless another index was meant."""
        return self.own_version or SCHEMA_VERSION

    @property
    def pointer(self) -> Path:
        """The file that names the live index."""
        return self.root / "CURRENT"

    @property
    def rebuild_request(self) -> Path:
        """A file whose presence asks the writer for a new build."""
        return self.root / "REBUILD"

    @property
    def somebody_waits(self) -> Path:
        """A file whose presence asks the writer to commit as soon as it has nothing more to put."""
        return self.root / "WAITING"

    def current(self) -> Path:
        """The live index folder. Raises IndexMissing without one, or with one of another schema version."""
        try:
            name = self.pointer.read_text().strip()
        except OSError:
            raise IndexMissing from None
        folder = self.root / name
        if not name.startswith(f"v{self.version}-") or not (folder / "meta.json").is_file():
            raise IndexMissing
        return folder

    def known_libraries(self) -> dict[str, list[Any]]:
        """Library id → code, area, closed as the documents were made with; empty when that is not known."""
        try:
            return dict(json.loads((self.root / "libraries.json").read_text()))
        except (OSError, ValueError):
            return {}

    def remember_libraries(self, known: dict[str, list[Any]]) -> None:
        """Keep what ``known_libraries`` returns."""
        temporary = self.root / f".libraries-{os.getpid()}"
        temporary.write_text(json.dumps(known))
        os.replace(temporary, self.root / "libraries.json")

    def new_folder(self) -> Path:
        """An empty folder for a new build beside the live one."""
        folder = self.root / f"v{self.version}-{time.time_ns()}"
        folder.mkdir(parents=True)
        return folder

    def switch_to(self, folder: Path) -> None:
        """Make a finished build the live index, in one step, and remove older builds."""
        temporary = self.root / f".CURRENT-{os.getpid()}"
        temporary.write_text(folder.name)
        os.replace(temporary, self.pointer)
        self.sweep(keep=folder.name)

    def withdraw(self) -> None:
        """Have no live index any more: the one there is damaged."""
        self.pointer.unlink(missing_ok=True)

    def sweep(self, keep: str) -> None:
        """Remove every build but ``keep``. Readers that still have files of one open keep them until they let go."""
        for path in self.root.glob("v*-*"):
            if path.name != keep:
                shutil.rmtree(path, ignore_errors=True)


class Watch:
    """Notices damage to the live index at once: its open writer would not look at the files again (SEA-17)."""

    def __init__(self) -> None:
        self._seen: tuple[str, int, int, int] | None = None

    def damaged(self, folder: Path) -> bool:
        """Whether the index in the folder cannot be opened any more. Reads a small file, and only after a change."""
        meta = folder / "meta.json"  # replaced in one step by the engine, so it is whole whenever it is read
        try:
            stat = meta.stat()
            stamp = (folder.name, stat.st_mtime_ns, stat.st_ino, stat.st_size)
            if stamp != self._seen:
                json.loads(meta.read_bytes())
        except (OSError, ValueError):
            return True
        self._seen = stamp
        return False


class WriterLock:
    """The right to write the index, for one process at a time; freed by the kernel when the process dies."""

    def __init__(self, store: IndexStore) -> None:
        self._path = store.root / "writer.lock"
        self._fd: int | None = None

    def acquire(self) -> bool:
        """Take the lock if it is free. True when this object holds it now."""
        if self._fd is not None:
            return True
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fd = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(fd)
            return False
        self._fd = fd
        return True

    def lost(self) -> bool:
        """Whether the lock's file was deleted under us: another process may hold a new one by now."""
        if self._fd is None:
            return True
        try:
            return os.fstat(self._fd).st_ino != os.stat(self._path).st_ino
        except OSError:
            return True

    def release(self) -> None:
        """Give the lock back."""
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None
