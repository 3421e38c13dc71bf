"""A lone command drains the change feed before it exits; beside a running indexer it only waits for it."""

from __future__ import annotations

import time

_PATIENCE = 120.0


def catch_up() -> None:
    """Return when the index shows everything committed so far (or the running indexer takes very long)."""
    from lienthu.domain.discovery.services.indexing import Indexer, anything_waits

    waited = 0.0
    while anything_waits() and waited < _PATIENCE:
        with Indexer() as indexer:
            if indexer.acquire():
                indexer.drain()
                return
        time.sleep(0.2)
        waited += 0.2
