"""Vietnamese filing order as a string that any database sorts by code point.

Alphabet a ă â b c d đ e ê … u ư v x y; tones ngang huyền hỏi ngã sắc nặng; headings are compared
syllable by syllable, in each syllable letters before tone; upper case only breaks ties. Numbers stand
before letters and count: tập 2 before tập 10. Punctuation does not count. Scripts other than Latin follow
it, by code point.

The shape of a key, "Đường 9" giving ``d~u~o~~ng1!19 1``: a letter that Latin lacks is written as the letter
before it with ``~``, which sorts after every letter; the tone number ends the syllable; ``!`` parts
syllables; a number is written behind its length; a blank ends the text and the case marks follow.
"""

from __future__ import annotations

import re
from functools import lru_cache
from unicodedata import decimal

from lienthu.foundation.vietnamese.fold import fold
from lienthu.foundation.vietnamese.letters import ALPHABET, split_tone
from lienthu.foundation.vietnamese.text import nfc

MAX_KEY = 200
"""Longest key in characters; texts that agree that far are filed as equal."""

# letters and marks in any order, written so that runs of letters are taken at once
_PART = re.compile(r"\d+|[^\W\d_]+(?:[\u0300-\u036f]+[^\W\d_]*)*|(?:[\u0300-\u036f]+[^\W\d_]*)+")
_MARKS = re.compile("[\u0300-\u036f]")
_PLAIN_PART = re.compile(r"\d+|[^\W\d_]+")  # the same where marks are part of their letters: nearly every text
_WRITTEN = {
    **{letter: letter for letter in ALPHABET if letter.isascii()},
    "ă": "a~",
    "â": "a~~",
    "đ": "d~",
    "ê": "e~",
    "ô": "o~",
    "ơ": "o~~",
    "ư": "u~",
}


def sort_key(s: str) -> str:
    """The filing key of a heading or title: at most ``MAX_KEY`` characters, ASCII for any Latin text.

    Leading articles are not skipped: that takes the nonfiling indicator of the record.
    """
    s = nfc(s)
    found = (_PART if _MARKS.search(s) else _PLAIN_PART).findall(s)
    parts = [part for part in map(_part_key, found) if part[0]]
    texts, cases = zip(*parts, strict=True) if parts else ((), ())
    key = "!".join(texts)
    if len(key) >= MAX_KEY - 1:
        return key[:MAX_KEY]  # where letters were cut off, case must not decide in their place
    capitals = "".join(cases).rstrip("0")
    if not capitals:
        return key
    return f"{key} {capitals}"[:MAX_KEY]


@lru_cache(maxsize=1 << 15)
def _part_key(part: str) -> tuple[str, str]:
    """Key of one syllable or number, and its case marks (one digit a letter, 1 for a capital)."""
    if part[0].isdecimal():
        digits = "".join(str(decimal(char)) for char in part).lstrip("0") or "0"
        length = min(len(digits), 99)
        return (str(length) if length < 10 else f":{length:02}") + digits, "0"
    letters, tone = split_tone(part)
    text = "".join(_WRITTEN.get(char) or fold(char) for char in letters.lower())
    return (f"{text}{tone}" if text else ""), "".join("1" if char.isupper() else "0" for char in letters)
