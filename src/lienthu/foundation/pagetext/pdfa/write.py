"""Searchable PDF/A-2u of scanned pages: pictures as they are, the text unseen over them. Rule DIG-7.

Written front to back, a page at a time, so that a volume of any length takes the memory of one page and can go to a
reader while it is made. ISO 19005-2 (PDF/A-2), ISO 32000-1 (PDF 1.7).
"""

from __future__ import annotations

import hashlib
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from lienthu.foundation.pagetext.languages import main_tag
from lienthu.foundation.pagetext.model import PageText
from lienthu.foundation.pagetext.pdfa import parts
from lienthu.foundation.pagetext.pdfa.layer import Codes, text_layer
from lienthu.foundation.vietnamese.text import clean

PRODUCER: Final = "Liên Thư"
_POINTS: Final = 72
_LEAST_DPI, _MOST_DPI = 50.0, 2400.0
_LONGEST: Final = 14_400.0  # points, ISO 32000-1 annex C
_FIXED: Final = 10  # numbers of objects that every document has
_CATALOG, _TREE, _FONT, _CID_FONT, _DESCRIPTOR, _FONT_FILE, _TO_UNICODE, _GLYPHS, _PROFILE, _XMP = range(1, _FIXED + 1)


@dataclass(frozen=True, slots=True)
class PdfPage:
    """A page: the JPEG file as it is, its resolution, its text in pixels of any picture of the same page, its label."""

    jpeg: bytes
    dpi: float = 200.0
    text: PageText | None = None
    label: str = ""


@dataclass(frozen=True, slots=True)
class About:
    """What the document says of itself; ``contents`` are headings with the index of their page, from 0."""

    title: str
    author: str = ""
    languages: Sequence[str] = ("vie",)
    made: datetime = field(default_factory=lambda: datetime.now(UTC))
    contents: Sequence[tuple[str, int]] = ()


def write_pdfa(pages: Iterable[PdfPage], about: About) -> Iterator[bytes]:
    """The document in pieces. Raises ValueError for a page whose picture is no JPEG in grey or RGB, and without
    pages."""
    return _Writer(about).document(pages)


