"""Find the records a record may be the same as, score them, and keep the best as edges (CLU-1, CLU-2). In bulk."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from django.db import connection

from lienthu.domain.union.fingerprint import CANDIDATES_PER_KEY, CROWD, MatchKeys, not_of_a_crowd
from lienthu.domain.union.models import Edge
from lienthu.domain.union.scoring.model import Scored, Verdict
from lienthu.domain.union.services.book import Book

SAME_KEPT = 8
REVIEW_KEPT = 4


@dataclass(frozen=True, slots=True)
class Found:
    """An edge just found: two record ids, the smaller first."""

    left: int
    right: int
    scored: Scored


def find_edges(arrived: Mapping[int, MatchKeys], book: Book, *, older_only: bool = False) -> list[Found]:
    """Edges of the records in ``arrived`` (id → match keys), which ``book`` knows, with stored ones and each other.

    What is stored of these records themselves must have been forgotten before. ``older_only``: only with records of a
    smaller number, for going through all of them in order. Two statements.
    """
    by_key = _candidates(arrived.values(), book)
    out: list[Found] = []
    for record_id, keys in arrived.items():
        same: list[tuple[float, int, Scored]] = []
        review: list[tuple[float, int, Scored]] = []
        for other in keys.candidates(by_key):
            if other == record_id or (older_only and other > record_id):
                continue
            scored = book.scored(record_id, other)
            if scored.verdict is Verdict.SAME:
                same.append((-scored.score, other, scored))
            elif scored.verdict is Verdict.REVIEW:
                review.append((-scored.score, other, scored))
        for ranked, kept in ((same, SAME_KEPT), (review, REVIEW_KEPT)):
            if len(ranked) > kept:
                ranked.sort(key=lambda r: r[:2])
                del ranked[kept:]
            out += [Found(min(record_id, o), max(record_id, o), scored) for _, o, scored in ranked]
        for key in keys.every:
            by_key.setdefault(key, []).append(record_id)
    return out


def _candidates(arrived: Iterable[MatchKeys], book: Book) -> dict[int, list[int]]:
    """Key → the stored records that have it, the oldest first; ``book`` knows them afterwards."""
    sure = {key for keys in arrived for key in keys.sure}
    vague = {key for keys in arrived for key in keys.vague}
    if not (sure or vague):
        return {}
    with connection.cursor() as cursor:
        # fenced: while a library is being imported the planner's statistics are old (see selectors.py)
        found = (
            "SELECT wanted.key, k.ids FROM unnest(%s::bigint[]) AS wanted(key) CROSS JOIN LATERAL (SELECT ARRAY(SELECT"
            " record_id FROM union_matchkey WHERE union_matchkey.key = wanted.key ORDER BY record_id LIMIT %s) AS ids"
            " OFFSET 0) k WHERE k.ids <> '{}'"
        )
        cursor.execute(f"{found} UNION ALL {found}", [list(sure), CANDIDATES_PER_KEY, list(vague), CROWD + 1])
        by_key: dict[int, list[int]] = dict(cursor.fetchall())
        unknown = {
            r
            for key, records in by_key.items()
            for r in (records if key in sure else not_of_a_crowd(records))
            if r not in book
        }
        if not unknown:
            return by_key
        cursor.execute(
            "SELECT m.record_id, m.cluster_id, m.fingerprint FROM unnest(%s::bigint[]) AS wanted(id) CROSS JOIN LATERAL"
            " (SELECT record_id, cluster_id, fingerprint FROM union_membership WHERE record_id = wanted.id OFFSET 0) m",
            [sorted(unknown)],
        )
        for record_id, cluster_id, text in cursor.fetchall():
            book.add(record_id, cluster_id, text)
    return by_key


def store_edges(found: Collection[Found], rule_version: int) -> None:
    """Write edges that are not stored yet."""
    if not found:
        return
    with (
        connection.cursor() as cursor,
        cursor.copy(
            "COPY union_edge (left_id, right_id, score, verdict, blocked, levels, rule_version, created_at) FROM STDIN"
        ) as copy,
    ):
        said = [(f.left, f.right, f.scored.score, f.scored.verdict.value, f.scored.levels) for f in found]
        copy.write(
            "".join(
                [f"{left}\t{right}\t{score!r}\t{verdict}\tf\t{levels}\t{rule_version}\tnow\n"
                 for left, right, score, verdict, levels in said]
            )
        )  # fmt: skip


def store_keys(keys: Mapping[int, MatchKeys]) -> None:
    """Write the match keys of records that have none stored; in their order, a quarter less work for their index."""
    rows = sorted((key, record_id) for record_id, values in keys.items() for key in values.every)
    with connection.cursor() as cursor, cursor.copy("COPY union_matchkey (key, record_id) FROM STDIN") as copy:
        # numbers need no escaping: written at once in a fifth of the time that psycopg takes row by row
        copy.write("".join([f"{key}\t{record_id}\n" for key, record_id in rows]))


def forget(record_ids: Collection[int], *, as_right_only: bool = False) -> set[int]:
    """Delete the edges of these records; returns whom they were linked to. ``as_right_only``: those to older ones."""
    ids = list(record_ids)
    if not ids:
        return set()
    left = "" if as_right_only else "SELECT left_id, right_id FROM union_edge WHERE left_id = wanted.id UNION ALL "
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH gone AS (SELECT e.left_id, e.right_id FROM unnest(%s::bigint[]) AS wanted(id) CROSS JOIN LATERAL"  # noqa: S608  # constants
            f" ({left}SELECT left_id, right_id FROM union_edge WHERE right_id = wanted.id OFFSET 0) e)"
            " DELETE FROM union_edge u USING gone WHERE u.left_id = gone.left_id AND u.right_id = gone.right_id"
            " RETURNING u.left_id, u.right_id, u.verdict",
            [ids],
        )
        neighbours = {r for *pair, verdict in cursor.fetchall() if verdict == Edge.Verdict.SAME for r in pair}
    return neighbours - set(ids)


def forget_keys(keys: Mapping[int, MatchKeys]) -> None:
    """Delete match keys: record id → keys. Those that are not stored do not matter."""
    pairs = [(key, record_id) for record_id, values in keys.items() for key in values.every]
    if not pairs:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM union_matchkey k USING unnest(%s::bigint[], %s::bigint[]) AS gone(key, record_id)"
            " WHERE k.key = gone.key AND k.record_id = gone.record_id",
            [[p[0] for p in pairs], [p[1] for p in pairs]],
        )
