"""From a stored picture to the page as it is served: turned, cut out, without colour profile."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pyvips

from lienthu.foundation.imaging import opening, pdf
from lienthu.foundation.imaging.colours import plain
from lienthu.foundation.imaging.opening import PIXEL_LIMIT, Header
from lienthu.foundation.kernel.refusal import Refused

_TURNS: Final = {90: "d90", 180: "d180", 270: "d270"}


def page(
    path: Path,
    *,
    frame: int = 0,
    rotation: int = 0,
    crop: Sequence[float] | None = None,
    pixel_limit: int = PIXEL_LIMIT,
) -> tuple[pyvips.Image, Header | None]:
    """Picture ``frame`` (a page of a PDF, a picture of a TIFF; from 0) as it is to be served, with its header.

    Turned by what the file says (EXIF), then by ``rotation`` (0, 90, 180, 270 clockwise), then cut to ``crop``:
    x, y, width and height as parts of 1 of the turned picture. Raises Refused; ValueError for a wrong argument.
    """
    if rotation not in (0, 90, 180, 270):
        raise ValueError(f"rotation {rotation} is not a right angle")
    kind = opening.kind_of(path)
    header: Header | None = None
    if kind == "pdf":
        image = pdf.drawn(path, frame)
    else:
        frames = opening.frames_of(path, kind)
        if not 0 <= frame < len(frames):
            raise Refused("no-such-frame", frame=frame, frames=len(frames))
        header = opening.header(path, kind, frames[frame], pixel_limit=pixel_limit)
        straight = rotation == 0 and header.orientation == 1
        image = opening.picture(path, kind, frames[frame], once=straight)
    with opening.decoding(kind):
        image = plain(image)
        if header is not None and header.orientation != 1:
            image = image.autorot()
        if rotation:
            image = image.rot(_TURNS[rotation])
        if crop is not None:
            image = image.crop(*cut(image.width, image.height, crop))
    return image, header


def cut(width: int, height: int, crop: Sequence[float]) -> tuple[int, int, int, int]:
    """A crop in parts of 1 as whole pixels: left, top, width, height, at least one pixel. Raises ValueError."""
    x, y, w, h = (float(one) for one in crop)
    if not (0 <= x < 1 and 0 <= y < 1 and 0 < w <= 1 and 0 < h <= 1):
        raise ValueError(f"crop {list(crop)} is not within the picture")
    left, top = min(round(x * width), width - 1), min(round(y * height), height - 1)
    right, bottom = min(round((x + w) * width), width), min(round((y + h) * height), height)
    return left, top, max(1, right - left), max(1, bottom - top)
