"""The memory of an install: what ``lienthu bench memory`` prints, and the peak during ``lienthu bench import``.

Counted is the proportional set size: memory that processes share is divided among them, so that the sum is what the
machine really gives.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import quote, urlencode

from lienthu.faces.cli import benchmarks

_ROLES: Final = {"granian": "web", "worker": "worker", "indexer": "indexer", "run": "supervisor"}
_VISITS: Final = 8  # of each page: every web process has answered some
_CALM_SECONDS: Final = 5.0


def bench_memory(options: argparse.Namespace) -> int:
    """Run the sample province as a small library would, visit its pages, and count the memory by process."""
    with benchmarks.scratch(options) as folder:
        environment = benchmarks.environment_of(folder)
        with benchmarks.running(environment, "--web-workers", str(options.web_workers), sample=True) as port:
            _visit(port)
            time.sleep(_CALM_SECONDS)
            by_process = Counter[str]()
            for pid, kb in sizes_of(folder):
                by_process[_role(pid)] += kb
        result = {
            "total_mb": round(by_process.total() / 1024),
            "by_process": {role: round(kb / 1024) for role, kb in by_process.most_common()},
            "web_workers": options.web_workers,
        }
        benchmarks.print_result(result, options)
    return 0


def _visit(port: int) -> None:
    """The pages that readers open, each several times."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def get(path: str) -> bytes:
        connection.request("GET", path)
        response = connection.getresponse()
        body = response.read()
        if response.status != 200:
            raise SystemExit(f"{path} answered {response.status}")
        return body

    deadline = time.monotonic() + 120
    while not (hits := json.loads(get("/api/v1/search?" + urlencode({"q": "Hạ Long"})))["hits"]):
        if time.monotonic() > deadline:
            raise SystemExit("The sample province is not found in the index.")
        time.sleep(0.5)
    for _ in range(_VISITS):
        get("/")
        get("/search/?" + urlencode({"q": "vịnh Hạ Long"}))
        get("/api/v1/suggest?q=" + quote("hạ"))
        get(f"/records/{hits[0]['id']}/")
    connection.close()


def sizes_of(folder: Path) -> Iterator[tuple[int, int]]:
    """Process id and kilobytes of every process of the scratch install, its PostgreSQL included."""
    marks = (f"LIENTHU_DATA={folder / 'data'}".encode(), str(folder / "data").encode())
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            mine = marks[0] in (process / "environ").read_bytes() or marks[1] in (process / "cmdline").read_bytes()
            if mine or _is_backend(process, marks[1]):
                yield int(process.name), _pss_kb(process)


def _role(pid: int) -> str:
    """What a process is for: by its command, or by that of the process that started it."""
    with contextlib.suppress(OSError):
        command = (Path("/proc") / str(pid) / "cmdline").read_bytes()
        if b"postgres" in command.partition(b"\0")[0]:
            return "database"
        for word in command.split(b"\0"):
            if role := _ROLES.get(word.decode(errors="replace")):
                return role
        parent = int((Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()[1])
        return _role(parent) if parent > 1 else "other"
    return "other"


def _is_backend(process: Path, mark: bytes) -> bool:
    """A PostgreSQL backend shows what it does instead of its arguments; its parent is the postmaster."""
    if not (process / "cmdline").read_bytes().startswith(b"postgres:"):
        return False
    parent = (process / "stat").read_text().rpartition(")")[2].split()[1]
    return mark in (Path("/proc") / parent / "cmdline").read_bytes()


def _pss_kb(process: Path) -> int:
    for line in (process / "smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1])
    return 0


class MemoryWatch:
    """Peak of the memory of all processes of the scratch install together, in MB."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._peak = 0
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def _watch(self) -> None:
        while not self._done.wait(4.0):  # reading the sizes of a large shared memory is work itself
            self._peak = max(self._peak, sum(kb for _, kb in sizes_of(self._folder)))

    def stop(self) -> int:
        """End watching; the peak in MB."""
        self._done.set()
        self._thread.join()
        return round(self._peak / 1024)
