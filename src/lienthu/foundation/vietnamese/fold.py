"""Folding: the form of a text a reader types who leaves the marks out."""

from __future__ import annotations

import re
from functools import lru_cache
from unicodedata import name, normalize

from lienthu.foundation.vietnamese.text import nfc

_SPECIAL = {
    "đ": "d",
    "ð": "d",
    "þ": "th",
    "ß": "ss",
    "ẞ": "ss",
    "ı": "i",
    "ŋ": "n",
    "ĸ": "k",
    "ə": "e",
    "ſ": "s",
    "ŉ": "n",
    "ƣ": "gh",
    "ς": "σ",
}
# Marks of romanisation (soft sign, alif, ayn, okina): readers never type them.
_SILENT = frozenset("ʹʺʻʼʽʾʿˈˊˋ")
_LATIN_NAME = re.compile(r"LATIN (?:SMALL|CAPITAL) (?:LETTER|LIGATURE) ([A-Z]{1,2})(?: WITH .+)?$")
_COMBINING = range(0x0300, 0x0370)


def _fold_char(char: str) -> str:
    if ord(char) in _COMBINING or char in _SILENT:
        return ""
    lower = char.lower()
    if lower in _SPECIAL:
        return _SPECIAL[lower]
    title = name(lower if len(lower) == 1 else char, "")
    if not title.startswith(("LATIN", "FULLWIDTH")):
        return lower if len(lower) == 1 else char
    if match := _LATIN_NAME.match(title):
        return match[1].lower()
    plain = "".join(c for c in normalize("NFKD", lower) if ord(c) not in _COMBINING)
    return "".join(_SPECIAL.get(c, c) for c in plain)


class _FoldTable(dict[int, str]):
    """Filled as characters turn up: a text uses a few hundred of Unicode's characters."""

    def __missing__(self, code: int) -> str:
        self[code] = folded = _fold_char(chr(code))
        return folded


_TABLE = _FoldTable()


def fold(s: str) -> str:
    """Lower case, no diacritics, đ to d, any Latin letter to its plain one; other scripts keep theirs.

    >>> fold("Đường Thủy — Łódź, Straße, Война")
    'duong thuy — lodz, strasse, война'
    """
    if s.isascii():
        return s.lower()
    return nfc(nfc(s).translate(_TABLE))


def has_diacritics(s: str) -> bool:
    """Whether the writer typed marks: any Vietnamese mark, đ, or any accented Latin letter."""
    return not s.isascii() and any(map(_is_marked, s))


@lru_cache(maxsize=4096)
def _is_marked(char: str) -> bool:
    if char.isascii():
        return False
    if ord(char) in _COMBINING or char in "đĐðÐ":
        return True
    title = name(char, "")
    return title.startswith("LATIN ") and " WITH " in title
