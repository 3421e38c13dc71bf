"""Rules as data."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache


@dataclass(frozen=True)
class Rule:
    """Weights and thresholds."""

    version: int
    weights: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    bias: float = 0.0
    same_from: float = 0.5
    review_from: float = 0.4

    def as_json(self) -> str:
        """As JSON text."""
        return json.dumps(self.__dict__)

    @classmethod
    def from_json(cls, text: str) -> Rule:
        """From JSON text."""
        return cls(**json.loads(text))


@cache
def shipped() -> Rule:
    """The rule of this release."""
    return Rule(1)
