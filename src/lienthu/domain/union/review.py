"""What union editors look at: the queue of doubtful pairs, a pair side by side, a cluster with all that made it.

Reading only; deciding is `services/decide.py`. Rules CLU-13 and CLU-14, docs/specs/clusters.md.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal

from django.db import connection

from lienthu.domain.union.fingerprint import Fingerprint
from lienthu.domain.union.history import DecisionRow, EventRow, decisions_of, history_of
from lienthu.domain.union.models import Cluster, Edge
from lienthu.domain.union.rule_selectors import rule_in_force
from lienthu.domain.union.scoring.model import Reason, explain
from lienthu.domain.union.selectors import MemberRow, members_of

Kind = Literal["doubtful", "blocked", "later"]
KINDS: Final[tuple[Kind, ...]] = ("doubtful", "blocked", "later")
COUNTED: Final = 10_000
"""Counting stops here: "more than 10,000" says enough, and counting all is slow."""

Place = tuple[float, int, int]
"""Where a page of the queue ended: score, left, right."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What of the queue is wanted. ``library_id``: one of the two records is of this library.

    ``kind``: doubtful by the rule; the same by the rule, yet blocked (CLU-4); or put off by a person. Records of
    ``hidden`` libraries, those the person may not see, are left out with their pairs.
    """

    kind: Kind = "doubtful"
    library_id: int | None = None
    score_from: float = 0.0
    score_to: float = 1.0
    hidden: Collection[int] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """A pair to be decided, with where its records stand."""

    left: int
    right: int
    score: float
    levels: str
    rule_version: int
    left_cluster: int
    right_cluster: int
    left_library: int
    right_library: int

    @property
    def place(self) -> Place:
        """Its place in the queue."""
        return (self.score, self.left, self.right)


@dataclass(frozen=True, slots=True)
class PairView:
    """A pair side by side: both records as they are now, and the reasons of its score."""

    row: ReviewRow
    left_marc: str
    right_marc: str
    left_control_number: str
    right_control_number: str
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class EdgeRow:
    """An edge that touches a cluster; ``inside`` when both its records stand there."""

    left: int
    right: int
    score: float
    verdict: str
    blocked: bool
    levels: str
    rule_version: int
    created_at: datetime
    inside: bool


@dataclass(frozen=True, slots=True)
class ClusterView:
    """A cluster with all that made it. ``addresses``: address → the member that bears it."""

    id: int
    preferred_id: int | None
    contested: bool
    members: tuple[MemberRow, ...]
    addresses: dict[int, int]
    edges: tuple[EdgeRow, ...]
    decisions: tuple[DecisionRow, ...]
    history: tuple[EventRow, ...]


# Edges on the index of what is to be reviewed, from the surest down; each is looked up in turn until a page is full.
_QUEUE = """
    FROM union_edge e
    CROSS JOIN LATERAL (SELECT cluster_id FROM union_membership WHERE record_id = e.left_id OFFSET 0) lm
    CROSS JOIN LATERAL (SELECT cluster_id FROM union_membership WHERE record_id = e.right_id OFFSET 0) rm
    CROSS JOIN LATERAL (SELECT library_id FROM catalog_bibrecord WHERE id = e.left_id OFFSET 0) lr
    CROSS JOIN LATERAL (SELECT library_id FROM catalog_bibrecord WHERE id = e.right_id OFFSET 0) rr
    LEFT JOIN LATERAL (
        SELECT verdict FROM union_pairdecision p
        WHERE p.left_id = e.left_id AND p.right_id = e.right_id AND p.withdrawn_by_id IS NULL OFFSET 0
    ) said ON true
    WHERE (e.verdict = 'review' OR e.blocked) AND e.score BETWEEN %(score_from)s AND %(score_to)s
      AND lm.cluster_id <> rm.cluster_id
      AND CASE %(kind)s WHEN 'later' THEN said.verdict = 'later'
                        WHEN 'blocked' THEN e.blocked AND said.verdict IS NULL
                        ELSE e.verdict = 'review' AND said.verdict IS NULL END
      AND (%(library)s::bigint IS NULL OR %(library)s IN (lr.library_id, rr.library_id))
      AND NOT (lr.library_id = ANY(%(hidden)s::bigint[]) OR rr.library_id = ANY(%(hidden)s::bigint[]))
"""


def review_queue(after: Place | None = None, limit: int = 50, filters: Filters | None = None) -> list[ReviewRow]:
    """Pairs to be decided, the surest first, after a place; of equal scores the newest records first. One query."""
    parameters = _parameters(filters or Filters())
    onward = ""
    if after is not None:
        onward = "AND (e.score, e.left_id, e.right_id) < (%(score)s, %(left)s, %(right)s)"
        parameters |= {"score": after[0], "left": after[1], "right": after[2]}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT e.left_id, e.right_id, e.score, e.levels, e.rule_version, lm.cluster_id, rm.cluster_id,"
            f" lr.library_id, rr.library_id {_QUEUE} {onward}"
            " ORDER BY e.score DESC, e.left_id DESC, e.right_id DESC LIMIT %(limit)s",
            {**parameters, "limit": limit},
        )
        return [ReviewRow(*row) for row in cursor.fetchall()]


def review_count(filters: Filters | None = None) -> int:
    """How many pairs wait; COUNTED + 1 when there are more than COUNTED. One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM (SELECT 1 {_QUEUE} LIMIT %(limit)s) waiting",  # noqa: S608  # constants
            {**_parameters(filters or Filters()), "limit": COUNTED + 1},
        )
        return int(cursor.fetchone()[0])


