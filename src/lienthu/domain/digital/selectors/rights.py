"""What is recorded of rights and take-downs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.db.models import Count, Q

from lienthu.domain.digital.models import DigitalObject, Page, RightsRecord, Takedown
from lienthu.domain.digital.policy import PublishFacts, Status

_ALSO: Final[Mapping[Status, frozenset[Status]]] = {
    Status.PUBLIC_DOMAIN: frozenset({Status.IN_COPYRIGHT}),  # when its protection has ended (RGT-4)
    Status.IN_COPYRIGHT: frozenset({Status.PERMITTED}),  # when its permission has run out
}


def rights_of(obj: DigitalObject) -> list[RightsRecord]:
    """All records, the newest first: it counts (RGT-1)."""
    return list(obj.rights.order_by("-number"))


def newest_rights(obj: DigitalObject) -> RightsRecord | None:
    """The record that counts."""
    return obj.rights.order_by("-number").first()


def takedown_in_force(obj: DigitalObject) -> Takedown | None:
    """The take-down that hides it, if one does."""
    return obj.takedowns.filter(lifted_at=None).first()


def publish_facts(obj: DigitalObject) -> PublishFacts:
    """What decides whether it may be published, and what speaks against it: two queries."""
    newest = newest_rights(obj)
    counts = obj.pages.aggregate(
        pages_ready=Count("pk", filter=Q(state=Page.State.READY)),
        pages_failed=Count("pk", filter=Q(state=Page.State.FAILED)),
        pages_waiting=Count("pk", filter=Q(state=Page.State.WAITING)),
        pages_closed=Count("pk", filter=Q(closed=True)),
    )
    return PublishFacts(newest is not None, personal_data=newest is not None and newest.personal_data, **counts)


def objects_ruled_by(status: Status) -> list[int]:
    """Ids of the objects of which the rules of this status speak, or may speak once a date has passed: one query."""
    rows = RightsRecord.objects.filter(status__in={status, *_ALSO.get(status, ())}).order_by()
    return list(rows.values_list("object_id", flat=True).distinct())
