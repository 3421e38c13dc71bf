"""Step 2 of the wizard: how the file is read. Nothing is written into the catalogue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from lienthu.domain.catalog.encoding import AUTO
from lienthu.domain.catalog.errors import CatalogRefused
from lienthu.domain.catalog.models import ImportBatch, Source
from lienthu.domain.catalog.reading import Column, ReadPiece, table_columns
from lienthu.domain.catalog.selectors import plan_of, rules_of
from lienthu.domain.catalog.services import sources
from lienthu.domain.catalog.services.planning import TABULAR, replan
from lienthu.domain.network.policy import Permission
from lienthu.domain.union.services.requesting import request_trial
from lienthu.faces.web.staff.access import Desk, batch_page
from lienthu.faces.web.staff.forms.imports import OWN_RULES, CheckForm
from lienthu.faces.web.staff.pages import batch_trail, show, steps_of, tell
from lienthu.faces.web.staff.problems import REFUSED_TABLES, Sentence, detail_text, sentence
from lienthu.faces.web.staff.samples import encoding_options, first_records
from lienthu.faces.web.staff.words import PRESETS, Label
from lienthu.foundation.marc.describe import Description, describe
from lienthu.foundation.marc.holdings import (
    DEFAULT_RULES,
    HoldingRule,
    ItemData,
    read_items,
    rules_from_list,
    rules_to_list,
)
from lienthu.foundation.marc.holdings import (
    PRESETS as HOLDING_PRESETS,
)
from lienthu.foundation.marc.tabular import TabularRefused
from lienthu.foundation.vietnamese.names import direct_form
from lienthu.platform.services import files

_SHOWN = 8
_FOR_COPIES = 60


@dataclass(frozen=True, slots=True)
class PreviewedRecord:
    """One of the first records as a person reads it, or why there is none."""

    number: int
    piece: ReadPiece
    description: Description | None
    by: str
    problem: Sentence
    repairs: tuple[tuple[Sentence, str], ...]


@dataclass(frozen=True, slots=True)
class RulesOption:
    """A way of reading copies, with what it finds in the first records."""

    value: str
    label: Label
    text: Label
    current: bool
    copies: int
    barcodes: int
    example: ItemData | None


@dataclass(frozen=True, slots=True)
class ColumnRow:
    """A column of a table with its choice."""

    title: str
    values: tuple[str, ...]
    field: Any


@require_http_methods(["GET", "HEAD", "POST"])
@batch_page(Permission.IMPORT_RECORDS)
def check(request: HttpRequest, desk: Desk, batch: ImportBatch) -> HttpResponse:
    """Show how the file is read; with POST, read it otherwise, and go on to the dry run when asked to."""
    if batch.status != ImportBatch.Status.UPLOADED or batch.dry_run:
        return redirect("staff:batch", pk=batch.pk)
    path = files.path_of(batch.sha256)
    if not path.is_file():
        raise Http404
    tabular = batch.format in TABULAR
    trouble: Sentence = ""
    columns: tuple[Column, ...] = ()
    try:
        columns = table_columns(path, batch.format, plan_of(batch)) if tabular else ()
    except TabularRefused as e:
        trouble = REFUSED_TABLES.get(e.code, e.code)
    except ValueError:
        trouble = _("The table cannot be read in this character set. Choose another one.")
    form = CheckForm(
        request.POST if request.method == "POST" else None,
        columns=columns,
        has_encoding=batch.format != "xlsx",
        has_rules=not tabular,
        own_rules=preset_of(batch.source) == OWN_RULES,
        initial=_initial(batch, columns),
    )
    if request.method == "POST" and form.is_valid():
        try:
            _save(form, batch, desk)
            if "go" in request.POST:
                request_trial(batch.pk, actor=desk.actor)
                return redirect("staff:import_trial", pk=batch.pk)
        except CatalogRefused as refused:
            tell(request, refused)
            return redirect("staff:batch", pk=batch.pk)
        return redirect(f"{reverse('staff:import_check', args=[batch.pk])}#preview")
    read: list[ReadPiece] = []
    if not trouble:
        try:
            read = first_records(batch, path, _mapping(batch, columns), _SHOWN if tabular else _FOR_COPIES)
        except (TabularRefused, ValueError):
            trouble = _("The file cannot be read this way. Choose another character set.")
    return show(
        desk,
        "import_check.html",
        trail=batch_trail(batch, (_("Check how it is read"), "")),
        status=422 if form.errors else 200,
        batch=batch,
        form=form,
        steps=steps_of(batch, "check"),
        trouble=trouble,
        encodings=encoding_options(batch, path) if batch.format != "xlsx" else [],
        plan=plan_of(batch),
        columns=[ColumnRow(_title(c, i), c.values, form[f"column{i}"]) for i, c in enumerate(columns)],
        rules=[] if tabular else rules_options(batch.source, read),
        records=[previewed(p) for p in read[:_SHOWN]],
        nothing_readable=bool(read) and all(p.record is None for p in read),
        copies=_copies(read[:_SHOWN], rules_of(batch.source, batch.format)),
    )


def _title(column: Column, index: int) -> str:
    if column.heading.startswith("#"):
        return _("Column %(n)d") % {"n": index + 1}
    return column.heading


def _mapping(batch: ImportBatch, columns: Sequence[Column]) -> dict[str, str]:
    """Heading → field: what was chosen for this file, else what the library saved, else the guess."""
    chosen = batch.options.get("mapping")
    if chosen:
        return {c.heading: chosen.get(c.heading, "") for c in columns}
    saved = batch.source.column_mapping
    return {c.heading: saved.get(c.heading, c.field) for c in columns}


def _initial(batch: ImportBatch, columns: Sequence[Column]) -> dict[str, Any]:
    plan = plan_of(batch)
    mapping = _mapping(batch, columns)
    return {
        "encoding": plan.name if plan.forced else AUTO,
        "remember": bool(batch.source.encoding),
        "rules": preset_of(batch.source),
        **{f"column{i}": mapping[c.heading] for i, c in enumerate(columns)},
    }


def _save(form: CheckForm, batch: ImportBatch, desk: Desk) -> None:
    replan(batch.pk, actor=desk.actor, encoding=form.encoding, mapping=form.mapping() if form.columns else None)
    if form.columns:
        sources.set_column_mapping(batch.source, form.mapping(), actor=desk.actor)
    if form.encoding is not None:
        keep = form.cleaned_data["remember"] and form.encoding != AUTO
        sources.set_encoding(batch.source, form.encoding if keep else "", actor=desk.actor)
    if "rules" in form.fields:
        name = form.cleaned_data["rules"]
        if name != OWN_RULES and name != preset_of(batch.source):
            rules = rules_to_list(HOLDING_PRESETS[name]) if name else []
            sources.set_holding_rules(batch.source, rules, actor=desk.actor)


def preset_of(source: Source) -> str:
    """The preset that a source's rules are: "" the standard ones, ``own`` when they are none of ours."""
    if not source.holding_rules or rules_from_list(source.holding_rules) == DEFAULT_RULES:
        return ""
    rules = rules_from_list(source.holding_rules)
    return next((name for name, preset in HOLDING_PRESETS.items() if preset == rules), OWN_RULES)


