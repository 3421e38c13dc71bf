"""The queue of doubtful pairs, a pair side by side, a cluster with all that made it (CLU-13, CLU-14)."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lienthu.domain.catalog.tests.cast import book, held
from lienthu.domain.network.models import Library
from lienthu.domain.network.tests.factories import make_library
from lienthu.domain.union import review
from lienthu.domain.union.models import Edge
from lienthu.domain.union.review import Filters
from lienthu.domain.union.services.decide import decide_pairs, merge_clusters, set_apart
from lienthu.domain.union.tests.cast import cluster_of, imported
from lienthu.platform.actor import Actor

pytestmark = pytest.mark.django_db
LAN = Actor(None, "Lan")


@pytest.fixture
def tinh() -> Library:
    return make_library("VN-QNTV", "Thư viện tỉnh")


@pytest.fixture
def ha_long() -> Library:
    return make_library("VN-HL", "Thư viện Hạ Long")


@pytest.fixture
def doubtful(tinh: Library, ha_long: Library) -> list[tuple[int, int]]:
    """Six pairs that a rule calls doubtful, of falling score, and one that is the same."""
    for number in range(6):
        imported(
            tinh, book(f"Sách số {number * 7 + 1}", number=f"{number}", by="Nguyễn Du", year=1990, publisher="Trẻ")
        )
        imported(ha_long, book(f"Truyện kể thứ {number * 5 + 3}", number=f"{number}"))
    pairs = []
    for number in range(6):
        pair = sorted((held(tinh, str(number)).pk, held(ha_long, str(number)).pk))
        Edge.objects.filter(left_id=pair[0], right_id=pair[1]).delete()
        Edge.objects.create(
            left_id=pair[0], right_id=pair[1], score=0.6 - number * 0.05, verdict="review", levels="", rule_version=0
        )
        pairs.append((pair[0], pair[1]))
    Edge.objects.exclude(left_id__in=[p[0] for p in pairs], rule_version=0).delete()
    return pairs


def pairs_of(rows: list[review.ReviewRow]) -> list[tuple[int, int]]:
    return [(r.left, r.right) for r in rows]


def test_the_queue_is_paged_from_the_surest_down(doubtful: list[tuple[int, int]]) -> None:
    first = review.review_queue(limit=4)
    assert pairs_of(first) == doubtful[:4]
    assert pairs_of(review.review_queue(first[-1].place, limit=4)) == doubtful[4:]
    assert review.review_count() == 6


def test_what_is_decided_or_stands_together_waits_no_more(doubtful: list[tuple[int, int]]) -> None:
    same, different, later, together, *rest = doubtful
    decide_pairs([(*same, "same"), (*different, "different"), (*later, "later")], actor=LAN)
    rows = {(r.left, r.right): r for r in review.review_queue()}
    merge_clusters([rows[together].left_cluster, rows[together].right_cluster], actor=LAN)
    assert pairs_of(review.review_queue()) == rest
    assert pairs_of(review.review_queue(filters=Filters(kind="later"))) == [later]
    assert review.review_count(Filters(kind="later")) == 1


def test_the_queue_by_library_score_and_what_may_be_seen(
    doubtful: list[tuple[int, int]], tinh: Library, ha_long: Library
) -> None:
    other = make_library("VN-DH", "Thư viện trường")
    assert review.review_count(Filters(library_id=tinh.pk)) == 6
    assert review.review_count(Filters(library_id=other.pk)) == 0
    assert review.review_count(Filters(hidden=frozenset({ha_long.pk}))) == 0
    between = review.review_queue(filters=Filters(score_from=0.43, score_to=0.56))
    assert pairs_of(between) == doubtful[1:4]


def test_links_that_joined_nothing_are_a_queue_of_their_own(tinh: Library, ha_long: Library) -> None:
    said: dict[str, Any] = {"title": "Số đỏ", "by": "Vũ Trọng Phụng", "year": 1998, "publisher": "Văn học"}
    imported(tinh, book(number="1", **said))
    imported(ha_long, book(number="a", **said))
    set_apart(held(ha_long, "a").pk, actor=LAN)
    assert review.review_count(Filters(kind="blocked")) == 0  # decided already
    imported(tinh, book(number="1", **said), book(number="2", **said))
    rows = review.review_queue(filters=Filters(kind="blocked"))
    assert {held(tinh, "2").pk} < {r for row in rows for r in (row.left, row.right)}


def test_pairs_are_fetched_ahead_with_both_records_and_reasons(doubtful: list[tuple[int, int]]) -> None:
    with CaptureQueriesContext(connection) as few:
        review.next_reviews(limit=2)
    with CaptureQueriesContext(connection) as many:
        views = review.next_reviews(limit=6)
    assert len(many) == len(few)
    assert [(v.row.left, v.row.right) for v in views] == doubtful
    assert all("Sách số" in v.left_marc + v.right_marc and v.reasons for v in views)
    assert {r.feature for r in views[0].reasons} >= {"title", "year"}
    one = review.pair_view(*reversed(doubtful[0]))
    assert one is not None
    assert (one.row.left, one.row.right) == doubtful[0]
    assert review.pair_view(doubtful[0][0], 999_999_999) is None


def test_a_cluster_shows_all_that_made_it(tinh: Library, ha_long: Library) -> None:
    said: dict[str, Any] = {"title": "Số đỏ", "by": "Vũ Trọng Phụng", "year": 1998, "publisher": "Văn học"}
    imported(tinh, book(number="1", **said), book(number="2", title="Giông tố"))
    imported(ha_long, book(number="a", **said))
    target, other = cluster_of(tinh, "1"), cluster_of(tinh, "2")
    with CaptureQueriesContext(connection) as few:
        assert review.cluster_view(other) is not None
    act = merge_clusters([target, other], actor=LAN, note="thử")
    with CaptureQueriesContext(connection) as many:
        view = review.cluster_view(target)
    assert view is not None
    assert len(many) <= len(few) + 3  # the act and what reverts it
    assert {m.record_id for m in view.members} == {held(tinh, "1").pk, held(tinh, "2").pk, held(ha_long, "a").pk}
    assert view.addresses == {target: held(tinh, "1").pk, other: held(tinh, "2").pk}
    inside = [e for e in view.edges if e.inside and e.verdict == "same"]
    assert [(e.left, e.right) for e in inside] == [tuple(sorted((held(tinh, "1").pk, held(ha_long, "a").pk)))]
    assert {d.verdict for d in view.decisions} == {"same"}
    assert act is not None
    assert [(e.kind, e.act.id if e.act else None) for e in view.history] == [("merged", act.pk)]
    assert review.cluster_view(other) is None
