"""``lienthu run``: the whole system in the foreground."""

from __future__ import annotations

import argparse
import os
import sys
import time
import urllib.request

from lienthu.faces.cli.ground import Refusal
from lienthu.faces.cli.supervisor import Child, Supervisor, port_is_free

_READY_SECONDS = 60.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """--no-sample for a real install."""
    parser.add_argument(
        "--no-sample", action="store_true", help="do not load the sample province into an empty install"
    )
    parser.add_argument("--web-workers", type=int, default=2)


def run(options: argparse.Namespace) -> int:
    """Serve until Ctrl-C. Refused when the port is taken."""
    from django.conf import settings

    from lienthu.faces.cli.seeding import is_empty, sample_accounts, seed_province

    env = settings.ENV
    if not port_is_free(env.host, env.port):
        raise Refusal(f"Port {env.port} of {env.host} is in use. Stop what runs there, or choose another: PORT=8001.")
    if is_empty() and not options.no_sample:
        print("Loading the sample province (only this first time) …", flush=True)
        seed_province()
    lienthu = [sys.executable, "-m", "lienthu.faces.cli.main"]
    children = [
        Child("web", _web_command(env.host, env.port, options.web_workers)),
        Child("worker", [*lienthu, "worker"]),
        Child("indexer", [*lienthu, "indexer"]),
    ]
    environment = {**os.environ, "LIENTHU_SUPERVISED": "1", "LIENTHU_DATA": str(settings.DATA_DIR)}
    url = f"http://{'[' + env.host + ']' if ':' in env.host else env.host}:{env.port}"

    def ready() -> None:
        _wait_until_it_answers(f"{url}/healthz")
        print(f"\n  Liên Thư: {url}\n", flush=True)
        for account in sample_accounts():
            print(f"  {account.username:<12} {account.password:<16} {account.what}", flush=True)
        print("\n  Ctrl-C stops everything.\n", flush=True)

    return Supervisor(children, environment, _mind_database).run(ready)


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


def _mind_database() -> None:
    """Start the embedded database again when it was killed; a real server looks after itself."""
    from django.conf import settings

    from lienthu.platform.postgres import CannotStart, EmbeddedPostgres

    if settings.ENV.database_url:
        return
    postgres = EmbeddedPostgres(settings.DATA_DIR / "postgres")
    if postgres.status() == "running":
        return
    try:
        postgres.ensure().release()
        print("The database was down and has been started again.", file=sys.stderr, flush=True)
    except CannotStart as e:
        print(f"The database cannot be started: {e}", file=sys.stderr, flush=True)
