"""The sample province as a whole: publications of several libraries come together, and nothing else does."""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import combinations
from typing import Any

from lienthu.domain.catalog.authority_models import Authority
from lienthu.domain.catalog.models import BibRecord, ImportBatch
from lienthu.domain.union.models import Membership
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


def test_publications_come_together_and_different_ones_stay_apart(province: Any) -> None:
    expected, found, key_of = _expected_and_found()
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
