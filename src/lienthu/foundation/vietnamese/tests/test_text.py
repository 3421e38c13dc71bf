from unicodedata import is_normalized, normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lienthu.foundation.vietnamese.text import clean, is_clean, nfc


@pytest.mark.parametrize(
    ("damaged", "repaired"),
    [
        ("  Thư \u00a0viện\tQuảng\r\nNinh ", "Thư viện Quảng Ninh"),
        ("\ufeffTo\u0301an học\u200b", "Tóan học"),
        ("plain", "plain"),
        ("two  blanks", "two blanks"),
        ("bell\x07 and \x1fdelimiter", "bell and delimiter"),
        ("Ðường ði Ð", "Đường đi Đ"),
        ("th\u00adư viện", "thư viện"),
        ("lone \ud800 surrogate", "lone \ufffd surrogate"),
    ],
)
def test_damage_is_repaired(damaged: str, repaired: str) -> None:
    assert clean(damaged) == repaired


def test_lookalikes_become_latin_only_in_latin_words() -> None:
    cyrillic_o, cyrillic_a_breve = "\u043e", "\u04d1"
    assert clean(f"h{cyrillic_o}c sinh") == "hoc sinh"
    assert clean(f"n{cyrillic_a_breve}m") == "năm"
    assert clean("Hµ") == "Hµ"  # the micro sign is evidence of TCVN3, not a look-alike
    assert clean("Россия") == "Россия"
    assert clean("Р\u006fссия") == "Р\u006fссия"  # a Latin o in a Russian word
    assert clean("Α Β Γ") == "Α Β Γ"


def test_joiners_stay_where_they_are_spelling() -> None:
    assert clean("می\u200cخواهم") == "می\u200cخواهم"
    assert clean("र्\u200dक") == "र्\u200dक"
    assert clean("thư\u200d viện") == "thư viện"


@given(st.text())
def test_clean_is_idempotent_and_nfc(text: str) -> None:
    once = clean(text)
    assert clean(once) == once
    assert is_normalized("NFC", once)
    assert "  " not in once
    assert once == once.strip()


@given(st.lists(st.text(st.one_of(st.sampled_from("aế |\u0301\u00a0\u200cĐ"), st.characters()))))
def test_texts_are_called_clean_only_if_all_of_them_are(values: list[str]) -> None:
    if is_clean(values):
        assert list(map(clean, values)) == values


def test_every_character_that_is_called_clean_is() -> None:
    for code in range(0x110000):
        for value in (chr(code), f"a{chr(code)}b"):
            assert not is_clean([value]) or clean(value) == value
    assert is_clean(["Nguyễn Du", "Truyện Kiều / thơ", "Q. 1"])


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_nfc_is_unicode_nfc(text: str) -> None:
    assert nfc(text) == normalize("NFC", text)
