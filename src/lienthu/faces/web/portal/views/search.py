"""The page of results."""

from __future__ import annotations

from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from lienthu.domain.digital.access import who_asks
from lienthu.domain.discovery import selectors as discovery
from lienthu.domain.discovery.cost import cost_of, cost_of_pages
from lienthu.domain.discovery.fulltext.query import PageResult, PageSearch, page_search_from
from lienthu.domain.discovery.fulltext.reading import names_a_field
from lienthu.domain.discovery.fulltext.selectors import search_pages
from lienthu.domain.discovery.query import FACETS, SearchRequest
from lienthu.domain.network.selectors import library_facts
from lienthu.domain.union.selectors import edition_counts
from lienthu.faces.web.portal.addresses import absolute, search_url
from lienthu.faces.web.portal.fulltext_page import IN_TEXT, fulltext_url, teaser_context, text_context
from lienthu.faces.web.portal.search_page import is_plain, page_context
from lienthu.faces.web.portal.views.errors import too_many
from lienthu.platform.cost_limit import charge

PAGE_SIZE = 20
_OF_ONE_READER = "private, no-store"  # another reader, also at another address, may find less


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Results for any parameters: what cannot be understood is left out."""
    params = {name: values for name, values in request.GET.lists() if name != "size"}
    if request.GET.get("in") == IN_TEXT:
        return _in_text(request, params)
    wanted = discovery.request_from(params, default_size=PAGE_SIZE)
    if wait := charge(request, cost_of(wanted)):
        return too_many(request, wait)
    result = discovery.search(wanted)
    if result.total and wanted.page > result.pages:
        return redirect(search_url(replace(wanted, page=result.pages)))
    expanded = request.GET.get("more", "")
    editions = edition_counts([hit.id for hit in result.hits]) if result.hits else {}
    context = page_context(result, library_facts(), editions, expanded=expanded if expanded in FACETS else "")
    context |= teaser_context(_beside(request, wanted), result.total)
    context["canonical"] = absolute(request, search_url(SearchRequest(q=wanted.q)))
    context["noindex"] = not context["plain"] or bool(expanded)
    response = render(request, "portal/search.html", context, status=200 if result.index_ready else 503)
    if "in_text" in context:
        response["Cache-Control"] = _OF_ONE_READER
    return response


def _beside(request: HttpRequest, wanted: SearchRequest) -> PageResult | None:
    """What full text finds for the words of a plain search; None where it is not asked."""
    if not is_plain(wanted) or wanted.is_browse or names_a_field(wanted.q) or charge(request, 1.0):
        return None
    return search_pages(PageSearch(q=wanted.q, size=2), who_asks(request).reader)


def _in_text(request: HttpRequest, params: dict[str, list[str]]) -> HttpResponse:
    """The same words in the text of digitised volumes (FTS-10)."""
    wanted = page_search_from(params)
    if wait := charge(request, cost_of_pages(wanted)):
        return too_many(request, wait)
    found = search_pages(wanted, who_asks(request).reader)
    if found.total and wanted.page > found.last_page:
        return redirect(fulltext_url(replace(wanted, page=found.last_page)))
    response = render(request, "portal/fulltext.html", text_context(found), status=200 if found.index_ready else 503)
    response["Cache-Control"] = _OF_ONE_READER
    return response
