"""A row as a MARC record, and every row as a piece of an import: nothing is dropped without a word."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Final, NamedTuple

from lienthu.foundation.marc.describe.isbd import trim
from lienthu.foundation.marc.holdings import HoldingRule
from lienthu.foundation.marc.model import Record
from lienthu.foundation.marc.problems import Problem, Unreadable, seen
from lienthu.foundation.marc.tabular.building import MANY, Builder
from lienthu.foundation.marc.tabular.columns import FIELDS
from lienthu.foundation.marc.tabular.table import Row

ROW_HOLDING_RULES: Final = (
    HoldingRule(tag="852", branch="b", location="c", call_number="h", barcode="p", copies="9", note="z", price="8"),
)
"""How the 852 fields that `row_to_record` writes are read back: $9 is the number of copies of a lot."""


class RowPiece(NamedTuple):
    """One row of a table on its way into the catalogue: either a record or the problem that prevents one.

    ``offset`` is the first byte of the row in a text file, in a workbook the number of the row. ``raw`` is the row as
    read, JSON ``{"row": n, "cells": [[header, text], …]}``, before these the name of the ``sheet`` in a workbook; of a
    row of a text file that became no record, its bytes.
    """

    offset: int
    raw: bytes
    record: Record | None
    problem: Problem | None
    repairs: tuple[Problem, ...]


def row_to_record(
    row: Row,
    mapping: Mapping[int, str],
    *,
    language: str = "vie",
    entered: date | None = None,
) -> Record:
    """The MARC 21 record of one row, described by ISBD, items in 852.

    ``mapping`` says which column (from 0) holds which of FIELDS; several columns may hold the same field.
    ``language`` is the code where no column says one; ``entered`` goes into 008/00-05. Raises Unreadable
    ("no-title") for a row without a title and ValueError for a field that is none of FIELDS.
    """
    return _build(row, (), mapping, language, entered)[0]


def read_rows(
    rows: Iterable[Row],
    headers: Sequence[str],
    mapping: Mapping[int, str],
    *,
    sheet: str = "",
    language: str = "vie",
    entered: date | None = None,
) -> Iterator[RowPiece]:
    """One piece for each row, in order. What was mended or looks wrong in a row is in its ``repairs``.

    ``sheet`` names where the rows stand in a workbook; a row that cannot be read says it.
    """
    table = sheet
    for row in rows:
        sheet = row.sheet or table
        record: Record | None = None
        problem: Problem | None = None
        found: tuple[Problem, ...] = ()
        try:
            if row.problem is not None:
                raise Unreadable(*row.problem)
            record, found = _build(row, headers, mapping, language, entered)
        except Unreadable as unreadable:
            at = seen("sheet-row", sheet, row.number) if sheet else seen("row", row.number)
            problem = unreadable.problem if row.problem and row.problem.detail else Problem(unreadable.problem.code, at)
        if row.problem is None and len(row.cells) > len(headers) and any(row.cells[len(headers) :]):
            found += (Problem("extra-cells", seen("cells-headings", len(row.cells), len(headers))),)
        offset = row.number if row.offset is None else row.offset
        raw = row.raw if problem and row.raw else _as_json(row, () if row.problem else headers, sheet)
        yield RowPiece(offset, raw, record, problem, row.repairs + found)


def _as_json(row: Row, headers: Sequence[str], sheet: str) -> bytes:
    cells = [[headers[i] if i < len(headers) else "", text] for i, text in enumerate(row.cells)]
    said = {**({"sheet": sheet} if sheet else {}), "row": row.number, "cells": cells}
    text = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "surrogatepass")


def _build(
    row: Row, headers: Sequence[str], mapping: Mapping[int, str], language: str, entered: date | None
) -> tuple[Record, tuple[Problem, ...]]:
    values: dict[str, list[str]] = {}
    further: list[tuple[str, str]] = []
    for column, name in sorted(mapping.items()):
        if name not in FIELDS:
            raise ValueError(f"{name!r} is no field of a table")
        if not (text := row.cell(column).strip()):
            continue
        if name in MANY or name not in values:
            values.setdefault(name, []).append(text)
        elif text not in values[name]:
            further.append((headers[column] if column < len(headers) else "", text))
    if not any(map(trim, values.get("title", ()))):
        raise Unreadable("no-title", f"row {row.number}")
    if further:  # a second year or shelf mark fits in no field of its own: a note says it under its heading
        values.setdefault("notes", []).extend(f"{heading}: {text}" if heading else text for heading, text in further)
    builder = Builder(values, language=language, entered=entered)
    record = builder.record()
    return record, (*builder.problems, *(Problem("second-value", text) for _, text in further))
