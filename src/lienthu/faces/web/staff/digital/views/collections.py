"""Collections: what belongs together, for whom it is kept, and whether others know of it (DIG-10, RGT-3)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lienthu.domain.digital.errors import DigitalRefused
from lienthu.domain.digital.models import Collection, OwnerGroup
from lienthu.domain.digital.selectors.board import Holding, collections_known, holdings_of
from lienthu.domain.digital.selectors.shelves import in_their_order
from lienthu.domain.digital.services import collecting
from lienthu.domain.network.policy import Permission
from lienthu.faces.web.staff.access import Desk, staff_page
from lienthu.faces.web.staff.digital.collection_forms import CollectionForm
from lienthu.faces.web.staff.digital.desk import desk_tabs, desk_trail, reader_at
from lienthu.faces.web.staff.pages import Trail, refuse_foreign, show

SEE, SET = Permission.DIGITISE, Permission.DECIDE_RIGHTS


def _trail(*more: tuple[str, str]) -> Trail:
    return desk_trail((_("Collections"), reverse("staff_digital:collections") if more else ""), *more)


def _known(desk: Desk) -> QuerySet[Collection]:
    """The collections of the libraries in which this person digitises, without what is hidden (RGT-3)."""
    return collections_known(reader_at(desk)).filter(library_id__in=desk.library_ids(SEE))


def _one(desk: Desk, pk: int) -> Collection:
    found = _known(desk).filter(pk=pk).first() if pk < 2**63 else None
    if found is None:
        raise Http404
    desk.rights.require(SET, found.library_id)
    return found


@require_safe
@staff_page(SEE)
def collection_list(request: HttpRequest, desk: Desk) -> HttpResponse:
    """All collections in the order in which readers see them, with how much they hold."""
    found = in_their_order(_known(desk))
    holdings = holdings_of([row.pk for row in found])
    mine = set(desk.library_ids(SET))
    return show(
        desk,
        "digital/collections.html",
        trail=_trail(),
        tabs=desk_tabs("collections"),
        rows=[(row, holdings.get(row.pk, Holding()), row.library_id in mine) for row in found],
        may=bool(mine),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(SET)
def new(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Make a collection."""
    form = CollectionForm(desk.libraries(SET), None, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        library = form.cleaned_data["library"]
        desk.rights.require(SET, library.pk)
        try:
            collecting.create_collection(form.cleaned_data["code"], library, form.facts(), actor=desk.actor)
        except DigitalRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("The collection is there. Titles are put into it under Description."))
            return redirect("staff_digital:collections")
    if "library" in form.errors:
        refuse_foreign(desk, SET, request.POST.get("library"))
    return _page(desk, form, _("New collection"))


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(SET)
def edit(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """What is said of a collection, and the buttons that close and open it."""
    row = _one(desk, pk)
    form = CollectionForm([], row, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            after = collecting.amend_collection(pk, form.facts(), seen=form.cleaned_data["seen"], actor=desk.actor)
        except DigitalRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Saved.") if after.closed is row.closed else _closed_words())
            return redirect("staff_digital:collections")
    return _page(
        desk,
        form,
        row.name,
        collection=row,
        holding=holdings_of([row.pk]).get(row.pk, Holding()),
        always_closed=row.owner_group == OwnerGroup.ARMED_FORCES,
    )


@require_POST
@staff_page(SET)
def close(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """Let only the library's own people know of a collection."""
    return _act(request, desk, pk, collecting.close_collection, _closed_words())


@require_POST
@staff_page(SET)
def reopen(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """Let everybody know of a collection again."""
    return _act(request, desk, pk, collecting.reopen_collection, _("Everybody knows of the collection from now on."))


def _closed_words() -> str:
    return _("The collection is closed: from now on only the library's own people know of it.")


def _act(request: HttpRequest, desk: Desk, pk: int, act: Callable[..., Collection], said: str) -> HttpResponse:
    _one(desk, pk)
    try:
        act(pk, actor=desk.actor)
    except DigitalRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, said)
    return redirect("staff_digital:collections")


def _page(desk: Desk, form: CollectionForm, heading: str, **context: Any) -> HttpResponse:
    return show(
        desk, "digital/collection.html", trail=_trail((heading, "")), status=422 if form.errors else 200, form=form,
        heading=heading, **context,
    )  # fmt: skip
