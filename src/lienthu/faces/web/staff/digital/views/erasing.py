"""Erasing an object for good, and what was erased: for the provincial administrator (PRS-14)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lienthu.domain.digital.errors import DigitalRefused
from lienthu.domain.digital.models import DigitalObject
from lienthu.domain.digital.selectors.erasing import erasures, loss_of
from lienthu.domain.digital.services.erasing import erase_from_desk
from lienthu.domain.network.policy import Permission
from lienthu.faces.web.staff.access import Desk, staff_page
from lienthu.faces.web.staff.digital.desk import desk_trail, object_page, reader_at, show_object
from lienthu.faces.web.staff.digital.forms import EraseForm
from lienthu.faces.web.staff.pages import number_from, show

ERASE = Permission.ERASE_DIGITAL
_AT_ONCE = 50


@require_http_methods(["GET", "HEAD", "POST"])
@object_page(ERASE)
def erase(request: HttpRequest, desk: Desk, obj: DigitalObject) -> HttpResponse:
    """What will be gone and what stays; with a reason and the title typed it is gone."""
    posted = request.method == "POST"
    form = EraseForm(obj, request.POST if posted else None, initial={"seen": obj.pages_version})
    if posted and form.is_valid():
        try:
            done = erase_from_desk(obj.public_id, **form.cleaned_data, actor=desk.actor)
        except DigitalRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("%(name)s is erased.") % {"name": done.public_id})
            return redirect("staff_digital:erased")
    rights = (_("Rights and publication"), reverse("staff_digital:rights", args=[obj.public_id]))
    return show_object(
        desk, obj, "erase.html", "rights", more=[rights, (_("Erase for good"), "")],
        status=422 if form.errors else 200, form=form, loss=loss_of(obj),
    )  # fmt: skip


@require_safe
@staff_page(ERASE)
def erased(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What was erased, newest first, and whether its last byte is gone."""
    found = erasures(reader_at(desk), before=number_from(request, "before"), size=_AT_ONCE + 1)
    shown = found[:_AT_ONCE]
    return show(
        desk, "digital/erased.html", trail=desk_trail((_("Erased documents"), "")), rows=shown,
        before=shown[-1].pk if len(found) > _AT_ONCE else None,
    )  # fmt: skip
