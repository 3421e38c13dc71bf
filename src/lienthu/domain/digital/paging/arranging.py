"""Order, turning and cutting of pages as plain values. Rules WFL-1, WFL-4."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import NamedTuple

DEEPEST = 6


class Crop(NamedTuple):
    """A part of a page, in parts of 1 of the turned picture."""

    x: float
    y: float
    w: float
    h: float


WHOLE = Crop(0.0, 0.0, 1.0, 1.0)


def moved(order: Sequence[int], chosen: Collection[int], before: int | None) -> list[int]:
    """The order with the chosen put before one that stays, in their own order; ``before`` None: at the end.

    A ``before`` that is itself chosen stands for the next one that stays.
    """
    taken = frozenset(chosen)
    if before in taken:
        later = list(order)[list(order).index(before) :]
        before = next((n for n in later if n not in taken), None)
    block = [n for n in order if n in taken]
    rest = [n for n in order if n not in taken]
    at = len(rest) if before is None else rest.index(before)
    return [*rest[:at], *block, *rest[at:]]


def places_of(order: Sequence[int], first: int = 1) -> dict[int, int]:
    """The place of each, counted from ``first``."""
    return {key: place for place, key in enumerate(order, first)}


@lru_cache(maxsize=1024)  # of 1,500 pages most are cut alike
def turned(crop: Crop | None, degrees: int) -> Crop | None:
    """The same part of the paper after the picture was turned clockwise by 90, 180 or 270 degrees."""
    if crop is None:
        return None
    x, y, w, h = crop
    for _ in range(degrees // 90 % 4):
        x, y, w, h = 1 - y - h, x, h, w
    return _rounded(x, y, w, h)


@lru_cache(maxsize=1024)
def halves(crop: Crop | None, at: float) -> tuple[Crop, Crop]:
    """The left and the right part of a page that is cut at ``at`` (a part of 1 of its width, 0.1 to 0.9)."""
    if not 0.1 <= at <= 0.9:
        raise ValueError(f"cut at {at}")
    x, y, w, h = crop or WHOLE
    return _rounded(x, y, w * at, h), _rounded(x + w * at, y, w - w * at, h)


def _rounded(x: float, y: float, w: float, h: float) -> Crop:
    """Without what binary fractions leave, and inside the picture."""
    x, y = min(1.0, max(0.0, round(x, 6))), min(1.0, max(0.0, round(y, 6)))
    return Crop(x, y, round(min(w, 1 - x), 6), round(min(h, 1 - y), 6))


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the contents. ``page``: the page it begins on; ``issued``: the date of an issue."""

    title: str
    level: int = 1
    page: int | None = None
    issued: date | None = None


def flaw_in(entries: Sequence[Entry]) -> str:
    """What is wrong with the contents: "untitled", "level", or "" (WFL-7)."""
    depth = 0
    for entry in entries:
        if not entry.title.strip():
            return "untitled"
        if not 1 <= entry.level <= min(DEEPEST, depth + 1):
            return "level"
        depth = entry.level
    return ""
