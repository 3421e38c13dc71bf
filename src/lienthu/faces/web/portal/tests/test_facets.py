"""Addresses, chips, groups and bars made from a search, without an index."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from django.utils import translation

from lienthu.domain.discovery.query import FacetValue, SearchRequest
from lienthu.domain.discovery.selectors import SearchResult, Understanding, request_from
from lienthu.domain.network.selectors import LibraryFacts
from lienthu.faces.web.portal.addresses import search_pairs, search_url, toggled
from lienthu.faces.web.portal.facets import FacetNames, chips_of, groups_of, year_bars
from lienthu.faces.web.portal.search_page import heading_of, is_plain, sorts_of

NAMES = FacetNames.of(
    {
        1: LibraryFacts(1, "VN-QNTV", "Thư viện tỉnh", "193", "Hạ Long", False, True),
        2: LibraryFacts(2, "VN-QNLV01", "Thư viện quân sự", "193", "Hạ Long", True, True),
    }
)


def found(
    request: SearchRequest,
    facets: dict[str, tuple[FacetValue, ...]],
    years: tuple[tuple[int, int], ...] = (),
    total: int = 10,
) -> SearchResult:
    return SearchResult(request, total, (), facets, years, Understanding(request.q, request.q, False), 1.0)


@pytest.fixture(autouse=True)
def _vietnamese():
    with translation.override("vi"):
        yield


def test_one_search_has_one_address() -> None:
    wanted = "/search/?q=h%E1%BA%A1+long&library=VN-QNTV&language=vie&year_from=1990&sort=title"
    params = {"sort": ["title"], "language": ["vie"], "year_from": ["1990"], "q": ["hạ long"], "library": ["VN-QNTV"]}
    assert search_url(request_from(params)) == wanted
    assert search_url(request_from({**params, "page": ["1"], "size": ["20"], "utm_source": ["x"]})) == wanted


def test_an_address_gives_the_search_it_was_made_from() -> None:
    request = SearchRequest(q='"a&b" =?#', filters={"subject": ("A & B", "C=D")}, year_from=1900, sort="title", page=2)
    params: dict[str, list[str]] = {}
    for name, value in search_pairs(request):
        params.setdefault(name, []).append(value)
    assert request_from(params) == request


def test_choosing_twice_takes_away_and_starts_from_the_first_page() -> None:
    request = SearchRequest(q="kiều", page=5)
    chosen = toggled(request, "library", "VN-QNTV")
    assert chosen.filters == {"library": ("VN-QNTV",)}
    assert chosen.page == 1
    assert toggled(chosen, "library", "VN-QNTV").filters == {}


def test_chips_name_what_is_chosen() -> None:
    request = SearchRequest(
        q="kiều",
        filters={"library": ("VN-QNTV",), "area": ("193",), "language": ("fre",), "collection": ("children",)},
        year_from=1990,
        year_to=1999,
    )
    chips = chips_of(request, NAMES)
    assert [(c["label"], c["value"]) for c in chips] == [
        ("", "Thiếu nhi"), ("Thư viện", "Thư viện tỉnh"), ("Địa bàn", "Hạ Long"), ("Ngôn ngữ", "Tiếng Pháp"),
        ("Năm", "1990–1999"),
    ]  # fmt: skip
    assert all("page=" not in c["url"] for c in chips)
    assert "library" not in chips[1]["url"]
    assert "year" not in chips[4]["url"]


def test_closed_libraries_are_not_named() -> None:
    assert NAMES.label("library", "VN-QNLV01") == "VN-QNLV01"


def test_a_facet_without_a_choice_is_left_out() -> None:
    one_for_all = {"language": (FacetValue("vie", 10),)}
    assert groups_of(found(SearchRequest(), one_for_all), NAMES) == []
    one_for_some = {"language": (FacetValue("vie", 7),)}
    assert len(groups_of(found(SearchRequest(), one_for_some), NAMES)) == 1


def test_a_long_facet_is_cut_but_never_hides_a_choice() -> None:
    values = tuple(FacetValue(f"chủ đề {n}", 30 - n, selected=n == 15) for n in range(20))
    request = SearchRequest(q="a", filters={"subject": ("chủ đề 15",)})
    (group,) = groups_of(found(request, {"subject": values}), NAMES)
    assert len(group["entries"]) == 9
    assert any(e["selected"] for e in group["entries"])
    assert group["more_url"].endswith("more=subject#facets")
    (whole,) = groups_of(found(request, {"subject": values}), NAMES, expanded="subject")
    assert len(whole["entries"]) == 20
    assert not whole["more_url"]


def test_years_have_no_gaps_and_at_most_twelve_bars() -> None:
    bars = year_bars(found(SearchRequest(q="a"), {}, ((1820, 2), (1871, 1), (1990, 5), (2010, 9))))
    assert len(bars) == 12
    assert sum(b["count"] for b in bars) == 17
    assert (bars[0]["from"], bars[0]["count"]) == (1820, 3)
    assert all(a["to"] + 1 == b["from"] for a, b in pairwise(bars))
    assert "year_from=1990&year_to=1999" in next(b["url"] for b in bars if b["count"] == 5)


def test_a_single_decade_needs_no_chart() -> None:
    assert year_bars(found(SearchRequest(), {}, ((1990, 5),))) == []


@pytest.mark.parametrize(
    ("request_", "heading"),
    [
        (SearchRequest(q="kiều"), "“kiều”"),
        (SearchRequest(filters={"collection": ("local-history",)}), "Địa chí"),
        (SearchRequest(filters={"library": ("VN-QNTV",)}), "Thư viện tỉnh"),
        (SearchRequest(sort="newest"), "Tài liệu mới"),
        (SearchRequest(), "Tất cả tài liệu của các thư viện"),
        (SearchRequest(filters={"library": ("VN-QNTV",), "language": ("vie",)}), "Tài liệu theo bộ lọc"),
    ],
)
def test_headings(request_: SearchRequest, heading: str) -> None:
    assert heading_of(request_, NAMES) == heading


def test_only_plain_words_are_for_search_engines() -> None:
    plain = SearchRequest(q="kiều")
    assert is_plain(plain)
    assert is_plain(SearchRequest())
    assert not is_plain(replace(plain, page=2))
    assert not is_plain(replace(plain, sort="title"))
    assert not is_plain(replace(plain, filters={"language": ("vie",)}))
    assert not is_plain(SearchRequest(filters={"language": ("vie",)}))


def test_without_words_the_newest_come_first() -> None:
    assert [s["label"] for s in sorts_of(SearchRequest()) if s["current"]] == ["Tài liệu mới"]
    assert "Phù hợp nhất" not in [str(s["label"]) for s in sorts_of(SearchRequest())]
    assert [s["label"] for s in sorts_of(SearchRequest(q="a")) if s["current"]] == ["Phù hợp nhất"]
