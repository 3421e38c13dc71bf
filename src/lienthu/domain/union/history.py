"""The history of addresses, and what people decided: reading (CLU-11, CLU-12)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Q

from lienthu.domain.union.models import Act, ClusterEvent, Membership, PairDecision


@dataclass(frozen=True, slots=True)
class ActRow:
    """An act as it is told: ``reverted`` when an act in effect takes it back, ``reverts`` what it takes back."""

    id: int
    kind: str
    actor: str
    at: datetime
    note: str
    reverts: int | None
    reverted: bool
    pairs: int


@dataclass(frozen=True, slots=True)
class EventRow:
    """Records went from ``other_id`` to ``cluster_id``. ``kind``: merged, split or moved."""

    id: int
    at: datetime
    kind: str
    cause: str
    cluster_id: int
    other_id: int
    records: tuple[int, ...]
    count: int
    act: ActRow | None


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """A word on a pair. ``stands``: no act has withdrawn it.

    ``rule_version``, ``score`` and ``levels``: what the rule in force said of the pair then; None and "" for words of
    before that was kept, and for records that were withdrawn.
    """

    id: int
    left: int
    right: int
    verdict: str
    decided_by: str
    at: datetime
    act_id: int
    stands: bool
    rule_version: int | None = None
    score: float | None = None
    levels: str = ""


def history_of(cluster_id: int, limit: int = 200) -> list[EventRow]:
    """What became of an address and what came to it, the newest first. Four queries at most."""
    events = list(
        ClusterEvent.objects.filter(Q(cluster_id=cluster_id) | Q(other_id=cluster_id)).order_by("-id")[:limit]
    )
    acts = {a.id: a for a in acts_by_id([e.act_id for e in events if e.act_id])}
    return [
        EventRow(
            e.pk, e.at, e.kind, e.cause, e.cluster_id, e.other_id, tuple(e.records), e.count,
            acts.get(e.act_id) if e.act_id else None,
        )
        for e in events
    ]  # fmt: skip


def decisions_in(cluster_id: int, *, withdrawn_too: bool = False) -> list[DecisionRow]:
    """What people said of records of a cluster and any others, the newest first. Two queries."""
    ids = list(Membership.objects.filter(cluster_id=cluster_id).values_list("record_id", flat=True))
    return decisions_of(ids, withdrawn_too=withdrawn_too)


def decisions_of(record_ids: Sequence[int], *, withdrawn_too: bool = False) -> list[DecisionRow]:
    """What people said of these records and any others, the newest first. One query."""
    found = PairDecision.objects.filter(Q(left_id__in=record_ids) | Q(right_id__in=record_ids)).order_by("-id")
    if not withdrawn_too:
        found = found.filter(withdrawn_by=None)
    return [_row(d) for d in found]


def _row(d: PairDecision) -> DecisionRow:
    return DecisionRow(
        d.pk, d.left_id, d.right_id, d.verdict, d.decided_by, d.decided_at, d.act_id, d.withdrawn_by_id is None,
        d.rule_version, d.score, d.levels,
    )  # fmt: skip


def recent_acts(before: int | None = None, limit: int = 50) -> list[ActRow]:
    """Acts, the newest first, by keyset. Three queries."""
    found = Act.objects.order_by("-id")
    if before is not None:
        found = found.filter(pk__lt=before)
    return acts_by_id(list(found.values_list("pk", flat=True)[:limit]))


def acts_by_id(ids: Sequence[int]) -> list[ActRow]:
    """These acts, the newest first. Up to four queries: reverts of reverts are followed twice."""
    if not ids:
        return []
    acts = list(Act.objects.filter(pk__in=ids).order_by("-id"))
    reverting: dict[int, list[int]] = {}
    wanted = [a.pk for a in acts]
    while wanted:
        found = list(Act.objects.filter(reverts_id__in=wanted).values_list("pk", "reverts_id"))
        for act_id, reverted in found:
            reverting.setdefault(reverted, []).append(act_id)
        wanted = [act_id for act_id, _ in found]
    counts: dict[int, int] = {}
    for act_id in PairDecision.objects.filter(act_id__in=ids, restored_by=None).values_list("act_id", flat=True):
        counts[act_id] = counts.get(act_id, 0) + 1

    def in_effect(act_id: int) -> bool:
        return not any(in_effect(r) for r in reverting.get(act_id, ()))

    return [
        ActRow(a.pk, a.kind, a.actor_name, a.at, a.note, a.reverts_id, not in_effect(a.pk), counts.get(a.pk, 0))
        for a in acts
    ]


def acts_about(act_ids: Collection[int], libraries: Collection[int]) -> frozenset[int]:
    """Which of these acts said, withdrew or restored a word on a record of any of these libraries. One query."""
    if not act_ids or not libraries:
        return frozenset()
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT DISTINCT spoken.act_id FROM (
                SELECT act_id, left_id, right_id FROM union_pairdecision WHERE act_id = ANY(%(acts)s)
                UNION ALL
                SELECT restored_by_id, left_id, right_id FROM union_pairdecision WHERE restored_by_id = ANY(%(acts)s)
                UNION ALL
                SELECT withdrawn_by_id, left_id, right_id FROM union_pairdecision WHERE withdrawn_by_id = ANY(%(acts)s)
            ) spoken
            JOIN catalog_bibrecord r ON r.id IN (spoken.left_id, spoken.right_id)
            WHERE r.library_id = ANY(%(libraries)s)
            """,
            {"acts": list(act_ids), "libraries": list(libraries)},
        )
        return frozenset(row[0] for row in cursor.fetchall())


def decisions_by_act(act_id: int, limit: int = 200) -> list[DecisionRow]:
    """What an act said, in the order of the records. One query."""
    found = PairDecision.objects.filter(act_id=act_id, restored_by=None).order_by("left_id", "right_id")[:limit]
    return [_row(d) for d in found]
