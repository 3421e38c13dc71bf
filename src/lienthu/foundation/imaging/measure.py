"""What the eye of a quality check sees of a page: skew, sharpness, ink, likeness. On a reduced grey copy. Rule IMG-2.

Nothing is judged here: thresholds are in the quality profiles.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyvips

from lienthu.foundation.imaging import opening, pdf
from lienthu.foundation.imaging.colours import plain

Grey = npt.NDArray[np.float32]

_LONG_SIDE: Final = 1600
_SKEW_SIDE: Final = 1000
_STEEPEST: Final = 8.0
_POINTS: Final = 60_000
_BLOCK: Final = 16
_HASH: Final = 16
_INKED: Final = 0.002


def measure(path: Path, *, frame: int = 0, dpi: float | None = None) -> dict[str, Any]:
    """Measurements of one picture as JSON values.

    - ``dpi`` as given, or as the file says, or None.
    - ``skew_degrees``: turn the page by this, clockwise, to make it straight; None where no lines are seen.
    - ``sharpness``: variance of the Laplacian over the variance of the grey values, in thousandths. Text at 200 dpi
      has 350 to 1,200, out of focus by two pixels 50 to 150.
    - ``ink``: share of small squares with something on them; ``blank``: there is none to speak of.
    - ``dhash``: 256 bits as hex. The ``distance`` of two scans of one page is below ``likeness.ALIKE``, of two pages of
      text 80 and more.
    """
    grey, said = _reduced(path, frame)
    skew, sure = skew_of(grey)
    ink = ink_of(grey)
    return {
        "dpi": dpi or said,
        "skew_degrees": skew if sure else None,
        "sharpness": sharpness_of(grey),
        "ink": round(ink, 4),
        "blank": ink < _INKED,
        "dhash": dhash(grey),
    }


def _reduced(path: Path, frame: int) -> tuple[Grey, float | None]:
    kind = opening.kind_of(path)
    dpi: float | None = None
    if kind == "pdf":
        image = pdf.drawn(path, frame)
        dpi = round(image.xres * 25.4, 1)
    else:
        frames = opening.frames_of(path, kind)
        header = opening.header(path, kind, frames[frame])
        dpi = round(min(header.dpi), 1) if header.dpi else None
        image = opening.picture(path, kind, frames[frame], once=header.orientation == 1)
    with opening.decoding(kind):
        image = plain(image)
        if kind != "pdf" and header.orientation != 1:
            image = image.autorot()
        if image.bands > 1:
            image = image.colourspace("b-w")
        shrink = max(image.width, image.height) / _LONG_SIDE
        if shrink > 1:
            image = image.resize(1 / shrink, kernel="linear")
        pixels = np.frombuffer(image.write_to_memory(), np.uint8).reshape(image.height, image.width)
    return pixels.astype(np.float32), dpi


def skew_of(grey: Grey) -> tuple[float, bool]:
    """Degrees by which lines of text lie crooked, and whether there are lines to tell it by.

    Dark points are summed along lines of every angle: where the lines of text lie, the sums differ most. Columns of
    Hán-Nôm text are seen by the same upright.
    """
    step = max(1, -(-max(grey.shape) // _SKEW_SIDE))
    small = grey[::step, ::step]
    inner = small[small.shape[0] // 40 :, small.shape[1] // 40 :]
    dark = inner < np.median(inner) - max(25.0, float(inner.std()))
    ys, xs = np.nonzero(dark)
    if len(xs) < 400:
        return 0.0, False
    if len(xs) > _POINTS:
        chosen = np.random.default_rng(0).choice(len(xs), _POINTS, replace=False)  # the same every time
        xs, ys = xs[chosen], ys[chosen]
    best = max((_steepest(xs, ys, 1), _steepest(ys, xs, -1)), key=lambda found: found[1])
    return round(best[0], 2), best[1] > 1.25 and abs(best[0]) < _STEEPEST - 0.1


def _steepest(along: npt.NDArray[np.int64], across: npt.NDArray[np.int64], sign: int) -> tuple[float, float]:
    """The angle at which the sums across differ most, and how much more they differ there than at the usual angle."""

    def contrast(degrees: float) -> float:
        rows = across - along * np.tan(np.radians(degrees * sign))
        sums = np.bincount((rows - rows.min()).astype(np.int64))
        return float((np.diff(sums.astype(np.float64)) ** 2).sum())

    coarse = np.arange(-_STEEPEST, _STEEPEST + 0.01, 0.5)
    found = [contrast(float(angle)) for angle in coarse]
    middle = float(coarse[int(np.argmax(found))])
    fine = np.arange(middle - 0.5, middle + 0.51, 0.05)
    finer = [contrast(float(angle)) for angle in fine]
    return -float(fine[int(np.argmax(finer))]), max(finer) / max(float(np.median(found)), 1.0)


def sharpness_of(grey: Grey) -> float:
    """Variance of the Laplacian over the variance of the picture, in thousandths: contrast alone does not raise it."""
    middle = grey[1:-1, 1:-1]
    laplacian = grey[:-2, 1:-1] + grey[2:, 1:-1] + grey[1:-1, :-2] + grey[1:-1, 2:] - 4 * middle
    return round(float(laplacian.var()) / max(float(grey.var()), 1.0) * 1000, 1)


def ink_of(grey: Grey) -> float:
    """Share of small squares with something on them; the rim, where scanners leave shadows, does not count."""
    high, wide = grey.shape
    rim_y, rim_x = high // 30, wide // 30
    inner = grey[rim_y : high - rim_y, rim_x : wide - rim_x]
    rows, columns = inner.shape[0] // _BLOCK, inner.shape[1] // _BLOCK
    if not rows or not columns:
        return float(grey.std() > 12)
    squares = inner[: rows * _BLOCK, : columns * _BLOCK].reshape(rows, _BLOCK, columns, _BLOCK)
    spread = squares.max(axis=(1, 3)) - squares.min(axis=(1, 3))
    noise = float(np.median(spread))  # paper has a grain
    return float((spread > max(48.0, noise * 2.5 if noise < 60 else 48.0)).mean())


def dhash(grey: Grey) -> str:
    """Difference hash of 16 by 16: whether each cell is darker than its right neighbour."""
    rows = np.array_split(grey, _HASH, axis=0)
    cells = np.array([[cell.mean() for cell in np.array_split(row, _HASH + 1, axis=1)] for row in rows])
    bits = (np.diff(cells, axis=1) < -0.5).flatten()
    return np.packbits(bits).tobytes().hex()


def straightened(path: Path, target: Path, *, degrees: float, frame: int = 0) -> dict[str, Any]:
    """A grey copy for OCR only, of the same size, turned about its middle by ``degrees`` clockwise on white."""
    kind = opening.kind_of(path)
    image = (
        pdf.drawn(path, frame) if kind == "pdf" else opening.picture(path, kind, opening.frames_of(path, kind)[frame])
    )
    with opening.decoding(kind):
        image = plain(image).autorot()
        if image.bands > 1:
            image = image.colourspace("b-w")
        turned: pyvips.Image = image.rotate(degrees, background=[255])
        left, top = (turned.width - image.width) // 2, (turned.height - image.height) // 2
        turned.crop(left, top, image.width, image.height).tiffsave(str(target), compression="none", keep="none")
    return {"width": image.width, "height": image.height, "degrees": degrees}
