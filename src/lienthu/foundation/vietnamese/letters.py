"""The letters of the Vietnamese alphabet and the five tone marks, as tables.

Two independent things sit on a Vietnamese vowel: its shape (ă â ê ô ơ ư are letters of their own) and the
tone of the syllable. Everything else in this package is written in terms of that division.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from unicodedata import normalize

ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
"""Lower-case letters in filing order; f j w z are foreign and stand at their Latin places."""

VOWELS = "aăâeêioôơuưy"

HUYEN, HOI, NGA, SAC, NANG = "\u0300", "\u0309", "\u0303", "\u0301", "\u0323"
TONE_MARKS = (HUYEN, HOI, NGA, SAC, NANG)
"""Combining marks in dictionary order; tone 0 is ngang (no mark), tone n is ``TONE_MARKS[n - 1]``."""

NGANG_TONE, HUYEN_TONE, HOI_TONE, NGA_TONE, SAC_TONE, NANG_TONE = range(6)


def _toned(vowel: str) -> str:
    return vowel + "".join(normalize("NFC", vowel + mark) for mark in TONE_MARKS)


TONED: Mapping[str, str] = MappingProxyType({v: _toned(v) for v in VOWELS + VOWELS.upper()})
"""Vowel (either case) to its six forms in tone order: ``TONED["ơ"] == "ơờởỡớợ"``."""

SPLIT: Mapping[str, tuple[str, int]] = MappingProxyType(
    {form: (vowel, tone) for vowel, forms in TONED.items() for tone, form in enumerate(forms)}
)
"""Any vowel form (either case) to its letter without tone and the tone number."""

MARKED = "".join(form for forms in TONED.values() for form in forms if not form.isascii()) + "đĐ"
"""All 134 Vietnamese letters outside ASCII."""


def split_tone(syllable: str) -> tuple[str, int]:
    """Take the tone off an NFC syllable: ``"Thủy"`` gives ``("Thuy", 2)``.

    Of several tone marks (as in French *résumé*) all are taken off and the first one counts.
    """
    found = 0
    letters = []
    for char in syllable:
        vowel, tone = SPLIT.get(char, (char, 0))
        letters.append(vowel)
        found = found or tone
    return "".join(letters), found
