"""What a publication is shown by, field by field, and where each field is from (CLU-17)."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lienthu.domain.catalog.tests.cast import book, held
from lienthu.domain.discovery.publications import publication
from lienthu.domain.network.models import Library
from lienthu.domain.network.services.libraries import Particulars
from lienthu.domain.network.tests.factories import make_library
from lienthu.domain.union.elect import FIELDS, Candidate, elect
from lienthu.domain.union.election import elected_of, origins_of, source_ranks
from lienthu.domain.union.errors import RankRefused
from lienthu.domain.union.selectors import members_of
from lienthu.domain.union.services.decide import merge_clusters
from lienthu.domain.union.services.ranking import set_source_ranks
from lienthu.domain.union.tests.cast import cluster_of, imported
from lienthu.foundation.marc.describe import Description
from lienthu.foundation.marc.describe.values import Person
from lienthu.foundation.marc.model import Field
from lienthu.platform.actor import Actor

LAN = Actor(None, "Lan")
FULL = Description(
    title="Số đỏ : tiểu thuyết", title_proper="Số đỏ", subtitle="tiểu thuyết", authors=(Person("Vũ Trọng Phụng"),),
    publisher="Văn học", place="Hà Nội", year=1998, date_text="1998", subjects=("Văn học",), extent="255 tr.",
)  # fmt: skip
LOST = FULL._replace(title="So do", title_proper="So do", subtitle="", summary="Xuân Tóc Đỏ...", edition="In lần 2")


def test_one_record_speaks_for_itself() -> None:
    found = elect([Candidate(7, FULL)])
    assert found.description is FULL
    assert set(found.origins.values()) == {7}
    assert "summary" not in found.origins


def test_diacritics_kept_are_better_than_lost_and_gaps_are_filled() -> None:
    found = elect([Candidate(1, LOST), Candidate(2, FULL)])
    d = found.description
    assert (d.title, d.title_proper, d.subtitle) == ("Số đỏ : tiểu thuyết", "Số đỏ", "tiểu thuyết")
    assert (d.summary, d.edition) == ("Xuân Tóc Đỏ...", "In lần 2")
    assert {found.origins[f] for f in ("title", "title_proper", "subtitle")} == {2}
    assert {found.origins[f] for f in ("summary", "edition", "extent")} == {1}


def test_what_belongs_together_comes_from_one_record() -> None:
    other = FULL._replace(publisher="Hội Nhà văn", place="", year=None, date_text="")
    found = elect([Candidate(1, other), Candidate(2, FULL)])
    assert (found.description.publisher, found.description.place) in {("Hội Nhà văn", ""), ("Văn học", "Hà Nội")}
    assert (found.description.year, found.origins["year"]) == (1998, 2)


def test_the_library_that_is_best_at_something_is_believed() -> None:
    good = FULL._replace(subjects=("Tiểu thuyết",))
    rich = FULL._replace(subjects=("Văn học", "Việt Nam", "Thế kỷ 20"))
    assert elect([Candidate(1, rich), Candidate(2, good)]).description.subjects == rich.subjects
    ranked = elect([Candidate(1, rich), Candidate(2, good, ranks={"subjects": 1})])
    assert (ranked.description.subjects, ranked.origins["subjects"]) == (good.subjects, 2)
    both = elect([Candidate(1, rich, ranks={"subjects": 1}), Candidate(2, good, ranks={"subjects": 2})])
    assert both.origins["subjects"] == 1


def test_headings_linked_to_authorities_are_better() -> None:
    linked = elect([Candidate(1, FULL), Candidate(2, FULL, linked=frozenset({"persons"}))])
    assert linked.origins["authors"] == 2
    assert linked.origins["title"] == 1


def test_of_equals_the_most_complete_and_then_the_oldest() -> None:
    found = elect([Candidate(5, FULL), Candidate(3, FULL)])
    assert set(found.origins.values()) == {5}
    assert found.description == FULL


def test_every_field_that_says_something_has_an_origin_that_says_it() -> None:
    candidates = [Candidate(1, LOST), Candidate(2, FULL), Candidate(3, Description(title="Số đỏ", isbns=("978",)))]
    found = elect(candidates)
    by_id = {c.record_id: c.description for c in candidates}
    for name in FIELDS:
        value = getattr(found.description, name)
        assert (name in found.origins) == bool(value)
        if value:
            assert getattr(by_id[found.origins[name]], name) == value


# ------------------------------------------------------------------------------------------------- from the database


@pytest.fixture
def tinh(db: None) -> Library:
    return make_library("VN-QNTV", "Thư viện tỉnh")


@pytest.fixture
def ha_long(db: None) -> Library:
    return make_library("VN-HL", "Thư viện Hạ Long")


def together(tinh: Library, ha_long: Library) -> int:
    said: dict[str, Any] = {"by": "Vũ Trọng Phụng", "year": 1998, "publisher": "Văn học"}
    summary = Field("520", subfields=(("a", "Xuân Tóc Đỏ và xã hội thành thị."),))
    imported(tinh, book("Số đỏ", number="1", subjects=["Tiểu thuyết"], **said))
    imported(
        ha_long,
        book(
            "So do", number="a", edition="In lần 2", more=[summary], subjects=["Xã hội", "Đô thị", "Trào phúng"], **said
        ),
    )
    at, other = cluster_of(tinh, "1"), cluster_of(ha_long, "a")
    if at != other:
        merge_clusters([at, other], actor=LAN)
    return cluster_of(tinh, "1")


def test_the_page_shows_what_is_elected_and_can_tell_where_it_is_from(tinh: Library, ha_long: Library) -> None:
    cluster = together(tinh, ha_long)
    view = publication(cluster)
    assert view is not None
    assert (view.description.title_proper, view.description.edition) == ("Số đỏ", "In lần 2")
    with CaptureQueriesContext(connection) as statements:
        origins = origins_of(cluster)
    assert len(statements) == 1
    assert (origins["title"].record_id, origins["title"].library_id) == (held(tinh, "1").pk, tinh.pk)
    assert {origins[f].library_id for f in ("edition", "summary", "subjects")} == {ha_long.pk}
    assert origins_of(999_999) == {}


def test_ranks_are_set_by_people_and_used_at_once(tinh: Library, ha_long: Library) -> None:
    cluster = together(tinh, ha_long)
    set_source_ranks(tinh, {"subjects": 1}, actor=LAN)
    assert origins_of(cluster)["subjects"].library_id == tinh.pk
    assert elected_of(members_of([cluster])[cluster]).description.subjects == ("Tiểu thuyết",)
    assert source_ranks() == {tinh.pk: {"subjects": 1}}
    set_source_ranks(tinh, {}, actor=LAN)
    assert origins_of(cluster)["subjects"].library_id == ha_long.pk
    for wrong in ({"weather": 1}, {"subjects": 0}):
        with pytest.raises(RankRefused):
            set_source_ranks(tinh, wrong, actor=LAN)


def test_nothing_is_elected_from_a_closed_library(tinh: Library) -> None:
    closed = make_library("VN-KIN", "Thư viện quân đội", particulars=Particulars(closed=True))
    cluster = together(tinh, closed)
    assert {o.library_id for o in origins_of(cluster).values()} == {tinh.pk}
    assert "summary" not in origins_of(cluster)
    assert "summary" in origins_of(cluster, closed_too=True)


def test_a_heading_with_the_number_of_an_authority_record(tinh: Library, ha_long: Library) -> None:
    said: dict[str, Any] = {"by": "Vũ Trọng Phụng", "year": 1998, "publisher": "Văn học"}
    linked = Field("650", " 7", subfields=(("a", "Tiểu thuyết"), ("0", "(VN)123")))
    imported(tinh, book("Số đỏ", number="1", subjects=["Xã hội", "Đô thị", "Trào phúng"], **said))
    imported(ha_long, book("Số đỏ", number="a", more=[linked], **said))
    at, other = cluster_of(tinh, "1"), cluster_of(ha_long, "a")
    if at != other:
        merge_clusters([at, other], actor=LAN)
    assert origins_of(cluster_of(tinh, "1"))["subjects"].library_id == ha_long.pk
