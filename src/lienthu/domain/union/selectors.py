"""Reading the union: what belongs together, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import connection

from lienthu.domain.catalog.models import BibRecord
from lienthu.domain.union.fingerprint import Fingerprint
from lienthu.domain.union.models import Cluster, Edge, Membership, PairDecision
from lienthu.domain.union.rule_selectors import rule_in_force
from lienthu.domain.union.scoring.levels import Says
from lienthu.domain.union.scoring.model import explain


@dataclass(frozen=True, slots=True)
class MemberRow:
    """A record of a cluster with its current content."""

    cluster_id: int
    record_id: int
    library_id: int
    control_number: str
    completeness: int
    marc: str
    created_at: datetime
    ranks: str | None = None  # JSON: field group → what its library is best at (CLU-17)


@dataclass(frozen=True, slots=True)
class MemberReason:
    """Why a record is where it is."""

    record_id: int
    matched_record_id: int | None
    score: float | None
    reasons: list[dict[str, Any]]
    rule_version: int


# OFFSET 0 fences each step, so that it is always an index look-up: while a library is being imported the planner's
# statistics are old, and its own choice was once to read every record of the library for each page of clusters.
_MEMBERS = """
    SELECT m.cluster_id, r.id, r.library_id, r.control_number, m.completeness, v.marc, r.created_at,
        (SELECT ranks::text FROM union_sourcerank s WHERE s.library_id = r.library_id)
    FROM unnest(%s::bigint[]) AS wanted(id)
    CROSS JOIN LATERAL (
        SELECT cluster_id, record_id, completeness FROM union_membership WHERE cluster_id = wanted.id OFFSET 0
    ) m
    CROSS JOIN LATERAL (
        SELECT id, library_id, control_number, revision, created_at FROM catalog_bibrecord
        WHERE id = m.record_id AND NOT deleted
          AND (%s OR library_id <> ALL(ARRAY(SELECT id FROM network_library WHERE closed))) OFFSET 0
    ) r
    CROSS JOIN LATERAL (
        SELECT marc FROM catalog_revision WHERE record_id = r.id AND number = r.revision OFFSET 0
    ) v
"""


def members_of(cluster_ids: Sequence[int], *, closed_too: bool = False) -> dict[int, list[MemberRow]]:
    """The records of these clusters, most complete first, in one statement.

    Records of closed libraries are left out unless ``closed_too``: the public search never sees them (rule SEA-2).
    """
    out: dict[int, list[MemberRow]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_MEMBERS, [list(cluster_ids), closed_too])
        for row in cursor.fetchall():
            out.setdefault(row[0], []).append(MemberRow(*row))
    for rows in out.values():
        rows.sort(key=lambda m: (-m.completeness, m.record_id))
    return out


def records_held(cluster_ids: Sequence[int], library_id: int) -> list[int]:
    """The records of one library in these clusters, in the order of the clusters: one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT r.id FROM unnest(%s::bigint[]) WITH ORDINALITY AS wanted(id, n) CROSS JOIN LATERAL"
            " (SELECT record_id FROM union_membership WHERE cluster_id = wanted.id OFFSET 0) m CROSS JOIN LATERAL"
            " (SELECT id FROM catalog_bibrecord WHERE id = m.record_id AND NOT deleted AND library_id = %s OFFSET 0) r"
            " ORDER BY wanted.n, r.id",
            [list(cluster_ids), library_id],
        )
        return [row[0] for row in cursor.fetchall()]


class ContentRow(NamedTuple):
    """A record of a cluster as the index needs it."""

    record_id: int
    library_id: int
    marc: str
    came: date
    ranks: str | None = None


