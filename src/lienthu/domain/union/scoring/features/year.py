"""Years of publication, the copyright year beside them."""

from __future__ import annotations

from typing import Final

from lienthu.domain.union.fingerprint import Fingerprint
from lienthu.domain.union.scoring.levels import agrees, differs, nearly, silent

NAME: Final = "year"
LEVELS: Final = {
    "same": agrees("the same year"),
    "stated": nearly("a year that both state, as another kind of date"),
    "stated-far": differs("a year that both state, as another kind of date, years before"),
    "off-1": differs("years next to each other"),
    "unsure": differs("years that differ, one of them a guess"),
    "silent": silent("no year on either side"),
    "one": silent("a year on one side only"),
    "near": differs("two to five years apart"),
    "far": differs("more than five years apart"),
}
_NEAR: Final = 2


def level(a: Fingerprint, b: Fingerprint) -> str:
    """How far two years agree (rule MAT-15)."""
    left, right = a.year, b.year
    if left is None or right is None:
        return "silent" if left == right else "one"
    if left == right:
        return "same"
    if left in b.years or right in a.years or not set(a.years).isdisjoint(b.years):
        return "stated" if abs(left - right) <= _NEAR else "stated-far"
    if a.year_unsure or b.year_unsure:
        return "unsure"
    apart = abs(left - right)
    return "off-1" if apart == 1 else "near" if apart <= 5 else "far"


def shown(f: Fingerprint) -> str:
    """What is compared, for people."""
    others = [str(y) for y in f.years if y != f.year]
    return f"{f.year or ''} {' '.join(others)}".strip()
