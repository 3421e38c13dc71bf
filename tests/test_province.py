"""The sample province as a whole: publications of several libraries come together, and nothing else does."""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import combinations
from typing import Any

from lienthu.domain.catalog.authority_models import Authority
from lienthu.domain.catalog.models import BibRecord, ImportBatch
from lienthu.domain.union.fingerprint import Fingerprint
from lienthu.domain.union.models import Edge, Membership
from lienthu.faces.cli.sample.contributions import expected_clusters
from lienthu.faces.cli.sample.works import load_works


def test_every_record_is_accounted_for(province: Any) -> None:
    for batch in ImportBatch.objects.all():
        assert batch.read == batch.created + batch.updated + batch.unchanged + batch.quarantined
        assert batch.quarantined == 0
    assert BibRecord.objects.count() + Authority.objects.count() == sum(b.created for b in ImportBatch.objects.all())


def _expected_and_found() -> tuple[set[tuple[Any, Any]], set[tuple[Any, Any]], dict[Any, str]]:
    where = {
        (code, number): cluster
        for code, number, cluster in Membership.objects.values_list(
            "record__library__code", "record__control_number", "cluster_id"
        )
        if number
    }
    key_of = {}
    expected: set[tuple[Any, Any]] = set()
    for key, members in expected_clusters().items():
        known = [m for m in members if m in where]
        for m in known:
            key_of[m] = key
        expected |= {tuple(sorted(pair)) for pair in combinations(known, 2)}
    groups = defaultdict(list)
    for member, cluster in where.items():
        groups[cluster].append(member)
    found = {tuple(sorted(pair)) for members in groups.values() for pair in combinations(members, 2)}
    return expected, found, key_of


def _bare() -> set[Any]:
    """Records that state nothing beside their title: no rule joins them unseen (MAT-23)."""
    stored = Membership.objects.values_list("record__library__code", "record__control_number", "fingerprint")
    prints = ((code, number, Fingerprint.loads(text)) for code, number, text in stored)
    return {(c, n) for c, n, f in prints if not (f.names or f.said or f.year or f.publisher or f.host)}


def test_what_states_nothing_but_a_title_waits_for_people(province: Any) -> None:
    expected, found, _ = _expected_and_found()
    bare = _bare()
    pairs = {pair for pair in expected if bare.issuperset(pair)}
    assert pairs, "the sample holds such records"
    assert not pairs & found
    numbers = {r.pk: (r.library.code, r.control_number) for r in BibRecord.objects.select_related("library")}
    waiting = {
        tuple(sorted((numbers[e.left_id], numbers[e.right_id])))
        for e in Edge.objects.filter(verdict=Edge.Verdict.REVIEW)
    }
    assert len(pairs & waiting) >= 0.9 * len(pairs)


def test_publications_come_together_and_different_ones_stay_apart(province: Any) -> None:
    expected, found, key_of = _expected_and_found()
    bare = _bare()
    expected = {pair for pair in expected if not bare.issuperset(pair)}
    family = {w.key: w.edition_of or w.key for w in load_works()}
    wrong = [
        pair
        for pair in found - expected
        if family.get(key_of.get(pair[0], "?")) != family.get(key_of.get(pair[1], "??"))
    ]
    missed = expected - found
    recall = len(expected & found) / len(expected)
    print(f"pairs: {len(expected)} expected, recall {recall:.3f}, {len(wrong)} wrong")
    assert not wrong, [(p, key_of.get(p[0]), key_of.get(p[1])) for p in wrong][:20]
    assert recall >= 0.95, [(p, key_of[p[0]]) for p in sorted(missed)][:40]


def test_clusters_of_two_to_six_members_arise(province: Any) -> None:
    sizes = Counter(Membership.objects.values_list("cluster_id", flat=True))
    spread = Counter(sizes.values())
    assert all(spread[n] > 0 for n in range(2, 7)), spread
    assert sum(spread[n] for n in range(2, 7)) >= 150
