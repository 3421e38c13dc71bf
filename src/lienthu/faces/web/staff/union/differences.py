"""What differs between two short texts, down to the character. Pure: pieces of text out, never markup."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby
from typing import Final

LONGEST: Final = 600
"""Characters compared; what is longer is cut and says so."""
_PIECES: Final = re.compile(r"\w+|\s+|[^\w\s]")
_ALIKE: Final = 0.5


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of characters: ``kind`` is same, slight (only capitals, blanks or punctuation differ) or differs."""

    text: str
    kind: str


Side = tuple[Piece, ...]


def differences(left: str, right: str) -> tuple[Side, Side]:
    """Both texts in pieces. Words that have a counterpart are compared letter by letter, others marked as a whole."""
    left, right = _ready(left), _ready(right)
    if not left or not right:
        return _plain(left), _plain(right)
    a, b = _PIECES.findall(left), _PIECES.findall(right)
    out: tuple[list[Piece], list[Piece]] = ([], [])
    for words_a, words_b, same in _runs(a, b):
        text_a, text_b = "".join(words_a), "".join(words_b)
        if same:
            out[0].append(Piece(text_a, "same"))
            out[1].append(Piece(text_b, "same"))
            continue
        for side, pieces in zip(out, _within(text_a, text_b), strict=True):
            side.extend(pieces)
    return _joined(out[0]), _joined(out[1])


def _within(left: str, right: str) -> tuple[list[Piece], list[Piece]]:
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    if not left or not right or matcher.ratio() < _ALIKE:
        return [_marked(left, right)], [_marked(right, left)]
    out: tuple[list[Piece], list[Piece]] = ([], [])
    for kind, a0, a1, b0, b1 in matcher.get_opcodes():
        x, y = left[a0:a1], right[b0:b1]
        out[0].append(Piece(x, "same") if kind == "equal" else _marked(x, y))
        out[1].append(Piece(y, "same") if kind == "equal" else _marked(y, x))
    return out


def _marked(text: str, other: str) -> Piece:
    slight = _letters(text) == _letters(other)
    return Piece(text, "slight" if slight else "differs")


def _letters(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())


def _runs(a: Sequence[str], b: Sequence[str]) -> Iterator[tuple[Sequence[str], Sequence[str], bool]]:
    matcher = SequenceMatcher(None, a, b, autojunk=False)
    for kind, a0, a1, b0, b1 in matcher.get_opcodes():
        yield a[a0:a1], b[b0:b1], kind == "equal"


def _ready(text: str) -> str:
    text = unicodedata.normalize("NFC", text)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _plain(text: str) -> Side:
    return (Piece(text, "same"),) if text else ()


def _joined(pieces: Sequence[Piece]) -> Side:
    runs = groupby((p for p in pieces if p.text), key=lambda p: p.kind)
    return tuple(Piece("".join(p.text for p in run), kind) for kind, run in runs)
