"""Which outcome of a feature must never weigh less than which other: the order that a learned rule keeps (MAT-28).

What agrees more never speaks less for "the same". Training (`benchmarks/matching/train.py`) keeps it as a hard
constraint and a test holds the shipped rule to it; a rule that people write is theirs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Final

from lienthu.domain.union.scoring.levels import Says
from lienthu.domain.union.scoring.model import Feature

CHAINS: Final[Mapping[str, Sequence[str]]] = {
    "title": [
        "whole-long proper-long near-70", "whole proper remainder-near remainder-differs far",
        "whole near-97 near-92 near-85 near-70 near-50 far",
        "whole-short proper-short near-70", "proper within near-70",
        "proper begins near-70", "near-97 marks-typo marks", "begins-long near-70", "near-85 variant near-50",
    ],
    "year": ["same stated stated-far near far", "same stated off-1 near", "same unsure near", "same silent one near"],
    "part": ["same none one-named one differ", "same numbered one", "same near one"],
    "persons": [
        "same initials near", "same shared within near some differ other", "shared shared-later some",
        "shared-later other-student", "same named one differ", "near marks differ", "silent-part silent differ",
    ],
    "material": ["same like text differ", "same online differ"],
    "extent": ["pages pages-2 pages-3 pages-15 pages-far",
               "volumes silent pages-15", "silent set", "silent volumes-differ volumes-other"],
    "imprint": [
        *(f"same/{q} within/{q} some/{q} differ/{q} rival/{q}" for q in ("same", "silent", "differ")),
        *(f"within/{q} one/{q} differ/{q}" for q in ("same", "silent", "differ")),
        *(f"{p}/same {p}/silent {p}/differ" for p in ("same", "within", "some", "one", "silent", "differ", "rival")),
    ],
    "wording": ["same joined typo extra-1 extra replaced other", "extra-1 replaced-1 replaced"],
    "numbers": ["same within one differ", "none one"],
    "edition": ["same kind one differ", "none first one"],
    "identifiers": ["isbn-pages isbn isbn-other silent differ", "national silent", "issn silent"],
    "language": ["same silent differ vietnamese"],
    "evidence": ["4 3 2 1 0", "2 brief-1 brief-short 1", "brief-short brief-0 0"],
    "kind": ["same none one differ"],
    "scale": ["same silent differ"],
    "succession": ["none differ"],
    "height": ["same near differ", "same silent differ"],
    "host": ["same none one differ"],
    "series": ["numbered same silent differ number-differs"],
    "responsibility": ["same near some differ", "near silent differ"],
}  # fmt: skip
"""Of each feature chains from the level that agrees most to the one that agrees least."""

_APART: Final = {("imprint", "part/part")}
"""Levels that stand for another sort of record and not for more or less agreement."""

_AT_LEAST: Final[Mapping[str, Mapping[tuple[str, str], float]]] = {
    "identifiers": {
        ("isbn-pages", "isbn"): 0.25,
        ("isbn", "isbn-other"): 0.25,
        ("national", "silent"): 0.5,
        ("issn", "silent"): 0.25,
    }
}
"""By how much a level must weigh more than another (MAT-5): pairs whose identifiers were taken out, and some that share
a number on purpose, cannot tell what a common number is worth."""


def steps_of(feature: Feature) -> Iterator[tuple[str, str, float]]:
    """A level, one that must not weigh more, and by how much it must weigh less.

    What the chains say, and that no agreement weighs less than silence, no silence less than a difference.
    """
    gaps = _AT_LEAST.get(feature.name, {})
    said: dict[Says, list[str]] = {says: [] for says in Says}
    for name, level in feature.levels.items():
        if (feature.name, name) not in _APART:
            said[level.says].append(name)
    for chain in CHAINS.get(feature.name, ()):
        levels = chain.split()
        yield from ((a, b, gaps.get((a, b), 0.0)) for a, b in pairwise(levels))
    for more, less in ((Says.AGREES, Says.SILENT), (Says.SILENT, Says.DIFFERS), (Says.AGREES, Says.DIFFERS)):
        yield from ((a, b, 0.0) for a in said[more] for b in said[less])
    yield from ((a, b, gap) for (a, b), gap in gaps.items())
