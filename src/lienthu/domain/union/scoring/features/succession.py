"""Serials that changed their title: the earlier and the later one are two, however alike they are."""

from __future__ import annotations

from typing import Final

from lienthu.domain.union.fingerprint import Fingerprint, own_marks
from lienthu.domain.union.scoring.levels import differs, silent

NAME: Final = "succession"
LEVELS: Final = {
    "none": silent("neither names the other as its earlier or later title"),
    "differ": differs("one names the other as its earlier or later title"),
}


def level(a: Fingerprint, b: Fingerprint) -> str:
    """Whether one serial continues the other by its own word (rule MAT-27)."""
    if not a.neighbours and not b.neighbours:
        return "none"
    if not set(a.issns).isdisjoint(b.issns):
        return "none"  # one serial, described before and after it was continued
    named = not own_marks(b).isdisjoint(a.neighbours) or not own_marks(a).isdisjoint(b.neighbours)
    return "differ" if named else "none"


def shown(f: Fingerprint) -> str:
    """What is compared, for people."""
    return ", ".join(mark[1:] for mark in f.neighbours)
