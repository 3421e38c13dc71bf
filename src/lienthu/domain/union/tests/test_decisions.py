"""What people say of two records counts, whatever is imported later (JOIN-10); addresses stay (JOIN-14)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from lienthu.domain.catalog.tests.cast import CLERK, book, held
from lienthu.domain.network.models import Library
from lienthu.domain.network.tests.factories import make_library
from lienthu.domain.union.history import decisions_of
from lienthu.domain.union.models import Act, Cluster, Edge, PairDecision, RuleVersion
from lienthu.domain.union.rule_selectors import rule_in_force
from lienthu.domain.union.scoring.rules import shipped
from lienthu.domain.union.selectors import reasons_in, where_is
from lienthu.domain.union.services.conduct import undo_batch
from lienthu.domain.union.services.decide import bring_together, decide_pairs, revert, set_apart
from lienthu.domain.union.tests.cast import assert_union_is_sound, cluster_of, imported
from lienthu.foundation.marc.model import Record
from lienthu.platform.actor import Actor
from lienthu.platform.models import AuditEntry
from lienthu.platform.services import changes

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
def truong() -> Library:
    return make_library("VN-DH", "Thư viện trường")


def so_do(number: str, **said: Any) -> Record:
    return book(
        **{"number": number, "title": "Số đỏ", "by": "Vũ Trọng Phụng", "year": 1998, "publisher": "Văn học", **said}
    )


@pytest.fixture
def joined(tinh: Library, ha_long: Library) -> int:
    """One publication of two libraries."""
    imported(tinh, so_do("1"))
    imported(ha_long, so_do("a"))
    assert cluster_of(tinh, "1") == cluster_of(ha_long, "a")
    return cluster_of(tinh, "1")


@pytest.fixture
def separate(tinh: Library, ha_long: Library) -> tuple[int, int]:
    """Two publications that no rule would join."""
    imported(tinh, so_do("1"))
    imported(ha_long, so_do("a", title="Xuân Tóc Đỏ cứu quốc", year=1953, by="", publisher=""))
    assert cluster_of(tinh, "1") != cluster_of(ha_long, "a")
    return cluster_of(tinh, "1"), cluster_of(ha_long, "a")


# ---------------------------------------------------------------------------------------------------- setting apart


def test_a_record_set_apart_is_a_publication_of_its_own(joined: int, tinh: Library, ha_long: Library) -> None:
    own = set_apart(held(ha_long, "a").pk, actor=LAN)
    assert cluster_of(ha_long, "a") == own != joined == cluster_of(tinh, "1")
    assert (where_is(joined), where_is(own)) == (joined, own)
    assert_union_is_sound()


def test_an_address_does_not_go_back_to_a_record_that_is_gone(joined: int, tinh: Library, ha_long: Library) -> None:
    """CLU-8, CLU-11: the publication that bears it now is still there."""
    bearer = Cluster.objects.get(pk=joined).bearer_id
    library = tinh if held(tinh, "1").pk == bearer else ha_long
    left, number = (ha_long, "a") if library is tinh else (tinh, "1")
    set_apart(bearer, actor=LAN)
    assert cluster_of(left, number) == joined
    undo_batch(held(library, "1" if library is tinh else "a").revisions.get(number=1).batch_id, actor=CLERK)
    revert(Act.objects.latest("pk").pk, actor=LAN)
    assert (cluster_of(left, number), where_is(joined)) == (joined, joined)
    assert_union_is_sound()


@pytest.mark.parametrize("which", ["the one set apart", "the one left behind", "both"])
def test_no_later_import_joins_them_again(which: str, joined: int, tinh: Library, ha_long: Library) -> None:
    own = set_apart(held(ha_long, "a").pk, actor=LAN)
    changed = {"edition": "In lần 2", "isbn": ISBN}  # compared, and still the same publication by every rule
    if which != "the one left behind":
        imported(ha_long, so_do("a", **changed))
    if which != "the one set apart":
        imported(tinh, so_do("1", **changed))
    assert cluster_of(tinh, "1") != cluster_of(ha_long, "a")
    assert Cluster.objects.filter(pk=own).exists()
    assert_union_is_sound()


def test_a_word_outlives_an_undone_import(joined: int, tinh: Library, ha_long: Library) -> None:
    set_apart(held(ha_long, "a").pk, actor=LAN)
    renewed = imported(ha_long, so_do("a", isbn=ISBN))
    undo_batch(renewed.pk, actor=CLERK)
    first = held(ha_long, "a").revisions.get(number=1).batch_id
    undo_batch(first, actor=CLERK)
    imported(ha_long, so_do("a"))
    assert cluster_of(tinh, "1") != cluster_of(ha_long, "a")
    assert_union_is_sound()


def test_a_third_record_may_join_either_but_does_not_bring_them_together(
    joined: int, tinh: Library, ha_long: Library, truong: Library
) -> None:
    set_apart(held(ha_long, "a").pk, actor=LAN)
    imported(truong, so_do("x"))
    assert cluster_of(truong, "x") in (cluster_of(tinh, "1"), cluster_of(ha_long, "a"))
    imported(ha_long, so_do("a", edition="In lần 2"))
    assert cluster_of(tinh, "1") != cluster_of(ha_long, "a")


def test_it_is_said_of_every_record_left_behind(joined: int, tinh: Library, ha_long: Library, truong: Library) -> None:
    imported(truong, so_do("x"))
    set_apart(held(ha_long, "a").pk, actor=LAN)
    apart = {(d.left_id, d.right_id) for d in PairDecision.objects.filter(verdict="different", decided_by="Lan")}
    me, others = held(ha_long, "a").pk, [held(tinh, "1").pk, held(truong, "x").pk]
    assert apart == {(min(me, o), max(me, o)) for o in others}


def test_those_that_came_in_through_it_do_not_stay_with_strangers(
    tinh: Library, ha_long: Library, truong: Library
) -> None:
    imported(tinh, so_do("1"))
    imported(ha_long, so_do("a", isbn=ISBN))
    imported(truong, so_do("x", isbn=ISBN, year=None, publisher=""))  # joined by the ISBN of "a" alone
    set_apart(held(ha_long, "a").pk, actor=LAN)
    assert cluster_of(truong, "x") != cluster_of(tinh, "1")
    assert_union_is_sound()


def test_a_record_that_stands_alone_stays_where_it_is(tinh: Library) -> None:
    imported(tinh, so_do("1"))
    assert set_apart(held(tinh, "1").pk, actor=LAN) == cluster_of(tinh, "1")
    assert not PairDecision.objects.exists()


# ------------------------------------------------------------------------------------------------- bringing together


def test_records_brought_together_are_one_publication(
    separate: tuple[int, int], tinh: Library, ha_long: Library
) -> None:
    target, former = separate
    bring_together(held(ha_long, "a").pk, target, actor=LAN)
    assert cluster_of(ha_long, "a") == target == cluster_of(tinh, "1")
    assert where_is(former) == target
    assert reasons_in(target)[1].reasons == [{"feature": "person", "says": "agrees"}]
    assert Cluster.objects.get(pk=target).size == 2


@pytest.mark.parametrize("library", ["tinh", "ha_long"])
def test_they_stay_together_when_either_is_imported_again(
    library: str, separate: tuple[int, int], tinh: Library, ha_long: Library
) -> None:
    bring_together(held(ha_long, "a").pk, separate[0], actor=LAN)
    if library == "tinh":
        imported(tinh, so_do("1", edition="In lần 2"))
    else:
        imported(ha_long, so_do("a", title="Xuân Tóc Đỏ cứu nước", year=1954, by=""))
    assert cluster_of(ha_long, "a") == cluster_of(tinh, "1")


def test_bringing_together_takes_back_that_they_were_set_apart(joined: int, tinh: Library, ha_long: Library) -> None:
    own = set_apart(held(ha_long, "a").pk, actor=LAN)
    bring_together(held(ha_long, "a").pk, joined, actor=Actor(None, "Minh"))
    assert cluster_of(ha_long, "a") == joined
    assert where_is(own) == joined
    standing = PairDecision.objects.get(withdrawn_by=None)
    assert (standing.verdict, standing.decided_by) == ("same", "Minh")
    imported(ha_long, so_do("a", edition="In lần 2"))
    assert cluster_of(ha_long, "a") == cluster_of(tinh, "1")


def test_setting_apart_takes_back_that_they_were_brought_together(
    separate: tuple[int, int], tinh: Library, ha_long: Library
) -> None:
    bring_together(held(ha_long, "a").pk, separate[0], actor=LAN)
    set_apart(held(ha_long, "a").pk, actor=LAN)
    imported(ha_long, so_do("a", title="Số đỏ"))
    assert cluster_of(ha_long, "a") != cluster_of(tinh, "1")


def test_it_names_no_match_that_stands_elsewhere(joined: int, tinh: Library, ha_long: Library, truong: Library) -> None:
    imported(truong, book("Giông tố", number="x", by="Vũ Trọng Phụng", year=1990, publisher="Văn học"))
    bring_together(held(ha_long, "a").pk, cluster_of(truong, "x"), actor=LAN)
    told = {r.record_id: r.matched_record_id for r in reasons_in(cluster_of(truong, "x"))}
    assert told[held(ha_long, "a").pk] in (None, held(truong, "x").pk)
    assert_union_is_sound()


# -------------------------------------------------------------------------------------------------------- addresses


def test_an_address_leads_through_several_mergers(tinh: Library) -> None:
    imported(tinh, *(book(f"Truyện thứ {n * 11}", number=str(n)) for n in range(3)))
    first, second, third = (cluster_of(tinh, str(n)) for n in range(3))
    bring_together(held(tinh, "0").pk, second, actor=LAN)
    for number in ("0", "1"):
        bring_together(held(tinh, number).pk, third, actor=LAN)
    assert {where_is(c) for c in (first, second, third)} == {cluster_of(tinh, str(n)) for n in range(3)} == {first}


def test_an_address_that_never_was_leads_nowhere(tinh: Library) -> None:
    assert where_is(987_654_321) is None


def test_an_address_whose_records_were_withdrawn_leads_nowhere(tinh: Library) -> None:
    batch = imported(tinh, so_do("1"))
    address = cluster_of(tinh, "1")
    undo_batch(batch.pk, actor=CLERK)
    assert where_is(address) is None


def test_addresses_that_lead_in_a_circle_lead_nowhere(tinh: Library) -> None:
    imported(tinh, so_do("1"), book("Giông tố", number="2"))
    one, two = cluster_of(tinh, "1"), cluster_of(tinh, "2")
    Cluster.objects.filter(pk=one).update(size=0, merged_into=two)
    Cluster.objects.filter(pk=two).update(size=0, merged_into=one)
    assert where_is(one) is None


def test_both_acts_are_in_the_audit_trail_and_news_for_the_index(joined: int, ha_long: Library) -> None:
    changes.discard("discovery")
    own = set_apart(held(ha_long, "a").pk, actor=LAN)
    with changes.drain("discovery", 10) as news:
        assert sorted(news) == sorted([joined, own])
    bring_together(held(ha_long, "a").pk, joined, actor=LAN)
    with changes.drain("discovery", 10) as news:
        assert sorted(news) == sorted([joined, own])
    told = AuditEntry.objects.filter(action__startswith="union.").order_by("id")
    assert [(e.action, e.actor_name, e.object_id) for e in told] == [
        ("union.set_apart", "Lan", str(held(ha_long, "a").pk)),
        ("union.bring_together", "Lan", str(held(ha_long, "a").pk)),
    ]


def test_a_word_keeps_what_the_rule_said_then(joined: int, tinh: Library, ha_long: Library) -> None:
    """CLU-11: version, score and features of that time, whatever rule is in force later; also where it stands again."""
    left, right = sorted((held(tinh, "1").pk, held(ha_long, "a").pk))
    edge = Edge.objects.get(left_id=left, right_id=right)
    act = decide_pairs([(left, right, "different")], actor=LAN)
    assert act is not None
    [said] = decisions_of([left])
    assert (said.rule_version, said.score, said.levels) == (shipped().version, edge.score, edge.levels)
    assert "title=whole-short" in said.levels
    other = replace(shipped(), version=90, bias=-5.0)
    RuleVersion.objects.create(version=90, rule=other.as_json(), status="active", created_by="Lan")
    assert rule_in_force().version == 90
    later = decide_pairs([(left, right, "same")], actor=LAN)
    assert later is not None
    [now] = decisions_of([left])
    assert (now.rule_version, now.levels) == (90, said.levels)
    assert now.score is not None
    assert now.score < edge.score
    revert(later.pk, actor=LAN)
    [again] = decisions_of([left])
    assert (again.verdict, again.rule_version, again.score) == ("different", shipped().version, edge.score)


def test_of_a_withdrawn_record_a_word_keeps_nothing(tinh: Library, ha_long: Library) -> None:
    """A record that is set apart is told from former companions too; of withdrawn ones there is nothing to compare."""
    imported(tinh, so_do("1"), so_do("2"))
    batch = imported(ha_long, so_do("a"))
    one, two, gone = held(tinh, "1").pk, held(tinh, "2").pk, held(ha_long, "a").pk
    decide_pairs([(one, gone, "same")], actor=LAN)
    undo_batch(batch.pk, actor=CLERK)
    set_apart(one, actor=LAN)
    said = {(d.left, d.right): d for d in decisions_of([one])}
    assert (said[one, gone].verdict, said[one, gone].score, said[one, gone].levels) == ("different", None, "")
    assert said[one, two].score is not None
