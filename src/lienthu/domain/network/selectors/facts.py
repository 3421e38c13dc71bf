"""The few facts about every library that search needs for each record: read whole, there are never many."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db import connection

from lienthu.domain.network.models import Branch


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
    """Facts of every library there ever was, by id. One query, without the ORM: every search asks it."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT l.id, l.code, coalesce(nullif(l.short_name, ''), l.name), coalesce(d.code, u.code, ''),
                   coalesce(d.name, u.name, ''), l.closed, l.sample
            FROM network_library l
            LEFT JOIN network_administrativeunit u ON u.id = l.unit_id
            LEFT JOIN network_administrativeunit d ON d.id = u.former_district_id
            """
        )
        return {row[0]: LibraryFacts(*row) for row in cursor.fetchall()}


def branch_names(library_ids: Collection[int]) -> dict[tuple[int, str], str]:
    """Library id and branch code in small letters → the branch's name: records name branches by their codes."""
    rows = Branch.objects.filter(library_id__in=library_ids).values_list("library_id", "code", "name")
    return {(library_id, code.lower()): name for library_id, code, name in rows}
