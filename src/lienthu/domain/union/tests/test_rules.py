"""Rules are tried aside, switched on or dropped; what a release reads otherwise is renewed (CLU-15, CLU-16)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from lienthu.domain.catalog.tests.cast import book, held
from lienthu.domain.network.models import Library
from lienthu.domain.network.tests.factories import make_library
from lienthu.domain.union.errors import RuleRefused
from lienthu.domain.union.jobs import work_off
from lienthu.domain.union.models import (
    ClusterEvent,
    Edge,
    MatchKey,
    Membership,
    Rerun,
    RuleVersion,
    TrialEdge,
    TrialGroup,
)
from lienthu.domain.union.review import review_count
from lienthu.domain.union.rule_selectors import reruns, rule_in_force, rule_versions
from lienthu.domain.union.scoring.rules import Rule, shipped
from lienthu.domain.union.services import renewal, requesting, ruling
from lienthu.domain.union.services.decide import decide_pairs
from lienthu.domain.union.tests.cast import assert_union_is_sound, cluster_of, imported
from lienthu.domain.union.tests.test_properties import standing
from lienthu.platform.actor import Actor

pytestmark = pytest.mark.django_db
LAN = Actor(None, "Lan")
ISBN = "9786049573224"


@pytest.fixture
def tinh() -> Library:
    return make_library("VN-QNTV", "Thư viện tỉnh")


@pytest.fixture
def ha_long() -> Library:
    return make_library("VN-HL", "Thư viện Hạ Long")


@pytest.fixture
def catalogue(tinh: Library, ha_long: Library) -> dict[int, int]:
    """Ten books of each library, the same ones; where their records stand."""
    books = [(f"Truyện về làng thứ {n * 13 + 1}", n) for n in range(10)]
    said: dict[str, Any] = {"by": "Nguyễn Huy Tưởng", "year": 1985, "publisher": "Kim Đồng"}
    imported(tinh, *(book(title, number=str(n), **said) for title, n in books))
    imported(ha_long, *(book(title, number=str(n), isbn=ISBN if n == 3 else "", **said) for title, n in books))
    assert len(set(standing().values())) == 10
    return standing()


def strict(version: int = 90) -> Rule:
    """Nothing is the same by this rule: all that was is doubtful."""
    return replace(shipped(), version=version, same_from=0.9999999, review_from=0.0001)


def tried(rule: Rule) -> dict[str, Any]:
    ruling.draft_rule(rule, actor=LAN)
    rerun = ruling.begin_trial(rule.version, actor=LAN)
    while ruling.try_chunk(rerun.pk, 7):
        pass
    report: dict[str, Any] = RuleVersion.objects.get(version=rule.version).report
    return report


def renewed(rerun: Rerun | None, size: int = 7) -> None:
    assert rerun is not None
    while renewal.renew_chunk(rerun.pk, size):
        assert_union_is_in_order()


def assert_union_is_in_order() -> None:
    """What must hold between two chunks: everyone in one cluster, sizes right, decisions kept."""
    from collections import Counter

    from lienthu.domain.union.models import Cluster
    from lienthu.domain.union.tests.test_properties import assert_decisions_hold

    sizes = Counter(standing().values())
    assert {c.pk: c.size for c in Cluster.objects.filter(size__gt=0)} == dict(sizes)
    assert_decisions_hold()


def test_a_trial_changes_nothing_and_tells_what_would_change(catalogue: dict[int, int], tinh: Library) -> None:
    edges = set(Edge.objects.values_list("left_id", "right_id", "score", "verdict"))
    decide_pairs([(held(tinh, "1").pk, partner(held(tinh, "1").pk), "same")], actor=LAN)
    report = tried(strict())
    assert standing() == catalogue
    assert set(Edge.objects.values_list("left_id", "right_id", "score", "verdict")) == edges
    assert rule_in_force() == shipped()
    assert (report["records"], report["clusters_before"], report["clusters_after"]) == (20, 10, 19)
    assert (report["would_merge"], report["would_split"], report["records_concerned"]) == (0, 9, 18)
    assert report["review_before"] == review_count()
    assert report["review_after"] >= 9  # the tenth pair is decided
    assert len(report["split_samples"]) == 9
    sample = report["split_samples"][0]
    assert sorted(sample["first_of_each"]) == sorted(r for r, c in catalogue.items() if c == sample["cluster"])


def partner(record_id: int) -> int:
    at = standing()
    return next(r for r, c in at.items() if c == at[record_id] and r != record_id)


def test_the_shipped_rule_tried_again_would_change_nothing(catalogue: dict[int, int]) -> None:
    report = tried(replace(shipped(), version=91))
    assert (report["would_merge"], report["would_split"], report["records_concerned"]) == (0, 0, 0)
    assert report["clusters_before"] == report["clusters_after"] == 10


def test_a_rule_is_switched_on_and_back_and_addresses_return(catalogue: dict[int, int], tinh: Library) -> None:
    decide_pairs([(held(tinh, "1").pk, partner(held(tinh, "1").pk), "same")], actor=LAN)
    tried(strict())
    renewed(ruling.switch_on(90, actor=LAN))
    assert len(set(standing().values())) == 19, "only what people put together is together"
    assert rule_in_force().version == 90
    assert set(Membership.objects.values_list("rule_version", flat=True)) == {90}
    assert not TrialEdge.objects.exists()
    assert not TrialGroup.objects.exists()
    assert set(ClusterEvent.objects.values_list("kind", "cause")) == {("split", "rule")}
    assert_union_is_sound()
    renewed(ruling.switch_on(shipped().version, actor=LAN))
    assert standing() == catalogue
    assert [(r.version, r.status) for r in rule_versions()] == [(90, "retired"), (shipped().version, "active")]
    assert_union_is_sound()


def test_what_arrives_while_edges_are_renewed_is_compared_by_the_new_rule(
    catalogue: dict[int, int], tinh: Library
) -> None:
    tried(strict())
    rerun = ruling.switch_on(90, actor=LAN)
    assert rerun is not None
    assert renewal.renew_chunk(rerun.pk, 8)
    said: dict[str, Any] = {"by": "Nguyễn Huy Tưởng", "year": 1985, "publisher": "Kim Đồng"}
    imported(tinh, book("Truyện về làng thứ 1", number="new", **said))
    assert list(standing().values()).count(cluster_of(tinh, "new")) == 1
    renewed(rerun)
    assert len(set(standing().values())) == 21
    assert_union_is_sound()


def test_a_rule_is_dropped_also_while_it_is_tried(catalogue: dict[int, int]) -> None:
    ruling.draft_rule(strict(), actor=LAN)
    rerun = ruling.begin_trial(90, actor=LAN)
    assert ruling.try_chunk(rerun.pk, 7)
    assert TrialEdge.objects.exists() or ruling.try_chunk(rerun.pk, 20)
    ruling.drop(90, actor=LAN)
    assert not TrialEdge.objects.exists()
    assert not ruling.try_chunk(rerun.pk, 7)
    assert Rerun.objects.get(pk=rerun.pk).status == "stopped"
    assert RuleVersion.objects.get(version=90).status == "dropped"


@pytest.mark.parametrize(
    "act",
    [
        lambda: ruling.draft_rule(shipped(), actor=LAN),
        lambda: ruling.begin_trial(77, actor=LAN),
        lambda: ruling.switch_on(77, actor=LAN),
        lambda: ruling.switch_on(shipped().version, actor=LAN),
        lambda: ruling.drop(shipped().version, actor=LAN),
        lambda: (ruling.draft_rule(strict(), actor=LAN), ruling.switch_on(90, actor=LAN)),
        lambda: (
            ruling.draft_rule(strict(), actor=LAN), ruling.begin_trial(90, actor=LAN),
            ruling.draft_rule(strict(91), actor=LAN), ruling.begin_trial(91, actor=LAN),
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_done_with_a_rule_is_refused(act: Any) -> None:
    with pytest.raises(RuleRefused):
        act()


def test_records_read_by_an_earlier_release_are_read_and_compared_anew(
    catalogue: dict[int, int], ha_long: Library, tinh: Library
) -> None:
    """As an earlier version left it: other fingerprints, other keys, edges of its rule."""
    assert renewal.begin_renewal(actor=LAN) is None, "nothing to be done"
    before = dict(Membership.objects.values_list("record_id", "fingerprint"))
    Membership.objects.update(fingerprint_version=0, rule_version=0, completeness=0)
    MatchKey.objects.filter(record_id__in=list(catalogue)[:5]).delete()
    Edge.objects.update(rule_version=0, levels="")
    rerun = renewal.begin_renewal(actor=LAN)
    assert rerun is not None
    assert (rerun.new_keys, rerun.total) == (True, 20)
    assert renewal.renew_chunk(rerun.pk, 6)
    again = renewal.begin_renewal(actor=LAN)
    assert again is not None
    assert again.pk == rerun.pk, "it goes on where it was"
    imported(ha_long, book("Một cuốn hoàn toàn khác", number="new", year=2001))
    (progress,) = reruns()
    assert (progress.kind, progress.done, progress.total) == ("renewal", 6, 20)
    work_off(rerun.pk)
    assert reruns() == []
    assert {r: c for r, c in standing().items() if r in catalogue} == catalogue
    now = dict(Membership.objects.values_list("record_id", "fingerprint"))
    assert {r: t for r, t in now.items() if r in before} == before
    assert set(Membership.objects.values_list("rule_version", flat=True)) == {shipped().version}
    assert set(Edge.objects.values_list("rule_version", flat=True)) == {shipped().version}
    assert min(Membership.objects.values_list("completeness", flat=True)) > 0
    assert_union_is_sound()


def test_a_switch_by_a_person_is_queued_for_the_worker(catalogue: dict[int, int]) -> None:
    from procrastinate.contrib.django.models import ProcrastinateJob

    ruling.draft_rule(strict(), actor=LAN)
    rerun = requesting.request_trial_of_rule(90, actor=LAN)
    work_off(rerun.pk)
    assert requesting.request_switch(90, actor=LAN) is not None
    assert ProcrastinateJob.objects.filter(task_name="union.rerun").count() == 2
