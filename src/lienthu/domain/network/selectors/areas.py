"""Administrative units as of a day, and the areas people still think in: the former districts."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet
from django.utils import timezone

from lienthu.domain.network.models import AdministrativeUnit, UnitKind


@dataclass(frozen=True, slots=True)
class Area:
    """A former district with the units of today that lie in it."""

    id: int
    code: str
    name: str
    full_name: str
    unit_ids: tuple[int, ...]
    unit_codes: tuple[str, ...]


def units_as_of(day: date) -> QuerySet[AdministrativeUnit]:
    """The units that existed on ``day``, in Vietnamese order."""
    units: QuerySet[AdministrativeUnit] = AdministrativeUnit.objects.as_of(day).select_related("former_district")
    return units


def areas(day: date | None = None) -> list[Area]:
    """The former districts, each with the units of ``day`` (default: today) that lie in it. Two queries.

    Districts that were gone by 2025 and left no units of that day behind are not among them.
    """
    day = day or timezone.localdate()
    members: dict[int, list[AdministrativeUnit]] = defaultdict(list)
    for unit in AdministrativeUnit.objects.as_of(day).filter(former_district__isnull=False):
        if unit.former_district_id is not None:
            members[unit.former_district_id].append(unit)
    return [
        Area(
            id=district.pk,
            code=district.code,
            name=district.name,
            full_name=district.full_name,
            unit_ids=tuple(unit.pk for unit in members[district.pk]),
            unit_codes=tuple(unit.code for unit in members[district.pk]),
        )
        for district in AdministrativeUnit.objects.filter(kind=UnitKind.FORMER_DISTRICT)
        if district.pk in members or district.holds(day)
    ]
