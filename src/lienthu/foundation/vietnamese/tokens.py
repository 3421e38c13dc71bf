"""Words of a text and the two keys under which each is indexed: exact and folded.

A query with any diacritic asks the exact and the folded field (weights 2 to 1), a query without one only the
folded field: measured the best of all simple rules for Vietnamese.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple
from unicodedata import category

from lienthu.foundation.vietnamese.fold import fold
from lienthu.foundation.vietnamese.letters import TONED
from lienthu.foundation.vietnamese.text import nfc


class Token(NamedTuple):
    """A word as it stands in the text; ``text == source[start:end]``."""

    text: str
    start: int
    end: int


# Han with all extensions, kana, and the private areas where Nôm fonts kept what Unicode did not have yet.
_SINGLE = (
    "\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\ue000-\uf8ff\U00020000-\U0003fffd\U000f0000-\U0010fffd"
)


def _marks() -> str:
    """Ranges of all combining marks: re has no \\p{M}, and Indic words break without them."""
    ranges: list[list[int]] = []
    for code in range(0x300, 0x1F000):
        if category(chr(code))[0] == "M":
            if ranges and ranges[-1][1] == code - 1:
                ranges[-1][1] = code
            else:
                ranges.append([code, code])
    return "".join(f"{chr(first)}-{chr(last)}" for first, last in ranges)


_SILENT_MARKS = "\u02b0-\u02ff"
_JOINERS = "\u200c\u200d"
_LETTER = rf"[^\W_{_SINGLE}]"
_WORD = re.compile(rf"[{_SINGLE}]|(?![{_SILENT_MARKS}]){_LETTER}(?:{_LETTER}|[{_marks()}{_JOINERS}])*")
# Latin letters and common punctuation only: nearly every text, whose words are found by a much simpler pattern
_UNCOMMON = re.compile("[^\\x00-\u02af\u1e00-\u1eff\u2010-\u2027]")
_PLAIN_WORD = re.compile(r"[^\W_]+")

# hoà = hòa: both placements are correct spelling; the key puts the mark on the first vowel.
_PLACEMENT = {
    first + second[tone]: TONED[first][tone] + second[0]
    for first, second in (("o", TONED["a"]), ("o", TONED["e"]), ("u", TONED["y"]))
    for tone in range(1, 6)
}
# kĩ = kỹ, lí = lý: after these initials i and y spell the same open rime.
_I_FOR_Y = {initial + "y": initial + "i" for initial in "hklmst"}

_REMEMBERED = 1 << 17  # more than the words of a catalogue of a million records that come more than once


def tokenise(s: str) -> list[Token]:
    """Runs of letters, digits and marks; a Han, kana or Nôm character is a token of its own.

    Everything else separates, apostrophes and hyphens too. Offsets count the characters of ``s`` as given.
    """
    return [Token(match[0], match.start(), match.end()) for match in _WORD.finditer(s)]


def words_in(s: str) -> Iterator[re.Match[str]]:
    """The same words as ``tokenise`` gives, as matches: quicker where few of them are looked at."""
    return (_WORD if _UNCOMMON.search(s) else _PLAIN_WORD).finditer(s)


class _Keys(dict[str, str]):
    """The keys of words, made once. A dict is asked in half the time of an lru_cache: 160 times for each document."""

    def __init__(self, make: Callable[[str], str]) -> None:
        self._make = make

    def __missing__(self, token: str) -> str:
        if len(self) >= _REMEMBERED:
            self.clear()
        self[token] = key = self._make(token)
        return key


def exact_key(token: str) -> str:
    """Lower case, NFC, one tone placement in open oa, oe, uy: ``HOÀ`` and ``hòa`` give ``hòa``.

    After q the u belongs to the initial, so ``quý`` stays.
    """
    return _EXACT[token]


def folded_key(token: str) -> str:
    """Without marks, i for y after h k l m s t in open syllables: ``kĩ``, ``kỹ``, ``Ky`` give ``ki``."""
    return _FOLDED[token]


def _exact(token: str) -> str:
    key = nfc(nfc(token).lower())
    moved = _PLACEMENT.get(key[-2:])
    if moved is None or key[-3:-2] == "q":
        return key
    return key[:-2] + moved


def _folded(token: str) -> str:
    key = fold(token)
    return _I_FOR_Y.get(key, key) or exact_key(token)


_EXACT = _Keys(_exact)
_FOLDED = _Keys(_folded)


def _words(s: str) -> list[str]:
    s = nfc(s)
    return (_WORD if _UNCOMMON.search(s) else _PLAIN_WORD).findall(s)


def exact_tokens(s: str) -> list[str]:
    """The exact keys of the words of a text, in their order."""
    return list(map(_EXACT.__getitem__, _words(s)))


def token_pairs(s: str) -> tuple[list[str], list[str]]:
    """``exact_tokens`` and ``folded_tokens`` of a text, its words looked up only once."""
    words = _words(s)
    return list(map(_EXACT.__getitem__, words)), list(map(_FOLDED.__getitem__, words))


def folded_tokens(s: str) -> list[str]:
    """The folded keys of the words of a text: as many as ``exact_tokens`` gives, in the same order."""
    return list(map(_FOLDED.__getitem__, _words(s)))
