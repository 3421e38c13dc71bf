"""Rows whose quotation marks break the rules of CSV: cut so that what a person typed stands in its own cell
(IMP-10)."""

from __future__ import annotations

from collections import deque
from itertools import islice
from typing import Final

_MARK: Final = '"'
_MOST_ENDS: Final = 50
_MOST_CELLS: Final = 1_000  # a table with far fewer is refused already


def cut_broken(line: str, delimiter: str, width: int = 0) -> list[str]:
    """The cells of a line that no strict reader accepts. ``width``: how many cells the sound rows have, 0 unknown.

    A quotation ends where a mark is followed by the delimiter or by the end of the line. Typed marks come in pairs
    ('"Truyện "Kiều", chú giải"'), so an end that leaves a single one inside is passed over where a later end does
    not. Where that gives another number of cells than usual, ends are taken as they come, or marks as text.
    """
    text = line.rstrip("\r\n")
    ways = [_cut(text, delimiter, paired=True, quoted=True)]
    if width and len(ways[0]) != width:
        ways += [_cut(text, delimiter, paired=False, quoted=True), _cut(text, delimiter, paired=False, quoted=False)]
    return next((cells for cells in ways if len(cells) == width), ways[0])


def _cut(text: str, delimiter: str, *, paired: bool, quoted: bool) -> list[str]:
    cells: list[str] = []
    ends = _ends(text, delimiter) if quoted else deque[tuple[int, int]]()
    at = 0
    while at <= len(text) and len(cells) < _MOST_CELLS:
        start = at
        if quoted and text[at : at + 1] == _MARK and (end := _end(text, at, ends, paired=paired)) is not None:
            cells.append(text[at + 1 : end[0]].replace('""', _MARK))
            at = end[1] + 1
        else:
            found = text.find(delimiter, at)
            at = (found if found >= 0 else len(text)) + 1
            cells.append(text[start : at - 1])
    return cells


def _ends(text: str, delimiter: str) -> deque[tuple[int, int]]:
    """Marks that may end a quotation, with the place of the delimiter (or of the end) that follows."""
    found: deque[tuple[int, int]] = deque()
    at = text.find(_MARK)
    while at >= 0:
        after = at + 1
        while text[after : after + 1] == " " != delimiter:
            after += 1
        if after == len(text) or text[after] == delimiter:
            found.append((at, after))
        at = text.find(_MARK, max(after, at + 1))
    return found


def _end(text: str, start: int, ends: deque[tuple[int, int]], *, paired: bool) -> tuple[int, int] | None:
    while ends and ends[0][0] <= start:
        ends.popleft()
    if not paired:
        return ends[0] if ends else None
    marks, counted = 0, start + 1
    for end in islice(ends, _MOST_ENDS):
        marks += text.count(_MARK, counted, end[0])
        counted = end[0]
        if marks % 2 == 0:
            return end
    return ends[0] if ends else None
