"""The register as a file: export, and import with a report before anything is written."""

from __future__ import annotations

import re

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from lienthu.domain.network.policy import Permission
from lienthu.domain.network.selectors import Rights, actor_of, libraries_for
from lienthu.domain.network.services.exchange import MAX_BYTES, TABLES, export_csv, export_zip, import_upload
from lienthu.faces.web.staff.network.forms.exchange import KINDS, UploadForm
from lienthu.faces.web.staff.network.views.page import (
    day_asked,
    for_staff,
    posted,
    show,
)
from lienthu.platform.services import files

_DIGEST = re.compile(r"[0-9a-f]{64}\Z")


_FILE_NAMES = {
    "units": "don-vi-hanh-chinh",
    "libraries": "thu-vien",
    "branches": "co-so",
    "services": "dich-vu",
    "hours": "gio-mo-cua",
    "closed_days": "ngay-nghi",
    "online_addresses": "dia-chi-mang",
    "events": "su-kien",
}


def _exportable(request: HttpRequest) -> set[int]:
    return set(libraries_for(request.user, Permission.EXPORT_RECORDS).values_list("pk", flat=True))


def _kind_asked(request: HttpRequest) -> str:
    kind = request.GET.get("kind", "")
    return kind if kind in TABLES else "libraries"


@require_safe
@for_staff
def export(request: HttpRequest, rights: Rights) -> HttpResponse:
    """One kind of rows of the libraries this person may export, as of a day, as CSV."""
    day, kind = day_asked(request), _kind_asked(request)
    text = export_csv(day, kind=kind, library_ids=_exportable(request))
    response = HttpResponse(text, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{_FILE_NAMES[kind]}-{day.isoformat()}.csv"'
    return response


@require_safe
@for_staff
def export_all(request: HttpRequest, rights: Rights) -> HttpResponse:
    """The whole register as far as this person may export it, as of a day: a ZIP of CSV files."""
    day = day_asked(request)
    response = HttpResponse(export_zip(day, library_ids=_exportable(request)), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="mang-luoi-thu-vien-{day.isoformat()}.zip"'
    return response


@require_http_methods(["GET", "POST"])
@for_staff
def upload(request: HttpRequest, rights: Rights) -> HttpResponse:
    """Hand over a file; it is kept and tried out, nothing is written into the register yet."""
    rights.require(Permission.EDIT_NETWORK)
    files_given = request.FILES if request.method == "POST" else None
    form = UploadForm(posted(request), files_given, initial={"kind": _kind_asked(request)})
    if request.method == "POST" and form.is_valid():
        stored = files.store(form.cleaned_data["file"].chunks())
        address = reverse("staff_network:import_report", args=[stored.sha256])
        return redirect(f"{address}?kind={form.cleaned_data['kind']}")
    return show(
        request,
        "import.html",
        trail=[(_("Import a file"), "")],
        status=422 if form.errors else 200,
        form=form,
        tables=[(kind, label, TABLES[kind].headings) for kind, label in KINDS],
    )


@require_http_methods(["GET", "POST"])
@for_staff
def report(request: HttpRequest, rights: Rights, sha256: str) -> HttpResponse:
    """What the file would do; with POST it is done, all rows or none."""
    rights.require(Permission.EDIT_NETWORK)
    if not _DIGEST.match(sha256):
        raise Http404
    path = files.path_of(sha256)
    if not path.is_file() or path.stat().st_size > MAX_BYTES:
        raise Http404
    with path.open("rb") as stream:
        outcome = import_upload(
            stream, kind=_kind_asked(request), actor=actor_of(request.user), dry_run=request.method != "POST"
        )
    if outcome.applied:
        count = outcome.count("created") + outcome.count("updated")
        text = ngettext("%(n)d row has been written.", "%(n)d rows have been written.", count)
        messages.success(request, text % {"n": count})
        return redirect("staff_network:units" if _kind_asked(request) == "units" else "staff_network:libraries")
    stats = [
        {"label": _("New"), "value": outcome.count("created")},
        {"label": _("Changed"), "value": outcome.count("updated")},
        {"label": _("Unchanged"), "value": outcome.count("unchanged")},
        {"label": _("Errors"), "value": len(outcome.errors), "kind": "danger" if outcome.errors else ""},
    ]
    return show(
        request,
        "import_report.html",
        trail=[(_("Import a file"), "")],
        status=422 if outcome.errors and request.method == "POST" else 200,
        report=outcome,
        stats=stats,
        changes=[row for row in outcome.rows if row.action != "unchanged"],
    )
