"""What the scripts of the reader ask for: the pages, the words of one page, hits. JSON, for readers only (RDR-2)."""

from __future__ import annotations

from typing import Any

import orjson
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from lienthu.domain.digital.policy import Act
from lienthu.domain.digital.selectors.objects import page_by_seq
from lienthu.domain.digital.selectors.volumes import PageLine, volume_for
from lienthu.domain.discovery.cost import INSIDE
from lienthu.domain.discovery.fulltext.inside import Inside, InsideHit, hits_in
from lienthu.faces.web.reader.asking import guarded, opened_for
from lienthu.faces.web.reader.pages import LayerText, closed_to, layers_of, page_name
from lienthu.platform.cost_limit import charge

QUERY_LENGTH = 300
PAGES_WITH_HITS = 100


@require_safe
@gzip_page
@guarded
def pages(request: HttpRequest, public_id: str) -> HttpResponse:
    """Number, name, size and state of every page, as short rows."""
    opened = opened_for(request, public_id)
    opened.require(Act.READ)
    volume = volume_for(opened)

    def row(page: PageLine) -> list[Any]:
        state = "closed" if closed_to(opened, page) else "" if page.ready else page.state
        width, height = (page.width, page.height) if page.ready else volume.usual_size
        return [page.seq, page_name(page), width, height, state, int(bool(volume.texts.get(page.pk)))]

    return _json([row(page) for page in volume.pages])


@require_safe
@gzip_page
@guarded
def text(request: HttpRequest, public_id: str, seq: int) -> HttpResponse:
    """The lines and words of a page in every layer: ``[text, [[word, x, y, w, h, confidence], …]]``."""
    opened = opened_for(request, public_id)
    page = page_by_seq(opened.object, seq)
    if page is None:
        raise Http404(_("There is no such page."))
    opened.require(Act.READ, page)
    volume = volume_for(opened)
    line = volume.pages[volume.index[seq]]
    return _json({"page": seq, "layers": [_layer(layer) for layer in layers_of(volume, line)]})


def _layer(layer: LayerText) -> dict[str, Any]:
    return {
        "layer": layer.layer,
        "label": layer.label,
        "language": layer.language,
        "typed": layer.text.source == "typed",
        "lines": [[line.text, [[w.text, *w.box, w.confidence] for w in line.words]] for line in layer.text.lines()],
    }


@require_safe
@gzip_page
@guarded
def search(request: HttpRequest, public_id: str) -> HttpResponse:
    """Where the words stand in the volume."""
    opened = opened_for(request, public_id)
    opened.require(Act.FIND)
    if wait := charge(request, INSIDE):
        return _json({"wait": wait}, status=429, headers={"Retry-After": str(wait)})
    after = request.GET.get("after", "")
    found = hits_in(
        opened,
        request.GET.get("q", "")[:QUERY_LENGTH],
        after=int(after) if after.isdecimal() and len(after) < 8 else -1,
        pages=PAGES_WITH_HITS,
    )
    return _json(found_json(found))


def found_json(found: Inside) -> dict[str, Any]:
    """Hits as the scripts draw them."""
    return {
        "query": found.query,
        "pages": found.pages,
        "next": found.next,
        "relaxed": found.relaxed,
        "hits": [_hit(hit) for hit in found.hits],
    }


def _hit(hit: InsideHit) -> dict[str, Any]:
    return {
        "page": hit.seq,
        "name": hit.label or f"[{hit.position}]",
        "layer": hit.layer,
        "before": hit.before,
        "text": hit.text,
        "after": hit.after,
        "boxes": [list(box) for box in hit.boxes],
    }


def _json(value: Any, **how: Any) -> HttpResponse:
    response = HttpResponse(orjson.dumps(value), content_type="application/json", **how)
    response["Cache-Control"] = "private, no-cache"
    return response
