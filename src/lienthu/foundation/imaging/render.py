"""Any other image request: from the nearest level of the pyramid, by libvips. Rule IMG-6."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Final

import pyvips

from lienthu.foundation.imaging.request import ImageRequest, Region, Size
from lienthu.foundation.imaging.tiles import NotPyramid, Pyramid
from lienthu.foundation.imaging.watermark import marked

QUALITY: Final = 85
_BITONAL_FROM: Final = 128
# Many requests run side by side, each small: threads of its own for each would cost more than they save. And no answer
# is made twice: what libvips remembers of operations would only keep files open.
pyvips.vips_lib.vips_concurrency_set(1)
pyvips.cache_set_max(0)


def render(
    path: Path, pyramid: Pyramid, request: ImageRequest, *, watermark: str = "", fonts: Path | None = None
) -> bytes:
    """The encoded answer to a request. ``watermark``: a line written across the picture, in a font of ``fonts``.

    Raises NotPyramid for a file whose pixels cannot be read.
    """
    try:
        return _rendered(path, pyramid, request, watermark, fonts)
    except pyvips.Error as error:
        raise NotPyramid(str(error).strip().splitlines()[-1] if str(error).strip() else "unreadable") from error


def _rendered(path: Path, pyramid: Pyramid, request: ImageRequest, watermark: str, fonts: Path | None) -> bytes:
    image = pixels(path, pyramid, request.region, request.size)
    if request.quality in ("gray", "bitonal") and image.bands > 1:
        image = image.colourspace("b-w")
    if request.quality == "bitonal":
        image = (image >= _BITONAL_FROM).copy(interpretation="b-w")
    if watermark:
        image = marked(image, watermark, fonts)
    if request.mirrored:
        image = image.fliphor()
    image = _turned(image, request.rotation, transparent=request.format in ("png", "webp"))
    return encoded(image, request.format, bits=1 if request.quality == "bitonal" and not watermark else 8)


def pixels(path: Path, pyramid: Pyramid, region: Region, size: Size) -> pyvips.Image:
    """A region of the picture in that size, from the smallest level that is large enough."""
    wanted = min(region.w / size.w, region.h / size.h)
    level = pyramid.levels[min(max(0, int(math.log2(max(wanted, 1.0)) + 1e-9)), len(pyramid.levels) - 1)]
    image = pyvips.Image.tiffload(str(path), page=level.index, access="random", revalidate=True, fail_on="error")
    # in pixels of the level, which may lack an odd column or row of the picture
    left, top = min(region.x / level.scale, level.width - 1), min(region.y / level.scale, level.height - 1)
    right = min((region.x + region.w) / level.scale, level.width)
    bottom = min((region.y + region.h) / level.scale, level.height)
    x, y = math.floor(left), math.floor(top)
    w, h = max(1, math.ceil(right) - x), max(1, math.ceil(bottom) - y)
    image = image.crop(x, y, min(w, level.width - x), min(h, level.height - y))
    if (image.width, image.height) == size:
        return image
    image = image.resize(size.w / image.width, vscale=size.h / image.height, kernel="cubic")
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
    return bytes(image.jpegsave_buffer(Q=quality, keep="none"))


def _turned(image: pyvips.Image, degrees: float, *, transparent: bool) -> pyvips.Image:
    right = {0.0: None, 90.0: "d90", 180.0: "d180", 270.0: "d270"}
    if degrees in right:
        return image if right[degrees] is None else image.rot(right[degrees])
    if transparent and not image.hasalpha():
        image = image.colourspace("srgb").addalpha() if image.bands > 1 else image.addalpha()
    background = [255] * (image.bands - 1) + [0] if image.hasalpha() else [255] * image.bands
    return image.rotate(degrees, background=background)
