"""What the page of results shows, from what the search found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.core.paginator import Paginator
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from lienthu.domain.discovery.parsing import parse
from lienthu.domain.discovery.query import MAX_RESULT_WINDOW, SORTS, SearchRequest
from lienthu.domain.discovery.selectors import SearchResult, Understanding
from lienthu.domain.network.selectors import LibraryFacts
from lienthu.faces.web.portal.addresses import Pairs, search_pairs, search_url
from lienthu.faces.web.portal.facets import FacetNames, chips_of, groups_of, year_bars
from lienthu.faces.web.portal.highlight import Marker, marker_of
from lienthu.faces.web.portal.labels import SORT_LABELS
from lienthu.faces.web.portal.works import work_of_hit

_SCOPES = ("library", "collection")  # a new query stays inside the library or collection it is typed in


def page_context(
    result: SearchResult, facts: Mapping[int, LibraryFacts], editions: Mapping[int, int], *, expanded: str = ""
) -> dict[str, Any]:
    """The context of portal/search.html. ``editions``: publication → how many its work has, where there are others."""
    request = result.request
    names = FacetNames.of(facts)
    marker = marker_for(result.understanding)
    page = Paginator(range(min(result.total, MAX_RESULT_WINDOW)), request.size).get_page(request.page)
    chips = chips_of(request, names)
    return {
        "result": result,
        "request_q": request.q,
        "heading": heading_of(request, names),
        "works": [work_of_hit(hit, marker, editions.get(hit.id, 0)) for hit in result.hits],
        "announcement": ngettext("%(n)s title", "%(n)s titles", result.total)
        % {"n": number_format(result.total, force_grouping=True)},
        "first": request.offset + 1,
        "last": request.offset + len(result.hits),
        "understanding": result.understanding,
        "did_you_mean_url": did_you_mean_url(result),
        "groups": groups_of(result, names, expanded=expanded),
        "chips": chips,
        "clear_url": search_url(SearchRequest(q=request.q)),
        "bars": year_bars(result),
        "year_from": request.year_from,
        "year_to": request.year_to,
        "year_from_text": "" if request.year_from is None else str(request.year_from),
        "year_to_text": "" if request.year_to is None else str(request.year_to),
        "year_hidden": _without(request, "year_from", "year_to", "page"),
        "scope_hidden": [(f, v) for f in _SCOPES for v in request.filters.get(f, ())],
        "sorts": sorts_of(request),
        "sort_label": SORT_LABELS["newest" if _is_unordered(request) else request.sort],
        "page": page,
        "pages": page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1),
        "beyond_window": result.total > MAX_RESULT_WINDOW and page.number == page.paginator.num_pages,
        "plain": is_plain(request),
    }


def marker_for(understanding: Understanding) -> Marker:
    """Marks what was really searched: the query as it was read, with or without its accents."""
    return marker_of(parse(understanding.read_as).clauses, accented=understanding.accented)


def is_plain(request: SearchRequest) -> bool:
    """Whether this is a first page of words alone: the one kind of result page that search engines may keep."""
    return len(search_pairs(request)) <= 1 and bool(request.q or not search_pairs(request))


def did_you_mean_url(result: SearchResult) -> str:
    """The same search with the corrected words."""
    meant = result.understanding.did_you_mean
    return search_url(replace(result.request, q=meant, page=1)) if meant else ""


def heading_of(request: SearchRequest, names: FacetNames) -> str:
    """What the page is about, in a few words."""
    if request.q.strip():
        return pgettext("the words searched for", "“%(q)s”") % {"q": request.q.strip()[:120]}
    chosen = [(facet, value) for facet, values in request.filters.items() for value in values]
    if len(chosen) == 1:
        return names.label(*chosen[0])
    if not chosen and request.sort == "newest":
        return _("Newly added")
    return _("Everything the libraries hold") if not chosen else _("Chosen titles")


def sorts_of(request: SearchRequest) -> list[dict[str, Any]]:
    """The orders to choose from. Without words nothing matches better than anything else, so none is offered."""
    return [
        {
            "label": SORT_LABELS[sort],
            "url": search_url(replace(request, sort=sort, page=1)),
            "current": sort == request.sort or (sort == "newest" and _is_unordered(request)),
        }
        for sort in SORTS
        if not (sort == "relevance" and request.is_browse)
    ]


def _is_unordered(request: SearchRequest) -> bool:
    return request.is_browse and request.sort == "relevance"


def _without(request: SearchRequest, *names: str) -> Pairs:
    return [(name, value) for name, value in search_pairs(request) if name not in names]
