"""Text as it enters the house: NFC, no invisible characters, one kind of space, real Vietnamese letters."""

from __future__ import annotations

import re
from collections.abc import Iterable
from unicodedata import is_normalized, normalize

_DELETED = (
    *range(0x09),
    *range(0x0E, 0x20),
    *range(0x7F, 0x85),
    *range(0x86, 0xA0),
    0x00AD,  # soft hyphen
    0x061C,
    0x180E,
    0x200B,
    0x200E,
    0x200F,
    *range(0x202A, 0x202F),
    *range(0x2060, 0x2070),
    0xFEFF,
    *range(0xFFF9, 0xFFFC),
    0xFFFE,
    0xFFFF,
)
_TIDY: dict[int, str | None] = {
    **dict.fromkeys(_DELETED),
    # Đ has three look-alikes in Unicode; the Icelandic one is what legacy fonts and OCR leave behind.
    0x00D0: "Đ",
    0x0189: "Đ",
    0x00F0: "đ",
    0x0256: "đ",
    **dict.fromkeys(range(0xD800, 0xE000), "\ufffd"),  # lone surrogates cannot be stored
}

_NEEDS_TIDYING = re.compile("[" + "".join(re.escape(chr(c)) for c in _TIDY) + "]")
_UNTIDY_ASCII = re.compile(r"[\x00-\x1f\x7f]|  |^ | $")
# Zero-width (non-)joiners are spelling in Arabic and Indic scripts, noise everywhere else.
_STRAY_JOINER = re.compile("(?<![\u0600-\u08ff\u0900-\u109f\u1780-\u17ff])[\u200c\u200d]")

# Any of these may mean work for `clean`; a text without them, in NFC and with single spaces, is as `clean` leaves it.
_SUSPECT = re.compile(
    _NEEDS_TIDYING.pattern[:-1] + "\u0370-\u03ff\u0400-\u052f\u200c\u200d"
    "\t-\r\x1c-\x1f\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]|  |^ | $| \\||\\| "
)

_CYRILLIC = dict(zip("АВЕЅІЈКМНОРСТУХаеѕіјорсухӐӑ", "ABESIJKMHOPCTYXaesijopcyxĂă", strict=True))
_GREEK = dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧανορυ", "ABEZHIKMNOPTYXavopu", strict=True))
_LOOKALIKES = str.maketrans(_CYRILLIC | _GREEK)
_FOREIGN = re.compile("[\u0370-\u03ff\u0400-\u052f]")
_WORD = re.compile(r"(?:[^\W\d_]|[\u0300-\u036f])+")
# Only a Latin letter with no twin abroad shows a Latin word: "Рoссия" with a Latin o is still Russian.
_LATIN_ONLY = re.compile(r"[A-Za-z\u00c0-\u024f\u1e00-\u1eff]")
_TWINS = frozenset((_CYRILLIC | _GREEK).values())


def nfc(s: str) -> str:
    """Unicode Normalization Form C; returns the same object where nothing has to change."""
    return s if s.isascii() or is_normalized("NFC", s) else normalize("NFC", s)


def clean(s: str) -> str:
    """Repair free text: the same words, spelt with the characters they should have been spelt with.

    NFC; control, zero-width and bidirectional formatting characters and byte order marks removed; Ð/ð to
    Đ/đ; Cyrillic and Greek look-alikes inside an otherwise Latin word to Latin; every run of white space to
    one space, none at the ends. Idempotent. Not for coded data such as 008, where blanks have positions.
    """
    if s.isascii():
        if not _UNTIDY_ASCII.search(s):
            return s
        s = s.translate(_TIDY)
    else:
        if _NEEDS_TIDYING.search(s):
            s = s.translate(_TIDY)
        if "\u200c" in s or "\u200d" in s:
            s = _STRAY_JOINER.sub("", s)
        s = nfc(s)
        if _FOREIGN.search(s):
            s = nfc(_WORD.sub(_latinised, s))
    return " ".join(s.split())


def is_clean(values: Iterable[str]) -> bool:
    """True only if `clean` would change none of the values: one look at all texts of a record is much cheaper.

    False says nothing: where something is suspect, each value has to be looked at.
    """
    text = "|".join(values)
    return not _SUSPECT.search(text) and (text.isascii() or is_normalized("NFC", text))


def _latinised(match: re.Match[str]) -> str:
    word = match[0]
    if not _FOREIGN.search(word) or all(c in _TWINS for c in _LATIN_ONLY.findall(word)):
        return word
    latin = word.translate(_LOOKALIKES)
    return word if _FOREIGN.search(latin) else latin
