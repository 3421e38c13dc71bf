"""What is taken out of archives, and what is refused: names, number, sizes. The same for every kind of archive.

Refusals: ``unsafe-name`` · ``name-twice`` · ``not-a-file`` · ``too-many-files`` · ``file-too-large`` ·
``archive-too-large`` · ``bomb`` · ``nested-archive`` · ``too-deep`` · ``archive-damaged`` · ``no-room``.
"""

from __future__ import annotations

import errno
import os
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from lienthu.foundation.kernel.refusal import Refused

BLOCK: Final = 1 << 20
_DRIVE: Final = re.compile(r"[A-Za-z]:")
_LONGEST_PART: Final = 200
_JUNK_FOLDERS: Final = frozenset({"__MACOSX", ".git", "@eaDir"})
_JUNK: Final = frozenset({".DS_Store", "Thumbs.db", "thumbs.db", "desktop.ini", "ehthumbs.db"})
_ARCHIVES: Final = (
    b"PK\x03\x04", b"PK\x05\x06", b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00",
    b"\x28\xb5\x2f\xfd",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Limits:
    """How much may come out of one archive; below ``free_mb`` no ``ratio`` counts: white pages shrink to nothing."""

    files: int = 20_000
    file_mb: int = 4_096
    total_mb: int = 65_536
    ratio: int = 100
    free_mb: int = 256
    depth: int = 12


@dataclass(frozen=True, slots=True)
class Unpacked:
    """A file that was taken out: its name, with slashes, in NFC, and its size in bytes."""

    name: str
    size: int


def safe_name(name: str) -> str:
    """A name of an archive as a relative path in NFC. Raises Refused("unsafe-name")."""
    path = unicodedata.normalize("NFC", name.replace("\\", "/"))
    odd = any(unicodedata.category(c) in ("Cc", "Cf", "Cs") for c in path)
    if not path or odd or path.startswith("/") or _DRIVE.match(path):
        raise Refused("unsafe-name", name=told(name))
    parts = [part for part in path.split("/") if part not in ("", ".")]
    if not parts or any(part == ".." or len(part.encode()) > _LONGEST_PART for part in parts):
        raise Refused("unsafe-name", name=told(name))
    return "/".join(parts)


def is_junk(path: str) -> bool:
    """Whether a file is what operating systems strew about."""
    parts = path.split("/")
    return bool(_JUNK_FOLDERS & set(parts[:-1])) or parts[-1] in _JUNK or parts[-1].startswith("._")


def told(name: str) -> str:
    """A name fit for a sentence: what cannot be seen is spelt out."""
    return name[:120].encode("unicode_escape").decode() if not name.isprintable() else name[:120]


class Folder:
    """The folder that an archive is taken out into; it counts what comes."""

    def __init__(self, into: Path, limits: Limits, *, archive_size: int) -> None:
        self._into, self._limits = into, limits
        self._allowed = min(limits.total_mb << 20, (limits.free_mb << 20) + limits.ratio * archive_size)
        self._bomb = self._allowed < limits.total_mb << 20
        self._taken: dict[str, str] = {}
        self._folders: set[str] = set()
        self._total = 0
        self.files: list[Unpacked] = []

    def announce(self, size: int) -> None:
        """An archive says how much it holds: refused before anything is written."""
        self._weigh(size)

    def name(self, name: str) -> str:
        """The path that a file will have. Raises Refused for a name that is unsafe, taken, or one too many."""
        path = safe_name(name)
        if path.count("/") >= self._limits.depth:
            raise Refused("too-deep", name=told(name), limit=self._limits.depth)
        if len(self._taken) >= self._limits.files:
            raise Refused("too-many-files", limit=self._limits.files)
        key = path.casefold()
        folders = _folders_of(key)
        if key in self._taken or key in self._folders or not self._taken.keys().isdisjoint(folders):
            raise Refused("name-twice", name=told(name))
        self._folders.update(folders)
        self._taken[key] = path
        return path

    def take(self, path: str, chunks: Iterable[bytes]) -> None:
        """Write a file of a name that ``name`` gave, counting what really comes."""
        target, size = self._into / path, 0
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
        try:
            with os.fdopen(os.open(target, flags, 0o600), "wb") as out:
                for chunk in chunks:
                    if size == 0 and chunk.startswith(_ARCHIVES):
                        raise Refused("nested-archive", name=told(path))
                    size += len(chunk)
                    if size > self._limits.file_mb << 20:
                        raise Refused("file-too-large", name=told(path), limit_mb=self._limits.file_mb)
                    self._weigh(self._total + size)
                    out.write(chunk)
        except OSError as e:
            if e.errno in (errno.ENOSPC, errno.EDQUOT):
                raise Refused("no-room") from e
            raise
        self._total += size
        self.files.append(Unpacked(path, size))

    def _weigh(self, total: int) -> None:
        if total > self._allowed:
            raise Refused("bomb" if self._bomb else "archive-too-large", limit_mb=self._allowed >> 20)


def _folders_of(path: str) -> set[str]:
    parts = path.split("/")
    return {"/".join(parts[:n]) for n in range(1, len(parts))}
