"""A box: a place in which files are laid, looked at and emptied in the same way wherever it is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

DONE: Final = "done"
FAILED: Final = "failed"
# How programs name what they have not finished writing.
_UNFINISHED: Final = re.compile(r"^[.~]|~$|\.(?:part|partial|tmp|temp|filepart|crdownload|download|swp|lock)$", re.I)


@dataclass(frozen=True, slots=True)
class Entry:
    """A file that lies in a box: name, size and time as the box tells them."""

    name: str
    size: int
    changed: int


class Box(Protocol):
    """What is done with a box. Every act raises Failure or Transient.

    ``seen_key`` is what its server showed of itself, to be known again by; empty for a box that has no server.
    """

    seen_key: str

    def look(self) -> list[Entry]:
        """The files that may be taken, by name: plain files, no folders, no links, none with the name of a draft."""
        ...

    def fetch(self, name: str, target: Path, largest: int) -> int:
        """Copy a file here; its size. Nothing longer than ``largest`` is copied to its end."""
        ...

    def settle(self, name: str, folder: str, kept_as: str, report: str) -> bool:
        """Move a file into ``folder`` with a report beside it; False where the box does not let us. May be repeated."""
        ...


def may_be_taken(name: str) -> bool:
    """Whether a name is that of a finished file and of nothing else."""
    odd = not name or name in (".", "..") or len(name) > 200 or any(c in "/\\" or ord(c) < 32 for c in name)
    return not odd and not _UNFINISHED.search(name)
