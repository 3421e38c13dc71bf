"""The words of a page as text that is not drawn (render mode 3), each stretched over its place in the picture."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import median
from typing import Final

from lienthu.foundation.pagetext.model import Box, Line, PageText, Word
from lienthu.foundation.pagetext.pdfa.parts import ADVANCE, ASCENT, DESCENT

_MOST_CODES: Final = 0xFFFF


class Codes:
    """Numbers for characters, given as they come: the font has as many as the volume uses."""

    def __init__(self) -> None:
        self.given: dict[str, int] = {}

    def of(self, text: str) -> str:
        """The text in hexadecimal codes. Characters beyond 65,535 different ones share the last code."""
        return "".join(f"{self._of(char):04X}" for char in text)

    def _of(self, char: str) -> int:
        code = self.given.get(char)
        if code is None:
            code = min(len(self.given) + 1, _MOST_CODES)
            self.given.setdefault(char, code)
        return code


def text_layer(page: PageText, codes: Codes, width: float, height: float) -> bytes:
    """Operators that lay the text of the page over ``width`` × ``height`` points."""
    across, down = width / page.width, height / page.height
    parts = ["BT 3 Tr"]
    for line in page.lines():
        for text, box in _pieces(line):
            size = max(1.0, box.h * down * 1000 / (ASCENT - DESCENT))
            baseline = height - (box.y + box.h) * down - DESCENT / 1000 * size
            natural = len(text) * ADVANCE / 1000 * size
            stretch = min(10_000.0, max(1.0, 100 * max(1, box.w) * across / natural))
            at = f"1 0 0 1 {box.x * across:.2f} {baseline:.2f} Tm"
            parts.append(f"/F {size:.2f} Tf {stretch:.2f} Tz {at} <{codes.of(text)}> Tj")
    return "\n".join([*parts, "ET"]).encode()


def _pieces(line: Line) -> Iterator[tuple[str, Box]]:
    """What is set in one go: words with the space behind them; ideographs of a column one by one."""
    if line.vertical:
        for word in line.words:
            yield from _column(word)
        return
    box = line.box
    spaced = " " in line.text
    # All words of a line are as high as the line where it is level, so that a selection looks whole.
    usual = round(median(word.h for word in line.words))
    level = box.h < 1.7 * max(word.h for word in line.words)
    for word, after in _with_next(line.words):
        y, h = (box.y, box.h) if level else (word.y + word.h - max(word.h, usual), max(word.h, usual))
        gap = after.x - word.x if after is not None and spaced else 0
        if 0 < word.w < gap < word.w + 3 * max(box.h, word.h):
            yield word.text + " ", Box(word.x, y, gap, h)
        else:
            yield word.text + (" " if gap else ""), Box(word.x, y, word.w, h)


def _column(word: Word) -> Iterator[tuple[str, Box]]:
    for n, char in enumerate(word.text):
        top, bottom = (word.y + word.h * k // len(word.text) for k in (n, n + 1))
        yield char, Box(word.x, top, word.w, bottom - top)


def _with_next(words: Sequence[Word]) -> Iterator[tuple[Word, Word | None]]:
    yield from zip(words, [*words[1:], None], strict=True)
