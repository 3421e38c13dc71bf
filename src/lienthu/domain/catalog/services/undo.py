"""Take back what a batch did: every record returns to what it was before, as a new revision (rule IMP-21)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import connection

from lienthu.domain.catalog.content import Content, content_of
from lienthu.domain.catalog.models import ImportBatch, Source
from lienthu.domain.catalog.reading import HARVESTED
from lienthu.domain.catalog.selectors import rules_of
from lienthu.domain.catalog.services import datestamps
from lienthu.domain.catalog.services.apply import (
    Written,
    lock_source,
    write_items,
)
from lienthu.domain.catalog.services.copies import note_read_by
from lienthu.domain.catalog.services.hosts import link_hosts
from lienthu.domain.catalog.services.linking import link_written
from lienthu.domain.catalog.services.withdraw import take_out
from lienthu.foundation.marc.normalise import from_canonical


@dataclass(slots=True)
class TakenBack:
    """What a chunk of undoing did. ``kept``: records that something later has changed, left as they are."""

    withdrawn: list[int] = field(default_factory=list)
    restored: list[Written] = field(default_factory=list)
    kept: int = 0


def take_back(batch: ImportBatch, record_ids: Sequence[int]) -> TakenBack:
    """Undo the batch on these records, inside the caller's transaction. Safe to run again.

    A state that undoing a later batch gave back is still the one that its own batch made.
    """
    out = TakenBack()
    public = lock_source(batch.source_id)
    source = Source.objects.get(pk=batch.source_id)  # its rules may be others than when the batch was read
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT r.id, r.revision, coalesce(now_.batch_id, given_back.batch_id), before.number, before.deleted,
                   before.marc, before.raw_format
            FROM catalog_bibrecord r
            JOIN catalog_revision now_ ON now_.record_id = r.id AND now_.number = r.revision
            LEFT JOIN LATERAL (
                SELECT batch_id FROM catalog_revision v
                WHERE now_.batch_id IS NULL AND NOT now_.deleted AND v.record_id = r.id AND v.number < r.revision
                  AND v.batch_id IS NOT NULL AND NOT v.deleted AND v.marc = now_.marc
                ORDER BY number DESC LIMIT 1
            ) given_back ON true
            LEFT JOIN LATERAL (
                SELECT number, deleted, marc, raw_format FROM catalog_revision v
                WHERE v.record_id = r.id AND v.number < (
                    SELECT min(number) FROM catalog_revision m WHERE m.record_id = r.id AND m.batch_id = %s)
                ORDER BY number DESC LIMIT 1
            ) before ON true
            WHERE r.id = ANY(%s)
            """,
            [batch.pk, list(record_ids)],
        )
        rows = cursor.fetchall()
    withdraw: list[int] = []
    restore: list[tuple[int, int, Content]] = []
    for record_id, _revision, batch_id, before, before_deleted, marc, raw_format in rows:
        if batch_id != batch.pk:
            out.kept += 1
        elif before is None or before_deleted:
            withdraw.append(record_id)
        else:
            rules = rules_of(source, raw_format)  # of the state that comes back: a list may have been replaced by MARC
            restore.append((record_id, before, content_of(from_canonical(marc), rules)))
    take_out(dict.fromkeys(withdraw, b""))
    _restore(restore, batch, public)
    if restore:
        note_read_by(source, rules_of(source))
    out.withdrawn = withdraw
    out.restored = [Written(record_id, False, c) for record_id, _, c in restore]
    return out


def _restore(restore: Sequence[tuple[int, int, Content]], batch: ImportBatch, public: bool) -> None:
    if not restore:
        return
    stamp = datestamps.take()
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO catalog_revision (record_id, number, batch_id, raw, raw_format, raw_encoding, marc, deleted,
                                          created_at)
            SELECT r.id, r.revision + 1, NULL, v.raw, v.raw_format, v.raw_encoding, v.marc, false, now()
            FROM unnest(%s::bigint[], %s::integer[]) AS b(id, number)
            JOIN catalog_bibrecord r ON r.id = b.id
            JOIN catalog_revision v ON v.record_id = b.id AND v.number = b.number
            """,
            [[r[0] for r in restore], [r[1] for r in restore]],
        )
        cursor.execute(
            """
            UPDATE catalog_bibrecord r
            SET revision = r.revision + 1, deleted = false, content_digest = b.digest, control_number = b.number,
                host_control_number = b.host, host_id = NULL, updated_at = now(), datestamp = %s,
                exposed = exposed OR %s, material_type = b.material_type,
                local_history = b.local_history, children = b.children, title_key = b.title_key,
                number_key = b.number_key, host_title_key = b.host_title_key, host_number_key = b.host_number_key
            FROM unnest(%s::bigint[], %s::bytea[], %s::text[], %s::text[], %s::text[], %s::boolean[], %s::boolean[],
                        %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[])
                AS b(id, digest, number, host, material_type, local_history, children, title_key, number_key,
                     host_title_key, host_number_key)
            WHERE r.id = b.id
            """,
            [
                stamp,
                public,
                [r[0] for r in restore],
                [r[2].digest for r in restore],
                [r[2].control_number for r in restore],
                [r[2].host_control_number for r in restore],
                [r[2].material_type for r in restore],
                [r[2].local_history for r in restore],
                [r[2].children for r in restore],
                *map(list, zip(*(r[2].names for r in restore), strict=True)),
            ],
        )
    contents = [(record_id, content) for record_id, _, content in restore]
    write_items(contents, replace=[r[0] for r in restore], library_id=batch.library_id, taken=[])
    link_hosts(batch.source, contents, harvested=batch.format == HARVESTED)
    link_written([(record_id, content.marc) for record_id, content in contents])
