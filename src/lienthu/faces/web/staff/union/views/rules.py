"""Versions of the matching rule: draw one up, try it on the whole catalogue, switch it on or drop it."""

from __future__ import annotations

import json

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lienthu.domain.network.policy import Permission
from lienthu.domain.union.errors import RuleRefused, UnionRefused
from lienthu.domain.union.rule_selectors import Progress, RuleRow, reruns, rule_in_force, rule_of, rule_versions
from lienthu.domain.union.services import requesting, ruling
from lienthu.faces.web.staff.access import Desk, staff_page
from lienthu.faces.web.staff.pages import number_from
from lienthu.faces.web.staff.union import trials
from lienthu.faces.web.staff.union.forms import RuleForm
from lienthu.faces.web.staff.union.page import show
from lienthu.faces.web.staff.union.words import PHASES, RULE_STATES

TRIABLE = ("draft", "tried", "retired", "dropped")
SWITCHABLE = ("tried", "retired")
DROPPABLE = ("draft", "trial", "tried")


@require_safe
@staff_page(Permission.EDIT_UNION)
def rules(request: HttpRequest, desk: Desk) -> HttpResponse:
    """All versions, and what goes through the records now."""
    return show(
        desk,
        "rules.html",
        current="rules",
        trail=[(_("Matching rule"), "")],
        rows=[{"rule": row, "state": RULE_STATES.get(row.status, (row.status, "off"))} for row in rule_versions()],
        going=[{"run": run, "phase": PHASES.get(run.phase, run.phase)} for run in reruns()],
    )


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Permission.EDIT_UNION)
def new(request: HttpRequest, desk: Desk) -> HttpResponse:
    """A version drawn up from another one."""
    base = rule_of(number_from(request, "from") or 0) or rule_in_force()
    if request.method == "POST":
        form = RuleForm(request.POST, request.FILES)
        if form.is_valid() and form.rule is not None:
            try:
                row = ruling.draft_rule(form.rule, actor=desk.actor, note=form.cleaned_data["note"])
            except RuleRefused as refused:
                form.add_error("version", refused.message)
            else:
                messages.success(request, _("Written down. Try it on the catalogue before switching it on."))
                return redirect("staff_union:rule", row.version)
    else:
        form = RuleForm.of(base, max(row.version for row in rule_versions()) + 1)
    return show(
        desk,
        "rule_new.html",
        current="rules",
        trail=[(_("Matching rule"), reverse("staff_union:rules")), (_("New version"), "")],
        status=422 if form.errors else 200,
        form=form,
        base=base.version,
    )


def _row(version: int) -> RuleRow:
    row = next((r for r in rule_versions() if r.version == version), None)
    if row is None:
        raise Http404
    return row


def _running(version: int) -> Progress | None:
    return next((r for r in reruns() if r.rule_version == version), None)


@require_safe
@staff_page(Permission.EDIT_UNION)
def rule(request: HttpRequest, desk: Desk, version: int) -> HttpResponse:
    """One version: how it differs, what its trial found, what can be done with it. Asks again while a trial runs."""
    row, running = _row(version), _running(version)
    own = rule_of(version)
    if own is None:
        raise Http404
    report = row.report or {}
    live = bool(request.headers.get("HX-Request"))
    response = show(
        desk,
        "rule_live.html" if live else "rule.html",
        current="rules",
        trail=[(_("Matching rule"), reverse("staff_union:rules")), (_("Version %(n)d") % {"n": version}, "")],
        row=row,
        state=RULE_STATES.get(row.status, (row.status, "off")),
        running=running,
        phase=PHASES.get(running.phase, running.phase) if running else "",
        same_from=own.same_from,
        review_from=own.review_from,
        changes=trials.changes(own, rule_in_force()),
        text=json.dumps(own.as_json(), ensure_ascii=False, indent=1, default=dict),
        figures=trials.figures(report) if report else [],
        merges=trials.merge_samples(report, desk),
        splits=trials.split_samples(report, desk),
        may_try=row.status in TRIABLE and not running,
        may_switch=row.status in SWITCHABLE,
        may_drop=row.status in DROPPABLE,
    )
    if live and not running:
        response["HX-Reswap"] = "outerHTML"  # which ends the asking
    return response


@require_POST
@staff_page(Permission.EDIT_UNION)
def try_out(request: HttpRequest, desk: Desk, version: int) -> HttpResponse:
    """Start a trial over the whole catalogue, in the background."""
    _row(version)
    try:
        requesting.request_trial_of_rule(version, actor=desk.actor)
    except UnionRefused as refused:
        messages.error(request, refused.message)
    else:
        messages.success(
            request, _("The trial has begun. Nothing in the catalogue changes by it; you can leave this page.")
        )
    return redirect("staff_union:rule", version)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Permission.EDIT_UNION)
def switch(request: HttpRequest, desk: Desk, version: int) -> HttpResponse:
    """Ask first; with POST, let the rule be in force."""
    row = _row(version)
    if request.method == "POST":
        try:
            requesting.request_switch(version, actor=desk.actor)
        except UnionRefused as refused:
            messages.error(request, refused.message)
        else:
            messages.success(request, _("The rule is in force. All records are compared anew by it in the background."))
        return redirect("staff_union:rule", version)
    return _ask(desk, row, "switch", row.status in SWITCHABLE)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Permission.EDIT_UNION)
def drop(request: HttpRequest, desk: Desk, version: int) -> HttpResponse:
    """Ask first; with POST, drop the rule with all that its trial found."""
    row = _row(version)
    if request.method == "POST":
        try:
            ruling.drop(version, actor=desk.actor)
        except UnionRefused as refused:
            messages.error(request, refused.message)
        else:
            messages.success(request, _("Dropped."))
        return redirect("staff_union:rules")
    return _ask(desk, row, "drop", row.status in DROPPABLE)


def _ask(desk: Desk, row: RuleRow, what: str, possible: bool) -> HttpResponse:
    if not possible:
        raise Http404
    above = reverse("staff_union:rule", args=[row.version])
    return show(
        desk,
        "rule_ask.html",
        current="rules",
        trail=[
            (_("Matching rule"), reverse("staff_union:rules")),
            (_("Version %(n)d") % {"n": row.version}, above),
            (_("Switch on") if what == "switch" else _("Drop"), ""),
        ],
        row=row,
        what=what,
        figures=trials.figures(row.report) if row.report else [],
    )
