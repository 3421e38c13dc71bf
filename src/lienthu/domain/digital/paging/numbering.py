"""Numbers of pages by scheme: i, ii, iii · 1, 2, 3 · 1a, 1b · 1r, 1v · plates. Rule WFL-6."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

LONGEST: Final = 40
_ROMAN: Final = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"),
    (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip


class Scheme(StrEnum):
    """How a run of pages is numbered."""

    FRONT = "front"  # roman numerals
    PAGES = "pages"
    FOLIOS = "folios"  # leaves with two sides
    PLATES = "plates"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Numbering:
    """A scheme with its beginning. ``sides``: how the two sides of a leaf are called, "ab" or "rv".

    ``second_side``: the first page of the run is the back of its leaf. ``prefix`` stands before every number.
    Raises ValueError for a start outside 1 to 99,999 (roman: 3,999), unknown sides or a long prefix.
    """

    scheme: Scheme
    start: int = 1
    sides: str = "ab"
    second_side: bool = False
    prefix: str = ""

    def __post_init__(self) -> None:
        if not 1 <= self.start <= (3999 if self.scheme is Scheme.FRONT else 99_999):
            raise ValueError(f"numbering begins at {self.start}")
        if self.sides not in ("ab", "rv"):
            raise ValueError(f"sides of a leaf: {self.sides!r}")
        if len(self.prefix) > 20:
            raise ValueError("the prefix is too long")

    def labels(self, count: int) -> list[str]:
        """The labels of so many pages, in their order. Raises ValueError where roman numerals end."""
        return [self._label(n) for n in range(count)]

    def _label(self, index: int) -> str:
        if self.scheme is Scheme.NONE:
            return ""
        if self.scheme is Scheme.FOLIOS:
            leaf, side = divmod(index + self.second_side, 2)
            return f"{self.prefix}{self.start + leaf}{self.sides[side]}"
        number = self.start + index
        return self.prefix + (roman(number) if self.scheme is Scheme.FRONT else str(number))


def roman(number: int) -> str:
    """The number in small roman numerals. Raises ValueError outside 1 to 3,999."""
    if not 1 <= number <= 3999:
        raise ValueError(f"no roman numeral for {number}")
    said = ""
    for value, letters in _ROMAN:
        times, number = divmod(number, value)
        said += letters * times
    return said
