"""Tell those who listen that publications must be looked at again: all of a library, or those under a heading."""

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


def touch_records(record_ids: Sequence[int]) -> int:
    """Publish the clusters of these records, a batch of news at most. Returns how many."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT cluster_id FROM union_membership WHERE record_id = ANY(%s)", [list(record_ids)])
        clusters = [row[0] for row in cursor.fetchall()]
    changes.publish("cluster.changed", clusters, bulk=len(clusters) > _AT_ONCE)
    return len(clusters)


def touch_authorities(authority_ids: Sequence[int]) -> int:
    """Publish every cluster with a record under these authorities, or under what was merged with them (AUT-11)."""
    after = total = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT DISTINCT l.record_id, m.cluster_id FROM catalog_headinglink l"
                " JOIN union_membership m ON m.record_id = l.record_id"
                " WHERE l.authority_id IN (SELECT id FROM catalog_authority WHERE root_id IN"
                " (SELECT root_id FROM catalog_authority WHERE id = ANY(%s)))"
                " AND l.state = 'linked' AND l.record_id > %s ORDER BY l.record_id LIMIT %s",
                [list(authority_ids), after, _PAGE],
            )
            rows = cursor.fetchall()
        if not rows:
            return total
        changes.publish("cluster.changed", [row[1] for row in rows], bulk=total > 0 or len(rows) > _AT_ONCE)
        after, total = rows[-1][0], total + len(rows)
