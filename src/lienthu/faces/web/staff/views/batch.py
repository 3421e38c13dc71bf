"""The page of one import: progress, report, undo, retry, the file itself."""

from __future__ import annotations

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lienthu.domain.catalog.batch_selectors import trail_of, undo_preview
from lienthu.domain.catalog.errors import BatchStateRefused, CatalogRefused
from lienthu.domain.catalog.models import ImportBatch
from lienthu.domain.catalog.services.discard import discard, discardable
from lienthu.domain.catalog.source_selectors import copies_state
from lienthu.domain.network.policy import Permission
from lienthu.domain.union.joining.selectors import has_report, rehearsals_of
from lienthu.domain.union.services.requesting import request_import, request_undo
from lienthu.faces.web.staff.access import Desk, batch_page
from lienthu.faces.web.staff.pages import batch_trail, number_in, show, show_live, steps_of, tell
from lienthu.faces.web.staff.reports import is_going, progress_of, report_of
from lienthu.faces.web.staff.views.check import to_the_question
from lienthu.platform.services import files

_STATUS = ImportBatch.Status
UNDOABLE = frozenset({_STATUS.DONE, _STATUS.FAILED, _STATUS.RUNNING})


def may_undo(desk: Desk, batch: ImportBatch) -> bool:
    """Whether the undo button is shown."""
    return not batch.dry_run and batch.status in UNDOABLE and desk.may(Permission.UNDO_IMPORT, batch.library_id)


@require_safe
@batch_page(Permission.IMPORT_RECORDS)
def batch(request: HttpRequest, desk: Desk, batch: ImportBatch) -> HttpResponse:
    """Everything about one import. While it runs, the page asks again every two seconds."""
    going = is_going(batch)
    may_audit = desk.may(Permission.VIEW_AUDIT, batch.library_id)
    return show_live(
        desk,
        "batch.html",
        "batch_live.html",
        going=going,
        trail=batch_trail(batch),
        batch=batch,
        progress=progress_of(batch) if going else None,
        report=report_of(batch) if batch.read else None,
        steps=None if batch.dry_run else steps_of(batch, "import"),
        may_undo=may_undo(desk, batch),
        may_discard=discardable(batch),
        joining=has_report(batch),
        rehearsals=[] if batch.dry_run or going else rehearsals_of(batch),
        copies_state=copies_state(batch.source) if batch.status == _STATUS.DONE and not batch.dry_run else None,
        may_audit=may_audit,
        entries=trail_of(batch) if may_audit else [],
    )


@require_POST
@batch_page(Permission.IMPORT_RECORDS)
def start(request: HttpRequest, desk: Desk, batch: ImportBatch) -> HttpResponse:
    """Import, or go on with an import that stopped."""
    if "rehearsal" not in request.POST and (question := to_the_question(request, batch)):
        return question
    try:
        if batch.dry_run:
            raise BatchStateRefused(_("A dry run cannot be imported. Start the import from the file itself."))
        rehearsal = number_in(request.POST.get("rehearsal", ""))
        request_import(batch.pk, actor=desk.actor, as_rehearsed=rehearsal)
    except CatalogRefused as refused:
        tell(request, refused)
    return redirect("staff:batch", pk=batch.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@batch_page(Permission.UNDO_IMPORT)
def undo(request: HttpRequest, desk: Desk, batch: ImportBatch) -> HttpResponse:
    """Say exactly what undoing will do; with POST, do it."""
    if request.method == "POST":
        try:
            request_undo(batch.pk, actor=desk.actor)
            messages.success(request, _("The import is being undone. You may leave this page."))
        except CatalogRefused as refused:
            tell(request, refused)
        return redirect("staff:batch", pk=batch.pk)
    if not may_undo(desk, batch):
        return redirect("staff:batch", pk=batch.pk)
    return show(desk, "undo.html", trail=batch_trail(batch, (_("Undo"), "")), batch=batch, preview=undo_preview(batch))


@require_http_methods(["GET", "HEAD", "POST"])
@batch_page(Permission.IMPORT_RECORDS)
def discard_file(request: HttpRequest, desk: Desk, batch: ImportBatch) -> HttpResponse:
    """Ask whether a file that was never imported may go; with POST, let it go."""
    if request.method == "POST":
        try:
            discard(batch.pk, actor=desk.actor)
        except CatalogRefused as refused:
            tell(request, refused)
            return redirect("staff:batch", pk=batch.pk)
        messages.success(request, _("The file “%(name)s” has been discarded.") % {"name": batch.filename})
        return redirect("staff:import_list")
    if not discardable(batch):
        return redirect("staff:batch", pk=batch.pk)
    return show(desk, "discard.html", trail=batch_trail(batch, (_("Discard"), "")), batch=batch)


@require_safe
@batch_page(Permission.IMPORT_RECORDS)
def original_file(request: HttpRequest, desk: Desk, batch: ImportBatch) -> HttpResponseBase:
    """The file as it was handed over, always as a download."""
    path = files.path_of(batch.sha256)
    if not path.is_file():
        raise Http404
    return FileResponse(
        path.open("rb"), as_attachment=True, filename=batch.filename, content_type="application/octet-stream"
    )
