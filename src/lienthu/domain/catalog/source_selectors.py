"""Reading the sources of libraries: their former systems, inside which control numbers are unique (rule IMP-34)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from lienthu.domain.catalog.reading import HARVESTED


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A source of a library; ``filename`` and ``at`` are those of the last file handed over as of it."""

    id: int
    code: str
    name: str
    filename: str
    at: datetime | None


def sources_for(library_id: int) -> list[SourceRow]:
    """The sources of a library, the one of its last file first."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT s.id, s.code, s.name, coalesce(last.filename, ''), last.uploaded_at
            FROM catalog_source s
            LEFT JOIN LATERAL (
                SELECT id, filename, uploaded_at FROM catalog_importbatch
                WHERE source_id = s.id AND NOT dry_run AND format <> %s ORDER BY id DESC LIMIT 1
            ) last ON true
            WHERE s.library_id = %s
            ORDER BY last.id DESC NULLS LAST, s.code
            """,
            [HARVESTED, library_id],
        )
        return [SourceRow(*row) for row in cursor.fetchall()]


def stored_under(source_id: int, identities: Collection[str]) -> dict[str, str]:
    """Identity → canonical text of the record that the source has under it now, in one statement."""
    if not identities:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT r.identity, v.marc FROM unnest(%s::text[]) AS wanted(identity)"
            " CROSS JOIN LATERAL (SELECT id, identity, revision FROM catalog_bibrecord"
            " WHERE source_id = %s AND identity = wanted.identity AND NOT deleted OFFSET 0) r"
            " CROSS JOIN LATERAL (SELECT marc FROM catalog_revision WHERE record_id = r.id"
            " AND number = r.revision OFFSET 0) v",
            [list(identities), source_id],
        )
        return dict(cursor.fetchall())