_CONTENTS = """
    SELECT m.cluster_id, r.id, r.library_id, v.marc, r.came, m.completeness,
        (SELECT ranks::text FROM union_sourcerank s WHERE s.library_id = r.library_id)
    FROM unnest(%s::bigint[]) AS wanted(id)
    CROSS JOIN LATERAL (
        SELECT cluster_id, record_id, completeness FROM union_membership WHERE cluster_id = wanted.id OFFSET 0
    ) m
    CROSS JOIN LATERAL (
        SELECT id, library_id, revision, (created_at AT TIME ZONE 'UTC')::date AS came FROM catalog_bibrecord
        WHERE id = m.record_id AND NOT deleted
          AND library_id <> ALL(ARRAY(SELECT id FROM network_library WHERE closed)) OFFSET 0
    ) r
    CROSS JOIN LATERAL (
        SELECT marc FROM catalog_revision WHERE record_id = r.id AND number = r.revision OFFSET 0
    ) v
"""


def contents_of(cluster_ids: Sequence[int]) -> dict[int, list[ContentRow]]:
    """What these clusters hold in open libraries, most complete first, in one statement: `members_of` for millions."""
    said: dict[int, list[tuple[int, int, ContentRow]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_CONTENTS, [list(cluster_ids)])
        for cluster_id, record_id, library_id, marc, came, completeness, ranks in cursor.fetchall():
            row = ContentRow(record_id, library_id, marc, came, ranks)
            said.setdefault(cluster_id, []).append((-completeness, record_id, row))
    return {cluster_id: [row for *_, row in sorted(rows)] for cluster_id, rows in said.items()}


def clusters_of(record_ids: Sequence[int]) -> dict[int, int]:
    """Record id → cluster id."""
    return dict(Membership.objects.filter(record_id__in=record_ids).values_list("record_id", "cluster_id"))


def records_of(cluster_ids: Sequence[int]) -> dict[int, int]:
    """Record id → cluster id of all records in these clusters, also of closed libraries: nothing to be shown."""
    return dict(Membership.objects.filter(cluster_id__in=cluster_ids).values_list("record_id", "cluster_id"))


def cluster_ids_after(after: int, limit: int) -> list[int]:
    """Ids of clusters that have members, in order, after ``after``: for going through all of them."""
    rows = Cluster.objects.filter(pk__gt=after, size__gt=0).order_by("pk").values_list("pk", flat=True)
    return list(rows[:limit])


def public_cluster_ids_after(after: int, limit: int) -> list[int]:
    """As ``cluster_ids_after``, but only those with a record of a library that is open (rule SEA-2)."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT c.id FROM union_cluster c
            CROSS JOIN LATERAL (
                SELECT 1 FROM union_membership m
                CROSS JOIN LATERAL (
                    SELECT library_id FROM catalog_bibrecord WHERE id = m.record_id AND NOT deleted OFFSET 0
                ) r
                WHERE m.cluster_id = c.id
                  AND r.library_id <> ALL(ARRAY(SELECT id FROM network_library WHERE closed)) LIMIT 1
            ) open_one
            WHERE c.id > %s AND c.size > 0 ORDER BY c.id LIMIT %s
            """,
            [after, limit],
        )
        return [row[0] for row in cursor.fetchall()]


def is_gone(cluster_id: int) -> bool:
    """Whether this was a publication of an open library and all its records have been withdrawn.

    Of closed libraries nothing is told, not even that there was something (rules SEA-2, SEA-22).
    """
    if where_is(cluster_id) is not None:
        return False
    bearer = Cluster.objects.filter(pk=cluster_id).values_list("bearer_id", flat=True).first()
    return bearer is not None and BibRecord.objects.filter(pk=bearer, deleted=True, library__closed=False).exists()


def where_is(cluster_id: int) -> int | None:
    """The cluster a permanent address leads to now (rule JOIN-14): itself, the one it went into, or None."""
    seen: set[int] = set()
    while cluster_id not in seen:
        seen.add(cluster_id)
        row = Cluster.objects.filter(pk=cluster_id).values_list("size", "merged_into_id").first()
        if row is None:
            return None
        size, merged_into = row
        if size or merged_into is None:
            return cluster_id if size else None
        cluster_id = merged_into
    return None


