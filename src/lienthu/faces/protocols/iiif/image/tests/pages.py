"""Objects with real pictures, and a client that speaks WSGI."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pyvips
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from PIL import Image

from lienthu.domain.digital import store
from lienthu.domain.digital.models import DigitalObject, Page
from lienthu.domain.digital.policy import Status
from lienthu.domain.digital.tests.cast import published
from lienthu.domain.network.models import Library
from lienthu.foundation.imaging import pyramid
from lienthu.foundation.imaging.tests.making import pattern


def with_pictures(
    library: Library, status: Status = Status.OFFICIAL, *, image: pyvips.Image | None = None, **facts: Any
) -> DigitalObject:
    """A published object of two pages; page 1 has a picture."""
    obj = published(library, status=status, **facts)
    draw(obj, 1, image or pattern(1237, 1753))
    return obj


def draw(obj: DigitalObject, seq: int, image: pyvips.Image) -> Path:
    page = Page.objects.get(object=obj, seq=seq)
    target = store.picture_of(page, obj.public_id)
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        image.tiffsave(f"{folder}/in.tif")
        facts = pyramid.build(Path(folder) / "in.tif", target)
    page.width, page.height = facts["width"], facts["height"]
    page.save()
    return target


@contextmanager
def connection_of_the_test() -> Iterator[None]:
    """No request that begins or ends here closes it, as with Django's own test client."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    try:
        yield
    finally:
        for signal in signals:
            signal.connect(close_old_connections)


@dataclass
class Got:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def image(self) -> Image.Image:
        return Image.open(io.BytesIO(self.body))


def get(application: Any, path: str, method: str = "GET", **environ: str) -> Got:
    """Ask a WSGI application as a server would."""
    seen: dict[str, Any] = {}

    def start(status: str, headers: list[tuple[str, str]], exc: Any = None) -> None:
        seen.update(status=int(status.split()[0]), headers=dict(headers))

    asked = {
        "REQUEST_METHOD": method,
        "PATH_INFO": unquote(path, encoding="latin-1"),
        "SCRIPT_NAME": "",
        "QUERY_STRING": "",
        "SERVER_NAME": "testserver",
        "SERVER_PORT": "80",
        "HTTP_HOST": "testserver",
        "REMOTE_ADDR": "127.0.0.1",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": io.StringIO(),
        **environ,
    }
    with connection_of_the_test():
        parts = application(asked, start)
        body = b"".join(parts)
        if hasattr(parts, "close"):
            parts.close()
    return Got(seen["status"], seen["headers"], body)
