"""Rules as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any


@dataclass(frozen=True)
class Rule:
    """Weights and thresholds."""

    version: int
    weights: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    bias: float = 0.0
    same_from: float = 0.5
    review_from: float = 0.4

    def as_json(self) -> dict[str, Any]:
        """For storing."""
        return dict(self.__dict__)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Rule:
        """What ``as_json`` gave."""
        return cls(**value)


@cache
def shipped() -> Rule:
    """The rule of this release."""
    return Rule(1)
