"""The text that a PDF carries itself, with the place of every word on the page as it is served. Rule DIG-5.

Taken as it is where it was typed; not believed where it lies unseen behind a scan (another's OCR) or cannot be read
as text at all: the answer says so, and the page is read by machine. For the sandbox only: PDFium must not run in
threads, and the files are strangers'.
"""

from __future__ import annotations

import ctypes
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from statistics import median
from typing import Final, Literal, NamedTuple

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from lienthu.foundation.kernel.refusal import Refused
from lienthu.foundation.pagetext.font_encodings import Reading, reading_of
from lienthu.foundation.pagetext.model import Block, Box, Line, PageText, Word, around
from lienthu.foundation.vietnamese.syllables import is_syllable
from lienthu.foundation.vietnamese.text import clean

Doubt = Literal["", "no-text", "hidden-text", "scan", "garbage"]
"""Why the text is not to be used: none there; unseen; a picture with a few words on it; not readable as text."""

_GRID: Final = 1_000_000  # PDFium gives places as whole numbers: of a grid this fine
_MOST_CHARACTERS: Final = 200_000
_PICTURE_COVERS: Final = 0.7
_FEW: Final = 120  # characters that may stand on a scan without being its text: a stamp, a name of a program
_TELLING: Final = 15  # words, before anything is said about their sense
_INVISIBLE: Final = 3
_UNREADABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffd\ue000-\uf8ff]")
_VOWEL: Final = re.compile("[aeiouyAEIOUY\u00c0-\u01b0\u1ea0-\u1ef9]")
_LATIN_WORD: Final = re.compile(r"[A-Za-z\u00c0-\u01b0\u1ea0-\u1ef9]{3,}")


@dataclass(frozen=True, slots=True)
class PdfReading:
    """The text, whether to use it (``doubt`` empty), and which fonts were repaired from which encoding."""

    page: PageText
    doubt: Doubt = ""
    repaired: dict[str, str] = field(default_factory=dict)


class _Char(NamedTuple):
    text: str
    font: str
    box: tuple[float, float, float, float]  # left, top, right, bottom as parts of 1 of the page as it is served
    seen: bool


@dataclass(frozen=True, slots=True)
class Placing:
    """From a page of the PDF to the page as served: turned clockwise by quarters, then cut to parts of 1."""

    width: int
    height: int
    rotation: int = 0
    crop: tuple[float, float, float, float] | None = None

    def of(self, u: float, v: float) -> tuple[float, float]:
        """A place in parts of 1 of the drawn page, as parts of 1 of the served one."""
        match self.rotation % 360:
            case 90:
                u, v = 1 - v, u
            case 180:
                u, v = 1 - u, 1 - v
            case 270:
                u, v = v, 1 - u
        if self.crop:
            x, y, w, h = self.crop
            u, v = (u - x) / w, (v - y) / h
        return u, v

    def box(self, left: float, top: float, right: float, bottom: float) -> Box:
        """In pixels, within the page."""
        x0, x1 = (min(max(0, round(u * self.width)), self.width) for u in (left, right))
        y0, y1 = (min(max(0, round(v * self.height)), self.height) for v in (top, bottom))
        return Box(x0, y0, x1 - x0, y1 - y0)


def read_pdf_page(path: str, number: int, placing: Placing, languages: Sequence[str] = ("vie",)) -> PdfReading:
    """The text of page ``number`` (from 0). Raises Refused ("damaged", "encrypted", "no-such-frame")."""
    with _page(path, number) as (page, text):
        chars = list(_chars(page, text, placing))
        scanned = _is_scan(page)
    seen = [char for char in chars if char.seen]
    read = seen if any(char.font for char in seen) else chars  # what is not to be used can still be looked at
    readings = _readings(read)
    lines = [line for raw_line in _lines(read) if (line := _line(raw_line, readings, placing))]
    engine = f"pdfium {pdfium.version.PDFIUM_INFO}"
    made = PageText(placing.width, placing.height, _blocks(lines), tuple(languages), "pdf", engine)
    repaired = {name: reading.encoding for name, reading in readings.items() if reading.repairs}
    return PdfReading(made, _doubt(chars, seen, made, readings, scanned=scanned), repaired)


