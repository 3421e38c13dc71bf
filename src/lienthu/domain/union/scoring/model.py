"""Whether two records describe the same publication: an additive model over explained features. Pure.

Rules MAT-3 and MAT-4, docs/specs/matching.md. Each feature says how far two records agree in one respect (a level); the
rule says what that level weighs; the weights add up to log-odds, so every score can be told as a list of reasons.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from functools import lru_cache
from math import exp, log
from typing import Any, Final, NamedTuple

from lienthu.domain.union.fingerprint import Fingerprint
from lienthu.domain.union.scoring.features import (
    edition,
    evidence,
    extent,
    height,
    host,
    identifiers,
    imprint,
    kind,
    language,
    material,
    numbers,
    part,
    persons,
    responsibility,
    scale,
    series,
    title,
    wording,
    year,
)
from lienthu.domain.union.scoring.rules import Rule


class Feature(NamedTuple):
    """One respect in which records are compared. ``levels``: level → what it says, in English."""

    name: str
    level: Callable[[Fingerprint, Fingerprint], str]
    shown: Callable[[Fingerprint], str]
    levels: Mapping[str, str]


FEATURES: Final = tuple(
    Feature(m.NAME, m.level, m.shown, m.LEVELS)
    for m in (
        title, year, part, persons, material, extent, imprint, wording, numbers, edition, identifiers, language,
        height, host, series, responsibility, kind, scale, evidence,
    )
)  # fmt: skip
"""The telling ones first: most pairs of a catalogue are decided by them, and the others need not be looked at."""


class Verdict(StrEnum):
    """What a score means."""

    SAME = "same"
    REVIEW = "review"
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True)
class Reason:
    """One feature's part in a score: ``score`` is how far it agrees (0..1), ``weight`` the log-odds it adds."""

    feature: str
    score: float
    weight: float
    left: str
    right: str
    note: str

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Scored:
    """A score of 0..1, its verdict, and the levels it was made of: "title=whole year=same …"."""

    score: float
    verdict: Verdict
    levels: str


class _Prepared(NamedTuple):
    """A rule laid out for speed: per feature its weights and caps, and the most that all later ones can still add."""

    steps: tuple[
        tuple[str, Callable[[Fingerprint, Fingerprint], str], Mapping[str, float], Mapping[str, float], float], ...
    ]
    bias: float
    hopeless: float


def score_pair(a: Fingerprint, b: Fingerprint, rule: Rule, *, full: bool = False) -> Scored:
    """Compare two fingerprints (rules MAT-3, MAT-4). Symmetric in ``a`` and ``b``.

    Comparing stops as soon as nothing that is left could bring the pair to review: its score is then the highest it
    could still have had. ``full`` goes through all features whatever they say.
    """
    prepared = _prepared(rule)
    total, cap = prepared.bias, 1.0
    levels = []
    for name, level_of, weights, caps, rest in prepared.steps:
        level = level_of(a, b)
        levels.append(f"{name}={level}")
        total += weights.get(level, 0.0)
        if caps and level in caps:
            cap = min(cap, caps[level])
        if not full and (total + rest < prepared.hopeless or cap < rule.review_from):
            return Scored(min(_logistic(total + rest), cap), Verdict.DIFFERENT, " ".join(levels))
    score = min(_logistic(total), cap)
    return Scored(score, _verdict(score, rule), " ".join(levels))


def explain(a: Fingerprint, b: Fingerprint, rule: Rule, levels: str | None = None) -> tuple[Reason, ...]:
    """The reasons of a score, the weightiest first: from stored ``levels``, or comparing anew.

    A capped pair's reasons say so: the contradiction carries the note of its level and the word of the cap.
    """
    found = dict(part.split("=", 1) for part in (levels or score_pair(a, b, rule, full=True).levels).split())
    reasons = []
    for feature in FEATURES:
        level = found.get(feature.name)
        if level is None:
            continue
        weights = rule.weights.get(feature.name, {})
        weight = weights.get(level, 0.0)
        note = feature.levels.get(level, level)
        if level in rule.caps.get(feature.name, {}):
            note += "; no agreement outweighs this"
        reasons.append(
            Reason(
                feature.name, _agreement(weight, weights), round(weight, 3), feature.shown(a), feature.shown(b), note
            )
        )
    return tuple(sorted(reasons, key=lambda r: -abs(r.weight)))


def _agreement(weight: float, weights: Mapping[str, float]) -> float:
    """Where a weight stands between the feature's worst (0) and best (1) outcome."""
    values = [0.0, *weights.values()]
    low, high = min(values), max(values)
    return round((weight - low) / (high - low), 3) if high > low else 0.5


def _verdict(score: float, rule: Rule) -> Verdict:
    if score >= rule.same_from:
        return Verdict.SAME
    return Verdict.REVIEW if score >= rule.review_from else Verdict.DIFFERENT


def _logistic(x: float) -> float:
    return 1 / (1 + exp(-x)) if x > -700 else 0.0


@lru_cache(maxsize=8)
def _prepared(rule: Rule) -> _Prepared:
    steps = []
    rest = 0.0
    for feature in reversed(FEATURES):
        weights = dict(rule.weights.get(feature.name, {}))
        steps.append((feature.name, feature.level, weights, dict(rule.caps.get(feature.name, {})), rest))
        rest += max([0.0, *weights.values()])
    return _Prepared(tuple(reversed(steps)), rule.bias, log(rule.review_from / (1 - rule.review_from)))
