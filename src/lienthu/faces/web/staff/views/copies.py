"""Own rules for reading copies, tried on the file at hand before they are saved for its source (IMP-36)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from lienthu.domain.catalog.models import ImportBatch
from lienthu.domain.catalog.selectors import rules_of
from lienthu.domain.catalog.services import sources
from lienthu.domain.catalog.services.planning import TABULAR
from lienthu.domain.catalog.source_selectors import copies_state
from lienthu.domain.network.policy import Permission
from lienthu.faces.web.staff.access import Desk, batch_page
from lienthu.faces.web.staff.forms.copies import BaseRuleFormSet, RuleFormSet, initial_of
from lienthu.faces.web.staff.marc_lines import Line, lines_of
from lienthu.faces.web.staff.pages import batch_trail, show, steps_of
from lienthu.faces.web.staff.samples import first_records
from lienthu.foundation.marc.describe import describe
from lienthu.foundation.marc.holdings import HoldingRule, ItemData, read_items, rules_to_list
from lienthu.foundation.marc.model import Record
from lienthu.platform.services import files

_TRIED = 60
_SHOWN = 12
_LOCAL = "841"  # from here on a record says where copies are; below it what it describes
_CALL_NUMBERS = frozenset({"080", "082", "084", "090", "091", "092", "093", "094", "095", "096", "097", "098", "099"})


@dataclass(frozen=True, slots=True)
class FoundField:
    """A field that may hold copies: in how many of the first records, and how it looks in one of them."""

    tag: str
    records: int
    example: Line


@dataclass(frozen=True, slots=True)
class FoundCopy:
    """A copy that the rules find, and of what."""

    title: str
    item: ItemData


@require_http_methods(["GET", "HEAD", "POST"])
@batch_page(Permission.IMPORT_RECORDS)
def copies(request: HttpRequest, desk: Desk, batch: ImportBatch) -> HttpResponse:
    """Show the rules of the file's source; with POST, try others on its first records, or save them."""
    if batch.status != ImportBatch.Status.UPLOADED or batch.dry_run or batch.format in TABULAR:
        return redirect("staff:batch", pk=batch.pk)
    path = files.path_of(batch.sha256)
    if not path.is_file():
        raise Http404
    rules = rules_of(batch.source, batch.format)
    formset = RuleFormSet(request.POST if request.method == "POST" else None, initial=initial_of(rules))
    if request.method == "POST" and formset.is_valid():
        rules = formset.rules()
        if "save" in request.POST:
            sources.set_holding_rules(batch.source, rules_to_list(rules), actor=desk.actor)
            messages.success(
                request, _("The rules are saved. This file and the next ones of this system are read by them.")
            )
            return redirect(f"{reverse('staff:import_check', args=[batch.pk])}#copies")
        formset = RuleFormSet(initial=initial_of(rules)) if rules else formset
    read = [p.record for p in first_records(batch, path, {}, _TRIED) if p.record is not None]
    wrong = formset.is_bound and not formset.is_valid()
    return show(
        desk,
        "import_copies.html",
        trail=batch_trail(batch, (_("Check how it is read"), reverse("staff:import_check", args=[batch.pk])),
                          (_("Where the copies stand"), "")),
        status=422 if wrong else 200,
        batch=batch,
        steps=steps_of(batch, "check"),
        copies_state=copies_state(batch.source),
        **rules_tried(formset, read, rules, wrong=wrong, tried=request.method == "POST"),
    )  # fmt: skip


def rules_tried(
    formset: BaseRuleFormSet, read: Sequence[Record], rules: Sequence[HoldingRule], *, wrong: bool, tried: bool
) -> dict[str, Any]:
    """The context of staff/components/copy_rules.html: the rules, and what they find in these records."""
    return {
        "formset": formset,
        "fields": fields_of(read),
        "looked_at": len(read),
        "wrong": wrong,
        "tried": tried,
        "found": found_by(read, rules),
        "shown": _SHOWN,
    }


def fields_of(records: Sequence[Record]) -> list[FoundField]:
    """The fields of these records that may hold copies, in the order of their tags."""
    counts: Counter[str] = Counter()
    examples: dict[str, Line] = {}
    for record in records:
        counts.update({f.tag for f in record.fields if _may_hold_copies(f.tag)})
        for line in lines_of(record):
            if _may_hold_copies(line.tag) and len(line.subfields) > len(examples.get(line.tag, _NOTHING).subfields):
                examples[line.tag] = line
    return [FoundField(tag, counts[tag], examples[tag]) for tag in sorted(examples)]


_NOTHING = Line("", "", "", ())


def _may_hold_copies(tag: str) -> bool:
    return tag.isdigit() and ((tag >= _LOCAL and tag not in ("856", "880")) or tag in _CALL_NUMBERS)


def found_by(records: Sequence[Record], rules: Sequence[HoldingRule]) -> dict[str, object]:
    """What the rules find in these records: numbers, and the first copies."""
    items = [(record, item) for record in records for item in read_items(record, rules)]
    return {
        "copies": sum(item.copies for _record, item in items),
        "barcodes": sum(1 for _record, item in items if item.barcode),
        "records": len({id(record) for record, _item in items}),
        "first": [FoundCopy(describe(record).title, item) for record, item in islice(items, _SHOWN)],
    }
