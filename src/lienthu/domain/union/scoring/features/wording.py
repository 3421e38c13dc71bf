"""Words of two titles that find no counterpart: a slip of the pen is not another word."""

from __future__ import annotations

from typing import Final

from rapidfuzz.fuzz import ratio

from lienthu.domain.union.fingerprint import Fingerprint
from lienthu.domain.union.scoring.levels import agrees, differs, nearly

NAME: Final = "wording"
LEVELS: Final = {
    "same": agrees("the same words"),
    "typo": nearly("words differ by a letter or two"),
    "joined": agrees("the same letters, spaced otherwise"),
    "extra-1": nearly("one word more on one side"),
    "extra": nearly("words more on one side"),
    "replaced-1": differs("one word is replaced by another"),
    "replaced": differs("several words are replaced"),
    "other": differs("hardly a word in common"),
}


def level(a: Fingerprint, b: Fingerprint) -> str:
    """How the words of two whole titles differ (rule MAT-9)."""
    left, right = a.whole_folded, b.whole_folded
    if left == right:
        return "same"
    words_left, words_right = left.split(), right.split()
    only_left = _without(words_left, words_right)
    only_right = _without(words_right, words_left)
    if not only_left and not only_right:
        return "same"
    if len(only_left) + len(only_right) > 0.8 * (len(words_left) + len(words_right)):
        return "joined" if left.replace(" ", "") == right.replace(" ", "") else "other"
    rest_left, rest_right = _without_alike(only_left, only_right)
    if not rest_left and not rest_right:
        return "typo"
    if not rest_left or not rest_right:
        if left.replace(" ", "") == right.replace(" ", ""):
            return "joined"
        return "extra-1" if len(rest_left) + len(rest_right) == 1 else "extra"
    return "replaced-1" if max(len(rest_left), len(rest_right)) == 1 else "replaced"


def replaced(left: list[str], right: list[str]) -> bool:
    """Whether a word of each has no counterpart, not even a misspelt one: "... New York" and "... New Hampshire"."""
    rest_left, rest_right = _without_alike(_without(left, right), _without(right, left))
    return bool(rest_left and rest_right)


def _without(words: list[str], others: list[str]) -> list[str]:
    known = set(others)
    return [w for w in words if w not in known]


def _without_alike(left: list[str], right: list[str]) -> tuple[list[str], list[str]]:
    rest_right = list(right)
    rest_left = []
    for word in left:
        alike = next((w for w in rest_right if _alike(word, w)), None)
        if alike is None:
            rest_left.append(word)
        else:
            rest_right.remove(alike)
    return rest_left, rest_right


def _alike(left: str, right: str) -> bool:
    """Whether one word may be a slip of the other: numbers never are, short syllables only with one letter changed."""
    if left[0].isdigit() or right[0].isdigit():
        return False
    return ratio(left, right) >= (75 if max(len(left), len(right)) > 4 else 66)


def shown(f: Fingerprint) -> str:
    """What is compared, for people."""
    return f.whole_folded
