"""Who has which role in a library, and in the province."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from lienthu.domain.network import policy, selectors
from lienthu.domain.network.errors import Refused
from lienthu.domain.network.models import RoleAssignment
from lienthu.domain.network.policy import PROVINCE_WIDE, Permission, Role
from lienthu.domain.network.selectors import Rights, actor_of
from lienthu.domain.network.services.roles import grant_role, revoke_role
from lienthu.faces.web.staff.network.forms.roles import GrantForm
from lienthu.faces.web.staff.network.views.libraries import library_page
from lienthu.faces.web.staff.network.views.page import (
    for_staff,
    posted,
    refuse,
    show,
    visible_library,
)


@require_http_methods(["GET", "POST"])
@for_staff
def roles(request: HttpRequest, rights: Rights, pk: int) -> HttpResponse:
    """The roles in one library; POST gives one."""
    library = visible_library(rights, pk)
    rights.require(Permission.MANAGE_ROLES, pk)
    form = GrantForm(posted(request), roles=_givable(rights, pk))
    if request.method == "POST" and _granted(request, form, pk):
        return redirect("staff_network:roles", pk=pk)
    status = 422 if form.errors else 200
    context = _rows(rights, selectors.roles_of(library_id=pk))
    return library_page(request, rights, library, "roles", status=status, form=form, **context)


@require_http_methods(["GET", "POST"])
@for_staff
def province(request: HttpRequest, rights: Rights) -> HttpResponse:
    """The roles that count in the whole province; POST gives one."""
    rights.require(Permission.MANAGE_ROLES)
    form = GrantForm(posted(request), roles=_givable(rights, None))
    if request.method == "POST" and _granted(request, form, None):
        return redirect("staff_network:province_roles")
    rows = _rows(rights, selectors.roles_of().filter(library__isnull=True))
    trail = [(_("Roles in the province"), "")]
    status = 422 if form.errors else 200
    return show(request, "province_roles.html", trail=trail, status=status, form=form, **rows)


def _givable(rights: Rights, library_id: int | None) -> list[Role]:
    return [
        role
        for role in Role
        if (role in PROVINCE_WIDE) == (library_id is None)
        and policy.decide_role_change(rights.facts, role, library_id).allowed
    ]


def _rows(rights: Rights, assignments: Any) -> dict[str, Any]:
    """Roles in force with whether this person may take them away, and those that have ended."""
    today = timezone.localdate()
    current, past = [], []
    for row in assignments:
        if row.valid_to is not None and row.valid_to <= today:
            past.append(row)
        else:
            row.may_revoke = policy.decide_role_change(rights.facts, Role(row.role), row.library_id).allowed
            current.append(row)
    return {"current": current, "past": past}


def _granted(request: HttpRequest, form: GrantForm, library_id: int | None) -> bool:
    if not form.is_valid():
        return False
    person = form.cleaned_data["username"]
    try:
        grant_role(
            user_id=person.pk,
            role=Role(form.cleaned_data["role"]),
            library_id=library_id,
            valid_to=form.cleaned_data["valid_to"],
            actor=actor_of(request.user),
        )
    except Refused as refused:
        refuse(form, refused)
        return False
    messages.success(request, _("%(person)s has the role now.") % {"person": person})
    return True


@require_POST
@for_staff
def revoke(request: HttpRequest, rights: Rights, pk: int, assignment: int) -> HttpResponse:
    """Take a role in a library away."""
    visible_library(rights, pk)
    row = get_object_or_404(RoleAssignment, pk=assignment, library_id=pk)
    _revoked(request, row)
    return redirect("staff_network:roles", pk=pk)


@require_POST
@for_staff
def revoke_province(request: HttpRequest, rights: Rights, assignment: int) -> HttpResponse:
    """Take a province-wide role away."""
    rights.require(Permission.MANAGE_ROLES)
    row = get_object_or_404(RoleAssignment, pk=assignment, library__isnull=True)
    _revoked(request, row)
    return redirect("staff_network:province_roles" if row.user_id != request.user.pk else "staff_network:libraries")


def _revoked(request: HttpRequest, row: RoleAssignment) -> None:
    """Do it, or say why not. A last administrator who may not leave gets a sentence, a stranger a 403."""
    try:
        revoke_role(assignment_id=row.pk, actor=actor_of(request.user))
    except Refused as refused:
        decision = getattr(refused, "decision", None)
        if decision is not None and decision.blocks != {policy.Block.LAST_ADMIN}:
            raise
        messages.error(request, str(refused.explanation or refused))
    else:
        messages.success(request, _("The role has been taken away."))
