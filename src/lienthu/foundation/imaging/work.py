"""What the sandbox may call of this room: JSON values in and out, files by path. The rest of the room does the work.

Refusals are ``foundation.kernel.refusal.Refused`` with a code of IMG-1.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lienthu.foundation.imaging import measure as measuring
from lienthu.foundation.imaging import opening, pdf, plain, probing
from lienthu.foundation.imaging import pyramid as pyramids
from lienthu.foundation.imaging.opening import PIXEL_LIMIT


def probe(path: str, decode: bool = True, pixel_limit: int = PIXEL_LIMIT) -> dict[str, Any]:
    """Facts of a file, or a refusal: ``probing.probe``."""
    return probing.probe(Path(path), decode=decode, pixel_limit=pixel_limit)


def pyramid(
    path: str,
    target: str,
    frame: int = 0,
    rotation: int = 0,
    crop: Sequence[float] | None = None,
    quality: int = pyramids.QUALITY,
    tile: int = pyramids.TILE,
    pixel_limit: int = PIXEL_LIMIT,
) -> dict[str, Any]:
    """The pyramid of one page, of an image file or of a PDF: ``pyramid.build``."""
    return pyramids.build(
        Path(path),
        Path(target),
        frame=frame,
        rotation=rotation,
        crop=crop,
        quality=quality,
        tile=tile,
        pixel_limit=pixel_limit,
    )


def plain_jpeg(path: str, target: str, shown: str, frame: int = 0, quality: int = 85) -> dict[str, Any]:
    """The JPEG of a scan as it is, without what else is in the file: ``plain.as_shown``; ``why`` it was not written."""
    data, why = plain.as_shown(Path(path), frame, Path(shown), quality)
    if data is not None:
        Path(target).write_bytes(data)
    return {"why": why}


def measure(path: str, frame: int = 0, dpi: float | None = None) -> dict[str, Any]:
    """Measurements of one page: ``measure.measure``."""
    return measuring.measure(Path(path), frame=frame, dpi=dpi)


def straighten(path: str, target: str, degrees: float, frame: int = 0) -> dict[str, Any]:
    """A copy for OCR, turned straight: ``measure.straightened``."""
    return measuring.straightened(Path(path), Path(target), degrees=degrees, frame=frame)


def render_pdf_page(path: str, page: int, target: str, dpi: float | None = None) -> dict[str, Any]:
    """A page of a PDF (from 0) as an uncompressed TIFF. Without ``dpi``: a scan's own, 200 for typeset pages."""
    if opening.kind_of(Path(path)) != "pdf":
        raise ValueError("not a PDF")
    image = pdf.drawn(Path(path), page, dpi)
    image.tiffsave(target, compression="none", keep="none")
    return {"width": image.width, "height": image.height, "dpi": round(image.xres * 25.4, 1), "bands": image.bands}
