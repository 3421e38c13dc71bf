"""The dated rules of access as people see them, and what changing them would mean. Rules RGT-2, RGT-12, RGT-13."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, Count, Max, Min, OuterRef, Q, Subquery, Value, When

from lienthu.domain.digital.access import every_rule
from lienthu.domain.digital.models import AccessRule, DigitalObject, RightsRecord
from lienthu.domain.digital.policy import Access, RightsFacts, Rule, Status
from lienthu.domain.digital.ruling import RULED, Alike, Effect, effects
from lienthu.domain.digital.shipped.reading import StatedRule, shipped_rules
from lienthu.platform.models import AuditEntry

SET = "digital.rules_set"


@dataclass(frozen=True, slots=True)
class StatusRules:
    """The rules that speak of a status, in the order of their days. ``own``: the administrator's, not the shipped."""

    status: Status
    rules: tuple[StatedRule, ...]
    own: bool

    @property
    def stamp(self) -> str:
        """Other rules have another one."""
        told = [self.own, *(row_of(stated) for stated in self.rules)]
        return hashlib.sha256(repr(told).encode()).hexdigest()[:16]

    def on(self, day: date) -> StatedRule | None:
        """The rule of that day; of two that contradict each other the stricter (RGT-2)."""
        found = [stated for stated in self.rules if stated.rule.holds(day)]
        return max(found, key=lambda stated: list(Access).index(stated.rule.access), default=None)


def row_of(stated: StatedRule) -> dict[str, str | None]:
    """A rule as the audit trail keeps it."""
    ends = stated.rule.valid_until
    return {
        "access": stated.rule.access.value,
        "from": stated.rule.valid_from.isoformat(),
        "until": ends.isoformat() if ends else None,
        "basis": stated.basis,
        "certainty": stated.certainty,
    }


def rule_in(status: Status, row: dict[str, Any]) -> StatedRule:
    """The rule that the audit trail kept."""
    ends = date.fromisoformat(row["until"]) if row["until"] else None
    rule = Rule(status, Access(row["access"]), date.fromisoformat(row["from"]), ends)
    return StatedRule(rule, row["basis"], row["certainty"])


def shipped_of(status: Status) -> tuple[StatedRule, ...]:
    """The shipped rules of a status."""
    return tuple(sorted((s for s in shipped_rules() if s.rule.status is status), key=_begins))


def rules_by_status() -> list[StatusRules]:
    """The rules of every status that rules speak of: one query."""
    own: dict[str, list[StatedRule]] = {}
    for row in AccessRule.objects.order_by("valid_from", "id"):
        rule = Rule(Status(row.status), Access(row.access), row.valid_from, row.valid_until)
        own.setdefault(row.status, []).append(StatedRule(rule, row.basis, row.certainty))
    return [
        StatusRules(status, tuple(own[status]) if status in own else shipped_of(status), status in own)
        for status in RULED
    ]


def rules_of(status: Status) -> StatusRules:
    """The rules that speak of this status now. Raises KeyError for a status that rules do not speak of."""
    return {found.status: found for found in rules_by_status()}[status]


def effects_of(status: Status, rules: Sequence[StatedRule], today: date) -> list[Effect]:
    """What would close and open if these rules spoke of the status: counted over all that is published (RGT-12).

    What is hidden (RGT-3) is left out: it is not for whoever sets rules to know of. Two queries.
    """
    before = every_rule()
    after = [rule for rule in before if rule.status is not status] + [stated.rule for stated in rules]
    return effects(_alike(), before, after, today)


def _alike() -> list[Alike]:
    """Published objects, those together whose rights are alike for rules: one query, a row for each kind of rights."""
    newest = RightsRecord.objects.filter(object=OuterRef("object")).order_by("-number").values("number")[:1]
    open_house = Q(object__library__closed=False) & (Q(object__collection=None) | Q(object__collection__closed=False))
    rows = (
        RightsRecord.objects.filter(
            open_house, number=Subquery(newest), object__published_at__isnull=False, object__taken_down=False
        )
        .order_by()
        .annotate(held=Case(When(copies_held__gt=0, then=Value(1)), default=Value(0)))
        .values("status", "held", "protected_until", "permission", "permission_until")
        .annotate(n=Count("pk"), first=Min("object_id"), last=Max("object_id"))
    )
    return [
        Alike(
            RightsFacts(
                status=Status(row["status"]),
                copies_held=row["held"],
                protected_until=row["protected_until"],
                permission=Access(row["permission"]) if row["permission"] else None,
                permission_until=row["permission_until"],
            ),
            row["n"],
            (row["last"], row["first"]),
        )
        for row in rows
    ]


def titles_in(told: Sequence[Effect]) -> dict[int, DigitalObject]:
    """The objects that effects name as examples: one query."""
    wanted = {pk for effect in told for shift in effect.shifts for pk in shift.some}
    return DigitalObject.objects.select_related("library").in_bulk(wanted)


@dataclass(frozen=True, slots=True)
class PastRules:
    """A change of the rules of a status, as the audit trail keeps it."""

    entry: AuditEntry
    before: tuple[StatedRule, ...]
    after: tuple[StatedRule, ...]


def history_of(status: Status, *, limit: int = 30) -> list[PastRules]:
    """The changes of the rules of a status, the newest first."""
    rows = AuditEntry.objects.filter(action=SET, detail__status=status.value).order_by("-id")[:limit]
    return [_past(status, row) for row in rows]


def past_of(status: Status, entry_id: int) -> PastRules | None:
    """One change; None where there is none of that number for this status."""
    row = AuditEntry.objects.filter(action=SET, detail__status=status.value, pk=entry_id).first()
    return _past(status, row) if row is not None else None


def _past(status: Status, row: AuditEntry) -> PastRules:
    before, after = (tuple(rule_in(status, told) for told in row.detail[name]) for name in ("before", "after"))
    return PastRules(row, before, after)


def _begins(stated: StatedRule) -> date:
    return stated.rule.valid_from
