"""The page index in tantivy: its schema, how a page is written into it, its folder. Analysis is ours (SEA-3)."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import tantivy
from django.conf import settings

from lienthu.domain.discovery.backends.tantivy.store import IndexStore
from lienthu.domain.discovery.backends.tantivy.writer import DocumentWriter
from lienthu.domain.discovery.fulltext.documents import PAGES_VERSION, PageDocument

_HEAP_BYTES: Final = 96_000_000


def build_schema() -> tantivy.Schema:
    """The schema of version documents.PAGES_VERSION. Nothing is stored: what is shown comes from the database."""
    b = tantivy.SchemaBuilder()
    b.add_unsigned_field("id", fast=True)
    b.add_unsigned_field("object", fast=True)
    b.add_unsigned_field("stamp", fast=True)
    for name in ("key", "object_key", "audience", "library", "collection", "kind", "owner_group", "layer"):
        b.add_text_field(name, tokenizer_name="raw", index_option="basic")
    b.add_text_field("volume", tokenizer_name="raw", index_option="basic", fast=True)
    for name in ("exact", "folded", "unmarked", "pairs"):
        b.add_text_field(name, tokenizer_name="whitespace", index_option="position")
    b.add_text_field("damaged", tokenizer_name="whitespace", index_option="basic")
    b.add_unsigned_field("year", indexed=True)
    b.add_unsigned_field("until", indexed=True)
    return b.build()


def to_tantivy(doc: PageDocument) -> tantivy.Document:
    """A page as tantivy takes it."""
    out = tantivy.Document()
    add, number = out.add_text, out.add_unsigned
    shelf = doc.shelf
    volume = shelf.volume
    number("id", doc.id)
    number("object", volume.object_id)
    number("stamp", shelf.stamp(closed=doc.closed))
    add("key", str(doc.id))
    add("object_key", str(volume.object_id))
    add("volume", volume.term)
    add("library", volume.library)
    add("kind", volume.kind)
    if volume.collection:
        add("collection", volume.collection)
        add("owner_group", volume.owner_group)
    if volume.year > 0:
        number("year", volume.year)
    if shelf.until is not None:
        number("until", shelf.until.toordinal())
    for token in shelf.staff_only if doc.closed else shelf.open_to:
        add("audience", token)
    for layer in doc.layers:
        add("layer", layer)
    for name, text in (
        ("exact", doc.exact),
        ("folded", doc.folded),
        ("unmarked", doc.unmarked),
        ("damaged", doc.damaged),
        ("pairs", doc.pairs),
    ):
        if text:
            add(name, text)
    return out


class PageWriter(DocumentWriter[PageDocument]):
    """The writer of the page index."""

    def __init__(self, folder: Path, *, heap_bytes: int = _HEAP_BYTES) -> None:
        super().__init__(folder, build_schema(), to_tantivy, heap_bytes)


def store() -> IndexStore:
    """The folder of the page index, beside the catalogue's."""
    index = Path(settings.INDEX_DIR)
    return IndexStore(index.with_name(f"{index.name}-pages"), PAGES_VERSION)
