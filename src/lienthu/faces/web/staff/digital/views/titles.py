"""Title by title how far the work is, against the declared lists: on the screen, on paper, as a table (WFL-18)."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from io import StringIO
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lienthu.domain.digital.board import STAGES, Share
from lienthu.domain.digital.models import Project, Stage
from lienthu.domain.digital.policy import Reader
from lienthu.domain.digital.selectors.board import Filters, projects_of, shares_of, shares_of_list, stage_counts
from lienthu.domain.digital.selectors.titles import Title, every_title, titles
from lienthu.domain.network.policy import Permission
from lienthu.faces.web.staff.access import Desk, staff_page
from lienthu.faces.web.staff.digital.desk import desk_tabs, desk_trail, reader_at
from lienthu.faces.web.staff.digital.filtering import Asked, asked_of
from lienthu.faces.web.staff.pages import number_from, show
from lienthu.platform.documents.model import Block, Cell, Column, Document, Section, Table, Text
from lienthu.platform.documents.pdf import to_pdf
from lienthu.platform.documents.xlsx import to_xlsx

_PAGE: Final = 100
_MOST_IN_A_FILE: Final = 20_000  # rows of a workbook; a CSV takes any number
_MOST_ON_PAPER: Final = 2_000
_MEDIA: Final = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
}


@require_safe
@staff_page(Permission.DIGITISE)
def listed(request: HttpRequest, desk: Desk) -> HttpResponse:
    """A page of titles with their stages, and how far the list is."""
    reader, asked, today = reader_at(desk), asked_of(request, desk, stages=True), timezone.localdate()
    found = titles(reader, asked.filters, after=number_from(request, "after"), size=_PAGE + 1)
    rows = found[:_PAGE]
    labels = dict(Stage.choices)
    return show(
        desk,
        "digital/titles.html",
        trail=desk_trail((_("Titles"), "")),
        tabs=desk_tabs("titles"),
        asked=asked,
        heading=_heading(reader, asked.filters),
        shares=_shares(reader, asked.filters),
        rows=[(title, labels[title.object.stage], title.late(today)) for title in rows],
        total=sum(stage_counts(reader, asked.filters).values()),
        next_url=asked.query(after=str(rows[-1].object.pk)) if len(found) > _PAGE else "",
        previous_url=asked.address if request.GET.get("after") else "",
        today=today,
        files=list(_MEDIA),
    )


def _heading(reader: Reader, filters: Filters) -> str:
    """What the list is of: a project, a declared list, or everything."""
    if filters.project is not None:
        project = projects_of(reader).filter(pk=filters.project).first()
        return project.name if project is not None else ""
    return str(dict(Project.Scope.choices)[filters.scope]) if filters.scope else ""


def _shares(reader: Reader, filters: Filters) -> dict[str, Any] | None:
    """How far a project or a declared list is as a whole; None where the titles are of neither."""
    labels = dict(Stage.choices)
    silent, source = 0, ""
    shares: dict[str, Share]
    if filters.project is not None:
        project = projects_of(reader).filter(pk=filters.project).first()
        if project is None:
            return None
        shares, source = shares_of(reader, project), project.declared_source
    elif filters.scope:
        shares, silent = shares_of_list(reader, filters.scope)
    else:
        return None
    declared = shares[STAGES[0]].declared
    rows = [(labels[stage], share) for stage, share in shares.items()]
    return {"rows": rows, "declared": declared, "silent": silent, "source": source}


@require_safe
@staff_page(Permission.DIGITISE)
def file(request: HttpRequest, desk: Desk, kind: str) -> HttpResponseBase:
    """The whole list as CSV, workbook or PDF."""
    if kind not in _MEDIA:
        raise Http404
    reader, asked = reader_at(desk), asked_of(request, desk, stages=True)
    response: HttpResponseBase
    if kind == "csv":
        response = StreamingHttpResponse(_lines(reader, asked.filters, get_language()), content_type=_MEDIA[kind])
    else:
        most, kept, write = _WRITERS[kind]
        response = HttpResponse(write(_document(reader, asked, most, kept)), content_type=_MEDIA[kind])
    day = timezone.localdate().isoformat()
    response["Content-Disposition"] = f'attachment; filename="so-hoa-{day}.{kind}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _columns() -> list[Column]:
    return [
        Column(_("Title")), Column(_("Number"), "code"), Column(_("Library")), Column(_("Project")),
        Column(_("List")), Column(_("Stage")), Column(_("Since")), Column(_("Pages"), "number"),
        Column(_("Missing pages"), "number"), Column(_("Who does it")), Column(_("Due")), Column(_("Late")),
        Column(_("Sent back because")),
    ]  # fmt: skip


_ON_PAPER: Final = (0, 5, 6, 7, 3, 9, 10)  # the columns for which a sheet of paper has room


def _values(title: Title, *, written: Callable[[date], str] = date.isoformat) -> list[Cell]:
    """A title as a row; ``written``: how a day is written, as machines read it unless told otherwise."""
    obj = title.object
    return [
        obj.title, obj.public_id, obj.library.name, obj.project.name if obj.project else "",
        str(obj.project.get_scope_display()) if obj.project else "", str(obj.get_stage_display()),
        written(timezone.localtime(title.since).date()), title.pages, title.missing,
        str(obj.assignee) if obj.assignee else "", written(title.ends) if title.ends else "",
        _("late") if title.late(timezone.localdate()) else "", obj.returned,
    ]  # fmt: skip


def _day(day: date) -> str:
    return str(date_format(day, "d/m/Y"))


def _lines(reader: Reader, filters: Filters, language: str | None) -> Iterator[bytes]:
    with override(language):  # the answer is written when the request's own language is no longer set
        head = [column.label for column in _columns()]
    yield ("\ufeff" + _line(head)).encode()  # Excel takes a file without the mark for another character set
    for some in every_title(reader, filters):
        with override(language):
            yield "".join(_line(_values(title)) for title in some).encode()


def _line(values: list[Cell] | list[str]) -> str:
    """A line of CSV; what a spreadsheet would take for a formula is kept from being one."""
    out = StringIO()
    safe = [f"'{v}" if isinstance(v, str) and v[:1] in ("=", "+", "-", "@", "\t", "\r") else v for v in values]
    csv.writer(out).writerow(safe)
    return out.getvalue()


def _document(reader: Reader, asked: Asked, most: int, kept: Sequence[int]) -> Document:
    heading, shares = _heading(reader, asked.filters), _shares(reader, asked.filters)
    rows: list[list[Cell]] = []
    total = sum(stage_counts(reader, asked.filters).values())
    for some in every_title(reader, asked.filters):
        told = [_values(title, written=_day) for title in some[: most - len(rows)]]
        rows += [[values[n] for n in kept] for values in told]
        if len(rows) >= most:
            break
    sections = []
    if shares is not None:
        columns = [Column(_("Stage")), Column(_("Titles"), "number"), Column(_("Share of the declared list"), "share")]
        parts: list[list[Cell]] = [
            [str(label), share.done, min(1.0, share.done / share.declared) if share.declared else _("not declared")]
            for label, share in shares["rows"]
        ]
        sections.append(Section("shares", _("How far it is"), [Table("", columns, parts, shares["source"])]))
    blocks: list[Block] = [Table("", [_columns()[n] for n in kept], rows)]
    if total > len(rows):
        said = _("The first %(n)s of %(of)s titles. The CSV file holds all of them.") % {"n": len(rows), "of": total}
        blocks.insert(0, Text(said, "warning"))
    sections.append(Section("titles", _("Titles"), blocks))
    facts = [(_("Titles"), str(total))]
    return Document(
        title=_("Digitisation"),
        subtitle=capfirst(heading) or _("All titles"),
        facts=facts,
        sections=sections,
        language=(get_language() or "en")[:2],
        made_at=timezone.now(),
    )


_WRITERS: Final[dict[str, tuple[int, Sequence[int], Callable[[Document], bytes]]]] = {
    "xlsx": (_MOST_IN_A_FILE, range(13), to_xlsx),
    "pdf": (_MOST_ON_PAPER, _ON_PAPER, to_pdf),
}
