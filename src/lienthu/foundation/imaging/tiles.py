"""Tiles out of our own pyramids without decoding: the stored JPEG bytes behind a header. Rule IMG-4.

A tiled JPEG-TIFF keeps the tables of a level once (JPEGTables) and each tile as an abbreviated stream (TIFF Technical
Note 2). Tables and tile together are a whole JPEG file of the same pixels. What the TIFF cannot give, the tiles at the
right and lower edge, stands ready behind it:

    TIFF ┆ JPEG JPEG … ┆ index: (level, column, row, length, offset) … ┆ number of entries, index's offset, magic
"""

from __future__ import annotations

import io
import os
import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

from lienthu.foundation.imaging import tiff
from lienthu.foundation.imaging.request import Region, Size

_MAGIC: Final = b"lienthu edges 1\n"
_FOOT: Final = struct.Struct("<IQ16s")
_ENTRY: Final = struct.Struct("<HIIIQ")
_JFIF: Final = b"\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
_JPEG_IN_TIFF: Final = 7
_OPENERS: Final = getattr(os, "O_CLOEXEC", 0) | os.O_RDONLY


class NotPyramid(ValueError):
    """The file is none of our pyramids."""


class Stored(NamedTuple):
    """Where the bytes of a tile lie; ``prefix`` goes before them, and their first two bytes (SOI) are in it."""

    prefix: bytes
    offset: int
    length: int
    width: int


@dataclass(frozen=True, slots=True)
class Level:
    """One level of the pyramid: its own size, and by how much it is smaller than the picture."""

    index: int
    width: int
    height: int
    scale: int
    columns: int
    rows: int
    full_columns: int
    full_rows: int

    def edges(self) -> Iterator[tuple[int, int]]:
        """Column and row of the tiles that the TIFF does not hold as clients ask for them."""
        for row in range(self.rows):
            for column in range(self.columns):
                if column >= self.full_columns or row >= self.full_rows:
                    yield column, row


class Pyramid:
    """What was read once from a pyramid's directories. Immutable; the file stays open as long as this lives."""

    def __init__(
        self, f: io.FileIO, levels: Sequence[Level], tile: int, bands: int, found: dict[Region, dict[Size, Stored]]
    ):
        self._file = f
        self.levels = tuple(levels)
        self.tile = tile
        self.bands = bands
        self.width = levels[0].width
        self.height = levels[0].height
        self._found = found

    @classmethod
    def read(cls, path: Path, *, with_edges: bool = True) -> Pyramid:
        """Read the directories. Raises NotPyramid, FileNotFoundError.

        A file whose edge tiles are gone was cut off behind its TIFF; only while it is made are there none yet.
        """
        f = io.FileIO(os.open(path, _OPENERS), "r")
        try:
            pages = tiff.directories(f)
            levels = _levels(pages)
            tile = pages[0].one(tiff.TILE_WIDTH)
            found: dict[Region, dict[Size, Stored]] = {}
            edges = _read_edges(f)
            whole = levels[0]
            for level, page in zip(levels, pages, strict=True):
                _gather(found, level, page, tile, (whole.width, whole.height), edges)
                if with_edges and any((level.index, *at) not in edges for at in level.edges()):
                    raise NotPyramid("edges are gone")
        except (tiff.NotTiff, struct.error, IndexError) as error:
            f.close()
            raise NotPyramid(str(error)) from error
        except NotPyramid:
            f.close()
            raise
        return cls(f, levels, tile, 3 if pages[0].one(tiff.PHOTOMETRIC) == 6 else 1, found)

    def region(self, level: int, column: int, row: int) -> Region:
        """What part of the picture a tile shows."""
        return _region(self.tile * self.levels[level].scale, column, row, self.width, self.height)

    def size_at(self, level: int, column: int, row: int) -> Size:
        """In which size a tile is asked for."""
        return _size(self.region(level, column, row), self.levels[level].scale)

    def tile_size(self, region: Region, width: int, height: int | None) -> Size | None:
        """The size of the tile that shows just this region, in this width and, unless None, in this height."""
        for size in self._found.get(region, ()):
            if size.w == width and (height is None or size.h == height):
                return size
        return None

    def replaced(self) -> bool:
        """Whether the file was removed or another one took its name."""
        return os.fstat(self._file.fileno()).st_nlink == 0

    def stored(self, region: Region, size: Size, *, free_height: bool = False) -> bytes | None:
        """The JPEG file of a request that is exactly one tile, else None. ``free_height``: only the width counts."""
        by_size = self._found.get(region)
        if by_size is None:
            return None
        found = by_size.get(size)
        if found is None and free_height:  # two levels may show a narrow strip in the same width
            found = by_size.get(min(by_size, key=lambda one: (abs(one.w - size.w), abs(one.h - size.h))))
            found = found if found is not None and found.width == size.w else None
        if found is None:
            return None
        data = os.pread(self._file.fileno(), found.length, found.offset)
        if len(data) != found.length:
            raise NotPyramid("cut off")
        return found.prefix + data


