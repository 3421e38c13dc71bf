"""A lone command drains the change feed before it exits; beside a running indexer it only waits for it."""

from __future__ import annotations

import sys
import time

_PATIENCE = 120.0


def catch_up() -> bool:
    """Return when both indexes show everything committed so far, building them first where there are none.

    False when it could not be brought up (disk full, or a running indexer that takes very long): the news stays in
    the database, and the next command or the running system goes on with it. The reason is on standard error.
    """
    from lienthu.domain.discovery.fulltext import indexing as pages
    from lienthu.domain.discovery.selectors import index_ready
    from lienthu.domain.discovery.services.indexing import Indexer, anything_waits, store

    deadline = time.monotonic() + _PATIENCE
    try:
        while anything_waits() or not index_ready() or pages.anything_waits() or not pages.ready():
            with Indexer() as indexer, pages.PageIndexer() as page_indexer:
                mine = indexer.acquire(), page_indexer.acquire()
                if mine[0]:
                    indexer.drain()
                if mine[1]:
                    page_indexer.drain()
                if all(mine):
                    return True
            if time.monotonic() > deadline:
                print("The running indexer is still busy; the search will follow.", file=sys.stderr)
                return False
            store().somebody_waits.touch()
            time.sleep(0.1)
    except (OSError, ValueError) as e:  # what tantivy raises when it cannot write
        print(f"Everything is kept, but the search index is behind: {e}. The next command goes on.", file=sys.stderr)
        return False
    return True
