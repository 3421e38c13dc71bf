"""Versions of the matching rule: written down, tried on the whole catalogue aside, switched on or dropped (CLU-15)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from lienthu.domain.union.errors import RuleRefused
from lienthu.domain.union.fingerprint import Fingerprint, match_keys
from lienthu.domain.union.models import Rerun, RuleVersion, TrialEdge, TrialGroup
from lienthu.domain.union.name_selectors import known_names
from lienthu.domain.union.partition import Link, Pair, Sets, partition
from lienthu.domain.union.rule_selectors import rule_in_force, rule_of
from lienthu.domain.union.scoring.rules import Rule, shipped
from lienthu.domain.union.services.book import Book
from lienthu.domain.union.services.components import words_on
from lienthu.domain.union.services.edges import find_edges
from lienthu.domain.union.services.renewal import begin_renewal
from lienthu.domain.union.services.settling import lock_union
from lienthu.platform.actor import Actor
from lienthu.platform.services import audit

CHUNK = 1000
SAMPLES = 50
Status = RuleVersion.Status


@transaction.atomic
def draft_rule(rule: Rule, *, actor: Actor, note: str = "") -> RuleVersion:
    """Write down a rule under its version. Raises RuleRefused for a version that is taken."""
    if rule.version == shipped().version or RuleVersion.objects.filter(version=rule.version).exists():
        raise RuleRefused.taken(rule.version)
    row = RuleVersion.objects.create(
        version=rule.version, rule=rule.as_json(), note=note[:2000], created_by=actor.name[:120]
    )
    audit.record("union.rule_drafted", row, actor=actor, version=rule.version)
    return row


@transaction.atomic
def begin_trial(version: int, *, actor: Actor) -> Rerun:
    """Begin to try a rule on the whole catalogue; an earlier trial of it is forgotten. Raises RuleRefused."""
    row = _row(version)
    if row.status not in (Status.DRAFT, Status.TRIED, Status.RETIRED, Status.DROPPED):
        raise RuleRefused.state(version, row.get_status_display())
    if Rerun.objects.filter(kind=Rerun.Kind.TRIAL, status=Rerun.Status.RUNNING).exists():
        raise RuleRefused.busy()
    _forget_trial(version)
    row.status, row.report = Status.TRIAL, {}
    row.save(update_fields=["status", "report"])
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM union_membership")
        total = int(cursor.fetchone()[0])
    rerun = Rerun.objects.create(kind=Rerun.Kind.TRIAL, rule_version=version, total=total, started_by=actor.name[:120])
    audit.record("union.trial_begun", row, actor=actor, version=version)
    return rerun


@transaction.atomic
def try_chunk(rerun_id: int, size: int = CHUNK) -> bool:
    """Go on with a trial: scores, then groups, then what would change. False when it is done or was stopped."""
    rerun = Rerun.objects.select_for_update().get(pk=rerun_id)
    rule = rule_of(rerun.rule_version)
    if rerun.status != Rerun.Status.RUNNING or rule is None:
        return False
    if rerun.phase == "compare":
        RuleVersion.objects.filter(version=rule.version).update(report=_compare(rule.version), status=Status.TRIED)
        rerun.status, rerun.finished_at = Rerun.Status.DONE, timezone.now()
        rerun.save(update_fields=["status", "finished_at"])
        return False
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT record_id, cluster_id, fingerprint FROM union_membership WHERE record_id > %s"
            " ORDER BY record_id LIMIT %s",
            [rerun.after, size],
        )
        rows = cursor.fetchall()
    if not rows:
        rerun.phase, rerun.after, rerun.done = ("group" if rerun.phase == "score" else "compare"), 0, 0
    else:
        (_score if rerun.phase == "score" else _group)(rows, rule)
        rerun.after, rerun.done = rows[-1][0], rerun.done + len(rows)
    rerun.save(update_fields=["phase", "after", "done"])
    return True


@transaction.atomic
def switch_on(version: int, *, actor: Actor) -> Rerun | None:
    """Let a tried rule be in force, from now on for what arrives, and renew all edges by it in the background.

    Also a rule that was in force earlier. Returns the renewal to be worked off; None when nothing is to be renewed.
    Raises RuleRefused.
    """
    lock_union()
    row = _row(version)
    if row.status not in (Status.TRIED, Status.RETIRED):
        raise RuleRefused.state(version, row.get_status_display())
    before = _row(rule_in_force().version)
    RuleVersion.objects.filter(status=Status.ACTIVE).update(status=Status.RETIRED)
    row.status = Status.ACTIVE
    row.save(update_fields=["status"])
    _forget_trial(version)
    audit.record("union.rule_switched_on", row, actor=actor, version=version, before=before.version)
    return begin_renewal(actor=actor)


@transaction.atomic
def drop(version: int, *, actor: Actor) -> None:
    """Drop a rule that was drafted or tried, with all that its trial found; one that runs stops. Raises RuleRefused."""
    row = _row(version)
    if row.status in (Status.ACTIVE, Status.RETIRED):
        raise RuleRefused.state(version, row.get_status_display())
    Rerun.objects.filter(kind=Rerun.Kind.TRIAL, rule_version=version, status=Rerun.Status.RUNNING).update(
        status=Rerun.Status.STOPPED, finished_at=timezone.now()
    )
    _forget_trial(version)
    row.status = Status.DROPPED
    row.save(update_fields=["status"])
    audit.record("union.rule_dropped", row, actor=actor, version=version)


def _row(version: int) -> RuleVersion:
    """The version, locked. The shipped one gets its row when it is first spoken of."""
    row = RuleVersion.objects.select_for_update().filter(version=version).first()
    if row is not None:
        return row
    if version != shipped().version:
        raise RuleRefused.unknown(version)
    nobody = not RuleVersion.objects.filter(status=Status.ACTIVE).exists()
    return RuleVersion.objects.create(
        version=version, rule=shipped().as_json(), created_by="", status=Status.ACTIVE if nobody else Status.RETIRED
    )


def _forget_trial(version: int) -> None:
    TrialEdge.objects.filter(rule_version=version).delete()
    TrialGroup.objects.filter(rule_version=version).delete()


def _score(rows: Sequence[tuple[int, int, str]], rule: Rule) -> None:
    book = Book(rule, known_names())
    keys = {}
    for record_id, cluster_id, text in rows:
        book.add(record_id, cluster_id, text)
        keys[record_id] = match_keys(Fingerprint.loads(text))
    found = find_edges(keys, book, older_only=True)
    with (
        connection.cursor() as cursor,
        cursor.copy("COPY union_trialedge (rule_version, left_id, right_id, score, verdict) FROM STDIN") as copy,
    ):
        for f in found:
            copy.write_row((rule.version, f.left, f.right, f.scored.score, f.scored.verdict.value))


def _group(rows: Sequence[tuple[int, int, str]], rule: Rule) -> None:
    ids = [r[0] for r in rows]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT record_id FROM union_trialgroup WHERE rule_version = %s AND record_id = ANY(%s)",
            [rule.version, ids],
        )
        grouped = {row[0] for row in cursor.fetchall()}
    book = Book(rule, known_names())
    links, words, read = _hanging_together([i for i in ids if i not in grouped], rule.version, book)
    sets = Sets(read)
    for left, right, _ in links:
        sets.join(left, right)
    for (left, right), verdict in words.items():
        if verdict == "same" and left in read and right in read:
            sets.join(left, right)
    by_root: dict[int, tuple[list[Link], list[Pair], list[Pair]]] = {root: ([], [], []) for root in sets.members}
    for link in links:
        by_root[sets.find(link[0])][0].append(link)
    for pair, verdict in words.items():
        for root in {sets.find(r) for r in pair if r in read}:
            _, same, different = by_root[root]
            (same if verdict == "same" else different).append(pair)
    with (
        connection.cursor() as cursor,
        cursor.copy("COPY union_trialgroup (rule_version, record_id, group_id) FROM STDIN") as copy,
    ):
        for root, members in sets.members.items():
            for group in partition(members, *by_root[root], book.contradict).groups:
                for record_id in group:
                    if record_id not in grouped:  # one that changed its place since then stays where it was counted
                        copy.write_row((rule.version, record_id, group[0]))


def _hanging_together(seeds: Sequence[int], version: int, book: Book) -> tuple[list[Link], dict[Pair, str], set[int]]:
    links: dict[Pair, float] = {}
    words: dict[Pair, str] = {}
    read: set[int] = set()
    frontier = set(seeds)
    while frontier:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT record_id, cluster_id, fingerprint FROM union_membership WHERE record_id = ANY(%s)",
                [list(frontier)],
            )
            present = set()
            for record_id, cluster_id, text in cursor:
                present.add(record_id)
                book.add(record_id, cluster_id, text)
            read |= present
            cursor.execute(
                "SELECT e.left_id, e.right_id, e.score FROM unnest(%s::bigint[]) AS wanted(id) CROSS JOIN LATERAL ("
                " SELECT left_id, right_id, score FROM union_trialedge"
                " WHERE rule_version = %s AND left_id = wanted.id AND verdict = 'same' UNION ALL"
                " SELECT left_id, right_id, score FROM union_trialedge"
                " WHERE rule_version = %s AND right_id = wanted.id AND verdict = 'same' OFFSET 0) e",
                [list(present), version, version],
            )
            found = {(left, right): score for left, right, score in cursor.fetchall()}
        said = {(left, right): verdict for left, right, verdict in words_on(present)}
        links |= found
        words |= said
        onward = {r for pair in found for r in pair}
        onward |= {r for pair, verdict in said.items() if verdict == "same" for r in pair}
        frontier = onward - read - (frontier - present)
    inside = [(left, right, score) for (left, right), score in links.items() if left in read and right in read]
    return inside, words, read


def _compare(version: int) -> dict[str, Any]:
    """What would change: counts by kind, and samples to look at."""
    with connection.cursor() as cursor:

        def one(sql: str) -> int:
            cursor.execute(sql, {"version": version})
            return int(cursor.fetchone()[0] or 0)

        together = (
            " FROM union_trialgroup g JOIN union_membership m ON m.record_id = g.record_id"
            " WHERE g.rule_version = %(version)s"
        )
        merges = f" SELECT g.group_id{together} GROUP BY 1 HAVING count(DISTINCT m.cluster_id) > 1"
        splits = f" SELECT m.cluster_id{together} GROUP BY 1 HAVING count(DISTINCT g.group_id) > 1"
        doubtful = (
            "SELECT count(*) FROM union_trialedge e"
            " JOIN union_trialgroup l ON l.rule_version = e.rule_version AND l.record_id = e.left_id"
            " JOIN union_trialgroup r ON r.rule_version = e.rule_version AND r.record_id = e.right_id"
            " LEFT JOIN union_pairdecision p ON p.left_id = e.left_id AND p.right_id = e.right_id"
            " AND p.withdrawn_by_id IS NULL"
            " WHERE e.rule_version = %(version)s AND e.verdict = 'review' AND l.group_id <> r.group_id AND p.id IS NULL"
        )
        waiting = (
            "SELECT count(*) FROM union_edge e JOIN union_membership l ON l.record_id = e.left_id"
            " JOIN union_membership r ON r.record_id = e.right_id"
            " LEFT JOIN union_pairdecision p ON p.left_id = e.left_id AND p.right_id = e.right_id"
            " AND p.withdrawn_by_id IS NULL"
            " WHERE e.verdict = 'review' AND l.cluster_id <> r.cluster_id AND p.id IS NULL"
        )
        report: dict[str, Any] = {
            "records": one(f"SELECT count(*){together}"),
            "clusters_before": one(f"SELECT count(DISTINCT m.cluster_id){together}"),
            "clusters_after": one(f"SELECT count(DISTINCT g.group_id){together}"),
            "would_merge": one(f"SELECT count(*) FROM ({merges}) x"),  # noqa: S608 -- ours  # constants
            "would_split": one(f"SELECT count(*) FROM ({splits}) x"),  # noqa: S608 -- ours  # constants
            "records_concerned": one(
                f"SELECT count(*){together} AND (g.group_id IN ({merges}) OR m.cluster_id IN ({splits}))"
            ),
            "review_before": one(waiting),
            "review_after": one(doubtful),
        }
        cursor.execute(
            f"SELECT g.group_id, array_agg(DISTINCT m.cluster_id){together} AND g.group_id IN ({merges})"
            " GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT %(samples)s",
            {"version": version, "samples": SAMPLES},
        )
        report["merge_samples"] = [{"clusters": sorted(clusters)} for _, clusters in cursor.fetchall()]
        cursor.execute(
            "SELECT cluster_id, array_agg(records ORDER BY records[1]) FROM (SELECT m.cluster_id, g.group_id,"  # noqa: S608 -- ours
            f" (array_agg(m.record_id ORDER BY m.record_id))[1:1]{together} AND m.cluster_id IN ({splits})"
            " GROUP BY 1, 2) AS x(cluster_id, group_id, records) GROUP BY 1 ORDER BY 1 LIMIT %(samples)s",
            {"version": version, "samples": SAMPLES},
        )
        report["split_samples"] = [
            {"cluster": cluster, "first_of_each": [r[0] for r in records]} for cluster, records in cursor.fetchall()
        ]
    return report
