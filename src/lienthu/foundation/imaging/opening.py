"""Opens one picture of a file as a vips image, whatever its format. For the sandbox: the files are not trusted."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import pyvips
from PIL import Image, ImageFile, UnidentifiedImageError

from lienthu.foundation.imaging import formats, tiff
from lienthu.foundation.kernel.refusal import Refused

PIXEL_LIMIT: Final = 400_000_000
FRAME_LIMIT: Final = 10_000
_PLAUSIBLE_FROM: Final = 50_000_000
_PIXELS_A_BYTE: Final = 100_000  # a blank sheet of A0 at 400 dpi in Group 4 has as many

Image.MAX_IMAGE_PIXELS = None  # our own limit is asked before anything is decoded
ImageFile.LOAD_TRUNCATED_IMAGES = False


@dataclass(frozen=True, slots=True)
class Header:
    """What a picture says of itself before it is decoded. ``dpi`` None: not said, or not to be believed."""

    kind: str
    width: int
    height: int
    bands: int
    bits: int
    colour: str  # "grey", "rgb", "cmyk", "lab" or "other"
    dpi: tuple[float, float] | None
    orientation: int
    alpha: bool
    profile: bool


def kind_of(path: Path) -> str:
    """The format of a file that can be read. Raises Refused: empty, unsupported, polyglot."""
    if path.stat().st_size == 0:
        raise Refused("empty")
    kind = formats.sniff(formats.head_of(path))
    if kind not in formats.MEDIA_TYPES:
        raise Refused("unsupported", format=kind)
    if second := formats.second_nature(path, kind):
        raise Refused("polyglot", format=kind, also=second)
    return kind


def frames_of(path: Path, kind: str) -> list[int]:
    """The numbers of the pictures inside that are pages: a pyramid's smaller levels are not. Raises Refused."""
    if kind != "tiff":
        return [0]
    try:
        pages = [n for n, directory in enumerate(_directories(path)) if not directory.reduced]
    except tiff.NotTiff as error:
        raise Refused("damaged", format=kind, detail=str(error)) from error
    if len(pages) > FRAME_LIMIT:
        raise Refused("too-many-frames", frames=len(pages), limit=FRAME_LIMIT)
    return pages or [0]


def _directories(path: Path) -> tuple[tiff.Directory, ...]:
    about = path.stat()
    return _read_directories(path, about.st_ino, about.st_size, about.st_mtime_ns)


@lru_cache(maxsize=2)
def _read_directories(path: Path, *identity: int) -> tuple[tiff.Directory, ...]:
    with path.open("rb") as f:
        return tuple(tiff.directories(f))


def header(path: Path, kind: str, frame: int = 0, *, pixel_limit: int = PIXEL_LIMIT) -> Header:
    """What picture ``frame`` says of itself, its claims checked. Raises Refused."""
    with _typed(kind):
        found = _jp2_header(path) if kind == "jp2" else _vips_header(path, kind, frame)
    check_claim(found.width, found.height, path.stat().st_size, pixel_limit)
    return found


def check_claim(width: int, height: int, size: int, pixel_limit: int) -> None:
    """Raises Refused for a picture too large to be decoded, or larger than so few bytes can hold."""
    pixels = width * height
    if width < 1 or height < 1:
        raise Refused("damaged", width=width, height=height)
    if pixels > _PLAUSIBLE_FROM and pixels > size * _PIXELS_A_BYTE:
        raise Refused("implausible-size", width=width, height=height, bytes=size)
    if pixels > pixel_limit:
        raise Refused("too-many-pixels", width=width, height=height, limit=pixel_limit)


def picture(path: Path, kind: str, frame: int = 0, *, once: bool = False, strict: bool = False) -> pyvips.Image:
    """The pixels as they are stored. ``once``: they are read one time from top to bottom, which keeps memory small.
    ``strict``: what a decoder only warns of fails too.

    Call ``header`` first. Raises Refused here or, for what is found while decoding, in ``decoding``.
    """
    with _typed(kind):
        if kind == "jp2":
            return _jp2_picture(path)
        # what cannot be read of a TIFF is black and no failure to libvips below "error"
        fail_on = "warning" if strict else "error" if kind == "tiff" else "truncated"
        return _load(path, kind, frame, "sequential" if once else "random", fail_on)


@contextmanager
def decoding(kind: str) -> Iterator[None]:
    """Around whatever makes vips compute: what a damaged file brings is raised as Refused."""
    with _typed(kind):
        yield


def _load(path: Path, kind: str, frame: int, access: str, fail_on: str = "truncated") -> pyvips.Image:
    loader = {"jpeg": "jpegload", "png": "pngload", "tiff": "tiffload", "webp": "webpload"}[kind]
    # libvips remembers what it opened by name: another file may have the name by now
    options: dict[str, Any] = {"access": access, "fail_on": fail_on, "revalidate": True}
    if kind == "tiff" and len(directories := _directories(path)) > 1:
        return _load_one(path, directories[frame], access, fail_on)
    return pyvips.Operation.call(loader, str(path), **options)


