"""The page of results."""

from __future__ import annotations

from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from lienthu.domain.digital.access import who_asks
from lienthu.domain.discovery import selectors as discovery
from lienthu.domain.discovery.cost import IN_TEXTS, cost_of, cost_of_pages
from lienthu.domain.discovery.fulltext.query import page_search_from
from lienthu.domain.discovery.fulltext.selectors import search_pages
from lienthu.domain.discovery.query import FACETS, SearchRequest
from lienthu.domain.discovery.together import asks_texts, search_together
from lienthu.domain.network.selectors import library_facts
from lienthu.domain.union.selectors import edition_counts
from lienthu.faces.web.portal.addresses import absolute, search_url
from lienthu.faces.web.portal.fulltext_page import IN_TEXT, fulltext_url, text_context
from lienthu.faces.web.portal.search_page import page_context
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
    asked = asks_texts(wanted)
    left_out = asked and bool(charge(request, IN_TEXTS))
    found = search_together(wanted, who_asks(request).reader if asked and not left_out else None)
    if found.total and wanted.page > found.pages:
        return redirect(search_url(replace(wanted, page=found.pages)))
    expanded = request.GET.get("more", "")
    hits = found.titles.hits
    editions = edition_counts([hit.id for hit in hits]) if hits else {}
    context = page_context(found, library_facts(), editions, expanded=expanded if expanded in FACETS else "")
    context["texts_left_out"] = left_out
    context["canonical"] = absolute(request, search_url(SearchRequest(q=wanted.q)))
    context["noindex"] = not context["plain"] or bool(expanded)
    response = render(request, "portal/search.html", context, status=200 if found.titles.index_ready else 503)
    if found.texts is not None and found.texts.everywhere:
        response["Cache-Control"] = _OF_ONE_READER
    return response


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
