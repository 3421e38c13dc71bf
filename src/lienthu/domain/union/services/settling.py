"""What is derived from where records stand: sizes, preferred records, the history of addresses. In bulk."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import orjson
from django.db import connection

from lienthu.domain.network.selectors import closed_library_ids
from lienthu.domain.union.models import ClusterEvent
from lienthu.domain.union.works import elect_work

_LOCK = 7_406_211  # any number, the same in every process of an install
_RECORDS_NAMED = 50


def lock_union() -> None:
    """One at a time forms clusters; until the transaction ends (CLU-10). Two imports at once see each other's."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def new_cluster_ids(count: int) -> list[int]:
    """Addresses nobody has had."""
    if not count:
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('union_cluster_id_seq') FROM generate_series(1, %s)", [count])
        return [row[0] for row in cursor.fetchall()]


def settle(cluster_ids: Iterable[int]) -> set[int]:
    """Recount clusters, choose their preferred record (of an open library, most complete, oldest: JOIN-13), their work.

    Returns those for which anything is another now.
    """
    ids = sorted(set(cluster_ids))
    if not ids:
        return set()
    closed = closed_library_ids()
    ranked: dict[int, list[tuple[bool, int, int]]] = {cluster_id: [] for cluster_id in ids}
    works: dict[int, list[tuple[int, int | None]]] = {cluster_id: [] for cluster_id in ids}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT m.cluster_id, m.record_id, m.completeness, m.work_key, r.library_id"
            " FROM unnest(%s::bigint[]) AS wanted(id)"
            " CROSS JOIN LATERAL (SELECT * FROM union_membership WHERE cluster_id = wanted.id OFFSET 0) m"
            " CROSS JOIN LATERAL (SELECT library_id FROM catalog_bibrecord WHERE id = m.record_id OFFSET 0) r",
            [ids],
        )
        for cluster_id, record_id, said, work, library_id in cursor:
            works[cluster_id].append((record_id, work))
            ranked[cluster_id].append((library_id in closed, -said, record_id))
        cursor.execute(
            "UPDATE union_cluster c SET size = n.size, preferred_id = n.preferred, work_key = n.work"
            " FROM unnest(%s::bigint[], %s::integer[], %s::bigint[], %s::bigint[]) AS n(id, size, preferred, work)"
            " WHERE c.id = n.id AND (c.size, c.preferred_id, c.work_key) IS DISTINCT FROM (n.size, n.preferred, n.work)"
            " RETURNING c.id",
            [
                ids,
                [len(ranked[i]) for i in ids],
                [min(ranked[i])[2] if ranked[i] else None for i in ids],
                [elect_work(works[i]) for i in ids],
            ],
        )
        return {row[0] for row in cursor.fetchall()}


def record_events(moved: Mapping[int, tuple[int, int]], cause: str, act_id: int | None) -> None:
    """Write into the history which records went from which address to which (CLU-12)."""
    if not moved:
        return
    ways: dict[tuple[int, int], list[int]] = {}
    for record_id, way in moved.items():
        ways.setdefault(way, []).append(record_id)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, size FROM union_cluster WHERE id = ANY(%s)", [list({c for way in ways for c in way})]
        )
        size = dict(cursor.fetchall())
        with cursor.copy(
            "COPY union_clusterevent (at, kind, cause, cluster_id, other_id, records, count, act_id) FROM STDIN"
        ) as copy:
            for (old, new), records in sorted(ways.items()):
                if not size.get(old):
                    kind = ClusterEvent.Kind.MERGED
                elif size.get(new) == len(records):
                    kind = ClusterEvent.Kind.SPLIT
                else:
                    kind = ClusterEvent.Kind.MOVED
                named = orjson.dumps(sorted(records)[:_RECORDS_NAMED]).decode()
                copy.write_row(("now", kind.value, cause, new, old, named, len(records), act_id))
