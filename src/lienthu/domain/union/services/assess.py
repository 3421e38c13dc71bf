"""Assess the records of a library and count: in the background, only what changed (rules QUA-3 and QUA-4)."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection, transaction
from django.utils import timezone

from lienthu.domain.catalog.models import ImportBatch
from lienthu.domain.catalog.selectors import marc_of
from lienthu.domain.union.joining.placed import clusters_of, mates_in
from lienthu.domain.union.quality.models import LibraryQuality
from lienthu.foundation.marc.describe import describe
from lienthu.foundation.marc.model import Record
from lienthu.foundation.marc.quality import (
    FAULTS,
    IMPORTANT,
    bits_of,
    fault_bits,
    impossible_dates,
    missing,
    not_asked,
)
from lienthu.foundation.marc.validate import validate
from lienthu.platform.actor import Actor
from lienthu.platform.services import audit

VERSION = 1  # raised when more is asked of records: all are assessed anew
CHUNK = 1000
_LOCK = 7_406_233  # class of advisory locks: one assessment of a library at a time


def assess_library(library_id: int, *, actor: Actor) -> LibraryQuality | None:
    """Bring the quality of a library up to date and count it. None when another process is at it.

    A record is read only when it has changed since; where it stands is looked up for all, a chunk at a time. Each chunk
    is a transaction: killed anywhere, the next run goes on.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [_LOCK, library_id])
        if not cursor.fetchone()[0]:
            return None
    try:
        after = 0
        while chunk := _chunk(library_id, after):
            with transaction.atomic():
                _assess(library_id, chunk)
            after = chunk[-1][0]
        return _count(library_id, actor)
    finally:
        if connection.is_usable():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [_LOCK, library_id])


def _chunk(library_id: int, after: int) -> list[tuple[int, int, bool]]:
    """Current records in order: id, revision, whether they must be read."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT r.id, r.revision, q.record_id IS NULL FROM (SELECT id, revision FROM catalog_bibrecord"
            " WHERE library_id = %s AND id > %s AND NOT deleted ORDER BY id LIMIT %s) r"
            " LEFT JOIN LATERAL (SELECT record_id FROM union_recordquality WHERE record_id = r.id"
            " AND revision = r.revision AND version = %s OFFSET 0) q ON true ORDER BY r.id",
            [library_id, after, CHUNK, VERSION],
        )
        rows: list[tuple[int, int, bool]] = cursor.fetchall()
        return rows


def _assess(library_id: int, chunk: Sequence[tuple[int, int, bool]]) -> None:
    changed = {record_id: revision for record_id, revision, stale in chunk if stale}
    at = clusters_of([row[0] for row in chunk])
    mates = mates_in({c for c, size in at.values() if size > 1}, library_id)
    placed = {
        r: (c, c in mates and len(mates[c].own) > 1, c not in mates or not mates[c].libraries)
        for r, (c, _size) in at.items()
    }
    with connection.cursor() as cursor:
        if changed:
            cursor.execute("SELECT DISTINCT record_id FROM catalog_item WHERE record_id = ANY(%s)", [list(changed)])
            held = {row[0] for row in cursor.fetchall()}
            this_year = timezone.localdate().year
            rows = [
                (r, changed[r], *_bits(record, r in held, this_year), *placed.get(r, (0, False, False)))
                for r, record in marc_of(list(changed)).items()
            ]
            cursor.execute(
                "INSERT INTO union_recordquality (record_id, library_id, revision, version, missing, excused, faults,"
                " cluster_id, twin, alone) SELECT n.id, %s, n.revision, %s, n.missing, n.excused, n.faults, n.cluster,"
                " n.twin, n.alone FROM unnest(%s::bigint[], %s::integer[], %s::integer[], %s::integer[], %s::bigint[],"
                " %s::bigint[], %s::boolean[], %s::boolean[])"
                " AS n(id, revision, missing, excused, faults, cluster, twin, alone)"
                " ON CONFLICT (record_id) DO UPDATE SET revision = excluded.revision, version = excluded.version,"
                " missing = excluded.missing, excused = excluded.excused, faults = excluded.faults,"
                " cluster_id = excluded.cluster_id, twin = excluded.twin, alone = excluded.alone",
                [library_id, VERSION, *([row[i] for row in rows] for i in range(8))],
            )
        cursor.execute(
            "UPDATE union_recordquality q SET cluster_id = n.cluster, twin = n.twin, alone = n.alone"
            " FROM unnest(%s::bigint[], %s::bigint[], %s::boolean[], %s::boolean[]) AS n(id, cluster, twin, alone)"
            " WHERE q.record_id = n.id AND (q.cluster_id, q.twin, q.alone) <> (n.cluster, n.twin, n.alone)",
            [list(placed), *([where[i] for where in placed.values()] for i in range(3))],
        )


def _bits(record: Record, has_copies: bool, this_year: int) -> tuple[int, int, int]:
    description = describe(record)
    has_copies = has_copies or any(f.tag == "866" for f in record.fields)
    lacks = missing(record, description, has_copies=has_copies)
    problems = (*validate(record), *impossible_dates(record, this_year))
    return bits_of(lacks), bits_of(not_asked(description.material_type)), fault_bits(problems)


def _count(library_id: int, actor: Actor) -> LibraryQuality:
    """Count what was assessed, once for the whole library, and keep it beside the last import."""
    fields = [f"count(*) FILTER (WHERE missing & {1 << i} <> 0)" for i in range(len(IMPORTANT))]
    fields += [f"count(*) FILTER (WHERE excused & {1 << i} = 0)" for i in range(len(IMPORTANT))]
    fields += [f"count(*) FILTER (WHERE faults & {1 << i} <> 0)" for i in range(len(FAULTS))]
    fields += ["count(*) FILTER (WHERE twin)", "count(DISTINCT cluster_id) FILTER (WHERE twin)"]
    fields += ["count(*) FILTER (WHERE alone)", "count(*) FILTER (WHERE faults <> 0)"]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM union_recordquality q WHERE q.library_id = %s AND NOT EXISTS (SELECT 1 FROM catalog_bibrecord"
            " r WHERE r.id = q.record_id AND NOT r.deleted)",
            [library_id],
        )
        cursor.execute(
            f"SELECT count(*), {', '.join(fields)} FROM union_recordquality WHERE library_id = %s",  # noqa: S608 -- our own names
            [library_id],
        )
        records, *numbers = cursor.fetchone()
        n = iter(numbers)
        counts = {
            "missing": {name: next(n) for name in IMPORTANT},
            "asked": {name: next(n) for name in IMPORTANT},
            "faults": {code: next(n) for code in FAULTS},
        }
        counts |= dict(zip(("twins", "twin_publications", "alone", "faulty"), n, strict=True))
        last = ImportBatch.objects.filter(library_id=library_id, dry_run=False, started_at__isnull=False)
        batch_id = last.order_by("-id").values_list("pk", flat=True).first()
        found, _new = LibraryQuality.objects.update_or_create(
            library_id=library_id, batch_id=batch_id,
            defaults={"counted_at": timezone.now(), "records": records, "counts": counts},
        )  # fmt: skip
        audit.record("quality.counted", found, actor=actor, library_id=library_id, records=records)
    return found
