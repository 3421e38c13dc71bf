"""A rule as somebody typed or uploaded it: read, checked, or refused with what is wrong and where (CLU-15)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from math import isfinite
from typing import Any, Final

from lienthu.domain.union.errors import RuleRefused
from lienthu.domain.union.scoring.rules import Rule

LARGEST: Final = 200_000
"""Characters of a rule; the shipped one has about 8,000."""
_VERSIONS: Final = 32_767
_HEAVIEST: Final = 50.0


def read_rule(text: str, **own: Any) -> Rule:
    """The rule in a JSON text, with ``own`` in place of what it says. Raises RuleRefused, naming what is wrong."""
    if len(text) > LARGEST:
        raise RuleRefused.unreadable("$", "too long")
    try:
        value = json.loads(text, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise RuleRefused.unreadable("$", str(error)[:200]) from None
    if not isinstance(value, dict):
        raise RuleRefused.unreadable("$", "not an object")
    return _rule_from({**value, **own})


def _rule_from(value: Mapping[str, Any]) -> Rule:
    version = value.get("version")
    if not isinstance(version, int) or isinstance(version, bool) or not 0 < version <= _VERSIONS:
        raise RuleRefused.unreadable("version", f"a whole number from 1 to {_VERSIONS}")
    same, review = _number(value, "same_from"), _number(value, "review_from")
    if not 0 < review <= same < 1:
        raise RuleRefused.thresholds(review, same)
    _number(value, "bias", _HEAVIEST)
    _tables(value, "weights", -_HEAVIEST, _HEAVIEST)
    _tables(value, "caps", 0.0, 1.0)
    try:
        return Rule.from_json(value)
    except (ValueError, KeyError, TypeError) as error:
        raise RuleRefused.unreadable("$", str(error)[:200]) from None


def _number(value: Mapping[str, Any], name: str, most: float = 1.0) -> float:
    found: Any = value.get(name)
    if not _is_number(found) or abs(found) > most:
        raise RuleRefused.unreadable(name, f"a number, at most {most:g}")
    return float(found)


def _tables(value: Mapping[str, Any], name: str, low: float, high: float) -> None:
    tables = value.get(name, {})
    if not isinstance(tables, dict):
        raise RuleRefused.unreadable(name, "not an object")
    for feature, levels in tables.items():
        if not isinstance(levels, dict):
            raise RuleRefused.unreadable(f"{name}.{feature}", "not an object")
        for level, number in levels.items():
            if not _is_number(number) or not low <= number <= high:
                raise RuleRefused.unreadable(f"{name}.{feature}.{level}", f"a number from {low:g} to {high:g}")


def _is_number(found: Any) -> bool:
    return isinstance(found, int | float) and not isinstance(found, bool) and isfinite(found)


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no number")
