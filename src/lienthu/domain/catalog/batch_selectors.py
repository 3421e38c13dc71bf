"""Reading batches, their findings and what taking them back would mean: for the pages of librarians."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.models import QuerySet

from lienthu.domain.catalog.models import BatchProblem, ImportBatch, Quarantined
from lienthu.platform.models import AuditEntry

_STATUS = ImportBatch.Status


@dataclass(frozen=True, slots=True)
class UndoPreview:
    """What undoing a batch would do: records that leave, that return to what they were, that stay as they are."""

    withdrawn: int
    restored: int
    kept: int


def batch_list(
    library_ids: Sequence[int], *, status: str = "", before: int | None = None, limit: int = 30
) -> list[ImportBatch]:
    """Imports (no rehearsals) of these libraries, newest first, with their library; ``before``: id, keyset."""
    rows: QuerySet[ImportBatch] = ImportBatch.objects.filter(library_id__in=library_ids, dry_run=False)
    if status:
        rows = rows.filter(status=status)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return list(rows.select_related("library").order_by("-id")[:limit])


def batches_in_need(library_ids: Sequence[int], limit: int = 12) -> list[ImportBatch]:
    """Imports that wait for a person: stopped with an error, or finished with records that could not be read."""
    rows = ImportBatch.objects.filter(library_id__in=library_ids, dry_run=False).filter(
        status__in=[_STATUS.FAILED, _STATUS.DONE]
    )
    failed = rows.filter(status=_STATUS.FAILED) | rows.filter(status=_STATUS.DONE, quarantined__gt=0)
    return list(failed.select_related("library").order_by("-id")[:limit])


def latest_trial(batch: ImportBatch) -> ImportBatch | None:
    """The last rehearsal of a batch."""
    return ImportBatch.objects.filter(trial_of=batch).order_by("-id").first()


def first_examples(batch: ImportBatch, each: int = 3) -> dict[str, list[BatchProblem]]:
    """Problem code → the first examples of it, in one statement."""
    rows = BatchProblem.objects.raw(
        "SELECT * FROM (SELECT p.*, row_number() OVER (PARTITION BY code ORDER BY ordinal, id) AS nth"
        " FROM catalog_batchproblem p WHERE batch_id = %s) ranked WHERE nth <= %s ORDER BY code, nth",
        [batch.pk, each],
    )
    out: dict[str, list[BatchProblem]] = {}
    for row in rows:
        out.setdefault(row.code, []).append(row)
    return out


def problems_of(batch: ImportBatch, code: str, *, after: int | None = None, limit: int = 50) -> list[BatchProblem]:
    """Examples of one problem in the order of the file; ``after``: id of the last one seen."""
    rows = BatchProblem.objects.filter(batch=batch, code=code)
    if after is not None:
        rows = rows.filter(pk__gt=after)
    return list(rows.order_by("pk")[:limit])


def quarantine_of(batch: ImportBatch, *, after: int | None = None, limit: int = 50) -> list[Quarantined]:
    """What could not be read, in the order of the file, without the bytes; ``after``: ordinal of the last one seen."""
    rows = Quarantined.objects.filter(batch=batch)
    if after is not None:
        rows = rows.filter(ordinal__gt=after)
    return list(rows.defer("raw").order_by("ordinal")[:limit])


def quarantined_piece(batch: ImportBatch, ordinal: int) -> Quarantined | None:
    """One piece of the quarantine with its bytes."""
    return Quarantined.objects.filter(batch=batch, ordinal=ordinal).first()


def undo_preview(batch: ImportBatch) -> UndoPreview:
    """Count what undoing would do, by the rule that undoing itself follows (IMP-21). One statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH touched AS (
                SELECT v.record_id, min(v.number) AS first FROM catalog_revision v WHERE v.batch_id = %(batch)s
                GROUP BY v.record_id
            )
            SELECT
              count(*) FILTER (WHERE latest.batch_id = %(batch)s AND coalesce(before.deleted, true)),
              count(*) FILTER (WHERE latest.batch_id = %(batch)s AND NOT coalesce(before.deleted, true)),
              count(*) FILTER (WHERE latest.batch_id IS DISTINCT FROM %(batch)s)
            FROM touched t
            JOIN catalog_bibrecord r ON r.id = t.record_id
            JOIN catalog_revision latest ON latest.record_id = r.id AND latest.number = r.revision
            LEFT JOIN LATERAL (
                SELECT deleted FROM catalog_revision v WHERE v.record_id = r.id AND v.number < t.first
                ORDER BY number DESC LIMIT 1
            ) before ON true
            """,
            {"batch": batch.pk},
        )
        return UndoPreview(*cursor.fetchone())


def trail_of(batch: ImportBatch, limit: int = 50) -> list[AuditEntry]:
    """Who did what with a batch, newest first."""
    rows = AuditEntry.objects.filter(object_type="catalog.importbatch", object_id=str(batch.pk))
    return list(rows.select_related("actor").order_by("-id")[:limit])


def exports_of(library_ids: Sequence[int], limit: int = 10) -> list[AuditEntry]:
    """The last finished exports of these libraries, newest first."""
    rows = AuditEntry.objects.filter(action="records.exported", library_id__in=library_ids)
    return list(rows.select_related("actor").order_by("-id")[:limit])
