"""Reading the quality of a library: what was counted, its trend, and lists behind the numbers by keyset."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection
from django.db.models import Max

from lienthu.domain.catalog.models import ImportBatch
from lienthu.domain.catalog.selectors import marc_of
from lienthu.domain.catalog.source_selectors import copies_read_at
from lienthu.domain.union.quality.models import LibraryQuality
from lienthu.foundation.marc.model import Record
from lienthu.foundation.marc.quality import FAULTS, IMPORTANT

_STATUS = ImportBatch.Status


@dataclass(frozen=True, slots=True)
class Listed:
    """A record in a list; ``key`` is where the next page begins."""

    record_id: int
    key: str
    cluster_id: int
    record: Record


def newest(library_id: int) -> LibraryQuality | None:
    """The latest counts of a library."""
    return LibraryQuality.objects.filter(library_id=library_id).order_by("-counted_at").first()


def trend_of(library_id: int, limit: int = 12) -> list[LibraryQuality]:
    """The counts after its last imports, oldest first."""
    rows = LibraryQuality.objects.filter(library_id=library_id).select_related("batch").order_by("-counted_at")
    return list(rows[:limit])[::-1]


def libraries_to_assess() -> list[int]:
    """Libraries of which an import has ended, or was undone, or copies were read again since they were counted.

    Three statements.
    """
    counted = dict(LibraryQuality.objects.values_list("library_id").annotate(at=Max("counted_at")))
    ended = ImportBatch.objects.filter(dry_run=False, status__in=[_STATUS.DONE, _STATUS.UNDONE, _STATUS.FAILED])
    last = [*ended.values_list("library_id").annotate(at=Max("finished_at")), *copies_read_at().items()]
    return sorted({library for library, at in last if at and (library not in counted or counted[library] < at)})


def is_list(what: str) -> bool:
    """Whether there is a list of this name: missing-…, fault-…, twins, alone."""
    kind, _, name = what.partition("-")
    return (
        what in ("twins", "alone") or (kind == "missing" and name in IMPORTANT) or (kind == "fault" and name in FAULTS)
    )


def listed(library_id: int, what: str, *, after: str = "", limit: int = 50) -> list[Listed]:
    """The records behind a number, in the order of their ids (twins: of their publications).

    Two statements, and two more each time a page had records that were withdrawn since they were counted.
    """
    found: list[Listed] = []
    while len(found) < limit:
        rows = _rows(library_id, what, after, limit)
        records = marc_of([r for r, _ in rows])
        found += [Listed(r, f"{c}.{r}", c, records[r]) for r, c in rows if r in records]
        if len(rows) < limit:
            break
        after = f"{rows[-1][1]}.{rows[-1][0]}"
    return found[:limit]


def _rows(library_id: int, what: str, after: str, limit: int) -> list[tuple[int, int]]:
    kind, _, name = what.partition("-")
    cluster, record = _place(after)
    condition, params, order = "alone AND record_id > %s", [record], "record_id"
    if what == "twins":
        condition, params = "twin AND (cluster_id, record_id) > (%s, %s)", [cluster, record]
        order = "cluster_id, record_id"
    elif kind == "missing":
        condition, params = "missing & %s <> 0 AND record_id > %s", [1 << list(IMPORTANT).index(name), record]
    elif kind == "fault":
        condition, params = "faults & %s <> 0 AND record_id > %s", [1 << FAULTS.index(name), record]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT record_id, cluster_id FROM union_recordquality WHERE library_id = %s AND {condition}"  # noqa: S608 -- our own names
            f" ORDER BY {order} LIMIT %s",
            [library_id, *params, limit],
        )
        return [(record_id, cluster_id) for record_id, cluster_id in cursor.fetchall()]


def _place(after: str) -> tuple[int, int]:
    cluster, _, record = after.partition(".")
    if all(part.isascii() and part.isdigit() and len(part) < 19 for part in (cluster, record)):
        return int(cluster), int(record)
    return 0, 0
