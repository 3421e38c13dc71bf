"""Enter a library and change what is known of it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from lienthu.domain.network.errors import Refused
from lienthu.domain.network.policy import Permission
from lienthu.domain.network.selectors import Rights, actor_of
from lienthu.domain.network.services.libraries import create_library, update_library
from lienthu.faces.web.staff.network.forms.libraries import LibraryForm, NewLibraryForm
from lienthu.faces.web.staff.network.views.page import (
    for_staff,
    library_trail,
    posted,
    refuse,
    show,
    visible_library,
)


@require_http_methods(["GET", "POST"])
@for_staff
def new_library(request: HttpRequest, rights: Rights) -> HttpResponse:
    """Enter a library."""
    rights.require(Permission.EDIT_NETWORK)
    form = NewLibraryForm(posted(request))
    if request.method == "POST" and form.is_valid():
        description = form.description()
        assert description is not None
        try:
            library = create_library(
                code=form.cleaned_data["code"],
                description=description,
                particulars=form.particulars(),
                valid_from=form.cleaned_data["valid_from"],
                founded=form.cleaned_data["valid_from"] is not None,
                actor=actor_of(request.user),
            )
        except Refused as refused:
            refuse(form, refused)
        else:
            messages.success(request, _("%(library)s is in the register.") % {"library": library.name})
            return redirect("staff_network:library", pk=library.pk)
    return show(
        request,
        "form.html",
        trail=[(_("New library"), "")],
        status=422 if form.errors else 200,
        form=form,
        heading=_("New library"),
        lead=_("The code stays for ever; everything else can change and keeps its history."),
        submit=_("Enter the library"),
    )


@require_http_methods(["GET", "POST"])
@for_staff
def edit_library(request: HttpRequest, rights: Rights, pk: int) -> HttpResponse:
    """Change what is known of a library."""
    library = visible_library(rights, pk)
    rights.require(Permission.EDIT_LIBRARY, pk)
    whole = rights.allowed(Permission.EDIT_NETWORK)
    form = LibraryForm(posted(request), library=library, whole=whole)
    if request.method == "POST" and form.is_valid():
        try:
            update_library(
                library_id=pk,
                description=form.description(),
                particulars=form.particulars(),
                since=form.cleaned_data.get("since"),
                actor=actor_of(request.user),
            )
        except Refused as refused:
            refuse(form, refused)
        else:
            messages.success(request, _("The changes are saved."))
            return redirect("staff_network:library", pk=pk)
    return show(
        request,
        "form.html",
        trail=library_trail(library, (_("Change the data"), "")),
        status=422 if form.errors else 200,
        form=form,
        heading=_("Change the data"),
        eyebrow=library.name,
        lead="" if whole else _("Name, type, parent body and place are kept by the administrator of the register."),
        submit=_("Save"),
        back=library.pk,
    )
