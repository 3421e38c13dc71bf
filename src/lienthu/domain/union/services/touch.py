"""Tell those who listen that all publications of a library must be looked at again."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection

from lienthu.platform.services import changes

_PAGE = 20_000
_AT_ONCE = 1000  # the publications of a small library are renewed before the bulk of an import


def touch_libraries(library_ids: Sequence[int]) -> int:
    """Publish every cluster with a record of these libraries. Returns how many."""
    after = total = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT r.id, m.cluster_id FROM catalog_bibrecord r JOIN union_membership m ON m.record_id = r.id"
                " WHERE r.library_id = ANY(%s) AND r.id > %s ORDER BY r.id LIMIT %s",
                [list(library_ids), after, _PAGE],
            )
            rows = cursor.fetchall()
        if not rows:
            return total
        changes.publish("cluster.changed", [row[1] for row in rows], bulk=total > 0 or len(rows) > _AT_ONCE)
        after, total = rows[-1][0], total + len(rows)
