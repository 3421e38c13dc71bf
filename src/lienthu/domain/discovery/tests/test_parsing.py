"""Any text is a query: what is read out of it, and that nothing breaks it (SEA-8, SEA-16)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lienthu.domain.discovery.cost import cost_of
from lienthu.domain.discovery.parsing import identifier_key, parse
from lienthu.domain.discovery.query import (
    MAX_CLAUSES,
    MAX_PAGE_SIZE,
    MAX_QUERY_CHARS,
    MAX_RESULT_WINDOW,
    SORTS,
    SearchRequest,
)
from lienthu.domain.discovery.selectors import request_from
from lienthu.domain.discovery.understanding import as_text


def shape(text: str) -> list[str]:
    """Each clause in a few signs: scope, words, and what is special about it."""
    out = []
    for c in parse(text).clauses:
        words = " ".join(w.exact + "*" * w.prefix for w in c.words)
        scope = "" if c.scope == "any" else f"{c.scope}:"
        out.append(f"{'-' * c.excluded}{scope}" + (f'"{words}"' if c.phrase else words))
    return out


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("vịnh hạ long", ["vịnh", "hạ", "long"]),
        ("  Vịnh   HẠ  Long ", ["vịnh", "hạ", "long"]),
        ("hoà", ["hòa"]),
        ('"hạ long" biển', ['"hạ long"', "biển"]),
        ("“hạ long” «cẩm phả» „uông bí”", ['"hạ long"', '"cẩm phả"', '"uông bí"']),
        ('"hạ long', ['"hạ long"']),
        ('"một"', ["một"]),
        ('""', []),
        ("mỏ -than", ["mỏ", "-than"]),
        ("mỏ - than", ["mỏ", "than"]),
        ("than-đá", ["than", "đá"]),
        ('mỏ -"than đá"', ["mỏ", '-"than đá"']),
        ("thư*", ["thư*"]),
        ("thư* viện", ["thư*", "viện"]),
        ("*", []),
        ("tacgia:phụng", ["person:phụng"]),
        ("TacGia:phụng", ["person:phụng"]),
        ("tg:phụng nd:đỏ cd:thơ", ["person:phụng", "title:đỏ", "subject:thơ"]),
        ('tacgia:"vũ trọng phụng"', ['person:"vũ trọng phụng"']),
        ("-tg:phụng", ["-person:phụng"]),
        ("tukhoa:mỏ", ["subject:mỏ"]),
        ("http://example.org/a", ["http", "example", "org", "a"]),
        ("lạ:chữ", ["lạ", "chữ"]),
        ('lạ:"hai chữ"', ['"lạ hai chữ"']),
        ("tg:", ["tg"]),
        ("978-604-957-322-4", ["identifier:9786049573224"]),
        ("604 957 322 8", ["identifier:9786049573224"]),
        ("isbn:6049573228", ["identifier:9786049573224"]),
        ("issn:0866-7187", ["identifier:08667187"]),
        ("so:TV-17", ["identifier:tv17"]),
        ("1945", ["1945"]),
        ("đường (phố) [cũ] & {mới} ^~ \\", ["đường", "phố", "cũ", "mới"]),
        ("AND OR NOT", ["and", "or", "not"]),
        ("", []),
        ("...!?", []),
    ],
)
def test_what_is_read_out_of_what_was_typed(typed: str, read: list[str]) -> None:
    assert shape(typed) == read


def test_diacritics_in_an_exclusion_do_not_make_a_query_accented() -> None:
    assert not parse("mo -đất").accented
    assert parse("mỏ -dat").accented


def test_no_more_is_read_than_is_good() -> None:
    assert len(parse("a " * 400).clauses) == MAX_CLAUSES
    assert len(parse("x" * 5000).clauses[0].words[0].typed) <= MAX_QUERY_CHARS


@given(st.text(max_size=120) | st.text(alphabet='"-*: \t“”()tgnd:aăđ\u0301\u200b\x00\ud7ff0123456789xX', max_size=60))
def test_any_text_gives_a_plan(text: str) -> None:
    plan = parse(text)
    assert len(plan.clauses) <= MAX_CLAUSES
    assert plan.needed == len(plan.asked)
    assert all(c.words and all(w.exact and w.folded for w in c.words) for c in plan.clauses if c.scope != "identifier")


@given(
    st.lists(st.sampled_from(["mỏ", "-than", '"hạ long"', "tg:phụng", "thư*", "isbn:9786049573224", "ha"]), max_size=6)
)
def test_a_plan_as_text_is_read_as_the_same_plan(parts: list[str]) -> None:
    plan = parse(" ".join(parts))
    again = parse(as_text(plan))
    assert [(c.scope, c.phrase, c.excluded, [(w.exact, w.prefix) for w in c.words]) for c in again.clauses] == [
        (c.scope, c.phrase, c.excluded, [(w.exact, w.prefix) for w in c.words]) for c in plan.clauses
    ]


@pytest.mark.parametrize(
    ("written", "key"),
    [("978-604-957-322-4", "9786049573224"), ("6049573228", "9786049573224"), ("0-8044-2957-X", "9780804429573"),
     ("0866-7187", "08667187"), ("TV 17/b", "tv17/b")],
)  # fmt: skip
def test_numbers_have_one_form(written: str, key: str) -> None:
    assert identifier_key(written) == key


# ------------------------------------------------------------------------------------------------------- requests


@pytest.mark.parametrize("page", ["", "0", "-3", "x", "99999999999999999999", "1e9", "٣", "2.5", None])
@pytest.mark.parametrize("size", ["", "0", "-1", "x", "1000000", None])
def test_nonsense_pages_become_pages(page: str | None, size: str | None) -> None:
    params = {name: [value] for name, value in (("page", page), ("size", size)) if value is not None}
    request = request_from(params)
    assert 1 <= request.size <= MAX_PAGE_SIZE
    assert request.page >= 1
    assert request.offset + request.size <= MAX_RESULT_WINDOW


def test_what_makes_no_sense_is_left_out() -> None:
    request = request_from({
        "q": ["đầu", "cuối"], "sort": ["; DROP TABLE"], "year_from": ["năm nay"], "year_to": ["99999"],
        "library": ["A", "", "A", "B"], "unknown": ["x"], "area": [""], "facet": ["y"],
    })  # fmt: skip
    assert request == SearchRequest(q="cuối", filters={"library": ("A", "B")})


def test_no_filter_grows_without_bounds() -> None:
    request = request_from({"q": ["x" * 10_000], "subject": [f"{n}" * 300 for n in range(99)], "person": []})
    assert len(request.q) == 2000
    assert len(request.filters["subject"]) == 20
    assert all(len(v) <= 200 for v in request.filters["subject"])
    assert set(request.filters) == {"subject"}


@pytest.mark.parametrize("sort", SORTS)
def test_every_order_can_be_asked_for(sort: str) -> None:
    assert request_from({"sort": [sort]}).sort == sort


@pytest.mark.parametrize(
    ("text", "year"), [("1998", 1998), (" 1998 ", 1998), ("0", 0), ("-5", None), ("", None), ("12345", None)]
)
def test_years(text: str, year: int | None) -> None:
    assert request_from({"year_from": [text]}).year_from == year


@given(st.dictionaries(st.sampled_from(["q", "page", "size", "sort", "year_from", "year_to", "library", "person"]),
                       st.lists(st.text(max_size=30), max_size=4)))  # fmt: skip
def test_any_parameters_give_a_request(params: dict[str, list[str]]) -> None:
    request = request_from(params)
    assert request.offset + request.size <= MAX_RESULT_WINDOW
    assert cost_of(request) >= 1


def test_a_search_costs_more_the_more_is_chosen_and_the_deeper_it_goes() -> None:
    assert cost_of(SearchRequest(q="mỏ")) == 1
    assert cost_of(SearchRequest(filters={"library": ("A",)})) == 1.5
    assert cost_of(SearchRequest(filters={"library": ("A", "B")}, year_from=1990)) == 3
    assert cost_of(SearchRequest(page=100, size=20)) == 1 + 1980 // 500
