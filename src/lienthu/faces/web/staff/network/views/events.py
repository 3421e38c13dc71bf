"""Record what became of a library: choose, describe, see what will happen, confirm."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_http_methods, require_safe

from lienthu.domain.network.errors import Refused
from lienthu.domain.network.models import Library, LineageKind
from lienthu.domain.network.policy import Permission
from lienthu.domain.network.selectors import Rights, actor_of
from lienthu.domain.network.services.lineage import Plan, plan_event, record_event
from lienthu.domain.network.services.periods import Description
from lienthu.faces.web.staff.network.forms.events import CHOICES, FORMS
from lienthu.faces.web.staff.network.views.page import (
    for_staff,
    library_trail,
    posted,
    refuse,
    show,
    visible_library,
)


@require_safe
@for_staff
def choose(request: HttpRequest, rights: Rights, pk: int) -> HttpResponse:
    """First page: what happened?"""
    library = visible_library(rights, pk)
    rights.require(Permission.EDIT_NETWORK)
    choices = [
        {"url": reverse("staff_network:event_record", args=[pk, kind]), "label": label, "text": text, "icon": icon}
        for kind, label, text, icon in CHOICES
    ]
    trail = library_trail(library, (_("Record an event"), ""))
    return show(request, "event_choose.html", trail=trail, library=library, choices=choices, steps=_steps(1))


@require_http_methods(["GET", "POST"])
@for_staff
def record(request: HttpRequest, rights: Rights, pk: int, kind: str) -> HttpResponse:
    """Second page, the form; third page, the plan; with ``confirm`` it is done."""
    library = visible_library(rights, pk)
    rights.require(Permission.EDIT_NETWORK)
    if kind not in FORMS:
        raise Http404
    form = FORMS[kind](posted(request), library=library)
    plan: Plan | None = None
    if request.method == "POST" and form.is_valid() and "back" not in request.POST:
        happening = form.happening()
        try:
            if "confirm" in request.POST:
                record_event(happening=happening, actor=actor_of(request.user))
                messages.success(request, _("The event is recorded."))
                return redirect("staff_network:history", pk=pk)
            plan = plan_event(happening)
        except Refused as refused:
            refuse(form, refused)
    context: dict[str, Any] = {"library": library, "form": form, "kind": LineageKind(kind)}
    trail = library_trail(
        library, (_("Record an event"), reverse("staff_network:event", args=[pk])), (str(LineageKind(kind).label), "")
    )
    if plan is not None:
        return show(request, "event_plan.html", trail=trail, plan=plan, lines=_told(plan), steps=_steps(3), **context)
    status = 422 if form.errors else 200
    return show(request, "event_form.html", trail=trail, steps=_steps(2), status=status, **context)


def _steps(current: int) -> list[dict[str, Any]]:
    labels = [_("What happened"), _("The facts"), _("What will change")]
    return [
        {"label": label, "state": "current" if n == current else "done" if n < current else ""}
        for n, label in enumerate(labels, 1)
    ]


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence of the plan."""

    text: str
    icon: str
    danger: bool = False


def _told(plan: Plan) -> list[Line]:
    """What recording the event will do, in sentences."""
    day = date_format(plan.happening.day, "SHORT_DATE_FORMAT")
    lines = [Line(_change(*row, day=day), "edit") for row in plan.described]
    lines += [
        Line(
            _("%(library)s ends: from %(day)s it is no longer in the list of libraries. Its history stays.")
            % {"library": _named(library), "day": day},
            "close",
            danger=True,
        )
        for library in plan.ends
    ]
    names = {library.pk: library for library in (*plan.before, *plan.after)}
    lines += [
        Line(
            _("%(library)s gets a new branch “%(branch)s” with the code %(code)s.")
            % {"library": _named(names[new.owner_id]), "branch": new.name, "code": new.code},
            "home",
        )
        for new in plan.branches
    ]
    if plan.ends and plan.after:
        heirs = ", ".join(_named(library) for library in plan.after)
        lines.append(Line(_("Whoever looks for it is led to %(heirs)s.") % {"heirs": heirs}, "arrow-right"))
    if plan.roles:
        text = ngettext(
            "%(n)d person keeps a role at a library that ends. Take it away, or give a role elsewhere.",
            "%(n)d people keep roles at libraries that end. Take them away, or give roles elsewhere.",
            plan.roles,
        )
        lines.append(Line(text % {"n": plan.roles}, "users", danger=True))
    lines.append(Line(_("The event is written into the history of every library concerned."), "merge"))
    return lines


def _named(library: Library) -> str:
    return f"{library.name} ({library.code})"


def _change(library: Library, before: Description, after: Description, *, day: str) -> str:
    labels = {
        "name": pgettext("of a library", "name"),
        "name_en": _("name in English"),
        "short_name": _("short name"),
        "type": _("type"),
        "parent_body": _("parent body"),
        "unit": _("administrative unit"),
        "address": _("address"),
    }
    parts = [
        f"{labels[field]}: “{getattr(before, field) or '–'}” → “{getattr(after, field) or '–'}”"
        for field in labels
        if getattr(before, field) != getattr(after, field)
    ]
    changes = "; ".join(parts) or _("nothing changes")
    return _("%(library)s from %(day)s on: %(changes)s.") % {
        "library": library.code,
        "day": day,
        "changes": changes,
    }
