"""Logical paths of an object: what a version may name its files.

Stricter than OCFL 1.1 (3.5.3.1, 3.5.3.2): content lies on disk under the logical path, so that a person with a file
browser finds it, and must be readable on any system.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import Final

from lienthu.foundation.preservation.ocfl.errors import PathRefused

LONGEST_PART: Final = 200  # bytes; 255 is the limit of most file systems
LONGEST_PATH: Final = 1000
_UNPORTABLE: Final = frozenset('\\:*?"<>|')


def check_path(path: str) -> str:
    """The path as it is, or PathRefused: relative, NFC, printable, of parts that every file system can hold."""
    if not path or len(path.encode("utf-8", "replace")) > LONGEST_PATH:
        raise PathRefused(f"A path is empty or too long: {path[:80]!r}")
    if not path.isprintable() or any(unicodedata.category(c) in ("Cf", "Cs", "Co") for c in path):
        raise PathRefused(f"A path holds characters that cannot be seen: {path[:80]!r}")
    if unicodedata.normalize("NFC", path) != path:
        raise PathRefused(f"A path is not in the normal form NFC: {path[:80]!r}")
    for part in path.split("/"):
        if part in ("", ".", ".."):
            raise PathRefused(f"A path leaves its folder or has an empty part: {path[:80]!r}")
        if len(part.encode()) > LONGEST_PART:
            raise PathRefused(f"A part of a path is longer than {LONGEST_PART} bytes: {part[:80]!r}")
        if _UNPORTABLE & set(part) or part != part.strip(" ") or part.endswith("."):
            raise PathRefused(f"A part of a path cannot be kept on every system: {part[:80]!r}")
    return path


def check_together(paths: Iterable[str]) -> None:
    """PathRefused when two files would be one on some system, or a file would be the folder of another."""
    names = sorted(set(paths))
    taken: dict[str, str] = {}
    for name in names:
        other = taken.setdefault(name.casefold(), name)
        if other != name:
            raise PathRefused(f"Two paths differ only in capital letters: {other!r} and {name!r}")
    for name in names:
        folder = name.casefold()
        while "/" in folder:
            folder = folder.rpartition("/")[0]
            if folder in taken:
                raise PathRefused(f"{taken[folder]!r} is a file and also the folder of {name!r}")
