"""Make a clean page look scanned: tint, light, shine-through, worn ink, noise, skew. Same seed, same bytes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any, Final

import numpy as np
import pyvips

from lienthu.faces.cli.sample.chance import seeded

_SOFT: Final = 40  # unevenness is made on a page this many times smaller and drawn up
_GRAIN: Final = 509  # side of the square of noise that is laid over the page again and again


@dataclass(frozen=True, slots=True)
class Wear:
    """How bad a scan is. Every figure is a standard deviation or a most, in levels of 0-255 or in degrees."""

    paper: tuple[int, int, int] = (244, 238, 222)
    ink: tuple[int, int, int] = (38, 34, 32)
    skew: float = 0.7
    noise: float = 5.0
    shade: float = 16.0
    stain: float = 3.0
    show_through: float = 0.10
    blur: float = 0.55
    wear: float = 0.10
    """How far ink fades in patches, as a share of its darkness."""
    speckle: float = 0.0
    """Share of the page that is dust and toner where there should be none."""
    quality: int = 74


OFFICE: Final = Wear()
PHOTOCOPY: Final = Wear(
    paper=(238, 235, 227), ink=(66, 64, 62), skew=1.3, noise=9.0, shade=24.0, show_through=0.16, blur=0.9, wear=0.26,
    speckle=0.0006, quality=62,
)  # fmt: skip
"""A copy of a copy, laid on the glass in a hurry."""
NEWSPRINT: Final = Wear(
    paper=(232, 221, 196), ink=(52, 48, 46), skew=0.5, noise=7.0, show_through=0.14, wear=0.16, quality=72
)
HANDED_DOWN: Final = Wear(
    paper=(226, 205, 165), ink=(44, 32, 26), skew=0.9, noise=6.0, shade=26.0, stain=4.0, show_through=0.08, wear=0.30
)
WELL_KEPT: Final = Wear(skew=0.3, noise=3.0, shade=8.0, stain=2.0, show_through=0.04, blur=0.4, wear=0.04, quality=80)


def scan(ink: Any, *, path: Path, wear: Wear, seed: str, dpi: int = 200, back: Any = None) -> None:
    """Write the page ``ink`` as a scanned JPEG; ``back`` shines through from the other side.

    Pages have one band (black on white) or three. The same seed gives the same bytes with the same version of libvips.
    """
    chance = seeded("scan", seed)
    rng = np.random.default_rng(chance.getrandbits(64))
    width, height = ink.width, ink.height
    turned = _turned(ink, chance.uniform(-wear.skew, wear.skew), chance.uniform(-8, 8), chance.uniform(-8, 8))
    darkness = turned.invert().gaussblur(wear.blur) / 255  # blurred as bytes: quicker
    darkness *= _drawn(1 - wear.wear * (0.4 + np.abs(_chance(rng, width, height, 18))), width, height)
    if back is not None and wear.show_through:
        behind = back.invert().fliphor().shrink(4, 4).gaussblur(0.7).resize(4, kernel="linear")
        darkness += behind.embed(0, 0, width, height) * (wear.show_through / 255)
    if wear.speckle:
        darkness += _speckles(rng, wear.speckle, width, height)
    light = wear.shade * _light(chance, width, height) + wear.stain * _stains(rng, width, height)
    unevenness = _drawn(light, width, height) + _grain(rng, wear.noise, width, height)
    page = darkness.linear([i - p for p, i in zip(wear.paper, wear.ink, strict=True)], list(wear.paper)) + unevenness
    page = page.cast("uchar").copy(interpretation="srgb", xres=dpi / 25.4, yres=dpi / 25.4)
    page.jpegsave(str(path), Q=wear.quality)


def _turned(ink: Any, angle: float, x: float, y: float) -> Any:
    """The page laid a little crookedly on the glass, cut to its own size."""
    turned = ink.similarity(angle=angle, odx=x, ody=y, background=[255])
    left, top = (turned.width - ink.width) // 2, (turned.height - ink.height) // 2
    return turned.crop(left, top, ink.width, ink.height)


def _drawn(small: Any, width: int, height: int) -> Any:
    """A small array drawn up over the whole page."""
    image = pyvips.Image.new_from_array(small.astype(np.float32))
    scale = max(width / (image.width - 1), height / (image.height - 1))
    return image.resize(scale, kernel="linear").crop(0, 0, width, height)


def _chance(rng: np.random.Generator, width: int, height: int, coarse: int) -> Any:
    return rng.standard_normal((height // coarse + 2, width // coarse + 2))


def _stains(rng: np.random.Generator, width: int, height: int) -> Any:
    """Clouds in the paper: chance smoothed over about a tenth of the page, deviation 1."""
    rough = _chance(rng, width, height, _SOFT)
    for axis in (0, 1):
        for _ in range(5):
            rough = (np.roll(rough, 1, axis) + rough + np.roll(rough, -1, axis)) / 3
    return rough / rough.std()


def _light(chance: Random, width: int, height: int) -> Any:
    """Light that falls off towards one corner and into the fold: 0 at best, down to about -1."""
    y, x = np.mgrid[0 : 1 : (height // _SOFT + 2) * 1j, 0 : 1 : (width // _SOFT + 2) * 1j]
    if chance.random() < 0.5:
        x = 1 - x
    return -0.9 * np.exp(-14 * x) - 0.5 * (x * chance.uniform(0.1, 0.5) + y * chance.uniform(0.1, 0.5))


def _speckles(rng: np.random.Generator, share: float, width: int, height: int) -> Any:
    """Grains of dust of one to three pixels, as darkness."""
    square = (rng.random((_GRAIN * 2, _GRAIN * 2)) < share / 2).astype(np.float32)
    square = np.maximum.reduce([square, np.roll(square, 1, 0) * 0.8, np.roll(square, 1, 1) * 0.8]) * 0.7
    image = pyvips.Image.new_from_array(square)
    return image.replicate(width // image.width + 1, height // image.height + 1).crop(0, 0, width, height)


def _grain(rng: np.random.Generator, deviation: float, width: int, height: int) -> Any:
    """The noise of sensor and paper, one square of it laid side by side."""
    square = rng.standard_normal((_GRAIN, _GRAIN)) * deviation
    square = (square + np.roll(square, 1, 0) + np.roll(square, 1, 1)) / np.sqrt(3)
    image = pyvips.Image.new_from_array(square.astype(np.float32))
    return image.replicate(width // _GRAIN + 1, height // _GRAIN + 1).crop(0, 0, width, height)
