"""How large a request may be, decided by what it announces: before a byte of it is read or kept (rule IMP-32).

Django would take in the whole of a multipart body, whoever sends it to whatever page, before the page is asked.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.defaultfilters import filesizeformat
from django.utils.module_loading import import_string

_View = TypeVar("_View", bound=Callable[..., Any])
_FORM_AROUND: Final = 1024 * 1024  # the other fields and the boundaries of a form with a file
_SMALL: Final = 12 * 1024 * 1024


def takes_upload(setting: str | int) -> Callable[[_View], _View]:
    """Mark a view as one that takes a file of at most so many bytes (or: as the setting of that name says)."""

    def mark(view: _View) -> _View:
        view.upload_limit = setting  # type: ignore[attr-defined]  # read by UploadLimit
        return view

    return mark


class UploadLimit:
    """Middleware: 413 for what announces itself as too large. Large files are taken from people who are signed in.

    A body that announces no length is not read at all under WSGI.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """Runs before the check for forged forms, which would read the form and with it the file."""
        announced = _length(request)
        if announced <= _SMALL:
            return None
        limit = getattr(view, "upload_limit", None)
        if isinstance(limit, str):
            limit = getattr(settings, limit)
        if limit is not None and announced <= limit + _FORM_AROUND and request.user.is_authenticated:
            return None
        shown = filesizeformat(limit) if limit is not None and request.user.is_authenticated else ""
        answer: Callable[[HttpRequest, str], HttpResponse] = import_string(settings.TOO_LARGE_VIEW)
        return answer(request, shown)


def _length(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0
