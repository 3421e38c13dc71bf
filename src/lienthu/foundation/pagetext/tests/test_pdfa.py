"""DIG-7."""

from __future__ import annotations

import io
import re
import struct
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
import pyvips
from hypothesis import given, settings

from lienthu.foundation.pagetext.model import Block, Box, Line, PageText, Word, words_in
from lienthu.foundation.pagetext.pdfa import parts
from lienthu.foundation.pagetext.pdfa.write import About, PdfPage, write_pdfa
from lienthu.foundation.pagetext.tests.pages import any_page
from lienthu.foundation.pagetext.tests.specimens import PASSAGE, scan
from lienthu.foundation.pagetext.work import pdf_text

ABOUT = About(
    "Vùng mỏ <Hòn Gai> & biển",
    "Nguyễn Văn A",
    ("vie",),
    datetime(2026, 11, 22, 8, 30, tzinfo=UTC),
    [("Lời nói đầu", 0), ("Chương 1", 1), ("Nowhere", 99)],
)
TEXT = PageText(
    1000,
    1400,
    (
        Block(
            (
                Line(tuple(words_in("Cuộc tổng bãi công", Box(100, 120, 700, 48)))),
                Line(tuple(words_in("tháng 11 năm 1936", Box(100, 190, 620, 48)))),
            )
        ),
        Block((Line((Word("南", 900, 300, 40, 60), Word("國山", 900, 360, 40, 120))),)),
        Block((Line((Word("𡨸", 500, 900, 40, 40),)),)),
    ),
)


def jpeg(width: int = 1000, height: int = 1400, bands: int = 3) -> bytes:
    noise = pyvips.Image.gaussnoise(width, height, mean=200).cast("uchar")
    image = noise.copy(interpretation="b-w") if bands == 1 else noise.bandjoin([180, 90]).copy(interpretation="srgb")
    return bytes(image.jpegsave_buffer(Q=60))


@pytest.fixture(scope="module")
def pictures() -> list[bytes]:
    return [jpeg(), jpeg(500, 700, 1)]


