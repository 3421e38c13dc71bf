"""What a picture shows of its file, and where words stand on another picture of the same paper. Rule WFL-20."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from lienthu.domain.digital.paging.arranging import WHOLE, Crop, turned
from lienthu.foundation.pagetext.model import Block, Line, PageText, Word


@dataclass(frozen=True, slots=True)
class Framing:
    """One frame of a file (``of``: a name that no other frame of the object has), turned and cut."""

    of: str
    rotation: int = 0
    crop: Crop | None = None

    def to_json(self) -> dict[str, Any]:
        """As a text keeps it."""
        return {"of": self.of, "rotation": self.rotation, "crop": list(self.crop) if self.crop else None}

    @classmethod
    def from_json(cls, value: Any) -> Framing | None:
        """The framing of ``to_json``; None for anything else."""
        if not isinstance(value, Mapping):
            return None
        of, rotation, crop = value.get("of"), value.get("rotation"), value.get("crop")
        if not isinstance(of, str) or rotation not in (0, 90, 180, 270):
            return None
        if crop is None:
            return cls(of, rotation)
        if not isinstance(crop, list) or len(crop) != 4 or not all(isinstance(n, int | float) for n in crop):
            return None
        part = Crop(*map(float, crop))
        return cls(of, rotation, part) if part.w > 0 and part.h > 0 else None


def carried(text: PageText, before: Framing, after: Framing, width: int, height: int) -> PageText:
    """The text of one picture on another of ``width`` x ``height`` pixels: words whose middle is there, in their order.

    Another frame is taken for another scan of the same page: its words stand at the same parts of the picture.
    """
    if before.of != after.of:
        before = after
    blocks = []
    for block in text.blocks:
        lines = []
        for line in block.lines:
            words = [_put(word, text, before, after, width, height) for word in line.words]
            if left := tuple(word for word in words if word is not None):
                lines.append(Line(left))
        if lines:
            blocks.append(Block(tuple(lines)))
    return replace(text, width=width, height=height, blocks=tuple(blocks))


def _put(word: Word, text: PageText, before: Framing, after: Framing, width: int, height: int) -> Word | None:
    cut = before.crop or WHOLE
    box = Crop(
        cut.x + cut.w * word.x / text.width,
        cut.y + cut.h * word.y / text.height,
        cut.w * word.w / text.width,
        cut.h * word.h / text.height,
    )
    box = turned(box, (after.rotation - before.rotation) % 360) or WHOLE
    cut = after.crop or WHOLE
    left, right = (box.x - cut.x) / cut.w, (box.x + box.w - cut.x) / cut.w
    top, bottom = (box.y - cut.y) / cut.h, (box.y + box.h - cut.y) / cut.h
    if not (0 <= (left + right) / 2 <= 1 and 0 <= (top + bottom) / 2 <= 1):
        return None
    x, y = round(max(0.0, left) * width), round(max(0.0, top) * height)
    w, h = round(min(1.0, right) * width) - x, round(min(1.0, bottom) * height) - y
    return Word(word.text, x, y, max(0, w), max(0, h), word.confidence)
