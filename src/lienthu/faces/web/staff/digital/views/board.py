"""The board: every object at its stage, with filters; and the cards on it, moved and given out where they stand.

Without scripts every card leads to the page of its object, where the same can be done; columns go on as pages.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lienthu.domain.digital.board import STAGES, decide_move
from lienthu.domain.digital.errors import STEP_SENTENCES, DigitalRefused
from lienthu.domain.digital.models import DigitalObject, Stage
from lienthu.domain.digital.selectors.board import After, BoardColumn, column, ends_of
from lienthu.domain.digital.selectors.board import board as columns_of
from lienthu.domain.digital.selectors.people import digitisers_of
from lienthu.domain.digital.services import boards
from lienthu.domain.network.policy import Permission
from lienthu.faces.web.staff.access import Desk, staff_page
from lienthu.faces.web.staff.digital.desk import desk_tabs, desk_trail, object_page, reader_at, refusal
from lienthu.faces.web.staff.digital.filtering import Asked, asked_of
from lienthu.faces.web.staff.digital.forms import AssignForm
from lienthu.faces.web.staff.pages import show


@require_safe
@staff_page(Permission.DIGITISE)
def board(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Planned, scanned, checked, recognised, described, published: with filters."""
    reader, asked = reader_at(desk), asked_of(request, desk)
    stage, after = request.GET.get("stage", ""), After.read(request.GET.get("after", ""))
    if stage in STAGES:
        found = [column(reader, asked.filters, stage, after=after)]
        if request.GET.get("part"):
            return show(desk, "digital/board_part.html", column=_told(found[0], asked), today=timezone.localdate())
    else:
        found = columns_of(reader, asked.filters)
    return show(
        desk,
        "digital/board.html",
        trail=desk_trail(),
        tabs=desk_tabs("board"),
        columns=[_told(one, asked) for one in found],
        alone=stage in STAGES,
        asked=asked,
        today=timezone.localdate(),
        anything=any(one.count for one in found),
        here=reverse("staff_digital:board"),
    )


def _told(found: BoardColumn, asked: Asked) -> dict[str, Any]:
    label = dict(Stage.choices)[found.stage]
    more = asked.query(stage=found.stage, after=str(found.after)) if found.after is not None else ""
    return {
        "label": label,
        "stage": found.stage,
        "count": found.count,
        "cards": [_card(card) for card in found.cards],
        "more": more,
    }


def _card(obj: DigitalObject) -> dict[str, Any]:
    """What a card shows."""
    today, ends = timezone.localdate(), ends_of(obj)
    return {
        "object": obj,
        "ends": ends,
        "late": ends is not None and ends < today and obj.stage != Stage.PUBLISHED,
        "soon": ends is not None and today <= ends and (ends - today).days < 7 and obj.stage != Stage.PUBLISHED,
    }


@require_http_methods(["GET", "HEAD", "POST"])
@object_page()
def card(request: HttpRequest, desk: Desk, obj: DigitalObject) -> HttpResponse:
    """What can be done with a card, as a piece of the board; POST does it and answers with the card as it is then."""
    if request.method != "POST":
        return show(desk, "digital/card_acts.html", object=obj, **_offered(obj))
    try:
        said = _do(request, desk, obj)
    except DigitalRefused as refused:
        return refusal(refused)
    obj = DigitalObject.objects.select_related("library", "project", "assignee").get(pk=obj.pk)
    drawn = render_to_string("staff/digital/card.html", {"card": _card(obj)}, request=request)
    return JsonResponse({"stage": obj.stage, "card": drawn, "said": said})


def _offered(obj: DigitalObject) -> dict[str, Any]:
    labels, here = dict(Stage.choices), STAGES.index(obj.stage)
    following = STAGES[here + 1] if here + 1 < len(STAGES) else ""
    hindrance = decide_move(boards.facts_of(obj), following) if following else None
    return {
        "following": following,
        "following_label": labels.get(following, ""),
        "hindrance": STEP_SENTENCES[hindrance] if hindrance else "",
        "back": [(stage, labels[stage]) for stage in reversed(STAGES[:here])] if obj.stage != Stage.PUBLISHED else [],
        "assign": AssignForm(obj, auto_id="card_%s"),
    }


def _do(request: HttpRequest, desk: Desk, obj: DigitalObject) -> str:
    """Move, send back, take or give out; what was done, in words. Raises DigitalRefused."""
    labels = dict(Stage.choices)
    match request.POST.get("act"):
        case "move":
            to = request.POST.get("to") or STAGES[min(STAGES.index(obj.stage) + 1, len(STAGES) - 1)]
            boards.move_stage(obj.public_id, to, reason=request.POST.get("reason", ""), actor=desk.actor)
            return _("“%(title)s” moved to “%(stage)s”.") % {"title": obj.title, "stage": labels.get(to, to)}
        case "take":
            me = digitisers_of(obj.library_id).filter(pk=desk.actor.user_id or 0).first()
            if me is None:
                raise DigitalRefused(_("Only people who digitise in the library of this title can take it."))
            boards.assign(
                obj.public_id, assignee=me, due=obj.due, priority=obj.priority, project=obj.project, actor=desk.actor
            )
            return _("“%(title)s” is yours now.") % {"title": obj.title}
        case "assign":
            form = AssignForm(obj, request.POST)
            if not form.is_valid():
                field, errors = next(iter(form.errors.items()))
                raise DigitalRefused(f"{form.fields[field].label}: {errors[0]}")
            boards.assign(obj.public_id, **form.cleaned_data, actor=desk.actor)
            return _("“%(title)s” is saved.") % {"title": obj.title}
    raise DigitalRefused(_("There is no such act."))
