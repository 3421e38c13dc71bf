"""Two readings of one page become one: columns of ideographs and lines of letters stand side by side."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from lienthu.foundation.pagetext.model import Block, Box, Line


def laid_over(letters: Sequence[Block], columns: Sequence[Block]) -> list[Block]:
    """For every place of the page the reading that is surer of it; blocks of letters first.

    A line that stands mostly where surer lines of the other reading stand is left out.
    """
    flat = [line for block in letters for line in block.lines]
    upright = [line for block in columns for line in block.lines]
    return _surer(letters, upright) + _surer(columns, flat)


def _surer(blocks: Iterable[Block], rivals: Sequence[Line]) -> list[Block]:
    kept = [(tuple(line for line in block.lines if not _beaten(line, rivals))) for block in blocks]
    return [Block(lines) for lines in kept if lines]


def _beaten(line: Line, rivals: Sequence[Line]) -> bool:
    box, mine = line.box, line.confidence
    area = max(1, box.w * box.h)
    covered = [(_shared(box, rival.box), rival.confidence) for rival in rivals]
    surer = sum(shared for shared, confidence in covered if confidence > mine)
    return surer > area / 3


def _shared(a: Box, b: Box) -> int:
    width = min(a.x + a.w, b.x + b.w) - max(a.x, b.x)
    height = min(a.y + a.h, b.y + b.h) - max(a.y, b.y)
    return width * height if width > 0 and height > 0 else 0