def _parameters(filters: Filters) -> dict[str, Any]:
    return {
        "kind": filters.kind,
        "library": filters.library_id,
        "score_from": filters.score_from,
        "score_to": filters.score_to,
        "hidden": list(filters.hidden),
    }


def next_reviews(after: Place | None = None, limit: int = 5, filters: Filters | None = None) -> list[PairView]:
    """The next pairs with all that is needed to decide them, to be fetched ahead. Two queries."""
    return pair_views(review_queue(after, limit, filters))


def pair_view(left: int, right: int) -> PairView | None:
    """Any two records side by side, explained anew where no edge is stored; None where one is gone. Two queries."""
    left, right = min(left, right), max(left, right)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT l.id, r.id, coalesce(e.score, 0), coalesce(e.levels, ''), coalesce(e.rule_version, 0),"
            " lm.cluster_id, rm.cluster_id, l.library_id, r.library_id FROM catalog_bibrecord l"
            " JOIN union_membership lm ON lm.record_id = l.id JOIN catalog_bibrecord r ON r.id = %s"
            " JOIN union_membership rm ON rm.record_id = r.id"
            " LEFT JOIN union_edge e ON e.left_id = l.id AND e.right_id = r.id WHERE l.id = %s",
            [right, left],
        )
        row = cursor.fetchone()
    return pair_views([ReviewRow(*row)])[0] if row else None


def pair_views(rows: Sequence[ReviewRow]) -> list[PairView]:
    """Rows of the queue with both records and the reasons. Two queries."""
    ids = {r for row in rows for r in (row.left, row.right)}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT r.id, v.marc, r.control_number, m.fingerprint FROM unnest(%s::bigint[]) AS wanted(id)"
            " CROSS JOIN LATERAL (SELECT id, control_number, revision FROM catalog_bibrecord WHERE id = wanted.id"
            " OFFSET 0) r"
            " CROSS JOIN LATERAL (SELECT marc FROM catalog_revision WHERE record_id = r.id AND number = r.revision"
            " OFFSET 0) v"
            " CROSS JOIN LATERAL (SELECT fingerprint FROM union_membership WHERE record_id = r.id OFFSET 0) m",
            [list(ids)],
        )
        content = {id_: (marc, number, Fingerprint.loads(text)) for id_, marc, number, text in cursor.fetchall()}
    rule = rule_in_force()
    out = []
    for row in rows:
        (left_marc, left_number, left), (right_marc, right_number, right) = content[row.left], content[row.right]
        levels = row.levels if row.rule_version == rule.version and row.levels else None
        out.append(PairView(row, left_marc, right_marc, left_number, right_number, explain(left, right, rule, levels)))
    return out


def cluster_view(cluster_id: int) -> ClusterView | None:
    """A cluster with members (those of closed libraries too), edges, decisions and history; None where nobody stands.

    The number of queries does not depend on how many members it has.
    """
    members = members_of([cluster_id], closed_too=True).get(cluster_id)
    if not members:
        return None
    ids = [m.record_id for m in members]
    cluster = Cluster.objects.get(pk=cluster_id)
    addresses = dict(Cluster.objects.filter(bearer_id__in=ids).order_by("pk").values_list("pk", "bearer_id"))
    here = set(ids)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT e.* FROM unnest(%s::bigint[]) AS wanted(id) CROSS JOIN LATERAL ("
            " SELECT left_id, right_id, score, verdict, blocked, levels, rule_version, created_at FROM union_edge"
            " WHERE left_id = wanted.id UNION ALL"
            " SELECT left_id, right_id, score, verdict, blocked, levels, rule_version, created_at FROM union_edge"
            " WHERE right_id = wanted.id OFFSET 0) e ORDER BY e.score DESC, e.left_id, e.right_id",
            [ids],
        )
        edges = tuple(EdgeRow(*(*row, row[0] in here and row[1] in here)) for row in cursor.fetchall())
    return ClusterView(
        id=cluster_id,
        preferred_id=cluster.preferred_id,
        contested=cluster.contested,
        members=tuple(members),
        addresses={address: int(bearer or 0) for address, bearer in addresses.items()},
        edges=edges,
        decisions=tuple(decisions_of(ids, withdrawn_too=True)),
        history=tuple(history_of(cluster_id)),
    )


def edge_counts() -> dict[str, int]:
    """How many edges there are, by verdict: for the rule's page. Reads the whole table."""
    return {str(v): Edge.objects.filter(verdict=v).count() for v in Edge.Verdict}
