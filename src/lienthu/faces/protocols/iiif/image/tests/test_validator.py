"""The official validator of the IIIF Image API, level 2, against a server that runs. Rules IMG-5 and IMG-8."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import numpy as np
import pytest
from django.core.wsgi import get_wsgi_application
from django.db import connections
from iiif_validator import validator

from lienthu.domain.network.tests.factories import make_library
from lienthu.faces.protocols.iiif.image.lean import LeanImages
from lienthu.faces.protocols.iiif.image.tests.pages import with_pictures
from lienthu.foundation.imaging.tests.making import of_array

pytestmark = pytest.mark.django_db(transaction=True)


# What we do beyond level 2 and the validator can ask for. Its question for WebP is written in Python 2; its question
# for ^max of version 3 does not look at the limits that info.json states (it says so itself).
_BOTH = (
    "linkheader_canonical",
    "linkheader_profile",
    "rot_mirror",
    "rot_mirror_180",
    "rot_full_non90",
    "rot_region_non90",
)
BEYOND = {"2.0": (*_BOTH, "size_up"), "3.0": _BOTH}


class Quiet(WSGIRequestHandler):
    def log_message(self, *args: Any) -> None:
        pass


class Threaded(ThreadingMixIn, WSGIServer):
    daemon_threads = True


@pytest.fixture
def server() -> Iterator[str]:
    application = LeanImages(get_wsgi_application())

    def closing(environ: Any, start: Any) -> Any:
        try:
            yield from application(environ, start)
        finally:
            connections.close_all()  # each request has a thread of its own

    running = make_server("127.0.0.1", 0, closing, server_class=Threaded, handler_class=Quiet)
    thread = threading.Thread(target=running.serve_forever, daemon=True)
    thread.start()
    yield f"127.0.0.1:{running.server_port}"
    running.shutdown()
    running.server_close()
    thread.join()


def squares() -> Any:
    """The validator's picture: ten by ten squares of colours that it knows."""
    pixels = np.zeros((1000, 1000, 3), np.uint8)
    for x, column in enumerate(validator.ValidationInfo().colorInfo):
        for y, colour in enumerate(column):
            pixels[100 * y : 100 * y + 100, 100 * x : 100 * x + 100] = colour
    return of_array(pixels)


@pytest.mark.parametrize("version", ["2.0", "3.0"])
def test_the_validator_is_content_at_level_2(server: str, version: str) -> None:
    obj = with_pictures(make_library(), image=squares())
    info = validator.ValidationInfo()
    suite = validator.TestSuite(info)
    ran, failed = 0, {}
    for name, about in suite.list_tests(version).items():
        if about["level"] > 2 and name not in BEYOND[version]:
            continue
        result = validator.ImageAPI(
            f"{obj.public_id}.1", server, f"iiif/image/{version[0]}", version=version, debug=False
        )
        suite.run_test(name, result)
        ran += 1
        if result.exception is not None:
            failed[name] = f"{result.exception} {result.urls[-1:]}"
    assert not failed, failed
    assert ran > 35
