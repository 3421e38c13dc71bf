"""Scales of maps: the same sheet at another scale is another map."""

from __future__ import annotations

from typing import Final

from lienthu.domain.union.fingerprint import Fingerprint
from lienthu.domain.union.scoring.levels import agrees, differs, silent

NAME: Final = "scale"
LEVELS: Final = {
    "same": agrees("the same scale"),
    "silent": silent("not on both sides"),
    "differ": differs("another scale"),
}


def level(a: Fingerprint, b: Fingerprint) -> str:
    """Whether two scales agree (rule MAT-24)."""
    if not a.scale or not b.scale:
        return "silent"
    return "same" if a.scale == b.scale else "differ"


def shown(f: Fingerprint) -> str:
    """What is compared, for people."""
    return f"1:{f.scale}" if f.scale else ""
