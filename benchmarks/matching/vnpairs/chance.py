"""Choices that look random and are the same on every machine and in every version of Python."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from typing import TypeVar

T = TypeVar("T")


class Chance:
    """A stream of choices that its key determines."""

    def __init__(self, *key: object) -> None:
        self._key = "/".join(map(str, key))
        self._drawn = 0

    def below(self, bound: int) -> int:
        """A whole number from 0 to ``bound`` - 1."""
        self._drawn += 1
        return number(self._key, self._drawn) % bound

    def between(self, low: int, high: int) -> int:
        """A whole number from ``low`` to ``high``, both included."""
        return low + self.below(high - low + 1)

    def percent(self, chance: int) -> bool:
        """True in ``chance`` of a hundred cases."""
        return self.below(100) < chance

    def one(self, options: Sequence[T]) -> T:
        """One of the options."""
        return options[self.below(len(options))]

    def shuffled(self, options: Sequence[T]) -> list[T]:
        """All options in another order."""
        return [options[i] for i in sorted(range(len(options)), key=lambda _: self.below(1 << 40))]


def number(*key: object) -> int:
    """A large number that the key determines."""
    return int.from_bytes(blake2b("/".join(map(str, key)).encode(), digest_size=8).digest(), "big")
