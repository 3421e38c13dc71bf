"""Pictures for the tests: made here, so that what they should become is known."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyvips
from PIL import Image, ImageDraw


def quarters(width: int = 400, height: int = 300) -> pyvips.Image:
    """Red, green, blue and white quarters: which side is up can be seen."""
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[: height // 2, : width // 2] = (220, 30, 30)
    pixels[: height // 2, width // 2 :] = (30, 200, 30)
    pixels[height // 2 :, : width // 2] = (30, 30, 220)
    pixels[height // 2 :, width // 2 :] = (250, 250, 250)
    return of_array(pixels)


def of_array(pixels: Any) -> pyvips.Image:
    bands = 1 if pixels.ndim == 2 else pixels.shape[2]
    kind = {"uint8": "uchar", "uint16": "ushort", "float32": "float"}[str(pixels.dtype)]
    image = pyvips.Image.new_from_memory(pixels.tobytes(), pixels.shape[1], pixels.shape[0], bands, kind)
    deep = kind == "ushort"
    names = {1: "grey16" if deep else "b-w", 3: "rgb16" if deep else "srgb", 4: "cmyk"}
    return image.copy(interpretation=names[bands])


def pattern(width: int, height: int) -> pyvips.Image:
    """A smooth coloured field in which every place looks different: an error of place shows."""
    x = np.linspace(0, 1, width)[None, :]
    y = np.linspace(0, 1, height)[:, None]
    red = 255 * (x + 0 * y)
    green = 255 * (y + 0 * x)
    blue = 127 + 120 * np.sin(20 * x) * np.cos(20 * y)
    return of_array(np.stack([red, green, blue], axis=2).astype(np.uint8))


def text_page(width: int = 1240, height: int = 1754, *, seed: int = 1) -> Image.Image:
    """Lines of words as a reader from afar sees them: dark bars on paper."""
    random = np.random.default_rng(seed)
    image = Image.new("L", (width, height), 244)
    draw = ImageDraw.Draw(image)
    for y in range(150, height - 150, 34):
        x = 130
        while x < width - 200:
            w = int(random.integers(20, 110))
            for stem in range(x, x + w, 8):
                draw.rectangle((stem, y + int(random.integers(0, 5)), stem + 3, y + 16), fill=35)
            x += w + 16
    return image


def colours_at(image: pyvips.Image, *places: tuple[float, float]) -> list[str]:
    """The names of the colours at places given in parts of 1."""
    names = {(220, 30, 30): "red", (30, 200, 30): "green", (30, 30, 220): "blue", (250, 250, 250): "white"}
    found = []
    for x, y in places:
        value = image(int(x * (image.width - 1)), int(y * (image.height - 1)))
        value = value * 3 if len(value) == 1 else value
        found.append(
            min(names.items(), key=lambda item: sum(abs(a - b) for a, b in zip(item[0], value, strict=False)))[1]
        )
    return found


def corners(image: pyvips.Image) -> list[str]:
    """Top left, top right, bottom left, bottom right."""
    return colours_at(image, (0.2, 0.2), (0.8, 0.2), (0.2, 0.8), (0.8, 0.8))


def read(path: Path, page: int = 0) -> pyvips.Image:
    return pyvips.Image.tiffload(str(path), page=page, revalidate=True)


def pdf_of(path: Path, *pages: tuple[float, float], body: bytes = b"", password: str = "") -> Path:
    """A PDF of empty pages of that many points, or with content."""
    import pikepdf

    with pikepdf.new() as document:
        for size in pages:
            document.add_blank_page(page_size=size)
            if body:
                document.pages[-1].Contents = document.make_stream(body)
        encryption: Any = pikepdf.Encryption(owner=password, user=password) if password else False
        document.save(path, encryption=encryption)
    return path
