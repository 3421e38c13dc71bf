"""Any other image request: from the nearest level of the pyramid, by libvips. Rule IMG-6."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Final

import pyvips

from lienthu.foundation.imaging.request import ImageRequest, Region, Size
from lienthu.foundation.imaging.tiles import Pyramid

QUALITY: Final = 85
_BITONAL_FROM: Final = 128


def render(path: Path, pyramid: Pyramid, request: ImageRequest, *, watermark: str = "") -> bytes:
    """The encoded answer to a request. ``watermark``: a line written across the picture."""
    image = pixels(path, pyramid, request.region, request.size)
    if request.quality in ("gray", "bitonal") and image.bands > 1:
        image = image.colourspace("b-w")
    if request.quality == "bitonal":
        image = (image >= _BITONAL_FROM).copy(interpretation="b-w")
    if watermark:
        image = marked(image, watermark)
    if request.mirrored:
        image = image.fliphor()
    image = _turned(image, request.rotation, transparent=request.format in ("png", "webp"))
    return encoded(image, request.format, bits=1 if request.quality == "bitonal" and not watermark else 8)


def pixels(path: Path, pyramid: Pyramid, region: Region, size: Size) -> pyvips.Image:
    """A region of the picture in that size, from the smallest level that is large enough."""
    wanted = min(region.w / size.w, region.h / size.h)
    level = pyramid.levels[min(max(0, int(math.log2(max(wanted, 1.0)) + 1e-9)), len(pyramid.levels) - 1)]
    image = pyvips.Image.tiffload(str(path), page=level.index, access="random", revalidate=True)
    # in pixels of the level, which may lack an odd column or row of the picture
    left, top = min(region.x / level.scale, level.width - 1), min(region.y / level.scale, level.height - 1)
    right = min((region.x + region.w) / level.scale, level.width)
    bottom = min((region.y + region.h) / level.scale, level.height)
    x, y = math.floor(left), math.floor(top)
    w, h = max(1, math.ceil(right) - x), max(1, math.ceil(bottom) - y)
    image = image.crop(x, y, min(w, level.width - x), min(h, level.height - y))
    if (image.width, image.height) == size:
        return image
    down = size.w <= image.width and size.h <= image.height
    image = image.resize(size.w / image.width, vscale=size.h / image.height, kernel="lanczos3" if down else "cubic")
    if (image.width, image.height) != size:  # libvips rounds the size by itself
        image = image.gravity("centre", size.w, size.h, extend="copy")
    return image


def encoded(image: pyvips.Image, kind: str, *, bits: int = 8, quality: int = QUALITY) -> bytes:
    """The bytes of a file in one of the formats of ``request.FORMATS``."""
    if kind == "png":
        return bytes(image.pngsave_buffer(compression=6, bitdepth=bits, keep="none"))
    if image.hasalpha() and kind == "jpg":
        image = image.flatten(background=255)
    if kind == "webp":
        return bytes(image.webpsave_buffer(Q=quality, effort=2, keep="none"))
    return bytes(image.jpegsave_buffer(Q=quality, optimize_coding=True, keep="none"))


def marked(image: pyvips.Image, text: str) -> pyvips.Image:
    """The picture with a line of text across it, so large that it stays when a part is cut out of a print."""
    width, height = image.width, image.height
    size = max(10, min(width, height) // 14)
    mask = pyvips.Image.text(_escaped(text), font=f"sans {size}", dpi=72)
    mask = mask.similarity(angle=-30 if width >= height else -50)
    cell_w, cell_h = mask.width + size * 2, mask.height + size * 2
    mask = (
        mask.gravity("centre", cell_w, cell_h)
        .replicate(-(-width // cell_w), -(-height // cell_h))
        .crop(0, 0, width, height)
    )
    mask = mask * 0.35
    dark = image * (1 - mask / 255) + mask * 0.5  # towards a middle grey: seen on paper and on black
    return dark.cast("uchar").copy(interpretation=image.interpretation)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _turned(image: pyvips.Image, degrees: float, *, transparent: bool) -> pyvips.Image:
    right = {0.0: None, 90.0: "d90", 180.0: "d180", 270.0: "d270"}
    if degrees in right:
        return image if right[degrees] is None else image.rot(right[degrees])
    if transparent and not image.hasalpha():
        image = image.colourspace("srgb").addalpha() if image.bands > 1 else image.addalpha()
    background = [255] * (image.bands - 1) + [0] if image.hasalpha() else [255] * image.bands
    return image.rotate(degrees, background=background)
