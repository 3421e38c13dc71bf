"""A refusal is one line of the log; a fault of ours keeps its traceback."""

from __future__ import annotations

import io
import logging
import logging.config
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path


def refuse(request: HttpRequest) -> HttpResponse:
    raise PermissionDenied


def break_down(request: HttpRequest) -> HttpResponse:
    raise ValueError("a fault of ours")


urlpatterns = [path("refuse/", refuse), path("break/", break_down)]


@contextmanager
def log() -> Iterator[io.StringIO]:
    """What the configured handlers write meanwhile."""
    logging.config.dictConfig(settings.LOGGING)
    written = io.StringIO()
    (handler,) = logging.getLogger().handlers[-1:] or [None]
    assert isinstance(handler, logging.StreamHandler)
    before = handler.setStream(written)
    try:
        yield written
    finally:
        handler.setStream(before)


@pytest.mark.django_db
@override_settings(ROOT_URLCONF=__name__, MIDDLEWARE=[])
def test_a_refused_request_is_one_line_and_a_fault_a_traceback() -> None:
    with log() as written:
        assert Client(raise_request_exception=False).get("/refuse/").status_code == 403
        assert Client(raise_request_exception=False).get("/break/").status_code == 500
    lines = written.getvalue()
    assert [line for line in lines.splitlines() if "/refuse/" in line] == [lines.splitlines()[0]]
    assert "PermissionDenied" not in lines
    assert "ValueError: a fault of ours" in lines
