"""One object: how far it is, its next step, who does it, what was done."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from lienthu.domain.digital.models import DigitalObject
from lienthu.domain.digital.selectors.objects import progress_of
from lienthu.faces.web.staff.access import Desk
from lienthu.faces.web.staff.digital.desk import object_page, show_object


@require_safe
@object_page()
def overview(request: HttpRequest, desk: Desk, obj: DigitalObject) -> HttpResponse:
    """How far an object is."""
    return show_object(desk, obj, "overview.html", "object", progress=progress_of(obj.pk))
