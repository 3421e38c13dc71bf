"""The few facts about every library that search needs for each record: read whole, there are never many."""

from __future__ import annotations

from dataclasses import dataclass

from lienthu.domain.network.models import Library


@dataclass(frozen=True, slots=True)
class LibraryFacts:
    """A library as the index knows it.

    ``area`` is the code of the former district, else of the unit, else "".
    """

    id: int
    code: str
    name: str
    area: str
    area_name: str
    closed: bool
    sample: bool


def library_facts() -> dict[int, LibraryFacts]:
    """Facts of every library there ever was, by id. One query."""
    out = {}
    for library in Library.objects.select_related("unit", "unit__former_district"):
        unit = library.unit
        area = (unit.former_district or unit) if unit else None
        out[library.pk] = LibraryFacts(
            library.pk,
            library.code,
            library.short_name or library.name,
            area.code if area else "",
            area.name if area else "",
            library.closed,
            library.sample,
        )
    return out
