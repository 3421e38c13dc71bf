from itertools import pairwise
from pathlib import Path
from unicodedata import normalize

import pytest

from lienthu.foundation.vietnamese.encodings import DECODERS, ENCODERS, rank
from lienthu.foundation.vietnamese.encodings.ranking import BUDGET

MARC = Path(__file__).parents[6] / "shared" / "data" / "marc"

TITLES = """Lịch sử Đảng bộ tỉnh Quảng Ninh
Số đỏ : tiểu thuyết
Truyện Kiều
Đất rừng phương Nam
Nhật ký trong tù
Dế mèn phiêu lưu ký
Địa chí Quảng Ninh. Tập 1
Hà Nội : Văn học, 1998
Cơ sở dữ liệu
Toán cao cấp dùng cho sinh viên các trường đại học kỹ thuật
Hướng dẫn nuôi tôm
Bệnh trẻ em
Khoa học thư viện
Từ điển Anh - Việt
Luật Dân sự
Tắt đèn
Hồ Chí Minh toàn tập. T.5, 1947-1949""".splitlines()

FOREIGN = """Où est la maison de l'été ?
Né à Paris en été
Introduction à la biologie végétale
Die Brücke über den Fluß, Häuser am Meer
The history of the library. Vol. 2, no. 5
To be or not to be?
João Guimarães Rosa, São Paulo
Война и мир
תורה נביאים
naïve Noël
Čapek, Karel: Válka s mloky
Smörgåsbord på svenska""".splitlines()


def marc8(data: bytes) -> str:
    """As much of MARC-8 as a fair competitor needs: ANSEL diacritics stand before their letters."""
    marks = {0xE1: "\u0300", 0xE2: "\u0301", 0xE3: "\u0302", 0xE8: "\u0308", 0xF0: "\u0327"}
    text = mark = ""
    for byte in data:
        if byte in marks:
            mark += marks[byte]
        else:
            text += (chr(byte) if byte < 0x80 else "\ufffd") + mark
            mark = ""
    return normalize("NFC", text)


CANDIDATES = {**DECODERS, "marc-8": marc8}


@pytest.mark.parametrize("encoding", sorted(ENCODERS))
@pytest.mark.parametrize("title", TITLES)
def test_one_vietnamese_title_is_enough(encoding: str, title: str) -> None:
    data = ENCODERS[encoding](title)
    best = rank([data], CANDIDATES)[0]
    assert DECODERS[best.encoding](data).lower() == title.lower(), best
    assert best.score > 0


@pytest.mark.parametrize("encoding", sorted(ENCODERS))
def test_many_titles(encoding: str) -> None:
    guesses = rank([ENCODERS[encoding](title) for title in TITLES], CANDIDATES)
    assert guesses[0].encoding == encoding.removesuffix("-nfd")
    assert guesses[0].score > 0.8
    assert {guess.encoding for guess in guesses} == set(CANDIDATES)
    assert guesses[0].sample.lower() in {title.lower() for title in TITLES}


@pytest.mark.parametrize("title", FOREIGN)
def test_other_languages_stay_utf8(title: str) -> None:
    best = rank([title.encode()], CANDIDATES)[0]
    assert best.encoding == "utf-8"


def test_french_in_latin1_and_in_marc8() -> None:
    titles = ["Introduction à la biologie végétale", "Études françaises", "La forêt, l'été", "Thèses présentées"]
    assert rank([title.encode("latin-1") for title in titles], CANDIDATES)[0].encoding == "latin-1"
    ansel = str.maketrans({"à": "\xe1a", "é": "\xe2e", "É": "\xe2E", "ç": "\xf0c", "ê": "\xe3e", "è": "\xe1e"})
    assert rank([title.translate(ansel).encode("latin-1") for title in titles], CANDIDATES)[0].encoding == "marc-8"


def test_iso2709_structure_is_no_evidence() -> None:
    fields = [b"0 \x1fa%s :\x1fb%s" % (ENCODERS["vni"](a), ENCODERS["vni"](b)) for a, b in pairwise(TITLES)]
    record = b"00714nam a2200205 a 4500" + b"001001300000005001700013" + b"\x1e" + b"\x1e".join(fields) + b"\x1e\x1d"
    best = rank([record], CANDIDATES)[0]
    assert (best.encoding, best.score > 0.8) == ("vni", True)


def test_a_file_with_a_few_bad_records_keeps_its_encoding() -> None:
    samples = [title.encode() for title in TITLES] * 5 + [b"Vi\xd6t Nam \xff\xfe"]
    assert rank(samples, CANDIDATES)[0].encoding == "utf-8"


def test_little_vietnamese_in_a_large_foreign_file() -> None:
    foreign = [b"A history of printing and publishing in Europe, volume %d" % number for number in range(200)]
    assert rank([*foreign, *(ENCODERS["tcvn3"](title) for title in TITLES)], CANDIDATES)[0].encoding == "tcvn3"


def test_nothing_to_go_by_is_utf8() -> None:
    for samples in ([], [b""], [b"1998"], [b"Plain title"]):
        best = rank(samples, CANDIDATES)[0]
        assert (best.encoding, best.score) == ("utf-8", 0.0)


def test_work_is_bounded() -> None:
    read = 0

    def counting(data: bytes) -> str:
        nonlocal read
        read += len(data)
        return data.decode("latin-1")

    sample = "\n".join(TITLES).encode()
    for samples in ([sample * 4000], [sample] * 4000, [b"x" * 5_000_000], [b"\xe9" * 5_000_000]):
        read = 0
        rank(samples, {"counting": counting})
        assert 0 < read <= BUDGET + len("é".encode())  # the decoder is also asked whether it reads UTF-8


@pytest.mark.parametrize(
    ("file", "encoding"),
    [
        ("FSL.marc", "utf-8"),
        ("nepali.marc", "utf-8"),
        ("lul_fre_500.mrc", "not Vietnamese"),
        ("jazz_1k.mrc", "not Vietnamese"),
    ],
)
def test_real_files_in_other_languages(file: str, encoding: str) -> None:
    path = MARC / file
    if not path.exists():
        pytest.skip(f"{path} is not on this machine")
    records = [record + b"\x1d" for record in path.read_bytes().split(b"\x1d") if record.strip()]
    best = rank(records, DECODERS)[0]
    if encoding == "utf-8":
        assert best.encoding == encoding
    assert best.score < 0.1, "no decoder may claim Vietnamese"
