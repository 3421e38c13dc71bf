"""``lienthu reindex``: a complete new index beside the live one, then the switch."""

from __future__ import annotations

import argparse
import sys


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No arguments."""


def run(options: argparse.Namespace) -> int:
    """Build and switch. Refused while another process writes the index: it is asked to build instead."""
    from lienthu.domain.discovery.services.indexing import Indexer, ask_for_rebuild
    from lienthu.platform.processes import tune_for_bulk

    tune_for_bulk()
    with Indexer() as indexer:
        if not indexer.acquire():
            ask_for_rebuild()
            print("The running indexer has been asked to build the index anew.")
            return 0
        total = indexer.rebuild(progress=_progress)
        indexer.drain()
    print(f"\r{total} publications indexed.")
    return 0


def _progress(total: int) -> None:
    if sys.stderr.isatty():
        print(f"\r{total}", end="", file=sys.stderr, flush=True)
