"""A lone command drains the change feed before it exits; beside a running indexer it only waits for it."""

from __future__ import annotations

import sys
import time

_PATIENCE = 120.0


def catch_up() -> bool:
    """Return when the index shows everything committed so far, building it first where there is none.

    False when it could not be brought up (disk full, or a running indexer that takes very long): the news stays in
    the database, and the next command or the running system goes on with it. The reason is on standard error.
    """
    from lienthu.domain.discovery.selectors import index_ready
    from lienthu.domain.discovery.services.indexing import Indexer, anything_waits

    deadline = time.monotonic() + _PATIENCE
    try:
        while anything_waits() or not index_ready():
            with Indexer() as indexer:
                if indexer.acquire():
                    indexer.drain()
                    return True
            if time.monotonic() > deadline:
                print("The running indexer is still busy; the search will follow.", file=sys.stderr)
                return False
            time.sleep(0.2)
    except (OSError, ValueError) as e:  # what tantivy raises when it cannot write
        print(f"Everything is kept, but the search index is behind: {e}. The next command goes on.", file=sys.stderr)
        return False
    return True
