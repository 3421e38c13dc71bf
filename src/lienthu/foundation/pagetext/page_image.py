"""A page image made ready for a machine that reads: grey, upright lines, letters of a good size.

Nothing of this is kept: the page is served as it is, and every box found here is taken back to it with ``Ready.back``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
import pyvips

from lienthu.foundation.kernel.refusal import Refused
from lienthu.foundation.pagetext.model import Box

Turn = Literal[0, 90, 180, 270]
"""How far the page must be turned clockwise to be upright."""

LARGEST_SIDE: Final = 30_000
MOST_PIXELS: Final = 400_000_000  # of the file; what is read is scaled far below
MOST_READ: Final = 24_000_000
_SKEW_WIDTH: Final = 800
_MOST_SKEW: Final = 8.0
_LEAST_SKEW: Final = 0.15  # below, turning blurs more than it helps
_WHITE: Final = 255
_PATCH: Final = 16
_PATCHES: Final = 7
_DARKEST_PAPER: Final = 100
_EVEN_PAPER: Final = 240


@dataclass(frozen=True, slots=True)
class Ready:
    """What the machine is given: 8-bit grey pixels, and the way back to the page."""

    pixels: bytes
    width: int
    height: int
    scale: float
    turn: Turn
    skew: float
    page_width: int
    page_height: int

    def back(self, left: float, top: float, right: float, bottom: float) -> Box:
        """The box on the page, in its pixels, of one found here: around its four corners, within the page."""
        corners = [self._back(x, y) for x, y in ((left, top), (right, top), (left, bottom), (right, bottom))]
        xs, ys = [x for x, _ in corners], [y for _, y in corners]
        x0, y0 = max(0, math.floor(min(xs))), max(0, math.floor(min(ys)))
        x1, y1 = min(self.page_width, math.ceil(max(xs))), min(self.page_height, math.ceil(max(ys)))
        return Box(min(x0, self.page_width), min(y0, self.page_height), max(0, x1 - x0), max(0, y1 - y0))

    def _back(self, x: float, y: float) -> tuple[float, float]:
        """Undo, last first: levelling around the middle, turning by quarters, scaling."""
        angle = math.radians(self.skew)
        dx, dy = x - self.width / 2, y - self.height / 2
        dx, dy = dx * math.cos(angle) - dy * math.sin(angle), dx * math.sin(angle) + dy * math.cos(angle)
        x, y = dx + self.width / 2, dy + self.height / 2
        match self.turn:
            case 90:
                x, y = y, self.width - x
            case 180:
                x, y = self.width - x, self.height - y
            case 270:
                x, y = self.height - y, x
        return x / self.scale, y / self.scale


def size_of(path: str) -> tuple[int, int]:
    """Width and height of the page image as it is served. Raises Refused."""
    image = _opened(path)
    return image.width, image.height


def make_ready(path: str, *, scale: float, turn: Turn = 0, skew: float | None = None) -> Ready:
    """The page at ``scale``, turned clockwise, levelled by ``skew`` degrees (None: as measured).

    Raises Refused ("unreadable-image", "image-too-large").
    """
    image = _opened(path)
    page_width, page_height = image.width, image.height
    scale = min(scale, math.sqrt(MOST_READ / (page_width * page_height)))
    try:
        grey = _grey(image)
        if scale != 1:
            grey = grey.resize(scale)
        grey = grey.copy_memory()
        if turn:
            grey = grey.rot(f"d{turn}").copy_memory()
        grey = _evened(grey)
        if skew is None:
            skew = skew_of(grey)
        if abs(skew) < _LEAST_SKEW:
            skew = 0.0
        width, height = grey.width, grey.height
        if skew:
            level = grey.similarity(angle=-skew, background=[_WHITE])
            grey = level.crop((level.width - width) // 2, (level.height - height) // 2, width, height)
        pixels = bytes(grey.write_to_memory())
    except pyvips.Error as error:
        raise Refused("unreadable-image", says=str(error)[:300]) from error
    return Ready(pixels, width, height, scale, turn, skew, page_width, page_height)


def is_blank(ready: Ready) -> bool:
    """Whether hardly anything is darker than the paper: then there is nothing to read."""
    pixels = np.frombuffer(ready.pixels, np.uint8)[:: max(1, len(ready.pixels) // 2_000_000)]
    paper = float(np.median(pixels))
    return bool(np.mean(pixels < paper - 60) < 2e-5)


def _opened(path: str) -> Any:
    try:
        image = pyvips.Image.new_from_file(path, access="sequential").autorot()
    except pyvips.Error as error:
        raise Refused("unreadable-image", says=str(error)[:300]) from error
    if max(image.width, image.height) > LARGEST_SIDE or image.width * image.height > MOST_PIXELS:
        raise Refused("image-too-large", width=image.width, height=image.height)
    return image


def _grey(image: Any) -> Any:
    """One band of 8 bits, on white where it was transparent."""
    if image.hasalpha():
        image = image.flatten(background=[_WHITE] * (image.bands - 1))
    if image.interpretation in {"multiband", "matrix", "b-w"} and image.bands != 1:
        image = image.extract_band(0)
    if image.format == "ushort":
        image = (image / 256).cast("uchar") if image.bands == 1 else image.colourspace("srgb")
    if image.bands != 1:
        image = image.colourspace("b-w")
    return image.extract_band(0).cast("uchar")


def _evened(grey: Any) -> Any:
    """The paper equally bright everywhere: shadows, yellowing and the fold go, strokes keep their grey.

    Each place is divided by the paper around it, seen on a small copy. On bad scans a quarter of the errors go.
    """
    if min(grey.width, grey.height) < _PATCH * _PATCHES:
        return grey
    small = grey.shrink(_PATCH, _PATCH)
    brightest = _PATCHES * _PATCHES * 4 // 5  # of the patches around: paper, though there be ink on most
    paper = small.rank(_PATCHES, _PATCHES, brightest).gaussblur(3).resize(_PATCH, kernel="linear")
    paper = paper.embed(0, 0, grey.width, grey.height, extend="copy")
    # Pictures and black borders are not paper: they are not torn up to white.
    paper = (paper < _DARKEST_PAPER).ifthenelse(_DARKEST_PAPER, paper)
    return (grey.cast("float") / paper * _EVEN_PAPER).cast("uchar").copy_memory()


def skew_of(grey: Any) -> float:
    """By how many degrees lines fall to the right (negative: rise), from a grey image; 0.0 where nothing tells.

    The projection that levels the lines has the sharpest profile (Postl 1986), tried on a small image, first coarsely.
    """
    small = grey.resize(min(1.0, _SKEW_WIDTH / grey.width)).numpy()
    if small.ndim == 3:
        small = small[:, :, 0]
    # Ink is what is darker than its surroundings, so that shadows and black borders of the scanner count little.
    paper = np.percentile(small, 75, axis=1, keepdims=True)
    ink = small < paper - 50
    ink[:, : ink.shape[1] // 20] = ink[:, -ink.shape[1] // 20 :] = False
    ys, xs = np.nonzero(ink)
    if not 200 < len(ys) < ink.size // 2:
        return 0.0
    if len(ys) > 60_000:
        keep = np.random.default_rng(0).choice(len(ys), 60_000, replace=False)
        ys, xs = ys[keep], xs[keep]

    def sharpness(degrees: float) -> float:
        rows = (ys - xs * math.tan(math.radians(degrees))).astype(np.int32)
        profile = np.bincount(rows - rows.min()).astype(np.float64)
        return float(np.sum(np.diff(profile) ** 2))

    level = sharpness(0.0)
    best = 0.0
    for step, reach in ((0.5, _MOST_SKEW), (0.1, 0.5), (0.02, 0.1)):
        around = np.arange(best - reach, best + reach + step / 2, step)
        best = float(max(around, key=sharpness))
    # A photograph has a best angle too; lines of text have one that stands out.
    return round(best, 2) if sharpness(best) > level * 1.05 else 0.0
