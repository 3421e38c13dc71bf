"""What is shipped as data and can be replaced by rows of the administrator: rules of access, quality profiles."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib import resources
from typing import Any

from lienthu.domain.digital.policy import Access, Rule, Status


@dataclass(frozen=True, slots=True)
class StatedRule:
    """A rule with what it rests on and how sure we are of it: found, secondary or unverified."""

    rule: Rule
    basis: str
    certainty: str


@dataclass(frozen=True, slots=True)
class Profile:
    """What scans are measured against; a limit that is missing is not measured against."""

    code: str
    name: str
    limits: dict[str, float]
    basis: str = ""
    valid_from: date | None = None


@lru_cache
def shipped_rules() -> tuple[StatedRule, ...]:
    """The rules of access as shipped, of all times."""
    return tuple(
        StatedRule(
            Rule(Status(r["status"]), Access(r["access"]), _day(r["valid_from"]) or date.min, _day(r["valid_until"])),
            r["basis"],
            r["certainty"],
        )
        for r in _read("access_rules.json")
    )


@lru_cache
def shipped_profiles() -> tuple[Profile, ...]:
    """The quality profiles as shipped; the first is the default."""
    return tuple(
        Profile(p["code"], p["name"], p["limits"], p["basis"], _day(p["valid_from"]))
        for p in _read("quality_profiles.json")
    )


def _read(name: str) -> list[dict[str, Any]]:
    text = resources.files("lienthu.domain.digital.shipped").joinpath(name).read_text(encoding="utf-8")
    rows: list[dict[str, Any]] = json.loads(text)
    return rows


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None
