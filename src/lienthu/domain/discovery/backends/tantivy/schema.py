"""The tantivy schema and how a search document is written into it.

Analysis is ours: texts arrive as tokens joined by blanks, so the index needs no Vietnamese analyser of its own.
``*_x`` fields hold exact tokens, ``*_f`` folded ones, ``any_u`` the folded tokens of values without any diacritics.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import Final

import tantivy

from lienthu.domain.discovery.documents import SearchDocument, Tokens, tokens_of
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


def number_of(value: str) -> int:
    """48 bits that stand for a value. Answers come as floating-point numbers at times: more bits would be lost."""
    return int.from_bytes(hashlib.blake2b(value.encode(), digest_size=6).digest(), "big")


def facet_term(facet: str, value: str) -> str:
    """The term of a facet's value: itself, or "number␟value" where it must be found again by its number."""
    return _numbered(value)[0] if facet in NUMBERED_FACETS else value


def number_prefix(number: int) -> str:
    """How the term of the value with this number begins."""
    return f"{number:012x}\x1f"


@lru_cache(maxsize=60_000)
def _numbered(value: str) -> tuple[str, int]:
    number = number_of(value)
    return number_prefix(number) + value, number


def suggestion_field(kind: str) -> str:
    """The index field of a kind of suggestion."""
    return f"suggest_{kind}"


_TEXT_FIELDS: Final = [(f"{scope}_x", f"{scope}_f", f"{scope}_u") for scope in ("title", "person", "subject", "any")]
_FACET_FIELDS: Final = {facet: (facet_field(facet), number_field(facet)) for facet in FACETS}
_SUGGESTION_FIELDS: Final = {kind: suggestion_field(kind) for kind in SUGGESTION_KINDS}


def to_tantivy(doc: SearchDocument) -> tantivy.Document:
    """A search document as tantivy takes it."""
    out = tantivy.Document()
    add = out.add_text
    out.add_unsigned("id", doc.id)
    add("key", str(doc.id))
    title, person, subject, rest = map(tokens_of, (doc.titles, doc.people, doc.subjects, doc.rest))
    parts = [t for t in (title, person, subject, rest) if t.folded]
    everything = Tokens(
        " ¶ ".join([t.exact for t in parts]),
        " ¶ ".join([t.folded for t in parts]),
        " ".join([t.unmarked for t in parts if t.unmarked]),
    )
    for (exact, folded, unmarked), tokens in zip(_TEXT_FIELDS, (title, person, subject, everything), strict=True):
        if tokens.folded:
            add(exact, tokens.exact)
            add(folded, tokens.folded)
            if tokens.unmarked:
                add(unmarked, tokens.unmarked)
    for identifier in doc.identifiers:
        add("identifier", identifier_key(identifier))
    add("title_key", doc.title_key)
    add("title_sort", doc.title_sort)
    if doc.year is not None and doc.year > 0:
        out.add_unsigned("year", doc.year)
    out.add_unsigned("added", doc.added)
    for facet, values in doc.facets.items():
        name, number_name = _FACET_FIELDS[facet]
        if facet in NUMBERED_FACETS:
            for value in values:
                term, number = _numbered(value)
                add(name, term)
                out.add_unsigned(number_name, number)
        else:
            for value in values:
                add(name, value)
    for kind, terms in doc.suggestions.items():
        name = _SUGGESTION_FIELDS[kind]
        for term in terms:
            add(name, term)
    return out
