"""Pages for what went wrong. Wired in config/urls.py as handler400, handler403, handler404 and handler500."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template import loader

from lienthu.domain.network.errors import NotAllowed, Refused
from lienthu.domain.network.policy import Block

# An error answers for the whole page, whatever small part of it htmx had asked for.
_WHOLE_PAGE = {"HX-Retarget": "#main", "HX-Reselect": "#main", "HX-Reswap": "outerHTML show:window:top"}


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: an address or form that makes no sense to us."""
    return _page(request, "400", 400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: with the sentence of the refusal where there is one."""
    refusal = exception if isinstance(exception, Refused) else None
    if isinstance(exception, NotAllowed) and Block.PASSWORD_FIRST in exception.decision.blocks:
        return redirect("accounts:password_change")
    return _page(request, "403", 403, refusal=refusal)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404. A refusal brings its own sentence; other exceptions only say what the resolver tried, which helps nobody."""
    refusal = exception if isinstance(exception, Refused) else None
    return _page(request, "404", 404, refusal=refusal)


def gone(request: HttpRequest) -> HttpResponse:
    """410: there was a publication at this address; its libraries have withdrawn it."""
    return _page(request, "410", 410)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: without context processors, because the database may be what failed."""
    return HttpResponse(loader.render_to_string("portal/errors/500.html"), status=500, headers=_WHOLE_PAGE)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form sent from a page that was open too long, or without cookies. For CSRF_FAILURE_VIEW."""
    return _page(request, "csrf", 403)


def too_many(request: HttpRequest, seconds: int) -> HttpResponse:
    """429 with Retry-After: a client that asks faster than the search may answer one of many."""
    response = _page(request, "429", 429, seconds=seconds)
    response["Retry-After"] = str(seconds)
    return response


def too_large(request: HttpRequest, limit: str) -> HttpResponse:
    """413: a request that announces more than the page takes. For TOO_LARGE_VIEW. ``limit`` "": no files here."""
    return _page(request, "413", 413, limit=limit)


def _page(request: HttpRequest, name: str, status: int, **context: Any) -> HttpResponse:
    response = render(request, f"portal/errors/{name}.html", {**context, "noindex": True}, status=status)
    for header, value in _WHOLE_PAGE.items():
        response[header] = value
    return response
