"""How records find together, and what becomes of a publication when one changes or goes (JOIN-1, 2, 11 to 13)."""

from __future__ import annotations

import random
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lienthu.domain.catalog.tests.cast import CLERK, book, held
from lienthu.domain.network.models import Library
from lienthu.domain.network.services.libraries import Particulars, update_library
from lienthu.domain.network.tests.factories import TESTS, make_library
from lienthu.domain.union.fingerprint import CANDIDATES_PER_RECORD
from lienthu.domain.union.models import Cluster, Edge, Membership
from lienthu.domain.union.rule_selectors import rule_in_force
from lienthu.domain.union.selectors import cluster_count, members_of, reasons_in, where_is
from lienthu.domain.union.services import book as book_
from lienthu.domain.union.services import edges
from lienthu.domain.union.services.conduct import undo_batch
from lienthu.domain.union.tests.cast import assert_union_is_sound, cluster_of, imported
from lienthu.foundation.marc.model import Field, Record

pytestmark = pytest.mark.django_db
ISBN = "9786049573224"


@pytest.fixture
def tinh() -> Library:
    return make_library("VN-QNTV", "Thư viện tỉnh")


@pytest.fixture
def ha_long() -> Library:
    return make_library("VN-HL", "Thư viện Hạ Long")


@pytest.fixture
def truong() -> Library:
    return make_library("VN-DH", "Thư viện trường Đại học Hạ Long")


def so_do(number: str, **said: Any) -> Record:
    return book(
        **{"number": number, "title": "Số đỏ", "by": "Vũ Trọng Phụng", "year": 1998, "publisher": "Văn học", **said}
    )


# ---------------------------------------------------------------------------------------------- finding together


def test_a_record_stands_alone_until_another_library_describes_the_same(tinh: Library, ha_long: Library) -> None:
    alone = imported(tinh, so_do("1"), book("Đất mỏ", number="2", by="Võ Huy Tâm", year=1961))
    assert (alone.joined, cluster_count()) == (0, 2)
    second = imported(ha_long, so_do("a", publisher="Nxb. Văn học"))
    assert (second.joined, cluster_count()) == (1, 2)
    assert cluster_of(tinh, "1") == cluster_of(ha_long, "a") != cluster_of(tinh, "2")
    assert_union_is_sound()


def test_records_of_one_file_find_one_another(tinh: Library) -> None:
    assert imported(tinh, so_do("1"), so_do("2"), so_do("3")).joined == 2
    assert Cluster.objects.get(size=3).pk == cluster_of(tinh, "1") == cluster_of(tinh, "3")


def test_every_reason_is_kept_with_the_record_it_was_matched_with(tinh: Library, ha_long: Library) -> None:
    imported(tinh, so_do("1"))
    imported(ha_long, so_do("a", title="So do", by="Phụng, Vũ Trọng"))
    (first, second) = reasons_in(cluster_of(tinh, "1"))
    assert (first.matched_record_id, first.reasons) == (None, [])
    assert second.matched_record_id == held(tinh, "1").pk
    assert second.rule_version == rule_in_force().version
    assert second.score is not None
    told = {r["feature"]: r for r in second.reasons}
    assert told["title"]["says"] == "agrees"
    assert told["title"]["left"] != told["title"]["right"]
    assert told["edition"]["says"] == "silent"
    assert len(told) > 8


@pytest.mark.parametrize("order", ["abc", "acb", "cab"])
def test_a_title_without_marks_does_not_glue_two_that_differ_in_theirs(order: str, tinh: Library) -> None:
    """CLU-4: "Ha Long" is the same as either, and they are not the same as each other."""
    said: dict[str, Any] = {"by": "Trần Nhuận Minh", "year": 2001, "publisher": "Hội Nhà văn"}
    titles = {"a": "Hạ Long", "b": "Hà Long", "c": "Ha Long"}
    for number in order:
        imported(tinh, book(titles[number], number=number, **said))
    assert cluster_of(tinh, "a") != cluster_of(tinh, "b")
    assert cluster_of(tinh, "c") in (cluster_of(tinh, "a"), cluster_of(tinh, "b"))


@pytest.mark.parametrize("order", ["abc", "acb", "cab", "bca"])
def test_a_record_without_extent_does_not_glue_sets_of_other_lengths(order: str, tinh: Library) -> None:
    """CLU-4, MAT-17: twelve volumes are not fifteen, though a record that counts none may be either."""
    said: dict[str, Any] = {"by": "Nguyễn Công Hoan", "year": 2001, "publisher": "Hội Nhà văn"}
    volumes = {"a": "12 tập", "b": "15 tập", "c": ""}
    for number in order:
        extent = [Field("300", " ", " ", (("a", volumes[number]),))] if volumes[number] else []
        imported(tinh, book("Tuyển tập Nguyễn Công Hoan", number=number, more=extent, **said))
    assert cluster_of(tinh, "a") != cluster_of(tinh, "b")
    assert cluster_of(tinh, "c") in (cluster_of(tinh, "a"), cluster_of(tinh, "b"))


