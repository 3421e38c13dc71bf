"""Form clusters from edges and people's words, and write where records stand (rules CLU-3 to CLU-10). In bulk.

Most records that arrive belong to one publication or to none, and nothing speaks against it: those are placed without
reading what hangs together (``_plainly``). Everything else is formed anew, component by component.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db import connection

from lienthu.domain.union.fingerprint import FINGERPRINT_VERSION, Fingerprint
from lienthu.domain.union.partition import SAMPLE, Pair, Sets, partition
from lienthu.domain.union.scoring.model import Verdict
from lienthu.domain.union.services.book import Book
from lienthu.domain.union.services.components import Component, components_of, decided_among
from lienthu.domain.union.services.edges import Found
from lienthu.domain.union.services.settling import new_cluster_ids, record_events, settle

Move = tuple[int, int, int]
"""An address that changed its bearer: address, from, to."""


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A record without a place, as it will be written."""

    fingerprint: Fingerprint
    completeness: int
    work_key: int | None = None


@dataclass(slots=True)
class Plan:
    """What is to be written, and what came of it."""

    placed: dict[int, int] = field(default_factory=dict)  # newcomer → cluster
    founded: dict[int, tuple[int, int, bool]] = field(default_factory=dict)  # new cluster → (bearer, size, contested)
    moved: dict[int, tuple[int, int]] = field(default_factory=dict)  # record → (from, to)
    absorbed: dict[int, int] = field(default_factory=dict)  # cluster that goes as a whole → into
    leads: dict[int, int | None] = field(default_factory=dict)  # address → where it leads, None: it stands itself
    contested: dict[int, bool] = field(default_factory=dict)
    blocked: dict[Pair, bool] = field(default_factory=dict)
    borne: list[Move] = field(default_factory=list)
    touched: set[int] = field(default_factory=set)
    changed: set[int] = field(default_factory=set)  # those of the touched whose readers will see it


@dataclass(frozen=True, slots=True)
class Cause:
    """Why clusters are formed anew: import, act, revert or rule, with the act if there is one."""

    kind: str
    act_id: int | None = None


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
        anew |= _plainly(newcomers, edges, anew, leaving or {}, book, plan)
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
    _write(plan, newcomers, book, cause)
    return plan


# ------------------------------------------------------------------------------------------------- the plain case


def _plainly(
    newcomers: Mapping[int, Newcomer],
    edges: Sequence[Found],
    seeds: Collection[int],
    leaving: Mapping[int, int],
    book: Book,
    plan: Plan,
) -> set[int]:
    """Place those that nothing speaks against; returns the others, to be placed with all that hangs together.

    The result is the one of ``_anew``: where no pair contradicts and nobody decided anything, links make one group.
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
    suspect = decided_among(newcomers) | _borne_by(newcomers).keys()
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


# ---------------------------------------------------------------------------------------------------- formed anew


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
    borne = _borne_by([n for c in components for n in c.nodes] + list(leaving))
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
    plan.borne += _handed_on([g for g, _ in grouped], book, borne, leaving, in_act=in_act)
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


def _handed_on(
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


def _borne_by(record_ids: Collection[int]) -> dict[int, list[int]]:
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


# -------------------------------------------------------------------------------------------------------- writing


def _write(plan: Plan, newcomers: Mapping[int, Newcomer], book: Book, cause: Cause) -> None:
    with connection.cursor() as cursor:
        if plan.founded:
            with cursor.copy(
                "COPY union_cluster (id, preferred_id, size, bearer_id, contested, work_key, created_at) FROM STDIN"
            ) as copy:
                for id_, (bearer, size, contested) in plan.founded.items():
                    # those of several records, and of records that stood elsewhere, are settled below
                    work = newcomers[bearer].work_key if bearer in newcomers else None
                    copy.write_row((id_, bearer, size, bearer, contested, abs(work) if work else None, "now"))
        if plan.placed:
            with cursor.copy(
                "COPY union_membership (record_id, cluster_id, fingerprint, completeness, work_key,"
                " fingerprint_version, rule_version) FROM STDIN"
            ) as copy:
                for record_id, cluster_id in plan.placed.items():
                    n = newcomers[record_id]
                    copy.write_row(
                        (
                            record_id,
                            cluster_id,
                            n.fingerprint.dumps(),
                            n.completeness,
                            n.work_key,
                            FINGERPRINT_VERSION,
                            book.rule.version,
                        )
                    )
        moved = _gone_along(plan) if plan.absorbed else {}
        moved |= plan.moved
        if moved:
            cursor.execute(
                "UPDATE union_membership m SET cluster_id = n.cluster FROM unnest(%s::bigint[], %s::bigint[])"
                " AS n(id, cluster) WHERE m.record_id = n.id",
                [list(moved), [to for _, to in moved.values()]],
            )
        if plan.borne:
            cursor.execute(
                "UPDATE union_cluster c SET bearer_id = n.heir FROM unnest(%s::bigint[], %s::bigint[]) AS n(id, heir)"
                " WHERE c.id = n.id",
                [[m[0] for m in plan.borne], [m[2] for m in plan.borne]],
            )
        if plan.leads:
            cursor.execute(
                "UPDATE union_cluster c SET merged_into_id = n.target FROM unnest(%s::bigint[], %s::bigint[])"
                " AS n(id, target) WHERE c.id = n.id AND c.merged_into_id IS DISTINCT FROM n.target",
                [list(plan.leads), list(plan.leads.values())],
            )
        if plan.contested:
            cursor.execute(
                "UPDATE union_cluster c SET contested = n.so FROM unnest(%s::bigint[], %s::boolean[]) AS n(id, so)"
                " WHERE c.id = n.id AND c.contested <> n.so",
                [list(plan.contested), list(plan.contested.values())],
            )
        if plan.blocked:
            cursor.execute(
                "UPDATE union_edge e SET blocked = n.so FROM"
                " unnest(%s::bigint[], %s::bigint[], %s::boolean[]) AS n(a, b, so)"
                " WHERE e.left_id = n.a AND e.right_id = n.b",
                [[p[0] for p in plan.blocked], [p[1] for p in plan.blocked], list(plan.blocked.values())],
            )
    plan.changed = settle(plan.touched) | set(plan.founded) | {c for way in moved.values() for c in way}
    record_events(moved, cause.kind, cause.act_id)


def _gone_along(plan: Plan) -> dict[int, tuple[int, int]]:
    """The records of clusters that go into others as a whole."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT record_id, cluster_id FROM union_membership WHERE cluster_id = ANY(%s)", [list(plan.absorbed)]
        )
        return {record: (cluster, plan.absorbed[cluster]) for record, cluster in cursor.fetchall()}
