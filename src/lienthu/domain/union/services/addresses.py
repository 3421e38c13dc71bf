"""Whose address a cluster bears, and to whom it is handed on (rules CLU-7 to CLU-9)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from django.db import connection

from lienthu.domain.union.services.book import Book
from lienthu.domain.union.services.plan import Move


def borne_by(record_ids: Collection[int]) -> dict[int, list[int]]:
    """Record → the addresses it bears."""
    out: dict[int, list[int]] = {}
    if record_ids:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT c.bearer_id, c.id FROM unnest(%s::bigint[]) AS wanted(id) CROSS JOIN LATERAL"
                " (SELECT id, bearer_id FROM union_cluster WHERE bearer_id = wanted.id OFFSET 0) c",
                [list(set(record_ids))],
            )
            for bearer, address in cursor:
                out.setdefault(bearer, []).append(address)
    return out


def handed_on(
    groups: Sequence[Sequence[int]],
    book: Book,
    borne: Mapping[int, list[int]],
    leaving: Mapping[int, int],
    *,
    in_act: bool,
) -> list[Move]:
    """Addresses of those who leave that stay with whom they leave: with the largest group of them (CLU-8).

    A record that is gone hands on all it bears. One set apart by a person keeps its own when the others have one of
    theirs: undoing a merger gives the former addresses back (CLU-9).
    """
    if not leaving:
        return []
    mates: dict[int, Counter[int]] = {}  # cluster → group → how many stayed
    at: dict[int, int] = {}
    for number, group in enumerate(groups):
        for record_id in group:
            at[record_id] = number
            if record_id not in leaving and (cluster := book.cluster.get(record_id)) is not None:
                mates.setdefault(cluster, Counter())[number] += 1
    out: list[Move] = []
    for record_id, cluster in sorted(leaving.items()):
        stayed = mates.get(cluster)
        if not stayed or not borne.get(record_id):
            continue
        if record_id in at:
            if at[record_id] in stayed or cluster not in borne[record_id]:
                continue
            given = [cluster]
        else:
            given = list(borne[record_id])
        largest = max(stayed, key=lambda n: (stayed[n], -groups[n][0]))
        if in_act and record_id in at and any(borne.get(r) for r in groups[largest]):
            continue
        heir = min(r for r in groups[largest] if r not in leaving and book.cluster.get(r) == cluster)
        out += [(address, record_id, heir) for address in given]
    return out
