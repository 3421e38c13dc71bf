"""The plain case (CLU-6): records arrive where nothing is contested; placed without reading what hangs together."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from django.db import connection

from lienthu.domain.union.partition import SAMPLE, Sets
from lienthu.domain.union.scoring.model import Verdict
from lienthu.domain.union.services.addresses import borne_by
from lienthu.domain.union.services.book import Book
from lienthu.domain.union.services.components import decided_among
from lienthu.domain.union.services.edges import Found
from lienthu.domain.union.services.plan import Newcomer, Plan
from lienthu.domain.union.services.settling import new_cluster_ids


def place_plainly(
    newcomers: Mapping[int, Newcomer],
    edges: Sequence[Found],
    seeds: Collection[int],
    leaving: Mapping[int, int],
    book: Book,
    plan: Plan,
) -> set[int]:
    """Place those that nothing speaks against; returns the others, to be placed with all that hangs together.

    The result is the one of forming anew: where no pair contradicts and nobody decided anything, links make one group.
    """

    # parts: newcomers by their id, clusters by theirs made negative
    def part(record_id: int) -> int:
        return record_id if record_id in newcomers else -(book.cluster[record_id] or 0)

    sets = Sets(newcomers)
    for e in edges:
        if e.scored.verdict is Verdict.SAME:
            left, right = part(e.left), part(e.right)
            sets.add(left)
            sets.add(right)
            sets.join(left, right)
    known = _clusters([-p for members in sets.members.values() for p in members if p < 0])
    doubtful = {c for c, (_, contested) in known.items() if contested} | set(leaving.values())
    doubtful |= {c for r in seeds if r in book and (c := book.cluster[r]) is not None}
    plain: list[tuple[list[int], list[int]]] = []
    anew: set[int] = set()
    suspect = decided_among(newcomers) | borne_by(newcomers).keys()
    for members in sets.members.values():
        records = sorted(p for p in members if p > 0)
        clusters = sorted(-p for p in members if p < 0)
        if not records:
            continue
        if not suspect.isdisjoint(records) or not doubtful.isdisjoint(clusters):
            anew.update(records)
        else:
            plain.append((records, clusters))
    speakers = _speakers([c for _, clusters in plain for c in clusters], known, book)
    fresh: list[list[int]] = []
    for records, clusters in plain:
        if _anyone_contradicts([[r] for r in records] + [speakers[c] for c in clusters], book):
            anew.update(records)
        elif clusters:
            target = clusters[0]
            plan.absorbed.update(dict.fromkeys(clusters[1:], target))
            plan.leads.update(dict.fromkeys(clusters[1:], target))
            plan.placed.update(dict.fromkeys(records, target))
            plan.touched.update(clusters)
        else:
            fresh.append(records)
    for cluster_id, records in zip(new_cluster_ids(len(fresh)), fresh, strict=True):
        plan.founded[cluster_id] = (records[0], len(records), False)
        plan.placed.update(dict.fromkeys(records, cluster_id))
        if len(records) > 1:
            plan.touched.add(cluster_id)
    return anew


def _anyone_contradicts(parts: Sequence[Sequence[int]], book: Book) -> bool:
    for at, left in enumerate(parts):
        for right in parts[at + 1 :]:
            if any(book.contradict(a, b) for a in left for b in right):
                return True
    return False


def _clusters(ids: Collection[int]) -> dict[int, tuple[int, bool]]:
    """Size and contestedness."""
    if not ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, size, contested FROM union_cluster WHERE id = ANY(%s)", [list(ids)])
        return {id_: (size, contested) for id_, size, contested in cursor.fetchall()}


def _speakers(ids: Sequence[int], known: Mapping[int, tuple[int, bool]], book: Book) -> dict[int, list[int]]:
    """The records of the clusters that speak for them: all, or the oldest SAMPLE. Reads only what is not known."""
    out: dict[int, list[int]] = {i: [] for i in ids}
    for record_id, cluster in book.cluster.items():
        if cluster in out:
            out[cluster].append(record_id)
    wanted = [i for i, records in out.items() if len(records) < known[i][0]]
    if wanted:
        for i in wanted:
            out[i].clear()
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT m.record_id, wanted.id, m.fingerprint FROM unnest(%s::bigint[]) AS wanted(id)"
                " CROSS JOIN LATERAL (SELECT record_id, fingerprint FROM union_membership WHERE cluster_id = wanted.id"
                " ORDER BY record_id LIMIT %s) m",
                [wanted, SAMPLE],
            )
            for record_id, cluster_id, text in cursor:
                out[cluster_id].append(record_id)
                if record_id not in book:
                    book.add(record_id, cluster_id, text)
    return {i: sorted(records)[:SAMPLE] for i, records in out.items()}
