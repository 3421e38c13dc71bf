"""DIG-3."""

from __future__ import annotations

import json
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lienthu.foundation.pagetext.model import Block, Box, Line, PageText, Word, words_in
from lienthu.foundation.pagetext.tests.pages import PAGE, any_page


def test_text_is_lines_and_blocks() -> None:
    assert PAGE.text == "Than đá Hạ Long\nvà Cẩm Phả\n\nQuảng Ninh 1963 <&\">'"


def test_each_word_is_found_at_its_place_in_the_text() -> None:
    assert [PAGE.text[p.start : p.end] for p in PAGE.placed] == [word.text for word in PAGE.words()]
    assert [p.line for p in PAGE.placed] == [0, 0, 0, 0, 1, 1, 1, 2, 2, 2, 2]


def test_a_match_across_lines_gives_the_boxes_of_its_words_and_one_mark_for_each_line() -> None:
    start = PAGE.text.index("Hạ Long")
    end = PAGE.text.index(" Phả")
    assert PAGE.boxes_of(start, end) == [w.box for w in PAGE.words() if w.text in {"Hạ", "Long", "và", "Cẩm"}]
    first, second = PAGE.marks_of(start, end)
    assert (first.y, second.y) == (100, 160)
    assert first == Box(260, 100, 140, 40)


def test_half_a_word_marks_the_word_and_white_space_marks_nothing() -> None:
    start = PAGE.text.index("ong")
    assert [PAGE.placed_between(start, start + 1)[0].word.text] == ["Long"]
    assert PAGE.boxes_of(PAGE.text.index(" đá"), PAGE.text.index("đá")) == []
    assert PAGE.boxes_of(5, 5) == []
    assert PAGE.boxes_of(0, 10_000) == [word.box for word in PAGE.words()]
    assert PAGE.boxes_of(10_000, 10_001) == []


def test_text_becomes_composed_and_loses_what_cannot_be_seen() -> None:
    word = Word(normalize("NFD", "Quảng") + "\u200b\x07", 0, 0, 10, 10)
    assert word.text == "Quảng"


@pytest.mark.parametrize("text", ["", " ", "\u200b", "hai từ"])
def test_what_is_not_one_word_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not one word"):
        Word(text, 0, 0, 10, 10)


def test_nothing_on_the_page_is_empty() -> None:
    with pytest.raises(ValueError, match="without words"):
        Line(())
    with pytest.raises(ValueError, match="without lines"):
        Block(())
    assert PageText(10, 10).text == ""
    assert PageText(10, 10).confidence is None


def test_confidence_stays_in_percent_and_lines_weigh_by_length() -> None:
    assert Word("a", 0, 0, 1, 1, 120).confidence == 100
    assert Word("a", 0, 0, 1, 1, -1).confidence == 0
    assert Line((Word("a", 0, 0, 1, 1, 0), Word("abc", 0, 0, 1, 1, 100))).confidence == 75


def test_ideographs_are_joined_and_columns_are_vertical() -> None:
    column = Line((Word("大南", 0, 0, 40, 80), Word("一統志", 0, 80, 40, 120)))
    assert column.text == "大南一統志"
    assert column.vertical
    page = PageText(100, 300, (Block((column,)),))
    assert page.boxes_of(2, 3) == [Box(0, 80, 40, 120)]
    mixed = Line((Word("Nam", 0, 0, 40, 20), Word("南", 50, 0, 20, 20), Word("quốc", 80, 0, 40, 20)))
    assert mixed.text == "Nam 南 quốc"
    assert not mixed.vertical


def test_a_text_in_one_box_is_shared_out_among_its_words() -> None:
    words = words_in("  Bảo Đại  thứ 10 ", Box(0, 5, 140, 20), 90)
    assert [(w.text, w.x, w.w) for w in words] == [("Bảo", 0, 30), ("Đại", 40, 30), ("thứ", 80, 30), ("10", 120, 20)]
    assert {(w.y, w.h, w.confidence) for w in words} == {(5, 20, 90)}
    assert words_in(" \u200b ", Box(0, 0, 10, 10)) == []


def test_a_page_comes_back_from_json_and_its_digest_tells_pages_apart() -> None:
    again = PageText.from_json(json.loads(json.dumps(PAGE.to_json())))
    assert again == PAGE
    assert again.digest == PAGE.digest
    other = PageText(PAGE.width, PAGE.height, PAGE.blocks, PAGE.languages, "corrected", PAGE.engine)
    assert other.digest != PAGE.digest


@pytest.mark.parametrize(
    "change",
    [{"v": 2}, {"size": [0, 5]}, {"source": "guessed"}, {"blocks": [[["hai từ", [0, 0, 1, 1, 9]]]]}, {"blocks": [[]]}],
)
def test_what_is_no_page_text_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        PageText.from_json(PAGE.to_json() | change)
    with pytest.raises(ValueError):
        PageText.from_json({})


@given(any_page, st.integers(0, 100), st.integers(0, 100))
def test_any_page_survives_storage_and_any_passage_is_found(page: PageText, start: int, end: int) -> None:
    assert PageText.from_json(page.to_json()) == page
    assert [page.text[p.start : p.end] for p in page.placed] == [w.text for w in page.words()]
    touched = [p for p in page.placed if p.start < end and p.end > start and start < end]
    assert list(page.placed_between(start, end)) == touched
