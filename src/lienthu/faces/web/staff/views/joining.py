"""The joining report of a dry run: as page, PDF, workbook and JSON; and letting it go."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lienthu.domain.catalog.errors import CatalogRefused
from lienthu.domain.catalog.models import ImportBatch
from lienthu.domain.catalog.services.planning import same_plan
from lienthu.domain.network.policy import Permission
from lienthu.domain.union.joining.document import document_of
from lienthu.domain.union.joining.exporting import FORMATS, file_of
from lienthu.domain.union.joining.selectors import findings_of
from lienthu.domain.union.services.reports import forget_rehearsal
from lienthu.faces.web.staff.access import Desk, batch_page
from lienthu.faces.web.staff.pages import batch_trail, show, tell


def _file_of(trial: ImportBatch) -> ImportBatch | None:
    """The uploaded file that the rehearsal was of, as it stands now."""
    return ImportBatch.objects.select_related("source").filter(trials=trial).first()


@require_safe
@batch_page(Permission.IMPORT_RECORDS)
def report(request: HttpRequest, desk: Desk, batch: ImportBatch) -> HttpResponse:
    """The report as a page, with the button that makes the dry run an import (REP-9)."""
    document = document_of(batch)
    if document is None:
        raise Http404
    file = _file_of(batch)
    waiting = file is not None and file.status == ImportBatch.Status.UPLOADED
    findings = findings_of(batch)
    return show(
        desk,
        "joining_report.html",
        trail=batch_trail(file or batch, (_("Joining report"), "")),
        batch=batch,
        file=file,
        document=document,
        reused=findings.numbers_reused if findings and waiting else 0,
        importable=waiting and file is not None and same_plan(batch, file),
        outdated=waiting and file is not None and not same_plan(batch, file),
    )


@require_safe
@batch_page(Permission.IMPORT_RECORDS)
def report_file(request: HttpRequest, desk: Desk, batch: ImportBatch, kind: str) -> HttpResponse:
    """The report as a file."""
    if kind not in FORMATS:
        raise Http404
    made = file_of(batch, kind)
    if made is None:
        raise Http404
    response = HttpResponse(made, content_type=FORMATS[kind])
    response["Content-Disposition"] = f'attachment; filename="joining-{batch.library.code}-{batch.pk}.{kind}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@batch_page(Permission.IMPORT_RECORDS)
def delete_report(request: HttpRequest, desk: Desk, batch: ImportBatch) -> HttpResponse:
    """Ask whether the dry run and its report may go; with POST, let them go."""
    file = _file_of(batch)
    if request.method == "POST":
        try:
            forget_rehearsal(batch.pk, actor=desk.actor)
        except CatalogRefused as refused:
            tell(request, refused)
            return redirect("staff:batch", pk=batch.pk)
        messages.success(request, _("The report has been deleted."))
        return redirect(reverse("staff:batch", args=[file.pk]) if file else reverse("staff:import_list"))
    if not batch.dry_run:
        raise Http404
    trail = batch_trail(file or batch, (_("Delete the report"), ""))
    return show(desk, "joining_delete.html", trail=trail, batch=batch, file=file)
