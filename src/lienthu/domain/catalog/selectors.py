"""Reading the catalogue."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.db import connection

from lienthu.domain.catalog.encoding import EncodingPlan
from lienthu.domain.catalog.long_work_models import Figure
from lienthu.domain.catalog.models import BibRecord, ImportBatch, Revision, Source
from lienthu.foundation.marc.describe import describe
from lienthu.foundation.marc.holdings import DEFAULT_RULES, HoldingRule, rules_from_list
from lienthu.foundation.marc.model import Record
from lienthu.foundation.marc.normalise import from_canonical
from lienthu.foundation.marc.tabular import ROW_HOLDING_RULES

_EXPORT_PAGE = 1000


@dataclass(frozen=True, slots=True)
class ItemRow:
    """A copy or lot as a reader sees it."""

    id: int
    record_id: int
    library_id: int
    branch_id: int | None
    branch_text: str
    location: str
    call_number: str
    barcode: str
    copies: int
    status: str
    note: str
    statement: str


@dataclass(frozen=True, slots=True)
class PartRow:
    """A component part (bài trích, volume) of a host."""

    record_id: int
    marc: str


def rules_of(source: Source, fmt: str = "") -> tuple[HoldingRule, ...]:
    """The rules by which copies are read from this source's records; tables are read by the fields we make of them."""
    if fmt in ("csv", "xlsx"):
        return ROW_HOLDING_RULES
    return rules_from_list(source.holding_rules) if source.holding_rules else DEFAULT_RULES


def rules_for(batch: ImportBatch) -> tuple[HoldingRule, ...]:
    """The rules by which this batch reads copies: a rehearsal those it was opened with, an import its source's."""
    rehearsed = batch.options.get("holding_rules") if batch.dry_run else None
    if rehearsed is None or batch.format in ("csv", "xlsx"):
        return rules_of(batch.source, batch.format)
    return rules_from_list(rehearsed) if rehearsed else DEFAULT_RULES


def plan_of(batch: ImportBatch) -> EncodingPlan:
    """The encoding plan a batch was opened with."""
    return EncodingPlan(**batch.options["plan"])


def items_of(record_ids: Sequence[int]) -> list[ItemRow]:
    """The copies of these records, in one statement, in the order of their records."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, record_id, library_id, branch_id, branch_text, location, call_number, barcode, copies, status,"
            " note, statement FROM catalog_item WHERE record_id = ANY(%s) ORDER BY record_id, id",
            [list(record_ids)],
        )
        return [ItemRow(*row) for row in cursor.fetchall()]


class ShelfMarks(NamedTuple):
    """What the copies of a record are found by: call numbers, barcodes, and the branches they are in ("" unsaid)."""

    call_numbers: Sequence[str] = ()
    barcodes: Sequence[str] = ()
    branches: Sequence[str] = ()


def shelf_marks_of(record_ids: Sequence[int], *, spread: Collection[int] = ()) -> dict[int, ShelfMarks]:
    """Record id → its call numbers, barcodes and branches, in one statement: for searching them.

    Branches are told of the libraries ``spread`` only: an index of millions of records need not read the others.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT wanted.id, i.marks, i.barcodes, i.branches FROM unnest(%s::bigint[]) AS wanted(id)"
            " CROSS JOIN LATERAL (SELECT array_agg(DISTINCT call_number) FILTER (WHERE call_number <> '') AS marks,"
            " array_agg(barcode) FILTER (WHERE barcode <> '') AS barcodes, array_agg(DISTINCT branch_text)"
            " FILTER (WHERE library_id = ANY(%s::bigint[])) AS branches"
            " FROM catalog_item WHERE record_id = wanted.id OFFSET 0) i"
            " WHERE i.marks IS NOT NULL OR i.barcodes IS NOT NULL OR i.branches IS NOT NULL",
            [list(record_ids), list(spread)],
        )
        return {
            record_id: ShelfMarks(marks or (), barcodes or (), branches or ())
            for record_id, marks, barcodes, branches in cursor.fetchall()
        }


