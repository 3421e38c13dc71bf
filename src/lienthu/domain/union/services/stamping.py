"""Stamp publications that changed, behind the change: an import must not wait for it (rule OAI-16)."""

from __future__ import annotations

from typing import Final

from django.db import connection

from lienthu.domain.catalog.services.datestamps import take
from lienthu.platform.services import changes

CONSUMER: Final = "union.harvest"
_PIECE: Final = 5000

# A publication nobody outside could ever see gets no stamp; one that nobody can see any more is told as deleted.
_STAMP: Final = """
    INSERT INTO union_publicationstamp AS p (cluster_id, datestamp, deleted)
    SELECT w.id, %s, NOT w.seen FROM (
        SELECT wanted.id, EXISTS (
            SELECT 1 FROM union_membership m JOIN catalog_bibrecord r ON r.id = m.record_id
            WHERE m.cluster_id = wanted.id AND NOT r.deleted
              AND r.library_id <> ALL(ARRAY(SELECT id FROM network_library WHERE closed)) OFFSET 0
        ) AS seen
        FROM unnest(%s::bigint[]) AS wanted(id)
    ) w
    WHERE w.seen OR EXISTS (SELECT 1 FROM union_publicationstamp s WHERE s.cluster_id = w.id)
    ON CONFLICT (cluster_id) DO UPDATE SET datestamp = excluded.datestamp, deleted = excluded.deleted
    WHERE NOT (p.deleted AND excluded.deleted)
"""


def stamp_publications() -> int:
    """Stamp what the news speaks of, in pieces. Returns how many publications were looked at.

    News and stamp are one transaction: killed at any moment, it is done again.
    """
    total = 0
    while True:
        with changes.drain(CONSUMER, _PIECE) as cluster_ids:
            if not cluster_ids:
                return total
            with connection.cursor() as cursor:
                cursor.execute(_STAMP, [take(), sorted(cluster_ids)])
        total += len(cluster_ids)