def append_edges(f: BinaryIO, made: Iterable[tuple[tuple[int, int, int], bytes]]) -> None:
    """Write edge tiles, by level, column and row, behind a TIFF that ``f`` is at the end of."""
    entries = []
    f.seek(0, os.SEEK_END)
    for (level, column, row), data in made:
        entries.append(_ENTRY.pack(level, column, row, len(data), f.tell()))
        f.write(data)
    index = f.tell()
    f.write(b"".join(entries))
    f.write(_FOOT.pack(len(entries), index, _MAGIC))


def _levels(pages: Sequence[tiff.Directory]) -> list[Level]:
    levels: list[Level] = []
    tile = pages[0].one(tiff.TILE_WIDTH)
    width, height = pages[0].one(tiff.WIDTH), pages[0].one(tiff.HEIGHT)
    if tile < 16 or not width or not height:
        raise NotPyramid("not tiled")
    for n, page in enumerate(pages):
        same = page.one(tiff.TILE_WIDTH) == page.one(tiff.TILE_HEIGHT) == tile
        if page.one(tiff.COMPRESSION) != _JPEG_IN_TIFF or not same or page.one(tiff.PHOTOMETRIC) not in (1, 6):
            raise NotPyramid("not JPEG in square tiles")
        if bool(n) != page.reduced:
            raise NotPyramid("not one picture in levels")
        scale = 1 << n
        stored_width, stored_height = page.one(tiff.WIDTH), page.one(tiff.HEIGHT)
        if stored_width != max(1, width // scale) or stored_height != max(1, height // scale):
            raise NotPyramid("levels are not halves")
        side = tile * scale
        columns, rows, full = -(-width // side), -(-height // side), (width // side, height // side)
        levels.append(Level(n, stored_width, stored_height, scale, columns, rows, *full))
    return levels


def _gather(
    found: dict[Region, dict[Size, Stored]],
    level: Level,
    page: tiff.Directory,
    tile: int,
    whole: tuple[int, int],
    edges: dict[tuple[int, int, int], tuple[int, int]],
) -> None:
    tables = bytes(page.tags.get(tiff.JPEG_TABLES, ()))
    if not (tables.startswith(b"\xff\xd8") and tables.endswith(b"\xff\xd9")):
        raise NotPyramid("no tables")
    prefix = b"\xff\xd8" + _JFIF + tables[2:-2]
    offsets, counts = page.tags[tiff.TILE_OFFSETS], page.tags[tiff.TILE_COUNTS]
    across = -(-level.width // tile)
    for row in range(level.rows):
        for column in range(level.columns):
            region = _region(tile * level.scale, column, row, *whole)
            size = _size(region, level.scale)
            if column < level.full_columns and row < level.full_rows:
                at = row * across + column
                if counts[at] < 4:
                    continue
                stored = Stored(prefix, offsets[at] + 2, counts[at] - 2, size.w)
            elif (level.index, column, row) in edges:
                offset, length = edges[level.index, column, row]
                stored = Stored(b"", offset, length, size.w)
            else:
                continue
            found.setdefault(region, {})[size] = stored


def _read_edges(f: io.FileIO) -> dict[tuple[int, int, int], tuple[int, int]]:
    end = f.seek(0, os.SEEK_END)
    if end < _FOOT.size:
        return {}
    number, index, magic = _FOOT.unpack(os.pread(f.fileno(), _FOOT.size, end - _FOOT.size))
    if magic != _MAGIC:
        return {}
    if index + number * _ENTRY.size + _FOOT.size != end:
        raise NotPyramid("edges are damaged")
    entries = os.pread(f.fileno(), number * _ENTRY.size, index)
    return {(level, column, row): (at, length) for level, column, row, length, at in _ENTRY.iter_unpack(entries)}


def _region(side: int, column: int, row: int, width: int, height: int) -> Region:
    x, y = column * side, row * side
    return Region(x, y, min(side, width - x), min(side, height - y))


def _size(region: Region, scale: int) -> Size:
    return Size(-(-region.w // scale), -(-region.h // scale))
