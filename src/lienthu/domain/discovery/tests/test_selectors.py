"""Search, suggestions and pages of publications on a small network (SEA-2, 4 to 9, 18)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lienthu.domain.catalog.tests.cast import article, book, held
from lienthu.domain.discovery import selectors
from lienthu.domain.discovery.backends.tantivy import writer as writers
from lienthu.domain.discovery.publications import PublicationView, publication
from lienthu.domain.discovery.query import SearchRequest
from lienthu.domain.discovery.selectors import SearchResult, suggest
from lienthu.domain.discovery.services.indexing import Indexer
from lienthu.domain.network.models import Library
from lienthu.domain.network.services.libraries import Particulars
from lienthu.domain.network.tests.factories import make_library
from lienthu.domain.union.tests.cast import cluster_of, imported
from lienthu.foundation.marc.model import Field

pytestmark = pytest.mark.django_db
PHUNG = "Vũ Trọng Phụng"


@pytest.fixture
def tinh() -> Library:
    return make_library("VN-QNTV", "Thư viện tỉnh")


@pytest.fixture
def ha_long() -> Library:
    return make_library("VN-HL", "Thư viện Hạ Long")


@pytest.fixture
def network(tinh: Library, ha_long: Library, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Two open libraries and a closed one, imported and indexed."""
    monkeypatch.setattr(writers.TantivyWriter.__init__, "__kwdefaults__", {"heap_bytes": 15_000_000})
    army = make_library("VN-KIN", "Thư viện quân đội", particulars=Particulars(closed=True))
    numbers = Field("866", " ", "0", (("a", "Số 1 (1990) - số 12 (1999)"),))
    imported(
        tinh,
        book("Số đỏ", number="1", by=PHUNG, year=1998, publisher="Văn học", barcodes=["B1", "B2"]),
        book("Số đỏ", number="2", by=PHUNG, year=2010, publisher="Trẻ"),
        book("Số đỏ", number="3", by="Người khác", year=1970, publisher="Khác"),
        book("Lịch sử vùng mỏ Quảng Ninh", number="4", subjects=["Công nhân mỏ"]),
        book("Tạp chí Di sản", number="T1", more=[numbers]),
        article("Bảo tồn vịnh Hạ Long", number="T1-2", host="Tạp chí Di sản", host_number="T1"),
    )
    imported(ha_long, book("Số đỏ", number="a", by="Phụng, Vũ Trọng", year=1998, publisher="Văn học"))
    imported(
        army,
        book("Số đỏ", number="k", by=PHUNG, year=1998, publisher="Văn học", barcodes=["BÍ-MẬT"]),
        book("Lịch sử pháo binh", number="k2", by="Đại tá Mật"),
        article("Bài mật", number="k3", host="Tạp chí Di sản", host_number="k4"),
    )
    with Indexer() as indexer:
        assert indexer.acquire()
        indexer.drain()
        yield


def searched(q: str, **request: Any) -> SearchResult:
    return selectors.search(SearchRequest(q=q, **request))


def titles(result: SearchResult) -> list[str]:
    return [h.description.title for h in result.hits]


def view(library: Library, number: str, **options: Any) -> PublicationView:
    found = publication(cluster_of(library, number), **options)
    assert found is not None
    return found


# ---------------------------------------------------------------------------------------- how a query is understood


@pytest.mark.parametrize("typed", ["vùng mỏ", "vung mo", "vufng mor", "vu2ng mo3", '"vùng mỏ"', "lịch sử vùng mỏ"])
def test_the_book_is_found_however_it_is_typed(network: None, typed: str) -> None:
    result = searched(typed)
    assert titles(result) == ["Lịch sử vùng mỏ Quảng Ninh"]
    assert result.understanding.relaxed == ""


def test_keystrokes_are_told(network: None) -> None:
    told = searched("vufng mor").understanding
    assert (told.typed, told.read_as, told.accented) == ("vufng mor", "vùng mỏ", True)
    assert [(d.typed, d.meant) for d in told.decoded] == [("vufng", "vùng"), ("mor", "mỏ")]


def test_diacritics_are_given_up_before_words(network: None) -> None:
    result = searched("vụng mó")
    assert (titles(result), result.understanding.relaxed) == (["Lịch sử vùng mỏ Quảng Ninh"], "accents")
    assert not result.understanding.accented


def test_then_one_word_after_the_other(network: None) -> None:
    result = searched("lịch sử vùng biển Quảng Ninh")
    told = result.understanding
    assert (titles(result), told.relaxed, told.needed, told.asked) == (
        ["Lịch sử vùng mỏ Quảng Ninh"], "words", 5, 6,
    )  # fmt: skip


