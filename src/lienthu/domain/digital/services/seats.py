"""Seats at objects of which as many may be read at once as copies are held, with a queue (RGT-7, RGT-9, RGT-10).

A seat is not audited: who reads what is nobody's business. Holders are digests, and rows go when seats expire.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from lienthu.domain.digital.access import Opened
from lienthu.domain.digital.errors import AccessDenied
from lienthu.domain.digital.models import DigitalObject, ReadingSeat, SeatRequest
from lienthu.domain.digital.policy import Act, Block

HELD = timedelta(minutes=30)
"""A seat is free again so long after its holder was last heard of."""
PATIENCE = timedelta(minutes=2)
"""Who waits and does not ask for so long has gone away and loses the place."""


@dataclass(frozen=True, slots=True)
class Seat:
    """Where somebody stands: ``number`` of the seat or None, then ``ahead`` people wait before."""

    number: int | None
    expires_at: datetime | None
    ahead: int
    of: int
    free: int


@transaction.atomic
def take_seat(opened: Opened, holder: str) -> Seat:
    """Sit down, keep sitting, or wait for a seat; the same call is made again and again while somebody reads or waits.

    Raises AccessDenied for a reader who could not read even with a seat.
    """
    total = _total(opened)
    now = timezone.now()
    obj = opened.object
    # the row lock stands for the object's seats; the unique constraints stand behind it
    DigitalObject.objects.select_for_update().only("id").get(pk=obj.pk)
    ReadingSeat.objects.filter(object=obj, expires_at__lte=now).delete()
    SeatRequest.objects.filter(object=obj, seen_at__lte=now - PATIENCE).delete()
    # fewer copies than before: those who sit on a number that is no more finish when their time is over
    seats = {seat.holder: seat for seat in ReadingSeat.objects.filter(object=obj)}
    mine = seats.get(holder)
    if mine is not None and mine.number > total:
        return Seat(mine.number, mine.expires_at, 0, total, 0)
    if mine is not None:
        mine.expires_at = now + HELD
        mine.save(update_fields=["expires_at"])
        return Seat(mine.number, mine.expires_at, 0, total, max(0, total - len(seats)))
    waiting = list(SeatRequest.objects.filter(object=obj).order_by("at", "id").values_list("holder", flat=True))
    ahead = waiting.index(holder) if holder in waiting else len(waiting)
    free = sorted(set(range(1, total + 1)) - {seat.number for seat in seats.values()})
    room = min(len(free), total - len(seats))
    if ahead < room:
        seat = ReadingSeat.objects.create(object=obj, number=free[0], holder=holder, expires_at=now + HELD)
        SeatRequest.objects.filter(object=obj, holder=holder).delete()
        return Seat(seat.number, seat.expires_at, 0, total, room - 1)
    SeatRequest.objects.update_or_create(object=obj, holder=holder, defaults={"seen_at": now})
    return Seat(None, min((s.expires_at for s in seats.values()), default=None), ahead, total, 0)


def in_line(object_id: int, holder: str) -> bool:
    """Whether somebody sits there or waits for a seat."""
    return any(
        model.objects.filter(object_id=object_id, holder=holder).exists() for model in (ReadingSeat, SeatRequest)
    )


@transaction.atomic
def leave_seat(object_id: int, holder: str) -> None:
    """Give a seat, or a place in the queue, back."""
    ReadingSeat.objects.filter(object_id=object_id, holder=holder).delete()
    SeatRequest.objects.filter(object_id=object_id, holder=holder).delete()


def clear_expired() -> int:
    """Forget seats that ran out: nothing is kept of who read. Returns how many."""
    now = timezone.now()
    SeatRequest.objects.filter(seen_at__lte=now - PATIENCE).delete()
    return ReadingSeat.objects.filter(expires_at__lte=now).delete()[0]


def _total(opened: Opened) -> int:
    decision = opened.decide(Act.READ)
    if decision.block not in (None, Block.SEAT_NEEDED):
        raise AccessDenied(decision.block, visible=decision.visible)
    return opened.audiences.seats or 0
