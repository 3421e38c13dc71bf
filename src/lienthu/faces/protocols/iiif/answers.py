"""Answering with JSON-LD: compressed and kept, told apart by ETag, readable from everywhere (PRE-3, PRE-4)."""

from __future__ import annotations

import gzip
import threading
from collections import OrderedDict
from collections.abc import Callable
from functools import wraps
from typing import Any, Final

import orjson
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.views.decorators.gzip import gzip_page

from lienthu.domain.digital.access import Opened
from lienthu.domain.digital.errors import DigitalRefused
from lienthu.domain.digital.policy import PUBLIC
from lienthu.platform.cost_limit import Limiter, charge

LIMITER: Final = Limiter(burst=200.0, refill=20.0)
PRESENTATION_TYPE: Final = {
    2: 'application/ld+json;profile="http://iiif.io/api/presentation/2/context.json"',
    3: 'application/ld+json;profile="http://iiif.io/api/presentation/3/context.json"',
}


class Kept:
    """Compressed documents in memory by key, at most ``limit`` bytes of them, the longest unused forgotten first."""

    def __init__(self, limit: int = 24 * 1024 * 1024) -> None:
        self._limit, self._size = limit, 0
        self._lock = threading.Lock()
        self._documents: OrderedDict[str, bytes] = OrderedDict()

    def get(self, key: str) -> bytes | None:
        """The document, if it is here."""
        with self._lock:
            if (found := self._documents.get(key)) is not None:
                self._documents.move_to_end(key)
            return found

    def put(self, key: str, document: bytes) -> None:
        """Keep it, unless it alone would push out nearly everything."""
        if len(document) > self._limit // 4:
            return
        with self._lock:
            self._size += len(document) - len(self._documents.pop(key, b""))
            self._documents[key] = document
            while self._size > self._limit:
                self._size -= len(self._documents.popitem(last=False)[1])

    def clear(self) -> None:
        """Forget all of it."""
        with self._lock:
            self._documents.clear()
            self._size = 0


KEPT: Final = Kept()

_OWN: Final = "Cross-Origin-Resource-Policy"
View = Callable[..., HttpResponse]


def for_its_reader(response: HttpResponse, opened: Opened) -> HttpResponse:
    """Words of what is not open to everybody: not for scripts of other sites (PRE-4).

    Who reads in the rooms of a library is known by the address alone. Without this, any page on the net that is looked
    at there could fetch the words by the reader's browser and carry them away.
    """
    if PUBLIC not in opened.audiences.read:
        response[_OWN] = "same-origin"
    return response


def served(view: View) -> View:
    """GET, HEAD and OPTIONS from every origin; refusals of the room as JSON; a limit for each address."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "OPTIONS":
            response = HttpResponse(status=204)
            response["Access-Control-Allow-Methods"] = "GET, HEAD, OPTIONS"
            response["Access-Control-Allow-Headers"] = "Authorization, Content-Type"
            response["Access-Control-Max-Age"] = "86400"
        elif request.method not in ("GET", "HEAD"):
            response = HttpResponse(status=405, headers={"Allow": "GET, HEAD, OPTIONS"})
        elif wait := charge(request, 1.0, LIMITER):
            response = too_many(wait)
        else:
            try:
                response = view(request, *args, **kwargs)
            except DigitalRefused as refused:
                response = refusal(refused.status, refused.code, str(refused))
        if response.get(_OWN) != "same-origin":
            response["Access-Control-Allow-Origin"] = "*"
        response["X-Content-Type-Options"] = "nosniff"
        return response

    return answer


packed: Final[Callable[[View], View]] = gzip_page
"""For documents that are made anew each time. Django's adds some bytes at random, so that sizes tell no secrets."""


def too_many(wait: int) -> HttpResponse:
    """429: who asks so much must wait so many seconds."""
    response = refusal(429, "too-many-requests", f"Too many requests from this address; go on in {wait} s.")
    response["Retry-After"] = str(wait)
    return response


def refusal(status: int, code: str, message: str) -> HttpResponse:
    """An error as JSON, never kept by anybody."""
    response = HttpResponse(
        orjson.dumps({"error": code, "message": message}), status=status, content_type="application/json"
    )
    response["Cache-Control"] = "no-store"
    return response


def document(
    request: HttpRequest, key: str, build: Callable[[], Any], *, content_type: str, public: bool
) -> HttpResponse:
    """The document under this key, built when it is not kept; 304 for who has it already.

    ``public``: the same for everyone, so that shared caches may keep it too (they ask again each time).
    """
    etag = f'W/"{key}"'
    if _has(request, etag):
        response = HttpResponse(status=304)
    else:
        packed = KEPT.get(key)
        if packed is None:
            packed = gzip.compress(orjson.dumps(build()), compresslevel=1, mtime=0)
            KEPT.put(key, packed)
        if "gzip" in request.headers.get("Accept-Encoding", ""):
            response = HttpResponse(packed, content_type=content_type)
            response["Content-Encoding"] = "gzip"
        else:
            response = HttpResponse(gzip.decompress(packed), content_type=content_type)
    response["ETag"] = etag
    # Rights may change at any moment: nobody uses a copy without asking whether it still holds.
    response["Cache-Control"] = "public, no-cache" if public else "private, no-cache"
    patch_vary_headers(response, ["Accept-Encoding"])
    return response


def _has(request: HttpRequest, etag: str) -> bool:
    given = request.headers.get("If-None-Match", "")
    return any(part.strip() in (etag, "*") for part in given.split(","))
