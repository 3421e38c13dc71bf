"""Which passages of a text a typed query finds: the rules FTS-1 and FTS-2 as sentences."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from lienthu.domain.discovery.fulltext.matching import Matcher
from lienthu.domain.discovery.fulltext.reading import names_a_field, read, without_accents, without_order

PAGE = "Vịnh Hạ Long là kỳ quan.\nTỉnh Quảng Ninh có bạn đọc ở Ha Long."


def found(query: str, text: str = PAGE) -> list[str] | None:
    spans = Matcher(read(query)).match(text)
    return None if spans is None else [text[s.start : s.end] for s in spans]


def test_all_words_must_stand_on_the_page_and_neighbours_are_one_passage() -> None:
    """FTS-1."""
    assert found("quảng ninh") == ["Quảng Ninh"]
    assert found("vịnh ninh") == ["Vịnh", "Ninh"]
    assert found("quảng bình") is None


def test_a_word_with_marks_is_that_word_and_one_without_is_every_word_of_its_letters() -> None:
    """FTS-1: as in the catalogue (SEA-3)."""
    assert found("hạ long") == ["Hạ Long", "Long"]
    assert found("ha") == ["Hạ", "Ha"]
    assert found("bán") is None
    assert found("hạ long", "Vinh Ha Long") == ["Ha Long"], "a text without any marks"


def test_both_places_of_the_tone_mark_are_one_word() -> None:
    """FTS-1."""
    assert found("thuỷ", "tàu thủy") == ["thủy"]
    assert found("hoà", "Hòa Bình") == ["Hòa"]


def test_a_phrase_stands_together() -> None:
    """FTS-1."""
    assert found('"hạ long là"') == ["Hạ Long là"]
    assert found('"long hạ"') is None
    assert found("“kỳ quan. tỉnh”") == ["kỳ quan.\nTỉnh"]


def test_a_word_with_minus_keeps_pages_away_and_a_star_ends_a_beginning() -> None:
    """FTS-1."""
    assert found("vịnh -ninh") is None
    assert found("vịnh -biển") == ["Vịnh"]
    assert found("qua*") == ["quan", "Quảng"]


def test_damaged_words_are_found_and_whole_words_are_not_taken_for_others() -> None:
    """FTS-2."""
    assert found("quảng ninh", "tỉnh Ouãng Ninh") == ["Ouãng Ninh"]
    assert found("làm dân", "làrn cho clân") == ["làrn", "clân"]
    assert found("bạn", "bán hàng") is None, "a well-formed word is itself"
    text = "bán hàng"
    spans = Matcher(read("bạn")).match(text, lambda: range(3))
    assert spans == [(0, 3)], "unless the machine was not sure of it"


def test_ideographs_typed_together_are_a_phrase() -> None:
    """FTS-3."""
    assert found("安邦", "海東 安邦 路") == ["安邦"]
    assert found("邦安", "海東安邦路") is None
    assert found("安 路", "安邦路") == ["安", "路"]


def test_what_can_be_given_up() -> None:
    """FTS-1."""
    plan = read('"hạ lòng"')
    assert Matcher(plan).match(PAGE) is None
    assert Matcher(without_accents(plan)).match(PAGE)
    assert Matcher(without_order(read('"long hạ"'))).match(PAGE)


def test_fields_of_the_catalogue_are_not_for_pages() -> None:
    """FTS-1."""
    assert names_a_field("tacgia:Nguyễn Trãi")
    assert names_a_field("9786040123459")
    assert not names_a_field("Nguyễn Trãi: thơ")


@given(st.text(max_size=300), st.text(max_size=200))
def test_any_query_and_any_text_go_together(query: str, text: str) -> None:
    """FTS-1: passages lie inside the text, in order, none over another."""
    spans = Matcher(read(query)).match(text) or []
    assert all(0 <= s.start < s.end <= len(text) for s in spans)
    assert all(a.end <= b.start for a, b in pairwise(spans))
