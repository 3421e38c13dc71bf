"""Correcting texts: words by keyboard, the doubtful first; or three layers line by line."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lienthu.domain.digital.errors import DigitalRefused, PagesRefused
from lienthu.domain.digital.models import DigitalObject, Kind, Layer, Page
from lienthu.domain.digital.models import PageText as Row
from lienthu.domain.digital.services import correcting
from lienthu.domain.digital.services.texts import content_of
from lienthu.faces.web.staff.access import Desk
from lienthu.faces.web.staff.digital.desk import json_body, object_page, refusal, show_object
from lienthu.faces.web.staff.pages import number_from, number_in
from lienthu.foundation.pagetext.model import Box

DOUBTFUL = 80
EMPTY_LINES = 12


@require_safe
@object_page()
def texts(request: HttpRequest, desk: Desk, obj: DigitalObject) -> HttpResponse:
    """The text of one page; without a page named, of the one that is most doubtful."""
    pages = Page.objects.filter(object=obj, state=Page.State.READY).order_by("position")
    wanted = number_from(request, "page")
    named = pages.filter(seq=wanted).first() if wanted is not None and wanted < 2**31 else None
    page = named or _most_doubtful(obj) or pages.first()
    layered = request.GET.get("mode", "layers" if obj.kind == Kind.MANUSCRIPT else "words") == "layers"
    context: dict[str, Any] = {}
    if page is not None:
        before = pages.filter(position__lt=page.position)
        context = {
            "before": before.last(), "after": pages.filter(position__gt=page.position).first(),
            "place": before.count() + 1, "versions": list(_versions(page, Layer.ORIGINAL)), "number": pages.count(),
        }  # fmt: skip
        if layered:
            lines, boxes = correcting.layer_lines(page)
            empty = EMPTY_LINES if not lines else 4
            step = max(1, page.height // (EMPTY_LINES + 1))
            boxes = [*boxes, *(Box(0, step * (n + 1), max(1, page.width), step) for n in range(empty))]
            lines = [*lines, *({} for _n in range(empty))]
            context |= {
                "seen": correcting.seen_layers(page),
                "lines": [
                    {"n": n, "box": ",".join(map(str, box)), **{layer: line.get(layer, "") for layer in Layer.values}}
                    for n, (line, box) in enumerate(zip(lines, boxes, strict=True))
                ],
            }
    return show_object(
        desk, obj, "layers.html" if layered else "texts.html", "texts", more=[(_("Text"), "")], page=page,
        doubtful=DOUBTFUL, manuscript=obj.kind == Kind.MANUSCRIPT, **context,
    )  # fmt: skip


def _most_doubtful(obj: DigitalObject) -> Page | None:
    row = (
        Row.objects.filter(page__object=obj, page__state=Page.State.READY, current=True, source="ocr", words__gt=0)
        .order_by("confidence").select_related("page").first()
    )  # fmt: skip
    return row.page if row else None


def _versions(page: Page, layer: Layer) -> Any:
    return Row.objects.filter(page=page, layer=layer).order_by("-number").defer("content", "text")


def _page(obj: DigitalObject, seq: int) -> Page:
    page = obj.pages.filter(seq=seq).first() if seq < 2**31 else None
    if page is None:
        raise Http404
    return page


@require_safe
@object_page()
def data(request: HttpRequest, desk: Desk, obj: DigitalObject, seq: int) -> HttpResponse:
    """The words of a page with their boxes."""
    page = _page(obj, seq)
    row = correcting.current_of(page)
    blocks = [
        [[[w.text, w.x, w.y, w.w, w.h, w.confidence] for w in line.words] for line in block.lines]
        for block in (content_of(row).blocks if row else ())
    ]
    return JsonResponse(
        {"seen": row.number if row else 0, "source": row.source if row else "", "blocks": blocks,
         "width": page.width, "height": page.height, "version": page.version}
    )  # fmt: skip


@require_POST
@object_page()
def save(request: HttpRequest, desk: Desk, obj: DigitalObject, seq: int) -> HttpResponse:
    """A corrected version: words as JSON, or layers from the form."""
    if request.content_type != "application/json":
        return _save_layers(request, desk, obj, seq)
    try:
        asked = json_body(request)
        blocks, seen = _blocks(asked.get("blocks")), asked.get("seen")
        if type(seen) is not int:
            raise ValueError
        row = correcting.save_words(obj.public_id, seq, blocks, seen=seen, actor=desk.actor)
    except ValueError:
        return refusal(PagesRefused(_("This cannot be understood: %(name)s.") % {"name": "blocks"}))
    except DigitalRefused as refused:
        return refusal(refused)
    return JsonResponse({"seen": row.number, "words": row.words})


def _blocks(value: Any) -> list[list[list[correcting.WordRow]]]:
    """Blocks of lines of words, read strictly. Raises ValueError."""

    def word(one: Any) -> correcting.WordRow:
        if not (isinstance(one, list) and len(one) == 6 and isinstance(one[0], str)):
            raise ValueError("no word")
        if not all(type(n) is int and 0 <= n < 2**20 for n in one[1:]):
            raise ValueError("no box")
        return (one[0], one[1], one[2], one[3], one[4], min(100, one[5]))

    def listed(one: Any) -> list[Any]:
        if not isinstance(one, list):
            raise ValueError("no list")
        return one

    return [[[word(w) for w in listed(line)] for line in listed(block)] for block in listed(value)]


def _save_layers(request: HttpRequest, desk: Desk, obj: DigitalObject, seq: int) -> HttpResponse:
    here = f"{reverse('staff_digital:texts', args=[obj.public_id])}?page={seq}&mode=layers"
    try:
        boxes = [_box(b) for b in request.POST.getlist("box")]
        columns = {layer: request.POST.getlist(layer) for layer in Layer.values}
        if any(len(column) != len(boxes) for column in columns.values()):
            raise ValueError
        lines = [{layer: columns[layer][n] for layer in Layer.values} for n in range(len(boxes))]
        rows = correcting.save_layers(
            obj.public_id, seq, lines, boxes, seen=request.POST.get("seen", ""), actor=desk.actor
        )
    except ValueError:
        messages.error(request, _("This cannot be understood: %(name)s.") % {"name": "box"})
    except DigitalRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("The text is saved.") if rows else _("Nothing had changed."))
    return redirect(here)


def _box(text: str) -> Box:
    x, y, w, h = (int(part) for part in text.split(","))
    if not all(0 <= n < 2**20 for n in (x, y, w, h)):
        raise ValueError(text)
    return Box(x, y, w, h)


@require_POST
@object_page()
def revert(request: HttpRequest, desk: Desk, obj: DigitalObject, seq: int) -> HttpResponse:
    """Put an earlier version back."""
    number = number_in(request.POST.get("number", ""))
    try:
        correcting.revert(obj.public_id, seq, number or 0, actor=desk.actor)
    except DigitalRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("The earlier text is in force again."))
    return redirect(f"{reverse('staff_digital:texts', args=[obj.public_id])}?page={seq}")
