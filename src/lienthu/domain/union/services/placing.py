"""Form clusters from edges and people's words, and write where records stand (rules CLU-3 to CLU-10). In bulk.

Most records that arrive belong to one publication or to none, and nothing speaks against it: those are placed without
reading what hangs together (``plain.py``). Everything else is formed anew, component by component.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from django.db import connection

from lienthu.domain.union.partition import partition
from lienthu.domain.union.services.addresses import borne_by, handed_on
from lienthu.domain.union.services.book import Book
from lienthu.domain.union.services.components import Component, components_of
from lienthu.domain.union.services.edges import Found
from lienthu.domain.union.services.plain import place_plainly
from lienthu.domain.union.services.plan import Cause, Newcomer, Plan, write
from lienthu.domain.union.services.settling import new_cluster_ids


def place(
    newcomers: Mapping[int, Newcomer],
    edges: Sequence[Found],
    seeds: Iterable[int],
    book: Book,
    *,
    cause: Cause,
    leaving: Mapping[int, int] | None = None,
    whole: bool = False,
) -> Plan:
    """Give the newcomers a place and form anew what hangs together with ``seeds``; edges are stored already.

    ``leaving``: records that no longer are what their cluster (given) was: if they bear its address, it stays with
    those they leave (CLU-8). ``whole``: however much hangs together (CLU-6). Part of the caller's transaction, under
    the lock of the union.
    """
    plan = Plan()
    anew = set(seeds)
    if newcomers:
        anew |= place_plainly(newcomers, edges, anew, leaving or {}, book, plan)
    if anew:
        _anew(
            anew,
            {r for r in newcomers if r in anew},
            book,
            plan,
            leaving or {},
            whole=whole,
            in_act=cause.kind == "act",
        )
    write(plan, newcomers, book.rule.version, cause)
    return plan


def _anew(
    seeds: set[int],
    newcomers: set[int],
    book: Book,
    plan: Plan,
    leaving: Mapping[int, int],
    *,
    whole: bool,
    in_act: bool,
) -> None:
    components = components_of(seeds, newcomers, book, whole=whole)
    borne = borne_by([n for c in components for n in c.nodes] + list(leaving))
    grouped: list[tuple[tuple[int, ...], bool]] = []
    for component in components:
        if component.cut:
            _beside(component, newcomers, book, plan)
            continue
        formed = partition(component.nodes, component.links, component.same, component.different, book.contradict)
        for pair in formed.blocked ^ component.blocked:
            plan.blocked[pair] = pair in formed.blocked
        contested = len(formed.groups) > 1 or component.decided
        grouped += [(group, contested) for group in formed.groups]
    plan.borne += handed_on([g for g, _ in grouped], book, borne, leaving, in_act=in_act)
    for address, giver, taker in plan.borne:
        borne[giver].remove(address)
        borne.setdefault(taker, []).append(address)
    ids = iter(new_cluster_ids(sum(1 for group, _ in grouped if not any(borne.get(r) for r in group))))
    for group, contested in grouped:
        addresses = [a for r in group for a in borne.get(r, ())]
        if addresses:
            id_ = min(addresses)
            plan.contested[id_] = contested
            plan.leads[id_] = None
            plan.leads.update({a: id_ for a in addresses if a != id_})
        else:
            id_ = next(ids)
            plan.founded[id_] = (group[0], len(group), contested)
        plan.touched.add(id_)
        for record_id in group:
            now = None if record_id in newcomers else book.cluster[record_id]
            if now is None:
                plan.placed[record_id] = id_
            elif now != id_:
                plan.moved[record_id] = (now, id_)
                plan.touched.add(now)


def _beside(component: Component, newcomers: set[int], book: Book, plan: Plan) -> None:
    """In a component too large to be formed anew, place only those who have no place, by their best link."""
    others = {r for pair in (*component.same, *component.different) for r in pair}
    others |= {r for left, right, _ in component.links for r in (left, right)} - newcomers
    placed = dict(_places(others))
    apart: dict[int, set[int]] = {}
    for left, right in component.different:
        apart.setdefault(left, set()).add(right)
        apart.setdefault(right, set()).add(left)
    for record_id in sorted(r for r in component.nodes if r in newcomers):
        options = [(2.0, p) for pair in component.same if record_id in pair for p in pair if p != record_id]
        options += [(s, right if left == record_id else left) for left, right, s in component.links
                    if record_id in (left, right)]  # fmt: skip
        never = {placed.get(r) for r in apart.get(record_id, ())}
        found: int | None = None
        for _score, other in sorted(options, key=lambda o: (-o[0], o[1])):
            cluster = placed.get(other)
            if cluster is None or cluster in never:
                continue
            found = cluster
            break
        if found is None:
            (found,) = new_cluster_ids(1)
            plan.founded[found] = (record_id, 1, True)
        else:
            plan.contested[found] = True
        placed[record_id] = plan.placed[record_id] = found
        plan.touched.add(found)


def _places(record_ids: Collection[int]) -> list[tuple[int, int]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT record_id, cluster_id FROM union_membership WHERE record_id = ANY(%s)", [list(record_ids)]
        )
        return list(cursor.fetchall())
