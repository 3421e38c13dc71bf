"""The page that is read: whole without scripts, livelier with them (RDR-1 to RDR-9, docs/specs/reader.md)."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from lienthu.domain.digital.access import Opened, open_object, who_asks
from lienthu.domain.digital.policy import PUBLIC, Act
from lienthu.domain.digital.selectors.volumes import PageLine, Volume, volume_for
from lienthu.domain.discovery.cost import INSIDE
from lienthu.domain.discovery.fulltext.inside import Inside, hits_in
from lienthu.faces.web.portal.addresses import absolute
from lienthu.faces.web.portal.views.errors import too_many
from lienthu.faces.web.reader.asking import guarded
from lienthu.faces.web.reader.denied import denied
from lienthu.faces.web.reader.pages import (
    VIEWS,
    Address,
    aligned,
    closed_to,
    image_address,
    layers_of,
    marks_on,
    neighbours,
    page_name,
    region_of,
    shown_page,
    spread,
    thumbnail,
)
from lienthu.faces.web.reader.views.data import PAGES_WITH_HITS, QUERY_LENGTH
from lienthu.faces.web.reader.views.downloads import downloads_of
from lienthu.foundation.vietnamese.text import clean
from lienthu.platform.cost_limit import charge

_THUMBNAILS = 40
_CONTENTS = 2000


@require_safe
@gzip_page
@guarded
def read(request: HttpRequest, public_id: str) -> HttpResponse:
    """One volume at one page."""
    asking = who_asks(request)
    opened = open_object(public_id, asking.reader)
    if not (decision := opened.decide(Act.READ)).allowed:
        return denied(request, opened, decision)
    volume = volume_for(opened)
    if not volume.pages:
        raise Http404(_("This has no pages yet."))
    place = _place(volume, request.GET.get("page", ""))
    view = request.GET.get("view", "")
    query = clean(request.GET.get("q", "")[:QUERY_LENGTH])
    if query and (wait := charge(request, INSIDE)):
        return too_many(request, wait)
    found = hits_in(opened, query, pages=PAGES_WITH_HITS) if query else Inside("")
    if query and "page" not in request.GET and found.hits:
        place = volume.index.get(found.hits[0].seq, place)  # a search opens where its first hit stands (RDR-3)
    context = _context(request, opened, volume, place, view if view in VIEWS else "", found)
    # what a browser may keep of the reader's place: nothing where the next person sits down (RDR-9)
    context["keep"] = "nothing" if asking.station else "window" if asking.in_rooms else "device"
    response = render(request, "reader/read.html", context)
    response["Cache-Control"] = "private, no-cache"
    return response


def _place(volume: Volume, asked: str) -> int:
    """Where the page of that number stands; the beginning where there is none."""
    return volume.index.get(int(asked), 0) if asked.isdecimal() and len(asked) < 8 else 0


def _context(
    request: HttpRequest, opened: Opened, volume: Volume, place: int, view: str, found: Inside
) -> dict[str, Any]:
    obj = opened.object
    page = volume.pages[place]
    at = Address(obj.public_id, view, found.query)
    shown = spread(volume, place, view, obj.kind)
    before, behind = neighbours(volume, shown)
    layers = [] if closed_to(opened, page) else layers_of(volume, page)
    stage = [
        {**shown_page(opened, volume, one, at), "marks": marks_on(found.hits, one.seq), "first": one is shown[0]}
        for one in shown
    ]
    for one in stage:
        if one["seq"] == page.seq and one["picture"]:
            one["region"] = region_of(request.GET.get("xywh", ""), page)
    is_open = PUBLIC in opened.audiences.read
    cover = next((p for p in volume.pages if p.ready and not p.closed), None)
    return {
        "object": obj,
        "page": stage[[p.seq for p in shown].index(page.seq)],
        "stage": stage,
        "view": view or "single",
        "views": [{"key": key, "url": Address(obj.public_id, key, found.query).page(page.seq)} for key in VIEWS],
        "total": len(volume.pages),
        "before": _link(before, at),
        "behind": _link(behind, at),
        "contents": _contents(volume, page, at),
        "thumbnails": _thumbnails(opened, volume, place, at),
        "layers": layers,
        "rows": aligned(layers) if len(layers) > 1 else [],
        "lines": [line.text for line in layers[0].text.lines()] if len(layers) == 1 else [],
        "han": any(layer.language == "zh-Hant" for layer in layers),
        "seated": opened.audiences.seats is not None and obj.pk in opened.reader.seats,
        "found": found,
        "hits": [{"hit": hit, "name": hit.label or f"[{hit.position}]", "url": at.page(hit.seq)} for hit in found.hits],
        "downloads": downloads_of(opened, has_text=bool(volume.texts)),
        "canonical": absolute(request, reverse("reader:read", args=[obj.public_id])),
        "manifest": absolute(request, f"/iiif/presentation/3/{obj.public_id}/manifest"),
        "og_image": absolute(request, image_address(obj.public_id, cover, 1200)) if is_open and cover else "",
        "is_open": is_open,
    }


def _link(page: PageLine | None, at: Address) -> dict[str, Any] | None:
    return {"url": at.page(page.seq), "name": page_name(page)} if page is not None else None


def _contents(volume: Volume, page: PageLine, at: Address) -> list[dict[str, Any]]:
    """The contents with the entry in which the page stands."""
    here = volume.index[page.seq]
    current = -1
    for number, entry in enumerate(volume.contents):
        if entry.seq is not None and volume.index.get(entry.seq, len(volume.pages)) <= here:
            current = number
    return [
        {
            "title": entry.title or _("Closed page"),
            "level": min(entry.level, 4),
            "seq": entry.seq,
            "url": at.page(entry.seq) if entry.seq in volume.index and entry.seq is not None else "",
            "name": page_name(volume.pages[volume.index[entry.seq]]) if entry.seq in volume.index else "",
            "issued": entry.issued,
            "current": number == current,
        }
        for number, entry in enumerate(volume.contents[:_CONTENTS])
    ]


def _thumbnails(opened: Opened, volume: Volume, place: int, at: Address) -> list[dict[str, Any]]:
    """Small pictures of the pages around; the scripts go on from there."""
    start = max(0, min(place - _THUMBNAILS // 4, len(volume.pages) - _THUMBNAILS))
    return [
        {
            "seq": page.seq,
            "name": page_name(page),
            "url": at.page(page.seq),
            "picture": thumbnail(opened.object.public_id, page) if page.ready and not closed_to(opened, page) else "",
            "width": page.width,
            "height": page.height,
            "current": page is volume.pages[place],
        }
        for page in volume.pages[start : start + _THUMBNAILS]
    ]
