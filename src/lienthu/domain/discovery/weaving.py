"""The places of one list: titles of the catalogue, and volumes found in their text alone (rule SEA-26). Pure.

The scores of two indexes say nothing of each other. So places are given by number: every fifth, from the third on, is
a volume's. What stands where follows from the two numbers alone, so that each page can be told without the others.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Final

_FIRST: Final = 2  # titles before the first volume
_EVERY: Final = 5


class Order(Enum):
    """How the two stand to each other."""

    WOVEN = "woven"
    TEXTS_FIRST = "texts first"
    TEXTS_LAST = "texts last"


@dataclass(frozen=True, slots=True)
class Layout:
    """So many titles and so many volumes, each in the order it was found in."""

    titles: int
    texts: int
    order: Order = Order.WOVEN

    @property
    def total(self) -> int:
        """How many places there are."""
        return self.titles + self.texts

    def texts_before(self, place: int) -> int:
        """How many of the first ``place`` places are volumes'."""
        if self.order is Order.TEXTS_FIRST:
            return min(place, self.texts)
        beyond = max(place - self.titles, 0)  # where the titles end volumes go on alone
        if self.order is Order.TEXTS_LAST:
            return min(beyond, self.texts)
        return min(self.texts, max((place - _FIRST + _EVERY - 1) // _EVERY, beyond, 0))

    def part(self, offset: int, size: int) -> Iterator[tuple[bool, int]]:
        """What stands at these places: whether it is a volume, and the how-manieth of its kind, from 0."""
        for place in range(offset, min(offset + size, self.total)):
            texts = self.texts_before(place)
            if self.texts_before(place + 1) > texts:
                yield True, texts
            else:
                yield False, place - texts
