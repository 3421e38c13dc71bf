"""One administrative unit with what came before and after it, and how many libraries stand where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, QuerySet

from lienthu.domain.network.models import AdministrativeUnit, LibraryPeriod, UnitSuccession
from lienthu.domain.network.models.dated import holds_on
from lienthu.foundation.vietnamese.fold import fold


@dataclass(frozen=True, slots=True)
class UnitLineage:
    """What a unit came from and what it went over to."""

    before: Sequence[UnitSuccession]
    after: Sequence[UnitSuccession]


def units_listed(day: date, *, kind: str = "", text: str = "") -> QuerySet[AdministrativeUnit]:
    """The units that existed on ``day`` in Vietnamese order; each with ``libraries``, how many stood in it then."""
    placed = holds_on(day, "libraryperiod__") & holds_on(day, "libraryperiod__library__")
    rows: QuerySet[AdministrativeUnit] = AdministrativeUnit.objects.as_of(day).select_related(
        "parent", "former_district"
    )
    if kind:
        rows = rows.filter(kind=kind)
    if needle := fold(text.strip()):  # with and without diacritics; there are never many units
        named = AdministrativeUnit.objects.values_list("pk", "title", "name", "code", "official_code")
        rows = rows.filter(pk__in=[pk for pk, *words in named if needle in fold(" ".join(words))])
    return rows.annotate(libraries=Count("libraryperiod", filter=placed)).order_by("name_sort", "code")


def unit_by_id(unit_id: int) -> AdministrativeUnit | None:
    """A unit with what it lies in."""
    return AdministrativeUnit.objects.select_related("parent", "former_district").filter(pk=unit_id).first()


def unit_lineage(unit_id: int) -> UnitLineage:
    """Two queries."""
    rows = UnitSuccession.objects.order_by("date", "id")
    return UnitLineage(
        before=list(rows.filter(successor_id=unit_id).select_related("predecessor")),
        after=list(rows.filter(predecessor_id=unit_id).select_related("successor")),
    )


def libraries_in(unit_id: int, day: date) -> list[int]:
    """Ids of the libraries that stand in the unit on ``day``."""
    rows = LibraryPeriod.objects.filter(holds_on(day), holds_on(day, "library__"), unit_id=unit_id)
    return list(rows.values_list("library_id", flat=True))
