"""What the page of results shows, from what the search found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.core.paginator import Paginator
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from lienthu.domain.discovery.fulltext.query import FoundVolume
from lienthu.domain.discovery.parsing import parse
from lienthu.domain.discovery.query import MAX_RESULT_WINDOW, SORTS, SearchRequest
from lienthu.domain.discovery.selectors import SearchResult, Understanding
from lienthu.domain.discovery.together import Together
from lienthu.domain.discovery.weaving import Order
from lienthu.domain.network.selectors import LibraryFacts
from lienthu.faces.web.portal.addresses import Pairs, search_pairs, search_url
from lienthu.faces.web.portal.facets import FacetNames, chips_of, groups_of, year_bars
from lienthu.faces.web.portal.fulltext_page import fulltext_url, tabs_of, volume_of
from lienthu.faces.web.portal.highlight import Marker, marker_of
from lienthu.faces.web.portal.labels import SORT_LABELS
from lienthu.faces.web.portal.works import work_of_hit

_SCOPES = ("library", "collection")  # a new query stays inside the library or collection it is typed in


def page_context(
    found: Together, facts: Mapping[int, LibraryFacts], editions: Mapping[int, int], *, expanded: str = ""
) -> dict[str, Any]:
    """The context of portal/search.html. ``editions``: publication → how many its work has, where there are others."""
    result = found.titles
    request = result.request
    names = FacetNames.of(facts)
    page = Paginator(range(min(found.total, MAX_RESULT_WINDOW)), request.size).get_page(request.page)
    chips = chips_of(request, names)
    rows = rows_of(found, editions)
    return {
        "result": result,
        "total": found.total,
        "parts": parts_of(found, rows),
        "rows": rows,
        **texts_context(found),
        "request_q": request.q,
        "heading": heading_of(request, names),
        "announcement": announcement_of(found),
        "first": request.offset + 1,
        "last": request.offset + len(rows),
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
        "beyond_window": found.total > MAX_RESULT_WINDOW and page.number == page.paginator.num_pages,
        "plain": is_plain(request),
    }


def rows_of(found: Together, editions: Mapping[int, int]) -> list[dict[str, Any]]:
    """The entries of this page: ``work`` for a title, with its volumes, or None for a volume by itself (SEA-25)."""
    marker = marker_for(found.titles.understanding)
    q = found.titles.request.q
    return [
        {
            "work": work_of_hit(entry.hit, marker, editions.get(entry.hit.id, 0)) if entry.hit else None,
            "volumes": [volume_of(volume, q) for volume in _shortened(entry.volumes)],
            "more": entry.more,
        }
        for entry in found.entries
    ]


def _shortened(volumes: Sequence[FoundVolume]) -> Sequence[FoundVolume]:
    """One page of each where there are several: the list stays a list."""
    return [replace(v, best=v.best[:1]) for v in volumes] if len(volumes) > 1 else volumes


def parts_of(found: Together, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The entries by what stands together; a part that comes after others says what it is (SEA-26)."""
    order = found.texts.order if found.texts is not None else Order.WOVEN
    if order is Order.WOVEN:
        return [{"heading": "", "rows": rows}] if rows else []
    titles = [row for row in rows if row["work"]]
    volumes = [row for row in rows if not row["work"]]
    if order is Order.TEXTS_LAST:
        behind = {"heading": _("Found in the text only"), "id": "texts", "rows": volumes}
        parts = [{"heading": "", "rows": titles}, behind]
    else:
        parts = [{"heading": "", "rows": volumes}, {"heading": _looser(found.titles.understanding), "rows": titles}]
    return [part for part in parts if part["rows"]]


def _looser(understanding: Understanding) -> str:
    """What the titles are that have less than was asked, behind volumes that have all of it."""
    if understanding.relaxed == "accents":
        return _("Titles that have these words with other diacritics")
    return _("Titles that have at least %(needed)s of the %(asked)s words") % {
        "needed": understanding.needed,
        "asked": understanding.asked,
    }


def texts_context(found: Together) -> dict[str, Any]:
    """What the page says of full text beside the entries: nothing where it was not asked or has nothing."""
    result, texts = found.titles, found.texts
    typed = [(d.typed, d.meant) for d in result.understanding.decoded]
    if texts is None or not texts.everywhere:
        return {"decoded": typed, "relaxed": result.understanding.relaxed}
    request = result.request
    listed = texts if texts.listed else None
    last = listed is not None and listed.order is Order.TEXTS_LAST and result.total > 0
    begins = result.total // request.size + 1
    alone = listed is not None and not result.total and found.total > 0
    above = listed is None or listed.order is not Order.TEXTS_FIRST
    return {
        "tabs": tabs_of(
            replace(request, page=1), texts.request, in_text=False, total=found.total, volumes=texts.everywhere
        ),
        "texts_url": fulltext_url(texts.request),
        "volumes_total": listed.total if listed else 0,
        "volumes_at_least": bool(listed and not listed.exact),
        "decoded": list(dict.fromkeys([*typed, *(texts.decoded if listed else ())])),
        "relaxed": result.understanding.relaxed if above else "",
        "texts_alone": alone,
        "texts_relaxed": texts.relaxed if alone else "",
        "texts_behind": texts.own if last and found.total <= MAX_RESULT_WINDOW else 0,
        "texts_behind_url": f"{search_url(replace(request, page=begins))}#texts",
    }


def announcement_of(found: Together) -> str:
    """What is said aloud when results come: how many titles, and how many volumes by their text."""

    def number(n: int) -> str:
        return number_format(n, force_grouping=True)

    titles, texts = found.titles.total, found.texts
    said = ngettext("%(n)s title", "%(n)s titles", titles) % {"n": number(titles)}
    if texts is None or not texts.listed or not texts.total:
        return said
    volumes = ngettext("in the text of %(n)s volume", "in the text of %(n)s volumes", texts.total)
    return f"{said}, {volumes % {'n': number(texts.total)}}"


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
