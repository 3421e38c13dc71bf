"""Writes a tantivy index."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Generic, Protocol, TypeVar

import tantivy

from lienthu.domain.discovery.backends.tantivy.schema import build_schema, to_tantivy
from lienthu.domain.discovery.documents import SearchDocument

_HEAP_BYTES = 96_000_000


class Numbered(Protocol):
    """What an index holds: a document of which there is one for each id."""

    @property
    def id(self) -> int:
        """Its number."""
        ...


D = TypeVar("D", bound=Numbered)


class DocumentWriter(Generic[D]):
    """One open writer on one index folder. The caller holds the writer's lock.

    The schema has the fields ``id`` (number, fast) and ``key`` (the same as text), ``convert`` fills them.
    """

    def __init__(
        self, folder: Path, schema: tantivy.Schema, convert: Callable[[D], tantivy.Document], heap_bytes: int
    ) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._convert = convert
        self._index = tantivy.Index(schema, path=str(folder))
        self._writer = self._index.writer(heap_bytes, 1)
        self._highest = self._highest_id()

    def put(self, documents: Iterable[D]) -> set[int]:
        """Add or replace documents; their ids."""
        given, converted = self._converted(documents)
        highest, fresh = self._highest, set()
        for doc, as_taken in zip(given, converted, strict=True):
            if doc.id <= highest or doc.id in fresh:
                self._writer.delete_documents_by_term("key", str(doc.id))
            else:  # newer than all there are: looking in every segment for what to replace would be in vain
                fresh.add(doc.id)
                self._highest = max(self._highest, doc.id)
            self._writer.add_document(as_taken)
        return {doc.id for doc in given}

    def add_new(self, documents: Iterable[D]) -> int:
        """Add documents that are known not to be in the index yet (a build from nothing); how many."""
        given, converted = self._converted(documents)
        for doc, as_taken in zip(given, converted, strict=True):
            self._highest = max(self._highest, doc.id)
            self._writer.add_document(as_taken)
        return len(given)

    def _converted(self, documents: Iterable[D]) -> tuple[list[D], list[tantivy.Document]]:
        """All of them made, then converted, before the first is added: quicker than by turns."""
        given = list(documents)
        return given, [self._convert(doc) for doc in given]

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

    def abandon(self) -> None:
        """Let go of the index at once, whatever was not committed lost. The writer cannot be used afterwards.

        Without it the engine's own lock would be held for as long as any traceback still names this writer.
        """
        del self._writer

    def _highest_id(self) -> int:
        """The highest id of all documents, deleted ones not yet merged away left out; 0 in an empty index."""
        searcher = self._index.searcher()
        newest = searcher.search(tantivy.Query.all_query(), limit=1, count=False, order_by_field="id").hits
        return int(newest[0][0]) if newest else 0


class TantivyWriter(DocumentWriter[SearchDocument]):
    """The writer of the catalogue's index."""

    def __init__(self, folder: Path, *, heap_bytes: int = _HEAP_BYTES) -> None:
        super().__init__(folder, build_schema(), to_tantivy, heap_bytes)
