"""What the catalogue notes beside a record, made anew where an earlier release read records otherwise (IMP-33).

Notes are the number of the host, the names hosts are found by, the kind of material, local history, for children: they
are read when a record comes, so what came before a release that reads more (volumes naming their set, say) would stay
without until it changed.
Piece by piece in the order of record numbers, each a transaction with its place in it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final, NamedTuple

from django.db import connection, transaction
from django.utils import timezone

from lienthu.domain.catalog.content import HostNames, Notes, notes_of
from lienthu.domain.catalog.long_work_models import Rereading
from lienthu.domain.catalog.services import datestamps
from lienthu.domain.catalog.services.hosts import link, link_by_name
from lienthu.foundation.marc.describe import describe_canonical
from lienthu.platform.actor import Actor
from lienthu.platform.services import audit

READING: Final = 3
"""How `notes_of` reads records; raise it when it notes other things, and all records are read again."""
_PIECE: Final = 1000


class _Stored(NamedTuple):
    id: int
    library_id: int
    source_id: int
    harvested: bool
    revision: int
    marc: str
    notes: Notes


def rereading_needed() -> bool:
    """Whether records wait to be read again."""
    return not Rereading.objects.filter(version=READING, finished_at__isnull=False).exists()


@transaction.atomic
def reread_piece(*, actor: Actor, size: int = _PIECE) -> frozenset[int] | None:
    """Read the next records again. Returns those shown otherwise now: changed ones, their hosts of before and now.

    None: all are done, or another process is at it. Safe to run again after a kill.
    """
    Rereading.objects.get_or_create(version=READING)
    row = Rereading.objects.select_for_update(skip_locked=True).filter(version=READING, finished_at=None).first()
    if row is None:
        return None
    stored = _stored(row.after, size)
    if not stored:
        row.finished_at = timezone.now()
        row.save(update_fields=["finished_at"])
        audit.record("catalog.reread", None, actor=actor, version=READING, changed=row.changed)
        return None
    other = [(s, notes) for s in stored if (notes := notes_of(describe_canonical(s.marc))) != s.notes]
    former = _hosts_of([s.id for s, _ in other])
    shown_otherwise = frozenset(s.id for s, notes in other if notes[:4] != s.notes[:4])
    changed = _write(other) & shown_otherwise
    row.after, row.changed = stored[-1].id, row.changed + len(changed)
    row.save(update_fields=["after", "changed"])
    return changed | former | _hosts_of(changed)


def _stored(after: int, size: int) -> list[_Stored]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT r.id, r.library_id, r.source_id, r.identity LIKE 'oai%%', r.revision, v.marc,"
            " r.host_control_number, r.material_type, r.local_history, r.children,"
            " r.title_key, r.number_key, r.host_title_key, r.host_number_key"
            " FROM (SELECT * FROM catalog_bibrecord WHERE id > %s AND NOT deleted ORDER BY id LIMIT %s) r"
            " CROSS JOIN LATERAL (SELECT marc FROM catalog_revision WHERE record_id = r.id AND number = r.revision"
            " OFFSET 0) v ORDER BY r.id",
            [after, size],
        )
        return [
            _Stored(id_, lib, source, oai, revision, marc, Notes(host, kind, local, children, HostNames(*names)))
            for id_, lib, source, oai, revision, marc, host, kind, local, children, *names in cursor.fetchall()
        ]


def _write(other: Sequence[tuple[_Stored, Notes]]) -> frozenset[int]:
    """Write the notes of records that are still as they were read, and link them; which ones those were."""
    if not other:
        return frozenset()
    with connection.cursor() as cursor:
        # as imports lock them: a host that arrives meanwhile must not miss its part (IMP-26)
        cursor.execute(
            "SELECT id FROM catalog_source WHERE id = ANY(%s) ORDER BY id FOR UPDATE",
            [sorted({s.source_id for s, _ in other})],
        )
        cursor.execute(
            """
            UPDATE catalog_bibrecord r
            SET host_control_number = n.host, material_type = n.material, local_history = n.local,
                children = n.children, title_key = n.title_key, number_key = n.number_key,
                host_title_key = n.host_title_key, host_number_key = n.host_number_key,
                host_id = CASE WHEN r.host_control_number = n.host THEN r.host_id END,
                datestamp = CASE WHEN (r.material_type, r.local_history, r.children) = (n.material, n.local, n.children)
                                 THEN r.datestamp ELSE %s END
            FROM unnest(%s::bigint[], %s::integer[], %s::text[], %s::text[], %s::boolean[], %s::boolean[],
                        %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[])
                AS n(id, revision, host, material, local, children, title_key, number_key, host_title_key,
                     host_number_key)
            WHERE r.id = n.id AND r.revision = n.revision AND NOT r.deleted
            RETURNING r.id
            """,
            [
                datestamps.take(),
                [s.id for s, _ in other],
                [s.revision for s, _ in other],
                [n.host_control_number for _, n in other],
                [n.material_type for _, n in other],
                [n.local_history for _, n in other],
                [n.children for _, n in other],
                *map(list, zip(*(n.names for _, n in other), strict=True)),
            ],
        )
        written = frozenset(row[0] for row in cursor.fetchall())
    parts: dict[tuple[int, bool], list[tuple[int, str]]] = {}
    for s, n in other:
        if s.id in written and n.host_control_number and n.host_control_number != s.notes.host_control_number:
            parts.setdefault((s.source_id, s.harvested), []).append((s.id, n.host_control_number))
    for (source_id, harvested), found in sorted(parts.items()):
        link(source_id, parts=found, harvested=harvested)
    named: dict[int, list[tuple[int, HostNames]]] = {}
    for s, n in other:
        if s.id in written and n.names != s.notes.names:
            named.setdefault(s.library_id, []).append((s.id, n.names))
    for library_id, of_library in sorted(named.items()):
        link_by_name(library_id, of_library)
    return written


def _hosts_of(record_ids: Collection[int]) -> frozenset[int]:
    if not record_ids:
        return frozenset()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT host_id FROM catalog_bibrecord WHERE id = ANY(%s) AND host_id IS NOT NULL",
            [list(record_ids)],
        )
        return frozenset(row[0] for row in cursor.fetchall())
