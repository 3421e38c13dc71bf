"""How full an object is of which as many are read at once as copies are held (RGT-7)."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone

from lienthu.domain.digital.access import Opened
from lienthu.domain.digital.models import ReadingSeat, SeatRequest


@dataclass(frozen=True, slots=True)
class Occupancy:
    """``total`` seats, of which ``free`` are free; ``waiting`` people wait."""

    total: int
    free: int
    waiting: int


def seats_at(opened: Opened) -> Occupancy:
    """Two counts; nobody is named."""
    total = opened.audiences.seats or 0
    taken = ReadingSeat.objects.filter(object=opened.object, expires_at__gt=timezone.now()).count()
    waiting = SeatRequest.objects.filter(object=opened.object).count()
    return Occupancy(total, max(0, total - taken), waiting)
