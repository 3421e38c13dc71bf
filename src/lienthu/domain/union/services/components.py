"""Read what hangs together: the records that links and people's words connect with given ones (CLU-6)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from django.db import connection

from lienthu.domain.union.models import PairDecision
from lienthu.domain.union.partition import Link, Pair, Sets
from lienthu.domain.union.services.book import Book

LIMIT = 2000
"""Records in a component beyond which a record that arrives is placed without forming the whole anew."""


@dataclass(slots=True)
class Component:
    """Records that hang together. ``cut``: only a part was read, because there are too many of them."""

    nodes: list[int] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    blocked: set[Pair] = field(default_factory=set)
    same: list[Pair] = field(default_factory=list)
    different: list[Pair] = field(default_factory=list)
    cut: bool = False

    @property
    def decided(self) -> bool:
        """Whether people said anything of its records."""
        return bool(self.same or self.different)


def components_of(seeds: Iterable[int], newcomers: Collection[int], book: Book, *, whole: bool) -> list[Component]:
    """The components that hold the seeds. ``newcomers`` have edges but no membership yet.
    ``whole``: however many records there are; otherwise a component beyond LIMIT is cut.

    Three statements a round; a round follows all links at once, so their number grows with how far the links lead
    and not with the number of records. All records read are known to ``book`` afterwards.
    """
    fresh = set(newcomers)
    sets = Sets()
    links: dict[Pair, tuple[float, bool]] = {}
    words: dict[Pair, str] = {}
    read: set[int] = set()
    cut: set[int] = set()
    frontier = set(seeds)
    while frontier:
        present = frontier & fresh
        by_cluster: dict[int, int] = {}
        for record_id, cluster_id, text in _with_mates(frontier - fresh):
            present.add(record_id)
            sets.add(record_id)
            sets.join(record_id, by_cluster.setdefault(cluster_id, record_id))
            if record_id not in book:
                book.add(record_id, cluster_id, text)
        for record_id in present:
            sets.add(record_id)
        unread = present - read
        read |= unread
        onward: set[int] = set()
        for left, right, score, blocked in _links(unread):
            links[left, right] = (score, blocked)
            onward |= {left, right}
        for left, right, verdict in words_on(unread):
            words[left, right] = verdict
            if verdict == PairDecision.Verdict.SAME:
                onward |= {left, right}
        for left, right in links:
            sets.add(left)
            sets.add(right)
            sets.join(left, right)
        for (left, right), verdict in words.items():
            if verdict == PairDecision.Verdict.SAME and left in read and right in read:
                sets.join(left, right)
        frontier = onward - read
        if not whole:
            for record_id in frontier:
                sets.add(record_id)
            large = {r for r in frontier if len(sets.members[sets.find(r)]) > LIMIT}
            cut |= {sets.find(r) for r in large}
            frontier -= large
    return _assembled(sets, read, links, words, {sets.find(root) for root in cut})


def _assembled(
    sets: Sets, read: set[int], links: dict[Pair, tuple[float, bool]], words: dict[Pair, str], cut: set[int]
) -> list[Component]:
    for left, right in (pair for pair, verdict in words.items() if verdict == PairDecision.Verdict.SAME):
        if left in read and right in read:
            sets.join(left, right)
    cut = {sets.find(root) for root in cut}
    out: dict[int, Component] = {}
    for node in sorted(read):
        root = sets.find(node)
        out.setdefault(root, Component(cut=root in cut)).nodes.append(node)
    for (left, right), (score, blocked) in links.items():
        # of a component that was cut, also the links that were not followed
        component = out[sets.find(left)]
        component.links.append((left, right, score))
        if blocked:
            component.blocked.add((left, right))
    for (left, right), verdict in words.items():
        for node in (left, right):
            if node in read:
                component = out[sets.find(node)]
                target = component.same if verdict == PairDecision.Verdict.SAME else component.different
                if (left, right) not in target[-1:]:
                    target.append((left, right))
    return list(out.values())


def _with_mates(record_ids: Collection[int]) -> list[tuple[int, int, str]]:
    """Record, cluster, fingerprint: of these records and all that stand in their clusters."""
    if not record_ids:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH here AS (SELECT DISTINCT m.cluster_id FROM unnest(%s::bigint[]) AS wanted(id) CROSS JOIN LATERAL"
            " (SELECT cluster_id FROM union_membership WHERE record_id = wanted.id OFFSET 0) m)"
            " SELECT m.record_id, here.cluster_id, m.fingerprint FROM here CROSS JOIN LATERAL"
            " (SELECT record_id, fingerprint FROM union_membership WHERE cluster_id = here.cluster_id OFFSET 0) m",
            [list(record_ids)],
        )
        return list(cursor.fetchall())


def _links(record_ids: Collection[int]) -> list[tuple[int, int, float, bool]]:
    if not record_ids:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT e.left_id, e.right_id, e.score, e.blocked FROM unnest(%s::bigint[]) AS wanted(id)"
            " CROSS JOIN LATERAL (SELECT left_id, right_id, score, blocked FROM union_edge"
            " WHERE left_id = wanted.id AND verdict = 'same'"
            " UNION ALL SELECT left_id, right_id, score, blocked FROM union_edge"
            " WHERE right_id = wanted.id AND verdict = 'same' OFFSET 0) e",
            [list(record_ids)],
        )
        return list(cursor.fetchall())


def words_on(record_ids: Collection[int]) -> list[tuple[int, int, str]]:
    """What people said of these records and stands: same or different."""
    if not record_ids:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT left_id, right_id, verdict FROM union_pairdecision WHERE withdrawn_by_id IS NULL"
            " AND verdict <> 'later' AND (left_id = ANY(%s) OR right_id = ANY(%s)) ORDER BY left_id, right_id",
            [list(record_ids), list(record_ids)],
        )
        return list(cursor.fetchall())


def decided_among(record_ids: Collection[int]) -> set[int]:
    """Those of the records that people said something of."""
    wanted = set(record_ids)
    return {record_id for left, right, _ in words_on(wanted) for record_id in (left, right) if record_id in wanted}
