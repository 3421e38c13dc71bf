"""Answers to image requests, once it is settled that the reader may have the picture. Rules IMG-5 to IMG-8.

Knows neither requests of Django nor WSGI: both ways in (``lean.py``, ``views.py``) send what is made here.
"""

from __future__ import annotations

import hashlib
import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, NamedTuple, cast

import orjson

from lienthu.domain.digital.pictures import LOSSES, Picture, watermark_fonts
from lienthu.faces.protocols.iiif.image.info import CONTEXT, LARGEST, PROFILE, info
from lienthu.foundation.imaging.request import FORMATS, BadRequest, ImageRequest, Region, Version, read
from lienthu.foundation.imaging.tiles import NotPyramid, Pyramid

PREFIX: Final = "/iiif/image/"
_ADDRESS: Final = re.compile(r"/iiif/image/([23])/([a-z0-9]{12})\.([0-9]{1,7})(?:/(.*))?", re.ASCII | re.DOTALL)
_ALIGNED: Final = re.compile(
    r"([0-9]{1,7}),([0-9]{1,7}),([0-9]{1,7}),([0-9]{1,7})/([0-9]{1,7}),([0-9]{1,7})?/0/(default|color)\.jpg", re.ASCII
)
_CODE: Final = 1  # rises when answers are made differently: part of every ETag
_OPEN: Final = 400
# Who saw a tile may look at it for a minute without asking. Caches that many share ask each time: from the moment of a
# take-down nobody gets it who did not have it on the screen (IMG-7).
_PUBLIC: Final = ("Cache-Control", "public, max-age=60, s-maxage=0")
_PRIVATE: Final = ("Cache-Control", "private, no-store")
_FOR_SCRIPTS: Final = ("Access-Control-Allow-Origin", "*")
_SHOWN: Final = [
    ("Cross-Origin-Resource-Policy", "cross-origin"),
    ("X-Content-Type-Options", "nosniff"),
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
]
ALWAYS: Final = [_FOR_SCRIPTS, *_SHOWN]

Charge = Callable[[float], int]
"""Takes the cost of an answer, says for how many seconds it must wait; 0: it may be made."""


class Address(NamedTuple):
    """What an address under PREFIX names; ``rest`` None: the image itself."""

    version: Version
    public_id: str
    seq: int
    rest: str | None

    @property
    def path(self) -> str:
        """The address of the image without what is asked of it."""
        return f"{PREFIX}{self.version}/{self.public_id}.{self.seq}"


@dataclass(slots=True)
class Answer:
    """Status, headers and body, of whatever server."""

    status: int
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""


def read_address(path: str) -> Address | None:
    """What a path names, None when it names no picture."""
    found = _ADDRESS.fullmatch(path)
    if found is None:
        return None
    return Address(cast(Version, int(found[1])), found[2], int(found[3]), found[4])


def refused(status: int, sentence: str, *headers: tuple[str, str]) -> Answer:
    """An answer that says why there is no picture; never kept by anybody."""
    kind = ("Content-Type", "text/plain; charset=utf-8")
    return Answer(status, [kind, ("Cache-Control", "no-store"), *headers, *ALWAYS], sentence.encode() + b"\n")


def not_get(method: str) -> Answer | None:
    """What every address answers to methods other than GET and HEAD."""
    if method in ("GET", "HEAD"):
        return None
    if method == "OPTIONS":
        asked = [("Access-Control-Allow-Methods", "GET, HEAD, OPTIONS"), ("Access-Control-Allow-Headers", "*"),
                 ("Access-Control-Max-Age", "86400"), ("Allow", "GET, HEAD, OPTIONS")]  # fmt: skip
        return Answer(204, [*asked, *ALWAYS])
    return refused(405, "Pictures are only looked at here.", ("Allow", "GET, HEAD, OPTIONS"))


def redirect(address: Address, origin: str) -> Answer:
    """From the image itself to its description."""
    return Answer(303, [("Location", f"{origin}{address.path}/info.json"), ("Content-Length", "0"), *ALWAYS])


def describe(
    address: Address,
    width: int,
    height: int,
    origin: str,
    *,
    accept: str = "",
    path: Path | None = None,
    services: Sequence[Any] = (),
    public: bool = False,
    status: int = 200,
) -> Answer:
    """The description of a picture. ``path``: its pyramid, if it may be opened; else the usual levels are told."""
    tile, levels = 512, 1
    if path is not None and (pyramid := PYRAMIDS.get(path)) is not None:
        tile, levels = pyramid.tile, len(pyramid.levels)
    else:
        while max(width, height) >> (levels - 1) > tile:
            levels += 1
    document = info(address.version, origin + address.path, width, height, tile, levels, services)
    kind = "application/json"
    if "application/ld+json" in accept:
        kind = f'application/ld+json;profile="{CONTEXT[address.version]}"'
    headers = [("Content-Type", kind), ("Vary", "Accept"), _link(address), _PUBLIC if public else _PRIVATE, *ALWAYS]
    return Answer(status, headers, orjson.dumps(document))


