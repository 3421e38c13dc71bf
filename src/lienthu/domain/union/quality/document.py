"""The quality of a library in words: what its page, PDF, XLSX and JSON are made of (rule QUA-5)."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from lienthu.domain.network.models import Library
from lienthu.domain.union.joining import words
from lienthu.domain.union.quality.models import LibraryQuality
from lienthu.domain.union.quality.selectors import newest, trend_of
from lienthu.foundation.marc.quality import IMPORTANT
from lienthu.platform.documents.model import Block, Cell, Column, Document, Section, Table, Text, Tile, Tiles


def document_of(library: Library) -> Document | None:
    """What was counted last, and the trend; None before the first counting. Two statements."""
    found = newest(library.pk)
    if found is None:
        return None
    return Document(
        title=_("Quality of the catalogue"),
        subtitle=library.name,
        facts=[(_("Counted"), date_format(localtime(found.counted_at), "SHORT_DATETIME_FORMAT"))],
        sections=[_overview(found), _complete(found), _valid(found), _trend(trend_of(library.pk))],
        language=(get_language() or "en")[:2],
        made_at=found.counted_at,
    )


def _overview(found: LibraryQuality) -> Section:
    c = found.counts
    tiles = [
        Tile(_("records"), found.records),
        Tile(_("have something wrong"), c["faulty"], "warning" if c["faulty"] else ""),
        Tile(_("stand in a publication with another record of this library"), c["twins"]),
        Tile(_("describe what no other library has"), c["alone"]),
    ]
    lists: list[list[Cell]] = [
        [_("Duplicates inside the own catalogue"), c["twins"]],
        [_("Publications with duplicates"), c["twin_publications"]],
        [_("Unmatched: no other library has it"), c["alone"]],
    ]
    columns = [Column(_("In the union")), Column(_("Records"), "number")]
    keys = ["twins" if c["twins"] else "", "", "alone" if c["alone"] else ""]
    return Section("overview", _("At a glance"), [Tiles(tiles), Table("", columns, lists, keys=keys)])


def _complete(found: LibraryQuality) -> Section:
    rows: list[list[Cell]] = []
    keys = []
    for name, tags in IMPORTANT.items():
        lacking, asked = found.counts["missing"].get(name, 0), found.counts["asked"].get(name, 0)
        rows.append([words.field(name), tags, lacking, 1 - lacking / asked if asked else 1.0])
        keys.append(f"missing-{name}" if lacking else "")
    columns = [Column(_("Field")), Column("MARC", "code"), Column(_("Missing"), "number"), Column(_("There"), "share")]
    note = _("Asked only of kinds of material that should have the field: nobody misses the ISBN of an article.")
    return Section("complete", _("Complete"), [Table("", columns, rows, note, keys=keys)])


def _valid(found: LibraryQuality) -> Section:
    faults = sorted(
        ((n, code) for code, n in found.counts["faults"].items() if n), key=lambda pair: (-pair[0], pair[1])
    )
    if not faults:
        return Section("valid", _("Valid"), [Text(_("Nothing looked wrong."), "ok")])
    columns = [Column(_("What was found")), Column(_("Records"), "number")]
    rows: list[list[Cell]] = [[words.problem(code), n] for n, code in faults]
    return Section("valid", _("Valid"), [Table("", columns, rows, keys=[f"fault-{code}" for _n, code in faults])])


def _trend(counted: Sequence[LibraryQuality]) -> Section:
    columns = [Column(_("Counted")), Column(_("After the import")), Column(_("Records"), "number")]
    columns += [Column(_("Complete"), "share"), Column(_("Without faults"), "share"), Column(_("Unmatched"), "share")]
    rows: list[list[Cell]] = []
    for q in counted:
        asked, lacking = sum(q.counts["asked"].values()), sum(q.counts["missing"].values())
        total = max(1, q.records)
        rows.append(
            [
                date_format(localtime(q.counted_at), "SHORT_DATE_FORMAT"),
                q.batch.filename if q.batch else "–",
                q.records,
                1 - lacking / asked if asked else 1.0, 1 - q.counts["faulty"] / total, q.counts["alone"] / total,
            ]
        )  # fmt: skip
    blocks: list[Block] = [Table("", columns, rows, _("Complete: the share of all fields asked for that are there."))]
    return Section("trend", _("From import to import"), blocks)
