"""The text of one page as plain immutable values: blocks of lines of words, each word where it stands. Rule DIG-3.

Coordinates are pixels of the page image as it is served (after turning, cropping and splitting), origin top left.
Text is NFC and free of invisible characters (`foundation/vietnamese/text.py`). Blocks, lines and words are in reading
order; none of them is empty: what has no words is not there.
"""

from __future__ import annotations

import hashlib
import json
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, NamedTuple, get_args

from lienthu.foundation.vietnamese.text import clean

Source = Literal["ocr", "pdf", "corrected", "typed"]
"""Read by a machine; taken from a born-digital PDF; read and then corrected by a person; typed by a person."""

SOURCES: tuple[Source, ...] = get_args(Source)
_VERSION = 1
# Han, kana, bopomofo, their signs and full-width forms: written without spaces between words.
_UNSPACED = re.compile(
    "[\u2e80-\u2fdf\u3000-\u30ff\u3100-\u312f\u31a0-\u31ef\u3400-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\U00020000-\U0003ffff]"
)


class Box(NamedTuple):
    """A rectangle in pixels of the page."""

    x: int
    y: int
    w: int
    h: int


def around(boxes: Iterable[Box]) -> Box:
    """The smallest box around boxes, of which there is at least one."""
    corners = [(b.x, b.y, b.x + b.w, b.y + b.h) for b in boxes]
    left, top = min(c[0] for c in corners), min(c[1] for c in corners)
    return Box(left, top, max(c[2] for c in corners) - left, max(c[3] for c in corners) - top)


@dataclass(frozen=True, slots=True)
class Word:
    """One word, without white space, never empty; ``confidence`` in percent, 100 for what a person wrote.

    Raises ValueError for text that is empty once cleaned or holds white space, and for a negative size.
    """

    text: str
    x: int
    y: int
    w: int
    h: int
    confidence: int = 100

    def __post_init__(self) -> None:
        text = clean(self.text)
        if not text or " " in text:
            raise ValueError(f"not one word: {self.text!r}")
        if self.w < 0 or self.h < 0:
            raise ValueError(f"a box of negative size: {self.w} x {self.h}")
        if text != self.text:
            object.__setattr__(self, "text", text)
        if not 0 <= self.confidence <= 100:
            object.__setattr__(self, "confidence", min(100, max(0, self.confidence)))

    @property
    def box(self) -> Box:
        """Where the word stands."""
        return Box(self.x, self.y, self.w, self.h)


def words_in(text: str, box: Box, confidence: int = 100) -> list[Word]:
    """The words of a text that stands in one box: split at white space, each with its share of the width."""
    parts = clean(text).split()
    length = sum(map(len, parts)) + max(0, len(parts) - 1)
    words, position = [], 0
    for part in parts:
        left = box.x + box.w * position // length
        right = box.x + box.w * (position + len(part)) // length
        words.append(Word(part, left, box.y, right - left, box.h, confidence))
        position += len(part) + 1
    return words


@dataclass(frozen=True, slots=True)
class Line:
    """A line, or a column of vertical writing. Raises ValueError without words."""

    words: tuple[Word, ...]

    def __post_init__(self) -> None:
        if not self.words:
            raise ValueError("a line without words")

    @property
    def text(self) -> str:
        """The words as one string: a space between them, none between ideographs."""
        return "".join(before + word.text for before, word in _spaced(self.words))

    @property
    def box(self) -> Box:
        """The box around the words."""
        return around(word.box for word in self.words)

    @property
    def vertical(self) -> bool:
        """Whether ideographs run from top to bottom here."""
        text = self.text
        return len(text) > 1 and self.box.h > self.box.w * 1.5 and bool(_UNSPACED.search(text))

    @property
    def confidence(self) -> int:
        """Mean of the words', weighted by their length."""
        letters = sum(len(word.text) for word in self.words)
        return round(sum(word.confidence * len(word.text) for word in self.words) / letters)


