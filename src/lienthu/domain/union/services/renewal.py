"""Compare all records anew, in chunks: after a rule was switched on, or when a release reads otherwise (CLU-16).

Each chunk is one transaction with its checkpoint in it and leaves a sound union: every edge is one of the former rule
or of the new one. Records go by number and are compared with older ones, so every pair is scored once.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection, transaction
from django.utils import timezone

from lienthu.domain.catalog.authority_selectors import records_under
from lienthu.domain.catalog.selectors import marc_of
from lienthu.domain.catalog.services.rereading import reread_piece
from lienthu.domain.union.fingerprint import FINGERPRINT_VERSION, Fingerprint, completeness, fingerprint, match_keys
from lienthu.domain.union.models import Membership, Rerun
from lienthu.domain.union.name_selectors import known_names
from lienthu.domain.union.rule_selectors import rule_in_force
from lienthu.domain.union.services.book import Book
from lienthu.domain.union.services.edges import find_edges, forget, forget_keys, store_edges, store_keys
from lienthu.domain.union.services.placing import place
from lienthu.domain.union.services.plan import Cause
from lienthu.domain.union.services.settling import lock_union, settle
from lienthu.domain.union.services.touch import touch_records
from lienthu.domain.union.works import work_key
from lienthu.foundation.marc.describe import describe
from lienthu.platform.actor import Actor
from lienthu.platform.services import audit, changes

CHUNK = 500
_WORKER = Actor.system("worker")
_UNDER_ONE = 2000  # of a very productive person the first; the others follow when they change


@transaction.atomic
def begin_renewal(*, actor: Actor) -> Rerun | None:
    """Begin, if any record was read or compared otherwise than now; None if none was. One that runs is begun again.

    Where records must be read anew, all match keys go first: those of an earlier version find nothing.
    """
    lock_union()
    rule = rule_in_force()
    running = Rerun.objects.filter(kind=Rerun.Kind.RENEWAL, status=Rerun.Status.RUNNING).first()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT fingerprint_version <> %s FROM union_membership WHERE fingerprint_version <> %s"
            " OR rule_version <> %s ORDER BY 1 DESC LIMIT 1",
            [FINGERPRINT_VERSION, FINGERPRINT_VERSION, rule.version],
        )
        outdated = cursor.fetchone()
        if outdated is None:
            return None
        if running is not None and running.rule_version == rule.version and (running.new_keys or not outdated[0]):
            return running  # it goes on where it was
        if running is not None:
            running.status, running.finished_at = Rerun.Status.STOPPED, timezone.now()
            running.save(update_fields=["status", "finished_at"])
        if outdated[0]:
            cursor.execute("TRUNCATE union_matchkey")
        cursor.execute("SELECT count(*) FROM union_membership")
        total = int(cursor.fetchone()[0])
    rerun = Rerun.objects.create(
        kind=Rerun.Kind.RENEWAL, rule_version=rule.version, new_keys=bool(outdated[0]), total=total,
        started_by=actor.name[:120],
    )  # fmt: skip
    audit.record("union.renewal_begun", rerun, actor=actor, rule=rule.version, records=total)
    return rerun


@transaction.atomic
def renew_chunk(rerun_id: int, size: int = CHUNK) -> bool:
    """Compare the next records anew; False when there are no more. Safe to run again after a kill."""
    lock_union()
    rerun = Rerun.objects.select_for_update().get(pk=rerun_id)
    if rerun.status != Rerun.Status.RUNNING:
        return False
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT record_id, cluster_id, fingerprint, fingerprint_version, completeness FROM union_membership"
            " WHERE record_id > %s ORDER BY record_id LIMIT %s",
            [rerun.after, size],
        )
        rows = cursor.fetchall()
    if not rows:
        rerun.status, rerun.finished_at = Rerun.Status.DONE, timezone.now()
        rerun.save(update_fields=["status", "finished_at"])
        return False
    _renew(rows, Book(rule_in_force(), known_names()), new_keys=rerun.new_keys)
    rerun.after, rerun.done = rows[-1][0], rerun.done + len(rows)
    rerun.save(update_fields=["after", "done"])
    return True


def _renew(rows: Sequence[tuple[int, int, str, int, int]], book: Book, *, new_keys: bool) -> None:
    outdated = {r[0] for r in rows if r[3] != FINGERPRINT_VERSION}
    read = {record_id: describe(record) for record_id, record in marc_of(sorted(outdated)).items()} if outdated else {}
    prints: dict[int, Fingerprint] = {}
    said: dict[int, int] = {}
    for record_id, cluster_id, text, _version, complete in rows:
        description = read.get(record_id)
        if description is None:
            book.add(record_id, cluster_id, text)
            prints[record_id], said[record_id] = book.fingerprint(record_id), complete
        else:
            prints[record_id], said[record_id] = fingerprint(description), completeness(description)
            book.arrive(record_id, cluster_id, prints[record_id])
    keys = {record_id: match_keys(f) for record_id, f in prints.items()}
    neighbours = forget(keys, as_right_only=True)
    store_edges(find_edges(keys, book, older_only=True), book.rule.version)
    if new_keys:
        forget_keys(keys)  # of records that came in while this was going on
        store_keys(keys)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE union_membership m SET fingerprint = n.text, completeness = n.said, rule_version = %s,"
            " fingerprint_version = %s, work_key = CASE WHEN n.read THEN n.work ELSE m.work_key END"
            " FROM unnest(%s::bigint[], %s::text[], %s::smallint[], %s::boolean[], %s::bigint[])"
            " AS n(id, text, said, read, work) WHERE m.record_id = n.id",
            [
                book.rule.version, FINGERPRINT_VERSION, list(keys), [prints[r].dumps() for r in keys],
                [said[r] for r in keys], [r in read for r in keys],
                [work_key(read[r]) if r in read else None for r in keys],
            ],
        )  # fmt: skip
    plan = place({}, (), set(keys) | neighbours, book, cause=Cause("rule"))
    rest = {r[1] for r in rows} - plan.touched
    changes.publish("cluster.changed", plan.changed | settle(rest))


@transaction.atomic
def reread_notes() -> bool:
    """Read some records again after an upgrade and tell of what is shown otherwise (IMP-33); False: nothing is left."""
    changed = reread_piece(actor=_WORKER)
    if changed:
        touch_records(sorted(changed))
    return changed is not None


@transaction.atomic
def follow_names(limit: int = 500) -> bool:
    """Compare again what stands under authorities whose names changed, or came to stand under one (MAT-26).

    Of those only records with a name that is another's heading elsewhere: for the others nothing changed. Returns
    whether anything waited; if it fails the news waits on.
    """
    with (
        changes.drain("union.names", max(1, limit // 50)) as authority_ids,
        changes.drain("union.headings", limit) as headed,
    ):
        record_ids = {r for a in authority_ids for r in records_under(a, limit=_UNDER_ONE)} | set(headed)
        if record_ids:
            _compare_again(sorted(record_ids))
        return bool(authority_ids or headed)


def _compare_again(record_ids: Sequence[int]) -> None:
    lock_union()
    names = known_names()
    book = Book(rule_in_force(), names)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT record_id, cluster_id, fingerprint FROM union_membership WHERE record_id = ANY(%s)",
            [list(record_ids)],
        )
        for record_id, cluster_id, text in cursor.fetchall():
            book.add(record_id, cluster_id, text)
    keys = {r: match_keys(book.fingerprint(r)) for r in book.cluster if book.compared(r) is not book.fingerprint(r)}
    if not keys:
        return
    neighbours = forget(keys)
    forget_keys(keys)  # or two of them would find each other twice
    store_edges(find_edges(keys, book), book.rule.version)
    store_keys(keys)
    plan = place({}, (), set(keys) | neighbours, book, cause=Cause("rule"))
    changes.publish("cluster.changed", plan.changed)


def renewal_needed() -> bool:
    """Whether any record was read or compared otherwise than now. Reads the table when none was."""
    stale = Membership.objects.exclude(fingerprint_version=FINGERPRINT_VERSION, rule_version=rule_in_force().version)
    return stale.exists()
