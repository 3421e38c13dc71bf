"""Decisions of people: they outlive every later run, and can be taken back as a whole (CLU-5, CLU-9, CLU-11)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from django.db import transaction
from django.db.models import Q

from lienthu.domain.catalog.models import BibRecord
from lienthu.domain.union.errors import ActRefused, NotInUnion
from lienthu.domain.union.fingerprint import Fingerprint
from lienthu.domain.union.history import acts_about
from lienthu.domain.union.models import Act, Cluster, Membership, PairDecision
from lienthu.domain.union.name_selectors import known_names
from lienthu.domain.union.partition import Pair
from lienthu.domain.union.rule_selectors import rule_in_force
from lienthu.domain.union.scoring.model import Scored, score_pair
from lienthu.domain.union.scoring.rules import Rule
from lienthu.domain.union.selectors import where_is
from lienthu.domain.union.services.book import Book
from lienthu.domain.union.services.placing import place
from lienthu.domain.union.services.plan import Cause, Plan
from lienthu.domain.union.services.settling import lock_union
from lienthu.domain.union.services.words import DIFFERENT, SAME, Word, Words
from lienthu.platform.actor import Actor
from lienthu.platform.services import audit, changes

AT_ONCE = 2000
"""Pairs decided in one act, at most."""


@transaction.atomic
def decide_pairs(pairs: Sequence[tuple[int, int, str]], *, actor: Actor, note: str = "") -> Act | None:
    """Call pairs of records the same, different, or to be decided later: one act, all of it or nothing.

    Returns None when all of it was said already. A word on the very same pair is replaced; one that contradicts
    another pair's, also through a chain, raises DecisionContradicts and nothing is written.
    """
    lock_union()
    said = {_pair(left, right): PairDecision.Verdict(verdict).value for left, right, verdict in pairs}
    if len(said) > AT_ONCE:
        raise ValueError(f"{len(said)} pairs at once; {AT_ONCE} is the most")
    _must_be_there({r for pair in said for r in pair})
    act, plan = _act("decide", said, actor=actor, note=note)
    if act is not None:
        audit.record("union.decide", act, actor=actor, pairs=len(said))
        changes.publish("cluster.changed", plan.touched)
    return act


@transaction.atomic
def set_apart(record_id: int, *, actor: Actor, note: str = "") -> int:
    """Take one record out of its cluster for good; returns where it stands then (rule JOIN-10)."""
    lock_union()
    membership = _membership(record_id)
    old = membership.cluster_id
    act, plan = _split("set_apart", old, [record_id], actor=actor, note=note)
    if act is None:
        return old
    now = Membership.objects.get(record_id=record_id).cluster_id
    audit.record("union.set_apart", membership.record, actor=actor, act=act.pk, cluster_before=old, cluster_after=now)
    changes.publish("cluster.changed", plan.touched)
    return now


@transaction.atomic
def split_off(record_ids: Sequence[int], *, actor: Actor, note: str = "") -> Act | None:
    """Take records of one cluster out of it, for good: none of them is the same as any left behind."""
    lock_union()
    places = dict(Membership.objects.filter(record_id__in=record_ids).values_list("record_id", "cluster_id"))
    for record_id in record_ids:
        if record_id not in places:
            raise NotInUnion.record(record_id)
    if len(set(places.values())) != 1:
        raise ValueError("the records stand in several clusters")
    old = next(iter(places.values()))
    act, plan = _split("split", old, sorted(places), actor=actor, note=note)
    if act is not None:
        audit.record("union.split", act, actor=actor, cluster=old, records=len(places))
        changes.publish("cluster.changed", plan.touched)
    return act


@transaction.atomic
def bring_together(record_id: int, cluster_id: int, *, actor: Actor, note: str = "") -> None:
    """Put a record, and only it, into a cluster by a person's word (JOIN-10).

    It is the same as every record there and different from those it leaves; earlier words on these pairs are replaced.
    """
    lock_union()
    membership = _membership(record_id)
    old = membership.cluster_id
    target = where_is(cluster_id)
    if old == target:
        return
    said = {_pair(record_id, other): DIFFERENT.value for other in _members(old) if other != record_id}
    there = _members(target) if target is not None else []
    if not there:
        raise NotInUnion.cluster(cluster_id)
    said |= {_pair(record_id, other): SAME.value for other in there}
    act, plan = _act("bring_together", said, actor=actor, note=note, leaving={record_id: old})
    if act is None:
        return
    now = Membership.objects.get(record_id=record_id).cluster_id
    audit.record(
        "union.bring_together", membership.record, actor=actor, act=act.pk, cluster_before=old, cluster_after=now
    )
    changes.publish("cluster.changed", plan.touched)


@transaction.atomic
def merge_clusters(cluster_ids: Sequence[int], *, actor: Actor, note: str = "") -> Act | None:
    """Make several clusters one: all their records are the same as the preferred one of the oldest."""
    lock_union()
    ids = sorted({now for i in cluster_ids if (now := where_is(i)) is not None})
    members = dict(Membership.objects.filter(cluster_id__in=ids).values_list("record_id", "cluster_id"))
    anchor = (
        Cluster.objects.filter(pk__in=ids, size__gt=0).order_by("pk").values_list("preferred_id", flat=True).first()
    )
    if anchor is None or set(members.values()) != set(ids):
        raise NotInUnion.cluster(ids[-1] if ids else 0)
    said = {_pair(anchor, other): SAME.value for other in members if other != anchor}
    act, plan = _act("merge", said, actor=actor, note=note)
    if act is not None:
        audit.record("union.merge", act, actor=actor, clusters=ids)
        changes.publish("cluster.changed", plan.touched)
    return act


@transaction.atomic
def revert(act_id: int, *, actor: Actor, note: str = "", hidden: Collection[int] = ()) -> Act:
    """Take an act back as a whole: what it said stands no more, what it replaced stands again (CLU-11).

    Words that a later act has replaced stay as that act left them. Reverting is an act itself and can be reverted.
    ``hidden``: libraries whose records the actor may not see; an act that speaks of any of them is not there (CLU-11).
    Raises ActRefused, or DecisionContradicts where what would stand again contradicts a newer word.
    """
    lock_union()
    act = Act.objects.select_for_update().filter(pk=act_id).first()
    if act is None:
        raise ActRefused.unknown(act_id)
    if acts_about([act_id], hidden):
        raise ActRefused.unknown(act_id)
    if not _in_effect(act_id):
        raise ActRefused.reverted(act_id)
    placed = PairDecision.objects.filter(Q(act=act) | Q(restored_by=act))
    standing = {(d.left_id, d.right_id): d for d in placed if d.withdrawn_by_id is None}
    own = set(placed.values_list("left_id", "right_id"))
    restored = [d for d in (_before(old, act_id) for old in act.withdrawn.all()) if d is not None]
    records = {r for pair in standing for r in pair} | {r for d in restored for r in (d.left_id, d.right_id)}
    words = Words(records)
    for pair in standing:
        words.drop(pair)
    again: list[PairDecision] = []
    for d in restored:
        pair = (d.left_id, d.right_id)
        if pair in words.of or (pair in own and pair not in standing):
            continue  # a later act spoke of it
        words.say(pair, Word(d.pk, d.verdict, d.decided_by, d.decided_at, d.act_id))
        again.append(d)
    # an address goes back to who bore it only where that record is still there: else its publication would be gone
    former = [back for _a, back, _to in act.moves]
    there = set(Membership.objects.filter(record_id__in=former).values_list("record_id", flat=True))
    moves = [[a, to, back] for a, back, to in reversed(act.moves) if back in there]
    done = _new_act("revert", actor, note, reverts=act, moves=moves)
    PairDecision.objects.filter(pk__in=[d.pk for d in standing.values()]).update(withdrawn_by=done)
    PairDecision.objects.bulk_create(
        PairDecision(
            left_id=d.left_id,
            right_id=d.right_id,
            verdict=d.verdict,
            act_id=d.act_id,
            decided_by=d.decided_by,
            restored_by=done,
            rule_version=d.rule_version,
            score=d.score,
            levels=d.levels,
        )
        for d in again
    )
    for address, bearer, heir in done.moves:
        Cluster.objects.filter(pk=address, bearer_id=bearer).update(bearer_id=heir)
        records |= {bearer, heir}
    plan = _form(records, Cause("revert", done.pk))
    audit.record("union.revert", done, actor=actor, reverted=act.pk)
    changes.publish("cluster.changed", plan.touched)
    return done


def _split(
    kind: str, cluster_id: int, record_ids: Sequence[int], *, actor: Actor, note: str
) -> tuple[Act | None, Plan]:
    going = set(record_ids)
    behind = set(_members(cluster_id)) - going
    if not behind:
        return None, Plan()
    words = Words(going)
    said: dict[Pair, str] = {}
    for record_id in record_ids:
        # also those it was called the same as that are withdrawn now: they may come back
        for other in behind | (words.partners(record_id) - going):
            said[_pair(record_id, other)] = DIFFERENT.value
    return _act(kind, said, actor=actor, note=note, leaving=dict.fromkeys(record_ids, cluster_id))


def _act(
    kind: str, said: Mapping[Pair, str], *, actor: Actor, note: str, leaving: Mapping[int, int] | None = None
) -> tuple[Act | None, Plan]:
    """Write an act with what it says of pairs, and form anew what it concerns."""
    words = Words({r for pair in said for r in pair})
    news = {
        pair: verdict for pair, verdict in said.items() if pair not in words.of or words.of[pair].verdict != verdict
    }
    if not news:
        return None, Plan()
    replaced = [words.of[pair].id for pair in news if pair in words.of]
    for pair in news:  # what this act replaces cannot stand in its way
        words.drop(pair)
    for pair, verdict in news.items():
        words.say(pair, Word(0, verdict, actor.name, None, 0))
    act = _new_act(kind, actor, note)
    PairDecision.objects.filter(pk__in=replaced).update(withdrawn_by=act)
    rule = rule_in_force()
    scored = _scored(news, rule)
    PairDecision.objects.bulk_create(
        PairDecision(
            left_id=pair[0], right_id=pair[1], verdict=verdict, act=act, decided_by=actor.name[:120],
            rule_version=rule.version if pair in scored else None,
            score=scored[pair].score if pair in scored else None,
            levels=scored[pair].levels if pair in scored else "",
        )
        for pair, verdict in news.items()
    )  # fmt: skip
    plan = _form({r for pair in news for r in pair}, Cause("act", act.pk), leaving)
    if plan.borne:
        act.moves = [list(move) for move in plan.borne]
        act.save(update_fields=["moves"])
    return act, plan


def _scored(pairs: Iterable[Pair], rule: Rule) -> dict[Pair, Scored]:
    """What a rule says of these pairs, feature by feature; not of those with a record that is withdrawn."""
    wanted = list(pairs)
    stored = Membership.objects.filter(record_id__in={r for pair in wanted for r in pair})
    names = known_names()
    prints = {r: names.settled(Fingerprint.loads(text)) for r, text in stored.values_list("record_id", "fingerprint")}
    return {
        (left, right): score_pair(prints[left], prints[right], rule, full=True)
        for left, right in wanted
        if left in prints and right in prints
    }


def _form(records: Iterable[int], cause: Cause, leaving: Mapping[int, int] | None = None) -> Plan:
    # everything that hangs together, however much it is: what people say holds at once
    return place({}, (), records, Book(rule_in_force(), known_names()), cause=cause, leaving=leaving, whole=True)


def _before(decision: PairDecision, reverting: int) -> PairDecision | None:
    """The decision on a pair that stands again when ``reverting``, which withdrew this one, is reverted."""
    found: PairDecision | None = decision
    while found is not None and not _in_effect(found.act_id, reverting):
        found = PairDecision.objects.filter(
            left_id=found.left_id, right_id=found.right_id, withdrawn_by_id=found.restored_by_id or found.act_id
        ).first()
    return found


def _in_effect(act_id: int, reverting: int = 0) -> bool:
    """Whether no act reverts this one, or only such as are reverted themselves."""
    by = Act.objects.filter(reverts_id=act_id).exclude(pk=reverting).values_list("pk", flat=True)
    return not any(_in_effect(r, reverting) for r in by)


def _new_act(
    kind: str, actor: Actor, note: str, reverts: Act | None = None, moves: Sequence[Sequence[int]] = ()
) -> Act:
    return Act.objects.create(
        kind=kind, actor_name=actor.name[:120], actor_id=actor.user_id, note=note[:2000], reverts=reverts,
        moves=list(moves),
    )  # fmt: skip


def _pair(one: int, other: int) -> Pair:
    if one == other:
        raise ValueError("a record is the same as itself")
    return (one, other) if one < other else (other, one)


def _members(cluster_id: int) -> list[int]:
    return list(
        Membership.objects.filter(cluster_id=cluster_id).order_by("record_id").values_list("record_id", flat=True)
    )


def _membership(record_id: int) -> Membership:
    found = Membership.objects.select_related("record").filter(record_id=record_id).first()
    if found is None:
        raise NotInUnion.record(record_id)
    return found


def _must_be_there(records: set[int]) -> None:
    there = set(BibRecord.objects.filter(pk__in=records, deleted=False).values_list("pk", flat=True))
    for record_id in sorted(records - there):
        raise NotInUnion.record(record_id)
