"""What the tests of the search share: publications ready for an index, and the index itself."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Protocol

from lienthu.domain.catalog.tests.cast import book
from lienthu.domain.discovery.backends.base import SearchReader, SearchWriter
from lienthu.domain.discovery.backends.tantivy.reader import TantivyReader
from lienthu.domain.discovery.backends.tantivy.store import IndexStore
from lienthu.domain.discovery.backends.tantivy.writer import TantivyWriter
from lienthu.domain.discovery.documents import Contribution, SearchDocument, build
from lienthu.domain.discovery.parsing import parse
from lienthu.domain.discovery.query import Found, Plan, SearchRequest
from lienthu.foundation.marc.describe import describe

SMALL_HEAP = 15_000_000


class Backend(Protocol):
    """An engine under test: an empty index with its reader and its writer, which can lose its files."""

    reader: SearchReader
    writer: SearchWriter

    def destroy(self) -> None:
        """Delete everything, as an administrator short of disk space would."""
        ...

    def begin_anew(self) -> None:
        """An empty index in the old place, with a writer of its own and the same reader."""
        ...


class Tantivy:
    """The engine that is built in."""

    def __init__(self, folder: Path) -> None:
        self.store = IndexStore(folder)
        self.begin_anew()
        self.reader: SearchReader = TantivyReader(self.store)

    def begin_anew(self) -> None:
        folder = self.store.new_folder()
        self.writer: SearchWriter = TantivyWriter(folder, heap_bytes=SMALL_HEAP)
        self.store.switch_to(folder)

    def destroy(self) -> None:
        shutil.rmtree(self.store.root)


BACKENDS: Mapping[str, type[Tantivy]] = {"tantivy": Tantivy}


def publication(
    id_: int,
    title: str,
    *,
    held_by: Sequence[str] = ("VN-QNTV",),
    area: str = "hong-gai",
    added: str = "2024-01-01",
    shelf: Sequence[str] = (),
    barcodes: Sequence[str] = (),
    **said: Any,
) -> SearchDocument:
    """The document of a publication that libraries describe alike."""
    description = describe(book(title, **said))
    contributions = [
        Contribution(code, (area,), description, shelf, barcodes, date.fromisoformat(added)) for code in held_by
    ]
    return build(id_, description, contributions)


def fill(backend: Backend, documents: Iterable[SearchDocument]) -> None:
    """Put publications into an index and make them visible."""
    backend.writer.put(documents)
    backend.writer.commit()


def ask(reader: SearchReader, q: str | Plan = "", *, facets: Mapping[str, int] | None = None, **request: Any) -> Found:
    """What the index answers to a typed query, or to a plan."""
    plan = parse(q) if isinstance(q, str) else q
    return reader.find(plan, SearchRequest(**request), facet_sizes=facets or {})


def ids(found: Found) -> list[int]:
    """The publications of an answer in their order."""
    return [id_ for id_, _ in found.hits]
