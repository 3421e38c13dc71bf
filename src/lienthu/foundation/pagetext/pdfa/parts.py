"""What every PDF/A of ours carries: a font without ink, the sRGB profile, metadata; and the facts of a JPEG file."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Final, NamedTuple
from xml.sax.saxutils import escape

ADVANCE: Final = 500
"""Width of every letter of the invisible font, in thousandths of its size."""
ASCENT: Final = 800
DESCENT: Final = -200


class Jpeg(NamedTuple):
    """A JPEG file as PDF needs to know it."""

    width: int
    height: int
    components: int


def jpeg_facts(data: bytes) -> Jpeg:
    """Size and number of colours from the frame header. Raises ValueError for what is no JPEG of 8 bits in grey or
    RGB: PDF/A of ours promises sRGB, so CMYK has to be converted first."""
    if data[:2] != b"\xff\xd8":
        raise ValueError("no JPEG")
    at = 2
    while at + 4 <= len(data):
        if data[at] != 0xFF:
            raise ValueError("a damaged JPEG")
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        if marker in (0x01, *range(0xD0, 0xD8)):
            at += 2
            continue
        (length,) = struct.unpack_from(">H", data, at + 2)
        if marker in (0xC0, 0xC1, 0xC2):
            bits, height, width, components = struct.unpack_from(">BHHB", data, at + 4)
            if bits != 8 or components not in (1, 3) or not width or not height:
                raise ValueError(f"a JPEG of {components} components with {bits} bits")
            return Jpeg(width, height, components)
        at += 2 + length
    raise ValueError("a JPEG without a frame")


def _table_sum(data: bytes) -> int:
    padded = data + b"\0" * (-len(data) % 4)
    words: tuple[int, ...] = struct.unpack(f">{len(padded) // 4}I", padded)
    return sum(words) & 0xFFFFFFFF


@cache
def inkless_font() -> bytes:
    """A TrueType font of an empty glyph and one whose outline is a line, ADVANCE wide: it has an extent, without which
    readers drop letters that stand alone, and no area that could be drawn."""
    line = struct.pack(">5h", 1, 0, DESCENT, ADVANCE, ASCENT)  # one contour and its box
    line += struct.pack(">HH2B2h2h", 1, 0, 1, 1, 0, ADVANCE, DESCENT, ASCENT - DESCENT)
    tables = {
        b"glyf": line,
        b"head": struct.pack(
            ">IIIIHHQQhhhhHHhhh",
            0x10000,
            0x10000,
            0,
            0x5F0F3CF5,
            3,
            1000,
            0,
            0,
            0,
            DESCENT,
            ADVANCE,
            ASCENT,
            0,
            8,
            2,
            0,
            0,
        ),
        b"hhea": struct.pack(
            ">IhhhHhhhhhhhhhhhH", 0x10000, ASCENT, DESCENT, 0, ADVANCE, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2
        ),
        b"hmtx": struct.pack(">HhHh", ADVANCE, 0, ADVANCE, 0),
        b"loca": struct.pack(">HHH", 0, 0, len(line) // 2),
        b"maxp": struct.pack(">IHHHHHHHHHHHHHH", 0x10000, 2, 2, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0),
    }
    directory = struct.pack(">IHHHH", 0x10000, len(tables), 64, 2, 32)
    offset = 12 + 16 * len(tables)
    body = b""
    for tag, data in sorted(tables.items()):
        directory += struct.pack(">4sIII", tag, _table_sum(data), offset + len(body), len(data))
        body += data + b"\0" * (-len(data) % 4)
    font = bytearray(directory + body)
    head = 12 + 16 * len(tables) + sum(-(-len(tables[t]) // 4) * 4 for t in sorted(tables) if t < b"head")
    struct.pack_into(">I", font, head + 8, (0xB1B0AFBA - _table_sum(bytes(font))) & 0xFFFFFFFF)
    return bytes(font)


@cache
def srgb_profile() -> bytes:
    """An ICC profile (version 2, display) of sRGB, IEC 61966-2-1, adapted to D50."""

    def fixed(*values: float) -> bytes:
        return b"XYZ \0\0\0\0" + b"".join(struct.pack(">i", round(value * 65536)) for value in values)

    def curve(share: float) -> float:
        return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4

    steps = [round(65535 * curve(n / 1023)) for n in range(1024)]
    tone = struct.pack(">4sII1024H", b"curv", 0, 1024, *steps)
    name = b"sRGB\0"
    described = struct.pack(">4sII", b"desc", 0, len(name)) + name + b"\0" * (4 + 4 + 2 + 1 + 67)
    tags = {
        b"desc": described,
        b"cprt": b"text\0\0\0\0Public domain\0",
        b"wtpt": fixed(0.9642, 1.0, 0.8249),
        b"rXYZ": fixed(0.4360747, 0.2225045, 0.0139322),
        b"gXYZ": fixed(0.3850649, 0.7168786, 0.0971045),
        b"bXYZ": fixed(0.1430804, 0.0606169, 0.7141733),
    }
    count = len(tags) + 3
    offset = 128 + 4 + 12 * count
    table, body = struct.pack(">I", count), b""
    for tag, data in tags.items():
        data += b"\0" * (-len(data) % 4)
        table += struct.pack(">4sII", tag, offset + len(body), len(data))
        body += data
    for tag in (b"rTRC", b"gTRC", b"bTRC"):
        table += struct.pack(">4sII", tag, offset + len(body), len(tone))
    body += tone
    size = 128 + len(table) + len(body)
    head = struct.pack(">I4sI4s4s4s", size, b"\0\0\0\0", 0x02100000, b"mntr", b"RGB ", b"XYZ ")
    head += struct.pack(">6H", 2026, 1, 1, 0, 0, 0) + b"acsp" + b"\0" * 28
    head += struct.pack(">3i", round(0.9642 * 65536), 65536, round(0.8249 * 65536))
    return head + b"\0" * (128 - len(head)) + table + body


def to_unicode(codes: Mapping[str, int]) -> bytes:
    """The CMap that says which character each code stands for."""
    lines = [f"<{code:04X}> <{char.encode('utf-16-be').hex().upper()}>" for char, code in codes.items()]
    chunks = [lines[at : at + 100] for at in range(0, len(lines), 100)]
    mapped = "\n".join(f"{len(chunk)} beginbfchar\n" + "\n".join(chunk) + "\nendbfchar" for chunk in chunks)
    return f"""/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<0000> <FFFF>
endcodespacerange
{mapped}
endcmap
CMapName currentdict /CMap defineresource pop
end
end
""".encode()


def xmp(title: str, author: str, language: str, producer: str, made: datetime) -> bytes:
    """The metadata packet of a PDF/A-2u file; in it and in the information dictionary the same is said."""
    date = made.isoformat(timespec="seconds")
    creator = f"<dc:creator><rdf:Seq><rdf:li>{escape(author)}</rdf:li></rdf:Seq></dc:creator>" if author else ""
    return f"""<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/"
 xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/" xmlns:xmp="http://ns.adobe.com/xap/1.0/">
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{escape(title)}</rdf:li></rdf:Alt></dc:title>
{creator}<dc:language><rdf:Bag><rdf:li>{escape(language)}</rdf:li></rdf:Bag></dc:language>
<pdf:Producer>{escape(producer)}</pdf:Producer>
<xmp:CreateDate>{date}</xmp:CreateDate>
<xmp:ModifyDate>{date}</xmp:ModifyDate>
<pdfaid:part>2</pdfaid:part>
<pdfaid:conformance>U</pdfaid:conformance>
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>""".encode()


def packed(data: bytes) -> bytes:
    """As /FlateDecode unpacks it."""
    return zlib.compress(data, 6)
