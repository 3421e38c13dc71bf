"""Put records into clusters, a chunk at a time. The only writer of memberships, beside decisions of people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import orjson
from django.db import connection

from lienthu.domain.network.selectors import closed_library_ids
from lienthu.domain.union.fingerprint import Fingerprint, match_keys
from lienthu.domain.union.models import Membership
from lienthu.domain.union.policy import RULE_VERSION, Verdict, decide_same

CANDIDATES_PER_KEY = 30  # a library of 1,000 "Truyện Kiều" must not make matching quadratic
CANDIDATES_PER_RECORD = 60


@dataclass(frozen=True, slots=True)
class Incoming:
    """A record to be placed: new, or changed so that it may belong elsewhere now."""

    record_id: int
    fingerprint: Fingerprint
    completeness: int
    is_new: bool


@dataclass(slots=True)
class _Placed:
    record_id: int
    cluster_id: int
    fingerprint: Fingerprint


@dataclass(frozen=True, slots=True)
class Attached:
    """What a chunk's placing did: clusters whose content changed, and how many records joined another's cluster."""

    clusters: frozenset[int]
    joined: int


def attach(incoming: Sequence[Incoming]) -> Attached:
    """Place the records (rules JOIN-1 to JOIN-9). Runs inside the caller's transaction, in bulk statements.

    The number of statements does not depend on the number of records. Records of the chunk are found by one
    another as well as by what is stored. Where a record leaves a cluster, those it had brought in are placed again.
    """
    if not incoming:
        return Attached(frozenset(), 0)
    attached, left = _place(incoming, again=False)
    return Attached(attached.clusters | reform(left), attached.joined)


def _place(incoming: Sequence[Incoming], *, again: bool) -> tuple[Attached, dict[int, int]]:
    """Place records; also which ones left which cluster. ``again``: even those whose fingerprint is unchanged."""
    keys = {i.record_id: match_keys(i.fingerprint) for i in incoming}
    changed = [i.record_id for i in incoming if not i.is_new]
    before = _current_memberships(changed)
    stay = (
        set()
        if again
        else {
            i.record_id
            for i in incoming
            if not i.is_new and before.get(i.record_id, (0, ""))[1] == i.fingerprint.dumps()
        }
    )
    moving = [i for i in incoming if i.record_id not in stay]
    _renew_completeness([i for i in incoming if i.record_id in stay])
    touched = {before[r][0] for r in changed if r in before}
    _forget([i.record_id for i in moving if i.record_id in before], before)

    occupied = _occupied([before[i.record_id][0] for i in moving if i.record_id in before])
    by_key, placed = _candidates({k for i in moving for k in keys[i.record_id]})
    decided = _decisions([i.record_id for i in moving])
    _load({other for words in decided.values() for other in words}, placed)
    fresh_clusters = iter(_new_cluster_ids(len(moving)))
    rows: list[tuple[Incoming, int, int | None, Verdict | None]] = []
    clusters: list[tuple[int, int]] = []
    joined = 0
    alone = set()  # new clusters of one record: written complete, nothing to recount
    for i in moving:
        match, verdict = _best(i, keys[i.record_id], by_key, placed, decided.get(i.record_id, {}))
        own = before[i.record_id][0] if i.record_id in before else None
        if match is None and own is not None and own not in occupied:
            # nobody else is left there: the publication keeps its permanent address (JOIN-14)
            cluster_id = own
            rows.append((i, cluster_id, None, None))
        elif match is None:
            cluster_id = next(fresh_clusters)
            clusters.append((cluster_id, i.record_id))
            alone.add(cluster_id)
            rows.append((i, cluster_id, None, None))
        else:
            cluster_id, joined = match.cluster_id, joined + 1
            alone.discard(cluster_id)
            rows.append((i, cluster_id, match.record_id, verdict))
        occupied.add(cluster_id)
        touched.add(cluster_id)
        placed[i.record_id] = _Placed(i.record_id, cluster_id, i.fingerprint)
        for key in keys[i.record_id]:
            by_key.setdefault(key, []).append(i.record_id)
    _write(rows, clusters, keys)
    settle(touched - alone)
    _lead_on({before[i.record_id][0]: cluster_id for i, cluster_id, *_ in rows if i.record_id in before}, occupied)
    left = {i.record_id: before[i.record_id][0] for i in moving if i.record_id in before}
    return Attached(frozenset(touched), joined), left


def remove(record_ids: Sequence[int]) -> frozenset[int]:
    """Take records out of their clusters (withdrawn, undone). Returns the clusters that changed."""
    before = _current_memberships(record_ids)
    _forget(list(before), before)
    touched = {cluster for cluster, _ in before.values()}
    settle(touched)
    return frozenset(touched) | reform({record_id: cluster for record_id, (cluster, _) in before.items()})


def reform(left: dict[int, int]) -> frozenset[int]:
    """Place again what only a record that left its cluster had brought into it (rule JOIN-11).

    A cluster that would be empty keeps the first of them, so that its permanent address leads somewhere.
    """
    if not left:
        return frozenset()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT m.cluster_id, m.record_id, m.matched_record_id, m.fingerprint, m.completeness"
            " FROM unnest(%s::bigint[]) AS wanted(id)"
            " CROSS JOIN LATERAL (SELECT * FROM union_membership WHERE cluster_id = wanted.id OFFSET 0) m"
            " ORDER BY m.cluster_id, m.record_id",
            [sorted(set(left.values()))],
        )
        members = cursor.fetchall()
    orphans = [m for m in members if m[2] in left and left[m[2]] == m[0]]
    if not orphans:
        return frozenset()
    anchored = {m[0] for m in members if m[2] not in left}
    again: list[Incoming] = []
    heads: list[int] = []
    for cluster_id, record_id, _matched, text, said in orphans:
        if cluster_id in anchored:
            again.append(Incoming(record_id, Fingerprint.loads(text), said, is_new=False))
        else:
            anchored.add(cluster_id)
            heads.append(record_id)
    if heads:
        Membership.objects.filter(record_id__in=heads).update(matched_record_id=None, score=None, reasons=[])
    placed, moved = _place(again, again=True) if again else (Attached(frozenset(), 0), {})
    now = _current_memberships(list(moved))
    really = {record_id: old for record_id, old in moved.items() if now[record_id][0] != old}
    return placed.clusters | reform(really)


def settle(cluster_ids: Iterable[int]) -> None:
    """Recount clusters and choose their preferred record: of an open library, most complete, oldest (rule JOIN-13)."""
    ids = sorted(set(cluster_ids))
    if not ids:
        return
    closed = closed_library_ids()
    ranked: dict[int, list[tuple[bool, int, int]]] = {cluster_id: [] for cluster_id in ids}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT m.cluster_id, m.record_id, m.completeness, r.library_id FROM unnest(%s::bigint[]) AS wanted(id)"
            " CROSS JOIN LATERAL (SELECT * FROM union_membership WHERE cluster_id = wanted.id OFFSET 0) m"
            " CROSS JOIN LATERAL (SELECT library_id FROM catalog_bibrecord WHERE id = m.record_id OFFSET 0) r",
            [ids],
        )
        for cluster_id, record_id, said, library_id in cursor:
            ranked[cluster_id].append((library_id in closed, -said, record_id))
        cursor.execute(
            "UPDATE union_cluster c SET size = n.size, preferred_id = n.preferred"
            " FROM unnest(%s::bigint[], %s::integer[], %s::bigint[]) AS n(id, size, preferred)"
            " WHERE c.id = n.id AND (c.size, c.preferred_id) IS DISTINCT FROM (n.size, n.preferred)",
            [ids, [len(ranked[i]) for i in ids], [min(ranked[i])[2] if ranked[i] else None for i in ids]],
        )


def _best(
    i: Incoming,
    keys: Sequence[int],
    by_key: dict[int, list[int]],
    placed: dict[int, _Placed],
    words: dict[int, bool],
) -> tuple[_Placed | None, Verdict | None]:
    """The record to join, if any. ``words``: what people said of this record and others; it always counts (JOIN-10)."""
    for other_id, same in words.items():
        if same and other_id in placed:
            return placed[other_id], decide_same(i.fingerprint, placed[other_id].fingerprint)
    apart = {placed[r].cluster_id for r, same in words.items() if not same and r in placed}
    candidates: dict[int, None] = {}
    for key in keys:
        for record_id in by_key.get(key, ())[:CANDIDATES_PER_KEY]:
            candidates[record_id] = None
    best: tuple[_Placed | None, Verdict | None] = (None, None)
    for record_id in list(candidates)[:CANDIDATES_PER_RECORD]:
        other = placed[record_id]
        if record_id == i.record_id or other.cluster_id in apart:
            continue
        verdict = decide_same(i.fingerprint, other.fingerprint)
        if verdict.same and (best[1] is None or verdict.score > best[1].score):
            best = (other, verdict)
    return best


def _current_memberships(record_ids: Sequence[int]) -> dict[int, tuple[int, str]]:
    if not record_ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT record_id, cluster_id, fingerprint FROM union_membership WHERE record_id = ANY(%s)",
            [list(record_ids)],
        )
        return {record: (cluster, text) for record, cluster, text in cursor.fetchall()}


def _forget(record_ids: Sequence[int], before: dict[int, tuple[int, str]]) -> None:
    if not record_ids:
        return
    pairs = [(k, r) for r in record_ids for k in match_keys(Fingerprint.loads(before[r][1]))]
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM union_membership WHERE record_id = ANY(%s)", [list(record_ids)])
        cursor.execute(
            "DELETE FROM union_matchkey k USING unnest(%s::bigint[], %s::bigint[]) AS gone(key, record_id) "
            "WHERE k.key = gone.key AND k.record_id = gone.record_id",
            [[p[0] for p in pairs], [p[1] for p in pairs]],
        )


def _candidates(keys: set[int]) -> tuple[dict[int, list[int]], dict[int, _Placed]]:
    by_key: dict[int, list[int]] = {}
    placed: dict[int, _Placed] = {}
    if not keys:
        return by_key, placed
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT wanted.key, k.record_id, m.cluster_id, m.fingerprint
            FROM unnest(%s::bigint[]) AS wanted(key)
            CROSS JOIN LATERAL (
                SELECT record_id FROM union_matchkey
                WHERE union_matchkey.key = wanted.key ORDER BY record_id LIMIT %s
            ) k
            CROSS JOIN LATERAL (
                SELECT cluster_id, fingerprint FROM union_membership WHERE record_id = k.record_id OFFSET 0
            ) m
            """,
            [list(keys), CANDIDATES_PER_KEY],
        )
        for key, record_id, cluster_id, text in cursor:
            by_key.setdefault(key, []).append(record_id)
            if record_id not in placed:
                placed[record_id] = _Placed(record_id, cluster_id, Fingerprint.loads(text))
    return by_key, placed