def rules_options(source: Source, read: Sequence[ReadPiece]) -> list[RulesOption]:
    """Every way of reading copies, tried on the first records."""
    current = preset_of(source)
    ways: list[tuple[str, Label, Label, tuple[HoldingRule, ...]]] = [
        (name, label, text, HOLDING_PRESETS[name] if name else DEFAULT_RULES) for name, (label, text) in PRESETS.items()
    ]
    if current == OWN_RULES:
        own = rules_from_list(source.holding_rules)
        set_up = _("Set up for this library: %(tags)s.") % {"tags": ", ".join(rule.tag for rule in own)}
        ways.insert(0, (OWN_RULES, _("Rules of this library"), set_up, own))
    out = []
    for name, label, text, rules in ways:
        items = _copies(read, rules)
        example = next((i for i in items if i.barcode and i.call_number), items[0] if items else None)
        copies = sum(i.copies for i in items)
        barcodes = sum(1 for i in items if i.barcode)
        out.append(RulesOption(name, label, text, name == current, copies, barcodes, example))
    return out


def _copies(read: Sequence[ReadPiece], rules: Sequence[HoldingRule]) -> list[ItemData]:
    return [item for p in read if p.record is not None for item in read_items(p.record, rules)]


def previewed(piece: ReadPiece) -> PreviewedRecord:
    """A record of the preview."""
    description = describe(piece.record) if piece.record is not None else None
    by = ""
    if description is not None:
        by = description.responsibility or ", ".join(direct_form(p.name) or p.name for p in description.authors)
    return PreviewedRecord(
        number=piece.ordinal + 1,
        piece=piece,
        description=description,
        by=by,
        problem=sentence(piece.problem.code) if piece.problem and piece.record is None else "",
        repairs=tuple((sentence(r.code), detail_text(r.detail)) for r in piece.repairs),
    )
