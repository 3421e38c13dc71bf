"""Publisher and place together: a co-edition has another publisher in another place, a short form only one of them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from rapidfuzz.fuzz import ratio

from lienthu.domain.union.fingerprint import Fingerprint
from lienthu.domain.union.scoring.levels import Level, Says, silent
from lienthu.domain.union.statements import abbreviates

NAME: Final = "imprint"
_PUBLISHERS: Final = {
    "same": "the same publisher",
    "within": "the name of one publisher is part of the other's",
    "some": "publishers share a word",
    "one": "a publisher on one side only",
    "silent": "no publisher",
    "differ": "another publisher",
    "rival": "another publisher of Vietnamese books",
}
_PLACES: Final = {"same": "the same place", "silent": "no place to compare", "differ": "another place"}
_VIETNAMESE: Final = frozenset({"vie", ""})
_SAYS: Final[Mapping[str, tuple[Says, Says, Says]]] = {
    "same": (Says.AGREES, Says.AGREES, Says.NEARLY),
    "within": (Says.AGREES, Says.AGREES, Says.NEARLY),
    "some": (Says.NEARLY, Says.NEARLY, Says.DIFFERS),
    "one": (Says.NEARLY, Says.SILENT, Says.DIFFERS),
    "silent": (Says.AGREES, Says.SILENT, Says.DIFFERS),
    "differ": (Says.DIFFERS, Says.DIFFERS, Says.DIFFERS),
    "rival": (Says.DIFFERS, Says.DIFFERS, Says.DIFFERS),
}
"""What publisher and place say together, in the order of _PLACES."""
LEVELS: Final = {
    f"{p}/{q}": Level(says, f"{said}, {where}")
    for p, said in _PUBLISHERS.items()
    for (q, where), says in zip(_PLACES.items(), _SAYS[p], strict=True)
} | {"part/part": silent("parts of something else: no imprint is expected")}


def level(a: Fingerprint, b: Fingerprint) -> str:
    """How far two imprints agree (rule MAT-13): publisher/place."""
    if a.host and b.host:
        return "part/part"
    publisher = _publisher(a.publisher, b.publisher)
    if publisher == "differ" and a.language in _VIETNAMESE and b.language in _VIETNAMESE:
        publisher = "rival"  # there are some sixty Vietnamese publishers, and their names are known here
    return f"{publisher}/{_place(a.place, b.place)}"


@lru_cache(maxsize=30_000)  # publishers and places are few, and the same pairs of them are compared again and again
def _publisher(left: str, right: str) -> str:
    if left == right:
        return "same" if left else "silent"
    if not left or not right:
        return "one"
    words_left, words_right = set(left.split()), set(right.split())
    if words_left <= words_right or words_right <= words_left or ratio(left, right) >= 80:
        return "within"
    if abbreviates(left, right) or abbreviates(right, left):
        return "within"
    return "some" if any(len(w) > 2 for w in words_left & words_right) else "differ"


@lru_cache(maxsize=30_000)
def _place(left: str, right: str) -> str:
    if not left or not right:
        return "silent"
    if left == right or any(len(w) > 2 for w in set(left.split()) & set(right.split())) or ratio(left, right) >= 80:
        return "same"
    return "differ"


def shown(f: Fingerprint) -> str:
    """What is compared, for people."""
    return " : ".join(part for part in (f.place, f.publisher) if part)
