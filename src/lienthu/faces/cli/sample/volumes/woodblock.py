"""Leaves in the look of a woodblock print: framed columns from right to left, a folded margin with a fish tail.

The characters come from the pieces of Noto Serif TC that browsers get. Those pieces are WOFF2, which Typst cannot read
and Pillow's FreeType can.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Final

from PIL import Image, ImageDraw, ImageFont

WIDTH: Final = 1240  # 6.2 × 8.75 inches at 200 dpi
HEIGHT: Final = 1750
_FRAME: Final = (110, 150, 1090, 1600)
_FOLD: Final = 92
_COLUMNS: Final = 7
_ROWS: Final = 11
_PACKAGE: Final = Path("@fontsource-variable") / "noto-serif-tc"


class MissingCharacter(LookupError):
    """The font has no picture of a character: the page would show an empty box."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of characters; ``indent`` is in rows, ``scale`` makes titles larger and notes smaller."""

    text: str
    indent: int = 0
    scale: float = 1.0


class Typeface:
    """Pictures of single characters, each from the piece of the font that has it."""

    def __init__(self, packages: Path, weight: int = 650) -> None:
        """``packages`` is the folder of front-end packages."""
        self._folder = packages / _PACKAGE
        self._weight = weight
        self._piece = _pieces(self._folder)

    def has(self, character: str) -> bool:
        """Whether the font can draw it."""
        return character in self._piece

    def draw(self, character: str, size: int) -> Image.Image:
        """The character, black on white, in a square of ``size``. Raises `MissingCharacter`."""
        if character not in self._piece:
            raise MissingCharacter(f"U+{ord(character):04X}")
        font = _font(self._folder / "files" / self._piece[character], size, self._weight)
        square = Image.new("L", (size, size), 255)
        ImageDraw.Draw(square).text((size / 2, size / 2), character, font=font, fill=0, anchor="mm")
        return square


@lru_cache(maxsize=4)
def _pieces(folder: Path) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, ranges in json.loads((folder / "unicode.json").read_text(encoding="utf-8")).items():
        if not name.startswith("["):  # the pieces for Latin and other scripts: not for this
            continue
        for part in ranges.split(","):
            first, _, last = part.strip().removeprefix("U+").partition("-")
            for code in range(int(first, 16), int(last or first, 16) + 1):
                found[chr(code)] = f"noto-serif-tc-{name.strip('[]')}-wght-normal.woff2"
    return found


