"""The dated rules of access: seen by all who digitise, set by the provincial administrator (RGT-12, RGT-13).

What a change closes and opens is shown before it is put in force, and only what was looked at can be put in force.
Going back is such a change too: the rules that stood before are laid out, their effect is shown, then they are set.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lienthu.domain.digital.errors import RULE_SENTENCES, DigitalRefused
from lienthu.domain.digital.models import DigitalObject
from lienthu.domain.digital.policy import Status
from lienthu.domain.digital.ruling import RULED, Shift, fault_of, gaps_of
from lienthu.domain.digital.selectors import rules as known
from lienthu.domain.digital.selectors.rules import StatusRules
from lienthu.domain.digital.services.rules import set_rules
from lienthu.domain.digital.shipped.reading import StatedRule
from lienthu.domain.network.policy import Permission
from lienthu.faces.web.staff.access import Desk, staff_page
from lienthu.faces.web.staff.digital.desk import desk_tabs, desk_trail
from lienthu.faces.web.staff.digital.forms import ACCESSES, STATUSES
from lienthu.faces.web.staff.digital.rule_forms import CERTAINTIES, RuleFormSet, digest_of, initial_of
from lienthu.faces.web.staff.pages import number_from, show

SHIPPED = "shipped"


@require_safe
@staff_page(Permission.DIGITISE)
def rules(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Every status with the rules that speak of it."""
    today = timezone.localdate()
    return show(
        desk,
        "digital/rules.html",
        trail=desk_trail((_("Access rules"), "")),
        tabs=desk_tabs("rules"),
        rows=[(found, _statuses()[found.status], _told(found.rules, today)) for found in known.rules_by_status()],
        today=today,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Permission.DIGITISE)
def rule(request: HttpRequest, desk: Desk, status: str) -> HttpResponse:
    """The rules of one status, their history, and for the administrator the form that changes them."""
    if status not in RULED:
        raise Http404
    found, today = known.rules_of(Status(status)), timezone.localdate()
    may = desk.may(Permission.SET_DIGITAL_RULES)
    if request.method == "POST":
        desk.rights.require(Permission.SET_DIGITAL_RULES)
        return _change(request, desk, found)
    proposed = _proposed(request, found) if may else None
    context: dict[str, Any] = {}
    if may:
        context["formset"] = RuleFormSet(initial=initial_of(found.rules if proposed is None else proposed))
    if proposed is not None:
        context |= _looked_at(found, proposed)
    return _page(desk, found, may=may, now=_told(found.rules, today), **context)


def _proposed(request: HttpRequest, found: StatusRules) -> Sequence[StatedRule] | None:
    """The rules to go back to: those shipped, or those that stood before a change of the past."""
    if request.GET.get("back") == SHIPPED:
        return known.shipped_of(found.status)
    if (number := number_from(request, "back")) is None:
        return None
    past = known.past_of(found.status, number)
    if past is None:
        raise Http404
    return past.before


def _change(request: HttpRequest, desk: Desk, found: StatusRules) -> HttpResponse:
    """Show what the posted rules mean; put them in force when that was looked at."""
    formset = RuleFormSet(request.POST)
    if not formset.is_valid():
        return _page(desk, found, status=422, may=True, formset=formset)
    wanted = formset.rules(found.status)
    if (fault := fault_of(wanted)) is not None:
        return _page(desk, found, status=422, may=True, formset=formset, fault=RULE_SENTENCES[fault])
    if request.POST.get("looked") != digest_of(wanted):
        return _page(desk, found, may=True, formset=formset, **_looked_at(found, wanted))
    try:
        set_rules(found.status, wanted, seen=request.POST.get("seen", ""), actor=desk.actor)
    except DigitalRefused as refused:
        return _page(desk, found, status=refused.status, may=True, formset=formset, fault=str(refused))
    messages.success(request, _("The rules are in force."))
    return redirect("staff_digital:rule", status=found.status.value)


def _looked_at(found: StatusRules, wanted: Sequence[StatedRule]) -> dict[str, Any]:
    """What is shown before rules are put in force."""
    today = timezone.localdate()
    told = known.effects_of(found.status, wanted, today)
    titles = known.titles_in(told)
    return {
        "looked": digest_of(wanted),
        "same": tuple(wanted) == found.rules,
        "gaps": gaps_of([stated.rule for stated in wanted], today),
        "effects": [(effect.on, [_shift(shift, titles) for shift in effect.shifts]) for effect in told],
    }


def _shift(shift: Shift, titles: Mapping[int, DigitalObject]) -> tuple[Any, ...]:
    accesses = dict(ACCESSES)
    return shift, accesses[shift.before], accesses[shift.after], [titles[pk] for pk in shift.some if pk in titles]


def _page(desk: Desk, found: StatusRules, *, status: int = 200, **context: Any) -> HttpResponse:
    heading = _statuses()[found.status]
    today = timezone.localdate()
    return show(
        desk,
        "digital/rule.html",
        trail=desk_trail((_("Access rules"), reverse("staff_digital:rules")), (str(heading), "")),
        status=status,
        found=found,
        heading=heading,
        today=today,
        history=[
            (past.entry, _told(past.before, today), _told(past.after, today)) for past in known.history_of(found.status)
        ],
        shipped=known.shipped_of(found.status),
        **context,
    )


def _statuses() -> dict[str, Any]:
    return {str(status): label for status, label in STATUSES}


def _told(rules: Sequence[StatedRule], today: date) -> list[dict[str, Any]]:
    """Rules in words."""
    accesses, sure = dict(ACCESSES), dict(CERTAINTIES)
    return [
        {
            "access": accesses[stated.rule.access],
            "from": stated.rule.valid_from,
            "until": stated.rule.valid_until,
            "basis": stated.basis,
            "certainty": stated.certainty,
            "sure": sure.get(stated.certainty, stated.certainty),
            "today": stated.rule.holds(today),
        }
        for stated in rules
    ]
