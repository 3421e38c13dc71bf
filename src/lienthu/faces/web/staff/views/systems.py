"""A system of a library outside any import: by which rules its copies are read, and reading them again (IMP-38)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from lienthu.domain.catalog.long_work_models import CopyReading
from lienthu.domain.catalog.models import Source
from lienthu.domain.catalog.selectors import rules_of, titles_of
from lienthu.domain.catalog.services import sources
from lienthu.domain.catalog.source_selectors import barcodes_taken, copies_state, some_records
from lienthu.domain.network.policy import Permission
from lienthu.domain.union.services.requesting import request_copies
from lienthu.faces.web.staff.access import Desk, source_page
from lienthu.faces.web.staff.forms.copies import RuleFormSet, initial_of
from lienthu.faces.web.staff.pages import show_live
from lienthu.faces.web.staff.views.copies import rules_tried
from lienthu.faces.web.staff.words import PRESETS
from lienthu.foundation.marc.holdings import DEFAULT_RULES, rules_to_list
from lienthu.foundation.marc.holdings import PRESETS as HOLDING_PRESETS

_TRIED = 60
_NAMED = 50


@dataclass(frozen=True, slots=True)
class TakenBarcode:
    """A barcode that another copy has, and the title of the record that names it too."""

    barcode: str
    record_id: int
    title: str


@require_http_methods(["GET", "HEAD", "POST"])
@source_page(Permission.IMPORT_RECORDS)
def system(request: HttpRequest, desk: Desk, source: Source) -> HttpResponse:
    """Rules, how far the copies have followed them, what came of it. POST: try other rules, or save and follow them."""
    started = request.GET.get("start", "")
    rules = _preset(started) or rules_of(source)
    formset = RuleFormSet(request.POST if request.method == "POST" else None, initial=initial_of(rules))
    if request.method == "POST" and formset.is_valid():
        rules = formset.rules()
        if "save" in request.POST:
            sources.set_holding_rules(source, rules_to_list(rules), actor=desk.actor)
            if request_copies(source.pk, actor=desk.actor):
                messages.success(request, _("The rules are saved. The copies are being read again."))
            else:
                messages.success(request, _("The rules are saved. The copies were read by them already."))
            return redirect("staff:system", pk=source.pk)
        formset = RuleFormSet(initial=initial_of(rules)) if rules else formset
    state = copies_state(source)
    reading = state.reading
    wrong = formset.is_bound and not formset.is_valid()
    live = bool(request.headers.get("HX-Request"))
    records = [] if live and state.running else some_records(source.pk, _TRIED)
    response = show_live(
        desk,
        "system.html",
        "system_live.html",
        going=state.running,
        trail=[(_("Imports"), reverse("staff:import_list")), (source.name or source.code, "")],
        source=source,
        name=source.name or source.code,
        state=state,
        reading=reading,
        phase=_("Waiting for its turn") if reading and reading.total is None else _("Reading the copies again"),
        stats=stats_of(reading) if reading else [],
        taken=_taken(source) if reading and not state.running else [],
        presets=[(name or "standard", label) for name, (label, _text) in PRESETS.items()],
        started=started,
        **rules_tried(formset, records, rules, wrong=wrong, tried=request.method == "POST"),
    )
    if wrong:
        response.status_code = 422
    return response


@require_POST
@source_page(Permission.IMPORT_RECORDS)
def read(request: HttpRequest, desk: Desk, source: Source) -> HttpResponse:
    """Have the copies of the system read again by the rules in force."""
    if request_copies(source.pk, actor=desk.actor) is None:
        messages.success(request, _("The copies were read by these rules already."))
    return redirect("staff:system", pk=source.pk)


def stats_of(reading: CopyReading) -> list[dict[str, Any]]:
    """The tiles of what reading again brought."""
    tiles: list[dict[str, Any]] = [
        {"label": _("records read"), "value": reading.done},
        {"label": _("records with other copies"), "value": reading.changed},
        {"label": _("copies more"), "value": reading.added},
        {"label": _("copies fewer"), "value": reading.removed},
        {"label": _("copies altered"), "value": reading.altered},
    ]
    if reading.barcodes_taken:
        tiles.append({"label": _("barcodes that another copy has"), "value": reading.barcodes_taken, "kind": "danger"})
    return tiles


def _preset(name: str) -> tuple[Any, ...]:
    return DEFAULT_RULES if name == "standard" else HOLDING_PRESETS.get(name, ())


def _taken(source: Source) -> list[TakenBarcode]:
    found = barcodes_taken(source, _NAMED)
    titles = titles_of([record_id for record_id, _barcode in found]) if found else {}
    return [TakenBarcode(barcode, record_id, titles.get(record_id, "")) for record_id, barcode in found]