def _decisions(record_ids: Sequence[int]) -> dict[int, dict[int, bool]]:
    """Record id → what people decided of it and another: other record id → same or not."""
    wanted = set(record_ids)
    out: dict[int, dict[int, bool]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT left_id, right_id, same FROM union_pairdecision WHERE left_id = ANY(%s) OR right_id = ANY(%s)",
            [list(wanted), list(wanted)],
        )
        for left, right, same in cursor:
            if left in wanted:
                out.setdefault(left, {})[right] = same
            if right in wanted:
                out.setdefault(right, {})[left] = same
    return out


def _occupied(cluster_ids: Sequence[int]) -> set[int]:
    """Those of the clusters that have members."""
    if not cluster_ids:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT cluster_id FROM union_membership WHERE cluster_id = ANY(%s)", [sorted(set(cluster_ids))]
        )
        return {row[0] for row in cursor.fetchall()}


def _lead_on(moved: dict[int, int], occupied: set[int]) -> None:
    """Let the addresses of clusters that everyone left lead to where they went (JOIN-14)."""
    emptied = {old: new for old, new in moved.items() if old != new and old not in occupied}
    if not emptied:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE union_cluster c SET merged_into_id = n.new FROM unnest(%s::bigint[], %s::bigint[]) AS n(old, new)"
            " WHERE c.id = n.old AND c.size = 0",
            [list(emptied), list(emptied.values())],
        )