@lru_cache(maxsize=256)
def _font(path: Path, size: int, weight: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.truetype(str(path), round(size * 0.92))
    font.set_variation_by_axes([weight])
    return font


@dataclass(frozen=True, slots=True)
class Place:
    """Where a column stands on its side of a leaf: its middle, where it begins, and the height of a character."""

    middle: float
    top: float
    pitch: float
    row: float

    def box(self, column: Column) -> tuple[int, int, int, int]:
        """[x, y, w, h] of the column's characters in pixels."""
        left = self.middle - self.pitch / 2
        return round(left), round(self.top), round(self.pitch), round(self.row * len(column.text))


def place(index: int, column: Column, side: str) -> Place:
    """The place of the ``index``-th column from the right; ``side`` as for `leaf`."""
    inner_left, inner_right = _inner(side)
    pitch = (inner_right - inner_left) / _COLUMNS
    row = (_FRAME[3] - _FRAME[1]) / _ROWS
    return Place(
        middle=inner_right - (index + 0.5) * pitch,
        top=_FRAME[1] + 20 + column.indent * row,
        pitch=pitch,
        row=row * column.scale,
    )


def _inner(side: str) -> tuple[float, float]:
    left, _, right, _ = _FRAME
    return (left + _FOLD, right) if side == "a" else (left, right - _FOLD)


def leaf(
    columns: Sequence[Column], *, heading: str, folio: str, side: str, typeface: Typeface, rng: Random
) -> Image.Image:
    """One side of a leaf, ink on white. ``side`` is "a" (fold at the left edge) or "b" (fold at the right)."""
    page = Image.new("L", (WIDTH, HEIGHT), 255)
    pen = ImageDraw.Draw(page)
    inner_left, inner_right = _inner(side)
    _rules(pen, rng, inner_left, inner_right, (inner_right - inner_left) / _COLUMNS)
    _fold(page, pen, rng, inner_left if side == "a" else inner_right, side, heading, folio, typeface)
    for i, column in enumerate(columns[:_COLUMNS]):
        at = place(i, column, side)
        for n, character in enumerate(column.text):
            if character != "\u3000":
                _cut(page, character, at.middle, at.top + (n + 0.5) * at.row, round(0.8 * at.row), typeface, rng)
    return page


def cover(title: str, *, typeface: Typeface, rng: Random) -> Image.Image:
    """The cover: a framed slip with the title at the upper left, stitches along the right edge; ink on white."""
    page = Image.new("L", (WIDTH, HEIGHT), 255)
    pen = ImageDraw.Draw(page)
    size = min(116, 900 // len(title))
    left, top, right = 150, 130, 150 + size + 90
    bottom = top + len(title) * size + 80
    pen.rectangle((left, top, right, bottom), outline=0, width=7)
    pen.rectangle((left + 14, top + 14, right - 14, bottom - 14), outline=0, width=2)
    for i, character in enumerate(title):
        if character != "\u3000":
            _cut(page, character, (left + right) / 2, top + 40 + (i + 0.5) * size, round(size * 0.86), typeface, rng)
    seam = WIDTH - 96
    pen.line((seam, 0, seam, HEIGHT), fill=60, width=4)
    for i in range(4):
        y = round(HEIGHT * (0.08 + 0.28 * i))
        pen.line((seam, y, WIDTH, y + rng.randint(-3, 3)), fill=60, width=5)
    return page


def _cut(page: Image.Image, character: str, x: float, y: float, size: int, typeface: Typeface, rng: Random) -> None:
    """One character as a hand cuts it: never quite upright, never quite in line."""
    square = typeface.draw(character, size).rotate(rng.uniform(-1.6, 1.6), Image.Resampling.BILINEAR, fillcolor=255)
    at = round(x - size / 2 + rng.uniform(-2, 2)), round(y - size / 2 + rng.uniform(-2, 2))
    page.paste(0, at, square.point(lambda v: 255 - v))


def _rules(pen: ImageDraw.ImageDraw, rng: Random, inner_left: float, inner_right: float, pitch: float) -> None:
    left, top, right, bottom = _FRAME
    pen.rectangle((left - 14, top - 14, right + 14, bottom + 14), outline=0, width=9)
    pen.rectangle((left, top, right, bottom), outline=0, width=3)
    for i in range(1, _COLUMNS):
        x = inner_left + i * pitch
        y = float(top)
        while y < bottom:  # a rule of a worn block has gaps
            step = rng.uniform(60, 260)
            pen.line((x, y, x + rng.uniform(-1, 1), min(y + step, bottom)), fill=0, width=2)
            y += step + rng.choice((0, 0, 0, 6, 14))


def _fold(
    page: Image.Image, pen: ImageDraw.ImageDraw, rng: Random, edge: float, side: str, heading: str, folio: str,
    typeface: Typeface,
) -> None:  # fmt: skip
    left, top, right, bottom = _FRAME
    x0, x1 = (left, edge) if side == "a" else (edge, right)
    pen.line((edge, top, edge, bottom), fill=0, width=3)
    tail = top + 300
    low, high = (tail + 34, tail + 70) if side == "a" else (tail + 70, tail + 34)
    pen.polygon([(x0, tail), (x1, tail), (x1, high), (x0, low)], fill=0)
    middle = (x0 + x1) / 2
    for i, character in enumerate(heading):
        _cut(page, character, middle, tail + 140 + i * 62, 54, typeface, rng)
    for i, character in enumerate(folio):
        _cut(page, character, middle, bottom - 60 - (len(folio) - 1 - i) * 58, 48, typeface, rng)
