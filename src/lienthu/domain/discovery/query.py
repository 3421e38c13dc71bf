"""What a reader asks, as values: the request as it came, and the plan that an index can carry out. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

FACETS: Final = ("library", "area", "material_type", "language", "subject", "person", "online", "collection")
SORTS: Final = ("relevance", "year_desc", "year_asc", "title", "newest")
MAX_PAGE_SIZE: Final = 100
MAX_RESULT_WINDOW: Final = 10_000  # deeper pages cost more than they are worth; the export is for that
MAX_QUERY_CHARS: Final = 400
MAX_CLAUSES: Final = 24

Sort = Literal["relevance", "year_desc", "year_asc", "title", "newest"]
Scope = Literal["any", "title", "person", "subject", "identifier"]


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """A search as it came: words, chosen facet values, years, page (from 1), page size, order.

    ``first``: how many hits come before the page where that does not follow from its number (SEA-26).
    """

    q: str = ""
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    year_from: int | None = None
    year_to: int | None = None
    page: int = 1
    size: int = 20
    sort: Sort = "relevance"
    facets: bool = True
    first: int | None = None

    @property
    def offset(self) -> int:
        """How many hits come before this page."""
        return (self.page - 1) * self.size if self.first is None else self.first

    @property
    def is_browse(self) -> bool:
        """Whether there are no words to search."""
        return not self.q.strip()


@dataclass(frozen=True, slots=True)
class Word:
    """One typed word: exact and folded key, and whether it carries diacritics. ``prefix`` for "thư*"."""

    typed: str
    exact: str
    folded: str
    marked: bool
    prefix: bool = False


@dataclass(frozen=True, slots=True)
class Clause:
    """Words that belong together: one word, or a phrase in quotation marks, inside a scope; ``excluded`` for -word."""

    words: tuple[Word, ...]
    scope: Scope = "any"
    phrase: bool = False
    excluded: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """What the index shall do. ``accented``: words with diacritics are answered exactly (rule SEA-3).

    ``needed``: how many of the (not excluded) clauses must match; all by default.
    """

    clauses: tuple[Clause, ...]
    accented: bool
    needed: int

    @property
    def asked(self) -> tuple[Clause, ...]:
        """The clauses that are not exclusions."""
        return tuple(c for c in self.clauses if not c.excluded)


@dataclass(frozen=True, slots=True)
class FacetValue:
    """One value of a facet with its count."""

    value: str
    count: int
    selected: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """What an index found: ids best first with scores, the total, facet counts and counts by year."""

    total: int
    hits: tuple[tuple[int, float], ...]
    facets: Mapping[str, tuple[FacetValue, ...]]
    years: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One completion: kind title, person, subject or query; how many publications stand behind it."""

    kind: str
    text: str
    count: int
