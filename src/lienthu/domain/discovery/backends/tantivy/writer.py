"""Writes a tantivy index."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import tantivy

from lienthu.domain.discovery.backends.tantivy.schema import build_schema, to_tantivy
from lienthu.domain.discovery.documents import SearchDocument

_HEAP_BYTES = 96_000_000


class TantivyWriter:
    """One open writer on one index folder. The caller holds the writer's lock."""

    def __init__(self, folder: Path, *, heap_bytes: int = _HEAP_BYTES) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._index = tantivy.Index(build_schema(), path=str(folder))
        self._writer = self._index.writer(heap_bytes, 1)
        self._empty = not self._index.searcher().num_docs

    def put(self, documents: Iterable[SearchDocument]) -> None:
        """Add or replace documents."""
        for doc in documents:
            self._writer.delete_documents_by_term("key", str(doc.id))
            self._writer.add_document(to_tantivy(doc))

    def add_new(self, documents: Iterable[SearchDocument]) -> None:
        """Add documents that are known not to be in the index yet (a build from nothing)."""
        for doc in documents:
            self._writer.add_document(to_tantivy(doc))

    def remove(self, ids: Iterable[int]) -> None:
        """Take documents out."""
        for id_ in ids:
            self._writer.delete_documents_by_term("key", str(id_))

    def commit(self) -> None:
        """Make everything durable. Raises when the folder was deleted or the disk is full; nothing is lost."""
        self._writer.commit()
        if not (self.folder / "meta.json").is_file():
            raise FileNotFoundError(self.folder)

    def finish(self) -> None:
        """Commit and wait for merges. The writer cannot be used afterwards."""
        self._writer.commit()
        self._writer.wait_merging_threads()