@pytest.fixture(scope="module")
def made(pictures: list[bytes], tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pdfa") / "volume.pdf"
    pages = [PdfPage(pictures[0], 200, TEXT, "bìa 1"), PdfPage(pictures[1], 100, None, "i")]
    path.write_bytes(b"".join(write_pdfa(pages, ABOUT)))
    return path


def test_pictures_go_in_and_come_out_byte_for_byte(made: Path, pictures: list[bytes]) -> None:
    with pikepdf.open(made) as pdf:
        assert [bytes(page.get_images()["/I"].read_raw_bytes()) for page in pdf.pages] == pictures
        assert [[round(float(n), 1) for n in page.mediabox] for page in pdf.pages] == [[0, 0, 360, 504]] * 2


def test_words_are_found_in_the_file_where_they_stand_on_the_picture(made: Path) -> None:
    document = pypdfium2.PdfDocument(made)
    text = document[0].get_textpage()
    said = text.get_text_range()
    assert "Cuộc tổng bãi công\r\ntháng 11 năm 1936" in said
    assert "南國山" in said.replace("\r\n", "")
    assert "𡨸" in said
    points = 72 / 200
    for word in TEXT.words():
        if not word.text.isascii() and len(word.text) < 3:
            continue
        index, length = text.search(word.text, match_whole_word=True).get_next() or pytest.fail(word.text)
        boxes = [text.get_charbox(index + n, loose=True) for n in range(length)]
        left, right = min(b[0] for b in boxes) / points, max(b[2] for b in boxes) / points
        top, bottom = 1400 - max(b[3] for b in boxes) / points, 1400 - min(b[1] for b in boxes) / points
        assert (left, right) == pytest.approx((word.x, word.x + word.w), abs=16), word
        assert (top, bottom) == pytest.approx((word.y, word.y + word.h), abs=8), word


def test_our_own_reader_finds_the_text_and_knows_that_it_lies_unseen(made: Path) -> None:
    answer = pdf_text(path=str(made), frame=0, width=1000, height=1400)
    assert answer["doubt"] == "hidden-text"
    page = PageText.from_json(answer["page"])
    assert page.text.split() == [*"Cuộc tổng bãi công tháng 11 năm 1936".split(), *"南國山𡨸"]


def test_nothing_of_the_text_is_drawn(pictures: list[bytes]) -> None:
    def drawn(text: PageText | None) -> bytes:
        data = b"".join(write_pdfa([PdfPage(pictures[0], 200, text)], ABOUT))
        return bytes(pypdfium2.PdfDocument(data)[0].render(scale=1).to_numpy().tobytes())

    assert drawn(TEXT) == drawn(None)


def test_it_is_what_an_archive_asks_for(made: Path) -> None:
    """ISO 19005-2: no encryption, an identifier, fonts inside with Unicode, colours defined, metadata that agree."""
    data = made.read_bytes()
    assert data.startswith(b"%PDF-1.7\n%")
    assert min(data[10:14]) > 127
    with pikepdf.open(made) as pdf:
        assert pdf.check_pdf_syntax() == []
        assert not pdf.is_encrypted
        assert len(bytes(pdf.trailer.ID[0])) == 16
        root = pdf.Root
        assert str(root.Lang) == "vi"
        intent = root.OutputIntents[0]
        assert (intent.S, intent.DestOutputProfile.N) == ("/GTS_PDFA1", 3)
        font = pdf.pages[0].Resources.Font.F
        assert bytes(font.DescendantFonts[0].FontDescriptor.FontFile2.read_bytes()) == parts.inkless_font()
        assert b"beginbfchar" in font.ToUnicode.read_bytes()
        assert len(font.DescendantFonts[0].CIDToGIDMap.read_bytes()) % 2 == 0
        assert "/Filter" not in root.Metadata
        assert str(pdf.docinfo.CreationDate).startswith("D:20261122083000+00")
        with pdf.open_metadata() as meta:
            assert meta.pdfa_status == "2U"
            assert meta["dc:title"] == "Vùng mỏ <Hòn Gai> & biển" == str(pdf.docinfo.Title)
            assert meta["dc:creator"] == ["Nguyễn Văn A"]
            assert meta["xmp:CreateDate"] == "2026-11-22T08:30:00+00:00"
        assert [str(entry.title) for entry in pdf.open_outline().root] == ["Lời nói đầu", "Chương 1"]
        assert [page.label for page in pdf.pages] == ["bìa 1", "i"]


def test_the_profile_is_srgb() -> None:
    colours = bytes([0, 0, 0, 40, 90, 200, 255, 128, 7, 255, 255, 255])
    image = pyvips.Image.new_from_memory(colours, 4, 1, 3, "uchar")
    ours = image.copy(interpretation="srgb")
    ours.set_type(pyvips.GValue.blob_type, "icc-profile-data", parts.srgb_profile())
    lab = ours.icc_import(embedded=True, intent="relative", pcs="lab")
    again = lab.icc_export(output_profile="srgb", intent="relative", depth=8)
    assert abs((again - image).abs().max()) <= 2


def test_a_long_volume_takes_the_memory_of_a_page() -> None:
    picture = jpeg(600, 800, 1) + b"\0" * 400_000  # what follows the end of a JPEG is nobody's

    def pages() -> Iterator[PdfPage]:
        for number in range(450):
            yield PdfPage(picture, 100, TEXT, str(number))

    tracemalloc.start()
    size = sum(map(len, write_pdfa(pages(), ABOUT)))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size > 450 * 400_000
    assert peak < 6_000_000


def test_branches_of_the_tree_hold_every_page_in_its_order() -> None:
    picture = jpeg(20, 30, 1)
    pages = (PdfPage(picture, 72, PageText(20, 30), str(n)) for n in range(205))
    data = b"".join(write_pdfa(pages, ABOUT))
    assert data.count(b"/Type /Pages ") == 1 + 3
    with pikepdf.open(io.BytesIO(data)) as pdf:
        assert [page.label for page in pdf.pages] == [str(n) for n in range(205)]
        assert pdf.check_pdf_syntax() == []


@pytest.mark.parametrize("data", [b"", b"\x89PNG", b"\xff\xd8\xff", b"\xff\xd8\xff\xda\0\x02", jpeg(9, 9)[:30]])
def test_what_is_no_jpeg_is_not_written(data: bytes) -> None:
    with pytest.raises((ValueError, struct.error)):
        b"".join(write_pdfa([PdfPage(data)], ABOUT))


def test_colours_for_printing_have_to_be_converted_first() -> None:
    cmyk = scan(PASSAGE, dpi=72).colourspace("srgb").colourspace("cmyk").jpegsave_buffer()
    with pytest.raises(ValueError, match="4 components"):
        b"".join(write_pdfa([PdfPage(bytes(cmyk))], ABOUT))
    with pytest.raises(ValueError, match="without pages"):
        b"".join(write_pdfa([], ABOUT))


@settings(max_examples=40, deadline=None)
@given(any_page)
def test_any_text_makes_a_sound_file(page: PageText) -> None:
    data = b"".join(write_pdfa([PdfPage(SMALL, 200, page)], ABOUT))
    with pikepdf.open(io.BytesIO(data)) as pdf:
        assert pdf.check_pdf_syntax() == []
        font = pdf.pages[0].Resources.Font.F
        pairs = re.findall(rb"^<([0-9A-F]{4})> <([0-9A-F]+)>$", font.ToUnicode.read_bytes(), re.MULTILINE)
        letters = {int(code, 16): bytes.fromhex(char.decode()).decode("utf-16-be") for code, char in pairs[1:]}
        shown = [op.operands[0] for op in pikepdf.parse_content_stream(pdf.pages[0]) if str(op.operator) == "Tj"]
    codes = [struct.unpack(f">{len(bytes(one)) // 2}H", bytes(one)) for one in shown]
    said = "".join(letters[code] for one in codes for code in one)
    assert "".join(said.split()) == "".join(page.text.split())


SMALL = jpeg(40, 50, 1)
