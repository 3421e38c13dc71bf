"""Editions and translations of one work have one key (CLU-18)."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lienthu.domain.catalog.tests.cast import book
from lienthu.domain.network.models import Library
from lienthu.domain.network.services.libraries import Particulars
from lienthu.domain.network.tests.factories import make_library
from lienthu.domain.union.models import Cluster
from lienthu.domain.union.selectors import edition_counts, editions_of
from lienthu.domain.union.tests.cast import cluster_of, imported
from lienthu.domain.union.works import elect_work, work_key
from lienthu.foundation.marc.describe import Description, describe
from lienthu.foundation.marc.describe.values import Person
from lienthu.foundation.marc.model import Field

KIEU = Description(title="Truyện Kiều", title_proper="Truyện Kiều", authors=(Person("Nguyễn Du"),), languages=("vie",))
HUGO = Description(
    title="Les misérables", title_proper="Les misérables", authors=(Person("Hugo, Victor"),), languages=("fre",)
)
KHON_KHO = Description(
    title="Những người khốn khổ", title_proper="Những người khốn khổ", authors=(Person("Victor Hugo"),),
    languages=("vie",), original_title="Les misérables",
)  # fmt: skip


def work(d: Description) -> int | None:
    key = work_key(d)
    return abs(key) if key else None


@pytest.mark.parametrize(
    "other",
    [
        KIEU._replace(year=2010, publisher="Trẻ", edition="Tái bản lần 5"),
        KIEU._replace(title="Truyện Kiều : chú giải", subtitle="chú giải"),
        KIEU._replace(authors=(Person("Nguyễn, Du"), Person("Đào Duy Anh"))),
        KIEU._replace(title="Truyen Kieu", title_proper="Truyen Kieu"),
        KIEU._replace(material_type="audiobook"),
    ],
)
def test_editions_are_of_one_work(other: Description) -> None:
    assert work(KIEU) == work(other) is not None


@pytest.mark.parametrize(
    "other",
    [
        KIEU._replace(authors=(Person("Nguyễn Dữ"),), title_proper="Truyền kỳ mạn lục"),
        KIEU._replace(authors=(Person("Hoài Thanh"),)),
        KIEU._replace(part="Tập 2"),
        KIEU._replace(material_type="article"),
        KIEU._replace(authors=()),
    ],
)
def test_other_works_and_what_cannot_be_told(other: Description) -> None:
    assert work(KIEU) != work(other)


def test_a_translation_is_of_the_work_it_translates() -> None:
    assert work(KHON_KHO) == work(HUGO)
    assert (work_key(KHON_KHO) or 0) < 0 < (work_key(HUGO) or 0)


def test_what_a_record_states_counts_more_than_what_others_leave_to_be_guessed() -> None:
    assert elect_work([(1, 5), (2, 5), (3, -7)]) == 7
    assert elect_work([(1, 5), (2, 6), (3, 6), (4, None)]) == 6
    assert elect_work([(2, 6), (1, 5)]) == 5
    assert elect_work([(1, None)]) is None
    assert elect_work([]) is None


@pytest.mark.parametrize(
    "field",
    [
        Field("240", "10", subfields=(("a", "Les misérables."), ("l", "Tiếng Việt"))),
        Field("765", "0 ", subfields=(("t", "Les misérables"),)),
        Field("534", "  ", subfields=(("p", "Nguyên bản:"), ("t", "Les misérables"))),
        Field("246", "3 ", subfields=(("i", "Tên nguyên bản:"), ("a", "Les misérables"))),
    ],
)
def test_where_a_record_states_the_original_title(field: Field) -> None:
    d = describe(book("Những người khốn khổ", by="Victor Hugo", more=[field]))
    assert d.original_title == "Les misérables"
    assert work(d) == work(HUGO)


@pytest.fixture
def tinh(db: None) -> Library:
    return make_library("VN-QNTV", "Thư viện tỉnh")


def test_editions_are_found_and_counted(tinh: Library) -> None:
    closed = make_library("VN-KIN", "Thư viện quân đội", particulars=Particulars(closed=True))
    said: dict[str, Any] = {"by": "Nguyễn Du"}
    imported(
        tinh,
        book("Truyện Kiều", number="1", year=1990, publisher="Văn học", **said),
        book("Truyện Kiều", number="2", year=2005, publisher="Trẻ", **said),
        book("Truyện Kiều", number="3", year=2015, publisher="Kim Đồng", **said),
        book("Văn tế thập loại chúng sinh", number="4", **said),
    )
    imported(closed, book("Truyện Kiều", number="k", year=1975, publisher="Quân đội", **said))
    one, two, three, other = (cluster_of(tinh, n) for n in "1234")
    assert editions_of(one) == [two, three]
    assert editions_of(other) == []
    military = cluster_of(closed, "k")
    with CaptureQueriesContext(connection) as statements:
        counted = edition_counts([one, two, other, military])
    assert len(statements) == 1
    assert counted == {one: 3, two: 3, military: 3}
    imported(tinh, book("Truyện khác hẳn", number="3", year=2015, publisher="Kim Đồng", **said))
    assert editions_of(one) == [two]


def test_the_work_is_told_anew_when_only_the_original_title_is_added(tinh: Library) -> None:
    """It is not compared, so the record stays where it is."""
    said: dict[str, Any] = {"by": "Victor Hugo", "year": 1999, "publisher": "Văn học"}
    imported(tinh, book("Những người khốn khổ", number="1", **said))
    before = Cluster.objects.get().work_key
    original = Field("765", "0 ", subfields=(("t", "Les misérables"),))
    imported(tinh, book("Những người khốn khổ", number="1", more=[original], **said))
    assert Cluster.objects.get().work_key == work(HUGO) != before
