"""What an import found: problems by kind, and the pieces that could not be read, with their bytes."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lienthu.domain.catalog.batch_selectors import problems_of, quarantine_of, quarantined_piece
from lienthu.domain.catalog.models import ImportBatch, Quarantined
from lienthu.domain.catalog.services.batches import EXAMPLES_PER_CODE
from lienthu.domain.network.policy import Permission
from lienthu.faces.web.staff.access import Desk, batch_page
from lienthu.faces.web.staff.hexdump import SHOWN, hex_rows
from lienthu.faces.web.staff.pages import batch_trail, number_from, show
from lienthu.faces.web.staff.problems import sentence
from lienthu.foundation.marc.problems import words_of

PAGE = 50


@require_safe
@batch_page(Permission.IMPORT_RECORDS)
def problems(request: HttpRequest, desk: Desk, batch: ImportBatch, code: str) -> HttpResponse:
    """Examples of one kind of problem, in the order of the file."""
    count = batch.problem_counts.get(code)
    if count is None:
        raise Http404
    after = number_from(request, "after")
    found = problems_of(batch, code, after=after, limit=PAGE + 1)
    rows = found[:PAGE]
    here = reverse("staff:import_problems", args=[batch.pk, code])
    return show(
        desk,
        "problems.html",
        trail=batch_trail(batch, (_("Problems"), "")),
        batch=batch,
        code=code,
        sentence=sentence(code),
        count=count,
        bound=EXAMPLES_PER_CODE,
        rows=rows,
        quarantined=not rows and after is None,
        next_url=f"{here}?after={rows[-1].pk}" if len(found) > PAGE else "",
        previous_url=here if after else "",
    )


@require_safe
@batch_page(Permission.IMPORT_RECORDS)
def quarantine(request: HttpRequest, desk: Desk, batch: ImportBatch) -> HttpResponse:
    """The pieces that could not be read, in the order of the file."""
    after = number_from(request, "after")
    found = quarantine_of(batch, after=after, limit=PAGE + 1)
    rows = found[:PAGE]
    here = reverse("staff:import_quarantine", args=[batch.pk])
    return show(
        desk,
        "quarantine.html",
        trail=batch_trail(batch, (_("Records not read"), "")),
        batch=batch,
        rows=rows,
        in_bytes=all(_in_bytes(batch, row) for row in rows),
        next_url=f"{here}?after={rows[-1].ordinal}" if len(found) > PAGE else "",
        previous_url=here if after is not None else "",
    )


def _piece(batch: ImportBatch, ordinal: int) -> Quarantined:
    found = quarantined_piece(batch, ordinal) if ordinal < 2**63 else None
    if found is None:
        raise Http404
    return found


@require_safe
@batch_page(Permission.IMPORT_RECORDS)
def piece(request: HttpRequest, desk: Desk, batch: ImportBatch, ordinal: int) -> HttpResponse:
    """One piece: where it stood, why it could not be read, and its bytes."""
    found = _piece(batch, ordinal)
    raw = bytes(found.raw)
    return show(
        desk,
        "piece.html",
        trail=batch_trail(
            batch, (_("Records not read"), reverse("staff:import_quarantine", args=[batch.pk])), (f"{ordinal + 1}", "")
        ),
        batch=batch,
        piece=found,
        sentence=sentence(found.code),
        size=len(raw),
        rows=hex_rows(raw, start=found.offset if _in_bytes(batch, found) and not raw.startswith(_ROW) else 0),
        cut=len(raw) > SHOWN,
        in_bytes=_in_bytes(batch, found),
    )


_ROW = b'{"row":'  # of rows of text tables the cells were kept before, not the bytes


def _in_bytes(batch: ImportBatch, piece: Quarantined) -> bool:
    """Whether the place of a piece is a byte of the file: in workbooks it is the row, of lists harvested the record.

    Before, it was the record also in XML and JSON; of files, none but the first record begins at so early a byte. In
    CSV it was the row, which was said in other words than now.
    """
    if batch.format == "csv":
        return words_of(piece.detail) is not None
    if batch.format in ("marcxml", "json"):
        return piece.ordinal == 0 or piece.offset > piece.ordinal
    return batch.format == "iso2709"


@require_safe
@batch_page(Permission.IMPORT_RECORDS)
def piece_bytes(request: HttpRequest, desk: Desk, batch: ImportBatch, ordinal: int) -> HttpResponse:
    """The bytes of one piece as a file."""
    found = _piece(batch, ordinal)
    response = HttpResponse(bytes(found.raw), content_type="application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="import-{batch.pk}-{ordinal + 1}.bin"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
