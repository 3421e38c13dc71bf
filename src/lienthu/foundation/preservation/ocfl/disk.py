"""Writing to a local disk so that what was reported as written is there after the power has failed."""

from __future__ import annotations

import fcntl
import hashlib
import os
import stat
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from lienthu.foundation.preservation.ocfl.errors import ObjectBusy, SourceRefused
from lienthu.foundation.preservation.ocfl.port import Source

BLOCK: Final = 1 << 20
KEPT: Final = 0o400  # a kept file is never written again, not even by us
_PAUSE: Final = 0.05


def pieces(source: Source) -> Iterator[bytes]:
    """The bytes of a source, in pieces. Raises SourceRefused for a link or a special file."""
    if isinstance(source, Path):
        yield from _of_file(source)
    elif isinstance(source, bytes):
        yield source
    else:
        yield from source


def _of_file(path: Path) -> Iterator[bytes]:
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as e:
        raise SourceRefused(f"{path.name} cannot be read: {e.strerror}") from e
    if not stat.S_ISREG(os.fstat(fd).st_mode):
        os.close(fd)
        raise SourceRefused(f"{path.name} is not a plain file")
    with os.fdopen(fd, "rb") as f:
        while block := f.read(BLOCK):
            yield block


def keep(chunks: Iterable[bytes], target: Path) -> tuple[str, str]:
    """Write a new synced file; its SHA-512 and SHA-256, taken from the bytes while they were written."""
    sha512, sha256 = hashlib.sha512(), hashlib.sha256()
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fd = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, KEPT)
    with os.fdopen(fd, "wb") as out:
        for chunk in chunks:
            sha512.update(chunk)
            sha256.update(chunk)
            out.write(chunk)
        out.flush()
        os.fsync(fd)
    return sha512.hexdigest(), sha256.hexdigest()


def replace(path: Path, data: bytes, scratch: Path) -> None:
    """Give a file new content at once: written aside, synced, renamed over it."""
    temporary = scratch / f"replacing-{path.name}"
    temporary.unlink(missing_ok=True)
    keep([data], temporary)
    os.replace(temporary, path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """What was created, renamed or removed in a folder stays so."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def sync_tree(folder: Path) -> None:
    """Sync every folder of a tree, the deepest first; the files in it are synced already."""
    for path, _, _ in os.walk(folder, topdown=False):
        sync_folder(Path(path))


def digests_of(path: Path) -> tuple[str, str]:
    """SHA-512 and SHA-256 of a file on disk, read once. Raises OSError."""
    sha512, sha256 = hashlib.sha512(), hashlib.sha256()
    with path.open("rb") as f:
        while block := f.read(BLOCK):
            sha512.update(block)
            sha256.update(block)
    return sha512.hexdigest(), sha256.hexdigest()


@contextmanager
def locked(path: Path, *, patience: float) -> Iterator[None]:
    """Hold the lock of a file; the system frees it when the holder dies. Raises ObjectBusy after so many seconds."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    until = time.monotonic() + patience
    with path.open("ab") as f:
        while True:
            try:
                fcntl.flock(f, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= until:
                    raise ObjectBusy("Somebody else is writing to this part of the store; try again.") from None
                time.sleep(_PAUSE)
        yield
