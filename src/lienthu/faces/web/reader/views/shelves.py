"""Collections for everybody, and the page about one object (RDR-8)."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lienthu.domain.digital.access import who_asks
from lienthu.domain.digital.models import DigitalObject, Kind
from lienthu.domain.digital.policy import PUBLIC, Act
from lienthu.domain.digital.selectors.describing import description_of, descriptions_of
from lienthu.domain.digital.selectors.shelves import (
    Shelf,
    collection_for,
    collections_for,
    counts_by_collection,
    kinds_on,
    objects_for,
)
from lienthu.domain.digital.selectors.volumes import PageLine, covers_of, rights_of, volume_for
from lienthu.faces.web.portal.addresses import absolute
from lienthu.faces.web.reader.asking import guarded, opened_for
from lienthu.faces.web.reader.pages import image_address
from lienthu.faces.web.reader.records import citation, described, record_url, terms_of_use
from lienthu.faces.web.reader.views.downloads import downloads_of

_SHELF = 24


@require_safe
def collections(request: HttpRequest) -> HttpResponse:
    """All collections, and what was published last."""
    reader = who_asks(request).reader
    counts = counts_by_collection(reader)
    newest = objects_for(reader, size=12)
    shelves = [
        {
            "name": c.name,
            "text": c.description,
            "library": c.library.name,
            "url": reverse("reader:collection", args=[c.code]),
            "count": counts.get(c.pk, 0),
        }
        for c in collections_for(reader)
    ]
    context = {
        "shelves": [s for s in shelves if s["count"]],
        "newest": tiles(newest),
        "canonical": absolute(request, reverse("reader:collections")),
    }
    return _private(render(request, "reader/collections.html", context), reader.tokens)


@require_safe
def collection(request: HttpRequest, code: str) -> HttpResponse:
    """One collection: its objects by their covers, the newest first, by kind where asked."""
    reader = who_asks(request).reader
    found = collection_for(code, reader)
    if found is None:
        raise Http404(_("There is no such collection."))
    kind = request.GET.get("kind", "")
    kind = kind if kind in Kind.values else ""
    after = request.GET.get("after", "")
    shelf = objects_for(
        reader,
        collection_id=found.pk,
        kind=kind,
        after=int(after) if after.isdecimal() and len(after) < 16 else None,
        size=_SHELF,
    )
    here = reverse("reader:collection", args=[found.code])
    counts = kinds_on(reader, found.pk)
    filters = [{"label": _("All"), "url": here, "count": sum(counts.values()), "current": not kind}]
    filters += [
        {"label": Kind(key).label, "url": f"{here}?kind={key}", "count": counts[key], "current": kind == key}
        for key in Kind.values
        if counts.get(key)
    ]
    more = f"{here}?{f'kind={kind}&' if kind else ''}after={shelf.after}" if shelf.after else ""
    context = {
        "collection": found,
        "inside": [("in", "text"), ("collection", found.code)],
        "tiles": tiles(shelf),
        "filters": filters if len(filters) > 2 else [],
        "next_url": more,
        "breadcrumb": [
            {"label": _("Digital collections"), "url": reverse("reader:collections")},
            {"label": found.name, "url": ""},
        ],
        "canonical": absolute(request, here),
        "noindex": bool(request.GET) or found.closed,
    }
    return _private(render(request, "reader/collection.html", context), reader.tokens)


def _private(response: HttpResponse, tokens: frozenset[str]) -> HttpResponse:
    if tokens != {PUBLIC}:
        response["Cache-Control"] = "private, no-cache"
    return response


def tiles(shelf: Shelf) -> list[dict[str, Any]]:
    """Objects as tiles with their first picture; a typeset cover where this reader may not have the picture."""
    covers, described = covers_of(list(shelf.readable)), descriptions_of(shelf.objects)
    return [
        {
            "url": reverse("reader:read", args=[obj.public_id]),
            "title": obj.title,
            "by": "; ".join(described[obj.pk].get("creator", ())),
            "year": next(iter(described[obj.pk].get("date", ())), ""),
            "kind": obj.get_kind_display(),
            "material": {"newspaper": "serial", "map": "map", "manuscript": "manuscript", "thesis": "thesis"}.get(
                obj.kind, "picture" if obj.kind == Kind.PHOTOGRAPHS else "book"
            ),
            "key": obj.public_id,
            "library": obj.library.name,
            "picture": thumbnail_address(obj, covers.get(obj.pk)),
            "width": covers[obj.pk].width if obj.pk in covers else 0,
            "height": covers[obj.pk].height if obj.pk in covers else 0,
        }
        for obj in shelf.objects
    ]


def thumbnail_address(obj: DigitalObject, page: PageLine | None) -> str:
    """The address of the cover picture, "" without one."""
    return image_address(obj.public_id, page, 420) if page is not None else ""


@require_safe
@guarded
def about(request: HttpRequest, public_id: str) -> HttpResponse:
    """What the object is, whose, under which terms, how to cite it."""
    opened = opened_for(request, public_id)
    obj = opened.object
    volume, elements = volume_for(opened), description_of(obj)
    readable = opened.may(Act.READ)
    cover = next((p for p in volume.pages if p.ready and not p.closed), None) if readable else None
    address = absolute(request, reverse("reader:read", args=[public_id]))
    trail = [{"label": _("Digital collections"), "url": reverse("reader:collections")}]
    if obj.collection is not None:
        trail.append({"label": obj.collection.name, "url": reverse("reader:collection", args=[obj.collection.code])})
    is_open = PUBLIC in opened.audiences.read
    context = {
        "object": obj,
        "cover": image_address(public_id, cover, 400) if cover else "",
        "cover_page": cover,
        "summary": elements.get("description", []),
        "pairs": described(elements),
        "total": len(volume.pages),
        "terms": terms_of_use(rights_of(obj.pk)),
        "citation": citation(obj, elements, address),
        "record_url": record_url(obj),
        "readable": readable,
        "downloads": downloads_of(opened, has_text=bool(volume.texts)),
        "breadcrumb": [*trail, {"label": obj.title, "url": ""}],
        "canonical": absolute(request, reverse("reader:about", args=[public_id])),
        "og_image": absolute(request, image_address(public_id, cover, 1200)) if is_open and cover else "",
        "noindex": not is_open,
        "manifest": absolute(request, f"/iiif/presentation/3/{public_id}/manifest"),
    }
    return _private(render(request, "reader/about.html", context), opened.reader.tokens)
