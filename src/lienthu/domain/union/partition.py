"""Which records form one publication, given what the rule found and what people said. Pure.

Rules CLU-1 to CLU-6, docs/specs/clusters.md.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Final

Pair = tuple[int, int]
Link = tuple[int, int, float]
"""Two record ids, the smaller first, and the score of the pair."""

SAMPLE: Final = 32
"""Of a larger group only so many records, the oldest, are asked whether they contradict: a bound on the work."""


@dataclass(frozen=True, slots=True)
class Partition:
    """Groups of record ids, each sorted, in the order of their first; and the links that no group holds."""

    groups: tuple[tuple[int, ...], ...]
    blocked: frozenset[Pair]


class Sets:
    """Disjoint sets of numbers (union-find, the smaller joined to the larger)."""

    def __init__(self, nodes: Iterable[int] = ()) -> None:
        self._parent: dict[int, int] = {}
        self.members: dict[int, list[int]] = {}
        for node in nodes:
            self.add(node)

    def add(self, node: int) -> None:
        """Make ``node`` a set of its own, unless it is known."""
        if node not in self._parent:
            self._parent[node] = node
            self.members[node] = [node]

    def find(self, node: int) -> int:
        """The number that stands for the set of ``node``."""
        parent = self._parent
        root = node
        while parent[root] != root:
            root = parent[root]
        while parent[node] != root:
            parent[node], node = root, parent[node]
        return root

    def join(self, left: int, right: int) -> int:
        """Make the sets of both one; returns what stands for it."""
        a, b = self.find(left), self.find(right)
        if a == b:
            return a
        if len(self.members[a]) < len(self.members[b]):
            a, b = b, a
        self._parent[b] = a
        self.members[a] += self.members.pop(b)
        return a


def partition(
    nodes: Collection[int],
    links: Iterable[Link],
    forced: Iterable[Pair],
    forbidden: Iterable[Pair],
    contradicts: Callable[[int, int], bool],
) -> Partition:
    """Form groups: first what people said belongs together, then the links, the surest first.

    Two groups are joined only if no pair that people keep apart and no pair of records that contradict each other
    would come together by it, so that a chain through a poor record cannot glue two editions (CLU-4). Records that
    people put together speak with one voice: they contradict another only if each of them does (CLU-5).
    The result depends on the sets of its inputs alone, not on their order (CLU-3).
    """
    sets = Sets(nodes)
    apart: dict[int, set[int]] = {}
    for left, right in forbidden:
        apart.setdefault(left, set()).add(right)
        apart.setdefault(right, set()).add(left)
    for left, right in sorted(forced):
        if left in sets._parent and right in sets._parent and not _kept_apart(sets, left, right, apart):
            sets.join(left, right)
    bundle = {node: root for root, members in sets.members.items() if len(members) > 1 for node in members}
    bundles = {root: sorted(members) for root, members in sets.members.items() if len(members) > 1}
    ordered = sorted(links, key=lambda link: (-link[2], link[0], link[1]))
    for left, right, _score in ordered:
        if sets.find(left) == sets.find(right) or _kept_apart(sets, left, right, apart):
            continue
        if not _contradict(sets.members[sets.find(left)], sets.members[sets.find(right)], bundle, bundles, contradicts):
            sets.join(left, right)
    groups = sorted(tuple(sorted(members)) for members in sets.members.values())
    blocked = frozenset((left, right) for left, right, _ in ordered if sets.find(left) != sets.find(right))
    return Partition(tuple(groups), blocked)


def _kept_apart(sets: Sets, left: int, right: int, apart: dict[int, set[int]]) -> bool:
    """Whether people keep a record of the one group apart from a record of the other."""
    if not apart:
        return False
    a, b = sets.find(left), sets.find(right)
    if len(sets.members[a]) > len(sets.members[b]):
        a, b = b, a
    return any(
        other in sets._parent and sets.find(other) == b for node in sets.members[a] for other in apart.get(node, ())
    )


def _contradict(
    left: list[int],
    right: list[int],
    bundle: dict[int, int],
    bundles: dict[int, list[int]],
    contradicts: Callable[[int, int], bool],
) -> bool:
    for a in _voices(left, bundle, bundles):
        for b in _voices(right, bundle, bundles):
            if all(contradicts(min(x, y), max(x, y)) for x in a for y in b):
                return True
    return False


def _voices(group: list[int], bundle: dict[int, int], bundles: dict[int, list[int]]) -> list[list[int]]:
    """Those who are asked: single records and bundles, at most SAMPLE of each."""
    out: dict[int, list[int]] = {}
    for node in sorted(group)[:SAMPLE]:
        root = bundle.get(node)
        out[node if root is None else root] = [node] if root is None else bundles[root][:SAMPLE]
    return list(out.values())
