"""What is asked of all pages and what is answered, as values. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from lienthu.domain.discovery.query import FacetValue

FACETS: Final = ("library", "collection", "kind", "owner_group")
MAX_SIZE: Final = 50
MAX_VOLUMES: Final = 200
"""So many volumes can be turned to; who wants more adds a word."""


@dataclass(frozen=True, slots=True)
class PageSearch:
    """A search in the text of all pages: words, chosen values, years, page (from 1) and size in volumes."""

    q: str = ""
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    year_from: int | None = None
    year_to: int | None = None
    page: int = 1
    size: int = 10

    @property
    def offset(self) -> int:
        """How many volumes come before this page."""
        return (self.page - 1) * self.size


@dataclass(frozen=True, slots=True)
class Snippet:
    """A piece of a page: parts of text, each with whether it was asked for. ``layer``: of which text it is."""

    layer: str
    parts: tuple[tuple[str, bool], ...]

    @property
    def text(self) -> str:
        """The piece as one string."""
        return "".join(part for part, _ in self.parts)


@dataclass(frozen=True, slots=True)
class FoundPage:
    """A page on which the words stand. ``snippet`` None: it may be found, but not read at this moment."""

    seq: int
    position: int
    label: str
    snippet: Snippet | None


@dataclass(frozen=True, slots=True)
class FoundVolume:
    """An object with matching pages: how many there are, the best of them, and whether it can be read at once."""

    id: int
    public_id: str
    title: str
    kind: str
    year: int
    library_code: str
    library_name: str
    collection: str
    cluster_id: int | None
    """The publication in the catalogue that it is a copy of, where there is one."""
    pages: int
    best: tuple[FoundPage, ...]
    readable: bool


@dataclass(frozen=True, slots=True)
class PageResult:
    """A page of volumes with everything around it. Counts are of what this reader may find, and of nothing else."""

    request: PageSearch
    total: int = 0
    pages_total: int = 0
    volumes: tuple[FoundVolume, ...] = ()
    facets: Mapping[str, tuple[FacetValue, ...]] = field(default_factory=dict)
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    years: tuple[tuple[int, int], ...] = ()
    read_as: str = ""
    accented: bool = False
    decoded: tuple[tuple[str, str], ...] = ()
    relaxed: str = ""
    took_ms: float = 0.0
    index_ready: bool = True

    @property
    def last_page(self) -> int:
        """How many pages can be turned to."""
        return -(-min(self.total, MAX_VOLUMES) // self.request.size)


def page_search_from(params: Mapping[str, Sequence[str]], *, default_size: int = 10) -> PageSearch:
    """A search from query parameters. Any input gives one: what cannot be understood is left out (SEA-8)."""

    def last(name: str) -> str:
        return (params.get(name) or [""])[-1]

    size = min(max(_number(last("size"), default_size), 1), MAX_SIZE)
    filters = {f: tuple(dict.fromkeys(v[:200] for v in params.get(f, ()) if v))[:20] for f in FACETS}
    return PageSearch(
        q=last("q")[:2000],
        filters={f: values for f, values in filters.items() if values},
        year_from=_year(last("year_from")),
        year_to=_year(last("year_to")),
        page=min(max(_number(last("page"), 1), 1), max(MAX_VOLUMES // size, 1)),
        size=size,
    )


def _number(text: str, default: int) -> int:
    try:
        return int(text[:9])
    except ValueError:
        return default


def _year(text: str) -> int | None:
    year = _number(text.strip(), -1)
    return year if 0 <= year <= 9999 else None
