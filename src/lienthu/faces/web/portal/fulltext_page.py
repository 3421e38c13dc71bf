"""What the page of results shows of the text of digitised volumes (rule FTS-10)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from html import escape
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lienthu.domain.digital.models import Kind, Layer, OwnerGroup
from lienthu.domain.discovery.fulltext.answers import reading_url
from lienthu.domain.discovery.fulltext.query import (
    FACETS,
    MAX_VOLUMES,
    FoundPage,
    FoundVolume,
    PageResult,
    PageSearch,
    Snippet,
)
from lienthu.domain.discovery.query import FacetValue, SearchRequest
from lienthu.faces.web.portal.addresses import Pairs, search_url

Tabs = list[dict[str, Any]]
IN_TEXT = "text"
"""Value of the parameter ``in`` of a search in full text."""
_YEAR = "year"


def fulltext_url(request: PageSearch) -> str:
    """The address of a search in full text, relative to the site."""
    pairs: Pairs = [("q", request.q)] if request.q else []
    pairs.append(("in", IN_TEXT))
    for facet in FACETS:
        pairs += [(facet, value) for value in request.filters.get(facet, ())]
    pairs += [(name, str(year)) for name, year in _years(request) if year is not None]
    if request.page > 1:
        pairs.append(("page", str(request.page)))
    return f"{reverse('portal:search')}?{urlencode(pairs)}"


def _years(request: PageSearch) -> tuple[tuple[str, int | None], ...]:
    return (("year_from", request.year_from), ("year_to", request.year_to))


def tabs_of(everything: SearchRequest, texts: PageSearch, *, in_text: bool, total: int | None, volumes: int) -> Tabs:
    """The one list and full text by itself as two pages of one search."""
    return [
        {"label": _("All results"), "url": search_url(everything), "current": not in_text, "count": total},
        {"label": _("In full text"), "url": fulltext_url(texts), "current": in_text, "count": volumes},
    ]


def text_context(found: PageResult) -> dict[str, Any]:
    """The context of portal/fulltext.html."""
    request = found.request
    page = Paginator(range(min(found.total, MAX_VOLUMES)), request.size).get_page(request.page)
    chips = _chips(found)
    return {
        "found": found,
        "request_q": request.q,
        "tabs": tabs_of(SearchRequest(q=request.q), request, in_text=True, total=None, volumes=found.total),
        "volumes": [volume_of(v, request.q) for v in found.volumes],
        "announcement": ngettext("%(n)s volume", "%(n)s volumes", found.total)
        % {"n": number_format(found.total, force_grouping=True)},
        "groups": _groups(found),
        "chips": chips,
        "clear_url": fulltext_url(PageSearch(q=request.q)),
        "titles_url": search_url(SearchRequest(q=request.q)),
        "page": page,
        "pages": page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1),
        "beyond_window": found.total > MAX_VOLUMES and page.number == page.paginator.num_pages,
        "hidden": [("in", IN_TEXT), *((f, v) for f in ("library", "collection") for v in request.filters.get(f, ()))],
        "noindex": True,
    }


def volume_of(v: FoundVolume, q: str) -> dict[str, Any]:
    """A volume for portal/components/volume.html and ui/components/found_pages.html."""
    return {
        "url": reading_url(v, v.best[0] if v.best else None, q),
        "title": v.title,
        "kind": Kind(v.kind).label,
        "year": v.year or "",
        "library": v.library_name,
        "collection": v.collection,
        "record_url": reverse("portal:record", args=[v.cluster_id]) if v.cluster_id else "",
        "pages": v.pages,
        "readable": v.readable,
        "more": max(v.pages - len(v.best), 0),
        "more_url": reading_url(v, None, q),
        "best": [_page(v, p, q) for p in v.best],
    }


def _page(v: FoundVolume, p: FoundPage, q: str) -> dict[str, Any]:
    layer = p.snippet.layer if p.snippet else ""
    return {
        "url": reading_url(v, p, q),
        "label": p.label or str(p.position),
        "layer": Layer(layer).label if layer and layer != Layer.ORIGINAL else "",
        "html": html_of(p.snippet) if p.snippet else "",
    }


def html_of(snippet: Snippet) -> SafeString:
    """The piece of a page with what was asked for in <mark>; all else is escaped."""
    parts = (f"<mark>{escape(text)}</mark>" if match else escape(text) for text, match in snippet.parts)
    return mark_safe("".join(parts))  # noqa: S308 - every part went through escape


def _label(found: PageResult, facet: str, value: str) -> str:
    if facet == "kind" and value in Kind.values:
        return str(Kind(value).label).capitalize()
    if facet == "owner_group" and value in OwnerGroup.values:
        return str(OwnerGroup(value).label).capitalize()
    return found.labels.get(facet, {}).get(value, value)


def _facet_label(facet: str) -> str:
    return {
        "library": _("Library"),
        "collection": _("Collection"),
        "kind": _("Kind"),
        "owner_group": _("Group"),
        _YEAR: _("Year"),
    }[facet]


def _groups(found: PageResult) -> list[dict[str, Any]]:
    """The groups that can narrow this result, for ui/components/facets.html."""
    groups = []
    for facet in FACETS:
        values: Sequence[FacetValue] = found.facets.get(facet, ())
        if len(values) > 1 or any(v.selected or v.count < found.total for v in values):
            groups.append(
                {
                    "label": _facet_label(facet),
                    "entries": [
                        {
                            "label": _label(found, facet, v.value),
                            "count": v.count,
                            "selected": v.selected,
                            "url": fulltext_url(_toggled(found.request, facet, v.value)),
                        }
                        for v in values[:20]
                    ],
                }
            )
    if len(found.years) > 1 or found.request.year_from is not None:
        groups.append({"label": _facet_label(_YEAR), "entries": _decades(found)})
    return groups


def _decades(found: PageResult) -> list[dict[str, Any]]:
    request = found.request
    entries = []
    for decade, count in reversed(found.years):
        selected = (request.year_from, request.year_to) == (decade, decade + 9)
        years = (None, None) if selected else (decade, decade + 9)
        wanted = replace(request, year_from=years[0], year_to=years[1], page=1)
        entries.append(
            {"label": f"{decade}–{decade + 9}", "count": count, "selected": selected, "url": fulltext_url(wanted)}
        )
    return entries[:12]


def _toggled(request: PageSearch, facet: str, value: str) -> PageSearch:
    chosen = request.filters.get(facet, ())
    values = tuple(v for v in chosen if v != value) if value in chosen else (*chosen, value)
    filters: dict[str, tuple[str, ...]] = {**request.filters, facet: values}
    return replace(request, filters={f: v for f, v in filters.items() if v}, page=1)


def _chips(found: PageResult) -> list[dict[str, str]]:
    request = found.request
    chips = [
        {
            "label": _facet_label(facet),
            "value": _label(found, facet, value),
            "url": fulltext_url(_toggled(request, facet, value)),
        }
        for facet in FACETS
        for value in request.filters.get(facet, ())
    ]
    years = [str(year) for _name, year in _years(request) if year is not None]
    if years:
        without = replace(request, year_from=None, year_to=None, page=1)
        chips.append({"label": _facet_label(_YEAR), "value": "–".join(years), "url": fulltext_url(without)})
    return chips
