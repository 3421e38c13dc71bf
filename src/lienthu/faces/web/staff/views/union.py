"""A librarian's word on the union: set a record apart, or bring it to a publication. It outlives every later import."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from lienthu.domain.catalog.models import BibRecord
from lienthu.domain.catalog.record_selectors import current_content
from lienthu.domain.network.policy import Permission
from lienthu.domain.union.services import decide
from lienthu.faces.web.staff.access import Desk, record_page
from lienthu.faces.web.staff.forms.records import PublicationForm
from lienthu.faces.web.staff.pages import show
from lienthu.faces.web.staff.publication import Publication, publication, publication_of
from lienthu.faces.web.staff.views.records import record_trail, short
from lienthu.foundation.marc.describe import describe


def _joined(record: BibRecord, desk: Desk) -> Publication:
    found = publication_of(record, desk)
    if record.deleted or found is None:
        raise Http404
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@record_page(Permission.EDIT_UNION)
def set_apart(request: HttpRequest, desk: Desk, record: BibRecord) -> HttpResponse:
    """Ask first; with POST, make the record a publication of its own."""
    current = _joined(record, desk)
    if len(current.members) + current.hidden < 2:
        messages.info(request, _("This record stands alone already."))
        return redirect("staff:record", pk=record.pk)
    if request.method == "POST":
        decide.set_apart(record.pk, actor=desk.actor)
        messages.success(request, _("The record is a publication of its own now. No later import will join it again."))
        return redirect("staff:record", pk=record.pk)
    title = describe(current_content(record)).title
    return show(
        desk,
        "set_apart.html",
        trail=record_trail(record, short(title), (_("Set apart"), "")),
        record=record,
        title=title,
        publication=current,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@record_page(Permission.EDIT_UNION)
def bring_together(request: HttpRequest, desk: Desk, record: BibRecord) -> HttpResponse:
    """Ask for a publication, show both side by side; with POST, put the record to it."""
    current = _joined(record, desk)
    data = request.POST if request.method == "POST" else request.GET
    form = PublicationForm(data if "publication" in data or request.method == "POST" else None)
    target: Publication | None = None
    if form.is_bound and form.is_valid():
        cluster = form.cleaned_data["publication"]
        if cluster == current.id:
            form.add_error("publication", _("The record belongs to this publication already."))
        else:
            target = publication(cluster, desk)
            if target.hidden and not target.members:
                raise Http404  # nothing but records of closed libraries: as if it did not exist
    if request.method == "POST" and target is not None:
        decide.bring_together(record.pk, target.id, actor=desk.actor)
        messages.success(request, _("The record belongs to that publication now."))
        return redirect("staff:record", pk=record.pk)
    title = describe(current_content(record)).title
    return show(
        desk,
        "bring_together.html",
        trail=record_trail(record, short(title), (_("Bring together"), "")),
        status=422 if form.errors else 200,
        record=record,
        title=title,
        form=form,
        publication=current,
        target=target,
    )
