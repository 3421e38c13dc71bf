"""From a file to pieces: one reader for every format, each piece with its bytes, its place and what was made of it.

Pure reading, nothing here writes. Rules IMP-1 to IMP-12, docs/specs/import.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

from lienthu.domain.catalog.content import harvested_identity
from lienthu.domain.catalog.encoding import (
    AUTO,
    Detection,
    EncodingPlan,
    detect,
    find_decoder,
    forced_plan,
    in_disguise,
    line_decoder,
    read_iso2709,
)
from lienthu.foundation.marc import marcjson, marcxml, oaipmh, tabular
from lienthu.foundation.marc.model import Record
from lienthu.foundation.marc.normalise import normalise
from lienthu.foundation.marc.oaipmh import Header
from lienthu.foundation.marc.problems import Problem, Unreadable
from lienthu.foundation.marc.sniff import sniff
from lienthu.foundation.marc.split import split_iso2709
from lienthu.foundation.vietnamese.encodings import Guess

HARVESTED: Final = "oai"
"""A list kept by the harvester (foundation/marc/oaipmh.py). Nobody uploads one, so it is not among FORMATS."""
FORMATS: Final = ("iso2709", "marcxml", "json", "csv", "xlsx")
_SNIFFED_BYTES: Final = 65_536
_SAMPLED_RECORDS: Final = 400
_PREVIEWED: Final = 8


class ReadPiece(NamedTuple):
    """One piece of a file: a record, or a problem that says why there is none.

    ``offset`` is its first byte, in workbooks its row, of harvested lists its ordinal; ``resume`` is where reading goes
    on after it. ``header`` came with a harvested record; one that was deleted there has neither record nor problem.
    """

    ordinal: int
    offset: int
    resume: int
    raw: bytes
    encoding: str
    record: Record | None
    problem: Problem | None = None
    repairs: tuple[Problem, ...] = ()
    header: Header | None = None

    @property
    def identity(self) -> str:
        """Who the record is by the word of a repository (rule HAR-4); "" where its own number says it."""
        return harvested_identity(self.header.identifier) if self.header else ""

    @property
    def deleted(self) -> bool:
        """Whether the repository says that the record is no more."""
        return self.header is not None and self.header.deleted


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: heading, the field it seems to hold ("" none), how sure that is, some of its values."""

    heading: str
    field: str
    confidence: float
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """What a file looks like before anything is written: for the wizard and the dry run."""

    format: str
    plan: EncodingPlan
    guesses: tuple[Guess, ...]
    records: tuple[ReadPiece, ...]
    columns: tuple[Column, ...] = ()
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class ReadingOptions:
    """How a file is to be read: format ("" = look), encoding ("" or auto = look), columns of tabular files."""

    format: str = ""
    encoding: str = AUTO
    mapping: Mapping[str, str] = field(default_factory=dict)


class UnknownFormat(Exception):
    """The bytes are in none of the formats that can be imported. ``problem`` says what was seen."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(str(problem))


def find_format(path: Path, filename: str = "") -> str:
    """The format of a file by its bytes, its name only as a hint. Raises UnknownFormat."""
    with path.open("rb") as f:
        head = f.read(_SNIFFED_BYTES)
    if not head.strip(b"\x00\t\r\n \x1a\xef\xbb\xbf"):
        raise UnknownFormat(Problem("empty-file"))
    found = sniff(head, filename or path.name)
    if found not in FORMATS:
        raise UnknownFormat(Problem("unknown-format"))
    return found


def plan_for(path: Path, fmt: str, encoding: str) -> Detection:
    """The encoding plan of a file: the one chosen, or the one its bytes speak for."""
    if encoding and encoding != AUTO:
        return Detection(forced_plan(encoding), ())
    if fmt == "iso2709":
        with path.open("rb") as f:
            return detect([p.raw for p in islice(split_iso2709(f), _SAMPLED_RECORDS)])
    if fmt == "csv":
        return detect(_first_lines(path))
    if fmt == "xlsx":
        return Detection(EncodingPlan("utf-8"), ())
    texts = [_text_of(p.record) for p in islice(_pieces_of_text_format(path, fmt), _SAMPLED_RECORDS) if p.record]
    return detect(texts)


def _first_lines(path: Path) -> list[bytes]:
    """The lines at the beginning of a text file: the last one only where the file ends with it, for it may be cut."""
    with path.open("rb") as f:
        head, more = f.read(_SNIFFED_BYTES), f.read(1)
    lines = head.splitlines(keepends=True)
    return lines[:-1] if more and len(lines) > 1 else lines


def pieces(
    path: Path, fmt: str, plan: EncodingPlan, mapping: Mapping[str, str], *, start: int = 0, ordinal: int = 0
) -> Iterator[ReadPiece]:
    """Every piece of the file from a checkpoint on (``resume`` and ``ordinal + 1`` of the last piece dealt with).

    Records are normalised. Raises TabularRefused for a table that cannot be opened safely.
    """
    if fmt == "iso2709":
        yield from _iso2709(path, plan, start, ordinal)
    elif fmt in ("marcxml", "json", HARVESTED):
        for piece in _pieces_of_text_format(path, fmt):
            if piece.ordinal >= ordinal:
                yield _mended(piece, plan)
    else:
        for piece in _tabular(path, fmt, plan, mapping):
            if piece.ordinal >= ordinal:
                yield piece


def preview(path: Path, options: ReadingOptions, filename: str = "") -> Preview:
    """Look at the beginning of a file: format, encoding, columns, first records. Raises UnknownFormat."""
    fmt = options.format or find_format(path, filename)
    detection = plan_for(path, fmt, options.encoding)
    columns: tuple[Column, ...] = ()
    mapping = options.mapping
    if fmt in ("csv", "xlsx"):
        columns = table_columns(path, fmt, detection.plan)
        mapping = mapping or {c.heading: c.field for c in columns if c.field}
    first = tuple(islice(pieces(path, fmt, detection.plan, mapping), _PREVIEWED))
    return Preview(fmt, detection.plan, detection.guesses, first, columns)


def table_columns(path: Path, fmt: str, plan: EncodingPlan) -> tuple[Column, ...]:
    """The columns of a table with the field each seems to hold and a few of its values. Raises TabularRefused."""
    with path.open("rb") as f:
        table = _table(f, fmt, plan)
        rows = table.sample()
        guesses = tabular.guess_mapping(table.headers, [r.cells for r in rows])
        sure = tabular.chosen(guesses)
        return tuple(
            Column(
                _heading(table, i),
                sure.get(i, ""),
                guesses[i].confidence if i in guesses else 0.0,
                tuple(v for r in rows[:4] if (v := r.cell(i))),
            )
            for i in range(len(table.headers))
        )


def _heading(table: tabular.Table, column: int) -> str:
    """The name under which a column's choice is saved: its heading, or its place where it has none or a common one."""
    heading = table.headers[column].strip()
    return heading if heading and table.headers.count(table.headers[column]) == 1 else f"{heading}#{column + 1}"


