"""What the tests of the union share: libraries that hand over files, and where their records went."""

from __future__ import annotations

import tempfile
from collections import Counter, defaultdict
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any

from lienthu.domain.catalog.models import BibRecord, ImportBatch
from lienthu.domain.catalog.services import batches
from lienthu.domain.catalog.tests.cast import CLERK, held, iso_file
from lienthu.domain.network.models import Library
from lienthu.domain.union.fingerprint import Fingerprint, match_keys
from lienthu.domain.union.models import Cluster, Edge, MatchKey, Membership, PairDecision
from lienthu.domain.union.name_selectors import known_names
from lienthu.domain.union.partition import partition
from lienthu.domain.union.rule_selectors import rule_in_force
from lienthu.domain.union.scoring.model import Scored, Verdict, score_pair
from lienthu.domain.union.selectors import where_is
from lienthu.domain.union.services.book import contradict as contradicts
from lienthu.domain.union.services.conduct import run_batch
from lienthu.domain.union.services.edges import SAME_KEPT
from lienthu.foundation.marc.model import Record


def received(library: Library, data: bytes, *, name: str = "sach.mrc", **options: Any) -> ImportBatch:
    """The library hands over a file; nothing is read from it yet."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(data)
        return batches.receive(path, library=library, actor=CLERK, **options)


def imported(library: Library, *records: Record, **options: Any) -> ImportBatch:
    """The library hands over these records, and they are imported."""
    return imported_file(library, iso_file(records), **options)


def imported_file(library: Library, data: bytes, **options: Any) -> ImportBatch:
    """The library hands over a file, and it is imported."""
    return run_batch(received(library, data, **options).pk, actor=CLERK)


def cluster_of(library: Library, number: str) -> int:
    """Where the library's record with this control number stands."""
    return Membership.objects.get(record=held(library, number)).cluster_id


def membership(library: Library, number: str) -> Membership:
    """The place of the library's record with this control number."""
    return Membership.objects.get(record=held(library, number))


def assert_union_is_sound() -> None:
    """What must hold of the tables of the union after anything that was imported, undone or decided."""
    current = set(BibRecord.objects.filter(deleted=False).values_list("id", flat=True))
    members = {m.record_id: m for m in Membership.objects.all()}
    assert set(members) == current, "every current record stands in exactly one cluster, and no other (JOIN-1)"
    by_cluster: dict[int, list[Membership]] = defaultdict(list)
    for m in members.values():
        by_cluster[m.cluster_id].append(m)
    closed = set(BibRecord.objects.filter(library__closed=True).values_list("id", flat=True))
    bears: dict[int, set[int]] = defaultdict(set)
    for cluster in Cluster.objects.all():
        here = by_cluster.get(cluster.pk, [])
        assert cluster.size == len(here)
        best = min(((m.record_id in closed, -m.completeness, m.record_id) for m in here), default=None)
        assert cluster.preferred_id == (best[2] if best else None)
        if cluster.bearer_id in members:
            at = members[cluster.bearer_id].cluster_id
            bears[at].add(cluster.pk)
            assert where_is(cluster.pk) == at, "an address leads to where its bearer stands (CLU-7)"
        else:
            assert where_is(cluster.pk) is None, "nobody is left who bears it"
    assert all(min(bears[c]) == c for c in by_cluster), "the smallest address that is borne there (CLU-7)"
    stored = {(key, record) for key, record in MatchKey.objects.values_list("key", "record_id")}
    wanted = {(k, r) for r, m in members.items() for k in match_keys(Fingerprint.loads(m.fingerprint)).every}
    assert stored == wanted
    assert {tuple(sorted(m.record_id for m in here)) for here in by_cluster.values()} == formed_from_scratch(members)


def formed_from_scratch(members: dict[int, Membership]) -> set[tuple[int, ...]]:
    """The groups that all records, compared with one another, and all that people said give (CLU-3).

    Only for few records: every pair that shares a key is compared, without the bounds that large catalogues need.
    """
    rule = rule_in_force()
    prints = {r: Fingerprint.loads(m.fingerprint) for r, m in members.items()}
    keys = {r: set(match_keys(f).every) for r, f in prints.items()}
    known = known_names()
    prints = {r: known.settled(f) for r, f in prints.items()}  # what is compared (MAT-26)

    @cache
    def scored(a: int, b: int) -> Scored:
        return score_pair(prints[a], prints[b], rule)

    links = [
        (a, b, scored(a, b).score)
        for a, b in combinations(sorted(prints), 2)
        if keys[a] & keys[b] and scored(a, b).verdict is Verdict.SAME
    ]
    stored = Edge.objects.filter(verdict="same").values_list("left_id", "right_id", "score", "blocked")
    degree = Counter(record_id for link in links for record_id in link[:2])
    if max(degree.values(), default=0) <= SAME_KEPT:
        assert {e[:3] for e in stored} == set(links), "edges are what comparing all gives (CLU-1)"
    else:
        links = [e[:3] for e in stored]
    words = PairDecision.objects.filter(withdrawn_by=None)
    same = list(words.filter(verdict="same").values_list("left_id", "right_id"))
    different = list(words.filter(verdict="different").values_list("left_id", "right_id"))

    def contradict(a: int, b: int) -> bool:
        return contradicts(scored(a, b), lambda: score_pair(prints[a], prints[b], rule, full=True), rule)

    formed = partition(list(prints), links, same, different, contradict)
    assert {e[:2] for e in stored if e[3]} == formed.blocked, "edges between clusters are marked (CLU-4)"
    return set(formed.groups)