def marc_of(record_ids: Sequence[int]) -> dict[int, Record]:
    """The current records by id, in one statement. Withdrawn records are left out."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT r.id, v.marc FROM unnest(%s::bigint[]) AS wanted(id)"
            " CROSS JOIN LATERAL (SELECT id, revision FROM catalog_bibrecord WHERE id = wanted.id AND NOT deleted"
            " OFFSET 0) r CROSS JOIN LATERAL (SELECT marc FROM catalog_revision WHERE record_id = r.id"
            " AND number = r.revision OFFSET 0) v",
            [list(record_ids)],
        )
        return {record_id: from_canonical(marc) for record_id, marc in cursor.fetchall()}


def title_of(record_id: int) -> str | None:
    """The title proper with its remainder, of a record that is there; None: there is none of that number."""
    record = marc_of([record_id]).get(record_id)
    return describe(record).title if record is not None else None


def titles_of(record_ids: Sequence[int], *, without: Collection[int] = ()) -> dict[int, str]:
    """The same of many records: two statements. Records of the libraries ``without`` are not there."""
    told = BibRecord.objects.filter(pk__in=record_ids).exclude(library_id__in=without).values_list("pk", flat=True)
    return {record_id: describe(record).title for record_id, record in marc_of(list(told)).items()}


class Standing(NamedTuple):
    """Which state of a record is in force, whose it is, and whether its library is closed."""

    revision: int
    library_id: int
    closed: bool


def standings_of(record_ids: Collection[int]) -> dict[int, Standing]:
    """Record id → its standing, in one query. Withdrawn records are left out."""
    rows = BibRecord.objects.filter(pk__in=record_ids, deleted=False)
    return {row[0]: Standing(*row[1:]) for row in rows.values_list("pk", "revision", "library_id", "library__closed")}


def parts_of(record_ids: Sequence[int], limit: int = 200) -> list[PartRow]:
    """Component parts whose host is one of these records."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT r.id, v.marc FROM catalog_bibrecord r"
            " JOIN catalog_revision v ON v.record_id = r.id AND v.number = r.revision"
            " WHERE r.host_id = ANY(%s) AND NOT r.deleted ORDER BY r.id LIMIT %s",
            [list(record_ids), limit],
        )
        return [PartRow(*row) for row in cursor.fetchall()]


def hosts_of(record_ids: Sequence[int]) -> dict[int, int]:
    """Record id → id of the record it is a part of."""
    rows = BibRecord.objects.filter(pk__in=record_ids, host__isnull=False, host__deleted=False)
    return {record: host for record, host in rows.values_list("id", "host_id") if host is not None}


def batch_record_ids(batch_id: int, after: int, limit: int) -> list[int]:
    """Ids of records that a batch created or changed, in order, after ``after``."""
    return list(
        Revision.objects.filter(batch_id=batch_id, record_id__gt=after)
        .order_by("record_id")
        .values_list("record_id", flat=True)
        .distinct()[:limit]
    )


def export_records(library_id: int) -> Iterator[Record]:
    """Every current record of a library, by keyset, in the order of their ids."""
    after = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT r.id, v.marc FROM catalog_bibrecord r"
                " JOIN catalog_revision v ON v.record_id = r.id AND v.number = r.revision"
                " WHERE r.library_id = %s AND r.id > %s AND NOT r.deleted ORDER BY r.id LIMIT %s",
                [library_id, after, _EXPORT_PAGE],
            )
            rows = cursor.fetchall()
        if not rows:
            return
        for _record_id, marc in rows:
            yield from_canonical(marc)
        after = rows[-1][0]


def batches_of(library_ids: Sequence[int] | None, before: int | None = None, limit: int = 30) -> list[ImportBatch]:
    """The latest batches of these libraries (None: of all), newest first, keyset by id."""
    rows = ImportBatch.objects.select_related("library").order_by("-id")
    if library_ids is not None:
        rows = rows.filter(library_id__in=library_ids)
    if before:
        rows = rows.filter(pk__lt=before)
    return list(rows[:limit])


def copy_counts(record_ids: Sequence[int]) -> dict[int, tuple[int, int, int]]:
    """Record id → copies held, of them on the shelf, of them on loan or being worked on, in one statement.

    The rest is for use in the library, lost, or of no recorded state.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT record_id, sum(copies), sum(copies) FILTER (WHERE status = 'available'),"
            " sum(copies) FILTER (WHERE status IN ('on_loan', 'in_process')) FROM catalog_item"
            " WHERE record_id = ANY(%s) AND statement = '' GROUP BY record_id",
            [list(record_ids)],
        )
        return {id_: (int(total), int(free or 0), int(out or 0)) for id_, total, free, out in cursor.fetchall()}


def copies_held() -> int | None:
    """How many copies the open libraries hold, as last counted; None before the first count."""
    return Figure.objects.filter(name="copies").values_list("value", flat=True).first()


def record_name(record_id: int) -> list[str]:
    """What a record is called wherever its catalogue may be: library, source, identity in the source."""
    row = BibRecord.objects.values_list("library__code", "source__code", "identity").get(pk=record_id)
    return [str(part) for part in row]


def record_by_name(name: Sequence[str]) -> int | None:
    """The record of that name, if this catalogue has it."""
    library, source, identity = name
    found = BibRecord.objects.filter(library__code=library, source__code=source, identity=identity)
    return found.values_list("pk", flat=True).first()
