"""The pyramid of a page: tiled JPEG in TIFF, each level half of the one above, and its edge tiles ready to be sent.

Stored tiles are all of full size, padded at the right and at the bottom, and the levels below the first lose an odd
pixel. What IIIF clients ask for at the edges is therefore not in the TIFF. Those tiles are made here, once, and stand
behind the TIFF in the same file (``tiles.py`` tells how); readers of TIFF do not see them. Rule IMG-3.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import pyvips

from lienthu.foundation.imaging import opening, render, shaping, tiles
from lienthu.foundation.imaging.opening import PIXEL_LIMIT
from lienthu.foundation.imaging.request import Region

QUALITY: Final = 85
TILE: Final = 512


def build(
    path: Path,
    target: Path,
    *,
    frame: int = 0,
    rotation: int = 0,
    crop: Sequence[float] | None = None,
    quality: int = QUALITY,
    tile: int = TILE,
    pixel_limit: int = PIXEL_LIMIT,
) -> dict[str, Any]:
    """Write the pyramid of one page to ``target``; its facts as JSON values. Raises Refused."""
    image, header = shaping.page(path, frame=frame, rotation=rotation, crop=crop, pixel_limit=pixel_limit)
    tile = min(tile, -(-max(image.width, image.height) // 16) * 16)  # libvips does not read tiles far above the picture
    with opening.decoding(header.kind if header else "pdf"):
        image.tiffsave(
            str(target),
            compression="jpeg",
            Q=min(quality, 89),  # from 90 on libvips stores RGB in place of YCbCr, at twice the size
            tile=True,
            tile_width=tile,
            tile_height=tile,
            pyramid=True,
            depth="onetile",
            region_shrink="mean",
            bigtiff=image.width * image.height > 2_000_000_000,
            keep="none",
        )
    _add_edges(target, quality)
    dpi = header.dpi if header else (image.xres * 25.4, image.yres * 25.4)
    return {
        "width": image.width,
        "height": image.height,
        "dpi": round(min(dpi), 1) if dpi else None,
        "bits": header.bits * (header.bands - header.alpha) if header else 8 * image.bands,
        "colour": "grey" if image.bands == 1 else "rgb",
        "levels": len(tiles.Pyramid.read(target).levels),
        "engine": f"libvips {pyvips.version(0)}.{pyvips.version(1)}.{pyvips.version(2)}",
    }


def _add_edges(target: Path, quality: int) -> None:
    pyramid = tiles.Pyramid.read(target, with_edges=False)
    made: list[tuple[tuple[int, int, int], bytes]] = []
    for level, stored in enumerate(pyramid.levels):
        for column, row in stored.edges():
            x, y, w, h = pyramid.region(level, column, row)
            size = pyramid.size_at(level, column, row)
            image = render.pixels(target, pyramid, Region(x, y, w, h), size)
            made.append(((level, column, row), render.encoded(image, "jpg", quality=min(quality + 5, 95))))
    with target.open("ab") as f:
        tiles.append_edges(f, made)
        f.flush()
        os.fsync(f.fileno())
