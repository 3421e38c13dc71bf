"""Words that a machine misread: which look like it, and a key that survives the usual confusions of letters.

The key is for words that look damaged only. Given to every word it would answer "bạn" with "bán"; held to words that no
Vietnamese text would hold, it finds the sentence and hardly anything else (FTS-2, docs/specs/fulltext.md).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from lienthu.foundation.vietnamese.fold import fold
from lienthu.foundation.vietnamese.syllables import is_syllable

# Pairs of letters that run together in print. "ci" and "c1" are "cl" whose l was misread as well.
_RUN_TOGETHER: Final = (("rn", "m"), ("cl", "d"), ("ci", "d"), ("c1", "d"), ("vv", "w"), ("ii", "u"), ("ij", "u"))
# Letters and digits of the same outline.
_GROUPS: Final = ("il1j|!", "o0q", "ce", "nu", "bh68", "tf", "vy", "g9", "s5", "z2")
_ALIKE: Final = str.maketrans({letter: group[0] for group in _GROUPS for letter in group})
_LONGEST: Final = 24
DOUBTFUL: Final = 60
"""Words of which the machine was less sure than this, in percent, count as damaged (FTS-2)."""
_LATIN = re.compile("[0-9A-Za-zÀ-ɏḀ-ỿ]")


@lru_cache(maxsize=1 << 16)
def skeleton(word: str) -> str:
    """The outline of a word: without marks, letters that are confused in print made one.

    >>> skeleton("Quảng") == skeleton("Ouãng") and skeleton("1945") == skeleton("l945")
    True
    """
    key = fold(word)
    for pair, letter in _RUN_TOGETHER:
        key = key.replace(pair, letter)
    return key.translate(_ALIKE)


@lru_cache(maxsize=1 << 16)
def looks_damaged(word: str) -> bool:
    """Whether a word is none of a Vietnamese text: no well-formed syllable, no number, not a single letter.

    Foreign words and abbreviations look damaged too: to count them in costs room, not answers.
    """
    if len(word) < 2 or len(word) > _LONGEST or word.isdecimal() or not _LATIN.match(word):
        return False
    return not is_syllable(word)


def outlines_of(words: Iterable[str], doubtful: Iterable[str]) -> set[str]:
    """The outlines under which the words of a page are found: of those that look damaged, and of all doubtful ones."""
    return {*map(skeleton, filter(looks_damaged, words)), *map(skeleton, doubtful)}
