"""Follows the live index of a folder: new commits, a switched build, a deleted or damaged folder."""

from __future__ import annotations

import threading
from collections.abc import Callable

import tantivy

from lienthu.domain.discovery.backends.base import IndexMissing
from lienthu.domain.discovery.backends.tantivy.store import IndexStore


class LiveIndex:
    """Opens the live index and follows it. Safe to use from several threads; opened after a fork, by the first use."""

    def __init__(self, store: IndexStore, schema: tantivy.Schema, changed: Callable[[], None] = lambda: None) -> None:
        self._store = store
        self._schema = schema
        self._changed = changed
        self._lock = threading.Lock()
        self._index: tantivy.Index | None = None
        self._searcher: tantivy.Searcher | None = None
        self.stamp: tuple[str, int, int] | None = None

    def serves(self, searcher: tantivy.Searcher) -> bool:
        """Whether that is still the latest commit, as far as anybody here has seen."""
        return self._searcher is searcher

    def searcher(self) -> tantivy.Searcher:
        """What searches the latest commit. Raises IndexMissing when there is no index that can be read."""
        folder = self._store.current()
        try:
            stat = (folder / "meta.json").stat()
        except OSError:
            raise IndexMissing from None
        stamp = (folder.name, stat.st_mtime_ns, stat.st_ino)
        if self._searcher is not None and stamp == self.stamp:
            return self._searcher
        with self._lock:
            try:
                if self._index is None or self.stamp is None or self.stamp[0] != folder.name:
                    self._index = tantivy.Index(self._schema, path=str(folder))
                self._index.reload()
            except (ValueError, OSError):
                # damaged, of another schema, or deleted between two steps: as good as none until it is built anew
                self._index = self._searcher = self.stamp = None
                raise IndexMissing from None
            self._searcher = self._index.searcher()
            self.stamp = stamp
            self._changed()
            return self._searcher
