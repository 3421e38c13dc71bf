"""Persons and bodies: headings and the statement of responsibility, in whatever order the names stand."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from rapidfuzz.fuzz import ratio

from lienthu.domain.union.fingerprint import Fingerprint
from lienthu.domain.union.scoring.features.title import marks_in_conflict
from lienthu.domain.union.scoring.levels import agrees, differs, nearly, silent
from lienthu.foundation.vietnamese.fold import fold

NAME: Final = "persons"
LEVELS: Final = {
    "same": agrees("the same first name"),
    "shared": agrees("a name in common"),
    "shared-later": nearly("a later name in common, the first names differ"),
    "other-student": differs("theses with a supervisor in common, of different students"),
    "initials": agrees("a name that agrees with initials"),
    "within": nearly("a name is part of a longer one"),
    "named": agrees("the name stands in the other's statement of responsibility"),
    "near": nearly("names are much alike"),
    "silent-part": silent("no names on either side of an article, as news often has none"),
    "silent": silent("no names on either side"),
    "one": silent("names on one side only"),
    "marks": differs("the letters of the names agree, the diacritics do not"),
    "some": differs("names share words"),
    "differ": differs("other names"),
    "other": differs("other names, in Vietnamese books whose headings are alike everywhere"),
}
_FEW: Final = 4
_VIETNAMESE: Final = frozenset({"vie", ""})
# what half of the country is called says nothing on its own
_SURNAMES: Final = frozenset(
    "nguyen tran pham huynh hoang phan dang truong duong vuong trinh luong doan thanh minh".split()
)


@lru_cache(maxsize=30_000)
def _bag(words: str) -> frozenset[str]:
    return frozenset(words.split())


def level(a: Fingerprint, b: Fingerprint) -> str:
    """How far the names of two records agree (rule MAT-11). Every Nguyễn is not the same: one word is not enough."""
    found = _level(a, b)
    if found == "silent" and a.host and b.host:
        return "silent-part"
    if found == "differ" and a.language in _VIETNAMESE and b.language in _VIETNAMESE:
        return "other"
    return found


def _level(a: Fingerprint, b: Fingerprint) -> str:
    left, right = a.names_folded, b.names_folded
    if not left or not right:
        return _from_statement(a, b, left or right)
    if left[0] == right[0]:
        return "marks" if _marks_conflict(a.names[0], b.names[0]) else "same"
    common = set(left).intersection(right)
    if common:
        exact_right = dict(zip(right, b.names, strict=True))
        agreeing = [
            n for n, e in zip(left, a.names, strict=True) if n in common and not _marks_conflict(e, exact_right[n])
        ]
        if not agreeing:
            return "marks"
        # the same supervisor or series editor under two different first names proves little
        if left[0] in common or right[0] in common:
            return "shared"
        return "other-student" if a.material == b.material == "thesis" else "shared-later"
    best = "differ"
    for x in left[:_FEW]:
        for y in right[:_FEW]:
            found = _compare(x, y)
            if found == "within" or found == "initials":
                return found
            if found == "near" or (found == "some" and best == "differ"):
                best = found
    if best != "near" and (_named(left, b.said) or _named(right, a.said)):
        return "named"
    return best


def _from_statement(a: Fingerprint, b: Fingerprint, names: tuple[str, ...]) -> str:
    if not names:
        if not a.said or not b.said:
            return "silent" if not a.said and not b.said else "one"
        if a.said == b.said:
            return "same"
        return "near" if ratio(a.said, b.said) >= 80 else "some" if _bag(a.said) & _bag(b.said) else "differ"
    said = b.said if a.names_folded else a.said
    if not said:
        return "one"
    return "named" if _named(names, said) else "some" if _bag(names[0]) & _bag(said) else "differ"


def _named(names: tuple[str, ...], said: str) -> bool:
    if not said:
        return False
    words = _bag(said)
    return any(len(bag) >= 2 and bag <= words for bag in map(_bag, names[:_FEW]))


def _compare(x: str, y: str) -> str:
    words_x, words_y = _bag(x), _bag(y)
    shared = words_x & words_y
    if not shared:
        return "near" if ratio(x, y) >= 85 else "differ"
    if len(shared) >= 2 and len(shared) == min(len(words_x), len(words_y)):
        return "within"
    if _initials(words_x - shared, words_y - shared) or (
        min(len(words_x), len(words_y)) == 1 and len(word := next(iter(shared))) > 4 and word not in _SURNAMES
    ):
        return "initials"
    return "near" if ratio(x, y) >= 85 else "some"


def _initials(rest_x: frozenset[str], rest_y: frozenset[str]) -> bool:
    """Whether what is left of two names can be the same, some of it written as initials."""
    if not rest_x or not rest_y:
        return False
    short, long = sorted((rest_x, rest_y), key=lambda words: sum(map(len, words)))
    if not any(len(w) == 1 for w in short):
        return False
    left = set(long)
    for word in sorted(short, key=len, reverse=True):
        match = next((w for w in left if w == word or (min(len(w), len(word)) == 1 and w[0] == word[0])), None)
        if match is None:
            return False
        left.discard(match)
    return True


def _marks_conflict(left: str, right: str) -> bool:
    """Two names with the same letters, both with diacritics, which differ: Nguyễn Du is not Nguyễn Dữ."""
    if left == right or left.isascii() or right.isascii():
        return False
    # alphabetical order depends on the marks: put both into the order of their letters
    by_letters = [" ".join(sorted(name.split(), key=fold)) for name in (left, right)]
    return marks_in_conflict(*by_letters) > 0


def shown(f: Fingerprint) -> str:
    """What is compared, for people."""
    return "; ".join(f.names) or f.said
