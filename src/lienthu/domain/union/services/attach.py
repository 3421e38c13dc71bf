"""Put records into clusters, a chunk at a time, and take them out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.db import connection

from lienthu.domain.union.fingerprint import FINGERPRINT_VERSION, Fingerprint, MatchKeys, match_keys
from lienthu.domain.union.name_selectors import known_names
from lienthu.domain.union.rule_selectors import rule_in_force
from lienthu.domain.union.services.book import Book
from lienthu.domain.union.services.edges import SAME_KEPT, find_edges, forget, forget_keys, store_edges, store_keys
from lienthu.domain.union.services.placing import place
from lienthu.domain.union.services.plan import Cause, Newcomer, Plan
from lienthu.domain.union.services.settling import lock_union, settle

_FEW = 3  # a record with fewer links left than this is scored again when one it was linked to goes


class Incoming(NamedTuple):
    """A record to be placed: new, or changed so that it may belong elsewhere now. ``keys``: those it is found by."""

    record_id: int
    is_new: bool
    fingerprint: Fingerprint
    keys: MatchKeys
    completeness: int
    work_key: int | None = None


@dataclass(frozen=True, slots=True)
class Attached:
    """What a chunk's placing did: clusters whose content changed, and how many records joined another's cluster."""

    clusters: frozenset[int]
    joined: int


def attach(incoming: Sequence[Incoming]) -> Attached:
    """Place the records (rules JOIN-1, CLU-1 to CLU-10). Runs inside the caller's transaction, in bulk statements.

    The number of statements does not depend on the number of records. Records of the chunk are found by one
    another as well as by what is stored. What a changed record was linked to is formed anew
    (JOIN-11).
    """
    if not incoming:
        return Attached(frozenset(), 0)
    lock_union()
    book = Book(rule_in_force(), known_names())
    before = _memberships([i.record_id for i in incoming if not i.is_new])
    stay = [i for i in incoming if i.record_id in before and before[i.record_id][1] == i.fingerprint.dumps()]
    staying = {i.record_id for i in stay}
    _renew_completeness(stay)
    moving = [i for i in incoming if i.record_id not in staying]
    changed = {i.record_id: before[i.record_id] for i in moving if i.record_id in before}
    keys: dict[int, MatchKeys] = {i.record_id: i.keys for i in moving}
    forget_keys({i.record_id: keys[i.record_id] for i in moving if i.record_id in changed})
    again, seeds = _let_go(changed)
    _rewrite([i for i in moving if i.record_id in changed], book.rule.version)

    for i in moving:
        book.arrive(i.record_id, before[i.record_id][0] if i.record_id in before else None, i.fingerprint)
    for record_id, (cluster_id, text) in again.items():
        book.add(record_id, cluster_id, text)
    orphans = {r: match_keys(book.fingerprint(r)) for r in again}
    found = find_edges(keys | orphans, book)
    store_edges(found, book.rule.version)
    store_keys(keys | orphans)
    newcomers = {
        i.record_id: Newcomer(i.fingerprint, i.completeness, i.work_key) for i in moving if i.record_id not in changed
    }
    leaving = {record_id: cluster for record_id, (cluster, _) in changed.items()}
    plan = place(newcomers, found, seeds | set(changed) | set(orphans), book, cause=Cause("import"), leaving=leaving)
    rest = {before[r][0] for r in staying} | {cluster for cluster, _ in changed.values()}
    settle(rest - plan.touched)
    touched = plan.touched | set(plan.founded) | rest
    return Attached(frozenset(touched), _joined(moving, plan, book))


def remove(record_ids: Sequence[int]) -> frozenset[int]:
    """Take records out of their clusters (withdrawn, undone). Returns the clusters that changed."""
    if not record_ids:
        return frozenset()
    lock_union()
    gone = _memberships(record_ids)
    book = Book(rule_in_force(), known_names())
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM union_membership WHERE record_id = ANY(%s)", [list(gone)])
    again, seeds = _let_go(gone)
    for record_id, (cluster_id, text) in again.items():
        book.add(record_id, cluster_id, text)
    orphans = {r: match_keys(book.fingerprint(r)) for r in again}
    if orphans:
        store_edges(find_edges(orphans, book), book.rule.version)
        store_keys(orphans)
    leaving = {record_id: cluster for record_id, (cluster, _) in gone.items()}
    plan = place({}, (), seeds | set(orphans), book, cause=Cause("import"), leaving=leaving)
    rest = set(leaving.values())
    settle(rest - plan.touched)
    return frozenset(plan.touched | rest)


def _let_go(gone: dict[int, tuple[int, str]]) -> tuple[dict[int, tuple[int, str]], set[int]]:
    """Forget keys and edges of records that change or go. Returns who must be scored again, and who was beside them.

    Only so many edges of a record are kept; one whose links went with these may have others that were not kept.
    """
    if not gone:
        return {}, set()
    neighbours = forget(gone)
    forget_keys({record_id: match_keys(Fingerprint.loads(text)) for record_id, (_, text) in gone.items()})
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT m.record_id FROM unnest(%s::bigint[]) AS wanted(id) CROSS JOIN LATERAL"
            " (SELECT record_id FROM union_membership WHERE cluster_id = wanted.id OFFSET 0) m",
            [list({cluster for cluster, _ in gone.values()})],
        )
        mates = {row[0] for row in cursor.fetchall()} - set(gone)
    short = _short_of_links(neighbours)
    if short:
        neighbours |= forget(short) - set(gone)
        forget_keys({record_id: match_keys(Fingerprint.loads(text)) for record_id, (_, text) in short.items()})
    return short, mates | neighbours


def _short_of_links(record_ids: set[int]) -> dict[int, tuple[int, str]]:
    if not record_ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT m.record_id, m.cluster_id, m.fingerprint FROM unnest(%s::bigint[]) AS wanted(id)"
            " CROSS JOIN LATERAL (SELECT record_id, cluster_id, fingerprint FROM union_membership"
            " WHERE record_id = wanted.id OFFSET 0) m"
            " JOIN union_cluster c ON c.id = m.cluster_id AND c.size > %s"
            " WHERE (SELECT count(*) FROM (SELECT 1 FROM union_edge WHERE left_id = m.record_id AND verdict = 'same'"
            " UNION ALL SELECT 1 FROM union_edge WHERE right_id = m.record_id AND verdict = 'same' LIMIT %s) e) < %s",
            [list(record_ids), SAME_KEPT, _FEW, _FEW],
        )
        return {record: (cluster, text) for record, cluster, text in cursor.fetchall()}


def _joined(moving: Sequence[Incoming], plan: Plan, book: Book) -> int:
    """How many of the records stand beside another now; one that founded its cluster in this chunk does not count."""
    mine: dict[int, list[int]] = {}
    for i in moving:
        r = i.record_id
        at = plan.placed.get(r) or (plan.moved[r][1] if r in plan.moved else book.cluster[r])
        mine.setdefault(int(at or 0), []).append(r)
    shared = [c for c in mine if c not in plan.founded]
    if not shared:
        return sum(len(records) - 1 for records in mine.values())
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, size FROM union_cluster WHERE id = ANY(%s)", [shared])
        size = dict(cursor.fetchall())
    return sum(len(records) if size.get(c, 0) > len(records) else len(records) - 1 for c, records in mine.items())


def _memberships(record_ids: Sequence[int]) -> dict[int, tuple[int, str]]:
    if not record_ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT record_id, cluster_id, fingerprint FROM union_membership WHERE record_id = ANY(%s)",
            [list(record_ids)],
        )
        return {record: (cluster, text) for record, cluster, text in cursor.fetchall()}


def _rewrite(changed: Sequence[Incoming], rule_version: int) -> None:
    if not changed:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE union_membership m SET fingerprint = n.fingerprint, completeness = n.said, work_key = n.work,"
            " rule_version = %s,"
            " fingerprint_version = %s"
            " FROM unnest(%s::bigint[], %s::text[], %s::smallint[], %s::bigint[]) AS n(id, fingerprint, said, work)"
            " WHERE m.record_id = n.id",
            [
                rule_version,
                FINGERPRINT_VERSION,
                [i.record_id for i in changed],
                [i.fingerprint.dumps() for i in changed],
                [i.completeness for i in changed],
                [i.work_key for i in changed],
            ],
        )


def _renew_completeness(staying: Sequence[Incoming]) -> None:
    """A record that stays where it is may say more than before: it may be the preferred one now (JOIN-13)."""
    if not staying:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE union_membership m SET completeness = n.said, work_key = n.work"
            " FROM unnest(%s::bigint[], %s::smallint[], %s::bigint[]) AS n(id, said, work)"
            " WHERE m.record_id = n.id AND (m.completeness, m.work_key) IS DISTINCT FROM (n.said, n.work)",
            [[i.record_id for i in staying], [i.completeness for i in staying], [i.work_key for i in staying]],
        )
