"""What every page of this face shares: its frame, its trail, its steps, and how a refusal is told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from lienthu.domain.catalog.errors import CatalogRefused
from lienthu.domain.catalog.models import ImportBatch
from lienthu.domain.network.policy import Permission
from lienthu.faces.web.staff.access import Desk
from lienthu.faces.web.staff.navigation import current_library, staff_nav

Trail = Sequence[tuple[str, str]]


def show(desk: Desk, template: str, *, trail: Trail = (), status: int = 200, **context: Any) -> HttpResponse:
    """A page inside the staff frame. ``trail``: (label, url) from the outside in; the page itself has no url."""
    crumbs = [{"label": _("Overview"), "url": reverse("staff:home")}]
    crumbs += [{"label": label, "url": url} for label, url in trail]
    frame = {
        "staff_nav": staff_nav(desk.request, desk.rights),
        "current_library": current_library(desk.rights),
        "breadcrumb": crumbs if trail else None,
        "desk": desk,
    }
    return render(desk.request, f"staff/{template}", {**frame, **context}, status=status)


def show_live(desk: Desk, page: str, fragment: str, *, going: bool, trail: Trail, **context: Any) -> HttpResponse:
    """A page that asks again while something goes on: the whole page, or, for htmx, only its live part.

    While it goes on the part is morphed, so that the focus stays; at the end it is replaced, which ends the asking.
    """
    live = bool(desk.request.headers.get("HX-Request"))
    response = show(desk, fragment if live else page, trail=trail, going=going, **context)
    if live and not going:
        response["HX-Reswap"] = "outerHTML"
    return response


def batch_trail(batch: ImportBatch, *more: tuple[str, str]) -> Trail:
    """The trail of a page below an import."""
    last = reverse("staff:batch", args=[batch.pk]) if more else ""
    return [(_("Imports"), reverse("staff:import_list")), (batch.filename, last), *more]


def steps_of(batch: ImportBatch | None, current: str) -> list[dict[str, str]]:
    """The four steps of the wizard. Steps behind and the next one are links while the file may still be changed."""
    names = ["new", "check", "trial", "import"]
    labels = [_("Choose a file"), _("Check how it is read"), _("Dry run"), _("Import")]
    at = names.index(current)
    open_ = batch is not None and batch.status == ImportBatch.Status.UPLOADED
    urls = ["", "", "", ""]
    if batch is not None and open_:
        urls[1] = reverse("staff:import_check", args=[batch.pk])
        urls[2] = reverse("staff:import_trial", args=[batch.pk])
    states = ["done" if i < at else "current" if i == at else "" for i in range(4)]
    if batch is not None and current == "import":
        finished = {ImportBatch.Status.DONE: "done", ImportBatch.Status.FAILED: "failed"}
        states[2] = "done" if batch.trials.exists() else ""
        states[3] = finished.get(ImportBatch.Status(batch.status), "current")
    return [
        {"label": label, "state": state, "url": url if i != at else ""}
        for i, (label, state, url) in enumerate(zip(labels, states, urls, strict=True))
    ]


def tell(request: HttpRequest, refused: CatalogRefused) -> None:
    """Show a refusal on the next page."""
    messages.error(request, refused.message)


def refuse_foreign(desk: Desk, permission: Permission, asked: str | None) -> None:
    """Raise NotAllowed (403) when a form names a library in which the person may not do this."""
    number = number_in(asked or "")
    if number is not None:
        desk.library(number, permission)


def number_from(request: HttpRequest, name: str) -> int | None:
    """A number of the query string; None where it is missing or none, or too large for a key."""
    return number_in(request.GET.get(name, ""))


def number_in(text: str) -> int | None:
    """A number that came with a request; None where it is none, or too large for a key."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
