"""The queue of doubtful pairs: one at a time, the next ones already there, decided by a key or a button."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lienthu.domain.network.policy import Permission
from lienthu.domain.union.errors import UnionRefused
from lienthu.domain.union.models import PairDecision
from lienthu.domain.union.review import COUNTED, pair_view, review_count
from lienthu.domain.union.review_selectors import find_pairs, libraries_of
from lienthu.domain.union.services import decide as deciding
from lienthu.faces.web.staff.access import Desk, staff_page
from lienthu.faces.web.staff.union.filters import QueueForm, number, pair_from, place_from, queue_form
from lienthu.faces.web.staff.union.page import show
from lienthu.faces.web.staff.union.pairs import cards, hidden_libraries
from lienthu.faces.web.staff.union.progress import note_decided, note_undone, progress_of
from lienthu.faces.web.staff.union.words import SAID

AHEAD = 10
"""Pairs that are on the page before they are needed."""


@require_safe
@staff_page(Permission.EDIT_UNION)
def review(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The next pair, and those after it, hidden."""
    form = queue_form(desk, request.GET)
    after = place_from(request.GET.get("after", ""))
    context: dict[str, Any] = {"cards": [], "more": None}
    if form.is_valid():
        context = _stack(form, desk, request)
        waiting = review_count(form.filters)
        context["waiting"] = min(waiting, COUNTED)
        context["waiting_more"] = waiting > COUNTED
        context["counted"] = not form.cleaned_data.get("material") and not form.cleaned_data.get("series")
    return show(
        desk,
        "review.html",
        current="review",
        status=422 if form.errors else 200,
        form=form,
        after=after,
        after_text=request.GET.get("after", "") if after else "",
        progress=progress_of(request.session),
        **context,
    )


@require_safe
@staff_page(Permission.EDIT_UNION)
def pairs(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The pairs after a place, as a fragment for the script of the queue."""
    form = queue_form(desk, request.GET)
    if not form.is_valid():
        raise Http404
    return show(desk, "cards.html", form=form, hidden=True, **_stack(form, desk, request))


def _stack(form: QueueForm, desk: Desk, request: HttpRequest) -> dict[str, Any]:
    found = find_pairs(
        place_from(request.GET.get("after", "")),
        AHEAD,
        form.filters,
        material=form.cleaned_data.get("material", ""),
        series_only=form.cleaned_data.get("series", False),
    )
    onward = ",".join((repr(found.onward[0]), *map(str, found.onward[1:]))) if found.onward else ""
    return {"cards": cards(found.pairs, desk), "onward": onward}


@require_safe
@staff_page(Permission.EDIT_UNION)
def pair(request: HttpRequest, desk: Desk, left: int, right: int) -> HttpResponse:
    """Any two records side by side, at an address of their own."""
    if max(left, right) >= 2**63 or left == right:
        raise Http404
    view = pair_view(left, right)
    hidden = hidden_libraries(desk)
    if view is None or view.row.left_library in hidden or view.row.right_library in hidden:
        raise Http404
    return show(
        desk,
        "pair.html",
        current="review",
        trail=[(_("Two records"), "")],
        card=cards([view], desk)[0],
        back=request.get_full_path(),
    )


@require_safe
@staff_page(Permission.EDIT_UNION)
def two(request: HttpRequest, desk: Desk) -> HttpResponse:
    """From two ticked records to their page."""
    ids = [n for text in request.GET.getlist("record") if (n := number(text))]
    if len(set(ids)) != 2:
        messages.error(request, _("Tick two records to compare them."))
        cluster = number(request.GET.get("cluster", ""))
        return redirect("staff_union:cluster", cluster) if cluster else redirect("staff_union:review")
    return redirect("staff_union:pair", min(ids), max(ids))


@require_POST
@staff_page(Permission.EDIT_UNION)
def decide(request: HttpRequest, desk: Desk) -> HttpResponse:
    """A word on a pair. JSON for the script; for a plain form the way back to the queue."""
    asked = pair_from(request.POST.get("pair", ""))
    verdict = request.POST.get("verdict", "")
    if asked is None or verdict not in PairDecision.Verdict.values:
        return _refused(request, _("This is no decision. Open the queue again."), 422)
    libraries = libraries_of(asked)
    if hidden_libraries(desk) & set(libraries.values()):
        raise Http404
    try:
        act = deciding.decide_pairs([(*asked, verdict)], actor=desk.actor, note=request.POST.get("note", ""))
    except UnionRefused as refused:
        return _refused(request, refused.message, 409)
    note_decided(request.session, act.pk if act else None)
    if _by_script(request):
        return JsonResponse({"act": act.pk if act else None, **progress_of(request.session).as_json()})
    messages.success(request, str(SAID[verdict]))
    return redirect(_back(request, reverse("staff_union:pair", args=asked)))


@require_POST
@staff_page(Permission.EDIT_UNION)
def undo(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Take the last act of this sitting back, or the one that is named."""
    act_id = number(request.POST.get("act", "")) or progress_of(request.session).last_act
    if act_id is None:
        return _refused(request, _("There is nothing to take back in this sitting. See the list of decisions."), 409)
    try:
        deciding.revert(act_id, actor=desk.actor, hidden=hidden_libraries(desk))
    except UnionRefused as refused:
        return _refused(request, refused.message, 409)
    note_undone(request.session, act_id)
    if _by_script(request):
        return JsonResponse({"act": act_id, **progress_of(request.session).as_json()})
    messages.success(request, _("Taken back. The pair is in the queue again."))
    return redirect(_back(request, reverse("staff_union:review")))


def _by_script(request: HttpRequest) -> bool:
    return request.headers.get("Accept", "") == "application/json"


def _refused(request: HttpRequest, message: str, status: int) -> HttpResponse:
    if _by_script(request):
        return JsonResponse({"message": message}, status=status)
    messages.error(request, message)
    return redirect(_back(request, reverse("staff_union:review")))


def _back(request: HttpRequest, pair_url: str) -> str:
    """Where a plain form leads: to the pair it stood alone for, or to the queue as it was asked for."""
    if request.POST.get("alone"):
        return pair_url
    form = QueueForm(frozenset(), request.POST)
    after = request.POST.get("after", "")
    query = {**form.query, **({"after": after} if place_from(after) else {})}
    return reverse("staff_union:review") + (f"?{urlencode(query)}" if query else "")