def test_a_slip_is_offered_and_never_searched_unasked(network: None) -> None:
    result = searched("quamg")
    assert (result.total, result.understanding.did_you_mean) == (0, "quang")
    assert searched("quang").total == 1
    assert searched("xyzxyzxyz").understanding.did_you_mean == ""


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    q=st.text(max_size=40), sort=st.sampled_from(["relevance", "title", "newest", "year_asc"]), page=st.integers(1, 500)
)
def test_anything_typed_is_answered(network: None, q: str, sort: str, page: int) -> None:
    result = searched(q, sort=sort, page=page)
    assert result.index_ready
    assert len(result.hits) <= 20


# ----------------------------------------------------------------------------------------------------- what is shown


def test_a_hit_names_its_libraries_and_counts_their_copies(network: None) -> None:
    hit = next(h for h in searched("số đỏ").hits if h.description.year == 1998)
    assert sorted(lib.code for lib in hit.libraries) == ["VN-HL", "VN-QNTV"]
    assert (hit.copies, hit.available) == (2, 0)


def test_a_publication_shows_who_holds_what(network: None, tinh: Library) -> None:
    found = view(tinh, "1")
    assert [(h.library.code, [c.barcode for c in h.copies]) for h in found.holdings] == [
        ("VN-QNTV", ["B1", "B2"]), ("VN-HL", []),
    ]  # fmt: skip
    assert [h.statements for h in view(tinh, "T1").holdings] == [("Số 1 (1990) - số 12 (1999)",)]
    assert view(tinh, "T1").holdings[0].copies == ()


def test_parts_and_hosts_lead_to_one_another(network: None, tinh: Library) -> None:
    assert [p.id for p in view(tinh, "T1").parts] == [cluster_of(tinh, "T1-2")]
    host = view(tinh, "T1-2").host
    assert host is not None
    assert (host.id, host.description.title) == (cluster_of(tinh, "T1"), "Tạp chí Di sản")


def test_other_editions_have_the_same_title_and_person(network: None, tinh: Library) -> None:
    assert [e.id for e in view(tinh, "1").editions] == [cluster_of(tinh, "2")]


def test_what_is_nowhere_is_nothing(network: None) -> None:
    assert publication(987_654_321) is None


# -------------------------------------------------------------------------------------------------- closed libraries


def test_closed_libraries_are_in_no_answer(network: None, tinh: Library) -> None:
    army = Library.objects.get(code="VN-KIN")
    assert searched("pháo binh").total == searched("BÍ-MẬT").total == searched("id:k2").total == 0
    assert suggest("phao") == suggest("dai ta") == suggest("lich su phao") == []
    everything = searched("")
    assert "VN-KIN" not in {v.value for v in everything.facets["library"]}
    assert all(lib.code != "VN-KIN" for h in everything.hits for lib in h.libraries)
    assert publication(cluster_of(army, "k2")) is None
    assert [h.library.code for h in view(tinh, "1").holdings] == ["VN-QNTV", "VN-HL"]
    assert "VN-KIN" in [h.library.code for h in view(tinh, "1", closed_too=True).holdings], "its own staff may ask"
    assert held(army, "k").pk not in {m.record_id for m in view(tinh, "1").members}


# ------------------------------------------------------------------------------------------------------- suggestions


@pytest.mark.parametrize(
    ("typed", "kind", "text"),
    [("so d", "title", "Số đỏ"), ("Số Đ", "title", "Số đỏ"), ("phụng", "person", PHUNG), ("PHUNG", "person", PHUNG),
     ("trọng p", "person", PHUNG), ("vu t", "person", PHUNG), ("cong nhan", "subject", "Công nhân mỏ")],
)  # fmt: skip
def test_what_is_being_typed_is_completed(network: None, typed: str, kind: str, text: str) -> None:
    assert (kind, text) in {(s.kind, s.text) for s in suggest(typed)}


def test_the_most_held_comes_first_and_each_once(network: None) -> None:
    found = suggest("s")
    assert found[0].text == "Số đỏ"
    assert len({(s.kind, s.text) for s in found}) == len(found)
    assert [s.count for s in found] == sorted((s.count for s in found), reverse=True)


@pytest.mark.parametrize("typed", ["", "   ", "!?", "x" * 500, "\x00"])
def test_nothing_is_completed_to_nothing(network: None, typed: str) -> None:
    assert suggest(typed) == []


# ------------------------------------------------------------------------------------------------------------- cost


def test_statements_do_not_grow_with_what_is_found(network: None) -> None:
    spent = []
    for q in ("pháo", "tạp chí di sản", ""):
        with CaptureQueriesContext(connection) as statements:
            searched(q)
        spent.append(len(statements))
    assert max(spent) <= 5, spent
    assert spent[1] == spent[2]
