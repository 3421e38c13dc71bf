"""Text of old Vietnamese fonts, whose letters stand at the places of others, made Unicode font by font. Rule DIG-6.

A PDF made with .VnTime (TCVN3) or VNI-Times shows Vietnamese and says "Khæ mÉu" or "Khoå maãu". The name of the font is
the first sign, how the text reads decoded is the proof: a font of an old name whose file carries a right mapping is
left alone, and one of a new name that hides old letters is repaired when its text leaves no doubt.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, NamedTuple

from lienthu.foundation.vietnamese.encodings.ranking import rank
from lienthu.foundation.vietnamese.encodings.registry import DECODERS
from lienthu.foundation.vietnamese.encodings.surface import CP1252
from lienthu.foundation.vietnamese.syllables import is_syllable

_UNICODE: Final = "utf-8"
_TCVN3: Final = "tcvn3-in-utf-8"
_VNI: Final = "vni-in-utf-8"
_NAMED: Final = (
    (re.compile(r"(?:^|\+)[.#_ ]?vn(?!i\b|i[- ])[a-z]", re.IGNORECASE), _TCVN3),
    (re.compile(r"(?:^|\+)vni[- ]?[a-z]", re.IGNORECASE), _VNI),
)
# .VnTimeH draws capitals where .VnTime draws small letters.
_CAPITALS: Final = re.compile(r"(?:^|\+)[.#_ ]?[Vv][Nn]\w*[a-z0-9]H(?=$|[,\-_ ])")
_NO_DOUBT: Final = 0.35  # how much better another reading must be where the name says nothing
_ENOUGH: Final = 4  # words with letters beyond ASCII, where the name says nothing
_HIGH_WORD: Final = re.compile(r"\w*[^\x00-\x7f\s]\S*")
_EDGES: Final = re.compile(r"^\W+|[\W\d_]+$")


class Reading(NamedTuple):
    """How text in one font is to be read; ``encoding`` is a name of ``DECODERS``, "utf-8" for as it is."""

    encoding: str = _UNICODE
    capitals: bool = False

    @property
    def repairs(self) -> bool:
        """Whether it changes anything."""
        return self.encoding != _UNICODE

    def text_of(self, word: str) -> str:
        """A word as it is shown on the page. Never raises: what cannot be decoded stays."""
        if not self.repairs:
            return word
        shown = _decoded(_as_shown(word), self.encoding)
        if self.encoding == _TCVN3 and "-" in word and len(word) > 1 and not _is_word(shown):
            # Windows writes the byte of ư like a hyphen. "th-" is a word with ư, "Hà-Nội" is not.
            other = _decoded(_as_shown(word).replace("-", "\xad"), self.encoding)
            shown = other if _is_word(other) else shown
        return shown.upper() if self.capitals else shown


def reading_of(font: str, text: str) -> Reading:
    """How to read what a PDF says in the font of that name; ``text`` is all of it that is known."""
    named = next((encoding for pattern, encoding in _NAMED if pattern.search(font)), None)
    guesses = rank([_as_shown(text).encode("utf-8", "ignore")], {n: DECODERS[n] for n in (_UNICODE, _TCVN3, _VNI)})
    scores: Mapping[str, float] = {guess.encoding: guess.score for guess in guesses}
    if named:
        chosen = named if scores[named] >= scores[_UNICODE] else _UNICODE
    else:
        best = guesses[0].encoding
        enough = len(_HIGH_WORD.findall(text)) >= _ENOUGH
        chosen = best if enough and scores[best] >= scores[_UNICODE] + _NO_DOUBT else _UNICODE
    return Reading(chosen, chosen == _TCVN3 and bool(_CAPITALS.search(font)))


def _decoded(text: str, encoding: str) -> str:
    try:
        return DECODERS[encoding](text.encode("utf-8", "ignore"))
    except ValueError:
        return text


# Symbol fonts have their bytes in the private area; what ends a line as a soft hyphen comes as 02.
_SHOWN: Final = {0xF000 + byte: CP1252.get(byte, chr(byte)) for byte in range(0x20, 0x100)} | {2: "\xad"}


def _as_shown(text: str) -> str:
    return text.translate(_SHOWN)


def _is_word(text: str) -> bool:
    core = _EDGES.sub("", text)
    return bool(core) and is_syllable(core)
