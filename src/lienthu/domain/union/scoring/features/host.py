"""What an article, a chapter or an offprint is part of."""

from __future__ import annotations

from typing import Final

from rapidfuzz.fuzz import ratio

from lienthu.domain.union.fingerprint import Fingerprint
from lienthu.domain.union.scoring.levels import agrees, differs, silent
from lienthu.domain.union.statements import abbreviates

NAME: Final = "host"
LEVELS: Final = {
    "none": silent("not part of anything"),
    "same": agrees("part of the same"),
    "one": silent("part of something on one side only"),
    "differ": differs("part of something else"),
}


def level(a: Fingerprint, b: Fingerprint) -> str:
    """Whether two records are parts of the same host (rule MAT-22)."""
    left, right = a.host, b.host
    if left == right:
        return "same" if left else "none"
    if not left or not right:
        return "one"
    if abbreviates(left, right) or abbreviates(right, left):
        return "same"
    words_left, words_right = set(left.split()), set(right.split())
    return "same" if words_left <= words_right or words_right <= words_left or ratio(left, right) >= 80 else "differ"


def shown(f: Fingerprint) -> str:
    """What is compared, for people."""
    return f.host
