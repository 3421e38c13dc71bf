"""The benchmark behind ``lienthu bench tiles``: pictures and manifests over HTTP, as viewers ask for them."""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import os
import random
import socket
import statistics
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, Final

from lienthu.faces.cli.bench_volumes import PAGES
from lienthu.faces.cli.benchmarks import environment_of, free_port, print_result, running, scratch
from lienthu.faces.cli.load import Http, drive
from lienthu.foundation.imaging.tiles import Pyramid

_SECONDS: Final = 6.0
_IIPSRV: Final = ("/usr/lib/iipimage-server/iipsrv.fcgi", "/usr/lib/cgi-bin/iipsrv.fcgi")


def bench_tiles(options: argparse.Namespace) -> int:
    """Aligned tiles, other pictures, a manifest of 2,000 pages; the same tiles from iipsrv where it is installed."""
    with scratch(options) as folder:
        environment = environment_of(folder)
        made = _fill(folder, environment)
        pyramid = Pyramid.read(Path(made["picture"]))
        aligned = [
            f"/iiif/image/3/{made['object']}.{seq}/{tile}/0/default.jpg"
            for seq in range(1, PAGES + 1)
            for tile in _tiles(pyramid)
        ]
        others = [
            f"/iiif/image/3/{made['object']}.{seq}/{path}"
            for seq in range(1, PAGES + 1)
            for path in _others(pyramid, seq)
        ]
        with running(environment) as port:
            connect = partial(Http, port)
            drive(connect, aligned, seconds=1.5)  # every process has opened what it needs
            result: dict[str, Any] = {"aligned_per_second": round(drive(connect, aligned, seconds=_SECONDS))}
            drive(connect, others, seconds=1.5, connections=2)
            result["other_per_second"] = round(drive(connect, others, seconds=_SECONDS, connections=2), 1)
            result["manifest_2000_ms"] = round(_manifests(port, made["object"], made["manifests"]), 1)
        if program := next((name for name in _IIPSRV if Path(name).exists()), ""):
            result["iipsrv_per_second"] = round(_iipsrv(program, folder, Path(made["picture"]), pyramid), 1)
        print_result(result, options)
    return 0


def _fill(folder: Path, environment: dict[str, str]) -> dict[str, Any]:
    marker = folder / "volumes.json"
    if not marker.exists():
        done = subprocess.run(
            [sys.executable, "-m", "lienthu.faces.cli.bench_volumes"], check=True, stdout=subprocess.PIPE, text=True,
            env={**environment, "DJANGO_SETTINGS_MODULE": "lienthu.config.settings"},
        )  # fmt: skip
        marker.write_text(done.stdout.strip().splitlines()[-1])
    found: dict[str, Any] = json.loads(marker.read_text())
    return found


def _tiles(pyramid: Pyramid) -> Iterator[str]:
    """Every tile that a viewer can ask for, in all levels, those at the edge among them."""
    for level in pyramid.levels:
        for column in range(level.columns):
            for row in range(level.rows):
                x, y, w, h = pyramid.region(level.index, column, row)
                size = pyramid.size_at(level.index, column, row)
                yield f"{x},{y},{w},{h}/{size.w},{size.h}"


def _others(pyramid: Pyramid, seed: int) -> Iterator[str]:
    """What is no tile: thumbnails, parts cut where a reader drew a box, parts turned, grey or in another format."""
    dice = random.Random(seed)  # noqa: S311  # a benchmark repeats itself
    for width in (90, 150, 200):
        yield f"full/{width},/0/default.jpg"
    yield "full/!400,400/0/default.jpg"
    for _ in range(3):
        x, y = dice.randrange(pyramid.width - 700), dice.randrange(pyramid.height - 500)
        yield f"{x},{y},600,400/max/0/default.jpg"
        yield f"{x},{y},700,480/!350,350/0/default.jpg"
        yield f"{x},{y},500,400/250,200/90/gray.jpg"
    yield "square/256,256/0/default.webp"
    yield "pct:10,10,50,50/400,/0/default.jpg"