@contextmanager
def _page(path: str, number: int) -> Iterator[tuple[pdfium.PdfPage, pdfium.PdfTextPage]]:
    """A page of a document and its text, closed in the right order.

    The document stays open for its next page: PDFium finds a page by walking from the first one on.
    """
    try:
        about = os.stat(path)
        document = _opened(path, about.st_ino, about.st_size, about.st_mtime_ns)
        if not 0 <= number < len(document):
            raise Refused("no-such-frame", frame=number, frames=len(document))
        with closing(document[number]) as page, closing(page.get_textpage()) as text:
            yield page, text
    except BaseException as error:
        _opened.cache_clear()  # nothing that went wrong is carried to the next page
        if isinstance(error, pdfium.PdfiumError | FileNotFoundError):
            code = "encrypted" if "password" in str(error).lower() else "damaged"
            raise Refused(code, format="pdf") from error
        raise


@lru_cache(maxsize=1)
def _opened(path: str, *identity: int) -> pdfium.PdfDocument:
    """Closed when another takes its place."""
    return pdfium.PdfDocument(path)


def _chars(page: pdfium.PdfPage, text: pdfium.PdfTextPage, placing: Placing) -> Iterator[_Char]:
    """Every character with its font and place; white space and line ends, PDFium's own too, without a place."""
    names: dict[int, tuple[str, bool]] = {}
    for index in range(min(text.count_chars(), _MOST_CHARACTERS)):
        char = _char(text, index)
        if not char:
            continue
        if char.isspace() or (raw.FPDFText_IsGenerated(text, index) == 1 and char != "\x02"):
            yield _Char("\n" if char in "\r\n" else " ", "", (0, 0, 0, 0), True)
            continue
        owner = raw.FPDFText_GetTextObject(text, index)
        key = ctypes.cast(owner, ctypes.c_void_p).value or 0
        if key not in names:
            names[key] = _font_name(text, index), raw.FPDFTextObj_GetTextRenderMode(owner) != _INVISIBLE
        name, seen = names[key]
        box = _place(page, text, index, placing)
        if box[2] > 0 and box[0] < 1 and box[3] > 0 and box[1] < 1:  # what was cut off is not on the page
            yield _Char(char, name, box, seen)


def _char(text: pdfium.PdfTextPage, index: int) -> str:
    """The character; the halves of one beyond 16 bits come one after the other: all of it first, then nothing."""
    code = raw.FPDFText_GetUnicode(text, index)
    if 0xD800 <= code < 0xDC00:
        low = raw.FPDFText_GetUnicode(text, index + 1)
        return chr(0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00)) if 0xDC00 <= low < 0xE000 else "\ufffd"
    if 0xDC00 <= code < 0xE000:
        return ""
    return chr(code) if code < 0x110000 else "\ufffd"


def _font_name(text: pdfium.PdfTextPage, index: int) -> str:
    flags = ctypes.c_int()
    length = raw.FPDFText_GetFontInfo(text, index, None, 0, flags)
    if not 0 < length < 1000:
        return ""
    buffer = ctypes.create_string_buffer(length)
    raw.FPDFText_GetFontInfo(text, index, buffer, length, flags)
    return buffer.value.decode("utf-8", "replace")


def _place(
    page: pdfium.PdfPage, text: pdfium.PdfTextPage, index: int, placing: Placing
) -> tuple[float, float, float, float]:
    loose = raw.FS_RECTF()
    if raw.FPDFText_GetLooseCharBox(text, index, loose):
        left, right, bottom, top = loose.left, loose.right, loose.bottom, loose.top
    else:
        left, bottom, right, top = text.get_charbox(index)
    corners = [placing.of(*_on_grid(page, x, y)) for x, y in ((left, bottom), (right, top))]
    (u0, v0), (u1, v1) = corners
    return min(u0, u1), min(v0, v1), max(u0, u1), max(v0, v1)


def _on_grid(page: pdfium.PdfPage, x: float, y: float) -> tuple[float, float]:
    """A point of the page's own space in parts of 1 of the page as drawn: cut and turned as the file says."""
    across, down = ctypes.c_int(), ctypes.c_int()
    raw.FPDF_PageToDevice(page, 0, 0, _GRID, _GRID, 0, x, y, across, down)
    return across.value / _GRID, down.value / _GRID


def _is_scan(page: pdfium.PdfPage) -> bool:
    """Whether one picture covers most of the page."""
    width, height = page.get_size()
    for one in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=3):
        left, bottom, right, top = one.get_bounds()
        if (right - left) * (top - bottom) >= _PICTURE_COVERS * width * height:
            return True
    return False


