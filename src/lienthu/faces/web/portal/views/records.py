"""The page of a publication, its MARC view and its cover."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import http_date
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import etag, require_safe

from lienthu.domain.discovery.publications import PublicationView, publication
from lienthu.domain.network.selectors import opening_hours
from lienthu.domain.union import selectors as union
from lienthu.faces.web.portal.addresses import absolute
from lienthu.faces.web.portal.copies import digitised_of
from lienthu.faces.web.portal.covers import cover_digest, cover_of
from lienthu.faces.web.portal.reasons import members_of, origins_in
from lienthu.faces.web.portal.record_page import page_context
from lienthu.faces.web.portal.share_image import SIZE, share_image
from lienthu.faces.web.portal.structured import structured_data
from lienthu.faces.web.portal.views.errors import gone
from lienthu.foundation.marc.normalise import from_canonical

_COVER_AGE = 24 * 3600


@require_safe
def record(request: HttpRequest, id: int) -> HttpResponse:
    """A publication. One that was merged into another leads there for good (301)."""
    view = publication(id)
    if view is None:
        return _elsewhere(request, id, "portal:record")
    address = reverse("portal:record", args=[id])
    if request.GET.get("view") == "marc":
        return _marc(request, view, address)
    now = timezone.localtime()
    hours = opening_hours([library.id for library in view.libraries], now.date())
    context = page_context(view, hours, now)
    if len(view.members) > 1:
        context["members"] = members_of(view, union.reasons_in(id))
        context["origins"] = origins_in(view)
    context["digitised"] = digitised_of(request, view)
    context["canonical"] = absolute(request, address)
    context["noindex"] = bool(request.GET)
    context["share_image"] = absolute(request, reverse("portal:share_image", args=[id]))
    context["share_size"] = SIZE
    context["structured"] = structured_data(view, lambda path: absolute(request, path))
    response = render(request, "portal/record.html", context)
    if context["digitised"]:
        response["Cache-Control"] = "private, no-cache"  # what is told of volumes depends on who asks, and where
    return response


def _marc(request: HttpRequest, view: PublicationView, address: str) -> HttpResponse:
    names = {holding.record_id: holding.library.name for holding in view.holdings}
    records = [
        {"record": from_canonical(member.marc), "library": names[member.record_id], "preferred": at == 0}
        for at, member in enumerate(view.members)
    ]
    context = {"view": view, "d": view.description, "records": records, "canonical": absolute(request, address)}
    return render(request, "portal/marc.html", {**context, "noindex": True})


@require_safe
def cover(request: HttpRequest, id: int) -> HttpResponseBase:
    """The typeset cover of a publication as an SVG file."""
    members = union.members_of([id]).get(id)
    if not members:
        return _elsewhere(request, id, "portal:cover")
    marc = members[0].marc

    @etag(lambda request: f'"{cover_digest(marc)}"')
    def answer(request: HttpRequest) -> HttpResponse:
        return HttpResponse(cover_of(id, marc), content_type="image/svg+xml; charset=utf-8")

    response = answer(request)
    response["Cache-Control"] = f"public, max-age={_COVER_AGE}"
    response["Expires"] = http_date(timezone.now().timestamp() + _COVER_AGE)
    response["X-Content-Type-Options"] = "nosniff"
    # An SVG opened by itself is a document: nothing in it may run or load.
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@require_safe
def shared(request: HttpRequest, id: int) -> HttpResponse:
    """The picture shown where the address of a publication is shared."""
    view = publication(id)
    if view is None:
        return _elsewhere(request, id, "portal:share_image")
    picture = share_image(view.description, get_language() or "vi")
    return HttpResponse(picture, "image/png", headers={"Cache-Control": f"public, max-age={_COVER_AGE}"})


def _elsewhere(request: HttpRequest, id: int, name: str) -> HttpResponse:
    now_at = union.where_is(id)
    if now_at is None and union.is_gone(id):
        return gone(request)
    if now_at is None or now_at == id:
        raise Http404(_("There is no such publication."))
    query = f"?{request.META['QUERY_STRING']}" if request.META.get("QUERY_STRING") else ""
    return redirect(reverse(name, args=[now_at]) + query, permanent=True)
