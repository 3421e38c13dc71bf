"""The tantivy schema and how a search document is written into it.

Analysis is ours: texts arrive as tokens joined by blanks, so the index needs no Vietnamese analyser of its own.
``*_x`` fields hold exact tokens, ``*_f`` folded ones, ``any_u`` the folded tokens of values without any diacritics.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import Final

import tantivy

from lienthu.domain.discovery.documents import SearchDocument, tokens_of
from lienthu.domain.discovery.parsing import identifier_key
from lienthu.domain.discovery.query import FACETS

SCOPE_FIELDS: Final = {"any": "any", "title": "title", "person": "person", "subject": "subject"}
# Facets with hundreds of thousands of values are counted by number: counting texts makes room for each of them in
# every segment first, 13 ms at a million records even where only ten publications match.
NUMBERED_FACETS: Final = frozenset({"person", "subject"})
# "person_inner": names from a word between the first and the last
SUGGESTION_KINDS: Final = ("title", "person", "person_inner", "subject")


def build_schema() -> tantivy.Schema:
    """The schema of version documents.SCHEMA_VERSION."""
    b = tantivy.SchemaBuilder()
    b.add_unsigned_field("id", fast=True)
    # deletion by a number would look for a signed term and find none: the key is text
    b.add_text_field("key", tokenizer_name="raw", index_option="basic")
    for scope in SCOPE_FIELDS.values():
        for kind in ("x", "f"):
            b.add_text_field(f"{scope}_{kind}", tokenizer_name="whitespace", index_option="position")
    for scope in SCOPE_FIELDS.values():
        b.add_text_field(f"{scope}_u", tokenizer_name="whitespace", index_option="position")
    b.add_text_field("identifier", tokenizer_name="raw", index_option="basic")
    b.add_text_field("title_key", tokenizer_name="raw", index_option="basic")
    b.add_text_field("title_sort", tokenizer_name="raw", index_option="basic", fast=True)
    b.add_unsigned_field("year", indexed=True, fast=True)
    b.add_unsigned_field("added", fast=True)
    for facet in FACETS:
        many = facet in NUMBERED_FACETS
        b.add_text_field(facet_field(facet), tokenizer_name="raw", index_option="basic", fast=not many)
        if many:
            b.add_unsigned_field(number_field(facet), fast=True)
    for kind in SUGGESTION_KINDS:
        b.add_text_field(suggestion_field(kind), tokenizer_name="raw", index_option="basic")
    return b.build()


def facet_field(facet: str) -> str:
    """The index field of a facet."""
    return f"facet_{facet}"


def number_field(facet: str) -> str:
    """Where a numbered facet's values are counted."""
    return f"number_{facet}"


@lru_cache(maxsize=60_000)
def number_of(value: str) -> int:
    """48 bits that stand for a value. Answers come as floating-point numbers at times: more bits would be lost."""
    return int.from_bytes(hashlib.blake2b(value.encode(), digest_size=6).digest(), "big")


def facet_term(facet: str, value: str) -> str:
    """The term of a facet's value: itself, or "number␟value" where it must be found again by its number."""
    return number_prefix(number_of(value)) + value if facet in NUMBERED_FACETS else value


def number_prefix(number: int) -> str:
    """How the term of the value with this number begins."""
    return f"{number:012x}\x1f"


def suggestion_field(kind: str) -> str:
    """The index field of a kind of suggestion."""
    return f"suggest_{kind}"


def _add(out: tantivy.Document, scope: str, exact: str, folded: str, unmarked: str) -> None:
    if folded:
        out.add_text(f"{scope}_x", exact)
        out.add_text(f"{scope}_f", folded)
    if unmarked:
        out.add_text(f"{scope}_u", unmarked)


def to_tantivy(doc: SearchDocument) -> tantivy.Document:
    """A search document as tantivy takes it."""
    out = tantivy.Document()
    out.add_unsigned("id", doc.id)
    out.add_text("key", str(doc.id))
    scoped = {
        "title": tokens_of(doc.titles),
        "person": tokens_of(doc.people),
        "subject": tokens_of(doc.subjects),
    }
    rest = tokens_of(doc.rest)
    for scope, tokens in scoped.items():
        _add(out, scope, tokens.exact, tokens.folded, tokens.unmarked)
    everything = (*scoped.values(), rest)
    exact = " ¶ ".join(t.exact for t in everything if t.exact)
    folded = " ¶ ".join(t.folded for t in everything if t.folded)
    _add(out, "any", exact, folded, " ".join(t.unmarked for t in everything if t.unmarked))
    for identifier in doc.identifiers:
        out.add_text("identifier", identifier_key(identifier))
    out.add_text("title_key", doc.title_key)
    out.add_text("title_sort", doc.title_sort)
    if doc.year is not None and doc.year > 0:
        out.add_unsigned("year", doc.year)
    out.add_unsigned("added", doc.added)
    for facet, values in doc.facets.items():
        for value in values:
            out.add_text(facet_field(facet), facet_term(facet, value))
            if facet in NUMBERED_FACETS:
                out.add_unsigned(number_field(facet), number_of(value))
    for kind, terms in doc.suggestions.items():
        for term in terms:
            out.add_text(suggestion_field(kind), term)
    return out