class _Writer:
    """Numbers objects, remembers where each begins."""

    def __init__(self, about: About) -> None:
        self._about = about
        self._at = 0
        self._begins: dict[int, int] = {}
        self._last = _FIXED
        self._codes = Codes()
        self._leaves: list[int] = []
        self._labels: list[str] = []
        self._branches: list[int] = []

    def document(self, pages: Iterable[PdfPage]) -> Iterator[bytes]:
        yield self._put(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
        for page in pages:
            yield from self._page(page)
        if not self._leaves:
            raise ValueError("a document without pages")
        yield from self._tree()
        yield from self._shared()
        outlines = yield from self._outlines()
        yield from self._catalog(outlines)
        yield self._end()

    def _put(self, data: bytes) -> bytes:
        self._at += len(data)
        return data

    def _new(self) -> int:
        self._last += 1
        return self._last

    def _object(self, number: int, value: str) -> bytes:
        self._begins[number] = self._at
        return self._put(f"{number} 0 obj\n{value}\nendobj\n".encode("latin-1"))

    def _stream(self, number: int, data: bytes, entries: str = "", *, pack: bool = True) -> bytes:
        if pack:
            data, entries = parts.packed(data), entries + " /Filter /FlateDecode"
        self._begins[number] = self._at
        head = f"{number} 0 obj\n<< /Length {len(data)}{entries} >>\nstream\n".encode("latin-1")
        return self._put(head + data + b"\nendstream\nendobj\n")

    def _page(self, page: PdfPage) -> Iterator[bytes]:
        facts = parts.jpeg_facts(page.jpeg)
        scale = _POINTS / min(max(page.dpi, _LEAST_DPI), _MOST_DPI)
        scale = min(scale, _LONGEST / max(facts.width, facts.height))
        width, height = facts.width * scale, facts.height * scale
        leaf, picture, content = self._new(), self._new(), self._new()
        colours = "/DeviceGray" if facts.components == 1 else "/DeviceRGB"
        yield self._stream(
            picture,
            page.jpeg,
            f" /Type /XObject /Subtype /Image /Width {facts.width} /Height {facts.height} /ColorSpace {colours}"
            " /BitsPerComponent 8 /Filter /DCTDecode",
            pack=False,
        )
        drawn = f"q {width:.3f} 0 0 {height:.3f} 0 0 cm /I Do Q\n".encode()
        if page.text is not None and page.text.blocks:
            drawn += text_layer(page.text, self._codes, width, height)
        yield self._stream(content, drawn)
        yield self._object(
            leaf,
            f"<< /Type /Page /Parent {self._parent(len(self._leaves))} 0 R /MediaBox [0 0 {width:.3f} {height:.3f}]"
            f" /Resources << /XObject << /I {picture} 0 R >> /Font << /F {_FONT} 0 R >> >> /Contents {content} 0 R >>",
        )
        self._leaves.append(leaf)
        self._labels.append(clean(page.label))

    def _parent(self, index: int) -> int:
        """Pages hang in branches of 100, whose numbers are taken when the first page of each comes."""
        if index % 100 == 0:
            self._branches.append(self._new())
        return self._branches[-1]

    def _tree(self) -> Iterator[bytes]:
        for n, branch in enumerate(self._branches):
            kids = self._leaves[n * 100 : (n + 1) * 100]
            listed = " ".join(f"{kid} 0 R" for kid in kids)
            yield self._object(branch, f"<< /Type /Pages /Parent {_TREE} 0 R /Count {len(kids)} /Kids [{listed}] >>")
        listed = " ".join(f"{branch} 0 R" for branch in self._branches)
        yield self._object(_TREE, f"<< /Type /Pages /Count {len(self._leaves)} /Kids [{listed}] >>")

    def _shared(self) -> Iterator[bytes]:
        """The font, whose characters are known now, the profile and the metadata."""
        name, flags = "/LienThuInkless", 4
        yield self._object(
            _FONT,
            f"<< /Type /Font /Subtype /Type0 /BaseFont {name} /Encoding /Identity-H"
            f" /DescendantFonts [{_CID_FONT} 0 R] /ToUnicode {_TO_UNICODE} 0 R >>",
        )
        yield self._object(
            _CID_FONT,
            f"<< /Type /Font /Subtype /CIDFontType2 /BaseFont {name} /DW {parts.ADVANCE} /CIDToGIDMap {_GLYPHS} 0 R"
            " /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >>"
            f" /FontDescriptor {_DESCRIPTOR} 0 R >>",
        )
        yield self._object(
            _DESCRIPTOR,
            f"<< /Type /FontDescriptor /FontName {name} /Flags {flags} /ItalicAngle 0 /StemV 80"
            f" /FontBBox [0 {parts.DESCENT} {parts.ADVANCE} {parts.ASCENT}] /Ascent {parts.ASCENT}"
            f" /Descent {parts.DESCENT} /CapHeight {parts.ASCENT} /FontFile2 {_FONT_FILE} 0 R >>",
        )
        font = parts.inkless_font()
        yield self._stream(_FONT_FILE, font, f" /Length1 {len(font)}")
        codes = self._codes.given
        yield self._stream(_TO_UNICODE, parts.to_unicode(codes))
        yield self._stream(_GLYPHS, b"\0\1" * (len(codes) + 1))
        yield self._stream(_PROFILE, parts.srgb_profile(), " /N 3")
        yield self._stream(_XMP, self._xmp(), " /Type /Metadata /Subtype /XML", pack=False)

    def _xmp(self) -> bytes:
        about = self._about
        return parts.xmp(clean(about.title), clean(about.author), main_tag(about.languages), PRODUCER, about.made)

    def _outlines(self) -> Generator[bytes, None, int]:
        """The table of contents; the number of its root, 0 without one."""
        entries = [(clean(title), at) for title, at in self._about.contents if 0 <= at < len(self._leaves)]
        if not entries:
            return 0
        root = self._new()
        numbers = [self._new() for _ in entries]
        for n, (title, at) in enumerate(entries):
            near = f" /Prev {numbers[n - 1]} 0 R" if n else ""
            near += f" /Next {numbers[n + 1]} 0 R" if n + 1 < len(numbers) else ""
            goes = f"/Dest [{self._leaves[at]} 0 R /Fit]"
            yield self._object(numbers[n], f"<< /Title {_text(title)} /Parent {root} 0 R {goes}{near} >>")
        yield self._object(
            root, f"<< /Type /Outlines /First {numbers[0]} 0 R /Last {numbers[-1]} 0 R /Count {len(numbers)} >>"
        )
        return root

    def _catalog(self, outlines: int) -> Iterator[bytes]:
        labels = "".join(f" {n} << /P {_text(label)} >>" for n, label in enumerate(self._labels))
        labels = f" /PageLabels << /Nums [{labels} ] >>" if any(self._labels) else ""
        contents = f" /Outlines {outlines} 0 R /PageMode /UseOutlines" if outlines else ""
        yield self._object(
            _CATALOG,
            f"<< /Type /Catalog /Pages {_TREE} 0 R /Metadata {_XMP} 0 R /Lang ({main_tag(self._about.languages)})"
            " /OutputIntents [<< /Type /OutputIntent /S /GTS_PDFA1 /OutputConditionIdentifier (sRGB IEC61966-2.1)"
            f" /Info (sRGB IEC61966-2.1) /DestOutputProfile {_PROFILE} 0 R >>]"
            f" /ViewerPreferences << /DisplayDocTitle true >>{labels}{contents} >>",
        )

    def _end(self) -> bytes:
        about = self._about
        info = self._new()
        date = about.made.strftime("%Y%m%d%H%M%S") + _offset(about.made)
        author = f" /Author {_text(clean(about.author))}" if clean(about.author) else ""
        out = self._object(
            info,
            f"<< /Title {_text(clean(about.title))}{author} /Producer {_text(PRODUCER)}"
            f" /CreationDate (D:{date}) /ModDate (D:{date}) >>",
        )
        start = self._at
        table = "".join(f"{self._begins[n]:010d} 00000 n \n" for n in range(1, self._last + 1))
        name = hashlib.sha256(f"{about.title}\n{about.made}\n{table}".encode()).hexdigest()[:32]
        return out + self._put(
            f"xref\n0 {self._last + 1}\n0000000000 65535 f \n{table}"
            f"trailer\n<< /Size {self._last + 1} /Root {_CATALOG} 0 R /Info {info} 0 R /ID [<{name}> <{name}>] >>\n"
            f"startxref\n{start}\n%%EOF\n".encode("latin-1")
        )


def _text(text: str) -> str:
    """A text string of PDF: UTF-16 in hexadecimal."""
    return f"<FEFF{text.encode('utf-16-be', 'replace').hex().upper()}>"


def _offset(moment: datetime) -> str:
    minutes = int((moment.utcoffset() or UTC.utcoffset(None)).total_seconds() // 60)
    return f"{'+' if minutes >= 0 else '-'}{abs(minutes) // 60:02d}'{abs(minutes) % 60:02d}'"
