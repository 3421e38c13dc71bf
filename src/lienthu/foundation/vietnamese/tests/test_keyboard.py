import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lienthu.foundation.vietnamese.fold import has_diacritics
from lienthu.foundation.vietnamese.keyboard import decode_telex, decode_vni
from lienthu.foundation.vietnamese.letters import TONED, split_tone
from lienthu.foundation.vietnamese.syllables import is_syllable
from lienthu.foundation.vietnamese.tokens import exact_key

WORDS = re.findall(
    r"\w+",
    """thư viện việt được người nguyễn trường đường hoặc thuở quốc quyển giường gì giếng hưu rượu đồng tuyết khuỷu
    nghiêng mười lịch sử đảng bộ tỉnh quảng ninh hòa thủy quý kỹ thuật đắk ngoằn yến ấm ở ăn trăm tư mưa cứu hươu
    bướm hoãn loại xoáy""",
)

_SHAPES_TELEX = {"ă": "aw", "â": "aa", "ê": "ee", "ô": "oo", "ơ": "ow", "ư": "uw", "đ": "dd"}
_SHAPES_VNI = {"ă": "a8", "â": "a6", "ê": "e6", "ô": "o6", "ơ": "o7", "ư": "u7", "đ": "d9"}


def typed(word: str, shapes: dict[str, str], tones: str, *, tone_at_once: bool) -> str:
    keys = ""
    for char in word:
        plain, tone = split_tone(char)
        keys += shapes.get(plain, plain) + (tones[tone].strip() if tone_at_once else "")
    return keys if tone_at_once else keys + tones[split_tone(word)[1]].strip()


@pytest.mark.parametrize("word", [word for word in WORDS if not word.isascii()])
@pytest.mark.parametrize("tone_at_once", [True, False])
def test_what_is_typed_is_what_was_meant(word: str, tone_at_once: bool) -> None:
    assert exact_key(decode_telex(typed(word, _SHAPES_TELEX, " frxsj", tone_at_once=tone_at_once)) or "") == word
    assert exact_key(decode_vni(typed(word, _SHAPES_VNI, " 23415", tone_at_once=tone_at_once)) or "") == word


@pytest.mark.parametrize(
    ("keys", "word"),
    [
        ("vieenj", "viện"),
        ("vieejn", "viện"),
        ("vietej", "việt"),
        ("Thuw", "Thư"),
        ("NGUYEENX", "NGUYỄN"),
        ("dduongwf", "đường"),
        ("duongwdf", "đường"),
        ("duwongf", "dường"),
        ("tw", "tư"),
        ("cuaw", "cưa"),
        ("huuw", "hưu"),
        ("quas", "quá"),
        ("hoafs", "hóa"),
        ("hoasz", None),
    ],
)
def test_telex(keys: str, word: str | None) -> None:
    assert decode_telex(keys) == word


@pytest.mark.parametrize(
    ("keys", "word"),
    [("vie6n5", "viện"), ("vien65", "viện"), ("duoc975", "được"), ("Ha2", "Hà"), ("NGUYE64N", "NGUYỄN")],
)
def test_vni(keys: str, word: str) -> None:
    assert decode_vni(keys) == word


@pytest.mark.parametrize(
    "token", ["library", "the", "hello", "window", "hoass", "viện", "s", "", "vie6n", "1998", "x" * 99]
)
def test_no_telex(token: str) -> None:
    assert decode_telex(token) is None


@pytest.mark.parametrize("token", ["1998", "b2b", "mp3", "hoa", "a11", "h2o", "", "viện5", "k9"])
def test_no_vni(token: str) -> None:
    assert decode_vni(token) is None


@given(st.text("aeiouydwsfrxjzhngctmlqbpvk0123456789ĐA", max_size=9))
def test_a_decoded_token_is_a_syllable_with_marks(token: str) -> None:
    for decoded in (decode_telex(token), decode_vni(token)):
        if decoded is not None:
            assert is_syllable(decoded)
            assert has_diacritics(decoded)


def test_all_toned_vowels_can_be_typed() -> None:
    for forms in TONED.values():
        plain = forms[0]
        if plain.islower() and plain not in "ăâ":
            for tone, key in ((1, "f"), (2, "r"), (3, "x"), (4, "s"), (5, "j")):
                assert decode_telex(_SHAPES_TELEX.get(plain, plain) + key) == forms[tone]
