"""MARC-8 to Unicode: ANSEL, the other alphabets reached by escapes, and East Asian characters (EACC).

After the MARC 21 specification for character sets (Library of Congress, "MARC-8 Encoding Environment"). The
code tables are those of the package pymarc; the decoder is our own, because a byte without a meaning must
be seen and counted here, and a mark without a letter must not be lost.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final
from unicodedata import normalize

from pymarc import marc8_mapping

_ASCII: Final = 0x42
_ANSEL: Final = 0x45
_EACC: Final = 0x31
_LOST: Final = "\ufffd"

# Positions of C1 that MARC-8 uses: non-sorting begin and end, joiner and non-joiner.
_C1: Final = {0x88: "\x98", 0x89: "\x9c", 0x8D: "\u200d", 0x8E: "\u200c"}

_ESCAPE: Final = re.compile(
    rb"\x1b(?:(?P<own>[gbps])"
    rb"|(?P<g0>[(,]|\$,?)!?(?P<f0>[1-4BENQS])"
    rb"|(?P<g1>[)\-]|\$[)\-])!?(?P<f1>[1-4BENQS]))"
)
# Subscript, superscript and Greek symbols have escapes of their own; s leads back.
_OWN: Final = {b"g": 0x67, b"b": 0x62, b"p": 0x70, b"s": _ASCII}

_Table = dict[int, tuple[str, bool]]
_TABLES: Final[dict[int, _Table]] = {
    number: {code & 0x7F: (chr(char), bool(mark)) for code, (char, mark) in table.items() if code & 0x7F > 0x20}
    for number, table in marc8_mapping.CODESETS.items()
    if number != _EACC
}

_ANSEL_MARKS: Final = "".join(chr(code | 0x80) for code, (_, mark) in _TABLES[_ANSEL].items() if mark)
_MARKED: Final = re.compile(f"([{_ANSEL_MARKS}]+)([^{_ANSEL_MARKS}]?)")
_DEFAULT_SETS: Final = str.maketrans(
    {chr(code): _C1.get(code) or _TABLES[_ANSEL].get(code & 0x7F, (_LOST, False))[0] for code in range(0x80, 0x100)}
)

# A tone typed before the circumflex, breve or diaeresis of its vowel: only the other order composes.
_TONE_FIRST: Final = re.compile("([\u0300\u0301\u0303\u0309])([\u0302\u0306])")


def decode_marc8(data: bytes) -> str:
    """The text of one subfield or control field in NFC. Bytes without a meaning become U+FFFD; raises
    nothing.

    Escapes hold to the end of ``data``: pass one value at a time.
    """
    return decode_marc8_counted(data)[0]


def decode_marc8_counted(data: bytes) -> tuple[str, int]:
    """Like :func:`decode_marc8`, with the number of characters that became U+FFFD."""
    if b"\x1b" in data:
        text = _with_escapes(data)
    elif data.isascii():
        return data.decode("ascii"), 0
    else:
        text = _MARKED.sub(_letter_first, data.decode("latin-1")).translate(_DEFAULT_SETS)
    return normalize("NFC", _TONE_FIRST.sub(r"\2\1", text)), text.count(_LOST)


def _letter_first(match: re.Match[str]) -> str:
    marks, letter = match.groups()
    return (letter or " ") + marks


class _Writer:
    """Puts each letter before the marks that MARC-8 writes in front of it."""

    def __init__(self) -> None:
        self.written: list[str] = []
        self._marks: list[str] = []

    def put(self, char: str, mark: bool = False) -> None:
        if mark:
            self._marks.append(char)
            return
        self.written.append(char)
        if self._marks:
            self.written += self._marks
            self._marks.clear()

    def text(self) -> str:
        if self._marks:
            self.put(" ")  # marks at the end have no letter; on a blank they stay visible
        return "".join(self.written)


def _with_escapes(data: bytes) -> str:
    writer = _Writer()
    g0, g1 = _ASCII, _ANSEL
    at = 0
    while at < len(data):
        byte = data[at]
        if byte == 0x1B:
            match = _ESCAPE.match(data, at)
            if match is None:
                writer.put(_LOST)
                at += 1
                continue
            if match["own"]:
                g0 = _OWN[match["own"]]
            elif match["f0"]:
                g0 = match["f0"][0]
            else:
                g1 = match["f1"][0]
            at = match.end()
            continue
        working = g1 if byte >= 0xA0 else g0
        if byte <= 0x20:
            writer.put(chr(byte))
        elif 0x80 <= byte < 0xA0:
            writer.put(_C1.get(byte, _LOST))
        elif working == _EACC:
            at += _put_eacc(writer, data, at)
            continue
        else:
            writer.put(*_TABLES[working].get(byte & 0x7F, (_LOST, False)))
        at += 1
    return writer.text()


def _put_eacc(writer: _Writer, data: bytes, at: int) -> int:
    """One character of three bytes; fewer are consumed where the three are not all of the set."""
    triple = data[at : at + 3]
    if len(triple) == 3 and all((byte & 0x7F) > 0x20 and byte != 0x7F for byte in triple):
        writer.put(_eacc(bytes(byte & 0x7F for byte in triple)))
        return 3
    if len(triple) == 3 and triple[2] == 0x20 and all((byte & 0x7F) > 0x20 for byte in triple[:2]):
        # The tables end some sets (punctuation, kana variants) on position 20.
        code = int.from_bytes(triple)
        if code in marc8_mapping.CODESETS[_EACC]:
            writer.put(_eacc(triple))
            return 3
    writer.put(_LOST)
    return 1


@lru_cache(maxsize=4096)
def _eacc(triple: bytes) -> str:
    code = int.from_bytes(triple)
    entry = marc8_mapping.CODESETS[_EACC].get(code)
    if entry is not None:
        return chr(entry[0])
    odd = marc8_mapping.ODD_MAP.get(code)
    return chr(odd) if odd is not None else _LOST
