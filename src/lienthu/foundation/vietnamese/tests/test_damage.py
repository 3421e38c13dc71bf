"""Misread words: which look so, and the outline that they keep."""

from __future__ import annotations

from string import ascii_letters

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lienthu.foundation.vietnamese.damage import looks_damaged, skeleton
from lienthu.foundation.vietnamese.fold import fold
from lienthu.foundation.vietnamese.letters import MARKED


@pytest.mark.parametrize(
    ("meant", "read"),
    [
        ("Quảng", "Ouãng"),
        ("1945", "l945"),
        ("dân", "clân"),
        ("làm", "làrn"),
        ("nước", "nuôc"),
        ("Việt", "Viêt"),
        ("hội", "bội"),
        ("2026", "2O26"),
    ],
)
def test_confused_letters_keep_the_outline(meant: str, read: str) -> None:
    assert skeleton(meant) == skeleton(read)


@pytest.mark.parametrize(("one", "other"), [("Hạ", "Lo"), ("than", "thôn"), ("biển", "bến"), ("1945", "1954")])
def test_other_words_have_other_outlines(one: str, other: str) -> None:
    assert skeleton(one) != skeleton(other)


def test_only_what_no_vietnamese_text_would_hold_looks_damaged() -> None:
    """FTS-2."""
    words = ("Quảng", "Ouãng", "ngày", "1945", "l945", "a", "漢", "hoc", "clân", "đ")
    assert [w for w in words if looks_damaged(w)] == ["Ouãng", "l945", "hoc", "clân"]


@given(st.text(max_size=30))
def test_any_word_has_an_outline(word: str) -> None:
    looks_damaged(word)
    assert len(skeleton(word)) <= len(fold(word))


@given(st.text(ascii_letters + MARKED, min_size=1, max_size=12))
def test_neither_marks_nor_case_change_the_outline(word: str) -> None:
    assert skeleton(word.upper()) == skeleton(word.lower()) == skeleton(fold(word))
