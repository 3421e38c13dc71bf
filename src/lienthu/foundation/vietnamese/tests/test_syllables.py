import re
from itertools import product

import pytest

from lienthu.foundation.vietnamese.syllables import is_syllable, syllable_share, with_tone
from lienthu.foundation.vietnamese.tokens import exact_key

GOOD = """ở ý yêu uống oanh uyên học họp khách một giặc gì gìn giếng giường già gieo quý quí quốc quyển quạnh khuya
khuỷu ngoằn ngoèo nghiêng ngành ghế gà kẻ cá hoà hòa khoẻ khỏe thuỷ thủy kỹ kĩ Lý NGUYỄN Đắk rượu hươu thuở toán
buýt huỳnh mười ưu tuyết luận án xoong"""

BAD = """hoc hòc hỏp mõt aỉ hoàb ca2 kà ghà ngế cế qúy hòàn hóan library congress été naïve jôn zá fê wê bcd ươ yêc
iêu đ ớ1"""


@pytest.mark.parametrize("word", re.findall(r"\w+", GOOD))
def test_vietnamese_syllables(word: str) -> None:
    assert is_syllable(word)


@pytest.mark.parametrize("word", [*re.findall(r"\w+", BAD), "", "vi ệt", "漢"])
def test_no_syllables(word: str) -> None:
    assert not is_syllable(word)


def test_a_stop_coda_takes_only_two_tones() -> None:
    for base, coda in product(("a", "ho", "tie", "bu"), ("c", "t", "p", "ch")):
        for tone in (0, 1, 2, 3):
            assert with_tone(base + coda, tone) is None
    assert (with_tone("hoc", 5), with_tone("sach", 4)) == ("họ" + "c", "sách")


def test_with_tone_writes_what_is_syllable_reads() -> None:
    onsets = ["", "b", "c", "k", "gi", "qu", "ngh", "ng", "tr", "đ", "h", "th"]
    rimes = ["a", "an", "oa", "oai", "oan", "ia", "iêu", "yêu", "uy", "uyên", "ươi", "ưa", "uôn", "y", "i", "uya", "ôc"]
    made = 0
    for onset, rime, tone in product(onsets, rimes, range(6)):
        word = with_tone(onset + rime, tone)
        if word is not None:
            made += 1
            assert is_syllable(word)
            assert exact_key(word) == word, "the traditional placement is the canonical one"
    assert made > 300


def test_share_tells_vietnamese_from_other_languages() -> None:
    assert syllable_share("Thư viện tỉnh Quảng Ninh, 漢字 1998") == 1.0
    assert syllable_share("The Library of Congress has many books about everything") < 0.3
    assert syllable_share("La bibliothèque de l'été : études générales") < 0.3
    assert syllable_share("Война и мир") == 0.0
    assert syllable_share("") == 0.0
