"""Pages for what went wrong. Wired in config/urls.py as handler400, handler403, handler404 and handler500."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import loader

from lienthu.domain.network.errors import Refused


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: an address or form that makes no sense to us."""
    return render(request, "portal/errors/400.html", status=400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: with the sentence of the refusal where there is one."""
    refusal = exception if isinstance(exception, Refused) else None
    return render(request, "portal/errors/403.html", {"refusal": refusal}, status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404. A refusal brings its own sentence; other exceptions only say what the resolver tried, which helps nobody."""
    refusal = exception if isinstance(exception, Refused) else None
    return render(request, "portal/errors/404.html", {"refusal": refusal, "noindex": True}, status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: without context processors, because the database may be what failed."""
    return HttpResponse(loader.render_to_string("portal/errors/500.html"), status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form sent from a page that was open too long, or without cookies. For CSRF_FAILURE_VIEW."""
    return render(request, "portal/errors/csrf.html", status=403)


def too_many(request: HttpRequest, seconds: int) -> HttpResponse:
    """429 with Retry-After: a client that asks faster than the search may answer one of many."""
    response = render(request, "portal/errors/429.html", {"seconds": seconds, "noindex": True}, status=429)
    response["Retry-After"] = str(seconds)
    return response
