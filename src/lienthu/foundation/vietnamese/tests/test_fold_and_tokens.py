from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lienthu.foundation.vietnamese.fold import fold, has_diacritics
from lienthu.foundation.vietnamese.letters import MARKED, TONED
from lienthu.foundation.vietnamese.tokens import (
    Token,
    exact_key,
    exact_tokens,
    folded_key,
    folded_tokens,
    tokenise,
)


def test_every_vietnamese_letter_folds_to_ascii() -> None:
    assert len(MARKED) == 134
    for letter in MARKED:
        folded = fold(letter)
        assert len(folded) == 1
        assert "a" <= folded <= "z"
        assert fold(normalize("NFD", letter)) == folded
        assert has_diacritics(letter)
        assert has_diacritics(normalize("NFD", letter))


def test_other_latin_letters_fold_and_other_scripts_stay() -> None:
    assert fold("Łódź Straße Øresund Œuvre þorn ﬁn Ｔokyo İzmir") == "lodz strasse oresund oeuvre thorn fin tokyo izmir"
    assert fold("Война й 漢字 תורה ΑΘΗΝΑ") == "война й 漢字 תורה αθηνα"
    assert fold("Gogolʹ") == "gogol"


@pytest.mark.parametrize("text", ["library 1998", "漢字", "Война", ""])
def test_no_diacritics(text: str) -> None:
    assert not has_diacritics(text)


@given(st.text())
def test_fold_is_idempotent(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_tone_placement_is_one_key_in_open_oa_oe_uy() -> None:
    for first, second in (("o", "a"), ("o", "e"), ("u", "y")):
        for tone in range(1, 6):
            new = "h" + first + TONED[second][tone]
            old = "h" + TONED[first][tone] + second
            assert exact_key(new) == exact_key(old) == old
            assert exact_key(new.upper()) == old
            assert exact_key(normalize("NFD", new)) == old


@pytest.mark.parametrize("word", ["quý", "quỳ", "hoàn", "thuỷnh", "xoè1"])
def test_tone_stays_behind_q_and_in_closed_syllables(word: str) -> None:
    assert exact_key(word) == word


def test_i_and_y_are_one_folded_key_and_two_exact_ones() -> None:
    for pair in (("kĩ", "kỹ"), ("lí", "lý"), ("mĩ", "Mỹ"), ("sĩ", "sỹ"), ("tỉ", "tỷ"), ("hi", "hy")):
        assert folded_key(pair[0]) == folded_key(pair[1])
        assert exact_key(pair[0]) != exact_key(pair[1])
    assert folded_key("quy") == "quy"
    assert folded_key("thúy") == "thuy"
    assert folded_key("bi") != folded_key("by")


def test_tokens_are_words_with_their_places() -> None:
    text = "L'été ở Đắk-Lắk, 漢字 2004!"
    tokens = tokenise(text)
    assert [token.text for token in tokens] == ["L", "été", "ở", "Đắk", "Lắk", "漢", "字", "2004"]
    assert all(text[token.start : token.end] == token.text for token in tokens)
    assert tokens[1] == Token("été", 2, 5)


def test_decomposed_and_indic_words_do_not_break() -> None:
    assert [t.text for t in tokenise(normalize("NFD", "Tiếng Việt"))] == [
        normalize("NFD", "Tiếng"),
        normalize("NFD", "Việt"),
    ]
    assert exact_tokens("हिन्दी भाषा") == ["हिन्दी", "भाषा"]
    assert exact_tokens("𠀀𡨸喃\ue001") == ["𠀀", "𡨸", "喃", "\ue001"]


def test_the_two_kinds_of_token_of_a_title() -> None:
    title = "Kĩ thuật nuôi tôm : HOÀ Bình"
    assert exact_tokens(title) == ["kĩ", "thuật", "nuôi", "tôm", "hòa", "bình"]
    assert folded_tokens(title) == ["ki", "thuat", "nuoi", "tom", "hoa", "binh"]


@given(st.text())
def test_exact_and_folded_tokens_run_in_parallel(text: str) -> None:
    exact, folded = exact_tokens(text), folded_tokens(text)
    assert len(exact) == len(folded)
    assert all(exact)
    assert all(folded)
    assert [folded_key(token) for token in exact] == folded
    assert [exact_key(token) for token in exact] == exact


@given(st.text())
def test_normal_form_of_the_input_does_not_matter(text: str) -> None:
    assert folded_tokens(normalize("NFD", text)) == folded_tokens(normalize("NFC", text))
