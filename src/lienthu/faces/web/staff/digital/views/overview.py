"""One object: how far it is, its next step, who does it, what it is, what was done."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lienthu.domain.digital.board import STAGES, decide_move
from lienthu.domain.digital.errors import STEP_SENTENCES, DigitalRefused
from lienthu.domain.digital.models import DigitalObject, Stage
from lienthu.domain.digital.selectors.board import moves_of
from lienthu.domain.digital.selectors.objects import progress_of
from lienthu.domain.digital.selectors.trail import trail_of
from lienthu.domain.digital.services import boards, describing
from lienthu.faces.web.staff.access import Desk
from lienthu.faces.web.staff.digital.desk import object_page, reader_at, show_object
from lienthu.faces.web.staff.digital.forms import AssignForm, DescribeForm
from lienthu.faces.web.staff.digital.suggesting import filled, offers_for
from lienthu.faces.web.staff.digital.words import act_sentence


@require_safe
@object_page()
def overview(request: HttpRequest, desk: Desk, obj: DigitalObject) -> HttpResponse:
    """How far an object is, and what comes next."""
    labels = dict(Stage.choices)
    facts = boards.facts_of(obj)
    here = STAGES.index(obj.stage)
    following = STAGES[here + 1] if here + 1 < len(STAGES) else None
    hindrance = decide_move(facts, following) if following else None
    return show_object(
        desk,
        obj,
        "overview.html",
        "object",
        progress=progress_of(obj.pk),
        steps=[
            {"label": labels[stage], "state": "done" if n < here else "current" if n == here else ""}
            for n, stage in enumerate(STAGES)
        ],
        following=following,
        following_label=labels[following] if following else "",
        hindrance=STEP_SENTENCES[hindrance] if hindrance else "",
        publishes=following == Stage.PUBLISHED,
        back=[(stage, labels[stage]) for stage in STAGES[:here]] if obj.stage != Stage.PUBLISHED else [],
        moves=[(m, labels[m.before], labels[m.after]) for m in moves_of(obj)[:20]],
        assign=AssignForm(obj),
        trail_rows=[(row, act_sentence(row.action)) for row in trail_of(obj, limit=30)],
    )


@require_safe
@object_page()
def making(request: HttpRequest, desk: Desk, obj: DigitalObject) -> HttpResponse:
    """How far pictures and texts are, asked for again while they are being made (WFL-23)."""
    progress = progress_of(obj.pk)
    answer = render(request, "staff/digital/making.html", {"object": obj, "progress": progress})
    if progress.done:
        answer["HX-Reswap"] = "outerHTML"  # which ends the asking
    return answer


@require_POST
@object_page()
def step(request: HttpRequest, desk: Desk, obj: DigitalObject) -> HttpResponse:
    """A step along the board, or back with a reason."""
    to = request.POST.get("to", "")
    try:
        boards.move_stage(obj.public_id, to, reason=request.POST.get("reason", ""), actor=desk.actor)
    except DigitalRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Moved to “%(stage)s”.") % {"stage": dict(Stage.choices)[to]})
    return redirect("staff_digital:object", public_id=obj.public_id)


@require_POST
@object_page()
def assign(request: HttpRequest, desk: Desk, obj: DigitalObject) -> HttpResponse:
    """Who does it, until when, how urgently."""
    form = AssignForm(obj, request.POST)
    if not form.is_valid():
        messages.error(request, _("This cannot be saved. Look at the fields."))
    else:
        boards.assign(obj.public_id, **form.cleaned_data, actor=desk.actor)
        messages.success(request, _("Saved."))
    return redirect("staff_digital:object", public_id=obj.public_id)


@require_http_methods(["GET", "HEAD", "POST"])
@object_page()
def describe(request: HttpRequest, desk: Desk, obj: DigitalObject) -> HttpResponse:
    """Title, record, collection, Dublin Core."""
    reader = reader_at(desk)
    offers = offers_for(obj, reader)
    taken = filled(obj, offers, request.GET.getlist("use"))
    form = DescribeForm(obj, reader, request.POST if request.method == "POST" else None, initial=taken)
    if request.method == "POST" and form.is_valid():
        try:
            describing.describe(
                obj.public_id, form.facts(), seen_version=form.cleaned_data["version"], actor=desk.actor
            )
        except DigitalRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("The description is saved."))
            return redirect("staff_digital:describe", public_id=obj.public_id)
    return show_object(
        desk, obj, "describe.html", "describe", more=[(_("Description"), "")], status=422 if form.errors else 200,
        form=form, offers=offers, taken=bool(taken),
    )  # fmt: skip
