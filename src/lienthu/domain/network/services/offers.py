"""Services, opening hours, closed days and online addresses of a library."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time
from itertools import pairwise

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from lienthu.domain.network.errors import InvalidData, NotInForce
from lienthu.domain.network.models import (
    Branch,
    ClosedDay,
    OnlineAddress,
    OpeningHours,
    ServiceOffer,
    Weekday,
)
from lienthu.domain.network.services.libraries import LIBRARY_CHANGED
from lienthu.domain.network.services.periods import check, lock_library
from lienthu.foundation.vietnamese.text import clean
from lienthu.platform.actor import Actor
from lienthu.platform.services import audit, changes


@dataclass(frozen=True, slots=True)
class Opening:
    """Open on a weekday (1 Monday … 7 Sunday) from one time to another."""

    weekday: int
    opens: time
    closes: time


def _own_branch(library_id: int, branch_id: int | None) -> Branch | None:
    """The branch, which must belong to the library."""
    if branch_id is None:
        return None
    branch = Branch.objects.filter(pk=branch_id, library_id=library_id).first()
    if branch is None:
        raise InvalidData({"branch": [_("This branch does not belong to the library.")]})
    return branch


@transaction.atomic(durable=True)
def offer_service(
    *,
    library_id: int,
    kind: str,
    actor: Actor,
    branch_id: int | None = None,
    online: bool = False,
    url: str = "",
    note: str = "",
    valid_from: date | None = None,
) -> ServiceOffer:
    """Enter a service that the library, or one of its branches, offers.

    Raises UnknownLibrary, InvalidData.
    """
    library = lock_library(library_id)
    offer = ServiceOffer(
        library=library,
        branch=_own_branch(library_id, branch_id),
        kind=kind,
        online=online,
        url=clean(url),
        note=clean(note),
        valid_from=valid_from,
    )
    check(offer)
    offer.save()
    audit.record("service.offered", offer, actor=actor, library_id=library.pk, kind=kind)
    changes.publish(LIBRARY_CHANGED, [library.pk])
    return offer


@transaction.atomic(durable=True)
def end_service(*, offer_id: int, on: date, actor: Actor) -> ServiceOffer:
    """End a service; ``on`` is the first day without it. Raises NotInForce where it has ended."""
    offer = ServiceOffer.objects.select_for_update().get(pk=offer_id)
    if offer.valid_to is not None and offer.valid_to <= on:
        raise NotInForce(_("This service has ended already."))
    offer.valid_to = on
    check(offer)
    offer.save(update_fields=["valid_to"])
    audit.record("service.ended", offer, actor=actor, library_id=offer.library_id, on=on.isoformat())
    changes.publish(LIBRARY_CHANGED, [offer.library_id])
    return offer


@transaction.atomic(durable=True)
def set_hours(
    *, library_id: int, openings: Iterable[Opening], since: date, actor: Actor, branch_id: int | None = None
) -> None:
    """Let a week hold from ``since`` on; the week before it is kept. No openings: closed all week.

    Raises InvalidData where openings of one day overlap or end before they begin.
    """
    library = lock_library(library_id)
    branch = _own_branch(library_id, branch_id)
    week = sorted(openings, key=lambda o: (o.weekday, o.opens))
    check_week(week)
    rows = OpeningHours.objects.filter(library=library, branch=branch)
    rows.filter(valid_from__gte=since).delete()
    rows.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=since)).update(valid_to=since)
    OpeningHours.objects.bulk_create(
        OpeningHours(
            library=library,
            branch=branch,
            weekday=o.weekday,
            opens=o.opens,
            closes=o.closes,
            valid_from=since,
        )
        for o in week
    )
    audit.record("hours.set", library, actor=actor, library_id=library.pk, branch=branch_id, since=since.isoformat())
    changes.publish(LIBRARY_CHANGED, [library.pk])


def check_week(week: Sequence[Opening]) -> None:
    """Raise InvalidData where openings, in order, overlap or end before they begin."""
    for opening in week:
        if not 1 <= opening.weekday <= 7 or opening.closes <= opening.opens:
            day = Weekday(opening.weekday).label if 1 <= opening.weekday <= 7 else opening.weekday
            raise InvalidData({"hours": [_("%(day)s: closing must be later than opening.") % {"day": day}]})
    for first, second in pairwise(week):
        if first.weekday == second.weekday and second.opens < first.closes:
            day = Weekday(first.weekday).label
            raise InvalidData({"hours": [_("%(day)s: the times overlap.") % {"day": day}]})


@transaction.atomic(durable=True)
def set_closed_day(
    *,
    library_id: int,
    day: date,
    actor: Actor,
    branch_id: int | None = None,
    opens: time | None = None,
    closes: time | None = None,
    note: str = "",
) -> ClosedDay:
    """Enter an exception: closed on this day, or open at other times.

    Replaces what was entered for it before.
    """
    library = lock_library(library_id)
    branch = _own_branch(library_id, branch_id)
    row = ClosedDay.objects.filter(library=library, branch=branch, date=day).first()
    row = row or ClosedDay(library=library, branch=branch, date=day)
    row.opens, row.closes, row.note = opens, closes, clean(note)
    if (opens is None) != (closes is None):
        raise InvalidData({"closes": [_("Give both times, or none for a closed day.")]})
    check(row)
    row.save()
    audit.record("closed_day.set", row, actor=actor, library_id=library.pk, day=day.isoformat())
    changes.publish(LIBRARY_CHANGED, [library.pk])
    return row


@transaction.atomic(durable=True)
def remove_closed_day(*, closed_day_id: int, actor: Actor) -> None:
    """Take an exception back."""
    row = ClosedDay.objects.select_for_update().get(pk=closed_day_id)
    audit.record("closed_day.removed", row, actor=actor, library_id=row.library_id, day=row.date.isoformat())
    changes.publish(LIBRARY_CHANGED, [row.library_id])
    row.delete()


@transaction.atomic(durable=True)
def add_online_address(
    *, library_id: int, kind: str, url: str, actor: Actor, label: str = "", valid_from: date | None = None
) -> OnlineAddress:
    """Enter an online address.

    Raises InvalidData where it is not one of http, https, or host:port for Z39.50.
    """
    library = lock_library(library_id)
    address = OnlineAddress(library=library, kind=kind, url=clean(url), label=clean(label), valid_from=valid_from)
    check(address)
    address.save()
    audit.record("online_address.added", address, actor=actor, library_id=library.pk, kind=kind)
    changes.publish(LIBRARY_CHANGED, [library.pk])
    return address


@transaction.atomic(durable=True)
def end_online_address(*, address_id: int, on: date, actor: Actor) -> OnlineAddress:
    """Let an online address end."""
    address = OnlineAddress.objects.select_for_update().get(pk=address_id)
    address.valid_to = on
    check(address)
    address.save(update_fields=["valid_to"])
    audit.record("online_address.ended", address, actor=actor, library_id=address.library_id, on=on.isoformat())
    changes.publish(LIBRARY_CHANGED, [address.library_id])
    return address
