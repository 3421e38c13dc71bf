"""The JPEG of a scan as it was handed over, without what else the file holds: for PDF files. Rule DIG-8.

A scan that is one JPEG need not be encoded a second time to be taken away: its coefficients go out as they are. Not
what stands beside them: place, time, thumbnails, notes, whatever follows the end. For the sandbox.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pyvips

from lienthu.foundation.imaging import opening, pdf

_NEEDED: Final = frozenset({0xDB, 0xC0, 0xC1, 0xC2, 0xC4, 0xDD, 0xDA})  # tables, frame, restarts, scans
_ALONE: Final = frozenset({0x01, *range(0xD0, 0xD8)})
_LARGEST: Final = 40_000_000  # bytes
_SAME: Final = 96  # pixels of the small pictures that are compared
_MEAN, _MOST = 3.0, 40.0  # levels by which they may differ: another encoder, not another picture
# The luminance table of ITU-T T.81, annex K, whose multiples encoders use: their sum tells the quality.
_STANDARD_SUM: Final = 3688


def stripped(data: bytes) -> bytes | None:
    """Only the segments that a decoder needs, up to the end of the image; None for what is no whole JPEG."""
    if data[:2] != b"\xff\xd8" or len(data) > _LARGEST:
        return None
    out, at = [b"\xff\xd8"], 2
    while at + 4 <= len(data):
        if data[at] != 0xFF:
            return None
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        if marker in _ALONE:
            at += 2
            continue
        if marker == 0xD9:
            break
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        if marker in _NEEDED:
            out.append(data[at:end])
        if marker == 0xDA:
            begins, end = end, _end_of_scan(data, end)
            out.append(data[begins:end])
        at = end
    else:
        return None if data[at : at + 2] != b"\xff\xd9" else b"".join((*out, b"\xff\xd9"))
    return b"".join((*out, b"\xff\xd9"))


def _end_of_scan(data: bytes, at: int) -> int:
    """Where the next marker stands that is neither a stuffed byte nor a restart."""
    while (at := data.find(b"\xff", at)) >= 0 and at + 1 < len(data):
        if data[at + 1] != 0 and data[at + 1] not in _ALONE and data[at + 1] != 0xFF:
            return at
        at += 1 if data[at + 1] == 0xFF else 2
    return len(data)


def quality_of(data: bytes) -> int:
    """About the quality (1 to 100, as libjpeg counts) by which a stripped JPEG was encoded; 0 where it is not told."""
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF and data[at + 1] != 0xDA:
        size = int.from_bytes(data[at + 2 : at + 4], "big")
        if data[at + 1] == 0xDB and size >= 67:
            wide, table = divmod(data[at + 4], 16)
            if table == 0:
                body = data[at + 5 : at + 5 + (128 if wide else 64)]
                total = sum(body) if not wide else sum(body[0::2]) * 256 + sum(body[1::2])
                scale = 100 * total / _STANDARD_SUM
                return max(1, min(100, round((200 - scale) / 2 if scale <= 100 else 5000 / scale)))
        at += 2 + size
    return 0


def as_shown(path: Path, frame: int, shown: Path, quality: int) -> tuple[bytes | None, str]:
    """The JPEG of a page, when it is the picture that is shown, and no finer than ``quality``; else None and why not.

    ``shown``: our own pyramid of the page: what was turned, cut or converted for it differs from the scan.
    """
    kind = opening.kind_of(path)
    if kind == "jpeg":
        data = path.read_bytes() if path.stat().st_size <= _LARGEST else b""
    elif kind == "pdf":
        data = pdf.scan_in(path, frame) or b""
    else:
        return None, "no-jpeg"
    if (found := stripped(data)) is None:
        return None, "no-jpeg"
    if not 0 < quality_of(found) <= quality:
        return None, "finer"
    return (found, "") if _alike(found, shown) else (None, "differs")


def _alike(data: bytes, shown: Path) -> bool:
    try:
        own = pyvips.Image.new_from_buffer(data, "")
        theirs = pyvips.Image.new_from_file(str(shown))
        if (own.width, own.height) != (theirs.width, theirs.height) or own.bands not in (1, 3):
            return False
        size = {"height": _SAME, "size": "force", "no_rotate": True}
        one = pyvips.Image.thumbnail_buffer(data, _SAME, fail_on="truncated", **size).colourspace("srgb")
        other = pyvips.Image.thumbnail(str(shown), _SAME, **size).colourspace("srgb")
        apart = (one[:3] - other[:3]).abs().copy_memory()  # read once, asked twice
        return bool(apart.avg() <= _MEAN and apart.max() <= _MOST)
    except pyvips.Error:
        return False
