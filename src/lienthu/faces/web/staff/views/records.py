"""The records of a library, one record, its revisions and its bytes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lienthu.domain.catalog.models import BibRecord, Revision
from lienthu.domain.catalog.record_selectors import (
    ListedRecord,
    copies_of,
    current_content,
    find_records,
    record_list,
    revision_pair,
    revisions_of,
)
from lienthu.domain.network.models import Library
from lienthu.domain.network.policy import Permission
from lienthu.faces.web.staff.access import Desk, record_page, staff_page
from lienthu.faces.web.staff.forms.records import RecordSearchForm
from lienthu.faces.web.staff.hexdump import SHOWN, hex_rows
from lienthu.faces.web.staff.marc_lines import compare
from lienthu.faces.web.staff.pages import Trail, number_from, refuse_foreign, show
from lienthu.faces.web.staff.publication import publication_of
from lienthu.foundation.marc.describe import Description, describe
from lienthu.foundation.marc.normalise import from_canonical
from lienthu.foundation.vietnamese.names import direct_form

PAGE = 30


@dataclass(frozen=True, slots=True)
class RecordRow:
    """A record in a list."""

    listed: ListedRecord
    title: str
    by: str
    year: int | None


def by_of(description: Description) -> str:
    """Who made it, as the title page says it, else the names of the headings."""
    return description.responsibility or ", ".join(direct_form(p.name) or p.name for p in description.authors)


def _row(listed: ListedRecord) -> RecordRow:
    d = describe(listed.record)
    return RecordRow(listed, d.title, by_of(d), d.year)


@require_safe
@staff_page(Permission.VIEW_STAFF)
def records(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The records of one of my libraries, or those with a number."""
    libraries = desk.libraries(Permission.VIEW_STAFF)
    data = request.GET.copy()
    if "library" not in data and libraries:
        data["library"] = str(libraries[0].pk)
    form = RecordSearchForm(libraries, data)
    rows: list[RecordRow] = []
    context: dict[str, Any] = {"next_url": "", "previous_url": ""}
    library: Library | None = None
    if form.is_valid():
        library, q = form.cleaned_data["library"], form.cleaned_data["q"]
        assert library is not None
        after = number_from(request, "after") or 0
        listed = find_records(library.pk, q) if q else record_list(library.pk, after=after, limit=PAGE + 1)
        rows = [_row(one) for one in listed[:PAGE]]
        here = f"{reverse('staff:records')}?library={library.pk}"
        if not q and len(listed) > PAGE:
            context["next_url"] = f"{here}&after={listed[PAGE - 1].id}"
        if after:
            context["previous_url"] = here
        context["q"] = q
    else:
        refuse_foreign(desk, Permission.VIEW_STAFF, request.GET.get("library"))
    return show(
        desk,
        "records.html",
        trail=[(_("Records"), "")],
        form=form,
        rows=rows,
        library=library,
        none_at_all=not libraries,
        **context,
    )


def record_trail(record: BibRecord, title: str, *more: tuple[str, str]) -> Trail:
    """The trail of a page below a record."""
    above = f"{reverse('staff:records')}?library={record.library_id}"
    own = reverse("staff:record", args=[record.pk]) if more else ""
    return [(_("Records"), above), (title, own), *more]


def short(title: str) -> str:
    """A title for the trail."""
    return f"{title[:60]}…" if len(title) > 61 else title or "–"


@require_safe
@record_page(Permission.VIEW_STAFF)
def record(request: HttpRequest, desk: Desk, record: BibRecord) -> HttpResponse:
    """One record: what it says, its copies, where it belongs and why, and how it came to be."""
    content = current_content(record)
    d = describe(content)
    return show(
        desk,
        "record.html",
        trail=record_trail(record, short(d.title)),
        record=record,
        content=content,
        d=d,
        by=by_of(d),
        items=copies_of(record),
        revisions=revisions_of(record),
        publication=publication_of(record, desk),
        may_edit_union=not record.deleted and desk.may(Permission.EDIT_UNION, record.library_id),
    )


def _revision(record: BibRecord, number: int) -> tuple[Revision, Revision | None]:
    this, before = revision_pair(record, number) if number < 2**31 else (None, None)
    if this is None:
        raise Http404
    return this, before


@require_safe
@record_page(Permission.VIEW_STAFF)
def revision(request: HttpRequest, desk: Desk, record: BibRecord, number: int) -> HttpResponse:
    """One state of a record, what changed since the one before, and the bytes as received."""
    this, before = _revision(record, number)
    content = from_canonical(this.marc)
    raw = bytes(this.raw)
    lines = compare(from_canonical(before.marc), content) if before is not None else []
    title = describe(content).title
    return show(
        desk,
        "revision.html",
        trail=record_trail(record, short(title), (_("Revision %(n)d") % {"n": number}, "")),
        record=record,
        revision=this,
        before=before,
        content=content,
        lines=lines,
        changed=any(line.kind != "same" for line in lines),
        title=title,
        size=len(raw),
        rows=hex_rows(raw),
        cut=len(raw) > SHOWN,
    )


@require_safe
@record_page(Permission.VIEW_STAFF)
def revision_bytes(request: HttpRequest, desk: Desk, record: BibRecord, number: int) -> HttpResponse:
    """The bytes of a revision as a file."""
    this, _before = _revision(record, number)
    response = HttpResponse(bytes(this.raw), content_type="application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="record-{record.pk}-r{number}.bin"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
