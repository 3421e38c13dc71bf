"""Volumes: "Tập 2" is not "Tập 3", however alike the rest."""

from __future__ import annotations

from typing import Final

from rapidfuzz.fuzz import ratio

from lienthu.domain.union.fingerprint import Fingerprint
from lienthu.domain.union.scoring.features.wording import replaced
from lienthu.domain.union.scoring.levels import agrees, differs, nearly, silent

NAME: Final = "part"
LEVELS: Final = {
    "none": silent("no volume on either side"),
    "same": agrees("the same volume"),
    "one-named": silent("a named part on one side only"),
    "one": silent("a volume on one side only: perhaps the set and one of its volumes"),
    "numbered": nearly("the volume of one side stands among the numbers of the other's title"),
    "near": nearly("designations of the part are much alike"),
    "differ": differs("another volume"),
}


def level(a: Fingerprint, b: Fingerprint) -> str:
    """How far two volume designations agree (rule MAT-10)."""
    left, right = a.part, b.part
    if left == right:
        return "same" if left else "none"
    if not left or not right:
        # a volume that one side states as a number of its title or series is stated on both
        other = b if left else a
        if (left or right) in other.numbers.split():
            return "numbered"
        return "one" if (left or right)[0].isdigit() else "one-named"
    number_left, _, named_left = left.partition(" ")
    number_right, _, named_right = right.partition(" ")
    if number_left.isdigit() and number_right.isdigit():
        # the number counts; a title of the part is often left out
        if number_left != number_right:
            return "differ"
        return "near" if not named_left or not named_right or ratio(named_left, named_right) >= 60 else "differ"
    numbers = [{w for w in key.split() if w[0].isdigit()} for key in (left, right)]
    alike = numbers[0] == numbers[1] and ratio(left, right) >= 85
    return "near" if alike and not replaced(left.split(), right.split()) else "differ"


def shown(f: Fingerprint) -> str:
    """What is compared, for people."""
    return f.part
