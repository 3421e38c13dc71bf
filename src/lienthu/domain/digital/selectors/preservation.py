"""What stands about the keeping of objects: damage, runs, how far the reading has come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, Count, F, IntegerField, Min, Q, Value, When
from django.utils import timezone

from lienthu.domain.digital import policy
from lienthu.domain.digital.access import facts_of_objects, rules_in_force
from lienthu.domain.digital.models import DigitalObject, FixityProblem, FixityRun, Preservation
from lienthu.domain.digital.policy import Act, Reader

_LOOKED_AT = 200


@dataclass(frozen=True, slots=True)
class Damage:
    """An object with damage that stands; None: what belongs to no object, collections and rules of access."""

    object: DigitalObject | None
    places: int
    since: datetime


def damage_for(reader: Reader, limit: int = 20) -> list[Damage]:
    """Damaged objects that this person works on, the newest damage first."""
    rows = FixityProblem.objects.filter(resolved_at=None).order_by().values_list("object")
    counted = list(rows.annotate(n=Count("pk"), since=Min("found_at")).order_by("-since")[:_LOOKED_AT])
    if not counted:
        return []
    objects = DigitalObject.objects.select_related("library", "collection").in_bulk([pk for pk, _, _ in counted if pk])
    facts, on = facts_of_objects(objects.values()), timezone.localdate()
    rules = rules_in_force(on)

    def works_on(pk: int | None) -> bool:
        if pk is None:
            return bool({policy.STAFF_EVERYWHERE, policy.SYSTEM} & reader.tokens)
        return policy.decide(facts[pk], reader, Act.WORK, rules, on).allowed

    return [Damage(objects.get(pk), n, since) for pk, n, since in counted if works_on(pk)][:limit]


def standing_problems(limit: int = 1000) -> list[FixityProblem]:
    """Every damage that stands, for a report."""
    rows = FixityProblem.objects.filter(resolved_at=None).select_related("object")
    return list(rows.order_by("object__public_id", "path")[:limit])


@dataclass(frozen=True, slots=True)
class Keeping:
    """How the store stands as a whole."""

    objects: int
    waiting: int
    never_checked: int
    checked_since: datetime | None
    last_run: FixityRun | None


def keeping() -> Keeping:
    """Counted from the tables. ``checked_since``: every object but those never checked was read since then."""
    rows = Preservation.objects.aggregate(
        objects=Count("pk"), waiting=Count("changed_first"), checked=Count("checked_at"), since=Min("checked_at")
    )
    last = FixityRun.objects.exclude(ended_at=None).order_by("-ended_at").first()
    return Keeping(rows["objects"], rows["waiting"], rows["objects"] - rows["checked"], rows["since"], last)


def records_changed(limit: int) -> list[int]:
    """Objects at rest whose METS tells another state of the catalogue record than is in force (PRS-15): one query.

    As ``told_records`` has it: 0 for a record that is withdrawn, gone, or another closed library's.
    """
    record = "object__record"
    strange = Q(**{f"{record}__library__closed": True}) & ~Q(**{f"{record}__library": F("object__library")})
    untold = Q(**{f"{record}__isnull": True}) | Q(**{f"{record}__deleted": True}) | strange
    rows = Preservation.objects.filter(changed_first=None).annotate(
        in_force=Case(When(untold, then=Value(0)), default=F(f"{record}__revision"), output_field=IntegerField())
    )
    return list(rows.exclude(told_record=F("in_force")).order_by("pk").values_list("pk", flat=True)[:limit])
