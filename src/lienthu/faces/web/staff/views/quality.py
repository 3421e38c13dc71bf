"""The quality of a library's catalogue: counts, lists behind them, files (rules QUA-3 to QUA-6)."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from io import StringIO
from typing import Any
from urllib.parse import urlencode

import orjson
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lienthu.domain.network.models import Library
from lienthu.domain.network.policy import Permission
from lienthu.domain.union.joining import words
from lienthu.domain.union.quality.document import document_of
from lienthu.domain.union.quality.selectors import Listed, is_list, listed
from lienthu.domain.union.services.requesting import request_assessment
from lienthu.faces.web.staff.access import Desk, staff_page
from lienthu.faces.web.staff.pages import number_from, show
from lienthu.foundation.marc.describe import describe
from lienthu.platform.documents.json import to_json
from lienthu.platform.documents.pdf import to_pdf
from lienthu.platform.documents.xlsx import to_xlsx

PAGE = 50
_CSV_PAGE = 1000
_MEDIA = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
}


def _library(request: HttpRequest, desk: Desk) -> Library:
    """The library asked for, else the person's first. Raises NotAllowed."""
    asked = number_from(request, "library")
    if asked is not None:
        return desk.library(asked, Permission.EXPORT_RECORDS)
    return desk.libraries(Permission.EXPORT_RECORDS)[0]


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Permission.EXPORT_RECORDS)
def quality(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What was counted last. POST asks for counting anew."""
    library = _library(request, desk)
    if request.method == "POST":
        request_assessment(library.pk, actor=desk.actor)
        messages.success(request, _("The catalogue is being counted anew. Reload this page in a while."))
        return redirect(f"{reverse('staff:quality')}?{urlencode({'library': library.pk})}")
    return show(
        desk, "quality.html", trail=[(_("Quality"), "")], library=library, document=document_of(library),
        libraries=desk.libraries(Permission.EXPORT_RECORDS), lists_at=f"{reverse('staff:quality')}lists/",
        lists_query=f"?library={library.pk}",
    )  # fmt: skip


@require_safe
@staff_page(Permission.EXPORT_RECORDS)
def quality_file(request: HttpRequest, desk: Desk, kind: str) -> HttpResponse:
    """The counts as PDF, workbook or JSON."""
    library = _library(request, desk)
    document = document_of(library)
    if document is None or kind not in _MEDIA:
        raise Http404
    made = (
        to_pdf(document) if kind == "pdf" else to_xlsx(document) if kind == "xlsx" else orjson.dumps(to_json(document))
    )
    response = HttpResponse(made, content_type=_MEDIA[kind])
    response["Content-Disposition"] = f'attachment; filename="quality-{library.code}.{kind}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _title(what: str) -> str:
    kind, _dash, name = what.partition("-")
    if kind == "missing":
        return _("Missing: %(field)s") % {"field": words.field(name)}
    if kind == "fault":
        return words.problem(name)
    return _("Duplicates inside the own catalogue") if what == "twins" else _("Unmatched: no other library has it")


@require_safe
@staff_page(Permission.EXPORT_RECORDS)
def quality_list(request: HttpRequest, desk: Desk, what: str) -> HttpResponse:
    """The records behind a number, fifty at a time, by keyset."""
    library = _library(request, desk)
    if not is_list(what):
        raise Http404
    after = request.GET.get("after", "")
    found = listed(library.pk, what, after=after, limit=PAGE + 1)
    rows = found[:PAGE]
    here = reverse("staff:quality_list", args=[what])
    back = f"{reverse('staff:quality')}?{urlencode({'library': library.pk})}"
    further = urlencode({"library": library.pk, "after": rows[-1].key}) if len(found) > PAGE else ""
    context: dict[str, Any] = {
        "library": library,
        "what": what,
        "title": _title(what),
        "rows": [(row, describe(row.record)) for row in rows],
        "next_url": f"{here}?{further}" if further else "",
        "previous_url": f"{here}?library={library.pk}" if after else "",
    }
    return show(desk, "quality_list.html", trail=[(_("Quality"), back), (_title(what), "")], **context)


@require_safe
@staff_page(Permission.EXPORT_RECORDS)
def quality_csv(request: HttpRequest, desk: Desk, what: str) -> HttpResponseBase:
    """The whole list as CSV, streamed."""
    library = _library(request, desk)
    if not is_list(what):
        raise Http404
    response = StreamingHttpResponse(_lines(library.pk, what), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{what}-{library.code}.csv"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _lines(library_id: int, what: str) -> Iterator[bytes]:
    head = [_("Control number"), _("Title"), _("Responsibility"), _("Year"), _("Publication")]
    yield ("\ufeff" + _line(head)).encode()  # Excel takes a file without the mark for another character set
    after = ""
    while rows := listed(library_id, what, after=after, limit=_CSV_PAGE):
        yield "".join(_line(_values(row)) for row in rows).encode()
        after = rows[-1].key


def _values(row: Listed) -> list[str]:
    d = describe(row.record)
    return [row.record.control_number, d.title, d.responsibility, str(d.year or ""), str(row.cluster_id)]


def _line(values: list[str]) -> str:
    out = StringIO()
    csv.writer(out).writerow([f"'{v}" if v[:1] in ("=", "+", "-", "@", "\t", "\r") else v for v in values])
    return out.getvalue()
