"""DIG-5, DIG-6."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name

from lienthu.foundation.kernel.refusal import Refused
from lienthu.foundation.pagetext.font_encodings import reading_of
from lienthu.foundation.pagetext.model import PageText
from lienthu.foundation.pagetext.tests.specimens import PASSAGE, errors, scan, typeset
from lienthu.foundation.pagetext.work import pdf_text
from lienthu.foundation.vietnamese.encodings.registry import ENCODERS
from lienthu.foundation.vietnamese.fold import fold

TITLE = "Lịch sử vùng mỏ Quảng Ninh"
LINES = (
    "Nhân dân vùng mỏ đã đứng lên đấu tranh dưới sự lãnh đạo của Đảng.",
    "Thợ mỏ Hòn Gai, Cẩm Phả được hưởng ứng khắp nơi từ năm 1936.",
    "Thư viện tỉnh giữ lại những tư liệu quý về thời kỳ ấy.",
)


def legacy_pdf(path: Path, fonts: dict[str, str], lines: Sequence[tuple[str, bytes]], size: int = 10) -> str:
    """A PDF whose fonts bear names of old and whose bytes are what such files hold; lines are (font key, bytes)."""
    pdf = pikepdf.new()
    page = pdf.add_blank_page(page_size=(595, 842))
    described = {
        f"/{key}": Dictionary(
            Type=Name.Font,
            Subtype=Name.TrueType,
            BaseFont=Name("/" + name),
            Encoding=Name.WinAnsiEncoding,
            FirstChar=32,
            LastChar=255,
            Widths=Array([500] * 224),
        )
        for key, name in fonts.items()
    }
    page.Resources = Dictionary(Font=Dictionary(described))
    content = b"BT 18 TL 72 770 Td\n"
    for key, data in lines:
        content += b"/%s %d Tf <%s> Tj T*\n" % (key.encode(), size, data.hex().encode())
    page.Contents = pdf.make_stream(content + b"ET")
    pdf.save(path)
    return str(path)


def read(path: str, frame: int = 0, **placing: Any) -> tuple[PageText, dict[str, Any]]:
    answer = pdf_text(path=path, frame=frame, **({"width": 1653, "height": 2339} | placing))
    return PageText.from_json(answer["page"]), answer


def test_a_typeset_page_is_taken_as_it_is_with_its_words_in_place(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(typeset(PASSAGE))
    image = scan(PASSAGE, dpi=200)
    page, answer = read(str(tmp_path / "a.pdf"), width=image.width, height=image.height)
    assert (answer["doubt"], answer["repaired"], page.source) == ("", {}, "pdf")
    assert " ".join(page.text.split()) == " ".join(PASSAGE.split())
    dark = image.numpy() < 128
    held = sum(int(dark[w.y : w.y + w.h, w.x : w.x + w.w].sum()) for w in page.words())
    assert held > 0.97 * dark.sum()
    assert max(word.h for word in page.words()) < 50


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_places_follow_what_was_done_to_the_page(tmp_path: Path, rotation: int) -> None:
    """By the file itself, then by a person, who also cut it: the words lie on their ink."""
    with pikepdf.open(io.BytesIO(typeset(PASSAGE))) as pdf:
        pdf.pages[0].Rotate = 90
        pdf.save(tmp_path / "turned.pdf")
    image = scan(PASSAGE, dpi=200).rot("d90")
    image = image.rot(f"d{rotation}") if rotation else image
    x, y, w, h = 0.1, 0.05, 0.8, 0.9
    cut = image.crop(round(x * image.width), round(y * image.height), round(w * image.width), round(h * image.height))
    page, _ = read(
        str(tmp_path / "turned.pdf"), width=cut.width, height=cut.height, rotation=rotation, crop=[x, y, w, h]
    )
    dark = cut.numpy() < 128
    held = sum(int(dark[b.y : b.y + b.h, b.x : b.x + b.w].sum()) for b in (word.box for word in page.words()))
    assert held > 0.95 * dark.sum()


def test_fonts_of_tcvn3_become_unicode_each_in_its_way(tmp_path: Path) -> None:
    tcvn3 = ENCODERS["tcvn3"]
    path = legacy_pdf(
        tmp_path / "tcvn3.pdf",
        {"A": ".VnTime", "B": "ABCDEF+.VnTimeH,Bold", "C": "ArialMT"},
        [("B", tcvn3(TITLE)), *(("A", tcvn3(line)) for line in LINES), ("C", b"Quang Ninh, 1996")],
    )
    page, answer = read(path)
    assert page.text.split("\n") == [TITLE.upper(), *LINES, "Quang Ninh, 1996"]
    assert answer["repaired"] == {".VnTime": "tcvn3-in-utf-8", "ABCDEF+.VnTimeH,Bold": "tcvn3-in-utf-8"}
    assert answer["doubt"] == ""


def test_fonts_of_vni_become_unicode_and_two_letters_become_one_in_one_box(tmp_path: Path) -> None:
    path = legacy_pdf(tmp_path / "vni.pdf", {"A": "VNI-Times"}, [("A", ENCODERS["vni"](line)) for line in LINES])
    page, answer = read(path)
    assert page.text.split("\n") == list(LINES)
    assert answer["repaired"] == {"VNI-Times": "vni-in-utf-8"}
    first = next(page.words())
    assert first.text == "Nhân"
    assert first.w == pytest.approx(
        5 * 5 * 1653 / 595, abs=3
    )  # N h a â n, each half as wide as the 10 points of its size


def test_an_old_font_with_a_right_mapping_is_left_alone_and_a_nameless_one_is_recognised() -> None:
    text = " ".join(LINES)
    assert not reading_of(".VnTime", text).repairs
    shown = ENCODERS["tcvn3"](text).decode("cp1252", "replace")
    assert reading_of("TT1A2o00", shown).encoding == "tcvn3-in-utf-8"
    assert reading_of("F3", ENCODERS["vni"](text).decode("cp1252", "replace")).encoding == "vni-in-utf-8"


@pytest.mark.parametrize(
    "text",
    [
        "La Société française des charbonnages du Tonkin a été fondée à Paris, où siège son président général",
        "Nhân dân vùng mỏ đã đứng lên đấu tranh",
        "The history of coal mining in Quang Ninh",
        "Größe, Übersicht, Straße, Mädchen, während, öffnen",
        "",
    ],
)
def test_text_of_other_fonts_and_languages_is_left_alone(text: str) -> None:
    assert not reading_of("TimesNewRomanPSMT", text).repairs


def test_hyphens_of_old_fonts_are_letters_only_where_they_make_a_word() -> None:
    reading = reading_of(".VnTime", "Khæ mÉu MARC 21 cho d÷ liÖu th- môc")
    assert [reading.text_of(word) for word in ("th-", "®-îc", "(V-¬ng)", "Hµ-Néi", "1936-1939", "-")] == [
        "thư",
        "được",
        "(Vương)",
        "Hà-Nội",
        "1936-1939",
        "-",
    ]


def test_symbol_fonts_keep_their_bytes_in_the_private_area() -> None:
    shown = "".join(chr(0xF000 + byte) if byte > 0x7F else chr(byte) for byte in ENCODERS["tcvn3"](LINES[0]))
    reading = reading_of(".VnArial", shown)
    assert " ".join(reading.text_of(word) for word in shown.split()) == LINES[0]


def scanned_pdf(path: Path, words: bytes, mode: int) -> str:
    picture = scan(PASSAGE, dpi=100)
    pdf = pikepdf.new()
    page = pdf.add_blank_page(page_size=(420, 595))
    image = pdf.make_stream(picture.jpegsave_buffer())
    image.update(
        Dictionary(
            Type=Name.XObject,
            Subtype=Name.Image,
            Width=picture.width,
            Height=picture.height,
            ColorSpace=Name.DeviceGray,
            BitsPerComponent=8,
            Filter=Name.DCTDecode,
        )
    )
    font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
    page.Resources = Dictionary(XObject=Dictionary(I=image), Font=Dictionary(F=font))
    page.Contents = pdf.make_stream(
        b"q 420 0 0 595 0 0 cm /I Do Q BT /F 12 Tf %d Tr 40 500 Td (%s) Tj ET" % (mode, words)
    )
    pdf.save(path)
    return str(path)


def test_a_page_without_usable_text_says_why(tmp_path: Path) -> None:
    assert read(scanned_pdf(tmp_path / "ocr.pdf", b"Ngay xua vung mo " * 20, 3))[1]["doubt"] == "hidden-text"
    assert read(scanned_pdf(tmp_path / "stamp.pdf", b"Scanned with a telephone", 0))[1]["doubt"] == "scan"
    assert read(scanned_pdf(tmp_path / "bare.pdf", b"", 0))[1]["doubt"] == "no-text"
    lost = bytes(1 + n % 8 for n in range(60))
    assert read(legacy_pdf(tmp_path / "lost.pdf", {"A": "AAAAAA+F1"}, [("A", lost)]))[1]["doubt"] == "no-text"


@pytest.mark.parametrize("text", ["The coal miners of Hon Gai went on strike for a week and won their wages", PASSAGE])
def test_a_font_cut_to_size_without_a_mapping_is_no_text(tmp_path: Path, text: str) -> None:
    plain = fold(text).split(".")[0] + " va nhung nguoi tho mo khac cung dung len dau tranh giành quyen song"
    shifted = bytes(b - 29 if 61 < b < 123 else b for b in plain.encode("ascii", "ignore"))
    lines = [("A", shifted[at : at + 60]) for at in range(0, len(shifted), 60)]
    assert read(legacy_pdf(tmp_path / "shifted.pdf", {"A": "AAAAAA+F1"}, lines))[1]["doubt"] == "garbage"
    honest = [("A", plain.encode("ascii", "ignore")[at : at + 60]) for at in range(0, len(shifted), 60)]
    assert read(legacy_pdf(tmp_path / "honest.pdf", {"A": "AAAAAA+F1"}, honest))[1]["doubt"] == ""


def test_what_was_cut_off_is_not_on_the_page(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(typeset("Trên\n\n#v(1fr)\nDưới"))
    assert read(str(tmp_path / "a.pdf"), crop=[0, 0, 1, 0.5])[0].text == "Trên"
    assert read(str(tmp_path / "a.pdf"), crop=[0, 0.5, 1, 0.5])[0].text == "Dưới"


def test_files_that_are_no_good_are_refused(tmp_path: Path) -> None:
    (tmp_path / "no.pdf").write_bytes(b"%PDF-1.7 and then nothing")
    (tmp_path / "cut.pdf").write_bytes(typeset(PASSAGE)[:400])
    with pikepdf.open(io.BytesIO(typeset(PASSAGE))) as pdf:
        pdf.save(tmp_path / "locked.pdf", encryption=pikepdf.Encryption(owner="a", user="b"))
    (tmp_path / "good.pdf").write_bytes(typeset(PASSAGE))
    for name, frame, code in (
        ("no.pdf", 0, "damaged"),
        ("cut.pdf", 0, "damaged"),
        ("missing.pdf", 0, "damaged"),
        ("locked.pdf", 0, "encrypted"),
        ("good.pdf", 7, "no-such-frame"),
    ):
        with pytest.raises(Refused) as refused:
            read(str(tmp_path / name), frame)
        assert refused.value.code == code, name


def test_the_passage_is_what_a_machine_would_have_to_read(tmp_path: Path) -> None:
    """One page, two ways: what is typed in the file is exact."""
    (tmp_path / "a.pdf").write_bytes(typeset(PASSAGE))
    assert errors(PASSAGE, read(str(tmp_path / "a.pdf"))[0].text) == 0
