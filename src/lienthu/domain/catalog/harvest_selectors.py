"""The catalogue in the order of its changes, for those who harvest it (rules OAI-5 to OAI-12).

Every page is the next piece of one index, whatever its number. Closed libraries: a record that the public never saw
is not in these indexes; one that it saw is told as deleted.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import connection

from lienthu.domain.catalog.collections import CHILDREN, LOCAL_HISTORY
from lienthu.foundation.marc.model import Record
from lienthu.foundation.marc.normalise import from_canonical

_COUNTED: Final = 10_000  # lists up to this length say how long they are; counting a million would slow the first page


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for. At most one of the four kinds of set; ``before`` is exclusive: the horizon or the asker's."""

    since: datetime | None
    before: datetime
    library_id: int | None = None
    material_type: str = ""
    collection: str = ""
    origin: int | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """A record as a harvester sees it. ``record`` is None for a deleted one and where content was not asked for."""

    id: int
    datestamp: datetime
    library_id: int
    deleted: bool
    material_type: str
    local_history: bool
    children: bool
    origin: int
    record: Record | None


_COLUMNS = (
    "r.id, r.datestamp, r.library_id, r.deleted OR l.closed, r.material_type, r.local_history, r.children, r.origin"
)
_CONTENT = """
    LEFT JOIN LATERAL (
        SELECT marc FROM catalog_revision WHERE record_id = r.id AND number = r.revision
          AND NOT r.deleted AND NOT l.closed OFFSET 0
    ) v ON true
"""
_LIBRARY = "JOIN network_library l ON l.id = r.library_id"
_ROWS = "id, datestamp, library_id, deleted, material_type, local_history, children, origin, revision"


def _condition(wanted: Wanted) -> tuple[str, list[Any]]:
    where = "FROM catalog_bibrecord WHERE exposed AND datestamp < %s"
    more: list[Any] = [wanted.before]
    if wanted.library_id is None and wanted.origin is None and not (wanted.material_type or wanted.collection):
        where += " AND id > 0"  # opens the index of everything, see BibRecord
    if wanted.since is not None:
        where += " AND datestamp >= %s"
        more.append(wanted.since)
    if wanted.library_id is not None:
        where += " AND library_id = %s"
        more.append(wanted.library_id)
    if wanted.material_type:
        where += " AND material_type = %s"
        more.append(wanted.material_type)
    if wanted.collection == LOCAL_HISTORY:
        where += " AND local_history"
    elif wanted.collection == CHILDREN:
        where += " AND children"
    if wanted.origin is not None:
        where += " AND origin = %s"
        more.append(wanted.origin)
    return where, more


def harvest(wanted: Wanted, after: tuple[datetime, int] | None, limit: int, *, content: bool) -> list[Told]:
    """Up to ``limit`` records in the order of (datestamp, id), behind ``after``; one statement."""
    where, params = _condition(wanted)
    if after is not None:
        where += " AND (datestamp, id) > (%s, %s)"
        params += after
    marc, join = ("v.marc", _CONTENT) if content else ("NULL", "")
    page = " ".join(("SELECT", _ROWS, where, "ORDER BY datestamp, id LIMIT %s OFFSET 0"))
    query = ("SELECT", _COLUMNS, ",", marc, "FROM (", page, ") r", _LIBRARY, join, "ORDER BY r.datestamp, r.id")
    with connection.cursor() as cursor:
        cursor.execute(" ".join(query), [*params, limit])
        return [_told(row) for row in cursor.fetchall()]


def harvestable(record_id: int, *, content: bool = True) -> Told | None:
    """One record, or None where no harvester was or could have been told of it. One statement."""
    marc, join = ("v.marc", _CONTENT) if content else ("NULL", "")
    query = ("SELECT", _COLUMNS, ",", marc, "FROM catalog_bibrecord r", _LIBRARY, join, "WHERE r.id = %s AND r.exposed")
    with connection.cursor() as cursor:
        cursor.execute(" ".join(query), [record_id])
        row = cursor.fetchone()
    return _told(row) if row else None


def _told(row: tuple[int, datetime, int, bool, str, bool, bool, int, str | None]) -> Told:
    return Told(*row[:8], from_canonical(row[8]) if row[8] is not None else None)


def how_many(wanted: Wanted) -> int | None:
    """How long the whole list is, or None where counting it would take long."""
    where, params = _condition(wanted)
    with connection.cursor() as cursor:
        cursor.execute(" ".join(("SELECT count(*) FROM (SELECT 1", where, "LIMIT %s) n")), [*params, _COUNTED + 1])
        (count,) = cursor.fetchone()
    return int(count) if count <= _COUNTED else None


def earliest_datestamp() -> datetime | None:
    """The lowest datestamp there is; None in an empty catalogue."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT datestamp FROM catalog_bibrecord WHERE exposed AND id > 0 ORDER BY datestamp, id LIMIT 1"
        )
        row = cursor.fetchone()
    return row[0] if row else None
