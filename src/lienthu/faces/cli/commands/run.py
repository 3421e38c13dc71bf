"""``lienthu run``: the whole system in the foreground.

This process only watches the others: what needs Django is done by a command before it, so that it stays small.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from lienthu.faces.cli.supervisor import Child, Supervisor
from lienthu.platform.postgres import CannotStart, EmbeddedPostgres
from lienthu.platform.postgres.settings import memory_bytes
from lienthu.platform.processes import die_with_parent

NEEDS_DJANGO = False
_READY_SECONDS = 60.0
_LITTLE_MEMORY = 4 * 1024**3


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """--no-sample for a real install."""
    parser.add_argument("--no-volumes", action="store_true", help="of the sample province load no digitised volumes")
    parser.add_argument(
        "--no-sample", action="store_true", help="do not load the sample province into an empty install"
    )
    parser.add_argument(
        "--web-workers", type=int, default=0, help="processes that answer requests (default: 1 or 2, by the memory)"
    )


def run(options: argparse.Namespace) -> int:
    """Serve until Ctrl-C. Refused when the port is taken."""
    lienthu = [sys.executable, "-m", "lienthu.faces.cli.main"]
    prepare = [*lienthu, "prepare", "--for-run", *(["--no-sample"] if options.no_sample else [])]
    prepare += ["--no-volumes"] if options.no_volumes else []
    prepared = subprocess.run(prepare, stdout=subprocess.PIPE, check=False, preexec_fn=die_with_parent)
    if prepared.returncode:
        return prepared.returncode
    told = json.loads(prepared.stdout.splitlines()[-1])
    host, port = told["host"], told["port"]
    postgres = EmbeddedPostgres(Path(told["data"]) / "postgres") if told["embedded"] else None
    lease = postgres.ensure() if postgres else None
    children = [
        Child("web", _web_command(host, port, options.web_workers or _web_workers())),
        Child("worker", [*lienthu, "worker"]),
        Child("indexer", [*lienthu, "indexer"]),
    ]
    environment = {**os.environ, "LIENTHU_SUPERVISED": "1", "LIENTHU_DATA": told["data"]}
    url = f"http://{'[' + host + ']' if ':' in host else host}:{port}"

    def ready() -> None:
        _wait_until_it_answers(f"{url}/healthz")
        print(f"\n  Liên Thư: {url}\n", flush=True)
        for username, password, what in told["accounts"]:
            print(f"  {username:<12} {password:<16} {what}", flush=True)
        print("\n  Ctrl-C stops everything.\n", flush=True)

    try:
        return Supervisor(children, environment, lambda: _mind_database(postgres)).run(ready)
    finally:
        if lease is not None:
            lease.release()


def _web_workers() -> int:
    """One process answers a commune library, and costs the memory of one; where there is more, two."""
    return 1 if memory_bytes() < _LITTLE_MEMORY else 2


def _web_command(host: str, port: int, workers: int) -> list[str]:
    return [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port),
        "--workers", str(max(1, workers)), "--blocking-threads", "4", "--backlog", "512", "--respawn-failed-workers",
        "--log-level", "warning", "--no-ws", "lienthu.config.wsgi:application",
    ]  # fmt: skip


def _wait_until_it_answers(url: str) -> None:
    deadline = time.monotonic() + _READY_SECONDS
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=2):  # noqa: S310  # our own address
                return
        except OSError:
            time.sleep(0.1)
    print("The web server has not answered yet; see the messages above.", file=sys.stderr, flush=True)


def _mind_database(postgres: EmbeddedPostgres | None) -> None:
    """Start the embedded database again when it was killed; a real server looks after itself."""
    if postgres is None or postgres.status() == "running":
        return
    try:
        postgres.ensure().release()
        print("The database was down and has been started again.", file=sys.stderr, flush=True)
    except CannotStart as e:
        print(f"The database cannot be started: {e}", file=sys.stderr, flush=True)
