"""Which rule is in force, what rules there are, and what going through all records has reached."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lienthu.domain.union.models import Rerun, RuleVersion
from lienthu.domain.union.scoring.rules import Rule, shipped

_read: dict[int, tuple[dict[str, Any], Rule]] = {}


def rule_in_force() -> Rule:
    """The rule by which records are compared now: the one switched on by people, else the shipped one. One query."""
    found = RuleVersion.objects.filter(status=RuleVersion.Status.ACTIVE).values_list("version", "rule").first()
    if found is None:
        return shipped()
    return _rule(*found)


def rule_of(version: int) -> Rule | None:
    """A version of the rule, stored or shipped."""
    found = RuleVersion.objects.filter(version=version).values_list("version", "rule").first()
    if found is not None:
        return _rule(*found)
    return shipped() if shipped().version == version else None


def _rule(version: int, value: dict[str, Any]) -> Rule:
    known = _read.get(version)
    if known is None or known[0] != value:
        known = _read[version] = (value, Rule.from_json(value))
    return known[1]


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A version of the rule and what its trial found."""

    version: int
    status: str
    note: str
    created_at: datetime | None
    created_by: str
    report: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far going through all records has come. ``phase``: score, group or compare."""

    id: int
    kind: str
    rule_version: int
    phase: str
    done: int
    total: int
    status: str
    started_at: datetime
    finished_at: datetime | None


def rule_versions() -> list[RuleRow]:
    """All versions, the newest first; the shipped one too, where nobody has switched on another. One query."""
    rows = [
        RuleRow(r.version, r.status, r.note, r.created_at, r.created_by, r.report)
        for r in RuleVersion.objects.order_by("-version")
    ]
    if all(r.version != shipped().version for r in rows):
        nobody = all(r.status != RuleVersion.Status.ACTIVE for r in rows)
        status = RuleVersion.Status.ACTIVE if nobody else RuleVersion.Status.RETIRED
        rows.append(RuleRow(shipped().version, status.value, "", None, "", {}))
    return sorted(rows, key=lambda r: -r.version)


def reruns(*, running_only: bool = True, limit: int = 20) -> list[Progress]:
    """What goes, or went, through all records, the newest first. One query."""
    found = Rerun.objects.order_by("-id")
    if running_only:
        found = found.filter(status=Rerun.Status.RUNNING)
    return [
        Progress(r.pk, r.kind, r.rule_version, r.phase, r.done, r.total, r.status, r.started_at, r.finished_at)
        for r in found[:limit]
    ]
