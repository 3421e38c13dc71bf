"""``lienthu indexer``: the process that keeps the index in step."""

from __future__ import annotations

import argparse
import signal

from lienthu.platform.processes import die_with_parent, tune_for_bulk

MIGRATES = False


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No arguments."""


def run(options: argparse.Namespace) -> int:
    """Until SIGTERM or SIGINT."""
    from lienthu.domain.discovery.services.indexing import run_forever

    die_with_parent()
    tune_for_bulk()
    stopping = False

    def stop(*_: object) -> None:
        nonlocal stopping
        stopping = True

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    run_forever(lambda: stopping)
    return 0
