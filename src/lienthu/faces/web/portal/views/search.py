"""The page of results."""

from __future__ import annotations

from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from lienthu.domain.discovery import selectors as discovery
from lienthu.domain.discovery.cost import cost_of
from lienthu.domain.discovery.query import FACETS, SearchRequest
from lienthu.domain.network.selectors import library_facts
from lienthu.domain.union.selectors import edition_counts
from lienthu.faces.web.portal.addresses import absolute, search_url
from lienthu.faces.web.portal.search_page import page_context
from lienthu.faces.web.portal.views.errors import too_many
from lienthu.platform.cost_limit import charge

PAGE_SIZE = 20


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Results for any parameters: what cannot be understood is left out."""
    params = {name: values for name, values in request.GET.lists() if name != "size"}
    wanted = discovery.request_from(params, default_size=PAGE_SIZE)
    if wait := charge(request, cost_of(wanted)):
        return too_many(request, wait)
    result = discovery.search(wanted)
    if result.total and wanted.page > result.pages:
        return redirect(search_url(replace(wanted, page=result.pages)))
    expanded = request.GET.get("more", "")
    editions = edition_counts([hit.id for hit in result.hits]) if result.hits else {}
    context = page_context(result, library_facts(), editions, expanded=expanded if expanded in FACETS else "")
    context["canonical"] = absolute(request, search_url(SearchRequest(q=wanted.q)))
    context["noindex"] = not context["plain"] or bool(expanded)
    return render(request, "portal/search.html", context, status=200 if result.index_ready else 503)
