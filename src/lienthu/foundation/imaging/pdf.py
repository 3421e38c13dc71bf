"""Pages of PDF files as pictures, by PDFium. For the sandbox only: the library must not run in threads."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as raw
import pyvips

from lienthu.foundation.imaging.opening import FRAME_LIMIT
from lienthu.foundation.kernel.refusal import Refused

TYPESET_DPI: Final = 200
_LOWEST_DPI, _HIGHEST_DPI = 150, 400
_PAGE_PIXELS: Final = 80_000_000
_COVERS: Final = 0.7  # a picture that fills so much of the page is the page, scanned
_POINTS: Final = 72
_UNSEEN: Final = 3  # ISO 32000-1, 9.3.6: neither filled nor stroked


@contextmanager
def document(path: Path) -> Iterator[pdfium.PdfDocument]:
    """The opened document. Raises Refused: encrypted, damaged, too many pages.

    It stays open for the next page of it: PDFium walks to a page from the first one on, and only in a document that is
    open does it know where it was. Of 10,000 pages the later ones took most of their time to be found. What is asked
    of it closes its pages.
    """
    about = path.stat()
    try:
        opened = _opened(path, about.st_ino, about.st_size, about.st_mtime_ns)
        if len(opened) < 1:
            raise Refused("damaged", format="pdf", detail="no pages")
        if len(opened) > FRAME_LIMIT:
            raise Refused("too-many-frames", frames=len(opened), limit=FRAME_LIMIT)
        yield opened
    except BaseException:
        _opened.cache_clear()  # nothing that went wrong is carried to the next page
        raise


@lru_cache(maxsize=1)
def _opened(path: Path, *identity: int) -> pdfium.PdfDocument:
    """Raises Refused. Closed when another takes its place."""
    try:
        return pdfium.PdfDocument(path)
    except pdfium.PdfiumError as error:
        raise Refused("encrypted" if "password" in str(error).lower() else "damaged", format="pdf") from error


def dpi_of(page: pdfium.PdfPage) -> float:
    """At which resolution a page should be drawn: a scanned one at its own, a typeset one at TYPESET_DPI."""
    width, height = page.get_size()
    best = 0.0
    for one in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=3):
        left, bottom, right, top = one.get_bounds()
        if (right - left) * (top - bottom) >= _COVERS * width * height:
            wide, high = one.get_px_size()
            across = max(wide, high) / max(right - left, top - bottom) * _POINTS  # the longer side: it may lie turned
            best = max(best, across)
    return min(max(best, _LOWEST_DPI), _HIGHEST_DPI) if best else TYPESET_DPI


def scan_in(path: Path, number: int) -> bytes | None:
    """The JPEG file of a page that is nothing but one scan, upright, with at most unseen text over it; else None."""
    with document(path) as opened:
        if not 0 <= number < len(opened):
            return None
        with closing(opened[number]) as page:
            return _scan_of(page)


def _scan_of(page: pdfium.PdfPage) -> bytes | None:
    width, height = page.get_size()
    scan: pdfium.PdfImage | None = None
    for one in page.get_objects(max_depth=1):
        unseen = one.type == raw.FPDF_PAGEOBJ_TEXT and raw.FPDFTextObj_GetTextRenderMode(one) == _UNSEEN
        if unseen:
            continue
        if not isinstance(one, pdfium.PdfImage) or scan is not None:
            return None
        scan = one
    if scan is None or page.get_rotation() or raw.FPDFPage_GetAnnotCount(page):
        return None
    a, b, c, d, x, y = scan.get_matrix().get()
    straight = a > 0 and d > 0 and abs(b) < 1e-3 and abs(c) < 1e-3
    covers = abs(a - width) <= 1 and abs(d - height) <= 1 and abs(x) <= 1 and abs(y) <= 1
    if not straight or not covers or scan.get_filters() != ["DCTDecode"]:
        return None
    return bytes(scan.get_data(decode_simple=False))


def size_at(page: pdfium.PdfPage, dpi: float | None) -> tuple[float, int, int]:
    """Resolution, width and height in pixels of a page, smaller than asked where the page is huge."""
    width, height = page.get_size()
    if not (0 < width < 1e6 and 0 < height < 1e6):
        raise Refused("damaged", format="pdf", detail="page without a size")
    dpi = dpi or dpi_of(page)
    if (pixels := width * height * (dpi / _POINTS) ** 2) > _PAGE_PIXELS:
        dpi *= (_PAGE_PIXELS / pixels) ** 0.5
    return dpi, max(1, round(width * dpi / _POINTS)), max(1, round(height * dpi / _POINTS))


def drawn(path: Path, number: int, dpi: float | None = None) -> pyvips.Image:
    """Page ``number`` (from 0) as a vips image, grey where it has no colour, with its resolution."""
    with document(path) as opened:
        if not 0 <= number < len(opened):
            raise Refused("no-such-frame", frame=number, frames=len(opened))
        try:
            with closing(opened[number]) as page:
                dpi, wide, high = size_at(page, dpi)
                bitmap = pdfium.PdfBitmap.new_native(wide, high, raw.FPDFBitmap_BGR, rev_byteorder=True)
                bitmap.fill_rect((255, 255, 255, 255), 0, 0, wide, high)
                flags = raw.FPDF_ANNOT | raw.FPDF_REVERSE_BYTE_ORDER
                # not page.render(): it rounds sizes up, and a scan would get a column that it does not have
                raw.FPDF_RenderPageBitmap(bitmap, page, 0, 0, wide, high, 0, flags)
        except pdfium.PdfiumError as error:
            raise Refused("damaged", format="pdf", frame=number) from error
        pixels = bitmap.to_numpy()
        if pixels.ndim == 3 and pixels.shape[2] >= 3:
            pixels = pixels[:, :, :3]
            if not (np.any(pixels[:, :, 0] != pixels[:, :, 1]) or np.any(pixels[:, :, 1] != pixels[:, :, 2])):
                pixels = pixels[:, :, 0]
        high, wide = pixels.shape[:2]
        bands = 1 if pixels.ndim == 2 else pixels.shape[2]
        image = pyvips.Image.new_from_memory(np.ascontiguousarray(pixels).tobytes(), wide, high, bands, "uchar")
    return image.copy(interpretation="b-w" if bands == 1 else "srgb", xres=dpi / 25.4, yres=dpi / 25.4)