def _renew_completeness(staying: Sequence[Incoming]) -> None:
    """A record that stays where it is may say more than before: it may be the preferred one now (JOIN-13)."""
    if not staying:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE union_membership m SET completeness = n.said"
            " FROM unnest(%s::bigint[], %s::smallint[]) AS n(id, said)"
            " WHERE m.record_id = n.id AND m.completeness <> n.said",
            [[i.record_id for i in staying], [i.completeness for i in staying]],
        )


def _load(record_ids: set[int], placed: dict[int, _Placed]) -> None:
    missing = [r for r in record_ids if r not in placed]
    for record_id, (cluster_id, text) in _current_memberships(missing).items():
        placed[record_id] = _Placed(record_id, cluster_id, Fingerprint.loads(text))


def _new_cluster_ids(count: int) -> list[int]:
    if not count:
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('union_cluster_id_seq') FROM generate_series(1, %s)", [count])
        return [row[0] for row in cursor.fetchall()]


def _write(
    rows: Sequence[tuple[Incoming, int, int | None, Verdict | None]],
    clusters: Sequence[tuple[int, int]],
    keys: dict[int, list[int]],
) -> None:
    with connection.cursor() as cursor:
        with cursor.copy("COPY union_cluster (id, preferred_id, size, created_at) FROM STDIN") as copy:
            for cluster_id, record_id in clusters:
                copy.write_row((cluster_id, record_id, 1, "now"))
        with cursor.copy(
            "COPY union_membership (record_id, cluster_id, fingerprint, completeness, matched_record_id, score,"
            " reasons, rule_version) FROM STDIN"
        ) as copy:
            for i, cluster_id, matched, verdict in rows:
                reasons = orjson.dumps([r.as_dict() for r in verdict.reasons]).decode() if verdict else "[]"
                score = verdict.score if verdict else None
                copy.write_row(
                    (
                        i.record_id,
                        cluster_id,
                        i.fingerprint.dumps(),
                        i.completeness,
                        matched,
                        score,
                        reasons,
                        RULE_VERSION,
                    )
                )
        with cursor.copy("COPY union_matchkey (key, record_id) FROM STDIN") as copy:
            for i, *_ in rows:
                for key in dict.fromkeys(keys[i.record_id]):
                    copy.write_row((key, i.record_id))