def show(address: Address, picture: Picture, origin: str, *, known: str, charge: Charge) -> Answer:
    """The picture as it was asked for. ``known``: If-None-Match; ``charge``: for what has to be computed."""
    try:
        return _shown(address, picture, PYRAMIDS.open(picture.path), origin, known, charge)
    except (NotPyramid, OSError) as fault:
        PYRAMIDS.forget(picture.path)
        LOSSES.tell(picture.public_id, picture.seq, picture.version, str(fault))
        return refused(503, "This picture is damaged and is being made again.", ("Retry-After", "60"))


def _shown(address: Address, picture: Picture, pyramid: Pyramid, origin: str, known: str, charge: Charge) -> Answer:
    rest = address.rest or ""
    asked = _aligned(address.version, rest, pyramid)
    if asked is None:
        try:
            asked = read(address.version, rest, pyramid.width, pyramid.height, LARGEST)
        except BadRequest as bad:
            return refused(400, str(bad))
    etag = _etag(picture, asked)
    headers = [
        ("Content-Type", FORMATS[asked.format]),
        ("ETag", etag),
        _PUBLIC if picture.public else _PRIVATE,
        (
            "Link",
            f'<{PROFILE[address.version]}>;rel="profile", <{origin}{address.path}/{asked.canonical}>;rel="canonical"',
        ),
        *_SHOWN,
    ]
    if picture.public:
        # Other sites may show what is not open to everybody, but not take its pixels: who reads in the rooms of a
        # library is known by the address alone, and any page that is looked at there asks from that address.
        headers.append(_FOR_SCRIPTS)
    if known and (known == etag or etag in [one.strip().removeprefix("W/") for one in known.split(",")]):
        return Answer(304, headers)
    body = None
    if not (picture.watermark or asked.rotation or asked.mirrored) and _as_stored(asked, pyramid):
        body = pyramid.stored(asked.region, asked.size, free_height=asked.free_height)
    if body is None:
        if wait := charge(1.0 + asked.size.w * asked.size.h / 1_000_000):
            return refused(429, f"Too much at once. Ask again in {wait} s.", ("Retry-After", str(wait)))
        # libvips costs memory and time to load: a process that only sends tiles does without
        from lienthu.foundation.imaging.render import render

        body = render(picture.path, pyramid, asked, watermark=picture.watermark, fonts=watermark_fonts())
    return Answer(200, headers, body)


def _aligned(version: Version, rest: str, pyramid: Pyramid) -> ImageRequest | None:
    """A tile read without the whole grammar: nearly every request of a viewer. None: read it properly."""
    found = _ALIGNED.fullmatch(rest)
    if found is None:
        return None
    x, y, w, h = int(found[1]), int(found[2]), int(found[3]), int(found[4])
    high = found[6]
    size = pyramid.tile_size(Region(x, y, w, h), int(found[5]), int(high) if high else None)
    if size is None:
        return None
    whole = w == pyramid.width and h == pyramid.height
    region = "full" if whole else f"{x},{y},{w},{h}"
    if size.w == w and size.h == h:
        named = "max" if version == 3 or w * h > cast(int, LARGEST.area) else "full"
    else:
        named = f"{size.w}," if version == 2 and size.h == max(1, round(size.w * h / w)) else f"{size.w},{size.h}"
    canonical = f"{region}/{named}/0/{found[7]}.jpg"
    return ImageRequest(Region(x, y, w, h), size, False, 0.0, found[7], "jpg", canonical)


def _as_stored(asked: ImageRequest, pyramid: Pyramid) -> bool:
    if asked.format != "jpg":
        return False
    return asked.quality in ("default", "color") or (asked.quality == "gray" and pyramid.bands == 1)


def _etag(picture: Picture, asked: ImageRequest) -> str:
    told = f"{_CODE}|{picture.path.name}|{picture.public_id}|{picture.watermark}|{asked.canonical}|{asked.size}"
    return f'"{hashlib.blake2s(told.encode(), digest_size=12).hexdigest()}"'


def _link(address: Address) -> tuple[str, str]:
    return "Link", f'<{PROFILE[address.version]}>;rel="profile"'


class Pyramids:
    """Open pyramids by path, the longest unused closed first."""

    def __init__(self, most: int = _OPEN) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._open: OrderedDict[Path, Pyramid] = OrderedDict()

    def get(self, path: Path) -> Pyramid | None:
        """The pyramid, None when there is none (yet) that could be read."""
        try:
            return self.open(path)
        except (OSError, NotPyramid):
            return None

    def forget(self, path: Path) -> None:
        """Open it anew the next time."""
        with self._lock:
            self._open.pop(path, None)

    def open(self, path: Path) -> Pyramid:
        """The pyramid. Raises OSError, NotPyramid."""
        with self._lock:
            if (found := self._open.get(path)) is not None:
                self._open.move_to_end(path)
        if found is not None and not found.replaced():
            return found
        found = Pyramid.read(path)
        with self._lock:
            self._open[path] = found
            while len(self._open) > self._most:
                self._open.popitem(last=False)  # its file is closed when the last request lets go of it
        return found


PYRAMIDS: Final = Pyramids()
