"""Reading records as their librarians see them: lists of a library, revisions, copies."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import QuerySet

from lienthu.domain.catalog.models import BibRecord, Item, Revision, Source
from lienthu.foundation.marc.model import Record
from lienthu.foundation.marc.normalise import from_canonical


@dataclass(frozen=True, slots=True)
class ListedRecord:
    """A record in a list, with its current content."""

    id: int
    control_number: str
    revision: int
    deleted: bool
    updated_at: datetime
    record: Record


_LISTED = """
    SELECT r.id, r.control_number, r.revision, r.deleted, r.updated_at, v.marc
    FROM catalog_bibrecord r JOIN catalog_revision v ON v.record_id = r.id AND v.number = r.revision
"""


def _listed(where: str, params: list[int | str | list[int] | list[str]]) -> list[ListedRecord]:
    with connection.cursor() as cursor:
        cursor.execute(f"{_LISTED} WHERE {where}", params)
        rows = cursor.fetchall()
    return [
        ListedRecord(id_, number, revision, deleted, at, from_canonical(marc))
        for id_, number, revision, deleted, at, marc in rows
    ]


def record_list(library_id: int, *, after: int = 0, limit: int = 30) -> list[ListedRecord]:
    """Current records of a library in the order of their ids; ``after``: id of the last one seen."""
    return _listed(
        "r.library_id = %s AND r.id > %s AND NOT r.deleted ORDER BY r.id LIMIT %s", [library_id, after, limit]
    )


def find_records(library_id: int, number: str, limit: int = 30) -> list[ListedRecord]:
    """Records of a library with this control number or with a copy of this barcode, withdrawn ones included."""
    identities = [f"001:{number}"]
    sources = list(Source.objects.filter(library_id=library_id).values_list("pk", flat=True))
    by_barcode = Item.objects.filter(library_id=library_id, barcode=number, barcode_taken=False)
    ids = list(by_barcode.exclude(barcode="").values_list("record_id", flat=True)[:limit])
    return _listed(
        "(r.source_id = ANY(%s) AND r.identity = ANY(%s)) OR r.id = ANY(%s) ORDER BY r.id LIMIT %s",
        [sources, identities, ids, limit],
    )


def revisions_of(record: BibRecord, limit: int = 200) -> list[Revision]:
    """The revisions of a record, newest first, without their bytes, with the batch each came with."""
    rows: QuerySet[Revision] = Revision.objects.filter(record=record).defer("raw", "marc")
    return list(rows.select_related("batch").order_by("-number")[:limit])


def revision_pair(record: BibRecord, number: int) -> tuple[Revision | None, Revision | None]:
    """A revision and the one before it."""
    rows = {r.number: r for r in Revision.objects.filter(record=record, number__in=[number, number - 1])}
    return rows.get(number), rows.get(number - 1)


def current_content(record: BibRecord) -> Record:
    """What the current revision says."""
    revision = Revision.objects.only("marc").get(record=record, number=record.revision)
    return from_canonical(revision.marc)


def copies_of(record: BibRecord, limit: int = 500) -> list[Item]:
    """The copies of a record with their branch."""
    return list(Item.objects.filter(record=record).select_related("branch").order_by("pk")[:limit])


def record_count(library_id: int) -> int:
    """How many current records a library has."""
    return BibRecord.objects.filter(library_id=library_id, deleted=False).count()
