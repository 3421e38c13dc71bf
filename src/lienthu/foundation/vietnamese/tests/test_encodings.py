import shutil
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lienthu.foundation.vietnamese.encodings import DECODERS, ENCODERS, UnknownEncoding, decoder
from lienthu.foundation.vietnamese.letters import MARKED
from lienthu.foundation.vietnamese.syllables import is_syllable, with_tone

TEXT = "Khổ mẫu MARC 21 cho dữ liệu thư mục / Nguyễn Thị Lan Thanh. - Hà Nội : Ý Yên, 2004. Được (tái bản) Ắc Ơ"
LOWER = TEXT.lower()
LOSSY = {"tcvn3", "tcvn3-in-utf-8"}  # no toned capitals


def of(encoding: str) -> str:
    return "utf-8" if encoding == "utf-8-nfd" else encoding


@pytest.mark.parametrize("encoding", sorted(set(ENCODERS) - LOSSY))
def test_a_text_survives(encoding: str) -> None:
    assert decoder(of(encoding))(ENCODERS[encoding](TEXT)) == TEXT


@pytest.mark.parametrize("encoding", sorted(LOSSY))
def test_a_text_survives_but_for_capitals(encoding: str) -> None:
    assert decoder(encoding)(ENCODERS[encoding](TEXT)).lower() == LOWER


@pytest.mark.parametrize("encoding", sorted(ENCODERS))
def test_every_letter_survives(encoding: str) -> None:
    after = " a." if encoding == "viqr" else ""  # its stop is escaped, so every bare mark is a mark
    for letter in MARKED:
        decoded = decoder(of(encoding))(ENCODERS[encoding](letter + after)).removesuffix(after)
        assert decoded == letter or (encoding in LOSSY and decoded == letter.lower())


_ONSETS = ("", "b", "ch", "đ", "gi", "h", "kh", "ngh", "qu", "th", "tr", "v")
_RIMES = ("a", "ăn", "âu", "e", "ê", "ich", "iêt", "o", "oa", "oan", "ôc", "ơi", "ua", "uyên", "ư", "ươc", "ưu", "y")
_SYLLABLES = [
    word for onset in _ONSETS for rime in _RIMES for tone in range(6) if (word := with_tone(onset + rime, tone))
]
_syllables = st.sampled_from(_SYLLABLES)
_words = st.one_of(_syllables, _syllables.map(str.capitalize), st.sampled_from(["1998", "T.5", "(Q.2)", "-", ":"]))
_texts = st.lists(_words, min_size=1, max_size=8).map(" ".join)


@pytest.mark.parametrize("encoding", sorted(set(ENCODERS) - LOSSY - {"viqr"}))
@given(text=_texts)
def test_round_trip(encoding: str, text: str) -> None:
    assert decoder(of(encoding))(ENCODERS[encoding](text)) == text


@given(text=_texts)
def test_round_trip_of_tcvn3_but_for_capitals(text: str) -> None:
    for encoding in LOSSY:
        assert decoder(encoding)(ENCODERS[encoding](text)).lower() == text.lower()


@given(text=_texts)
def test_round_trip_of_viqr_with_escaped_stop(text: str) -> None:
    sentence = text + " a."  # its stop is escaped, and that tells the reader that all bare marks are marks
    assert b"\\." in ENCODERS["viqr"](sentence)
    assert decoder("viqr")(ENCODERS["viqr"](sentence)) == sentence


@given(st.binary(max_size=40))
def test_single_byte_decoders_take_any_bytes(data: bytes) -> None:
    for name in ("tcvn3", "vni", "viqr", "viscii", "cp1258", "latin-1"):
        DECODERS[name](data)


@pytest.mark.parametrize("name", ["utf-8", "utf-8-double", "tcvn3-in-utf-8", "vni-in-utf-8", "viscii-in-utf-8"])
def test_utf8_decoders_refuse_other_bytes(name: str) -> None:
    with pytest.raises(UnicodeDecodeError):
        DECODERS[name](b"Vi\xd6t")


def test_unknown_names_are_refused() -> None:
    with pytest.raises(UnknownEncoding, match="klingon"):
        decoder("klingon")


def test_the_sentence_of_the_national_library() -> None:
    shown = "Khæ mÉu MARC 21 cho d÷ liÖu th− môc"
    assert decoder("tcvn3-in-utf-8")(shown.encode()) == "Khổ mẫu MARC 21 cho dữ liệu thư mục"
    assert decoder("tcvn3")(b"Kh\xe6 m\xc9u MARC 21 cho d\xf7 li\xd6u th\xad m\xf4c") == (
        "Khổ mẫu MARC 21 cho dữ liệu thư mục"
    )


