"""The few facts about every library that search needs for each record: read whole, there are never many."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from django.db import connection

from lienthu.domain.network.models import Branch


@dataclass(frozen=True, slots=True)
class LibraryFacts:
    """A library as the index knows it.

    ``area`` is the code of the former district, else of the unit, else "". ``branches`` has code in small letters →
    area and its name of every branch that says where it is.
    """

    id: int
    code: str
    name: str
    area: str
    area_name: str
    closed: bool
    sample: bool
    branches: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    def area_at(self, branch: str) -> str:
        """Where a copy is that its record puts into this branch: by the branch, else where the library has its seat."""
        return self.branches.get(branch.lower(), (self.area,))[0]

    @property
    def spread(self) -> bool:
        """Whether any of its branches is in another area than its seat."""
        return any(area != self.area for area, _ in self.branches.values())

    @property
    def area_names(self) -> dict[str, str]:
        """Code → name of every area in which the library has copies."""
        return {area: name for area, name in [(self.area, self.area_name), *self.branches.values()] if area}


def library_facts() -> dict[int, LibraryFacts]:
    """Facts of every library there ever was, by id. One query, without the ORM: every search asks it."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT l.id, l.code, coalesce(nullif(l.short_name, ''), l.name), coalesce(d.code, u.code, ''),
                   coalesce(d.name, u.name, ''), l.closed, l.sample, b.codes, b.areas, b.names
            FROM network_library l
            LEFT JOIN network_administrativeunit u ON u.id = l.unit_id
            LEFT JOIN network_administrativeunit d ON d.id = u.former_district_id
            LEFT JOIN (
                SELECT library_id, array_agg(lower(branch.code)) AS codes, array_agg(coalesce(d.code, u.code)) AS areas,
                       array_agg(coalesce(d.name, u.name)) AS names
                FROM network_branch branch
                JOIN network_administrativeunit u ON u.id = branch.unit_id
                LEFT JOIN network_administrativeunit d ON d.id = u.former_district_id
                GROUP BY library_id
            ) b ON b.library_id = l.id
            """
        )
        return {
            id_: LibraryFacts(
                id_, code, name, area, area_name, closed, sample,
                {c: (a, n) for c, a, n in zip(codes or (), areas or (), names or (), strict=True)},
            )
            for id_, code, name, area, area_name, closed, sample, codes, areas, names in cursor.fetchall()
        }  # fmt: skip


def branch_names(library_ids: Collection[int]) -> dict[tuple[int, str], str]:
    """Library id and branch code in small letters → the branch's name: records name branches by their codes."""
    rows = Branch.objects.filter(library_id__in=library_ids).values_list("library_id", "code", "name")
    return {(library_id, code.lower()): name for library_id, code, name in rows}
