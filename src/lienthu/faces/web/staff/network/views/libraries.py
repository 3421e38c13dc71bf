"""The list of libraries and the pages of one library."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lienthu.domain.network import selectors
from lienthu.domain.network.models import Library, LibraryType
from lienthu.domain.network.policy import Permission
from lienthu.domain.network.selectors import LibraryView, Rights
from lienthu.faces.web.staff.network.forms.filters import FilterForm
from lienthu.faces.web.staff.network.views.page import day_asked, for_staff, library_trail, show, visible_library


@require_safe
@for_staff
def libraries(request: HttpRequest, rights: Rights) -> HttpResponse:
    """The libraries as of a day, filtered by type, area, state and text."""
    form = FilterForm(request.GET or None)
    asked: dict[str, Any] = form.cleaned_data if form.is_valid() else {}
    day = asked.get("as_of") or timezone.localdate()
    found = selectors.libraries_as_of(
        day,
        types=[asked["type"]] if asked.get("type") else [],
        area_code=asked.get("area", ""),
        text=asked.get("q", ""),
        state=asked.get("state") or "in_force",
    )
    views = [view for view in found if not view.closed or rights.allowed(Permission.VIEW_CLOSED, view.id)]
    page = Paginator(views, 50).get_page(request.GET.get("page"))
    return show(
        request,
        "libraries.html",
        trail=[],
        form=form,
        day=day,
        is_today=day == timezone.localdate(),
        page=page,
        total=len(views),
        types=_counted(views),
        may_edit=rights.allowed(Permission.EDIT_NETWORK),
        may_manage=rights.allowed(Permission.MANAGE_ROLES),
        may_audit=rights.allowed(Permission.VIEW_AUDIT),
    )


def _counted(views: list[LibraryView]) -> list[dict[str, Any]]:
    counts = {kind: sum(view.type == kind for view in views) for kind in LibraryType}
    return [{"label": kind.label, "count": count} for kind, count in counts.items() if count]


def tabs(library: Library, rights: Rights, current: str, day: date) -> list[dict[str, Any]]:
    """The tabs of a library that this person may open; another day than today goes along."""
    asked = "" if day == timezone.localdate() else f"?as_of={day.isoformat()}"
    shown = [
        ("library", _("Data"), "home", True),
        ("services", _("Branches, services, hours"), "clock", True),
        ("history", _("History"), "merge", True),
        ("roles", _("Roles"), "users", rights.allowed(Permission.MANAGE_ROLES, library.pk)),
    ]
    return [
        {
            "url": reverse(f"staff_network:{name}", args=[library.pk]) + asked,
            "label": label,
            "icon": icon,
            "current": name == current,
        }
        for name, label, icon, may in shown
        if may
    ]


def library_page(
    request: HttpRequest, rights: Rights, library: Library, tab: str, *, status: int = 200, **context: Any
) -> HttpResponse:
    """One of the pages of a library, as of the day that is asked for (REG-9)."""
    day, today = day_asked(request), timezone.localdate()
    return show(
        request,
        f"{tab}.html",
        trail=library_trail(library),
        status=status,
        library=library,
        tabs=tabs(library, rights, tab, day),
        day=day,
        is_today=day == today,
        may_edit=rights.allowed(Permission.EDIT_LIBRARY, library.pk),
        may_record=rights.allowed(Permission.EDIT_NETWORK),
        may_audit=rights.allowed(Permission.VIEW_AUDIT, library.pk),
        today=today,
        **context,
    )


@require_safe
@for_staff
def library(request: HttpRequest, rights: Rights, pk: int) -> HttpResponse:
    """What is known of a library, as of a day."""
    found = visible_library(rights, pk)
    day = day_asked(request)
    return library_page(
        request,
        rights,
        found,
        "library",
        view=selectors.library_as_of(pk, day),
        periods=found.periods.select_related("unit"),
        successors=[s for s in selectors.successors_of(pk, day) if s.pk != pk],
    )


@require_safe
@for_staff
def services(request: HttpRequest, rights: Rights, pk: int) -> HttpResponse:
    """Branches, services, hours, closed days and online addresses, as of a day; today also what is yet to come."""
    found = visible_library(rights, pk)
    today, day = timezone.localdate(), day_asked(request)
    hours = selectors.opening_hours([pk], day)[pk]
    branches = selectors.branches_as_of([pk], day).get(pk, [])
    others = [b for b in found.branches.select_related("unit").order_by("code") if not b.holds(day)]
    marked = today.isoweekday() if day == today else 0
    return library_page(
        request,
        rights,
        found,
        "services",
        may_edit_here=day == today and rights.allowed(Permission.EDIT_LIBRARY, pk),
        branches=branches,
        coming_branches=[b for b in others if b.valid_from is not None and b.valid_from > day],
        ended_branches=[b for b in others if b.valid_to is not None and b.valid_to <= day],
        week=_shown(hours.week, marked) if hours.known else None,
        branch_weeks=[
            (branch, _shown(hours.branches[branch.id], marked)) for branch in branches if branch.id in hours.branches
        ],
        closed_days=hours.exceptions,
        offers=selectors.service_offers([pk], day).get(pk, []),
        ended_offers=found.service_offers.filter(valid_to__lte=day).select_related("branch"),
        addresses=selectors.online_addresses([pk], day).get(pk, []),
    )


def _shown(week: tuple[selectors.DayHours, ...], today: int) -> list[dict[str, Any]]:
    """A week in the shape that the hours component takes."""
    return [
        {
            "day": day.name,
            "hours": [f"{span.opens:%H:%M}–{span.closes:%H:%M}" for span in day.spans],
            "today": day.weekday == today,
        }
        for day in week
    ]


@require_safe
@for_staff
def history(request: HttpRequest, rights: Rights, pk: int) -> HttpResponse:
    """What happened to a library, oldest first."""
    found = visible_library(rights, pk)
    steps = selectors.lineage_of(pk)
    hidden = {i for i in selectors.closed_library_ids() if not rights.allowed(Permission.VIEW_CLOSED, i)}
    return library_page(request, rights, found, "history", steps=steps, hidden=hidden)