def _readings(chars: Sequence[_Char]) -> dict[str, Reading]:
    """How each font of the page is to be read."""
    by_font: dict[str, list[str]] = {}
    for char in chars:
        if char.font:
            by_font.setdefault(char.font, []).append(char.text)
        else:
            for pieces in by_font.values():
                pieces.append(" ")
    return {font: reading_of(font, " ".join("".join(pieces).split())) for font, pieces in by_font.items()}


def _lines(chars: Sequence[_Char]) -> Iterator[list[_Char]]:
    """Characters cut where a line ends: at its end, or where the next character stands elsewhere."""
    line: list[_Char] = []
    for char in chars:
        if char.text == "\n" or (char.font and line and _elsewhere(line, char)):
            yield line
            line = []
        if char.text != "\n":
            line.append(char)
    yield line


def _elsewhere(line: Sequence[_Char], char: _Char) -> bool:
    last = next((one for one in reversed(line) if one.font), None)
    if last is None:
        return False
    _, top, _, bottom = last.box
    shared = min(bottom, char.box[3]) - max(top, char.box[1])
    return shared < 0.3 * min(bottom - top, char.box[3] - char.box[1])


def _line(chars: Sequence[_Char], readings: dict[str, Reading], placing: Placing) -> Line | None:
    words: list[Word] = []
    pending: list[_Char] = []
    for char in [*chars, _Char(" ", "", (0, 0, 0, 0), True)]:
        if char.font or char.text != " ":
            pending.append(char)
        elif pending:
            words += _word(pending, readings, placing)
            pending = []
    return Line(tuple(words)) if words else None


def _word(chars: Sequence[_Char], readings: dict[str, Reading], placing: Placing) -> list[Word]:
    """The word, each part of it read as its font is; none where nothing is left that can be seen."""
    text = ""
    start = 0
    for end in range(1, len(chars) + 1):
        if end == len(chars) or chars[end].font != chars[start].font:
            piece = "".join(char.text for char in chars[start:end])
            text += readings.get(chars[start].font, Reading()).text_of(piece)
            start = end
    text = "".join(clean(text.replace("\x02", "-")).split())
    boxes = [char.box for char in chars]
    box = placing.box(*(min(b[i] for b in boxes) for i in (0, 1)), *(max(b[i] for b in boxes) for i in (2, 3)))
    return [Word(text, *box)] if text else []


def _blocks(lines: Sequence[Line]) -> tuple[Block, ...]:
    """Lines that follow each other as closely as lines of this page mostly do belong together."""
    gaps = [gap for a, b in pairwise(lines) if abs(gap := b.box.y - a.box.y - a.box.h) < a.box.h]
    usual = median(gaps) if gaps else 0.0
    blocks: list[list[Line]] = []
    for line in lines:
        if blocks and _follows(blocks[-1], line.box, usual):
            blocks[-1].append(line)
        else:
            blocks.append([line])
    return tuple(Block(tuple(block)) for block in blocks)


def _follows(block: Sequence[Line], box: Box, usual: float) -> bool:
    last, whole = block[-1].box, around(line.box for line in block)
    below = box.y - (last.y + last.h)
    beside = min(whole.x + whole.w, box.x + box.w) - max(whole.x, box.x)
    height = max(1, min(last.h, box.h))
    return -0.7 * height < below < usual + 0.35 * height and beside > 0 and max(last.h, box.h) < 1.5 * height


def _doubt(
    chars: Sequence[_Char], seen: Sequence[_Char], page: PageText, readings: dict[str, Reading], *, scanned: bool
) -> Doubt:
    written = [char for char in chars if char.font]
    visible = [char for char in seen if char.font]
    if not written:
        return "no-text"
    if len(visible) < len(written) / 2:
        return "hidden-text"
    if scanned and len(visible) < _FEW:
        return "scan"
    lost = sum(1 for char in visible if not readings[char.font].repairs and _UNREADABLE.match(char.text))
    words = _LATIN_WORD.findall(page.text)
    mute = sum(1 for word in words if not _VOWEL.search(word))
    spelt = sum(1 for word in words if is_syllable(word))
    # Fonts cut to size without a mapping say "7KH FRDO PLQHUV": many words without a vowel, none that is Vietnamese.
    senseless = len(words) >= _TELLING and mute > len(words) / 4 and spelt < len(words) / 10
    if lost > 0.1 * len(visible) or senseless:
        return "garbage"
    return "" if page.blocks else "no-text"