def test_a_thousand_namesakes_cost_no_more_than_sixty_comparisons_each(
    tinh: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared = 0

    def counted(*pair: Any) -> Any:
        nonlocal compared
        compared += 1
        return really(*pair)

    really = book_.score_pair
    monkeypatch.setattr(book_, "score_pair", counted)
    persons = ["Nguyễn Du", "Đào Duy Anh"]
    records = [
        book("Truyện Kiều", number=str(n), by=persons, year=1000 + n, publisher=f"Nhà in {n}x") for n in range(1000)
    ]
    with CaptureQueriesContext(
        connection,
    ) as few:
        imported(tinh, *records[:10], source_code="few")
    compared = 0
    with CaptureQueriesContext(connection) as many:
        imported(tinh, *records)
    assert Membership.objects.count() == 1010
    assert cluster_count() == 1000
    assert compared <= 1000 * CANDIDATES_PER_RECORD
    assert edges.CANDIDATES_PER_KEY == 30
    assert len(many) <= len(few) + 5


@pytest.mark.parametrize("act", ["bring", "change", "withdraw"])
def test_the_number_of_statements_does_not_depend_on_the_number_of_records(
    act: str, tinh: Library, ha_long: Library
) -> None:
    """Also where every record that goes had brought another into its cluster."""

    def books(count: int, prefix: str, **said: Any) -> list[Record]:
        return [book(f"Truyện {prefix} số {n * 7}", number=f"{prefix}{n}", year=2000, **said) for n in range(count)]

    spent = []
    for count, prefix in ((3, "bé"), (40, "lớn")):
        publisher = {"publisher": "Kim Đồng"}
        mine = imported(tinh, *books(count, prefix, **publisher))
        imported(ha_long, *books(count, prefix, **publisher))
        with CaptureQueriesContext(connection) as statements:
            if act == "bring":
                imported(tinh, *books(count, prefix, **publisher), source_code="again")
            elif act == "change":
                imported(tinh, *books(count, prefix, publisher="Trẻ"))
            else:
                undo_batch(mine.pk, actor=CLERK)
        spent.append(len(statements))
    assert spent[1] <= spent[0] + 2, spent
    assert_union_is_sound()


# ------------------------------------------------------------------------------------- when a record changes or goes


def test_a_change_of_what_is_not_compared_moves_nothing(tinh: Library, ha_long: Library) -> None:
    imported(tinh, so_do("1"))
    imported(ha_long, so_do("a"))
    before = Membership.objects.get(record=held(ha_long, "a"))
    found = Edge.objects.get().created_at
    batch = imported(ha_long, so_do("a", shelf="K1"))
    after = Membership.objects.get(record=held(ha_long, "a"))
    assert batch.updated == 1
    assert after.cluster_id == before.cluster_id
    assert Edge.objects.get().created_at == found


def test_a_record_that_now_describes_something_else_leaves(tinh: Library, ha_long: Library) -> None:
    imported(tinh, so_do("1"))
    imported(ha_long, so_do("a"))
    place = cluster_of(tinh, "1")
    imported(ha_long, so_do("a", title="Giông tố"))
    assert cluster_of(tinh, "1") == place != cluster_of(ha_long, "a")
    assert_union_is_sound()


def test_those_that_came_in_through_a_record_are_placed_again_when_it_leaves(
    tinh: Library, ha_long: Library, truong: Library
) -> None:
    imported(tinh, so_do("1"))
    imported(ha_long, so_do("a", isbn=ISBN))  # the same, and it knows an ISBN
    imported(truong, so_do("x", isbn=ISBN, year=None, publisher=""))  # only the ISBN joins it
    assert cluster_of(tinh, "1") == cluster_of(truong, "x")
    imported(ha_long, so_do("a", title="Giông tố", isbn="9786046998051"))
    assert len({cluster_of(tinh, "1"), cluster_of(ha_long, "a"), cluster_of(truong, "x")}) == 3
    assert_union_is_sound()


def test_those_with_another_reason_stay(tinh: Library, ha_long: Library, truong: Library) -> None:
    imported(tinh, so_do("1"))
    imported(ha_long, so_do("a", isbn=ISBN))
    imported(truong, so_do("x", isbn=ISBN))
    imported(ha_long, so_do("a", title="Giông tố", isbn=""))
    assert cluster_of(tinh, "1") == cluster_of(truong, "x") != cluster_of(ha_long, "a")
    assert reasons_in(cluster_of(truong, "x"))[1].matched_record_id == held(tinh, "1").pk
    assert_union_is_sound()


def test_a_cluster_whose_first_record_leaves_keeps_its_address(
    tinh: Library, ha_long: Library, truong: Library
) -> None:
    imported(tinh, so_do("1"))
    imported(ha_long, so_do("a"))
    imported(truong, so_do("x"))
    address = cluster_of(tinh, "1")
    imported(tinh, so_do("1", title="Giông tố"))
    assert cluster_of(ha_long, "a") == cluster_of(truong, "x") == address == where_is(address)
    assert cluster_of(tinh, "1") != address
    assert_union_is_sound()


def test_a_publication_of_one_library_keeps_its_address_when_its_title_is_corrected(tinh: Library) -> None:
    imported(tinh, so_do("1", title="Sô đỏ"))
    address = cluster_of(tinh, "1")
    imported(tinh, so_do("1"))
    assert where_is(address) == cluster_of(tinh, "1")
    assert_union_is_sound()


def test_the_address_of_a_record_that_joins_another_leads_there(tinh: Library, ha_long: Library) -> None:
    imported(tinh, so_do("1"))
    imported(ha_long, so_do("a", title="Sô đỏ"))
    address = cluster_of(ha_long, "a")
    imported(ha_long, so_do("a"))
    assert cluster_of(ha_long, "a") == cluster_of(tinh, "1") == where_is(address) != address
    assert_union_is_sound()


def test_a_withdrawn_record_leaves_its_cluster_to_the_others(tinh: Library, ha_long: Library) -> None:
    first = imported(tinh, so_do("1"))
    imported(ha_long, so_do("a"))
    address = cluster_of(ha_long, "a")
    undo_batch(first.pk, actor=CLERK)
    assert cluster_of(ha_long, "a") == address
    assert Cluster.objects.get(pk=address).size == 1
    assert_union_is_sound()


def test_an_undone_change_brings_a_record_back(tinh: Library, ha_long: Library) -> None:
    imported(tinh, so_do("1"))
    imported(ha_long, so_do("a"))
    changed = imported(ha_long, so_do("a", title="Giông tố"))
    assert cluster_of(tinh, "1") != cluster_of(ha_long, "a")
    undo_batch(changed.pk, actor=CLERK)
    assert cluster_of(tinh, "1") == cluster_of(ha_long, "a")
    assert_union_is_sound()


def test_whatever_libraries_send_the_union_stays_sound(tinh: Library, ha_long: Library, truong: Library) -> None:
    chance = random.Random(7)
    sent = []
    for step in range(24):
        records = [
            so_do(
                str(number),
                title=chance.choice(["Số đỏ", "So do", "Giông tố"]),
                year=chance.choice([1998, 1998, 2000, None]),
                isbn=chance.choice(["", "", ISBN]),
                publisher=chance.choice(["Văn học", "Trẻ", ""]),
            )
            for number in chance.sample(range(6), 3)
        ]
        if step % 6 == 5:
            undo_batch(sent.pop(chance.randrange(len(sent))).pk, actor=CLERK)
        else:
            sent.append(imported(chance.choice([tinh, ha_long, truong]), *records))
        assert_union_is_sound()


# ------------------------------------------------------------------------------------------------ the preferred one


def test_the_record_that_says_most_speaks_for_the_publication(tinh: Library, ha_long: Library) -> None:
    imported(tinh, so_do("1"))
    imported(ha_long, so_do("a", subjects=["Tiểu thuyết"], edition="In lần 2", isbn=ISBN))
    assert Cluster.objects.get(size=2).preferred_id == held(ha_long, "a").pk


def test_of_equals_the_oldest_speaks(tinh: Library, ha_long: Library) -> None:
    imported(tinh, so_do("1"))
    imported(ha_long, so_do("a"))
    assert Cluster.objects.get(size=2).preferred_id == held(tinh, "1").pk


def test_a_record_that_came_to_say_more_speaks_from_then_on(tinh: Library, ha_long: Library) -> None:
    imported(tinh, so_do("1"))
    imported(ha_long, so_do("a"))
    richer = [Field("300", subfields=(("a", "255 tr."),)), Field("520", subfields=(("a", "Xuân Tóc Đỏ ..."),))]
    imported(ha_long, so_do("a", more=richer))  # nothing that is compared has changed
    assert Cluster.objects.get(size=2).preferred_id == held(ha_long, "a").pk
    assert members_of([cluster_of(tinh, "1")])[cluster_of(tinh, "1")][0].record_id == held(ha_long, "a").pk


def test_a_closed_library_never_speaks_while_an_open_one_is_there(tinh: Library) -> None:
    closed = make_library("VN-KIN", "Thư viện quân đội", particulars=Particulars(closed=True))
    imported(closed, so_do("k", subjects=["Tiểu thuyết"], edition="In lần 2"))
    assert Cluster.objects.get().preferred_id == held(closed, "k").pk
    imported(tinh, so_do("1"))
    cluster = Cluster.objects.get()
    assert (cluster.size, cluster.preferred_id) == (2, held(tinh, "1").pk)
    assert [m.record_id for m in members_of([cluster.pk])[cluster.pk]] == [held(tinh, "1").pk]
    assert len(members_of([cluster.pk], closed_too=True)[cluster.pk]) == 2


def test_a_library_that_closes_no_longer_speaks(tinh: Library, ha_long: Library) -> None:
    imported(tinh, so_do("1"))
    imported(ha_long, so_do("a", subjects=["Tiểu thuyết"], edition="In lần 2"))
    cluster = cluster_of(tinh, "1")
    update_library(library_id=ha_long.pk, actor=TESTS, particulars=Particulars(closed=True))
    assert [m.record_id for m in members_of([cluster])[cluster]] == [held(tinh, "1").pk]
