"""One list of titles and of volumes found by their text, over real small indexes (SEA-25 to SEA-27)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from lienthu.domain.catalog.models import BibRecord
from lienthu.domain.catalog.tests.cast import book
from lienthu.domain.digital import policy
from lienthu.domain.digital.models import DigitalObject
from lienthu.domain.digital.policy import Access, Reader, Status
from lienthu.domain.digital.services.publishing import take_down
from lienthu.domain.digital.tests.cast import CLERK
from lienthu.domain.discovery.backends.base import IndexMissing
from lienthu.domain.discovery.backends.tantivy import writer as writers
from lienthu.domain.discovery.fulltext import engine
from lienthu.domain.discovery.fulltext.indexing import PageIndexer
from lienthu.domain.discovery.fulltext.tests.cast import VISITOR, volume
from lienthu.domain.discovery.query import SearchRequest
from lienthu.domain.discovery.selectors import request_from
from lienthu.domain.discovery.services.indexing import Indexer
from lienthu.domain.discovery.together import Together, search_together
from lienthu.domain.discovery.weaving import Order
from lienthu.domain.network.models import Library
from lienthu.domain.network.tests.factories import make_library
from lienthu.domain.union.tests.cast import imported

pytestmark = pytest.mark.django_db

SIGNED_IN = Reader(frozenset({policy.PUBLIC, policy.SIGNED}))


@pytest.fixture(autouse=True)
def _small_writers(monkeypatch: pytest.MonkeyPatch) -> None:
    for writer in (writers.TantivyWriter, engine.PageWriter):
        monkeypatch.setattr(writer.__init__, "__kwdefaults__", {"heap_bytes": 15_000_000})


@pytest.fixture
def tinh() -> Library:
    return make_library("VN-QNTV", "Thư viện tỉnh")


@pytest.fixture
def indexed() -> Iterator[Any]:
    """Brings both indexes up to date; they stay open so that a test may go on."""
    with Indexer() as titles, PageIndexer() as pages:
        assert titles.acquire()
        assert pages.acquire()

        def drain() -> None:
            pages.drain()
            titles.drain()

        yield drain


def record(library: Library, number: str) -> BibRecord:
    return BibRecord.objects.get(library=library, control_number=number)


def ask(q: str, who: Reader | None = VISITOR, **params: Any) -> Together:
    wanted = {"q": [q], **{k: v if isinstance(v, list) else [str(v)] for k, v in params.items()}}
    return search_together(request_from(wanted), who)


def lines(found: Together) -> list[str]:
    """Each entry in a word: a title, a title with volumes, or a volume by itself after a quotation mark."""
    out = []
    for entry in found.entries:
        volumes = ", ".join(v.title for v in entry.volumes)
        out.append(entry.hit.description.title + f" [{volumes}]" * bool(volumes) if entry.hit else f"“{volumes}")
    return out


@pytest.fixture
def shelf(tinh: Library, indexed: Any) -> dict[str, DigitalObject]:
    """Thirty books on coal and one on the sea; volumes of two of them, of none, and of a book on something else."""
    imported(
        tinh,
        *(book(f"Mỏ than số {n:02}", number=str(n), year=1900 + n) for n in range(30)),
        book("Biển đảo", number="b", year=1999),
        book("Lịch sử Hòn Gai", number="h", year=1950, subjects=["Công nhân"]),
    )
    made = {
        "of a title": volume(tinh, ["nói về mỏ than", "trang sau"], "Bản số hóa A", record=record(tinh, "7")),
        "second of it": volume(tinh, ["lại mỏ than"], "Bản số hóa B", record=record(tinh, "7")),
        "of another": volume(
            tinh, ["ở đây có mỏ than", "mỏ than nữa", "và mỏ than"], "Bản C", record=record(tinh, "h")
        ),
        "of none": volume(tinh, ["mỏ than mỏ than"], "Bản D"),
        "signed": volume(tinh, ["mỏ than"], "Bản kín", Status.PERMITTED, rights={"permission": Access.SIGNED}),
    }
    indexed()
    return made


def test_a_volume_stands_under_its_title_or_by_itself_and_once(shelf: dict[str, DigitalObject]) -> None:
    """SEA-25."""
    found = ask("mỏ than", size=10)
    assert (found.titles.total, found.total, found.pages) == (30, 32, 4)
    assert found.texts is not None
    assert (found.texts.total, found.texts.own, found.texts.order) == (4, 2, Order.WOVEN)
    pages = [lines(ask("mỏ than", size=10, page=n)) for n in range(1, 5)]
    assert [len(page) for page in pages] == [10, 10, 10, 2]
    every = [line for page in pages for line in page]
    assert len(set(every)) == 32
    assert {n for n, line in enumerate(every) if line.startswith("“")} == {2, 7}
    assert sorted(every[n] for n in (2, 7)) == ["“Bản C", "“Bản D"]
    (with_volumes,) = [line for line in every if "[" in line]
    assert with_volumes in ("Mỏ than số 07 [Bản số hóa A, Bản số hóa B]", "Mỏ than số 07 [Bản số hóa B, Bản số hóa A]")


def test_pieces_of_pages_come_along_as_the_reader_may_see_them(shelf: dict[str, DigitalObject]) -> None:
    """SEA-25, FTS-4."""
    by_title = {v.title: v for e in ask("mỏ than", size=40).entries for v in e.volumes}
    c = by_title["Bản C"]
    assert (c.pages, len(c.best)) == (3, 2)
    assert c.best[0].snippet is not None
    assert ("mỏ than", True) in c.best[0].snippet.parts
    assert c.cluster_id is not None, "what it is a copy of, though that was not found by its title"
    assert "Bản kín" not in by_title
    assert "“Bản kín" in lines(ask("mỏ than", SIGNED_IN, size=40))


def test_where_no_title_has_the_words_volumes_begin_the_list(shelf: dict[str, DigitalObject]) -> None:
    """SEA-26."""
    found = ask('"ở đây có mỏ than"')
    assert (lines(found), found.titles.total) == (["“Bản C"], 0)


def test_all_words_in_the_text_come_before_fewer_words_in_titles(
    tinh: Library, shelf: dict[str, DigitalObject], indexed: Any
) -> None:
    """SEA-26: and what stands in front by its text does not come once more by its title."""
    volume(tinh, ["mỏ than của zukhov"], "Bản E", record=record(tinh, "3"))
    indexed()
    found = ask("mỏ than zukhov", size=10)
    assert found.titles.understanding.relaxed == "words"
    assert (found.titles.total, found.total) == (30, 30)
    assert found.texts is not None
    assert found.texts.order is Order.TEXTS_FIRST
    assert lines(found)[0] == "“Bản E"
    every = [line for n in (1, 2, 3) for line in lines(ask("mỏ than zukhov", size=10, page=n))]
    assert len(every) == len(set(every)) == 30
    assert "Mỏ than số 03" not in every
    assert found.titles.understanding.did_you_mean == ""


def test_what_is_found_by_giving_up_more_than_titles_need_is_not_listed(
    tinh: Library, shelf: dict[str, DigitalObject], indexed: Any
) -> None:
    """SEA-26: nobody asked for other words where titles have these."""
    volume(tinh, ["biên đao"], "Bản khác dấu")
    indexed()
    found = ask("biển đảo")
    assert lines(found) == ["Biển đảo"]
    assert found.texts is not None
    assert (found.texts.listed, found.texts.everywhere, found.total) == (False, 1, 1)
    both = ask("bìên đào")  # neither has them so
    assert lines(both) == ["Biển đảo", "“Bản khác dấu"]


def test_in_another_order_volumes_stand_behind_the_titles(shelf: dict[str, DigitalObject]) -> None:
    """SEA-26."""
    found = ask("mỏ than", sort="year_desc", size=40)
    years = [e.hit.description.year for e in found.entries[:30] if e.hit]
    assert years == sorted(years, key=lambda year: -(year or 0))
    assert sorted(lines(found)[30:]) == ["“Bản C", "“Bản D"]
    assert "[" in "".join(lines(found)[:30]), "volumes of titles stay under them"


def test_what_is_chosen_holds_for_both(tinh: Library, shelf: dict[str, DigitalObject], indexed: Any) -> None:
    """SEA-27."""

    def alone(**chosen: Any) -> list[str]:
        return sorted(line for line in lines(ask("mỏ than", size=50, **chosen)) if line.startswith("“"))

    other = make_library("VN-HL", "Thư viện Hạ Long")
    volume(other, ["mỏ than"], "Bản F")
    indexed()
    assert alone() == ["“Bản C", "“Bản D", "“Bản F"]
    assert alone(library="VN-QNTV") == ["“Bản C", "“Bản D"]
    assert alone(library="VN-HL") == ["“Bản F"]
    assert alone(library=["VN-HL", "VN-QNTV"]) == ["“Bản C", "“Bản D", "“Bản F"]
    assert alone(year_from="1940", year_to="1960") == ["“Bản C"]
    assert alone(subject="Công nhân") == ["“Bản C"]
    assert alone(material_type="map") == []
    assert alone(area="khong-co") == []
    assert alone(online="online") == ["“Bản C", "“Bản D", "“Bản F"]
    assert alone(online="online", subject="Công nhân") == ["“Bản C"]
    (only,) = lines(ask("mỏ than", year_from="1907", year_to="1907"))
    assert only.startswith("Mỏ than số 07 [Bản số hóa ")


def test_facets_are_counted_over_titles_as_before(shelf: dict[str, DigitalObject]) -> None:
    """SEA-27, SEA-7."""
    found = ask("mỏ than")
    assert [(v.value, v.count) for v in found.titles.facets["library"]] == [("VN-QNTV", 30)]
    assert ask("mỏ than", None).titles.facets == found.titles.facets


def test_texts_are_not_asked_for_a_field_or_without_words(shelf: dict[str, DigitalObject]) -> None:
    """SEA-27, FTS-10."""
    assert ask("nhande:than").texts is None
    assert ask("").texts is None
    assert ask("mỏ than", None).texts is None
    assert ask("mỏ than", None).total == 30


def test_what_was_taken_down_is_gone_though_the_index_is_behind(shelf: dict[str, DigitalObject]) -> None:
    """SEA-27, FTS-7."""
    take_down(shelf["of a title"].public_id, reason="x", actor=CLERK)
    take_down(shelf["of none"].public_id, reason="x", actor=CLERK)
    found = ask("mỏ than", size=40)
    assert "Mỏ than số 07 [Bản số hóa B]" in lines(found)
    assert [line for line in lines(found) if line.startswith("“")] == ["“Bản C"]
    assert found.texts is not None
    assert (found.total, found.texts.total) == (31, 2)


def test_more_volumes_of_a_title_than_are_told_are_counted(
    tinh: Library, shelf: dict[str, DigitalObject], indexed: Any
) -> None:
    """SEA-25."""
    for n in range(3):
        volume(tinh, ["mỏ than"], f"Bản {n}", record=record(tinh, "7"))
    indexed()
    (entry,) = [e for e in ask("mỏ than", size=40).entries if e.hit and e.volumes]
    assert (len(entry.volumes), entry.more) == (3, 2)


def test_the_number_of_queries_does_not_grow(
    tinh: Library, shelf: dict[str, DigitalObject], indexed: Any, django_assert_max_num_queries: Any
) -> None:
    """SEA-27."""
    ask("mỏ than")
    with django_assert_max_num_queries(16):
        assert len(ask("mỏ than", size=12).entries) == 12
    for n in range(12):
        volume(tinh, ["mỏ than"] * 3, f"thêm {n}", record=record(tinh, str(n)) if n % 2 else None)
    indexed()
    with django_assert_max_num_queries(16):
        assert len(ask("mỏ than", size=30).entries) == 30


def test_without_an_index_of_pages_titles_are_found(
    shelf: dict[str, DigitalObject], monkeypatch: pytest.MonkeyPatch
) -> None:
    """SEA-27."""
    from lienthu.domain.discovery import together

    def gone(*_: object) -> None:
        raise IndexMissing

    monkeypatch.setattr(together, "told_of", gone)
    found = ask("mỏ than")
    assert (found.texts, len(found.entries)) == (None, 20)
    assert search_together(SearchRequest(q="mỏ than"), VISITOR).total == 30