def _load_one(path: Path, directory: tiff.Directory, access: str, fail_on: str) -> pyvips.Image:
    file = tiff.OneFrame(path.open("rb"), directory)
    source = pyvips.SourceCustom()
    source.on_read(file.read)
    source.on_seek(file.seek)
    image = pyvips.Image.tiffload_source(source, access=access, fail_on=fail_on)
    image._references.append(source)  # pyvips hands it on to whatever is computed from the image
    return image


def _vips_header(path: Path, kind: str, frame: int) -> Header:
    image = _load(path, kind, frame, "sequential")
    bits = {"uchar": 8, "char": 8, "ushort": 16, "short": 16}.get(image.format, 32)
    if image.get_typeof("bits-per-sample"):
        bits = min(bits, int(image.get("bits-per-sample")))
    orientation = int(image.get("orientation")) if image.get_typeof("orientation") else 1
    dpi: tuple[float, float] | None = (image.xres * 25.4, image.yres * 25.4)
    # where nothing is known libvips says 1 pixel a millimetre, and much other software 72
    if dpi is not None and not all(30 < one < 10_000 and abs(one - 72) > 0.1 for one in dpi):
        dpi = None
    return Header(
        kind=kind,
        width=image.width,
        height=image.height,
        bands=image.bands,
        bits=bits,
        colour=_colour(image),
        dpi=dpi,
        orientation=orientation if 1 <= orientation <= 8 else 1,
        alpha=bool(image.hasalpha()),
        profile=bool(image.get_typeof("icc-profile-data")),
    )


def _colour(image: pyvips.Image) -> str:
    return {
        "b-w": "grey", "grey16": "grey", "srgb": "rgb", "rgb": "rgb", "rgb16": "rgb", "scrgb": "rgb",
        "cmyk": "cmyk", "lab": "lab", "labs": "lab", "labq": "lab",
    }.get(image.interpretation, "grey" if image.bands < 3 else "other")  # fmt: skip


def _jp2_header(path: Path) -> Header:
    with Image.open(path, formats=["JPEG2000"]) as image:
        bands = len(image.getbands())
        dpi = image.info.get("dpi")
        return Header(
            kind="jp2",
            width=image.width,
            height=image.height,
            bands=bands,
            bits=16 if image.mode.startswith("I") else 8,
            colour={"CMYK": "cmyk"}.get(image.mode, "grey" if bands < 3 else "rgb"),
            dpi=(float(dpi[0]), float(dpi[1])) if dpi and all(30 < one < 10_000 for one in dpi) else None,
            orientation=1,
            alpha=image.mode in ("LA", "RGBA"),
            profile="icc_profile" in image.info,
        )


def _jp2_picture(path: Path) -> pyvips.Image:
    """By Pillow's OpenJPEG: the libvips we install has no reader for JPEG 2000."""
    with Image.open(path, formats=["JPEG2000"]) as image:
        profile = image.info.get("icc_profile")
        if image.mode == "YCbCr":
            image = image.convert("RGB")  # type: ignore[assignment]  # no longer the file
        image.load()
        deep = image.mode.startswith("I")
        made = pyvips.Image.new_from_memory(
            image.tobytes("raw", "I;16") if deep else image.tobytes(),
            image.width,
            image.height,
            1 if deep else len(image.getbands()),
            "ushort" if deep else "uchar",
        )
        colour = {"CMYK": "cmyk", "RGB": "srgb", "RGBA": "srgb"}.get(image.mode, "grey16" if deep else "b-w")
    made = made.copy(interpretation=colour)
    if isinstance(profile, bytes):
        made.set_type(pyvips.GValue.blob_type, "icc-profile-data", profile)
    return made


@contextmanager
def _typed(kind: str) -> Iterator[None]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except pyvips.Error as error:
        said = str(error)
        if "out of memory" in said or "unable to malloc" in said.lower():
            raise MemoryError(said) from error
        raise Refused(_reason(said), format=kind, detail=said.strip()[-300:]) from error
    except UnidentifiedImageError as error:
        raise Refused("damaged", format=kind) from error
    except (OSError, SyntaxError, ValueError) as error:  # Pillow says so what a damaged file is
        if kind != "jp2":
            raise
        raise Refused(_reason(str(error)), format=kind, detail=str(error)[-300:]) from error


def _reason(said: str) -> str:
    words = ("premature end", "truncated", "end of file", "unexpected end", "not enough data", "read error")
    return "truncated" if any(word in said.lower() for word in words) else "damaged"