def _manifests(port: int, shown: str, ids: list[str]) -> float:
    """The median of milliseconds for manifests that nobody asked for before."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    times = []
    for n, public_id in enumerate([shown] * 8 + ids):
        start = time.perf_counter()
        connection.request("GET", f"/iiif/presentation/3/{public_id}/manifest", headers={"Accept-Encoding": "gzip"})
        response = connection.getresponse()
        response.read()
        if response.status != 200:
            raise SystemExit(f"The manifest was answered with {response.status}.")
        if n >= 8:
            times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times)


# ------------------------------------------------------------------------------------------------------------- iipsrv


def _iipsrv(program: str, folder: Path, picture: Path, pyramid: Pyramid) -> float:
    """The same tiles of copies of the same pyramid from the image server of that name, two processes of it.

    Asked in its own protocol, FastCGI, without a web server between: that is to its advantage.
    """
    with contextlib.ExitStack() as stack:
        ports = [stack.enter_context(_started(program, folder)) for _ in range(2)]
        for seq in range(1, PAGES + 1):
            with contextlib.suppress(FileExistsError):
                os.link(picture.with_name(f"{seq}-1.tif"), folder / f"{seq}.tif")
        paths = [f"{seq}.tif/{tile}/0/default.jpg" for seq in range(1, PAGES + 1) for tile in _tiles(pyramid)]
        connect = partial(_any_of, ports)
        drive(connect, paths, seconds=1.0, connections=2)
        return drive(connect, paths, seconds=_SECONDS, connections=2)


@contextlib.contextmanager
def _started(program: str, folder: Path) -> Iterator[int]:
    port = free_port()
    server = subprocess.Popen(
        [program, "--bind", f"127.0.0.1:{port}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        env={"FILESYSTEM_PREFIX": f"{folder}/", "LOGFILE": "/dev/null", "VERBOSITY": "0", "JPEG_QUALITY": "85"},
    )  # fmt: skip
    try:
        for _ in range(100):
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            time.sleep(0.05)
        yield port
    finally:
        server.kill()
        server.wait()


def _any_of(ports: list[int]) -> FastCgi:
    return FastCgi(ports)


class FastCgi:
    """Requests of FastCGI 1.0, one connection for each, as iipsrv closes it after every answer."""

    def __init__(self, ports: list[int]) -> None:
        self._ports, self._number = ports, 0
        self._socket: socket.socket | None = None

    def send(self, path: str) -> None:
        """Ask for an IIIF path."""
        self._number += 1
        port = self._ports[self._number % len(self._ports)]
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        query = f"IIIF={path}"
        pairs = {
            "REQUEST_METHOD": "GET",
            "QUERY_STRING": query,
            "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": "localhost",
            "REQUEST_URI": f"/iipsrv?{query}",
            "SCRIPT_NAME": "/iipsrv",
        }
        parameters = b"".join(_pair(name, value) for name, value in pairs.items())
        begin = struct.pack(">HB5x", 1, 0)
        self._socket.sendall(
            _record(1, begin) + _record(4, parameters) + _record(4, b"") + _record(5, b""),
        )

    def receive(self) -> int:
        """Read everything, and see that it is a JPEG."""
        assert self._socket is not None
        data = bytearray()
        while block := self._socket.recv(1 << 18):
            data += block
        self._socket.close()
        if b"image/jpeg" not in data[:600] or b"\xff\xd8\xff" not in data[:1000]:
            raise SystemExit(f"iipsrv answered {bytes(data[:300])!r}")
        return len(data)


def _record(kind: int, content: bytes) -> bytes:
    return struct.pack(">BBHHBx", 1, kind, 1, len(content), 0) + content


def _pair(name: str, value: str) -> bytes:
    sizes = b"".join(
        struct.pack(">B", len(part)) if len(part) < 128 else struct.pack(">I", len(part) | 1 << 31)
        for part in (name.encode(), value.encode())
    )
    return sizes + name.encode() + value.encode()
