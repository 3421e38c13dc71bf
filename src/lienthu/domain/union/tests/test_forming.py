"""Bounds of forming clusters, and the history of addresses (CLU-2, CLU-6, CLU-12)."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lienthu.domain.network.models import Library
from lienthu.domain.network.tests.factories import make_library
from lienthu.domain.union import history
from lienthu.domain.union.models import Act, ClusterEvent, Edge, Membership
from lienthu.domain.union.services import components, decide, edges
from lienthu.domain.union.tests.cast import assert_union_is_sound
from lienthu.domain.union.tests.test_properties import LAN, Play, standing

pytestmark = pytest.mark.django_db


@pytest.fixture
def library() -> Library:
    return make_library("VN-QNTV", "Thư viện tỉnh")


@pytest.fixture
def play(library: Library) -> Play:
    return Play(library)


def test_one_whose_kept_links_go_finds_those_that_were_not_kept(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    """CLU-2: with one edge kept for each that comes, all hang on the first; it goes, and the others remain one."""
    monkeypatch.setattr(edges, "SAME_KEPT", 1)
    monkeypatch.setattr("lienthu.domain.union.services.attach.SAME_KEPT", 1)
    for n in range(5):
        play.arrive({n: 0})
    assert Edge.objects.count() == 4
    assert set(Edge.objects.values_list("left_id", flat=True)) == {play.ids[0]}
    place = standing()[play.ids[0]]
    play.withdraw({0})
    assert standing() == dict.fromkeys(play.ids[1:5], place)


def test_too_many_to_form_anew(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    """CLU-6: beyond the limit only the one that comes is placed, and people's words still hold."""
    play.arrive({0: 0, 1: 0, 2: 0, 3: 0})
    a, _, _, d, e = play.ids[:5]
    decide.decide_pairs([(a, d, "different")], actor=LAN)
    before = standing()
    assert before[a] != before[d]
    monkeypatch.setattr(components, "LIMIT", 2)
    play.arrive({4: 0})
    assert {r: c for r, c in standing().items() if r != e} == before
    assert standing()[e] in set(before.values())
    decide.decide_pairs([(a, e, "different")], actor=LAN)
    assert standing()[a] != standing()[e]
    assert_union_is_sound()


def test_the_history_of_an_address(play: Play) -> None:
    """CLU-12: merged, split, moved; a record that simply arrives is no event."""
    play.arrive({0: 0, 1: 1, 2: 7})
    assert not ClusterEvent.objects.exists()
    first, other = standing()[play.ids[0]], standing()[play.ids[2]]
    act = decide.merge_clusters([first, other], actor=LAN, note="cùng một cuốn")
    assert act is not None
    (merged,) = history.history_of(other)
    assert (merged.kind, merged.cluster_id, merged.other_id, merged.records) == (
        "merged", first, other, (play.ids[2],),
    )  # fmt: skip
    assert merged.act is not None
    assert (merged.act.actor, merged.act.note, merged.act.reverted) == ("Lan", "cùng một cuốn", False)
    decide.revert(act.pk, actor=LAN)
    back, merged = history.history_of(first)
    assert (back.kind, back.cause, back.cluster_id) == ("split", "revert", other)
    assert merged.act is not None
    assert merged.act.reverted
    play.arrive({1: 7})
    moved = history.history_of(first)[0]
    assert (moved.kind, moved.cause, moved.cluster_id, moved.act) == ("moved", "import", other, None)


def test_what_stands_and_what_was_withdrawn_are_both_told(play: Play) -> None:
    play.arrive({0: 0, 1: 1})
    decide.set_apart(play.ids[1], actor=LAN)
    at = standing()[play.ids[0]]
    assert [(d.verdict, d.stands) for d in history.decisions_in(at)] == [("different", True)]
    decide.revert(Act.objects.get().pk, actor=LAN)
    assert history.decisions_in(at) == []
    assert [(d.verdict, d.stands) for d in history.decisions_in(at, withdrawn_too=True)] == [("different", False)]
    assert [(a.kind, a.reverted) for a in history.recent_acts()] == [("revert", False), ("set_apart", True)]
    assert [a.kind for a in history.recent_acts(before=Act.objects.order_by("-id")[0].pk)] == ["set_apart"]


@pytest.mark.parametrize("dress", [1, 7])
def test_a_record_that_arrives_alone_takes_few_statements(play: Play, dress: int) -> None:
    play.arrive({0: 0})
    with CaptureQueriesContext(connection) as statements:
        play.arrive({1: dress})
    assert Membership.objects.count() == 2
    assert len(statements) <= 22
