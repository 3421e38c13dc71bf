"""The directories of a TIFF file, read by ourselves: which pictures are in it, and where the tiles lie.

TIFF 6.0 and BigTIFF, both byte orders. Reads directories only, never pixels; every length is checked, so that a
hostile file costs no more than its own size.
"""

from __future__ import annotations

import io
import os
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import BinaryIO, Final

SUBFILE, WIDTH, HEIGHT, COMPRESSION, PHOTOMETRIC = 254, 256, 257, 259, 262
TILE_WIDTH, TILE_HEIGHT, TILE_OFFSETS, TILE_COUNTS, JPEG_TABLES = 322, 323, 324, 325, 347
_WANTED: Final = {
    SUBFILE, WIDTH, HEIGHT, COMPRESSION, PHOTOMETRIC, TILE_WIDTH, TILE_HEIGHT, TILE_OFFSETS, TILE_COUNTS, JPEG_TABLES,
}  # fmt: skip
_SIZES: Final = {1: "B", 3: "H", 4: "I", 7: "B", 13: "I", 16: "Q", 18: "Q"}
_MOST_DIRECTORIES: Final = 20_000
_MOST_VALUES: Final = 4_000_000


class NotTiff(ValueError):
    """The structure is damaged."""


@dataclass(frozen=True, slots=True)
class Directory:
    """One picture of the file: the values of the tags we use, and where it stands in the chain."""

    tags: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    offset: int = 0
    next_at: int = 0

    def one(self, tag: int, default: int = 0) -> int:
        """The first value of a tag."""
        values = self.tags.get(tag, ())
        return values[0] if values else default

    @property
    def reduced(self) -> bool:
        """A smaller version or a mask of another picture, no page of its own."""
        return bool(self.one(SUBFILE) & 0b101)


def directories(f: BinaryIO) -> list[Directory]:
    """All directories of the main chain in order. Raises NotTiff."""
    end = f.seek(0, os.SEEK_END)
    head = _at(f, 0, 16, end, short=True)
    order = {b"II": "<", b"MM": ">"}.get(head[:2])
    if order is None or len(head) < 8:
        raise NotTiff("no TIFF header")
    (version,) = struct.unpack_from(order + "H", head, 2)
    big = version == 43
    if not big and version != 42:
        raise NotTiff("no TIFF header")
    if big and len(head) < 16:
        raise NotTiff("cut off")
    (offset,) = struct.unpack_from(order + ("Q" if big else "I"), head, 8 if big else 4)
    found: list[Directory] = []
    seen: set[int] = set()
    while offset:
        if offset in seen or len(found) >= _MOST_DIRECTORIES:
            raise NotTiff("directories without end")
        seen.add(offset)
        directory, offset = _directory(f, offset, order, big, end)
        found.append(directory)
    if not found:
        raise NotTiff("no picture inside")
    return found


def _directory(f: BinaryIO, offset: int, order: str, big: bool, end: int) -> tuple[Directory, int]:
    count_size, entry_size, offset_code = (8, 20, "Q") if big else (2, 12, "I")
    (count,) = struct.unpack(order + ("Q" if big else "H"), _at(f, offset, count_size, end))
    if count > 4096:
        raise NotTiff("too many tags")
    offset_size = struct.calcsize(offset_code)
    body = _at(f, offset + count_size, count * entry_size + offset_size, end)
    tags: dict[int, tuple[int, ...]] = {}
    for n in range(count):
        tag, kind = struct.unpack_from(order + "HH", body, n * entry_size)
        code = _SIZES.get(kind)
        if tag not in _WANTED or code is None:
            continue
        (values,) = struct.unpack_from(order + offset_code, body, n * entry_size + 4)
        if values > _MOST_VALUES:
            raise NotTiff("too many values")
        size = struct.calcsize(code) * values
        at = n * entry_size + 4 + offset_size
        if size <= offset_size:
            raw = body[at : at + size]
        else:
            (where,) = struct.unpack_from(order + offset_code, body, at)
            raw = _at(f, where, size, end)
        tags[tag] = struct.unpack(f"{order}{values}{code}", raw)
    (following,) = struct.unpack_from(order + offset_code, body, count * entry_size)
    return Directory(tags, offset, offset + count_size + count * entry_size), following


class OneFrame(io.RawIOBase):
    """A TIFF file read as if picture ``only`` were the only one in it.

    libtiff reads all directories before the one it is asked for, and libvips counts them all each time it opens a file:
    the work for n pages grows with n squared. Here the header points to the wanted directory and nothing follows it.
    """

    def __init__(self, f: BinaryIO, only: Directory) -> None:
        super().__init__()
        self._file = f
        f.seek(0)
        head = f.read(4)
        order = "<" if head[:2] == b"II" else ">"
        big = struct.unpack(order + "H", head[2:4])[0] == 43
        pointer = struct.Struct(order + ("Q" if big else "I"))
        self._patches = ((8 if big else 4, pointer.pack(only.offset)), (only.next_at, bytes(pointer.size)))
        f.seek(0)

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """As in the file."""
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        """As in the file."""
        return self._file.tell()

    def read(self, size: int = -1) -> bytes:
        """As in the file, but for the two pointers."""
        at = self._file.tell()
        data = self._file.read(size)
        for where, patch in self._patches:
            start, end = max(where, at), min(where + len(patch), at + len(data))
            if start < end:
                data = data[: start - at] + patch[start - where : end - where] + data[end - at :]
        return data

    def close(self) -> None:
        """Close the file too."""
        self._file.close()
        super().close()


def _at(f: BinaryIO, offset: int, size: int, end: int, *, short: bool = False) -> bytes:
    if not short and (offset < 0 or offset + size > end):
        raise NotTiff("points outside the file")
    f.seek(offset)
    data = f.read(size)
    if len(data) != size and not short:
        raise NotTiff("cut off")
    return data
