"""What the screens of the union share: their frame, the views beside each other, and how a refusal is told."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from lienthu.faces.web.staff import pages
from lienthu.faces.web.staff.access import Desk
from lienthu.faces.web.staff.pages import Trail


def show(desk: Desk, template: str, *, current: str = "", trail: Trail = (), **context: Any) -> HttpResponse:
    """A page of these screens; ``current`` is the view beside the others that it belongs to."""
    home = (_("Union editing"), reverse("staff_union:review") if trail else "")
    return pages.show(desk, f"union/{template}", trail=[home, *trail], tabs=_tabs(current), **context)


def _tabs(current: str) -> list[dict[str, Any]]:
    tabs = [
        ("review", _("Doubtful pairs"), "staff_union:review"),
        ("series", _("Obvious series"), "staff_union:series"),
        ("acts", _("Decisions"), "staff_union:acts"),
        ("rules", _("Matching rule"), "staff_union:rules"),
        ("sources", _("Best sources"), "staff_union:sources"),
    ]
    return [{"label": label, "url": reverse(name), "current": key == current} for key, label, name in tabs]
