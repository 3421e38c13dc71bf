"""The address of the client behind a request, for lockout and cost limits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """The client's address. X-Forwarded-For is believed only as far as proxies of ours have written it."""
    return address_of(request.META)


def address_of(environ: Mapping[str, Any]) -> str:
    """The same from what WSGI says of a request."""
    proxies: int = settings.TRUSTED_PROXIES
    if proxies:
        chain = [part.strip() for part in environ.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
        if len(chain) >= proxies:
            return str(chain[-proxies])
    return str(environ.get("REMOTE_ADDR", "") or "unknown")
