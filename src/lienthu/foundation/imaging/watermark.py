"""A line of text across a picture, that stays when a part is cut out. Rule IMG-6."""

from __future__ import annotations

from functools import lru_cache
from itertools import groupby
from pathlib import Path

import pyvips
from PIL import Image, ImageDraw, ImageFont

_SEEN = 0.35


def marked(image: pyvips.Image, text: str, fonts: Path | None = None) -> pyvips.Image:
    """The picture with the text across it, again and again.

    ``fonts``: the folder of the package @fontsource/be-vietnam-pro; without it the fonts of the system are used, and a
    server often has none that knows Vietnamese.
    """
    width, height = image.width, image.height
    size = max(10, min(width, height) // 14)
    mask = _line(text, size, fonts)
    mask = mask.similarity(angle=-30 if width >= height else -50)
    cell_w, cell_h = mask.width + size * 2, mask.height + size * 2
    cell = mask.gravity("centre", cell_w, cell_h)
    mask = cell.replicate(-(-width // cell_w), -(-height // cell_h)).crop(0, 0, width, height) * _SEEN
    done = image * (1 - mask / 255) + mask * 0.5  # towards a middle grey: seen on paper and on black
    return done.cast("uchar").copy(interpretation=image.interpretation)


@lru_cache(maxsize=200)
def _line(text: str, size: int, fonts: Path | None) -> pyvips.Image:
    parts = _fonts(size, fonts)
    if parts is None:
        escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        return pyvips.Image.text(escaped, font=f"sans {size}", dpi=72).copy_memory()
    latin, vietnamese = parts
    runs = [
        (vietnamese if own else latin, "".join(letters)) for own, letters in groupby(text, key=_of_the_vietnamese_file)
    ]
    width = sum(font.getlength(run) for font, run in runs)
    canvas = Image.new("L", (int(width) + size, size * 2))
    draw, x = ImageDraw.Draw(canvas), size / 2
    for font, run in runs:
        draw.text((x, size * 1.5), run, fill=255, font=font, anchor="ls")
        x += font.getlength(run)
    made = pyvips.Image.new_from_memory(canvas.tobytes(), canvas.width, canvas.height, 1, "uchar")
    return made.copy(interpretation="b-w").copy_memory()


def _fonts(size: int, folder: Path | None) -> tuple[ImageFont.FreeTypeFont, ImageFont.FreeTypeFont] | None:
    if folder is None:
        return None
    files = [folder / "files" / f"be-vietnam-pro-{part}-500-normal.woff" for part in ("latin", "vietnamese")]
    if not all(file.is_file() for file in files):
        return None
    latin, vietnamese = (ImageFont.truetype(str(file), size) for file in files)
    return latin, vietnamese


def _of_the_vietnamese_file(letter: str) -> bool:
    """The package splits the font: letters of Vietnamese that Latin-1 lacks are in a file of their own."""
    return letter in "ĂăĐđĨĩŨũƠơƯư₫" or "\u1ea0" <= letter <= "\u1ef9"
