"""Kinds of book that titles name: the teacher's book, the workbook and the comic are not the book."""

from __future__ import annotations

from typing import Final

from lienthu.domain.union.fingerprint import Fingerprint
from lienthu.domain.union.scoring.levels import agrees, differs, silent

NAME: Final = "kind"
LEVELS: Final = {
    "none": silent("no kind is named"),
    "same": agrees("the same kind is named"),
    "one": silent("a kind is named on one side only"),
    "differ": differs("another kind is named"),
}


def level(a: Fingerprint, b: Fingerprint) -> str:
    """Whether the titles name the same kind of book (rule MAT-25)."""
    if a.kind == b.kind:
        return "same" if a.kind else "none"
    return "differ" if a.kind and b.kind else "one"


def shown(f: Fingerprint) -> str:
    """What is compared, for people."""
    return f.kind
