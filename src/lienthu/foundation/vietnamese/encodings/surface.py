"""Bytes and the characters a wrong reader shows for them.

A legacy decoder here works on the *surface* of its bytes: one character per byte, U+0000 to U+00FF. So the
same decoder serves raw bytes and text that somebody has converted to UTF-8 as if it were Windows-1252.
"""

from __future__ import annotations

import re


def _cp1252(byte: int) -> str:
    try:
        return bytes([byte]).decode("cp1252")
    except UnicodeDecodeError:
        return chr(byte)  # 81 8D 8F 90 9D are undefined; browsers and we let them through


CP1252 = {byte: _cp1252(byte) for byte in range(0x80, 0xA0)}
"""``str.translate`` table from the surface of bytes 80 to 9F to what Windows shows for them."""

_BYTE_OF = {char: byte for byte, char in CP1252.items()}
_TO_SURFACE: dict[int, int] = {ord(char): byte for char, byte in _BYTE_OF.items()}
# What editors, web pages and normalisers have made of single bytes on the way.
_TO_SURFACE |= {
    0x2212: 0xAD,
    0x2010: 0xAD,
    0x2011: 0xAD,
    0x03BC: 0xB5,
    0x03B2: 0xDF,
    0x2219: 0xB7,
    0x22C5: 0xB7,
}


def surface_of_bytes(data: bytes) -> str:
    """One character per byte."""
    return data.decode("latin-1")


def surface_of_text(text: str) -> str:
    """The surface of text that was decoded as Latin-1 or Windows-1252; other characters stay as they are."""
    return text.translate(_TO_SURFACE)


def shown_as_cp1252(data: bytes) -> str:
    """What a Windows-1252 reader shows for bytes, undefined ones let through as C1 controls."""
    return data.decode("latin-1").translate(CP1252)


def byte_of(char: str) -> int | None:
    """The Windows-1252 byte of a character, or None."""
    code = ord(char)
    return code if code < 0x80 or 0xA0 <= code < 0x100 else _BYTE_OF.get(char)


_CONTINUATION = "[\x80-\xbf" + re.escape("".join(CP1252.values())) + "]"
UTF8_SHOWN = re.compile(f"[\xc2-\xdf]{_CONTINUATION}|[\xe0-\xef]{_CONTINUATION}{{2}}|[\xf0-\xf4]{_CONTINUATION}{{3}}")
"""A UTF-8 sequence as a Latin-1 or Windows-1252 reader shows it: "Ã©", "áº¿"."""
