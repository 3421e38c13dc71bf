"""The board: every object at its stage."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from lienthu.domain.digital.models import Stage
from lienthu.domain.digital.selectors.board import Filters, projects_of
from lienthu.domain.digital.selectors.board import board as columns_of
from lienthu.domain.network.policy import Permission
from lienthu.faces.web.staff.access import Desk, staff_page
from lienthu.faces.web.staff.digital.desk import desk_tabs, desk_trail, reader_at
from lienthu.faces.web.staff.pages import number_from, show


@require_safe
@staff_page(Permission.DIGITISE)
def board(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Planned, scanned, checked, recognised, described, published: with filters."""
    reader = reader_at(desk)
    today = timezone.localdate()
    only = request.GET.get("only", "")
    filters = Filters(
        project=number_from(request, "project"),
        assignee=desk.actor.user_id if only == "mine" else None,
        late_on=today if only == "late" else None,
        words=request.GET.get("q", "")[:200],
    )
    labels = dict(Stage.choices)
    columns = [
        {"label": labels[c.stage], "stage": c.stage, "count": c.count, "cards": c.cards, "more": c.count - len(c.cards)}
        for c in columns_of(reader, filters)
    ]
    return show(
        desk,
        "digital/board.html",
        trail=desk_trail(),
        tabs=desk_tabs("board"),
        columns=columns,
        projects=list(projects_of(reader)[:200]),
        filters=filters,
        only=only,
        today=today,
        anything=any(c["count"] for c in columns),
        here=reverse("staff_digital:board"),
    )
