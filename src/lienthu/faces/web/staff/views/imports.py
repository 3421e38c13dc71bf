"""The list of imports, and step 1 of the wizard: hand over a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lienthu.domain.catalog.batch_selectors import batch_list
from lienthu.domain.catalog.errors import FileRefused, SourceRefused, TableRefused
from lienthu.domain.catalog.models import ImportBatch
from lienthu.domain.catalog.services.planning import hand_over
from lienthu.domain.catalog.source_selectors import sources_for
from lienthu.domain.network.policy import Permission
from lienthu.faces.web.staff.access import Desk, staff_page
from lienthu.faces.web.staff.forms.imports import ImportFilterForm, UploadForm
from lienthu.faces.web.staff.pages import number_from, refuse_foreign, show, steps_of
from lienthu.faces.web.staff.problems import REFUSED_TABLES
from lienthu.faces.web.ui.uploads import takes_upload

PAGE = 30


@require_safe
@staff_page(Permission.IMPORT_RECORDS)
def import_list(request: HttpRequest, desk: Desk) -> HttpResponse:
    """All imports of my libraries, newest first."""
    libraries = desk.libraries(Permission.IMPORT_RECORDS)
    form = ImportFilterForm(libraries, request.GET or None)
    asked: dict[str, Any] = form.cleaned_data if form.is_valid() else {}
    if "library" in form.errors:
        refuse_foreign(desk, Permission.IMPORT_RECORDS, request.GET.get("library"))
    chosen = asked.get("library")
    only = chosen or (libraries[0] if len(libraries) == 1 else None)
    ids = [chosen.pk] if chosen else [library.pk for library in libraries]
    before = number_from(request, "before")
    found = batch_list(ids, status=asked.get("status", ""), before=before, limit=PAGE + 1)
    rows = found[:PAGE]
    query = request.GET.copy()
    next_url = previous_url = ""
    if len(found) > PAGE:
        query["before"] = str(rows[-1].pk)
        next_url = f"?{query.urlencode()}"
    if before:
        query.pop("before", None)
        previous_url = f"?{query.urlencode()}" if query else reverse("staff:import_list")
    return show(
        desk,
        "imports.html",
        trail=[(_("Imports"), "")],
        form=form,
        rows=rows,
        filtered=bool(chosen or asked.get("status")),
        several=len(libraries) > 1,
        systems=sources_for(only.pk) if only else [],
        next_url=next_url,
        newest_url=previous_url,
    )


@takes_upload("MAX_IMPORT_FILE_BYTES")
@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Permission.IMPORT_RECORDS)
def import_new(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Choose library and file. What cannot be a catalogue is refused here (422) and not kept."""
    libraries = desk.libraries(Permission.IMPORT_RECORDS)
    asked = number_from(request, "library")
    form = UploadForm(
        libraries, request.POST if request.method == "POST" else None, request.FILES or None,
        initial={"library": asked} if asked else None,
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        batch = _received(form, desk)
        if batch is not None:
            return redirect("staff:import_check", pk=batch.pk)
    if "library" in form.errors:
        refuse_foreign(desk, Permission.IMPORT_RECORDS, request.POST.get("library"))
    return show(
        desk,
        "import_new.html",
        trail=[(_("Imports"), reverse("staff:import_list")), (_("Import a file"), "")],
        status=422 if form.errors else 200,
        form=form,
        steps=steps_of(None, "new"),
        largest=settings.MAX_IMPORT_FILE_BYTES,
    )


def _received(form: UploadForm, desk: Desk) -> ImportBatch | None:
    library, file = form.cleaned_data["library"], form.cleaned_data["file"]
    desk.rights.require(Permission.IMPORT_RECORDS, library.pk)
    assert isinstance(file, TemporaryUploadedFile)  # settings.FILE_UPLOAD_HANDLERS
    try:
        return hand_over(
            Path(file.temporary_file_path()),
            library=library,
            actor=desk.actor,
            filename=file.name or _("unnamed"),
            **form.source_choice(),
        )
    except TableRefused as e:
        form.add_error("file", str(REFUSED_TABLES.get(e.reason, e.message)))
    except FileRefused as e:
        form.add_error("file", e.message)
    except SourceRefused as e:
        form.add_error("source", e.message)
    except OSError as e:
        if e.errno is None:
            raise
        form.add_error("file", _("The file could not be kept: the disk of the server is full or cannot be written."))
    return None
