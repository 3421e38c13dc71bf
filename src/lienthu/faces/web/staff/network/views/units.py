"""Administrative units as of a day, and what the administrator of the register does to them (REG-5)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from lienthu.domain.network import selectors
from lienthu.domain.network.errors import Refused, UnknownUnit
from lienthu.domain.network.models import AdministrativeUnit
from lienthu.domain.network.policy import Permission
from lienthu.domain.network.selectors import Rights, actor_of
from lienthu.domain.network.services import units as unit_services
from lienthu.faces.web.staff.network.forms.units import (
    EndUnitForm,
    NewUnitForm,
    RenameUnitForm,
    UnitFilterForm,
    UnitForm,
)
from lienthu.faces.web.staff.network.views.page import day_asked, for_staff, posted, refuse, show


@require_safe
@for_staff
def units(request: HttpRequest, rights: Rights) -> HttpResponse:
    """The administrative units as of a day."""
    form = UnitFilterForm(request.GET or None)
    asked: dict[str, Any] = form.cleaned_data if form.is_valid() else {}
    day = asked.get("as_of") or timezone.localdate()
    found = selectors.units_listed(day, kind=asked.get("kind", ""), text=asked.get("q", ""))
    page = Paginator(found, 100).get_page(request.GET.get("page"))
    return show(
        request,
        "units.html",
        trail=[(_("Administrative units"), "")],
        form=form,
        day=day,
        is_today=day == timezone.localdate(),
        page=page,
        total=page.paginator.count,
        may_edit=rights.allowed(Permission.EDIT_NETWORK),
    )


def _unit(pk: int) -> AdministrativeUnit:
    unit = selectors.unit_by_id(pk)
    if unit is None:
        raise UnknownUnit(_("There is no such administrative unit."))
    return unit


def _trail(unit: AdministrativeUnit | None, *more: tuple[str, str]) -> list[tuple[str, str]]:
    trail = [(_("Administrative units"), reverse("staff_network:units"))]
    if unit is not None:
        trail.append((unit.full_name, reverse("staff_network:unit", args=[unit.pk])))
    return [*trail, *more]


@require_safe
@for_staff
def unit(request: HttpRequest, rights: Rights, pk: int) -> HttpResponse:
    """One unit: what is known of it, what it came from and went over to, which libraries stand in it."""
    found = _unit(pk)
    today = timezone.localdate()
    day = day_asked(request)
    if "as_of" not in request.GET and not found.holds(today):
        last = found.valid_to - timedelta(days=1) if found.valid_to is not None else today
        day = last if last < today else found.valid_from or today
    views = selectors.libraries_as_of(day, library_ids=selectors.libraries_in(pk, day))
    return show(
        request,
        "unit.html",
        trail=_trail(found),
        unit=found,
        day=day,
        is_today=day == today,
        today=today,
        lineage=selectors.unit_lineage(pk),
        libraries=[view for view in views if not view.closed or rights.allowed(Permission.VIEW_CLOSED, view.id)],
        may_edit=rights.allowed(Permission.EDIT_NETWORK),
        may_end=rights.allowed(Permission.EDIT_NETWORK) and found.valid_to is None,
    )


def _form_page(
    request: HttpRequest,
    unit: AdministrativeUnit | None,
    form: forms.Form,
    act: Callable[[], int],
    *,
    heading: str,
    lead: str = "",
    submit: str,
    danger: bool = False,
) -> HttpResponse:
    """Show the form; on a valid POST do the act and go to the unit whose id it gives."""
    if request.method == "POST" and form.is_valid():
        try:
            shown = act()
        except Refused as refused:
            refuse(form, refused)
        else:
            return redirect("staff_network:unit", pk=shown)
    back = reverse("staff_network:unit", args=[unit.pk]) if unit else reverse("staff_network:units")
    return show(
        request,
        "form.html",
        trail=_trail(unit, (heading, "")),
        status=422 if form.errors else 200,
        form=form,
        heading=heading,
        eyebrow=unit.full_name if unit else "",
        lead=lead,
        submit=submit,
        danger=danger,
        back_url=back,
    )


@require_http_methods(["GET", "POST"])
@for_staff
def new_unit(request: HttpRequest, rights: Rights) -> HttpResponse:
    """Enter a unit."""
    rights.require(Permission.EDIT_NETWORK)
    form = NewUnitForm(posted(request))

    def act() -> int:
        made = unit_services.create_unit(
            code=form.cleaned_data["code"], data=form.data_of(), actor=actor_of(request.user)
        )
        messages.success(request, _("%(unit)s is in the register.") % {"unit": made.full_name})
        return made.pk

    return _form_page(request, None, form, act, heading=_("New administrative unit"), submit=_("Enter the unit"))


@require_http_methods(["GET", "POST"])
@for_staff
def edit_unit(request: HttpRequest, rights: Rights, pk: int) -> HttpResponse:
    """Put right what is known of a unit."""
    rights.require(Permission.EDIT_NETWORK)
    found = _unit(pk)
    form = UnitForm(posted(request), unit=found)

    def act() -> int:
        unit_services.correct_unit(unit_id=pk, data=form.data_of(), actor=actor_of(request.user))
        messages.success(request, _("The changes are saved."))
        return pk

    return _form_page(
        request,
        found,
        form,
        act,
        heading=_("Correct the unit"),
        lead=_("This puts the past right as well. A unit that really changed its name is renamed, with its day."),
        submit=_("Save"),
    )


@require_http_methods(["GET", "POST"])
@for_staff
def rename_unit(request: HttpRequest, rights: Rights, pk: int) -> HttpResponse:
    """Another name from a day on."""
    rights.require(Permission.EDIT_NETWORK)
    found = _unit(pk)
    form = RenameUnitForm(posted(request), unit=found, initial={"source": "", "note": "", "assumed": False})

    def act() -> int:
        told = form.cleaned_data
        new = unit_services.rename_unit(
            unit_id=pk, code=told["code"], data=form.data_of(), on=told["on"], actor=actor_of(request.user)
        )
        messages.success(request, _("From that day on the unit is called %(unit)s.") % {"unit": new.full_name})
        return new.pk

    return _form_page(
        request,
        found,
        form,
        act,
        heading=_("Rename the unit"),
        lead=_("Its libraries and branches go along; a past day shows the old name."),
        submit=_("Rename"),
    )


@require_http_methods(["GET", "POST"])
@for_staff
def end_unit(request: HttpRequest, rights: Rights, pk: int) -> HttpResponse:
    """Merged into another unit, split among several, or ended."""
    rights.require(Permission.EDIT_NETWORK)
    found = _unit(pk)
    form = EndUnitForm(posted(request), unit=found)

    def act() -> int:
        ended = unit_services.end_unit(
            unit_id=pk,
            on=form.cleaned_data["on"],
            successors=[heir.pk for heir in form.cleaned_data["successors"]],
            actor=actor_of(request.user),
        )
        messages.success(request, _("The end of %(unit)s is recorded.") % {"unit": ended.unit.full_name})
        if ended.waiting:
            text = ngettext(
                "%(n)d library still stands in it. Say on its page where it is now.",
                "%(n)d libraries still stand in it. Say on their pages where they are now.",
                len(ended.waiting),
            )
            messages.warning(request, text % {"n": len(ended.waiting)})
        return pk

    return _form_page(
        request,
        found,
        form,
        act,
        heading=_("End the unit"),
        lead=_("Its history stays, and a past day still shows it."),
        submit=_("Record the end"),
        danger=True,
    )
