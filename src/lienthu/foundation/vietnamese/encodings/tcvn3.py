"""TCVN3, "ABC": the encoding of the .Vn fonts, from TCVN 5712:1993 (its third set).

Toned capitals have no codes: they were typed as small letters in a second font (.VnTimeH) that drew capitals,
so their case is lost in the data. ``decode`` gives it back where the plain letters of the word prove it.
"""

from __future__ import annotations

import re

from lienthu.foundation.vietnamese.encodings.surface import CP1252, byte_of
from lienthu.foundation.vietnamese.letters import TONE_MARKS
from lienthu.foundation.vietnamese.text import nfc

_RUNS = (
    (0xA1, "ĂÂÊÔƠƯĐăâêôơưđ"),
    (0xB5, "àảãáạ"),
    (0xBB, "ằẳẵắ"),
    (0xC6, "ặầẩẫấậè"),
    (0xCE, "ẻẽéẹềểễếệìỉ"),
    (0xDC, "ĩíịò"),
    (0xE1, "ỏõóọồổỗốộờởỡớợù"),
    (0xF1, "ủũúụừửữứựỳỷỹýỵ"),
)
_LETTERS = {start + offset: letter for start, letters in _RUNS for offset, letter in enumerate(letters)}
# Codes that the third set leaves empty keep the capitals of the first one: they can mean nothing else.
_FIRST_SET = dict(
    zip(b"\xaf\xba\xbf\xc0\xc1\xc2\xc3\xc4\xc5\xcd\xd9\xda\xdb\xe0\xf0\xff", "ẰẲẴẮẦẨẪẤỀỂỄẾỒỔỖỐ", strict=True)
)
TABLE: dict[int, str] = CP1252 | _LETTERS | _FIRST_SET
"""``str.translate`` table from the surface of the bytes."""

_BYTE_OF = {letter: byte for byte, letter in _LETTERS.items()}
# B0 to B4 are combining tones behind a vowel, and the degree sign and its neighbours behind anything else.
_COMBINING = re.compile("(?<=[aeiouyAEIOUY\xa1-\xa6\xa8-\xad])[\xb0-\xb4]")
_MARK_OF = dict(zip("\xb0\xb1\xb2\xb3\xb4", TONE_MARKS, strict=True))
_WORD = re.compile(r"[^\W\d_]{2,}")


def decode_surface(surface: str) -> str:
    """Vietnamese text (NFC) of TCVN3 bytes given one character per byte."""
    text = _COMBINING.sub(lambda match: _MARK_OF[match[0]], surface).translate(TABLE)
    return _WORD.sub(_with_capitals, nfc(text))


def _with_capitals(match: re.Match[str]) -> str:
    """``NộI`` is NỘI: a capital behind the first letter and no plain small letter."""
    word = match[0]
    if word.isascii() or not any("A" <= char <= "Z" for char in word[1:]) or any("a" <= c <= "z" for c in word):
        return word
    return word.upper()


def encode(text: str) -> bytes:
    """TCVN3 bytes; toned capitals lose their case. Raises UnicodeEncodeError for what TCVN3 cannot write."""
    text = nfc(text)
    out = bytearray()
    for index, char in enumerate(text):
        byte = _BYTE_OF.get(char) or _BYTE_OF.get(char.lower())
        if byte is None:
            byte = byte_of(char)
            if byte is None or byte in _LETTERS or byte in _FIRST_SET:
                raise UnicodeEncodeError("tcvn3", text, index, index + 1, "not in TCVN3")
        out.append(byte)
    return bytes(out)
