"""A number that changes whenever somebody publishes news: what is remembered of the database is good while it stays.

It is eight bytes of a file in the data folder, mapped into every process of this machine, so that asking costs nothing.
Whoever remembers anything also gives it a short life: processes of other machines share the database, not the file.
"""

from __future__ import annotations

import fcntl
import mmap
import os
import struct
import threading
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import transaction

_NUMBER: Final = struct.Struct("<Q")


class Epoch:
    """The number in one file, made when it is not there."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        if os.fstat(self._fd).st_size < _NUMBER.size:
            os.ftruncate(self._fd, _NUMBER.size)
        self._map = mmap.mmap(self._fd, _NUMBER.size)
        self._lock = threading.Lock()

    def read(self) -> int:
        """The number now. Read it before what is to be remembered is read."""
        return int(_NUMBER.unpack_from(self._map)[0])

    def bump(self) -> None:
        """Let everybody on this machine read anew."""
        with self._lock:  # flock tells processes apart, not threads
            fcntl.flock(self._fd, fcntl.LOCK_EX)
            try:
                _NUMBER.pack_into(self._map, 0, (self.read() + 1) % 2**64)
            finally:
                fcntl.flock(self._fd, fcntl.LOCK_UN)


_epochs: dict[str, Epoch] = {}


def epoch() -> Epoch:
    """The epoch of this install."""
    path = str(settings.DATA_DIR)
    found = _epochs.get(path)
    if found is None:
        found = _epochs.setdefault(path, Epoch(Path(path) / "epoch"))
    return found


def bump_at_commit() -> None:
    """Let everybody read anew as soon as the transaction in hand is there for all to see."""
    transaction.on_commit(lambda: epoch().bump())
