"""``lienthu reindex``: complete new indexes beside the live ones, then the switch."""

from __future__ import annotations

import argparse
import sys


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """--pages for the page index alone."""
    parser.add_argument("--pages", action="store_true", help="only the index of digitised pages")


def run(options: argparse.Namespace) -> int:
    """Build and switch. Refused while another process writes the index: it is asked to build instead."""
    from lienthu.domain.discovery.fulltext import indexing as pages
    from lienthu.domain.discovery.services.indexing import Indexer, ask_for_rebuild
    from lienthu.platform.processes import tune_for_bulk

    tune_for_bulk()
    if not options.pages:
        with Indexer() as indexer:
            if indexer.acquire():
                total = indexer.rebuild(progress=_progress)
                indexer.drain()
                print(f"\r{total} publications indexed.")
            else:
                ask_for_rebuild()
                print("The running indexer has been asked to build the index anew.")
    with pages.PageIndexer() as page_indexer:
        if page_indexer.acquire():
            total = page_indexer.rebuild(progress=_progress)
            page_indexer.drain()
            print(f"\r{total} pages indexed.")
        else:
            pages.ask_for_rebuild()
            print("The running indexer has been asked to build the page index anew.")
    return 0


def _progress(total: int) -> None:
    if sys.stderr.isatty():
        print(f"\r{total}", end="", file=sys.stderr, flush=True)
