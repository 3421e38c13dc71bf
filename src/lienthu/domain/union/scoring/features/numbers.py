"""Numbers within titles: years of reports, school grades, laws. A title that differs in one is another work."""

from __future__ import annotations

from typing import Final

from lienthu.domain.union.fingerprint import Fingerprint
from lienthu.domain.union.scoring.levels import agrees, differs, nearly, silent

NAME: Final = "numbers"
LEVELS: Final = {
    "none": silent("no numbers in the titles"),
    "same": agrees("the same numbers in both titles"),
    "within": nearly("the numbers of one title are among those of the other"),
    "one": silent("numbers in one title only"),
    "differ": differs("other numbers"),
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
