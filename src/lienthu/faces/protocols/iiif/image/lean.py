"""The short way to pictures that everyone may see: WSGI before Django. Rule IMG-7.

Sessions, languages and forms cost more than a tile does. What everyone may see needs none of them: whether that is so
is asked of ``domain/digital/pictures.py`` for every request. Everything else goes Django's way, to ``views.py``.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Iterable
from functools import lru_cache
from http import HTTPStatus
from typing import Any, Final

from django.conf import settings
from django.db import DatabaseError
from django.http.request import split_domain_port, validate_host

from lienthu.domain.digital.pictures import PublicPictures
from lienthu.faces.protocols.iiif.image import answers
from lienthu.platform.client_address import address_of
from lienthu.platform.cost_limit import Limiter, client_key, is_this_machine

LIMITER: Final = Limiter(burst=1500.0, refill=30.0)
"""A library behind one address has many readers, and thumbnails come by the hundred; stored tiles cost nothing."""
_STATUS: Final = {int(one): f"{one.value} {one.phrase}" for one in HTTPStatus}
_logger = logging.getLogger(__name__)

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]


class LeanImages:
    """Answers what it can of ``/iiif/image/``, hands everything else to ``fallback``."""

    def __init__(self, fallback: Application) -> None:
        self._fallback = fallback
        self._pictures = PublicPictures()

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if not path.startswith(answers.PREFIX):
            return self._fallback(environ, start_response)
        answer = self._answer(environ, path)
        if answer is None:
            return self._fallback(environ, start_response)
        if answer.status not in (204, 304):
            answer.headers.append(("Content-Length", str(len(answer.body))))
        if settings.SECURE_HSTS_SECONDS:
            answer.headers.append(("Strict-Transport-Security", f"max-age={settings.SECURE_HSTS_SECONDS}"))
        start_response(_STATUS[answer.status], answer.headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [answer.body]

    def _answer(self, environ: Environ, path: str) -> answers.Answer | None:
        method = environ["REQUEST_METHOD"]
        address = answers.read_address(path)
        origin = _origin(environ)
        if address is None or origin is None or method not in ("GET", "HEAD") or address.rest is None:
            return None
        try:
            picture = self._pictures.get(address.public_id, address.seq)
        except DatabaseError:
            _logger.exception("pictures cannot be looked up")
            return None
        if picture is None:
            return None
        if address.rest == "info.json":
            accept = environ.get("HTTP_ACCEPT", "")
            size = picture.width, picture.height
            return answers.describe(address, *size, origin, accept=accept, path=picture.path, public=True)
        return answers.show(
            address,
            picture,
            origin,
            known=environ.get("HTTP_IF_NONE_MATCH", ""),
            charge=lambda cost: _charge(environ, cost),
        )


def _charge(environ: Environ, cost: float) -> int:
    address = address_of(environ)
    if not settings.COST_LIMITS or is_this_machine(address):
        return 0
    return math.ceil(LIMITER.take(client_key(address), cost))


def _origin(environ: Environ) -> str | None:
    """The public address of this install; None for a host that is not ours, which Django refuses."""
    scheme = environ.get("wsgi.url_scheme", "http")
    if (header := settings.SECURE_PROXY_SSL_HEADER) is not None and header[0] in environ:
        scheme = "https" if environ[header[0]].split(",", 1)[0].strip() == header[1] else "http"
    host = environ.get("HTTP_HOST", "")
    return settings.PUBLIC_URL or (f"{scheme}://{host}" if _ours(host) else None)


@lru_cache(maxsize=1000)
def _ours(host: str) -> bool:
    domain, _ = split_domain_port(host)
    return bool(domain) and validate_host(domain, settings.ALLOWED_HOSTS)
