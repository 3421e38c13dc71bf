"""VNI for Windows: a plain vowel and behind it one byte for shape and tone together.

The mark bytes come in a small and a capital series, 20h apart; a few letters (đ ơ ư, the i family and ỵ) are
single bytes.
"""

from __future__ import annotations

import re

from lienthu.foundation.vietnamese.encodings.surface import CP1252, byte_of
from lienthu.foundation.vietnamese.letters import TONED
from lienthu.foundation.vietnamese.text import nfc

# In tone order: ngang huyền hỏi ngã sắc nặng; "" where the letter stands alone.
_PLAIN = ("", "ø", "û", "õ", "ù", "ï")
_CIRCUMFLEX = ("â", "à", "å", "ã", "á", "ä")
_BREVE = ("ê", "è", "ú", "ü", "é", "ë")
_MARKS = {
    "a": ("a", _PLAIN),
    "ă": ("a", _BREVE),
    "â": ("a", _CIRCUMFLEX),
    "e": ("e", _PLAIN),
    "ê": ("e", _CIRCUMFLEX),
    "o": ("o", _PLAIN),
    "ô": ("o", _CIRCUMFLEX),
    "ơ": ("ô", _PLAIN),
    "u": ("u", _PLAIN),
    "ư": ("ö", _PLAIN),
    "y": ("y", _PLAIN),
}
_SINGLE = {"đ": "ñ", "ì": "ì", "ỉ": "æ", "ĩ": "ó", "í": "í", "ị": "ò", "ỵ": "î"}


def _small_letters() -> dict[str, str]:
    """Vietnamese small letter to the surface of its bytes."""
    table = {TONED[v][tone]: base + mark for v, (base, marks) in _MARKS.items() for tone, mark in enumerate(marks)}
    return {letter: code for letter, code in (table | _SINGLE).items() if letter != code or letter in "ìí"}


_CODE_OF = _small_letters()
_CODE_OF |= {letter.upper(): code.upper() for letter, code in _CODE_OF.items()}


def _letters_by_code() -> dict[str, str]:
    table: dict[str, str] = {}
    for letter, code in _CODE_OF.items():
        table[code] = letter
        if len(code) == 2:  # typists left the shift key early: A with a small mark is Á all the same
            table[code[0] + code[1].swapcase()] = letter
    # Some programs put the marks behind i and y too, where the standard has single bytes.
    for vowel in "iyIY":
        for tone, mark in enumerate(_PLAIN):
            if mark:
                table[vowel + mark] = table[vowel + mark.upper()] = TONED[vowel][tone]
    return table


LETTER_OF = _letters_by_code()
_CODE = re.compile("|".join(sorted(map(re.escape, LETTER_OF), key=len, reverse=True)))
_LETTER_BYTES = frozenset(ord(char) for code in LETTER_OF for char in code if not char.isascii())


def decode_surface(surface: str) -> str:
    """Vietnamese text (NFC) of VNI bytes given one character per byte; others stay Latin-1."""
    return nfc(_CODE.sub(lambda match: LETTER_OF[match[0]], surface).translate(CP1252))


def encode(text: str) -> bytes:
    """VNI bytes. Raises UnicodeEncodeError for what VNI cannot write."""
    text = nfc(text)
    out = bytearray()
    for index, char in enumerate(text):
        if char in _CODE_OF:
            out += _CODE_OF[char].encode("latin-1")
            continue
        byte = byte_of(char)
        if byte is None or byte in _LETTER_BYTES:
            raise UnicodeEncodeError("vni", text, index, index + 1, "not in VNI")
        out.append(byte)
    return bytes(out)
