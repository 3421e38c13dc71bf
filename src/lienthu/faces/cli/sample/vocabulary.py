"""The generator's word lists (``vocabulary.txt``) and its heavy-tailed ways of drawing from them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import accumulate
from pathlib import Path
from typing import Final, NamedTuple, TypeVar

from lienthu.foundation.vietnamese.syllables import is_syllable

VOCABULARY_FILE: Final = Path(__file__).with_name("vocabulary.txt")
DRAWS: Final = 1 << 16
"""A draw is a number of 16 bits; a table maps every draw to an entry."""

T = TypeVar("T")


class Topic(NamedTuple):
    """A subject with its class."""

    name: str
    ddc: str


@cache
def sections() -> dict[str, list[str]]:
    """Section name → its entries; lines of [topics] stay whole."""
    found: dict[str, list[str]] = {}
    current: list[str] = []
    for line in VOCABULARY_FILE.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            current = found.setdefault(line.strip("[]"), [])
        elif line and not line.startswith("#"):
            topical = ":" in line and line[:3].isdigit()
            current += [line] if topical else [word.strip() for word in line.split(";")]
    return found


@cache
def topics() -> tuple[Topic, ...]:
    """All topics in a fixed order that mixes the classes."""
    found = []
    for line in sections()["topics"]:
        ddc, _, names = line.partition(":")
        found += [Topic(name.strip(), ddc) for name in names.split(";")]
    return tuple(sorted(found, key=lambda t: t.name[::-1]))


@cache
def syllables() -> tuple[str, ...]:
    """Well-formed Vietnamese syllables with a capital, for names of villages and clans."""
    found = []
    for tones in zip(*[rime.split() for rime in sections()["rimes"]], strict=True):
        for rime in tones:
            for onset in sections()["onsets"]:
                if is_syllable(onset + rime):
                    found.append((onset + rime).capitalize())
    return tuple(found)


def zipf_table(entries: Sequence[T], skew: float = 1.0) -> tuple[T, ...]:
    """A table of DRAWS places in which the entry of rank r has a share in proportion to 1/(r+2)**skew."""
    return weighted_table(entries, [(rank + 2) ** -skew for rank in range(len(entries))])


def weighted_table(entries: Sequence[T], weights: Sequence[float]) -> tuple[T, ...]:
    """A table of DRAWS places with the given shares; every entry has at least one place."""
    spare = DRAWS - len(entries)
    whole = sum(weights)
    ends = [round(spare * part / whole) for part in accumulate(weights)]
    table: list[T] = []
    start = 0
    for entry, end in zip(entries, ends, strict=True):
        table += [entry] * (end - start + 1)
        start = end
    return tuple(table)
