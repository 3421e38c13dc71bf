"""Accounts: who has one, opened, given a new password, switched off and on; and their roles.

Passwords are shown once, in the answer to the act, which no browser or proxy may keep.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lienthu.domain.network import policy
from lienthu.domain.network.errors import NotAllowed, Refused
from lienthu.domain.network.models import Library, RoleAssignment
from lienthu.domain.network.policy import PROVINCE_WIDE, Block, Permission, Role
from lienthu.domain.network.selectors import AccountRow, Rights, account_list, account_row, actor_of, libraries_for
from lienthu.domain.network.services.accounts import (
    open_account_for,
    release_lockout,
    reset_password,
    switch_account,
)
from lienthu.domain.network.services.roles import grant_role, revoke_role
from lienthu.faces.web.staff.network.forms.accounts import NewAccountForm, RoleForm
from lienthu.faces.web.staff.network.views.page import for_staff, posted, refuse
from lienthu.platform.models import User
from lienthu.platform.services.accounts import ONE_TIME_DAYS, locked_out

PAGE = 50
View = Callable[..., HttpResponse]


def for_managers(view: View) -> View:
    """Only for people who give roles somewhere. Answers are never kept: some show a password."""

    @never_cache
    @for_staff
    @wraps(view)
    def entered(request: HttpRequest, rights: Rights, *args: Any, **kwargs: Any) -> HttpResponse:
        if not rights.allowed(Permission.MANAGE_ROLES) and not _managed(request).exists():
            rights.require(Permission.MANAGE_ROLES)
        return view(request, rights, *args, **kwargs)

    return entered


@require_safe
@for_managers
def accounts(request: HttpRequest, rights: Rights) -> HttpResponse:
    """The accounts this person looks after, by sign-in name."""
    words, after = (request.GET.get(name, "").replace("\x00", "").strip()[:150] for name in ("q", "after"))
    found = account_list(rights.facts, onlooker=request.user.pk, words=words, after=after, limit=PAGE + 1)
    rows = found[:PAGE]
    query = {"q": words} if words else {}
    url = reverse("staff_accounts:list")
    return _show(
        request,
        "accounts.html",
        rows=rows,
        locked=locked_out(row.user.username for row in rows),
        words=words,
        next_url=f"{url}?{urlencode({**query, 'after': rows[-1].user.username})}" if len(found) > PAGE else "",
        first_url=f"{url}?{urlencode(query)}".rstrip("?") if after else "",
    )


@require_http_methods(["GET", "POST"])
@for_managers
def new_account(request: HttpRequest, rights: Rights) -> HttpResponse:
    """Open an account; the answer shows its one-time password."""
    form = NewAccountForm(posted(request), **_givable(request, rights))
    if request.method == "POST" and form.is_valid():
        try:
            user, password = open_account_for(
                username=form.cleaned_data["username"],
                display_name=form.cleaned_data["display_name"],
                role=Role(form.cleaned_data["role"]),
                library_id=form.library_id,
                actor=actor_of(request.user),
            )
        except Refused as refused:
            refuse(form, refused)
        else:
            return _password_page(request, user, password, new=True)
    status = 422 if form.errors else 200
    return _show(request, "account_new.html", _("New account"), status=status, form=form, days=ONE_TIME_DAYS)


@require_http_methods(["GET", "POST"])
@for_managers
def account(request: HttpRequest, rights: Rights, pk: int) -> HttpResponse:
    """One account: its state and roles; POST gives a role."""
    row = _row(request, rights, pk)
    form = RoleForm(posted(request), **_givable(request, rights))
    if request.method == "POST" and form.is_valid():
        try:
            grant_role(
                user_id=pk,
                role=Role(form.cleaned_data["role"]),
                library_id=form.library_id,
                valid_to=form.cleaned_data["valid_to"],
                actor=actor_of(request.user),
            )
        except Refused as refused:
            refuse(form, refused)
        else:
            messages.success(request, _("%(person)s has the role now.") % {"person": row.user})
            return redirect("staff_accounts:account", pk=pk)
    seen = set(_managed(request).values_list("pk", flat=True))
    everywhere = rights.allowed(Permission.MANAGE_ROLES)
    shown = [r for r in row.roles if everywhere or r.library_id in seen]
    return _show(
        request,
        "account.html",
        str(row.user),
        status=422 if form.errors else 200,
        form=form,
        row=row,
        person=row.user,
        own=pk == request.user.pk,
        roles=[(r, _may_give(rights, Role(r.role), r.library_id)) for r in shown],
        elsewhere=len(row.roles) - len(shown),
        locked=bool(locked_out([row.user.username])),
        days=ONE_TIME_DAYS,
    )


@require_POST
@for_managers
def new_password(request: HttpRequest, rights: Rights, pk: int) -> HttpResponse:
    """A one-time password, shown in the answer."""
    _row(request, rights, pk)
    user, password = reset_password(user_id=pk, actor=actor_of(request.user))
    return _password_page(request, user, password, new=False)


@require_POST
@for_managers
def switch(request: HttpRequest, rights: Rights, pk: int) -> HttpResponse:
    """Switch the account off, or on again."""
    row = _row(request, rights, pk)
    on = request.POST.get("on") == "1"
    try:
        switch_account(user_id=pk, on=on, actor=actor_of(request.user))
    except NotAllowed as refused:
        if refused.decision.blocks != {Block.LAST_ADMIN}:
            raise
        messages.error(request, str(refused.explanation))
    else:
        text = _("%(person)s can sign in again.") if on else _("%(person)s has been switched off.")
        messages.success(request, text % {"person": row.user})
    return redirect("staff_accounts:account", pk=pk)


@require_POST
@for_managers
def release(request: HttpRequest, rights: Rights, pk: int) -> HttpResponse:
    """End the lock after too many wrong passwords."""
    row = _row(request, rights, pk)
    release_lockout(user_id=pk, actor=actor_of(request.user))
    messages.success(request, _("%(person)s can try again at once.") % {"person": row.user})
    return redirect("staff_accounts:account", pk=pk)


@require_POST
@for_managers
def revoke(request: HttpRequest, rights: Rights, pk: int, assignment: int) -> HttpResponse:
    """Take a role of this account away."""
    _row(request, rights, pk)
    row = get_object_or_404(RoleAssignment, pk=assignment, user_id=pk)
    try:
        revoke_role(assignment_id=row.pk, actor=actor_of(request.user))
    except NotAllowed as refused:
        if refused.decision.blocks != {Block.LAST_ADMIN}:
            raise
        messages.error(request, str(refused.explanation))
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("The role has been taken away."))
    return redirect("staff:home") if pk == request.user.pk else redirect("staff_accounts:account", pk=pk)


def _row(request: HttpRequest, rights: Rights, pk: int) -> AccountRow:
    """The account, if this person may see it; otherwise it is as if there were none."""
    row = account_row(rights.facts, pk, onlooker=request.user.pk) if pk < 2**63 else None
    if row is None:
        raise Http404
    return row


def _managed(request: HttpRequest) -> Any:
    return libraries_for(request.user, Permission.MANAGE_ROLES).order_by("name_sort", "code")


def _may_give(rights: Rights, role: Role, library_id: int | None) -> bool:
    return policy.decide_role_change(rights.facts, role, library_id).allowed


def _givable(request: HttpRequest, rights: Rights) -> dict[str, Any]:
    """The roles this person gives somewhere, and the libraries where."""
    libraries = _managed(request)
    first: Library | None = libraries.first()
    roles = [r for r in Role if _may_give(rights, r, None if r in PROVINCE_WIDE else first.pk if first else None)]
    return {"roles": roles, "libraries": libraries}


def _password_page(request: HttpRequest, user: User, password: str, *, new: bool) -> HttpResponse:
    return _show(request, "account_password.html", str(user), person=user, password=password, new=new)


def _show(request: HttpRequest, template: str, page: str = "", *, status: int = 200, **context: Any) -> HttpResponse:
    crumbs = [{"label": _("Accounts"), "url": reverse("staff_accounts:list") if page else ""}]
    if page:
        crumbs.append({"label": page, "url": ""})
    return render(request, f"staff/network/{template}", {"breadcrumb": crumbs, **context}, status=status)
