"""The grammar and geometry of IIIF Image API requests, 3.0 and 2.1.1, level 2 and more. Pure. Rule IMG-5.

``https://iiif.io/api/image/3.0/`` and ``https://iiif.io/api/image/2.1/``. A request is read once against the size of
the picture; what comes out are whole pixels and the canonical form of the same request.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from math import sqrt
from typing import Final, Literal, NamedTuple

Version = Literal[2, 3]
QUALITIES: Final = ("default", "color", "gray", "bitonal")
FORMATS: Final = {"jpg": "image/jpeg", "png": "image/png", "webp": "image/webp"}
_WHOLE: Final = r"[0-9]{1,9}"
_PART: Final = r"[0-9]{1,9}(?:\.[0-9]{1,12})?"
_PIXELS: Final = re.compile(rf"({_WHOLE}),({_WHOLE}),({_WHOLE}),({_WHOLE})")
_PERCENT: Final = re.compile(rf"pct:({_PART}),({_PART}),({_PART}),({_PART})")
_SIZE: Final = re.compile(
    rf"(?P<up>\^)?(?:(?P<word>max|full)|pct:(?P<percent>{_PART})|(?P<fit>!)?(?P<w>{_WHOLE})?,(?P<h>{_WHOLE})?)"
)
_ROTATION: Final = re.compile(rf"(!)?({_PART})")
_QUALITY: Final = re.compile(r"([a-z]{1,20})\.([a-z0-9]{1,10})")


class BadRequest(ValueError):
    """The request cannot be answered: status 400, with a sentence for whoever wrote the client."""


class Region(NamedTuple):
    """A rectangle inside the picture, in its pixels."""

    x: int
    y: int
    w: int
    h: int


class Size(NamedTuple):
    """Width and height in pixels."""

    w: int
    h: int


@dataclass(frozen=True, slots=True)
class Largest:
    """The largest answer, None where there is no limit. ``upscaled``: how many times a region may be enlarged."""

    width: int | None = None
    height: int | None = None
    area: int | None = None
    upscaled: int = 8

    def shrink(self, w: int, h: int) -> Fraction:
        """The factor, at most 1, that brings a size within the limits."""
        factor = Fraction(1)
        if self.width is not None:
            factor = min(factor, Fraction(self.width, w))
        if self.height is not None:
            factor = min(factor, Fraction(self.height, h))
        if self.area is not None and w * h > self.area:
            factor = min(factor, Fraction(sqrt(self.area / (w * h))))
        return factor

    def allows(self, w: int, h: int) -> bool:
        """Whether an answer of that size may be given."""
        return self.shrink(w, h) == 1


NO_LIMIT: Final = Largest()


@dataclass(frozen=True, slots=True)
class ImageRequest:
    """A request in pixels. ``size`` is before turning; ``free_height``: only the width was asked for."""

    region: Region
    size: Size
    mirrored: bool
    rotation: float
    quality: str
    format: str
    canonical: str
    free_height: bool = False


def read(version: Version, path: str, width: int, height: int, largest: Largest = NO_LIMIT) -> ImageRequest:
    """Read ``{region}/{size}/{rotation}/{quality}.{format}`` against a picture of that size. Raises BadRequest."""
    parts = path.split("/")
    if len(parts) != 4:
        raise BadRequest("An image request is region/size/rotation/quality.format.")
    region = read_region(parts[0], width, height)
    size, upscaled, free_height = _read_size(version, parts[1], region, largest)
    mirrored, rotation = _read_rotation(parts[2])
    if not (found := _QUALITY.fullmatch(parts[3])):
        raise BadRequest("The last part is quality.format, like default.jpg.")
    quality, kind = found[1], found[2]
    if quality not in QUALITIES:
        raise BadRequest(f"Quality is one of {', '.join(QUALITIES)}.")
    if kind not in FORMATS:
        raise BadRequest(f"Format is one of {', '.join(FORMATS)}.")
    whole = region == (0, 0, width, height)
    canonical = "/".join(
        (
            "full" if whole else ",".join(map(str, region)),
            _canonical_size(version, size, region, upscaled, largest),
            ("!" if mirrored else "") + _plain(rotation),
            f"{quality}.{kind}",
        )
    )
    return ImageRequest(region, size, mirrored, rotation, quality, kind, canonical, free_height)


def read_region(text: str, width: int, height: int) -> Region:
    """The region inside a picture of that size. Raises BadRequest for one that is empty or outside."""
    if text == "full":
        return Region(0, 0, width, height)
    if text == "square":
        side = min(width, height)
        return Region((width - side) // 2, (height - side) // 2, side, side)
    if found := _PIXELS.fullmatch(text):
        x, y, w, h = (int(one) for one in found.groups())
    elif found := _PERCENT.fullmatch(text):
        px, py, pw, ph = (Fraction(one) / 100 for one in found.groups())
        x, y = round(px * width), round(py * height)
        w, h = round(pw * width), round(ph * height)
        if pw and ph:  # a sliver is still a pixel
            w, h = max(w, 1), max(h, 1)
    else:
        raise BadRequest("Region is full, square, x,y,w,h or pct:x,y,w,h.")
    if w == 0 or h == 0 or x >= width or y >= height:
        raise BadRequest("The region has no pixel of the image.")
    return Region(x, y, min(w, width - x), min(h, height - y))


def _read_size(version: Version, text: str, region: Region, largest: Largest) -> tuple[Size, bool, bool]:
    found = _SIZE.fullmatch(text)
    if not found or (found["up"] and version == 2) or (found["word"] == "full" and version == 3):
        raise BadRequest("Size is max, w,h, w, ,h, !w,h or pct:n.")
    up = found["up"] is not None
    _, _, rw, rh = region
    if found["word"]:
        return _largest(rw, rh, largest, up), up, False
    above = up or version == 2  # sizeAboveFull; version 3 wants the sign for it
    if found["percent"]:
        factor = Fraction(found["percent"]) / 100
        w, h = max(1, round(rw * factor)) if factor else 0, max(1, round(rh * factor)) if factor else 0
        return _checked(Size(w, h), region, largest, above), up and factor > 1, False
    asked_w = int(found["w"]) if found["w"] else None
    asked_h = int(found["h"]) if found["h"] else None
    if found["fit"]:
        if not asked_w or not asked_h:
            raise BadRequest("!w,h needs a width and a height above 0.")
        factor = min(Fraction(asked_w, rw), Fraction(asked_h, rh))
        if factor > 1 and version == 3 and not up:
            # the specification can be read otherwise, but the official validator reads it so
            raise BadRequest("Nothing is enlarged without ^ before the size.")
        factor = factor if up else min(factor, Fraction(1))
        scaled = _scaled(rw, rh, factor)
        if not largest.allows(*scaled):
            scaled = _scaled(rw, rh, factor * largest.shrink(*scaled))
        return _checked(scaled, region, largest, up), up and factor > 1, False
    if asked_w == 0 or asked_h == 0 or (asked_w is None and asked_h is None):
        raise BadRequest("A size has a width or a height above 0.")
    w = asked_w or max(1, round(Fraction(asked_h or 1) * rw / rh))
    h = asked_h or max(1, round(Fraction(w) * rh / rw))
    size = _checked(Size(w, h), region, largest, above)
    return size, up and (w > rw or h > rh), asked_h is None


def _checked(size: Size, region: Region, largest: Largest, up: bool) -> Size:
    if size.w == 0 or size.h == 0:
        raise BadRequest("The size has no pixel.")
    if not up and (size.w > region.w or size.h > region.h):
        raise BadRequest("The size is larger than the region.")
    if size.w > region.w * largest.upscaled or size.h > region.h * largest.upscaled:
        raise BadRequest(f"A region is enlarged {largest.upscaled} times at most.")
    if not largest.allows(*size):
        raise BadRequest("The size is above the limits that info.json states.")
    return size


def _largest(w: int, h: int, largest: Largest, up: bool) -> Size:
    if up and (largest.width or largest.height or largest.area):
        factor = Fraction(largest.upscaled)
        if largest.width:
            factor = min(factor, Fraction(largest.width, w))
        if largest.height:
            factor = min(factor, Fraction(largest.height, h))
        if largest.area:
            factor = min(factor, Fraction(sqrt(largest.area / (w * h))))
        return _scaled(w, h, factor)
    return _scaled(w, h, largest.shrink(w, h))


def _scaled(w: int, h: int, factor: Fraction) -> Size:
    if factor == 1:
        return Size(w, h)
    # rounded down where the factor is a limit's: the answer must not be above it
    return Size(max(1, int(w * factor + Fraction(1, 1000))), max(1, int(h * factor + Fraction(1, 1000))))


def _read_rotation(text: str) -> tuple[bool, float]:
    found = _ROTATION.fullmatch(text)
    if not found or float(found[2]) > 360:
        raise BadRequest("Rotation is 0 to 360 degrees, with ! before it to mirror.")
    return found[1] is not None, float(found[2]) % 360


def _canonical_size(version: Version, size: Size, region: Region, upscaled: bool, largest: Largest) -> str:
    if size == _scaled(region.w, region.h, largest.shrink(region.w, region.h)):
        return "full" if version == 2 and size == (region.w, region.h) else "max"
    if version == 3:
        return f"{'^' if upscaled else ''}{size.w},{size.h}"
    kept = size.h == max(1, round(Fraction(size.w) * region.h / region.w))
    return f"{size.w}," if kept else f"{size.w},{size.h}"


def _plain(degrees: float) -> str:
    return f"{degrees:.6f}".rstrip("0").rstrip(".")
