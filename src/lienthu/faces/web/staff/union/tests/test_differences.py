"""Differences down to the character."""

from __future__ import annotations

from lienthu.faces.web.staff.union.differences import LONGEST, Side, differences


def told(side: Side) -> str:
    """[differs], (slight), same."""
    marks = {"same": "{}", "slight": "({})", "differs": "[{}]"}
    return "".join(marks[p.kind].format(p.text) for p in side)


def both(left: str, right: str) -> tuple[str, str]:
    a, b = differences(left, right)
    return told(a), told(b)


def test_one_letter_in_a_word() -> None:
    assert both("Hạ Long", "Hà Long") == ("H[ạ] Long", "H[à] Long")


def test_a_word_more() -> None:
    left, right = both("Truyện Kiều", "Truyện Kiều chú giải")
    assert left == "Truyện Kiều"
    assert right == "Truyện Kiều[ chú giải]"


def test_other_words_are_marked_as_a_whole() -> None:
    assert both("Số đỏ", "Số vàng") == ("Số [đỏ]", "Số [vàng]")


def test_capitals_and_punctuation_are_slight() -> None:
    assert both("NXB. Trẻ", "Nxb Trẻ") == ("(NXB.) Trẻ", "(Nxb) Trẻ")


def test_decomposed_letters_are_the_same() -> None:
    assert both("Hạ Long", "Ha\u0323 Long") == ("Hạ Long", "Hạ Long")


def test_one_side_empty_marks_nothing() -> None:
    assert both("", "1998") == ("", "1998")


def test_nothing_is_lost_and_long_texts_are_cut() -> None:
    left, right = "a<b>&amp; " * 10, "a<i>&amp; x" * 10
    a, b = differences(left, right)
    assert "".join(p.text for p in a) == left
    assert "".join(p.text for p in b) == right
    long, _ = differences("ký tự " * 1000, "x")
    assert sum(len(p.text) for p in long) == LONGEST
