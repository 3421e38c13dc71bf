"""Files that people hand over, kept by their digest under the data folder."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A kept file: its SHA-256 in hex and its size in bytes."""

    sha256: str
    size: int

    @property
    def path(self) -> Path:
        """Where the bytes are."""
        return path_of(self.sha256)


def path_of(sha256: str) -> Path:
    """Where the file with this digest is kept."""
    return Path(settings.FILES_DIR) / sha256[:2] / sha256


def store(chunks: Iterable[bytes]) -> StoredFile:
    """Keep the bytes, once: the same content twice is one file. Written aside, synced, then renamed.

    Raises OSError (disk full) with nothing left behind.
    """
    folder = Path(settings.FILES_DIR)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    digest, size = hashlib.sha256(), 0
    fd, temporary = tempfile.mkstemp(dir=folder, prefix=".incoming-")
    try:
        with os.fdopen(fd, "wb") as out:
            for chunk in chunks:
                digest.update(chunk)
                size += len(chunk)
                out.write(chunk)
            out.flush()
            os.fsync(out.fileno())
        target = path_of(digest.hexdigest())
        target.parent.mkdir(exist_ok=True, mode=0o700)
        os.replace(temporary, target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return StoredFile(digest.hexdigest(), size)


def store_path(path: Path) -> StoredFile:
    """Keep a copy of a file on disk. Raises OSError when it cannot be read."""

    def chunks() -> Iterable[bytes]:
        with path.open("rb") as f:
            while block := f.read(1 << 20):
                yield block

    return store(chunks())
