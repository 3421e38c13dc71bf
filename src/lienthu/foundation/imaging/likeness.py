"""How alike two pictures are, by their hashes. Apart from the measuring, which needs libraries that this does not."""

from __future__ import annotations

from typing import Final

ALIKE: Final = 24
"""Below this ``distance`` of 256 two pictures are taken for the same page."""


def distance(one: str, other: str) -> int:
    """In how many bits two hashes of ``measure.dhash`` differ."""
    return (int(one, 16) ^ int(other, 16)).bit_count()
