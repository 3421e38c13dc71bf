"""Parts find their host by its ISSN, ISBN or title where no number says which (IMP-37). Nothing is guessed."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lienthu.domain.catalog.content import Arrival, content_of, harvested_identity, host_names, title_key
from lienthu.domain.catalog.models import BibRecord, ImportBatch
from lienthu.domain.catalog.reading import HARVESTED
from lienthu.domain.catalog.services.apply import apply
from lienthu.domain.catalog.services.undo import take_back
from lienthu.domain.catalog.tests.cast import article, book, bring, held, open_batch, write
from lienthu.domain.network.models import Library
from lienthu.domain.network.tests.factories import make_library
from lienthu.foundation.marc.describe import describe
from lienthu.foundation.marc.model import Field, Record

pytestmark = pytest.mark.django_db
ISSN, OTHER_ISSN = "0866-7284", "1859-3526"
ISBN = "9786049740411"


@pytest.fixture
def tinh() -> Library:
    return make_library("VN-QNTV", "Thư viện tỉnh")


def journal(title: str, number: str, issn: str = "") -> Record:
    more = [Field("022", subfields=(("a", issn),))] if issn else []
    return book(title, number=number, leader="00000nas a2200000 a 4500", more=more)


def part(number: str, title: str = "", *, issn: str = "", isbn: str = "") -> Record:
    said = (("t", title), ("x", issn), ("z", isbn))
    return article(f"Bài {number}", number=number, more=[Field("773", "0", " ", tuple(s for s in said if s[1]))])


def host_of(library: Library, number: str, source: str = "main") -> str | None:
    host = held(library, number, source).host
    return host.control_number if host else None


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["host first", "part first"])
@pytest.mark.parametrize(
    ("host", "wanted"),
    [
        (journal("Tạp chí Di sản", "T", ISSN), part("B", "Di sản VN", issn=ISSN)),
        (journal("Tạp chí Di sản", "T", ISSN), part("B", "TẠP CHÍ DI SẢN : cơ quan ngôn luận", issn=ISSN)),
        (journal("Tạp chí Di sản", "T"), part("B", "Tạp chí Di sản", issn=ISSN)),
        (journal("Báo Quảng Ninh", "T"), part("B", "Báo Quảng Ninh.")),
        (book("Địa chí Quảng Ninh", number="T", subtitle="tập 1"), part("B", "Dia chi Quang Ninh")),
        (book("Kỷ yếu hội thảo", number="T", isbn=ISBN), part("B", "Kỷ yếu", isbn=ISBN)),
    ],
)
def test_a_part_finds_the_one_host_of_that_name(
    tinh: Library, host: Record, wanted: Record, order: tuple[int, int]
) -> None:
    both = (host, wanted)
    for at in order:
        bring(tinh, both[at])
    assert host_of(tinh, "B") == "T"


def test_together_in_one_chunk_too(tinh: Library) -> None:
    bring(tinh, part("B", "Báo Quảng Ninh"), journal("Báo Quảng Ninh", "T"), part("C", "Báo Quảng Ninh"))
    assert host_of(tinh, "B") == host_of(tinh, "C") == "T"


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (0, 2, 1)])
def test_between_two_nothing_is_guessed(tinh: Library, order: tuple[int, ...]) -> None:
    records = (journal("Báo Hạ Long", "T1"), journal("Báo Hạ Long", "T2"), part("B", "Báo Hạ Long"))
    for at in order:
        bring(tinh, records[at])
    assert host_of(tinh, "B") is None


def test_a_number_decides_between_two_of_one_title(tinh: Library) -> None:
    bring(tinh, journal("Văn nghệ", "T1", ISSN), journal("Văn nghệ", "T2", OTHER_ISSN))
    bring(tinh, part("B", "Văn nghệ", issn=OTHER_ISSN))
    assert host_of(tinh, "B") == "T2"


def test_another_issn_is_another_journal(tinh: Library) -> None:
    bring(tinh, journal("Văn nghệ", "T", ISSN), part("B", "Văn nghệ", issn=OTHER_ISSN))
    assert host_of(tinh, "B") is None


def test_the_same_system_comes_before_the_library_and_no_other_library_is_asked(tinh: Library) -> None:
    other = make_library("VN-HL", "Thư viện Hạ Long")
    bring(other, journal("Báo Quảng Ninh", "X"))
    bring(tinh, part("B", "Báo Quảng Ninh"))
    assert host_of(tinh, "B") is None
    bring(tinh, journal("Báo Quảng Ninh", "CŨ"), source="cũ")
    assert host_of(tinh, "B") == "CŨ", "a list of articles finds the journal of the old system"
    bring(tinh, journal("Báo Quảng Ninh", "T"))
    assert host_of(tinh, "B") == "T"


def test_the_number_of_a_host_counts_before_its_name(tinh: Library) -> None:
    bring(tinh, journal("Báo Quảng Ninh", "T1"), journal("Số Tết", "T2"))
    bring(tinh, article("Bài", number="B", host="Báo Quảng Ninh", host_number="T2"))
    assert host_of(tinh, "B") == "T2"


def numbered(number: str, host_number: str, title: str, *, issn: str = "") -> Record:
    """A part that says the number of its host, and names it too."""
    said = (("t", title), ("x", issn), ("w", host_number))
    return article(f"Bài {number}", number=number, more=[Field("773", "0", " ", tuple(s for s in said if s[1]))])


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["host first", "part first"])
@pytest.mark.parametrize("wanted", [numbered("B", "99", "Báo Quảng Ninh"), numbered("B", "99", "QN", issn=ISSN)])
def test_a_number_that_leads_nowhere_falls_back_to_names(tinh: Library, wanted: Record, order: tuple[int, int]) -> None:
    both = (journal("Báo Quảng Ninh", "T", ISSN), wanted)
    for at in order:
        bring(tinh, both[at])
    assert host_of(tinh, "B") == "T"


def test_the_host_of_the_number_takes_its_parts_when_it_arrives_and_gives_them_back_when_it_goes(tinh: Library) -> None:
    bring(tinh, journal("Báo Quảng Ninh", "T"), numbered("B", "99", "Báo Quảng Ninh"))
    batch = open_batch(tinh)
    write(batch, journal("Quảng Ninh, báo ngày", "99"))
    assert host_of(tinh, "B") == "99", "the number is the stronger word"
    bring(tinh, journal("Báo Quảng Ninh", "T", ISSN), numbered("C", "99", "Báo Quảng Ninh"))
    assert (host_of(tinh, "B"), host_of(tinh, "C")) == ("99", "99"), "names take nothing from a number"
    bring(tinh, numbered("B", "98", "Báo Quảng Ninh"))
    assert host_of(tinh, "B") == "T", "it says another number now, which is not here"
    bring(tinh, numbered("B", "99", "Báo Quảng Ninh"))
    take_back(batch, [held(tinh, "99").pk])
    assert (host_of(tinh, "B"), host_of(tinh, "C")) == ("T", "T")


def test_a_volume_that_finds_its_set_by_number_is_found_by_name(tinh: Library) -> None:
    volume = book("Địa chí tập một", number="V", more=[Field("830", " ", "0", (("a", "Địa chí"), ("w", "S")))])
    bring(tinh, book("Địa chí", number="S"), part("B", "Địa chí tập một"), volume)
    assert (host_of(tinh, "V"), host_of(tinh, "B")) == ("S", "V")


def test_of_a_harvested_part_too(tinh: Library) -> None:
    """A repository whose numbers are only unique up to the last mark of its identifiers (HAR-5)."""
    batch = open_batch(tinh)
    ImportBatch.objects.update(format=HARVESTED)

    def arrive(record: Record, identifier: str) -> None:
        content = content_of(record, (), harvested_identity(identifier))
        source = batch.source
        apply([Arrival(0, b"", "utf-8", content)], source=source, batch_id=batch.pk, raw_format=HARVESTED)

    arrive(journal("Báo Quảng Ninh", "T"), "oai:a.vn:1")
    arrive(numbered("B", "99", "Báo Quảng Ninh"), "oai:a.vn:2")
    part_of = BibRecord.objects.get(control_number="B")
    assert part_of.host_id == BibRecord.objects.get(control_number="T").pk
    arrive(journal("Nhật báo", "99"), "oai:b.vn:3")
    part_of.refresh_from_db()
    assert part_of.host_id == BibRecord.objects.get(control_number="T").pk, "a number of elsewhere"
    arrive(journal("Nhật báo", "99"), "oai:a.vn:3")
    part_of.refresh_from_db()
    assert part_of.host_id == BibRecord.objects.get(identity="oai:oai:a.vn:3").pk


def test_a_part_is_no_host_and_no_record_its_own(tinh: Library) -> None:
    bring(tinh, article("Báo Quảng Ninh", number="A", host="Báo Hạ Long"), part("B", "Báo Quảng Ninh"))
    assert host_of(tinh, "B") is None


def test_hosts_that_go_or_change_their_name_are_let_go(tinh: Library) -> None:
    batch = open_batch(tinh)
    write(batch, journal("Báo Quảng Ninh", "T1"))
    bring(tinh, part("B", "Báo Quảng Ninh"), journal("Báo Quảng Ninh", "T2"))
    assert host_of(tinh, "B") is None
    take_back(batch, [held(tinh, "T1").pk])
    assert host_of(tinh, "B") == "T2", "one of two has gone"
    bring(tinh, journal("Báo Vùng mỏ", "T2"))
    assert host_of(tinh, "B") is None
    bring(tinh, part("B", "Báo vùng mỏ"))
    assert host_of(tinh, "B") == "T2"


def test_names_are_folded_and_cut_before_the_remainder() -> None:
    assert title_key("Báo Quảng Ninh : cơ quan của Đảng bộ") == title_key("BAO QUANG NINH") != title_key("Báo Hạ Long")
    assert title_key(" … ") is None
    named = describe(article("Bài", number="B", host="Báo", host_number="T"))
    assert host_names(named).host_title == title_key("Báo"), "also where a number is said: it may lead nowhere"


def test_without_parts_a_chunk_asks_once_and_with_parts_as_often_for_many_as_for_few(tinh: Library) -> None:
    with CaptureQueriesContext(
        connection,
    ) as none:
        bring(tinh, journal("Báo Hạ Long", "T0"))
    assert not [q for q in none.captured_queries if "WITH asked" in q["sql"]]
    counts = []
    for size in (2, 40):
        parts = [part(f"{size}-{n}", "Báo Quảng Ninh") for n in range(size)]
        with CaptureQueriesContext(connection) as asked:
            bring(tinh, *parts, journal("Báo Quảng Ninh", f"T{size}"))
        counts.append(len(asked.captured_queries))
    assert counts[0] == counts[1]
    assert BibRecord.objects.filter(host__isnull=False).count() == 0, "there are two of that name now"
