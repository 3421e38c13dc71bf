"""Branches, services, hours, closed days and online addresses: enter, change, end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from lienthu.domain.network import selectors
from lienthu.domain.network.errors import Refused
from lienthu.domain.network.models import Library
from lienthu.domain.network.policy import Permission
from lienthu.domain.network.selectors import Rights, actor_of
from lienthu.domain.network.services import branches as branch_services
from lienthu.domain.network.services import offers as offer_services
from lienthu.faces.web.staff.network.forms.offers import (
    AddressForm,
    BranchForm,
    ClosedDayForm,
    EndForm,
    HoursForm,
    ServiceForm,
)
from lienthu.faces.web.staff.network.views.page import (
    for_staff,
    library_trail,
    posted,
    refuse,
    show,
    visible_library,
)


def _editable(rights: Rights, pk: int) -> Library:
    library = visible_library(rights, pk)
    rights.require(Permission.EDIT_LIBRARY, pk)
    return library


def _form_page(
    request: HttpRequest,
    library: Library,
    form: forms.Form,
    act: Callable[[], Any],
    *,
    heading: str,
    submit: str,
    done: str,
    danger: bool = False,
    lead: str = "",
) -> HttpResponse:
    """Show the form; on a valid POST do the act and go back to the services of the library."""
    if request.method == "POST" and form.is_valid():
        try:
            act()
        except Refused as refused:
            refuse(form, refused)
        else:
            messages.success(request, done)
            return redirect("staff_network:services", pk=library.pk)
    return show(
        request,
        "form.html",
        trail=library_trail(library, (heading, "")),
        status=422 if form.errors else 200,
        form=form,
        heading=heading,
        eyebrow=library.name,
        lead=lead,
        submit=submit,
        danger=danger,
        back=library.pk,
        back_tab="staff_network:services",
    )


@require_http_methods(["GET", "POST"])
@for_staff
def new_branch(request: HttpRequest, rights: Rights, pk: int) -> HttpResponse:
    """Open a branch."""
    library = _editable(rights, pk)
    form = BranchForm(posted(request))

    def act() -> None:
        branch_services.open_branch(
            library_id=pk,
            data=form.data_of(),
            unit=form.cleaned_data["unit"],
            valid_from=form.cleaned_data["valid_from"],
            actor=actor_of(request.user),
        )

    return _form_page(
        request, library, form, act, heading=_("New branch"), submit=_("Open the branch"), done=_("The branch is open.")
    )


@require_http_methods(["GET", "POST"])
@for_staff
def edit_branch(request: HttpRequest, rights: Rights, pk: int, branch: int) -> HttpResponse:
    """Correct a branch, or say what it is from a day on."""
    library = _editable(rights, pk)
    row = get_object_or_404(library.branches, pk=branch)
    form = BranchForm(posted(request), branch=row)

    def act() -> None:
        branch_services.update_branch(
            branch_id=row.pk,
            data=form.data_of(),
            unit=form.cleaned_data["unit"],
            since=form.cleaned_data["since"],
            actor=actor_of(request.user),
        )

    return _form_page(
        request, library, form, act, heading=_("Change the branch"), submit=_("Save"), done=_("The changes are saved.")
    )


@require_http_methods(["GET", "POST"])
@for_staff
def end_branch(request: HttpRequest, rights: Rights, pk: int, branch: int) -> HttpResponse:
    """Close a branch."""
    library = _editable(rights, pk)
    row = get_object_or_404(library.branches, pk=branch)
    form = EndForm(posted(request), today=timezone.localdate())

    def act() -> None:
        branch_services.close_branch(branch_id=row.pk, on=form.cleaned_data["on"], actor=actor_of(request.user))

    return _form_page(
        request,
        library,
        form,
        act,
        heading=_("Close the branch %(branch)s") % {"branch": row.name},
        submit=_("Close the branch"),
        done=_("The branch is closed."),
        danger=True,
        lead=_("Its holdings stay in the catalogue until they are moved."),
    )


@require_http_methods(["GET", "POST"])
@for_staff
def new_service(request: HttpRequest, rights: Rights, pk: int) -> HttpResponse:
    """Enter a service."""
    library = _editable(rights, pk)
    form = ServiceForm(posted(request), library=library)

    def act() -> None:
        told = form.cleaned_data
        offer_services.offer_service(
            library_id=pk,
            kind=told["kind"],
            branch_id=form.branch_id(),
            online=told["online"],
            url=told["url"],
            note=told["note"],
            valid_from=told["valid_from"],
            actor=actor_of(request.user),
        )

    return _form_page(
        request,
        library,
        form,
        act,
        heading=_("New service"),
        submit=_("Enter the service"),
        done=_("The service is entered."),
    )


@require_POST
@for_staff
def stop_service(request: HttpRequest, rights: Rights, pk: int, offer: int) -> HttpResponse:
    """End a service today."""
    library = _editable(rights, pk)
    row = get_object_or_404(library.service_offers, pk=offer)
    try:
        offer_services.end_service(offer_id=row.pk, on=timezone.localdate(), actor=actor_of(request.user))
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("The service has ended today."))
    return redirect("staff_network:services", pk=pk)


@require_http_methods(["GET", "POST"])
@for_staff
def hours(request: HttpRequest, rights: Rights, pk: int) -> HttpResponse:
    """Set the opening hours of the library or, with ?branch=, of one of its branches."""
    library = _editable(rights, pk)
    known = selectors.opening_hours([pk])[pk]
    asked = request.GET.get("branch", "")
    branch_id = int(asked) if asked.isdecimal() else None
    if branch_id is not None and not library.branches.filter(pk=branch_id).exists():
        raise Http404
    week = known.branches.get(branch_id, known.week) if branch_id is not None else known.week
    initial = {"since": timezone.localdate(), "branch": branch_id}
    form = HoursForm(posted(request), library=library, week=week, initial=initial)

    def act() -> None:
        offer_services.set_hours(
            library_id=pk,
            branch_id=form.branch_id(),
            openings=form.openings(),
            since=form.cleaned_data["since"],
            actor=actor_of(request.user),
        )

    return _form_page(
        request,
        library,
        form,
        act,
        heading=_("Opening hours"),
        submit=_("Save the hours"),
        done=_("The hours are saved."),
        lead=_("Leave a day empty when it is closed. A lunch break makes two spans with a comma between them."),
    )


@require_http_methods(["GET", "POST"])
@for_staff
def new_closed_day(request: HttpRequest, rights: Rights, pk: int) -> HttpResponse:
    """Enter an exception."""
    library = _editable(rights, pk)
    form = ClosedDayForm(posted(request), library=library)

    def act() -> None:
        opens, closes = (form.cleaned_data["opens_closes"] or [(None, None)])[0]
        offer_services.set_closed_day(
            library_id=pk,
            day=form.cleaned_data["date"],
            branch_id=form.branch_id(),
            opens=opens,
            closes=closes,
            note=form.cleaned_data["note"],
            actor=actor_of(request.user),
        )

    return _form_page(
        request,
        library,
        form,
        act,
        heading=_("Closed day or other hours"),
        submit=_("Save"),
        done=_("The exception is entered."),
    )


@require_POST
@for_staff
def drop_closed_day(request: HttpRequest, rights: Rights, pk: int, day: int) -> HttpResponse:
    """Take an exception back."""
    library = _editable(rights, pk)
    row = get_object_or_404(library.closed_days, pk=day)
    offer_services.remove_closed_day(closed_day_id=row.pk, actor=actor_of(request.user))
    messages.success(request, _("The exception is taken back."))
    return redirect("staff_network:services", pk=pk)


@require_http_methods(["GET", "POST"])
@for_staff
def new_address(request: HttpRequest, rights: Rights, pk: int) -> HttpResponse:
    """Enter an online address."""
    library = _editable(rights, pk)
    form = AddressForm(posted(request))

    def act() -> None:
        offer_services.add_online_address(library_id=pk, actor=actor_of(request.user), **form.cleaned_data)

    return _form_page(
        request,
        library,
        form,
        act,
        heading=_("New online address"),
        submit=_("Save"),
        done=_("The address is entered."),
    )


@require_POST
@for_staff
def stop_address(request: HttpRequest, rights: Rights, pk: int, address: int) -> HttpResponse:
    """End an online address today."""
    library = _editable(rights, pk)
    row = get_object_or_404(library.online_addresses, pk=address)
    try:
        offer_services.end_online_address(address_id=row.pk, on=timezone.localdate(), actor=actor_of(request.user))
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("The address has ended today."))
    return redirect("staff_network:services", pk=pk)