def _spaced(words: Sequence[Word]) -> Iterator[tuple[str, Word]]:
    """Every word with what stands between it and the one before."""
    previous = ""
    for word in words:
        joined = not previous or (_UNSPACED.match(previous[-1]) and _UNSPACED.match(word.text))
        yield "" if joined else " ", word
        previous = word.text


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph or another part of the page that is read in one go. Raises ValueError without lines."""

    lines: tuple[Line, ...]

    def __post_init__(self) -> None:
        if not self.lines:
            raise ValueError("a block without lines")

    @property
    def text(self) -> str:
        """The lines, one below the other."""
        return "\n".join(line.text for line in self.lines)

    @property
    def box(self) -> Box:
        """The box around the lines."""
        return around(line.box for line in self.lines)


class Placed(NamedTuple):
    """A word and where it stands in ``PageText.text``; ``line`` counts through the whole page from 0."""

    start: int
    end: int
    line: int
    word: Word


@dataclass(frozen=True)
class PageText:
    """The text of one page of ``width`` × ``height`` pixels, empty where nothing is written on it.

    ``languages`` are Tesseract's names (vie, eng, fra, chi_tra_vert) or ISO 639-2; ``engine`` names the program and
    its data, for the record. Raises ValueError for a page without extent or an unknown source.
    """

    width: int
    height: int
    blocks: tuple[Block, ...] = ()
    languages: tuple[str, ...] = ("vie",)
    source: Source = "ocr"
    engine: str = ""

    def __post_init__(self) -> None:
        if self.width <= 0 or self.height <= 0:
            raise ValueError(f"a page of {self.width} x {self.height} pixels")
        if self.source not in SOURCES:
            raise ValueError(f"unknown source {self.source!r}; known: {', '.join(SOURCES)}")

    @cached_property
    def text(self) -> str:
        """The whole page: lines by newline, blocks by a blank line, no newline at the end."""
        return "\n\n".join(block.text for block in self.blocks)

    def lines(self) -> Iterator[Line]:
        """All lines in reading order."""
        return (line for block in self.blocks for line in block.lines)

    def words(self) -> Iterator[Word]:
        """All words in reading order."""
        return (word for line in self.lines() for word in line.words)

    @cached_property
    def placed(self) -> tuple[Placed, ...]:
        """Every word with its place in ``text``, in reading order."""
        found, position, number = [], 0, 0
        for block in self.blocks:
            for line in block.lines:
                for before, word in _spaced(line.words):
                    start = position + len(before)
                    position = start + len(word.text)
                    found.append(Placed(start, position, number, word))
                number += 1
                position += 1
            position += 1
        return tuple(found)

    @cached_property
    def _starts(self) -> list[int]:
        return [placed.start for placed in self.placed]

    def placed_between(self, start: int, end: int) -> tuple[Placed, ...]:
        """The words that share at least one character with ``text[start:end]``."""
        if start >= end:
            return ()
        first = max(0, bisect_right(self._starts, start) - 1)
        if first < len(self.placed) and self.placed[first].end <= start:
            first += 1
        return self.placed[first : bisect_left(self._starts, end)]

    def boxes_of(self, start: int, end: int) -> list[Box]:
        """The boxes of the words that ``text[start:end]`` touches, in reading order."""
        return [placed.word.box for placed in self.placed_between(start, end)]

    def marks_of(self, start: int, end: int) -> list[Box]:
        """As ``boxes_of``, words of one line drawn together: one box for each line that the passage runs through."""
        by_line: dict[int, list[Box]] = {}
        for placed in self.placed_between(start, end):
            by_line.setdefault(placed.line, []).append(placed.word.box)
        return [around(boxes) for boxes in by_line.values()]

    @property
    def confidence(self) -> int | None:
        """Mean confidence of the words, weighted by their length; None on an empty page."""
        letters = sum(len(word.text) for word in self.words())
        return round(sum(w.confidence * len(w.text) for w in self.words()) / letters) if letters else None

    def to_json(self) -> dict[str, Any]:
        """A compact JSON value that ``from_json`` reads; a line is its words in one string and five numbers a word."""
        return {
            "v": _VERSION,
            "size": [self.width, self.height],
            "languages": list(self.languages),
            "source": self.source,
            "engine": self.engine,
            "blocks": [[_line_to_json(line) for line in block.lines] for block in self.blocks],
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> PageText:
        """The page of ``to_json``. Raises ValueError for anything else."""
        try:
            if value["v"] != _VERSION:
                raise ValueError(f"page text of version {value['v']!r}")
            width, height = map(int, value["size"])
            return cls(
                width,
                height,
                tuple(Block(tuple(map(_line_from_json, lines))) for lines in value["blocks"]),
                tuple(map(str, value["languages"])),
                value["source"],
                str(value["engine"]),
            )
        except (KeyError, TypeError) as error:
            raise ValueError(f"not a page text: {error!r}") from error

    @cached_property
    def digest(self) -> str:
        """SHA-256 in hexadecimal over everything the page says; equal for equal pages, on every machine."""
        packed = json.dumps(self.to_json(), ensure_ascii=False, separators=(",", ":"), sort_keys=True)
        return hashlib.sha256(packed.encode()).hexdigest()


def _line_to_json(line: Line) -> list[Any]:
    numbers = [n for word in line.words for n in (*word.box, word.confidence)]
    return [" ".join(word.text for word in line.words), numbers]


def _line_from_json(value: Sequence[Any]) -> Line:
    text, numbers = value
    parts = text.split(" ")
    if len(numbers) != 5 * len(parts):
        raise ValueError(f"{len(parts)} words with {len(numbers)} numbers")
    each = [iter(map(int, numbers))] * 5
    return Line(tuple(Word(part, *five) for part, five in zip(parts, zip(*each, strict=True), strict=True)))
