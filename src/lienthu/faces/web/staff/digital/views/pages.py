"""The page editor: its frame, its data, its acts. The work is done by `services/paging.py`."""

from __future__ import annotations

from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_POST, require_safe

from lienthu.domain.digital import jobs
from lienthu.domain.digital.errors import DigitalRefused, PagesRefused
from lienthu.domain.digital.models import DigitalObject, Page
from lienthu.domain.digital.services.undoing import acts_of, undo
from lienthu.faces.web.staff.access import Desk
from lienthu.faces.web.staff.digital.desk import json_body, object_page, refusal, show_object
from lienthu.faces.web.staff.digital.page_acts import ACTS, numbering_of, tiles
from lienthu.faces.web.staff.digital.words import undo_sentence

PREVIEWED = 6


@require_safe
@object_page()
def pages(request: HttpRequest, desk: Desk, obj: DigitalObject) -> HttpResponse:
    """The editor. Its pages come as data, so that a thousand of them are drawn by the browser as they are needed."""
    return show_object(desk, obj, "pages.html", "pages", more=[(_("Pages"), "")], wide=True)


@require_safe
@gzip_page
@object_page()
def data(request: HttpRequest, desk: Desk, obj: DigitalObject) -> HttpResponse:
    """All pages and the contents."""
    return _answer({"pages": tiles(obj.pk), **_state(obj)})


@require_safe
@gzip_page
@object_page()
def waiting(request: HttpRequest, desk: Desk, obj: DigitalObject) -> HttpResponse:
    """What waits for its picture, and the version: asked again and again while something waits."""
    seqs = Page.objects.filter(object=obj, state=Page.State.WAITING).order_by("position")
    return JsonResponse({"version": obj.pages_version, "waiting": list(seqs.values_list("seq", flat=True))})


@require_safe
@gzip_page
@object_page()
def some(request: HttpRequest, desk: Desk, obj: DigitalObject) -> HttpResponse:
    """A few pages as they are now: those whose pictures came."""
    seqs = [int(n) for n in request.GET.get("seqs", "").split(",")[:500] if n.isascii() and n.isdigit() and len(n) < 10]
    return JsonResponse({"pages": tiles(obj.pk, seqs)})


@require_POST
@gzip_page
@object_page()
def act(request: HttpRequest, desk: Desk, obj: DigitalObject) -> HttpResponse:
    """One act, asked as JSON: what changed, or why not."""
    try:
        asked = json_body(request)
        seen = asked.get("seen")
        if type(seen) is not int:
            raise ValueError
        if asked.get("act") == "undo":
            done, undone = undo(obj.public_id, seen=seen, actor=desk.actor)
            said = undo_sentence(undone)
        elif (do := ACTS.get(str(asked.get("act")))) is not None:
            done, said = do(obj.public_id, asked, seen, desk.actor), ""
        else:
            raise ValueError
    except ValueError:
        return refusal(PagesRefused(_("This cannot be understood: %(name)s.") % {"name": "act"}))
    except DigitalRefused as refused:
        return refusal(refused)
    answer: dict[str, Any] = {"pages": tiles(obj.pk, done.changed) if done.changed else [], "order": done.order}
    if any(tile[2] == Page.State.WAITING for tile in answer["pages"]):
        jobs.enqueue_pages()
    obj.pages_version = done.version
    return _answer({**answer, "said": said, **_state(obj, contents=asked["act"] in ("contents", "undo", "remove"))})


@require_POST
@object_page()
def preview(request: HttpRequest, desk: Desk, obj: DigitalObject) -> HttpResponse:
    """The first and the last labels that a numbering would give."""
    try:
        asked = json_body(request)
        count = asked.get("count")
        if type(count) is not int or not 1 <= count <= 20_000:
            raise ValueError
        labels = numbering_of(asked).labels(count)
    except DigitalRefused as refused:
        return refusal(refused)
    except ValueError:
        return refusal(PagesRefused(_("So many pages cannot be numbered in this way.")))
    return JsonResponse({"first": labels[:PREVIEWED], "last": labels[-1] if count > PREVIEWED else ""})


def _answer(value: dict[str, Any]) -> HttpResponse:
    """JSON of very many pages: written ten times as fast as Django writes it."""
    return HttpResponse(orjson.dumps(value), content_type="application/json")


def _state(obj: DigitalObject, *, contents: bool = True) -> dict[str, Any]:
    acts = acts_of(obj.pk, limit=1)
    state: dict[str, Any] = {"version": obj.pages_version, "undo": undo_sentence(acts[0]) if acts else ""}
    if contents:
        lines = obj.sections.order_by("position").values_list("title", "level", "page__seq", "issued")
        state["contents"] = [
            {"title": title, "level": level, "page": page, "issued": issued.isoformat() if issued else ""}
            for title, level, page, issued in lines
        ]
    return state
