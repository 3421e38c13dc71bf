"""What a file is and whether it can be used. Rule IMG-1."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any, Final

from pypdfium2 import PdfiumError

from lienthu.foundation.imaging import formats, opening, pdf
from lienthu.foundation.imaging.opening import PIXEL_LIMIT
from lienthu.foundation.kernel.refusal import Refused

_LOOKED_AT: Final = 250_000_000
"""Pixels: thirty pages of A4 in colour at 300 dpi, about four seconds."""


def probe(path: Path, *, decode: bool = True, pixel_limit: int = PIXEL_LIMIT) -> dict[str, Any]:
    """Facts of a file as JSON values; ``width`` and ``height`` of its first page, not yet turned.

    ``bits``: of one pixel, as scanners and regulations count: 24 for colour, 8 for grey, 1 for black and white.
    ``decode``: read every pixel, so that a file that is cut off is refused now; of a file of very many pages those of
    the first ones (`_LOOKED_AT`): the others are read one by one when their pictures are made, and one that is damaged
    is one bad page then, as in a folder. Raises Refused with one of: empty,
    unsupported, polyglot, too-many-pixels, implausible-size, too-many-frames, truncated, damaged, encrypted.
    """
    kind = opening.kind_of(path)
    facts: dict[str, Any] = {
        "format": kind,
        "media_type": formats.MEDIA_TYPES[kind],
        "misnamed": formats.misnamed(path, kind),
        "bytes": path.stat().st_size,
    }
    if kind == "pdf":
        return facts | _of_pdf(path)
    frames = opening.frames_of(path, kind)
    first: opening.Header | None = None
    seen = 0
    for frame in frames:
        one = opening.header(path, kind, frame, pixel_limit=pixel_limit)
        first = first or one
        if decode:
            _read_all(path, kind, frame)
        if (seen := seen + one.width * one.height) >= _LOOKED_AT:
            break
    assert first is not None
    return facts | {
        "frames": len(frames),
        "width": first.width,
        "height": first.height,
        "bands": first.bands,
        "bits": first.bits * (first.bands - first.alpha),
        "colour": first.colour,
        "alpha": first.alpha,
        "profile": first.profile,
        "dpi": round(min(first.dpi), 1) if first.dpi else None,
        "orientation": first.orientation,
    }


def _read_all(path: Path, kind: str, frame: int) -> None:
    """Raises Refused for a picture that is cut off or damaged."""
    try:
        _decode(path, kind, frame, strict=kind == "jpeg")
    except Refused as refused:
        # libjpeg fills up with grey what is missing and only warns of it; but stray bytes between markers, of which
        # it warns as well, lose no pixel
        if "extraneous bytes" not in str(refused.facts.get("detail")):
            raise
        _decode(path, kind, frame, strict=False)


def _decode(path: Path, kind: str, frame: int, *, strict: bool) -> None:
    image = opening.picture(path, kind, frame, once=True, strict=strict)
    with opening.decoding(kind):
        image.avg()


def _of_pdf(path: Path) -> dict[str, Any]:
    with pdf.document(path) as document:
        try:
            with closing(document[0]) as page:
                dpi, width, height = pdf.size_at(page, None)
        except PdfiumError as error:
            raise Refused("damaged", format="pdf", frame=0) from error
        return {
            "frames": len(document),
            "width": width,
            "height": height,
            "bands": 3,
            "bits": 24,
            "colour": "rgb",
            "alpha": False,
            "profile": False,
            "dpi": round(dpi, 1),
            "orientation": 1,
        }
