"""Step 2 of the wizard: how the file is read. Nothing is written into the catalogue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from lienthu.domain.catalog.encoding import AUTO
from lienthu.domain.catalog.errors import CatalogRefused, SourceRefused
from lienthu.domain.catalog.models import ImportBatch, Source
from lienthu.domain.catalog.reading import Column, ReadPiece, table_columns
from lienthu.domain.catalog.selectors import plan_of, rules_of
from lienthu.domain.catalog.services import sources
from lienthu.domain.catalog.services.planning import SAID, TABULAR, assign_source, replan
from lienthu.domain.catalog.source_selectors import copies_state, sources_for
from lienthu.domain.network.policy import Permission
from lienthu.domain.union.joining.overlap import Overlap, overlap_of
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
_COMPARED = 200


@dataclass(frozen=True, slots=True)
class Look:
    """The beginning of the file as it is read now: what stands in the way, columns, records, common numbers."""

    trouble: Sentence
    columns: tuple[Column, ...] = ()
    read: list[ReadPiece] = field(default_factory=list)
    overlap: Overlap = field(default_factory=Overlap)


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
    looked = _look(batch, path)
    form = _form(request, batch, looked)
    if request.method == "POST" and form.is_valid():
        try:
            batch = _save(form, batch, desk, asked=_unsaid(batch, looked))
            looked = _look(batch, path)
            if "copies" in request.POST and batch.format not in TABULAR:
                return redirect("staff:import_copies", pk=batch.pk)
            if "go" not in request.POST:
                return redirect(f"{reverse('staff:import_check', args=[batch.pk])}#preview")
            if not _unsaid(batch, looked):
                request_trial(batch.pk, actor=desk.actor)
                return redirect("staff:import_trial", pk=batch.pk)
        except SourceRefused as refused:
            form.add_error("source", refused.message)
        except CatalogRefused as refused:
            tell(request, refused)
            return redirect("staff:batch", pk=batch.pk)
        else:
            form.offer_sources(sources_for(batch.library_id), ask=True)
            form.add_error("source", _("Say which system the file is from: its numbers stand for other works here."))
    read, shown = looked.read, looked.read[:_SHOWN]
    return show(
        desk,
        "import_check.html",
        trail=batch_trail(batch, (_("Check how it is read"), "")),
        status=422 if form.errors else 200,
        batch=batch,
        form=form,
        steps=steps_of(batch, "check"),
        trouble=looked.trouble,
        encodings=encoding_options(batch, path) if batch.format != "xlsx" else [],
        plan=plan_of(batch),
        columns=[ColumnRow(_title(c, i), c.values, form[f"column{i}"]) for i, c in enumerate(form.columns)],
        rules=[] if batch.format in TABULAR else rules_options(batch.source, read[:_FOR_COPIES]),
        records=[previewed(p) for p in shown],
        nothing_readable=bool(shown) and all(p.record is None for p in shown),
        copies=_copies(shown, rules_of(batch.source, batch.format)),
        copies_state=None if batch.format in TABULAR else copies_state(batch.source),
        overlap=looked.overlap,
        source_said=batch.options.get(SAID) == batch.source_id,
    )


def _look(batch: ImportBatch, path: Path) -> Look:
    """Read the beginning of the file with the choices the batch has now, and compare it with its source."""
    columns: tuple[Column, ...] = ()
    try:
        columns = table_columns(path, batch.format, plan_of(batch)) if batch.format in TABULAR else ()
    except TabularRefused as e:
        return Look(REFUSED_TABLES.get(e.code, e.code))
    except ValueError:
        return Look(_("The table cannot be read in this character set. Choose another one."))
    try:
        read = first_records(batch, path, _mapping(batch, columns), _COMPARED)
    except (TabularRefused, ValueError):
        return Look(_("The file cannot be read this way. Choose another character set."), columns)
    return Look("", columns, read, overlap_of(batch.source_id, [p.record for p in read if p.record is not None]))


def _unsaid(batch: ImportBatch, looked: Look) -> bool:
    """Whether a person must still say from which system the file is (IMP-35)."""
    return looked.overlap.doubtful and batch.options.get(SAID) != batch.source_id


def to_the_question(request: HttpRequest, batch: ImportBatch) -> HttpResponse | None:
    """The way to the question from which system the file is, where it must be answered before anything else."""
    if batch.status != ImportBatch.Status.UPLOADED or batch.dry_run or batch.options.get(SAID) == batch.source_id:
        return None
    path = files.path_of(batch.sha256)
    if not path.is_file() or not _unsaid(batch, _look(batch, path)):
        return None
    messages.warning(request, _("Say which system the file is from: its numbers stand for other works here."))
    return redirect(f"{reverse('staff:import_check', args=[batch.pk])}#system")


def _form(request: HttpRequest, batch: ImportBatch, looked: Look) -> CheckForm:
    ask = _unsaid(batch, looked)
    return CheckForm(
        request.POST if request.method == "POST" else None,
        sources=sources_for(batch.library_id),
        ask_source=ask,
        columns=looked.columns,
        has_encoding=batch.format != "xlsx",
        has_rules=batch.format not in TABULAR,
        own_rules=preset_of(batch.source) == OWN_RULES,
        initial={**_initial(batch, looked.columns), "source": "" if ask else str(batch.source_id)},
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


def _save(form: CheckForm, batch: ImportBatch, desk: Desk, *, asked: bool) -> ImportBatch:
    """Keep the choices; the batch as it is then. ``asked``: the system had to be said, also if it is the same."""
    said = form.cleaned_data.get("source")
    if said and (asked or said != str(batch.source_id)):
        batch = assign_source(batch.pk, actor=desk.actor, **form.source_choice())
    batch = replan(batch.pk, actor=desk.actor, encoding=form.encoding, mapping=form.mapping() if form.columns else None)
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
    return batch


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