def test_tcvn3_capitals_come_back_where_the_word_proves_them() -> None:
    assert decoder("tcvn3")(ENCODERS["tcvn3"]("VIỆT NAM, HÀ NỘI, ĐẠI HỌC, Điện, TP")) == (
        "VIỆT NAM, Hà NỘI, ĐẠI HỌC, Điện, TP"  # nothing proves the second capital of HÀ
    )


def test_tcvn3_combining_tones_and_the_degree_sign() -> None:
    assert decoder("tcvn3")(b"25\xb0C, ho\xb0a, \xaa\xb4") == "25°C, hòa, ệ"


def test_vni_in_either_case_of_mark() -> None:
    assert decoder("vni")("Thö vieän Quoác gia, HAØ NOÄI, AÙnh, Lyù, Myõ, thuôû, ngöôøi".encode("latin-1")) == (
        "Thư viện Quốc gia, HÀ NỘI, Ánh, Lý, Mỹ, thuở, người"
    )
    assert decoder("vni")("tæ lò ñóa kî ì í".encode("latin-1")) == "tỉ lị đĩa kỵ ì í"
    assert decoder("vni")("Müller façade".encode("latin-1")) == "Müller façade"


def test_viscii_capitals_on_control_codes() -> None:
    assert decoder("viscii")(b"\x02\x05\x06\x14\x19\x1e") == "ẲẴẪỶỸỴ"


def test_cp1258_combines() -> None:
    assert decoder("cp1258")(b"Vi\xea\xf2t Nam, ti\xea\xecng") == "Việt Nam, tiếng"


def test_double_utf8_through_latin1_and_windows() -> None:
    text = "Nguyễn Ðình Ấn — “Ý”"
    assert decoder("utf-8-double")(text.encode().decode("latin-1").encode()) == text
    assert decoder("utf-8-double")(ENCODERS["utf-8-double"](text)) == text
    assert decoder("utf-8-double")("Tiếng Việt, naïve, Ã la".encode()) == "Tiếng Việt, naïve, Ã la"
    mixed = "Lê " + "Nguyễn".encode().decode("latin-1")
    assert decoder("utf-8-double")(mixed.encode()) == "Lê Nguyễn"


@pytest.mark.parametrize(
    ("viqr", "text"),
    [
        ("Tie^'ng Vie^.t", "Tiếng Việt"),
        ("TIE^'NG VIE^.T DDo^` ddo^`", "TIẾNG VIỆT Đồ đồ"),
        ("Ai? Co^ ta la` ai?", "Ai? Cô ta là ai?"),
        ("Anh ta ra. Ddi Ha` No^.i.", "Anh ta ra. Đi Hà Nội."),
        ("li.ch su+?", "lịch sử"),
        ("chi'nh tri.", "chính trị"),
        ("Nguye^~n Thi. Lan", "Nguyễn Thị Lan"),
        ("A. de Rhodes", "A. de Rhodes"),
        ("co\\. la`m gi`\\?", "co. làm gì?"),
        ("U.S.A., don't, o'clock, f(x), Addison, Buddha, C++", "U.S.A., don't, o'clock, f(x), Addison, Buddha, C++"),
        ("Kro^ng Ana", "Krông Ana"),
        ("tu+o+ng, tu*o*ng", "tương, tương"),
        ("Lan Ha(2001)", "Lan Ha(2001)"),
    ],
)
def test_viqr(viqr: str, text: str) -> None:
    assert decoder("viqr")(viqr.encode()) == text


@pytest.mark.parametrize(
    ("encoding", "text"), [("viscii", "dài – ngắn"), ("tcvn3", "© Hà"), ("vni", "漢"), ("viqr", "—")]
)
def test_encoders_refuse_what_they_cannot_write(encoding: str, text: str) -> None:
    with pytest.raises(UnicodeEncodeError):
        ENCODERS[encoding](text)


@pytest.mark.parametrize(("encoding", "charset"), [("viscii", "VISCII"), ("tcvn3", "TCVN5712-1"), ("cp1258", "CP1258")])
def test_the_tables_agree_with_iconv(encoding: str, charset: str) -> None:
    iconv = shutil.which("iconv")
    if iconv is None:
        pytest.skip("iconv is not installed")
    if charset not in subprocess.run([iconv, "-l"], capture_output=True, text=True, check=True).stdout:
        pytest.skip(f"this iconv does not know {charset}")
    letters = [c for c in MARKED if encoding != "tcvn3" or c.islower() or c in "ĂÂÊÔƠƯĐ"]
    for letter in letters:
        run = subprocess.run(
            [iconv, "-f", "utf-8", "-t", charset], input=letter.encode(), capture_output=True, check=True
        )
        assert decoder(encoding)(run.stdout) == letter
        if encoding != "cp1258":  # iconv writes à as one byte where the code page has it
            assert run.stdout == ENCODERS[encoding](letter)


def test_the_sample_syllables_are_syllables() -> None:
    assert len(_SYLLABLES) > 500
    assert all(map(is_syllable, _SYLLABLES))