def reasons_in(cluster_id: int) -> list[MemberReason]:
    """Why each record of a cluster is in it, in the order of the records: its best edge to an older one (JOIN-12).

    Where no edge leads to an older one, the best to any; where none does and people put it there, that is the reason.
    Three queries, or four.
    """
    rows = list(Membership.objects.filter(cluster_id=cluster_id).order_by("record_id"))
    ids = [m.record_id for m in rows]
    best: dict[int, tuple[tuple[bool, float, int], Edge]] = {}
    same = Edge.objects.filter(left_id__in=ids, right_id__in=ids, verdict=Edge.Verdict.SAME)
    for e in same:
        for one, other in ((e.left_id, e.right_id), (e.right_id, e.left_id)):
            rank = (other > one, -e.score, other)
            if one not in best or rank < best[one][0]:
                best[one] = (rank, e)
    by_person: set[int] = set()
    if any(i not in best for i in ids):  # otherwise the edges say it all
        told = PairDecision.objects.filter(
            left_id__in=ids, right_id__in=ids, withdrawn_by=None, verdict=PairDecision.Verdict.SAME
        )
        by_person = {record_id for pair in told.values_list("left_id", "right_id") for record_id in pair}
    rule = rule_in_force()
    prints = {m.record_id: m.fingerprint for m in rows}
    out = []
    for m in rows:
        found = best.get(m.record_id)
        if found is None or (m.record_id == ids[0] and len(best) < 2):
            person = [{"feature": "person", "says": Says.AGREES.value}] if m.record_id in by_person else []
            out.append(MemberReason(m.record_id, None, None, person, m.rule_version))
            continue
        if m.record_id == ids[0]:
            out.append(MemberReason(m.record_id, None, None, [], m.rule_version))
            continue
        edge = found[1]
        other = edge.left_id if edge.right_id == m.record_id else edge.right_id
        reasons = explain(
            Fingerprint.loads(prints[m.record_id]), Fingerprint.loads(prints[other]), rule,
            edge.levels if edge.rule_version == rule.version and edge.levels else None,
        )  # fmt: skip
        told_of = [r.as_dict() for r in reasons]
        out.append(MemberReason(m.record_id, other, edge.score, told_of, edge.rule_version))
    return out


def cluster_count() -> int:
    """How many publications the union holds."""
    return Cluster.objects.filter(size__gt=0).count()


def edition_counts(cluster_ids: Sequence[int]) -> dict[int, int]:
    """Cluster id → how many publications of its work there are in open libraries, itself included (CLU-18). One query.

    Those whose work cannot be told, and those that are the only edition, are left out.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT wanted.id, count(*) FROM unnest(%s::bigint[]) AS wanted(id) {_EDITIONS}"  # noqa: S608  # constants
            " GROUP BY 1 HAVING count(*) > 1",
            [list(cluster_ids)],
        )
        return dict(cursor.fetchall())


def editions_of(cluster_id: int, limit: int = 200) -> list[int]:
    """The other publications of the same work in open libraries, by number (CLU-18). One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT c.id FROM (SELECT %s::bigint AS id) wanted {_EDITIONS} WHERE c.id <> wanted.id"  # noqa: S608  # constants
            " ORDER BY c.id LIMIT %s",
            [cluster_id, limit],
        )
        return [row[0] for row in cursor.fetchall()]


_EDITIONS = """
    CROSS JOIN LATERAL (SELECT work_key FROM union_cluster WHERE id = wanted.id AND work_key IS NOT NULL OFFSET 0) w
    CROSS JOIN LATERAL (
        SELECT id FROM union_cluster u WHERE u.work_key = w.work_key AND u.size > 0 AND EXISTS (
            SELECT 1 FROM union_membership m JOIN catalog_bibrecord r ON r.id = m.record_id
            WHERE m.cluster_id = u.id AND NOT r.deleted
              AND r.library_id <> ALL(ARRAY(SELECT id FROM network_library WHERE closed)) OFFSET 0
        ) OFFSET 0
    ) c
"""
