"""What the index knows of a publication. Built from the records of its cluster, nothing else (rule SEA-1)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Final

from lienthu.domain.catalog.collections import CHILDREN, LOCAL_HISTORY, names_the_province
from lienthu.foundation.marc.describe import Description
from lienthu.foundation.vietnamese.collation import sort_key
from lienthu.foundation.vietnamese.fold import has_diacritics
from lienthu.foundation.vietnamese.names import direct_form
from lienthu.foundation.vietnamese.tokens import token_pairs

# Raised whenever documents or the index schema change shape: an index of another version is rebuilt (rule SEA-12).
SCHEMA_VERSION: Final = 5

_MAX_SUGGESTION = 90
_SORTED_CHARS = 48
_SEPARATOR: Final = "\x1f"


@dataclass(frozen=True, slots=True)
class Contribution:
    """One library's part in a publication, as the index needs it."""

    library_code: str
    area: str
    description: Description
    call_numbers: Sequence[str]
    barcodes: Sequence[str]
    added: date


@dataclass(slots=True)
class SearchDocument:
    """One publication for the index. Texts are lists of values; tokens are made by ``tokens_of``."""

    id: int
    titles: list[str] = field(default_factory=list)
    people: list[str] = field(default_factory=list)
    subjects: list[str] = field(default_factory=list)
    rest: list[str] = field(default_factory=list)
    identifiers: set[str] = field(default_factory=set)
    title_key: str = ""
    title_sort: str = ""
    year: int | None = None
    added: int = 0
    facets: dict[str, list[str]] = field(default_factory=dict)
    suggestions: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Tokens:
    """Space-joined tokens of a text: exact, folded, and those of values that carry no diacritics at all."""

    exact: str
    folded: str
    unmarked: str


@lru_cache(maxsize=60_000)  # publishers, subjects and names come again and again
def _value(value: str) -> tuple[str, str, bool]:
    """Exact and folded tokens of one value, joined, and whether it carries diacritics."""
    exact, folded = token_pairs(value)
    return " ".join(exact), " ".join(folded), has_diacritics(value)


def tokens_of(values: Iterable[str]) -> Tokens:
    """Tokens of the values, a pilcrow between two values so that no phrase runs across them."""
    found = [v for value in values if (v := _value(value))[1]]
    return Tokens(
        " ¶ ".join(v[0] for v in found), " ¶ ".join(v[1] for v in found), " ".join(v[1] for v in found if not v[2])
    )


def build(cluster_id: int, preferred: Description, contributions: Sequence[Contribution]) -> SearchDocument:
    """The document of a cluster. ``contributions`` are those of open libraries only (rule SEA-2), never empty."""
    doc = SearchDocument(cluster_id)
    titles: dict[str, None] = {}
    people: dict[str, None] = {}
    subjects: dict[str, None] = {}
    rest: dict[str, None] = {}
    described = [preferred, *(c.description for c in contributions if c.description is not preferred)]
    for d in described:
        for title in (
            d.title,
            d.part and f"{d.title_proper} {d.part}",
            d.title_original_script,
            *d.other_titles,
        ):
            if title:
                titles[title] = None
        for name in (*(a.name for a in d.authors), *d.other_names):
            people[name] = None
        for subject in (*d.subjects, *d.places):
            subjects[subject] = None
        for text in (
            d.responsibility, d.publisher, d.place, d.edition, *d.series, d.summary, d.contents, *d.notes,
            *(d.classification), d.host.title if d.host else "",
        ):  # fmt: skip
            if text:
                rest[text] = None
        doc.identifiers.update(d.isbns, d.isbns_other, d.issns, d.national_numbers)
        doc.year = doc.year or d.year
        if d.control_number:
            doc.identifiers.add(d.control_number)
    doc.titles, doc.people, doc.subjects, doc.rest = list(titles), list(people), list(subjects), list(rest)
    for c in contributions:
        doc.rest += c.call_numbers
        doc.identifiers.update(c.barcodes)
    doc.title_key = _value(preferred.title_proper or preferred.title)[1]
    doc.title_sort = sort_key(preferred.title[:_SORTED_CHARS])
    doc.added = max((c.added.toordinal() for c in contributions), default=0)
    doc.facets = _facets(preferred, described, contributions)
    doc.suggestions = _suggestions(preferred, described)
    return doc


def _facets(
    preferred: Description, described: Sequence[Description], contributions: Sequence[Contribution]
) -> dict[str, list[str]]:
    def distinct(values: Iterable[str]) -> list[str]:
        return list(dict.fromkeys(v for v in values if v))

    subjects = distinct(s.split(" -- ")[0] for d in described for s in d.subjects)
    collections = []
    if any(is_local_history(d) for d in described):
        collections.append(LOCAL_HISTORY)
    if any(d.audience_children for d in described):
        collections.append(CHILDREN)
    return {
        "library": distinct(c.library_code for c in contributions),
        "area": distinct(c.area for c in contributions),
        "material_type": [preferred.material_type],
        "language": distinct(code for d in described for code in d.languages)[:6],
        "subject": subjects[:30],
        "person": distinct(_direct(a.name) for d in described for a in d.authors)[:30],
        "online": ["online"] if any(d.online for d in described) else [],
        "collection": collections,
    }


def is_local_history(d: Description) -> bool:
    """Whether a publication is about the province, by its subjects, places and title (rule SEA-9)."""
    return any(_names_the_province(text) for text in (*d.subjects, *d.places, d.title))


@lru_cache(maxsize=60_000)
def _names_the_province(text: str) -> bool:
    return names_the_province(_value(text)[1])


@lru_cache(maxsize=60_000)
def _direct(name: str) -> str:
    return direct_form(name)


def _suggestions(preferred: Description, described: Sequence[Description]) -> dict[str, list[str]]:
    """Raw terms "folded␟display" for prefix look-up; people also from each later word: readers search by given name."""
    out: dict[str, list[str]] = {"title": [], "person": [], "person_inner": [], "subject": []}
    if preferred.title_proper:
        out["title"].append(_suggestion(_value(preferred.title_proper)[1].split(), preferred.title_proper))
    for name in dict.fromkeys(_direct(a.name) for d in described for a in d.authors):
        out["person"] += _name_suggestions(name)[:2]
        out["person_inner"] += _name_suggestions(name)[2:]
    for subject in dict.fromkeys(s.split(" -- ")[0] for d in described for s in d.subjects):
        out["subject"] += _name_suggestions(subject)[:1]
    return out


@lru_cache(maxsize=60_000)
def _name_suggestions(name: str) -> list[str]:
    """From the first word, from the last (the given name), then from those between; callers must not change it."""
    words = _value(name)[1].split()
    starts = dict.fromkeys((0, len(words) - 1, *range(1, min(len(words), 4)))) if words else ()
    return [_suggestion(words[start:], name) for start in starts]


def _suggestion(words: Sequence[str], display: str) -> str:
    return f"{' '.join(words)[:60]}{_SEPARATOR}{display[:_MAX_SUGGESTION]}" if words else ""


def suggestion_text(term: str) -> str:
    """The display part of a suggestion term."""
    return term.partition(_SEPARATOR)[2]
