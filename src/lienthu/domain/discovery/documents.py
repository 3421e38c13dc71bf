"""What the index knows of a publication. Built from the records of its cluster, nothing else (rule SEA-1)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from operator import attrgetter
from typing import Final, NamedTuple

from lienthu.domain.catalog.collections import CHILDREN, LOCAL_HISTORY, names_the_province
from lienthu.foundation.marc.describe import Description
from lienthu.foundation.vietnamese.collation import sort_key
from lienthu.foundation.vietnamese.fold import has_diacritics
from lienthu.foundation.vietnamese.names import direct_form
from lienthu.foundation.vietnamese.tokens import token_pairs

# Raised whenever documents or the index schema change shape: an index of another version is rebuilt (rule SEA-12).
SCHEMA_VERSION: Final = 8

_MAX_SUGGESTION = 90
_SORTED_CHARS = 48
_SEPARATOR: Final = "\x1f"


class Contribution(NamedTuple):
    """One library's part in a publication, as the index needs it."""

    library_code: str
    areas: Sequence[str]  # of the branches where it has copies, else of its seat (SEA-15)
    description: Description
    call_numbers: Sequence[str]
    barcodes: Sequence[str]
    added: date
    other_names: Sequence[tuple[str, str]] = ()  # of its people: another form, the heading it leads to (SEA-24)
    other_subjects: Sequence[tuple[str, str]] = ()


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


class Tokens(NamedTuple):
    """Space-joined tokens of a text: exact, folded, and those of values that carry no diacritics at all."""

    exact: str
    folded: str
    unmarked: str


@lru_cache(maxsize=60_000)  # publishers, subjects and names come again and again
def _value(value: str) -> Tokens:
    exact, folded = token_pairs(value)
    joined = " ".join(folded)
    return Tokens(" ".join(exact), joined, "" if has_diacritics(value) else joined)


def tokens_of(values: Iterable[str]) -> Tokens:
    """Tokens of the values, a pilcrow between two values so that no phrase runs across them."""
    exact: list[str] = []
    folded: list[str] = []
    unmarked: list[str] = []
    for value in values:
        x, f, u = _value(value)
        if f:
            exact.append(x)
            folded.append(f)
            if u:
                unmarked.append(u)
    return Tokens(" ¶ ".join(exact), " ¶ ".join(folded), " ".join(unmarked))


def build(cluster_id: int, preferred: Description, contributions: Sequence[Contribution]) -> SearchDocument:
    """The document of a cluster. ``contributions`` are those of open libraries only (rule SEA-2), never empty."""
    titles: list[str] = []
    people: list[str] = []
    subjects: list[str] = []
    rest: list[str] = []
    identifiers: set[str] = set()
    year = None
    described = [preferred, *[c.description for c in contributions if c.description is not preferred]]
    for d in described:
        titles += (d.title, d.part and f"{d.title_proper} {d.part}", d.title_original_script, *d.other_titles)
        people += [a.name for a in d.authors]
        people += d.other_names
        subjects += d.subjects
        subjects += d.places
        rest += (
            d.responsibility, d.publisher, d.place, d.edition, *d.series, d.summary, d.contents, *d.notes,
            *d.classification, d.host.title if d.host else "",
        )  # fmt: skip
        identifiers.update(d.isbns, d.isbns_other, d.issns, d.national_numbers)
        year = year or d.year
        if d.control_number:
            identifiers.add(d.control_number)
    rest = _distinct(rest)
    for c in contributions:
        rest += c.call_numbers
        identifiers.update(c.barcodes)
        people += [other for other, _ in c.other_names]
        subjects += [other for other, _ in c.other_subjects]
    return SearchDocument(
        cluster_id,
        titles=_distinct(titles),
        people=list(dict.fromkeys(people)),
        subjects=list(dict.fromkeys(subjects)),
        rest=rest,
        identifiers=identifiers,
        title_key=_value(preferred.title_proper or preferred.title).folded,
        title_sort=sort_key(preferred.title[:_SORTED_CHARS]),
        year=year,
        added=max([c.added for c in contributions]).toordinal(),
        facets=_facets(preferred, described, contributions),
        suggestions=_suggestions(preferred, described, contributions),
    )


def _distinct(values: Iterable[str]) -> list[str]:
    """The values in their order, each once, without the empty one."""
    seen = dict.fromkeys(values)
    seen.pop("", None)
    return list(seen)


def _facets(
    preferred: Description, described: Sequence[Description], contributions: Sequence[Contribution]
) -> dict[str, list[str]]:
    collections = []
    if any(map(is_local_history, described)):
        collections.append(LOCAL_HISTORY)
    if any(map(attrgetter("audience_children"), described)):
        collections.append(CHILDREN)
    return {
        "library": _distinct([c.library_code for c in contributions]),
        "area": _distinct([area for c in contributions for area in c.areas]),
        "material_type": [preferred.material_type],
        "language": _distinct([code for d in described for code in d.languages])[:6],
        "subject": _distinct([s.partition(" -- ")[0] for d in described for s in d.subjects])[:30],
        "person": _distinct([direct_form(a.name) for d in described for a in d.authors])[:30],
        "online": ["online"] if any(map(attrgetter("online"), described)) else [],
        "collection": collections,
    }


def is_local_history(d: Description) -> bool:
    """Whether a publication is about the province, by its subjects, places and title (rule SEA-9)."""
    return any(map(_names_the_province, (*d.subjects, *d.places))) or names_the_province(_value(d.title).folded.split())


@lru_cache(maxsize=60_000)  # unlike titles, headings come again and again
def _names_the_province(text: str) -> bool:
    return names_the_province(_value(text).folded.split())


def _suggestions(
    preferred: Description, described: Sequence[Description], contributions: Sequence[Contribution]
) -> dict[str, list[str]]:
    """Raw terms "folded␟display" for prefix look-up; people also from each later word: readers search by given name."""
    out: dict[str, list[str]] = {"title": [], "person": [], "person_inner": [], "subject": []}
    if preferred.title_proper:
        out["title"].append(_suggestion(_value(preferred.title_proper).folded, preferred.title_proper))
    for name in dict.fromkeys([direct_form(a.name) for d in described for a in d.authors]):
        found = _name_suggestions(name)
        out["person"] += found[:2]
        out["person_inner"] += found[2:]
    for subject in dict.fromkeys([s.partition(" -- ")[0] for d in described for s in d.subjects]):
        out["subject"] += _name_suggestions(subject)[:1]
    # whoever types another form is shown the heading (SEA-24)
    for other, heading in dict.fromkeys([pair for c in contributions for pair in c.other_names]):
        out["person"] += [_suggestion(_value(direct_form(other)).folded, direct_form(heading))]
    for other, heading in dict.fromkeys([pair for c in contributions for pair in c.other_subjects]):
        out["subject"] += [_suggestion(_value(other).folded, heading)]
    return out


@lru_cache(maxsize=60_000)
def _name_suggestions(name: str) -> list[str]:
    """From the first word, from the last (the given name), then from those between; callers must not change it."""
    words = _value(name).folded.split()
    starts = dict.fromkeys((0, len(words) - 1, *range(1, min(len(words), 4)))) if words else ()
    return [_suggestion(" ".join(words[start:]), name) for start in starts]


def _suggestion(folded: str, display: str) -> str:
    return f"{folded[:60]}{_SEPARATOR}{display[:_MAX_SUGGESTION]}" if folded else ""


def suggestion_text(term: str) -> str:
    """The display part of a suggestion term."""
    return term.partition(_SEPARATOR)[2]
