"""A matching rule: what each outcome of each feature weighs, and where "same" and "review" begin. Data, with a version.

Rule MAT-3, docs/specs/matching.md. How the shipped weights were learned: benchmarks/matching/README.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final

import orjson

SHIPPED_VERSION: Final = 4
_SPLIT: Final = {
    ("year", "stated-far"): "stated",
    ("part", "numbered"): "near",
    ("extent", "volumes-other"): "volumes-differ",
    ("evidence", "brief-short"): "brief-1",
}
"""Levels that rules of before versions 3 and 4 do not know → the level that said the same then."""


@dataclass(frozen=True)
class Rule:
    """One version of the rule. Immutable; equal versions have equal content.

    ``weights`` feature → level → log-odds it adds to ``bias``; a level that is not named weighs nothing. ``caps``
    feature → level → the highest score (0..1) a pair with that outcome can have: a contradiction that no agreement
    outweighs. A pair is the same from ``same_from`` on, to be reviewed from ``review_from`` on.
    """

    version: int
    bias: float
    weights: Mapping[str, Mapping[str, float]]
    same_from: float
    review_from: float
    caps: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    note: str = ""

    def __post_init__(self) -> None:
        if not 0 < self.review_from <= self.same_from < 1:
            raise ValueError("thresholds: 0 < review_from <= same_from < 1")

    def __hash__(self) -> int:
        return hash(self.version)

    def as_json(self) -> dict[str, Any]:
        """For storing."""
        return {
            "version": self.version,
            "bias": self.bias,
            "weights": {name: dict(levels) for name, levels in self.weights.items()},
            "same_from": self.same_from,
            "review_from": self.review_from,
            "caps": {name: dict(levels) for name, levels in self.caps.items()},
            "note": self.note,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Rule:
        """What ``as_json`` gave. Raises ValueError, KeyError or TypeError for anything else."""
        return cls(
            version=int(value["version"]),
            bias=float(value["bias"]),
            weights=_complete(_tables(value["weights"])),
            same_from=float(value["same_from"]),
            review_from=float(value["review_from"]),
            caps=_tables(value.get("caps", {})),
            note=str(value.get("note", "")),
        )


def _tables(value: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, float]]:
    return {str(name): {str(level): float(w) for level, w in levels.items()} for name, levels in value.items()}


def _complete(weights: dict[str, dict[str, float]]) -> dict[str, dict[str, float]]:
    for (feature, level), former in _SPLIT.items():
        known = weights.get(feature, {})
        if level not in known and former in known:
            known[level] = known[former]
    return weights


@lru_cache(maxsize=4)
def shipped(version: int = SHIPPED_VERSION) -> Rule:
    """The rule that comes with the program."""
    text = files(__package__).joinpath("rules_shipped", f"{version}.json").read_bytes()
    return Rule.from_json(orjson.loads(text))
