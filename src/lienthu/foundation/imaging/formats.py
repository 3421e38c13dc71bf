"""What a file is, told by its content and never by its name; and files that are two things at once."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Final

MEDIA_TYPES: Final = {
    "jpeg": "image/jpeg",
    "png": "image/png",
    "tiff": "image/tiff",
    "webp": "image/webp",
    "jp2": "image/jp2",
    "pdf": "application/pdf",
}
"""What can be read, with its media type."""

_SUFFIXES: Final = {
    "jpeg": {".jpg", ".jpeg", ".jpe", ".jfif"},
    "png": {".png"},
    "tiff": {".tif", ".tiff", ".btf", ".tf8"},
    "webp": {".webp"},
    "jp2": {".jp2", ".jpx", ".jpf", ".j2k", ".j2c", ".jpc"},
    "pdf": {".pdf"},
}
_HEAD: Final = 1024
_TAIL: Final = 65_557  # the end record of a ZIP with the longest comment
# Known by sight, not read: named so that the sentence can say what to do instead.
_OTHERS: Final = (
    ("gif", re.compile(rb"GIF8[79]a")),
    ("bmp", re.compile(rb"BM.{4}\0\0\0\0", re.DOTALL)),
    ("heif", re.compile(rb".{4}ftyp(?:heic|heix|hevc|mif1|msf1|avif)", re.DOTALL)),
    ("djvu", re.compile(rb"AT&TFORM")),
    ("photoshop", re.compile(rb"8BPS")),
    ("zip", re.compile(rb"PK(?:\x03\x04|\x05\x06)")),
    ("rar", re.compile(rb"Rar!\x1a\x07")),
    ("7z", re.compile(rb"7z\xbc\xaf\x27\x1c")),
    ("program", re.compile(rb"MZ|\x7fELF")),
    ("markup", re.compile(rb"\s*<(?:\?xml|!doctype|html|svg|script)", re.IGNORECASE)),
)
_SCRIPT: Final = re.compile(rb"<\?php|<script[\s>]|<html[\s>]|<!doctype html", re.IGNORECASE)


def sniff(head: bytes) -> str:
    """The format of a file that begins with ``head`` (1,024 bytes are enough): a key of MEDIA_TYPES, or the name of
    another format that we know by sight, or "unknown".
    """
    if head.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if head[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"):
        return "tiff"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "webp"
    if head.startswith((b"\0\0\0\x0cjP  \r\n\x87\n", b"\xff\x4f\xff\x51")):
        return "jp2"
    for name, sign in _OTHERS:
        if sign.match(head):
            return name
    if b"%PDF-" in head[:_HEAD]:
        return "pdf"
    return "unknown"


def head_of(path: Path) -> bytes:
    """As much of the beginning as ``sniff`` wants."""
    with path.open("rb") as f:
        return f.read(_HEAD)


def second_nature(path: Path, kind: str) -> str:
    """What the file is besides ``kind``: "pdf", "zip" or "markup"; "" for an honest file.

    A picture that is also an archive or a page of HTML is made to pass one check as this and be used as that.
    """
    head = head_of(path)
    if kind != "pdf" and b"%PDF-" in head:
        return "pdf"
    if (
        kind == "pdf"
        and not head.lstrip(b"\xef\xbb\xbf\0\t\n\f\r ").startswith(b"%PDF-")
        and sniff(head[:16]) != "unknown"
    ):
        return sniff(head[:16])
    if _SCRIPT.search(head):
        return "markup"
    with path.open("rb") as f:
        size = f.seek(0, os.SEEK_END)
        f.seek(max(0, size - _TAIL))
        tail = f.read()
    at = tail.rfind(b"PK\5\6")
    # the record's comment must end where the file ends: four bytes alone stand in many a picture by chance
    if 0 <= at <= len(tail) - 22 and at + 22 + int.from_bytes(tail[at + 20 : at + 22], "little") == len(tail):
        return "zip"
    return ""


def misnamed(path: Path, kind: str) -> bool:
    """Whether the name promises another format than the content is. A name without a suffix promises nothing."""
    suffix = path.suffix.lower()
    return bool(suffix) and suffix not in _SUFFIXES[kind]
