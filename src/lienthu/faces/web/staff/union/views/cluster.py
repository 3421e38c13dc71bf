"""One publication: who is in it and why; take it apart, bring it together with another, take decisions back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lienthu.domain.discovery.hits import Hit
from lienthu.domain.discovery.query import SearchRequest
from lienthu.domain.discovery.selectors import index_ready, search
from lienthu.domain.network.policy import Permission
from lienthu.domain.union.errors import UnionRefused
from lienthu.domain.union.review import cluster_view, pair_view
from lienthu.domain.union.selectors import clusters_of, where_is
from lienthu.domain.union.services import decide as deciding
from lienthu.faces.web.staff.access import Desk, staff_page
from lienthu.faces.web.staff.publication import Publication, publication
from lienthu.faces.web.staff.union.clusters import Page, page_of
from lienthu.faces.web.staff.union.filters import number
from lienthu.faces.web.staff.union.page import show
from lienthu.faces.web.staff.union.pairs import bars, hidden_libraries
from lienthu.faces.web.staff.views.records import short

OFFERED = 8


def _found(desk: Desk, pk: int) -> Page:
    view = cluster_view(pk) if pk < 2**63 else None
    if view is None:
        raise Http404
    page = page_of(view, desk)
    if not page.members:
        raise Http404  # nothing but records of closed libraries: as if it did not exist
    return page


@require_safe
@staff_page(Permission.EDIT_UNION)
def cluster(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """A publication; an address that was joined to another leads there."""
    now = where_is(pk) if pk < 2**63 else None
    if now is not None and now != pk:
        messages.info(request, _("Publication %(old)d was brought together with this one.") % {"old": pk})
        return redirect("staff_union:cluster", now)
    page = _found(desk, pk)
    return show(desk, "cluster.html", trail=[(_("Publication %(n)d") % {"n": pk}, "")], page=page)


@require_safe
@staff_page(Permission.EDIT_UNION)
def why(request: HttpRequest, desk: Desk, left: int, right: int) -> HttpResponse:
    """The reasons of one pair, as a fragment that opens below its edge."""
    view = pair_view(left, right) if left != right and max(left, right) < 2**63 else None
    if view is None or hidden_libraries(desk) & {view.row.left_library, view.row.right_library}:
        raise Http404
    found = bars(view.reasons)
    return show(desk, "why.html", telling=[b for b in found if b.tells], idle=len([b for b in found if not b.tells]))


@require_POST
@staff_page(Permission.EDIT_UNION)
def split(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """The ticked records become a publication of their own."""
    page = _found(desk, pk)
    ticked = {n for text in request.POST.getlist("record") if (n := number(text))} & {m.id for m in page.members}
    here = redirect("staff_union:cluster", pk)
    if not ticked:
        messages.error(request, _("Tick the records that are another publication."))
        return here
    if len(ticked) == len(page.members) + page.hidden:
        messages.error(request, _("All records are ticked. Leave at least one where it is."))
        return here
    try:
        deciding.split_off(sorted(ticked), actor=desk.actor, note=request.POST.get("note", ""))
    except UnionRefused as refused:
        messages.error(request, refused.message)
        return here
    now = clusters_of(sorted(ticked))
    told = ngettext(
        "%(n)d record was taken out. No later import will bring it back.",
        "%(n)d records were taken out. No later import will bring them back.",
        len(ticked),
    )
    messages.success(request, told % {"n": len(ticked)})
    return redirect("staff_union:cluster", next(iter(now.values()), pk))


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Permission.EDIT_UNION)
def merge(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """Look for another publication, see both, bring them together."""
    page = _found(desk, pk)
    asked = (request.POST if request.method == "POST" else request.GET).get("with", "").strip()
    other = number(asked.rstrip("/").rsplit("/", 1)[-1])
    target: Publication | None = None
    context: dict[str, Any] = {"asked": asked, "hits": [], "problem": ""}
    now = where_is(other) if other else None
    if now == pk:
        context["problem"] = _("This is the publication itself.")
    elif now is not None:
        target = publication(now, desk)
        if not target.members:  # nothing but records of closed libraries: as if it did not exist
            target, context["problem"] = None, _("There is no publication with this number.")
    elif asked:  # also numbers: they may be a title
        context["hits"] = _hits(asked, pk)
        if not context["hits"]:
            context["problem"] = _("Nothing was found. Try fewer words, or the number of the publication.")
    if request.method == "POST" and target is not None:
        try:
            deciding.merge_clusters([pk, target.id], actor=desk.actor, note=request.POST.get("note", ""))
        except UnionRefused as refused:
            messages.error(request, refused.message)
            return redirect(f"{reverse('staff_union:merge', args=[pk])}?with={target.id}")
        messages.success(request, _("Both are one publication now. The former addresses of both lead here."))
        return redirect("staff_union:cluster", where_is(pk) or pk)
    return show(
        desk,
        "merge.html",
        trail=[
            (_("Publication %(n)d") % {"n": pk}, reverse("staff_union:cluster", args=[pk])),
            (_("Bring together"), ""),
        ],
        status=422 if context["problem"] else 200,
        page=page,
        own=publication(pk, desk),
        target=target,
        title=short(page.title),
        **context,
    )


def _hits(asked: str, own: int) -> list[Hit]:
    if not index_ready():
        return []
    found = search(SearchRequest(q=asked[:200], size=OFFERED + 1, facets=False))
    return [hit for hit in found.hits if hit.id != own][:OFFERED]
