"""A joining report in words: what pages, PDF, XLSX and JSON are made of (rules REP-1 to REP-6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from lienthu.domain.catalog.batch_selectors import first_examples
from lienthu.domain.catalog.models import ImportBatch
from lienthu.domain.network.selectors import LibraryFacts, library_facts
from lienthu.domain.union.joining import words
from lienthu.domain.union.joining.findings import PAIRS, Compared, Conflict, Findings, Side
from lienthu.domain.union.joining.selectors import findings_of
from lienthu.domain.union.reasons import told
from lienthu.foundation.marc.quality import IMPORTANT
from lienthu.platform.documents.model import (
    Block,
    Cell,
    Column,
    Comparison,
    Comparisons,
    Document,
    Kind,
    Party,
    Reason,
    Section,
    Table,
    Text,
    Tile,
    Tiles,
)
from lienthu.platform.documents.numbers import shown_number

Rows = list[list[Cell]]
_SHOWN = 3  # examples of a problem in its row


def document_of(trial: ImportBatch) -> Document | None:
    """The report of a rehearsal in the language in force; None where none is kept. Three statements."""
    found = findings_of(trial)
    if found is None:
        return None
    libraries = library_facts()
    own = libraries.get(trial.library_id)
    sections = [
        _against(found, trial, libraries),
        _inside(found, trial, libraries),
        _conflicts(found),
        _quality(found, trial),
        _encodings(trial),
        _changes(found, trial),
    ]
    return Document(
        title=_("Joining report"),
        subtitle=own.name if own else "",
        facts=[
            (_("File"), trial.filename),
            (_("Records read"), shown_number(trial.read)),
            (_("Character set"), trial.encoding.upper()),
            (_("Handed over by"), trial.uploaded_by),
            ("SHA-256", trial.sha256),
        ],
        sections=sections,
        language=(get_language() or "en")[:2],
        made_at=trial.finished_at or trial.uploaded_at,
        footer=_("Dry run: nothing has been written. Rule %(rule)s of joining.") % {"rule": found.rule},
    )


def _share() -> Column:
    return Column(pgettext("part of all", "Share"), "share")


def _against(found: Findings, trial: ImportBatch, libraries: Mapping[int, LibraryFacts]) -> Section:
    tiles = [
        Tile(_("records that would be new or changed"), found.placed),
        Tile(
            _("describe a publication that another library has"), found.matched, "ok",
            ngettext("%(n)s publication", "%(n)s publications", found.matched_publications)
            % {"n": shown_number(found.matched_publications)},
        ),
        Tile(
            _("are new to the province"), found.new, "",
            ngettext("%(n)s publication", "%(n)s publications", found.new_publications)
            % {"n": shown_number(found.new_publications)},
        ),
        Tile(_("describe a publication that only this library has already"), found.beside_own),
        Tile(_("have a doubtful partner, for people to decide"), found.doubtful, "warning" if found.doubtful else ""),
    ]  # fmt: skip
    blocks: list[Block] = [Tiles(tiles)]
    if trial.unchanged:
        blocks.append(
            Text(
                ngettext(
                    "%(n)s record is in the catalogue already, unchanged, and is not counted here.",
                    "%(n)s records are in the catalogue already, unchanged, and are not counted here.",
                    trial.unchanged,
                )
                % {"n": trial.unchanged}
            )
        )
    if found.matched_by_library:
        blocks.append(
            Table(
                _("Which libraries have the same"),
                [
                    Column(_("Library")),
                    Column(_("Records"), "number"),
                    _share(),
                ],
                _by_library(found, libraries),
            )
        )
    note = _("Half of the examples are those the program is least sure of, the others are drawn from all.")
    blocks += _pairs(_("Found to be the same"), note, found.matched_examples, trial, libraries)
    note = _("They stay apart until a person decides.")
    blocks += _pairs(_("Doubtful"), note, found.doubtful_examples, trial, libraries)
    return Section("union", _("In the union catalogue"), blocks)


def _by_library(found: Findings, libraries: Mapping[int, LibraryFacts]) -> Rows:
    rows: Rows = []
    closed = 0
    for key, count in found.matched_by_library.items():
        facts = libraries.get(int(key))
        if facts is None or facts.closed:
            closed += count
        else:
            rows.append([facts.name, count, count / max(1, found.placed)])
    rows.sort(key=lambda row: (-float(row[1]), str(row[0])))
    if closed:
        rows.append([_("Libraries that are not shown to the public"), closed, closed / max(1, found.placed)])
    return rows


def _inside(found: Findings, trial: ImportBatch, libraries: Mapping[int, LibraryFacts]) -> Section:
    blocks: list[Block] = []
    if found.repeated_records:
        surplus = found.repeated_records - found.repeated_publications
        blocks.append(
            Tiles(
                [
                    Tile(_("publications that the file describes more than once"), found.repeated_publications),
                    Tile(_("records of these publications"), found.repeated_records),
                    Tile(_("records too many"), surplus, "warning"),
                ]
            )
        )
        blocks += _pairs(_("The same inside the file"), "", found.repeated_examples, trial, libraries)
    else:
        blocks.append(Text(_("No publication is described twice."), "ok"))
    return Section("inside", _("Duplicates inside the file"), blocks)


def _conflicts(found: Findings) -> Section:
    blocks: list[Block] = []
    if found.barcodes_taken:
        note = (
            ngettext(
                "%(n)s copy has the barcode of another copy of this library.",
                "%(n)s copies have the barcode of another copy of this library.",
                found.barcodes_taken,
            )
            % {"n": found.barcodes_taken}
        ) + _first(len(found.barcode_examples), found.barcodes_taken)
        columns = [Column(_("Barcode"), "code"), Column(_("No."), "number"), Column(_("In the file"))]
        columns += [Column(_("Has it")), Column(_("Where"))]
        rows: Rows = [[c.what, c.place, c.label, c.other or "–", _where(c)] for c in found.barcode_examples]
        blocks.append(Table(_("The same barcode"), columns, rows, note))
    if found.numbers_repeated:
        note = (
            ngettext(
                "%(n)s record has the control number of an earlier record of the file and would replace it.",
                "%(n)s records have the control number of an earlier record of the file and would replace it.",
                found.numbers_repeated,
            )
            % {"n": found.numbers_repeated}
        ) + _first(len(found.number_examples), found.numbers_repeated)
        columns = [Column(_("Control number"), "code"), Column(_("No."), "number"), Column(_("In the file"))]
        rows = [[c.what, c.place, c.label] for c in found.number_examples]
        blocks.append(Table(_("The same control number inside the file"), columns, rows, note))
    if found.numbers_reused:
        note = (
            ngettext(
                "%(n)s record has the control number of a record with quite another title and would replace it."
                " Was the number given twice, or is this another system of the library?",
                "%(n)s records have the control number of a record with quite another title and would replace it."
                " Were the numbers given twice, or is this another system of the library?",
                found.numbers_reused,
            )
            % {"n": found.numbers_reused}
        ) + _first(len(found.reused_examples), found.numbers_reused)
        columns = [Column(_("Control number"), "code"), Column(_("No."), "number"), Column(_("In the file"))]
        columns.append(Column(_("In the catalogue")))
        rows = [[c.what, c.place, c.label, c.other] for c in found.reused_examples]
        blocks.append(Table(_("Control numbers used for another book"), columns, rows, note))
    if not blocks:
        blocks.append(Text(_("No barcode and no control number is claimed twice."), "ok"))
    return Section("conflicts", _("Conflicts"), blocks)


def _where(conflict: Conflict) -> str:
    return _("in the file") if conflict.other_in_file else _("in the catalogue")


def _first(shown: int, count: int) -> str:
    return " " + _("The first %(n)s are shown.") % {"n": shown} if shown < count else ""


def _quality(found: Findings, trial: ImportBatch) -> Section:
    columns = [Column(_("Field")), Column("MARC", "code"), Column(_("Missing"), "number"), Column(_("There"), "share")]
    rows: Rows = []
    lacks: Rows = []
    for name, lack in found.quality.items():
        there = 1 - lack.missing / lack.asked if lack.asked else 1.0
        rows.append([words.field(name), IMPORTANT.get(name, ""), lack.missing, there])
        lacks += [[words.field(name), place, label] for place, label in lack.examples]
    note = _("Asked only of kinds of material that should have the field: nobody misses the ISBN of an article.")
    blocks: list[Block] = [Table(_("Complete"), columns, rows, note)]
    if lacks:
        columns = [Column(_("Missing")), Column(_("No."), "number"), Column(_("Record"))]
        blocks.append(Table(_("Where it is missing: the first examples"), columns, lacks))
    if trial.problem_counts:
        examples = first_examples(trial, _SHOWN)
        counted = sorted(trial.problem_counts.items(), key=lambda pair: (-pair[1], pair[0]))
        columns = [Column(_("What was found")), Column(_("Records"), "number"), Column(_("Examples"))]
        problems: Rows = [
            [
                words.problem(code),
                count,
                "\n".join(f"{e.label[:70]} – {e.detail[:60]}".rstrip(" –") for e in examples.get(code, ())),
            ]
            for code, count in counted
        ]
        blocks.append(Table(_("Repairs and problems"), columns, problems))
    else:
        blocks.append(Text(_("Nothing had to be repaired, nothing looked wrong."), "ok"))
    return Section("quality", _("Quality, field by field"), blocks)


def _encodings(trial: ImportBatch) -> Section:
    total = max(1, sum(trial.encoding_counts.values()))
    rows: Rows = [
        [name.upper(), count, count / total]
        for name, count in sorted(trial.encoding_counts.items(), key=lambda pair: (-pair[1], pair[0]))
    ]
    columns = [
        Column(_("Character set")),
        Column(_("Records"), "number"),
        _share(),
    ]
    chosen = trial.options.get("plan", {}).get("forced")
    said = _("A person chose the character set.") if chosen else _("The character set was found from the bytes.")
    return Section("encoding", _("Character sets seen"), [Table("", columns, rows, said)])


def _changes(found: Findings, trial: ImportBatch) -> Section:
    kind: Kind = "danger" if trial.quarantined else ""
    tiles = [
        Tile(_("would be created"), trial.created),
        Tile(_("would be updated"), trial.updated),
        Tile(_("unchanged"), trial.unchanged),
        Tile(_("could not be read"), trial.quarantined, kind),
        Tile(_("copies would be written"), trial.items),
    ]
    columns = [Column(_("Kind")), Column(_("Created"), "number"), Column(_("Updated"), "number")]
    columns.append(Column(_("Unchanged"), "number"))
    kinds = sorted(found.kinds.items(), key=lambda pair: (-pair[1].created - pair[1].updated, pair[0]))
    rows: Rows = [[words.material(k), v.created, v.updated, v.unchanged] for k, v in kinds]
    blocks: list[Block] = [Tiles(tiles), Table(_("By kind of material"), columns, rows)]
    if found.changed_fields:
        tags = sorted(found.changed_fields.items(), key=lambda pair: (-pair[1], pair[0]))
        columns = [Column("MARC", "code"), Column(_("Records in which it changes"), "number")]
        blocks.append(Table(_("Fields that would change"), columns, [[tag, n] for tag, n in tags]))
    if found.changed_examples:
        columns = [Column(_("No."), "number"), Column(_("Record")), Column(_("Fields"), "code")]
        blocks.append(Table(_("Records that would change: the first examples"), columns, found.changed_examples))
    return Section("changes", _("What the import would change"), blocks)


# ---------------------------------------------------------------------------------------------------- side by side


def _pairs(
    title: str, note: str, pairs: Sequence[Compared], trial: ImportBatch, libraries: Mapping[int, LibraryFacts]
) -> list[Block]:
    """Pairs with what a closed library holds left out: it is shown to nobody but its own people (SEA-2)."""
    shown = [
        p for p in pairs
        if all(s.library_id == trial.library_id or not _closed(s, libraries) for s in (p.left, p.right))
    ][:PAIRS]  # fmt: skip
    if not shown:
        return []
    return [Comparisons(title, [_comparison(p, libraries) for p in shown], note)]


def _closed(side: Side, libraries: Mapping[int, LibraryFacts]) -> bool:
    facts = libraries.get(side.library_id)
    return facts is None or facts.closed


def _comparison(pair: Compared, libraries: Mapping[int, LibraryFacts]) -> Comparison:
    certainty = _("Certainty %(score)s") % {"score": f"{pair.score:.0%}".replace("%", " %")}
    said = [told(r) for r in pair.reasons if r.get("left") or r.get("right")]
    reasons = [Reason(t.label, t.left, t.right, t.outcome, t.kind) for t in said]
    return Comparison(certainty, _party(pair.left, libraries), _party(pair.right, libraries), reasons)


def _party(side: Side, libraries: Mapping[int, LibraryFacts]) -> Party:
    facts = libraries.get(side.library_id)
    heading = _("In the file") if side.record_id is None else facts.name if facts else ""
    number = f"001: {side.number}" if side.number else ""
    return Party(heading, side.title or "–", [line for line in (side.responsibility, side.imprint, number) if line])
