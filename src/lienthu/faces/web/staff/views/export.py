"""Records out again: nobody's data is locked in."""

from __future__ import annotations

from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from lienthu.domain.catalog.batch_selectors import exports_of
from lienthu.domain.catalog.exporting import EXTENSIONS, MEDIA_TYPES
from lienthu.domain.catalog.services.exports import export_library
from lienthu.domain.network.policy import Permission
from lienthu.faces.web.staff.access import Desk, staff_page
from lienthu.faces.web.staff.forms.records import ExportForm
from lienthu.faces.web.staff.pages import number_from, refuse_foreign, show
from lienthu.faces.web.staff.words import EXPORTS


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Permission.EXPORT_RECORDS)
def export(request: HttpRequest, desk: Desk) -> HttpResponseBase:
    """Choose library and format; with POST, the file, streamed."""
    libraries = desk.libraries(Permission.EXPORT_RECORDS)
    asked = number_from(request, "library")
    initial = {"library": asked} if asked is not None else None
    form = ExportForm(libraries, request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        library, fmt = form.cleaned_data["library"], form.cleaned_data["format"]
        desk.rights.require(Permission.EXPORT_RECORDS, library.pk)
        blocks = export_library(library, fmt, actor=desk.actor)
        response = StreamingHttpResponse(blocks, content_type=MEDIA_TYPES[fmt])
        name = f"{library.code}-{timezone.localdate().isoformat()}.{EXTENSIONS[fmt]}".replace("/", "-")
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response
    if "library" in form.errors:
        refuse_foreign(desk, Permission.EXPORT_RECORDS, request.POST.get("library"))
    names = {library.pk: library.name for library in libraries}
    done = [(entry, names.get(entry.library_id or 0, "")) for entry in exports_of(list(names))]
    return show(
        desk,
        "export.html",
        trail=[(_("Export"), "")],
        status=422 if form.errors else 200,
        form=form,
        formats=[(name, label, text) for name, (label, text) in EXPORTS.items()],
        done=done,
    )
