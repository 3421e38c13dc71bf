"""Whether two records describe the same publication, as a score with its features."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from lienthu.domain.union.fingerprint import Fingerprint
from lienthu.domain.union.policy import decide_same
from lienthu.domain.union.scoring.rules import Rule


class Verdict(StrEnum):
    """The answer on a pair."""

    SAME = "same"
    REVIEW = "review"
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True)
class Reason:
    """One feature."""

    feature: str
    score: float
    weight: float
    left: str
    right: str
    note: str

    def as_dict(self) -> dict[str, object]:
        """For JSON."""
        return {
            "feature": self.feature, "score": self.score, "weight": self.weight, "left": self.left,
            "right": self.right, "note": self.note,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Scored:
    """Score, verdict and compact feature levels."""

    score: float
    verdict: Verdict
    levels: str


def score_pair(a: Fingerprint, b: Fingerprint, rule: Rule, *, full: bool = False) -> Scored:
    """Score two fingerprints. ``full``: go through all features, even where the outcome is clear before."""
    v = decide_same(a, b)
    levels = " ".join(f"{r.feature}={'silent' if r.agrees is None else 'yes' if r.agrees else 'no'}" for r in v.reasons)
    if v.same and v.score >= rule.same_from:
        return Scored(v.score, Verdict.SAME, levels)
    if v.same or v.score == 0.45:
        return Scored(v.score, Verdict.REVIEW, levels)
    return Scored(v.score / 10, Verdict.DIFFERENT, levels)


def explain(a: Fingerprint, b: Fingerprint, rule: Rule, levels: str | None = None) -> tuple[Reason, ...]:
    """The features of a pair."""
    return tuple(
        Reason(
            r.feature,
            0.5 if r.agrees is None else float(r.agrees),
            0.0 if r.agrees is None else 1.0 if r.agrees else -1.0,
            r.left,
            r.right,
            "",
        )
        for r in decide_same(a, b).reasons
    )
