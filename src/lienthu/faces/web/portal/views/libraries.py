"""The directory of libraries and the page of a library."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lienthu.domain.discovery import selectors as discovery
from lienthu.domain.discovery.query import SearchRequest
from lienthu.domain.network.selectors import areas, libraries_as_of, library_by_code, opening_hours
from lienthu.faces.web.portal.addresses import absolute
from lienthu.faces.web.portal.libraries_page import DayForm, DirectoryForm, directory, library_context
from lienthu.faces.web.portal.works import work_of_hit

_NEWEST_SHOWN = 6


@require_safe
def libraries(request: HttpRequest) -> HttpResponse:
    """Libraries that everyone may see, as of a day."""
    form = DirectoryForm(request.GET, areas=areas())
    valid = form.is_valid()
    asked = form.cleaned_data if valid else {}
    now = timezone.localtime()
    day = asked.get("day") or now.date()
    views = libraries_as_of(
        day,
        types=[asked["type"]] if asked.get("type") else (),
        area_code=asked.get("area", ""),
        text=asked.get("q", ""),
        public_only=True,
    )
    is_today = day == now.date()
    hours = opening_hours([view.id for view in views], day) if is_today else {}
    titles = _titles_by_library() if is_today else {}
    context = {
        "form": form,
        "groups": directory(views, hours=hours, titles=titles, now=now, day=None if is_today else day),
        "count": len(views),
        "day": day,
        "is_today": is_today,
        "narrowed": any(asked.values()),
        "canonical": absolute(request, reverse("portal:libraries")),
        "noindex": bool(request.GET),
    }
    return render(request, "portal/libraries.html", context, status=200 if valid else 422)


@require_safe
def library(request: HttpRequest, code: str) -> HttpResponse:
    """One library, as of a day (REG-9). A closed one does not exist here; another spelling leads to the right one."""
    found = library_by_code(code)
    if found.closed:
        raise Http404(_("There is no such library."))
    if found.code != code:
        query = request.META.get("QUERY_STRING", "")
        url = reverse("portal:library", args=[found.code])
        return redirect(f"{url}?{query}" if query else url, permanent=True)
    form = DayForm(request.GET)
    valid = form.is_valid()
    now = timezone.localtime()
    asked = form.cleaned_data.get("day") if valid else None
    day = None if asked in (None, now.date()) else asked
    context = library_context(found, now, day)
    if day is None:
        filters = {"library": (found.code,)}
        holdings = discovery.search(SearchRequest(filters=filters, size=_NEWEST_SHOWN, sort="newest"))
        context["library_hidden"] = [("library", found.code)]
        context["titles"] = holdings.total if holdings.index_ready else None
        context["newest"] = [work_of_hit(hit) for hit in holdings.hits]
    context["form"] = form
    context["canonical"] = absolute(request, reverse("portal:library", args=[found.code]))
    context["noindex"] = bool(request.GET)
    return render(request, "portal/library.html", context, status=200 if valid else 422)


def _titles_by_library() -> dict[str, int]:
    """Publications by library code, from the counts that the index remembers anyway."""
    counted = discovery.search(SearchRequest(size=1, sort="newest"))
    return {value.value: value.count for value in counted.facets.get("library", ())}
