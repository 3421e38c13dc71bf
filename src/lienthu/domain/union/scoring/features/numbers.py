"""Numbers within titles: years of reports, school grades, laws. A title that differs in one is another work."""

from __future__ import annotations

from typing import Final

from lienthu.domain.union.fingerprint import Fingerprint

NAME: Final = "numbers"
LEVELS: Final = {
    "none": "no numbers in the titles",
    "same": "the same numbers in both titles",
    "within": "the numbers of one title are among those of the other",
    "one": "numbers in one title only",
    "differ": "other numbers",
}


def level(a: Fingerprint, b: Fingerprint) -> str:
    """How far the numbers in two titles agree (rule MAT-9)."""
    if a.numbers == b.numbers:
        return "same" if a.numbers else "none"
    if not a.numbers or not b.numbers:
        return "one"
    left, right = set(a.numbers.split()), set(b.numbers.split())
    return "within" if left <= right or right <= left else "differ"


def shown(f: Fingerprint) -> str:
    """What is compared, for people."""
    return f.numbers