def _chosen_columns(table: tabular.Table, mapping: Mapping[str, str]) -> dict[int, str]:
    """Column → field by the saved mapping, or by guess where nothing was saved.

    A field whose saved headings are all gone from the table was given another heading, and is guessed: left out, it
    would be erased from records that are there. What a person chose for this very table names its own headings.
    """
    guessed = tabular.chosen(tabular.guess_mapping(table.headers, [r.cells for r in table.sample()]))
    if not mapping:
        return guessed
    headings = [_heading(table, i) for i in range(len(table.headers))]
    named = {i: name for i, h in enumerate(headings) if (name := mapping.get(h, "")) in tabular.FIELDS}
    gone = set(mapping.values()) - set(named.values())
    renamed = {
        i: name for i, name in guessed.items() if name in gone and i < len(headings) and headings[i] not in mapping
    }
    return {**named, **renamed}


def _iso2709(path: Path, plan: EncodingPlan, start: int, ordinal: int) -> Iterator[ReadPiece]:
    with path.open("rb") as f:
        for number, piece in enumerate(split_iso2709(f, start=start), ordinal):
            resume = piece.offset + len(piece.raw)
            try:
                parsed, encoding = read_iso2709(piece.raw, plan)
            except Unreadable as e:
                yield ReadPiece(number, piece.offset, resume, piece.raw, "", None, e.problem, piece.repairs)
                continue
            repairs = (*piece.repairs, *parsed.repairs)
            yield ReadPiece(number, piece.offset, resume, piece.raw, encoding, normalise(parsed.record), None, repairs)


def _pieces_of_text_format(path: Path, fmt: str) -> Iterator[ReadPiece]:
    """The records as parsed: what looks like rubbish to Unicode may be letters of an encoding in disguise."""
    module = marcxml if fmt == "marcxml" else marcjson
    with path.open("rb") as f:
        if fmt == HARVESTED:
            for n, h in enumerate(oaipmh.read(f)):
                yield ReadPiece(n, n, n + 1, h.raw, "utf-8", h.record, h.problem, tuple(h.repairs), h.header)
            return
        for n, p in enumerate(module.read(f)):
            yield ReadPiece(n, p.offset, n + 1, p.raw, "utf-8", p.record, p.problem, tuple(p.repairs))


def _mended(piece: ReadPiece, plan: EncodingPlan) -> ReadPiece:
    """The normalised record; where its characters are a legacy encoding in disguise, mended value by value before."""
    if piece.record is None:
        return piece
    name = plan.name if plan.forced else plan.in_text
    if not name or name == "utf-8":
        return piece._replace(record=normalise(piece.record))
    decode = find_decoder(name)
    if not plan.forced and not in_disguise(_text_of(piece.record), name):
        return piece._replace(record=normalise(piece.record))

    def mend(text: str) -> str:
        if text.isascii() and name != "viqr":
            return text
        try:
            return decode(text.encode("utf-8"))
        except ValueError:
            return text

    fields = (
        f._replace(data=mend(f.data)) if f.data else f._replace(subfields=tuple((c, mend(v)) for c, v in f.subfields))
        for f in piece.record.fields
    )
    return piece._replace(encoding=name, record=normalise(piece.record.with_fields(fields)))


def _tabular(path: Path, fmt: str, plan: EncodingPlan, mapping: Mapping[str, str]) -> Iterator[ReadPiece]:
    with path.open("rb") as f:
        table = _table(f, fmt, plan)
        columns = _chosen_columns(table, mapping)
        for n, row in enumerate(tabular.read_rows(table, table.headers, columns, sheet=table.sheet)):
            record = normalise(row.record) if row.record is not None else None
            yield ReadPiece(
                n, row.offset, n + 1, row.raw, plan.name if fmt == "csv" else "utf-8", record, row.problem,
                tuple(row.repairs),
            )  # fmt: skip


def _table(f: BinaryIO, fmt: str, plan: EncodingPlan) -> tabular.Table:
    if fmt == "xlsx":
        return tabular.read_xlsx(f)
    return tabular.read_csv(f, decode=line_decoder(plan))


def _text_of(record: Record | None) -> bytes:
    if record is None:
        return b""
    values = [v for f in record.fields if f.tag >= "100" for _, v in f.subfields]
    return " ".join(values).encode("utf-8")
