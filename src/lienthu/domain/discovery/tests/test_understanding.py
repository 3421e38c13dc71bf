"""Keystrokes, slips, and what is given up to find something (SEA-4 to SEA-6); and the measured rule behind SEA-3."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from lienthu.domain.discovery.parsing import parse
from lienthu.domain.discovery.query import Clause, Plan, Word
from lienthu.domain.discovery.tests.cast import Tantivy, ask, fill, ids, publication
from lienthu.domain.discovery.understanding import as_text, corrected, decode_keystrokes, without_accents
from lienthu.foundation.vietnamese.tokens import exact_tokens, folded_tokens


class Words:
    """A vocabulary: a text and how often each of its words is known."""

    def __init__(self, text: str) -> None:
        self._exact, self._folded = exact_tokens(text), folded_tokens(text)

    def exact_count(self, token: str) -> int:
        return self._exact.count(token)

    def folded_count(self, token: str) -> int:
        return self._folded.count(token)


KNOWN = Words("thư viện tỉnh quảng ninh đất mỏ than người thợ lò mas mas má as á windows người người")


# ----------------------------------------------------------------------------------------------- keystrokes (SEA-4)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("thuw vieenj", "thư viện"), ("quangr ninh", "quảng ninh"), ("ddaats mor", "đất mỏ"), ("thu7 vie6n5", "thư viện"),
     ("ngu7o7i2", "người")],
)  # fmt: skip
def test_keystrokes_are_read_where_they_stand_for_known_words(typed: str, meant: str) -> None:
    plan, decoded = decode_keystrokes(parse(typed), KNOWN)
    assert as_text(plan) == meant
    assert plan.accented
    assert decoded
    assert {d.typed for d in decoded} <= set(typed.split())


@pytest.mark.parametrize("typed", ["thu vien", "than", "mas", "as", "windows", "thư viện", "ninh", "nguoi", "tho"])
def test_a_known_word_is_never_read_as_keystrokes(typed: str) -> None:
    plan = parse(typed)
    assert decode_keystrokes(plan, KNOWN) == (plan, ())


@pytest.mark.parametrize("typed", ["sachs hay", "thuw*", "isbn:9786049573224", "thựw"])
def test_nor_what_would_stand_for_an_unknown_word_nor_prefixes_nor_numbers(typed: str) -> None:
    plan = parse(typed)
    assert decode_keystrokes(plan, KNOWN) == (plan, ())


def test_phrases_scopes_and_exclusions_are_read_too() -> None:
    plan, decoded = decode_keystrokes(parse('nd:"thuw vieenj" -ddaats'), KNOWN)
    assert as_text(plan) == 'title:"thư viện" -đất'
    assert [(d.typed, d.meant) for d in decoded] == [("thuw", "thư"), ("vieenj", "viện"), ("ddaats", "đất")]


# ---------------------------------------------------------------------------------------------------- slips (SEA-5)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("vieen", "vien"),
        ("vin", "vien"),
        ("qaung", "quang"),
        ("ninx", "ninh"),
        ("nguoii tho", "nguoi tho"),
        ("windosw", "windows"),
    ],
)
def test_one_slip_is_mended(typed: str, meant: str) -> None:
    plan = corrected(parse(typed), KNOWN)
    assert plan is not None
    assert as_text(plan) == meant


@pytest.mark.parametrize(
    "typed", ["thu vien", "xyzxyz", "wndws", "xx", "x" * 40, "vien*", "isbn:123", "-vieen", "断腸"]
)
def test_what_is_known_or_too_far_off_is_left_alone(typed: str) -> None:
    assert corrected(parse(typed), KNOWN) is None


def test_the_most_common_word_is_offered() -> None:
    plan = corrected(parse("nguoy"), Words("người ngươi nguội nguồn nguồn"))
    assert plan is not None
    assert as_text(plan) == "nguoi"


# ------------------------------------------------------------------------------------------- the measured rule (SEA-3)

# A small collection of our own, with pairs that differ in their diacritics only; vietnam.md measured a larger one.
SENTENCES = (
    "Thợ mỏ đốt đèn trước khi xuống lò", "Thơ mơ màng đọt đến trước cửa lô", "Bà bán cá ở chợ Hạ Long",
    "Ba bạn ca hát ở cho Hà Long", "Má mua mạ về cấy ngoài đồng", "Mã mùa má về cây ngoại đông",
    "Lá cờ bay trên đỉnh núi Bài Thơ", "Là cô bây giờ trên đình nụi bãi thờ", "Con đường cũ dẫn ra bến tàu",
    "Con dương cụ dân ra bên tấu", "Than đá chất đầy sân ga Cẩm Phả", "Thân da chật dầy sán gà cảm phá",
    "Sông chảy qua thị xã Quảng Yên", "Sống chạy quá thi xa quang yến", "Người thủ thư xếp sách lên kệ",
    "Ngươi thu thứ xép sạch lén kể", "Trẻ em học đọc bên bếp lửa", "Tre ém hộc độc bền bệp lừa",
    "Gió biển thổi vào hang Đầu Gỗ", "Giò biến thôi vạo hàng dấu gô", "Vua Trần lên núi Yên Tử tu hành",
    "Vừa trận lén nui yến tư tù hanh", "Bạn đọc mượn ba cuốn sách cũ", "Bán dọc muộn bà cuộn sạch cụ",
)  # fmt: skip


def recall(index: Tantivy, rule: Callable[[Plan], Plan], *, accented: bool) -> float:
    """How often the sentence that three of its words were taken from comes first."""
    asked = right = 0
    for n, sentence in enumerate(SENTENCES, 1):
        words = sentence.split()
        for at in range(len(words) - 2):
            question = " ".join(words[at : at + 3])
            if not accented:
                question = " ".join(folded_tokens(question))
            first = ids(ask(index.reader, rule(parse(question)), size=2))
            asked += 1
            right += first[:1] == [n]
    return right / asked


def exactly(plan: Plan) -> Plan:
    """What an index without folding would do: every word as it was typed, nothing else."""

    def word(w: Word) -> Word:
        return Word(w.typed, w.exact, "\x01", True)

    return Plan(tuple(Clause(tuple(word(w) for w in c.words), c.scope) for c in plan.clauses), True, plan.needed)


def test_both_exact_and_folded_words_answer_better_than_either_alone(tmp_path: Path) -> None:
    index = Tantivy(tmp_path / "index")
    fill(index, [publication(n, sentence) for n, sentence in enumerate(SENTENCES, 1)])

    def ours(plan: Plan) -> Plan:
        return plan

    accented = {rule: recall(index, rule, accented=True) for rule in (ours, without_accents, exactly)}
    unaccented = {rule: recall(index, rule, accented=False) for rule in (ours, without_accents, exactly)}
    assert accented[ours] > accented[without_accents], "folding everything loses what was typed"
    assert accented[ours] > accented[exactly] - 0.02, "and costs next to nothing against no folding at all"
    assert unaccented[ours] > unaccented[exactly], "without folding, people who type no diacritics find little"
    assert unaccented[ours] == unaccented[without_accents]


def test_an_exact_word_weighs_more_than_a_folded_one(tmp_path: Path) -> None:
    index = Tantivy(tmp_path / "index")
    fill(index, [publication(1, "Ha Long"), publication(2, "Hạ Long"), publication(3, "Ha Long")])
    (first, best), *others = ask(index.reader, "hạ long").hits
    assert first == 2
    assert all(best > score for _, score in others)
    assert replace(parse("hạ long"), accented=False) == without_accents(parse("hạ long"))
