"""A report as an Excel workbook: a sheet for each section. What came from outside is text, whatever it begins with."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Final

from django.utils.timezone import localtime
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.cell.cell import Cell as OneCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from lienthu.platform.documents.model import Cell, Comparisons, Document, Section, Table, Text, Tiles

_BOLD: Final = Font(bold=True)
_LARGE: Final = Font(bold=True, size=14)
_WRAP: Final = Alignment(vertical="top", wrap_text=True)
_FORBIDDEN_IN_NAME: Final = re.compile(r"[\[\]:*?/\\']")
_LONGEST: Final = 32_000  # characters; Excel takes 32,767
_WIDTHS: Final = (46, 22, 22, 46, 22, 22, 22, 22)


def to_xlsx(document: Document) -> bytes:
    """The report as one XLSX file."""
    book = Workbook(write_only=True)
    first = _sheet(book, document.title)
    first.append([_cell(first, document.title, font=_LARGE)])
    first.append([_cell(first, document.subtitle)])
    for label, value in document.facts:
        first.append([_cell(first, label), _cell(first, value)])
    first.append([_cell(first, ""), _cell(first, localtime(document.made_at).strftime("%Y-%m-%d %H:%M"))])
    for section in document.sections:
        _write(_sheet(book, section.title), section)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _sheet(book: Workbook, name: str) -> WriteOnlyWorksheet:
    taken = set(book.sheetnames)
    wanted = _FORBIDDEN_IN_NAME.sub(" ", name)[:31].strip() or "1"
    free = next(n for i in range(1, 100) if (n := wanted if i == 1 else f"{wanted[:27]} {i}") not in taken)
    sheet: WriteOnlyWorksheet = book.create_sheet(free)
    for at, width in enumerate(_WIDTHS, 1):
        sheet.column_dimensions[get_column_letter(at)].width = width  # type: ignore[attr-defined]  # the stubs lack it
    return sheet


def _write(sheet: WriteOnlyWorksheet, section: Section) -> None:
    sheet.append([_cell(sheet, section.title, font=_LARGE)])
    for block in section.blocks:
        sheet.append([])
        match block:
            case Text():
                sheet.append([_cell(sheet, block.text)])
            case Tiles():
                for tile in block.tiles:
                    sheet.append([_cell(sheet, tile.label), _cell(sheet, tile.value), _cell(sheet, tile.note)])
            case Table():
                _title(sheet, block.title, block.note)
                sheet.append([_cell(sheet, c.label, font=_BOLD) for c in block.columns])
                for row in block.rows:
                    kinds = [c.kind for c in block.columns]
                    sheet.append([_cell(sheet, v, share=k == "share") for k, v in zip(kinds, row, strict=True)])
            case Comparisons():
                _title(sheet, block.title, block.note)
                for pair in block.pairs:
                    sheet.append([_cell(sheet, pair.certainty, font=_BOLD)])
                    for party in (pair.left, pair.right):
                        sheet.append([_cell(sheet, v) for v in (party.heading, party.title, *party.lines)])
                    for reason in pair.reasons:
                        values = (reason.feature, reason.left, reason.right, reason.outcome)
                        sheet.append([_cell(sheet, v) for v in values])
                    sheet.append([])


def _title(sheet: WriteOnlyWorksheet, title: str, note: str) -> None:
    if title:
        sheet.append([_cell(sheet, title, font=_BOLD)])
    if note:
        sheet.append([_cell(sheet, note)])


def _cell(sheet: WriteOnlyWorksheet, value: Cell, *, font: Font | None = None, share: bool = False) -> OneCell:
    """A cell. Text stays text: "=1+1" in a title is shown as it stands, also after somebody has edited it."""
    if isinstance(value, str):
        cell = WriteOnlyCell(sheet, value=ILLEGAL_CHARACTERS_RE.sub("", value)[:_LONGEST])
        cell.data_type = "s"
        cell.alignment = _WRAP
        if value[:1] in "=+-@\t\r":
            cell.quotePrefix = True
    else:
        cell = WriteOnlyCell(sheet, value=value)
        if share:
            cell.number_format = "0.0%"
    if font is not None:
        cell.font = font
    return cell
