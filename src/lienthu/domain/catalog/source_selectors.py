"""Reading the sources of libraries: their former systems, inside which control numbers are unique (rule IMP-34)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Max

from lienthu.domain.catalog.long_work_models import CopyReading
from lienthu.domain.catalog.models import Source
from lienthu.domain.catalog.reading import HARVESTED
from lienthu.foundation.marc.holdings import DEFAULT_RULES, HoldingRule, rules_from_list
from lienthu.foundation.marc.model import Record
from lienthu.foundation.marc.normalise import from_canonical

COUNTED = 100_000
"""So many records are counted while somebody waits; where there are more that is said."""


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


def in_force(stored: list[Any]) -> tuple[HoldingRule, ...]:
    """The rules that a stored list means."""
    return rules_from_list(stored) if stored else DEFAULT_RULES


def outdated(source: Source) -> bool:
    """Whether copies of the source were read by other rules than those in force (IMP-38)."""
    return source.copies_by is None or in_force(source.copies_by) != in_force(source.holding_rules)


@dataclass(frozen=True, slots=True)
class CopiesState:
    """Whether the copies of a source stand by the rules in force (IMP-38): ``waiting`` records were read by others.

    ``waiting`` is one more than COUNTED where there are more. ``reading``: the last one, which may be running.
    """

    waiting: int
    reading: CopyReading | None

    @property
    def running(self) -> bool:
        """Whether they are being read again now, or will be soon."""
        return self.reading is not None and self.reading.status == CopyReading.Status.RUNNING


def copies_state(source: Source) -> CopiesState:
    """How far the copies of a source's records have followed its rules."""
    reading = CopyReading.objects.filter(source=source).order_by("-id").first()
    running = reading is not None and reading.status == CopyReading.Status.RUNNING
    return CopiesState(0 if running or not outdated(source) else _counted(source.pk), reading)


def _counted(source_id: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM (SELECT FROM catalog_bibrecord WHERE source_id = %s AND NOT deleted LIMIT %s) r",
            [source_id, COUNTED + 1],
        )
        return int(cursor.fetchone()[0])


def copies_being_read(source_id: int | None = None) -> list[int]:
    """Readings of copies that are not at their end, of one source or of all."""
    rows = CopyReading.objects.filter(status=CopyReading.Status.RUNNING).order_by("pk")
    if source_id is not None:
        rows = rows.filter(source_id=source_id)
    return list(rows.values_list("pk", flat=True))


def copies_read_at() -> dict[int, datetime]:
    """Library → when copies of it last came out otherwise."""
    rows = CopyReading.objects.filter(changed__gt=0, finished_at__isnull=False)
    return dict(rows.values_list("source__library_id").annotate(at=Max("finished_at")))


def barcodes_taken(source: Source, limit: int) -> list[tuple[int, str]]:
    """Records of the source with a barcode that another copy of the library has, oldest copy first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT i.record_id, i.barcode FROM catalog_item i JOIN catalog_bibrecord r ON r.id = i.record_id"
            " WHERE i.library_id = %s AND i.barcode_taken AND r.source_id = %s ORDER BY i.id LIMIT %s",
            [source.library_id, source.pk, limit],
        )
        return [(record_id, barcode) for record_id, barcode in cursor.fetchall()]


def some_records(source_id: int, limit: int) -> list[Record]:
    """Some of the source's current records that have fields (lists have columns), to try rules on."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT v.marc FROM (SELECT id, revision FROM catalog_bibrecord WHERE source_id = %s AND NOT deleted"
            " LIMIT %s) r CROSS JOIN LATERAL (SELECT marc FROM catalog_revision WHERE record_id = r.id"
            " AND number = r.revision AND raw_format NOT IN ('csv', 'xlsx') OFFSET 0) v ORDER BY r.id",
            [source_id, limit],
        )
        return [from_canonical(row[0]) for row in cursor.fetchall()]
