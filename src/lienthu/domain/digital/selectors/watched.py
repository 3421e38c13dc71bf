"""What lies in the folder that a project watches, told to the people who wait for it (WFL-16)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

DONE, FAILED = "done", "failed"
_FILES: Final = (".pdf", ".zip", ".tar", ".tar.gz", ".tgz")
_REPORT: Final = ".report.json"
_LOOKED_AT: Final = 2000
"""Entries of a folder that are looked at for a page of the desk."""
_NAMED: Final = 3


@dataclass(frozen=True, slots=True)
class Lying:
    """What needs somebody: is the folder there, which files lie loose in it, how much could not be taken in.

    ``names`` are the first of the ``loose`` files, which are no volume by themselves.
    """

    there: bool = True
    loose: int = 0
    names: tuple[str, ...] = ()
    failed: int = 0

    def __bool__(self) -> bool:
        return not self.there or self.loose > 0 or self.failed > 0


def is_taken(entry: Path | os.DirEntry[str]) -> bool:
    """Whether this becomes a volume: a folder, a PDF or an archive; no link, nothing hidden, nothing put away."""
    if entry.name.startswith(".") or entry.name in (DONE, FAILED) or entry.is_symlink():
        return False
    return entry.is_dir() or entry.name.lower().endswith(_FILES)


def lying_in(folder: str) -> Lying:
    """What lies there now. Never raises: a folder that cannot be read is not there for us either."""
    root = Path(folder)
    try:
        loose = sorted(e.name for e in _entries(root) if not is_taken(e) and _is_loose(e))
    except OSError:
        return Lying(there=False)
    try:
        failed = sum(1 for e in _entries(root / FAILED) if not e.name.startswith(".") and not e.name.endswith(_REPORT))
    except OSError:
        failed = 0  # nothing ever failed
    return Lying(True, len(loose), tuple(loose[:_NAMED]), failed)


def _is_loose(entry: os.DirEntry[str]) -> bool:
    return entry.is_file(follow_symlinks=False) and not entry.name.startswith(".")


def _entries(folder: Path) -> Iterator[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        for _, entry in zip(range(_LOOKED_AT), entries, strict=False):
            yield entry
