"""Search and suggest: what the portal, the API and the command line ask."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from lienthu.domain.discovery.backends.base import IndexMissing, SearchReader
from lienthu.domain.discovery.backends.tantivy.reader import TantivyReader
from lienthu.domain.discovery.backends.tantivy.store import IndexStore
from lienthu.domain.discovery.hits import Hit, hits_of
from lienthu.domain.discovery.parsing import parse
from lienthu.domain.discovery.query import (
    FACETS,
    MAX_PAGE_SIZE,
    MAX_RESULT_WINDOW,
    SORTS,
    FacetValue,
    Found,
    Plan,
    SearchRequest,
    Suggestion,
)
from lienthu.domain.discovery.services.indexing import store
from lienthu.domain.discovery.understanding import (
    Decoded,
    as_text,
    corrected,
    decode_keystrokes,
    without_accents,
)
from lienthu.foundation.vietnamese.tokens import folded_tokens

FACET_SIZES: Final[Mapping[str, int]] = {
    "library": 60, "area": 30, "material_type": 20, "language": 30, "subject": 20, "person": 20, "online": 2,
    "collection": 10,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Understanding:
    """How a query was read. ``relaxed``: what had to be given up to find anything: "", "accents" or "words"."""

    typed: str
    read_as: str
    accented: bool
    decoded: tuple[Decoded, ...] = ()
    relaxed: str = ""
    needed: int = 0
    asked: int = 0
    did_you_mean: str = ""


@dataclass(frozen=True, slots=True)
class SearchResult:
    """A page of results with everything around it."""

    request: SearchRequest
    total: int
    hits: tuple[Hit, ...]
    facets: Mapping[str, tuple[FacetValue, ...]]
    years: tuple[tuple[int, int], ...]
    understanding: Understanding
    took_ms: float
    index_ready: bool = True

    @property
    def pages(self) -> int:
        """How many pages can be turned to."""
        reachable = min(self.total, MAX_RESULT_WINDOW)
        return -(-reachable // self.request.size)


@lru_cache(maxsize=4)
def _reader_of(store_: IndexStore) -> TantivyReader:
    return TantivyReader(store_)


def reader() -> SearchReader:
    """The reader of the live index."""
    return _reader_of(store())


def request_from(params: Mapping[str, Sequence[str]], *, default_size: int = 20, facets: bool = True) -> SearchRequest:
    """A request from query parameters. Any input gives a request: what cannot be understood is left out (SEA-8)."""

    def last(name: str) -> str:
        values = params.get(name) or [""]
        return values[-1]

    sort = last("sort")
    size = min(max(_number(last("size"), default_size), 1), MAX_PAGE_SIZE)
    page = max(_number(last("page"), 1), 1)
    page = min(page, max(MAX_RESULT_WINDOW // size, 1))
    filters = {f: tuple(dict.fromkeys(v[:200] for v in params.get(f, ()) if v))[:20] for f in FACETS if params.get(f)}
    return SearchRequest(
        q=last("q")[:2000],
        filters={f: v for f, v in filters.items() if v},
        year_from=_year(last("year_from")),
        year_to=_year(last("year_to")),
        page=page,
        size=size,
        sort=sort if sort in SORTS else "relevance",  # type: ignore[arg-type]  # one of SORTS by now
        facets=facets,
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """What the index answers, before anything is read of what it found."""

    request: SearchRequest
    found: Found
    plan: Plan
    understanding: Understanding
    index_ready: bool = True

    def told(self, request: SearchRequest, hits: tuple[Hit, ...], took_ms: float) -> SearchResult:
        """With what is shown of the hits, as the answer to ``request``."""
        found = self.found
        return SearchResult(
            request, found.total, hits, found.facets, found.years, self.understanding, took_ms, self.index_ready
        )


def search(request: SearchRequest) -> SearchResult:
    """Search the province (rules SEA-3 to SEA-9). Never raises for any input; without an index it says so."""
    began = time.perf_counter()
    asked = ask(request)
    return asked.told(request, hits_of(asked.found.hits), since(began))


def ask(request: SearchRequest) -> Asked:
    """Read the query, carry it out, give up what must be given up. Never raises; without an index it says so."""
    index = reader()
    plan = parse(request.q)
    try:
        plan, decoded = decode_keystrokes(plan, index)
        found, plan, relaxed = _find(index, plan, request)
        suggestion = corrected(plan, index) if not found.total or relaxed == "words" else None
        did_you_mean = ""
        if suggestion is not None:
            probe = replace(request, size=1, page=1, first=None, facets=False)
            if index.find(suggestion, probe, facet_sizes={}).total:
                did_you_mean = as_text(suggestion)
    except IndexMissing:
        understanding = Understanding(request.q, as_text(plan), plan.accented)
        return Asked(request, Found(0, (), {}, ()), plan, understanding, index_ready=False)
    understanding = Understanding(
        request.q, as_text(plan), plan.accented, decoded, relaxed, plan.needed, len(plan.asked), did_you_mean
    )
    return Asked(request, found, plan, understanding)


def publications_found(request: SearchRequest, most: int) -> tuple[list[int], int]:
    """Ids of up to ``most`` publications in which every word stands as typed, best first, and how many there are.

    Nothing is given up to find anything: this is for acting on what was found. Raises IndexMissing.
    """
    index = reader()
    plan, _decoded = decode_keystrokes(parse(request.q), index)
    found = index.find(plan, replace(request, page=1, size=most, facets=False), facet_sizes={})
    return [id_ for id_, _score in found.hits], found.total


def _find(index: SearchReader, plan: Plan, request: SearchRequest) -> tuple[Found, Plan, str]:
    """All words as typed; else without accents; else fewer words (SEA-6). Facets are counted once, for the answer."""
    sizes = FACET_SIZES if request.facets else {}
    found = index.find(plan, request, facet_sizes=sizes)
    if found.total or not plan.asked:
        return found, plan, ""
    if plan.accented:
        plain = without_accents(plan)
        found = index.find(plain, request, facet_sizes=sizes)
        if found.total:
            return found, plain, "accents"
        plan = plain
    for needed in range(len(plan.asked) - 1, 0, -1):
        fewer = replace(plan, needed=needed)
        if index.find(fewer, replace(request, size=1, page=1, first=None), facet_sizes={}).total:
            return index.find(fewer, request, facet_sizes=sizes), fewer, "words"
    return found, plan, ""


def suggest(text: str, limit: int = 10) -> list[Suggestion]:
    """Completions of what is being typed: titles, people, subjects, mixed by how much is held (SEA-18)."""
    words = folded_tokens(text[:120])
    if not words:
        return []
    prefix = " ".join(words)
    try:
        found = reader().suggest(prefix, limit)
    except IndexMissing:
        return []
    by_text: dict[tuple[str, str], Suggestion] = {}
    for s in found:
        key = (s.kind, s.text)
        if key not in by_text or s.count > by_text[key].count:
            by_text[key] = s
    return sorted(by_text.values(), key=lambda s: -s.count)[:limit]


def _number(text: str, default: int) -> int:
    try:
        return int(text[:9])
    except ValueError:
        return default


def _year(text: str) -> int | None:
    year = _number(text.strip(), -1)
    return year if 0 <= year <= 9999 else None


def since(began: float) -> float:
    """Milliseconds since a moment of ``time.perf_counter``."""
    return round((time.perf_counter() - began) * 1000, 2)


def index_ready() -> bool:
    """Whether there is an index to search."""
    try:
        store().current()
    except IndexMissing:
        return False
    return True
