"""Edition statements: number and kind."""

from __future__ import annotations

from typing import Final

from lienthu.domain.union.fingerprint import Fingerprint
from lienthu.domain.union.scoring.levels import agrees, differs, nearly, silent

NAME: Final = "edition"
LEVELS: Final = {
    "none": silent("no edition on either side"),
    "same": agrees("the same edition"),
    "kind": nearly("the same number, another kind of edition"),
    "first": silent("one side says nothing, the other a first edition"),
    "one": silent("one side says nothing, the other a later or revised edition"),
    "differ": differs("another edition"),
}


def level(a: Fingerprint, b: Fingerprint) -> str:
    """How far two edition statements agree (rule MAT-16)."""
    left, right = a.edition, b.edition
    if left == right:
        return "same" if left else "none"
    if not left or not right:
        return "first" if (left or right) == "1" else "one"
    number_left, number_right = _number(left), _number(right)
    if number_left and number_right and _printing(left) == _printing(right):
        return "kind"
    if number_left != number_right and number_left and number_right:
        return "differ"
    return "kind" if number_left == number_right else "one"


def _number(edition: str) -> str:
    head = edition.partition(" ")[0]
    return head if head.isdigit() else ""


def _printing(edition: str) -> int:
    """Which printing it is: "tái bản lần thứ 2" is the third, as is "in lần thứ 3"."""
    return int(_number(edition)) + ("r" in edition.partition(" ")[2])


def shown(f: Fingerprint) -> str:
    """What is compared, for people."""
    return f.edition
