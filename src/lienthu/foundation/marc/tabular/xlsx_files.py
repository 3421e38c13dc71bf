"""Workbooks (Office Open XML, ISO/IEC 29500): cached values only, and no archive is unpacked before it is
weighed.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any, BinaryIO, Final

from lienthu.foundation.marc.problems import Problem, seen
from lienthu.foundation.marc.tabular.columns import recognised
from lienthu.foundation.marc.tabular.sections import places, same_columns
from lienthu.foundation.marc.tabular.table import Row, Table, TabularRefused
from lienthu.foundation.vietnamese.text import clean

MAX_COLUMNS: Final = 200
_LAST_COLUMN: Final = 16_384  # of the format, as the next
_LAST_ROW: Final = 1_048_576
_BEGIN: Final = 40
# With something in it: whole rows may be formatted to the last column.
_FAR_CELL: Final = re.compile(
    rb"<(?:[a-z]+:)?c\b[^<>]{0,200}?\br=[\"'](?:G[S-Z]|[H-Z][A-Z]|[A-Z]{3})[0-9]+[\"'][^<>]{0,200}(?<!/)>"
)
_FORMULA: Final = re.compile(rb"<(?:[a-z]+:)?f[ >]")
_ZEROS: Final = re.compile(r"0{2,20}")
_ERRORS: Final = frozenset({"#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!"})
_DOCUMENT_TYPE: Final = (b"<!DOCTYPE", b"<!ENTITY", b"<\0!\0", b"\0<\0!")


def read_xlsx(
    stream: BinaryIO,
    *,
    sheet: str | None = None,
    max_uncompressed: int = 400_000_000,
    max_ratio: float = 150.0,
    max_entries: int = 2_000,
    max_rows: int = 200_000,
) -> Table:
    """The table on one sheet of an XLSX workbook: the named one, or the first visible one with a header.

    Where none is named, the rows of other visible sheets with the same columns follow, in whatever order their
    columns stand. Of every other sheet that is not empty one row follows, with the problem "sheet-not-read".

    ``stream`` must be seekable. Before anything is unpacked the archive's directory is checked: number of
    entries, total size, ratio of total to compressed size (from 10 MB on), encryption, XML document types.
    Formulas are never evaluated: the value the spreadsheet program stored counts; a formula without one
    leaves an empty cell and the problem "formula-without-value". Whole numbers lose ".0", dates become
    yyyy-mm-dd, error values are empty and reported as "cell-error". Raises TabularRefused.
    """
    _weigh(stream, max_uncompressed=max_uncompressed, max_ratio=max_ratio, max_entries=max_entries)
    values = _open(stream, data_only=True)
    names = [ws.title for ws in values.worksheets if ws.sheet_state == "visible"]
    if sheet is not None:
        if sheet not in values.sheetnames:
            raise TabularRefused("no-sheet", sheet)
        name = sheet
    else:
        name = _likeliest(values, names)
    has_formulas, wide = _seen_in(stream)
    formulas = _open(stream, data_only=False) if has_formulas else None
    others = [ws.title for ws in values.worksheets if ws.title != name] if sheet is None else []

    def rows_of(title: str, most: int = max_rows, stop: bool = False) -> Iterator[Row]:
        return _rows(values[title], formulas[title] if formulas else None, most, stop=stop, wide=wide and not stop)

    def further() -> Iterator[Row]:
        for title in others:
            yield from _further(title, table, rows_of, visible=title in names)

    table = Table(rows_of(name), sheet=name, other_sheets=others, further=further())
    return table


def _further(title: str, table: Table, rows_of: Callable[..., Iterator[Row]], *, visible: bool) -> Iterator[Row]:
    """What another sheet has for the table: its rows where it has the same columns, else word of it."""
    begin = list(rows_of(title, _BEGIN, stop=True))
    if not begin:
        return
    if visible and table.header_row and any(row.cells for row in begin):
        own = Table(begin)
        if own.header_row and same_columns(own.headers, table.headers):
            under = places(own.headers, table.headers)
            for row in Table(rows_of(title)):
                moved = row.cells if under is None or row.problem else under.moved(row.cells)
                yield row._replace(cells=moved, sheet=title)
            return
    count = sum(1 for _ in rows_of(title, _LAST_ROW, stop=True))
    yield begin[0]._replace(sheet=title, problem=Problem("sheet-not-read", seen("sheet-rows", title, count)))


def _weigh(stream: BinaryIO, *, max_uncompressed: int, max_ratio: float, max_entries: int) -> None:
    """Refuse an archive that is none, is encrypted, or would grow beyond the limits."""
    stream.seek(0)
    try:
        with zipfile.ZipFile(stream) as archive:
            entries = archive.infolist()
            if len(entries) > max_entries:
                raise TabularRefused("too-many-entries", f"{len(entries)} entries")
            total = sum(e.file_size for e in entries)
            packed = sum(e.compress_size for e in entries)
            if total > max_uncompressed:
                raise TabularRefused("too-large", f"{total} bytes unpacked")
            if total > 10_000_000 and total > max_ratio * max(1, packed):
                raise TabularRefused("compression-ratio", f"{total} bytes from {packed}")
            if any(e.flag_bits & 0x1 for e in entries):
                raise TabularRefused("encrypted")
            if len({e.filename for e in entries}) != len(entries):
                raise TabularRefused("not-a-workbook", "an entry occurs twice")
            for entry in entries:
                if entry.filename.endswith((".xml", ".rels")):
                    with archive.open(entry) as part:
                        head = part.read(2048)
                    if any(sign in head for sign in _DOCUMENT_TYPE):
                        raise TabularRefused("document-type", entry.filename)
            if "[Content_Types].xml" not in archive.namelist():
                raise TabularRefused("not-a-workbook")
    except (
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        OSError,
        EOFError,
        NotImplementedError,
        RuntimeError,
    ) as error:
        # A password-protected workbook is an OLE file, not a ZIP file; so is the old .xls.
        stream.seek(0)
        ole = stream.read(4) == b"\xd0\xcf\x11\xe0"
        raise TabularRefused(
            "encrypted" if ole else "not-a-workbook", "OLE file (.xls or password)" if ole else ""
        ) from error


def _open(stream: BinaryIO, *, data_only: bool) -> Any:
    import openpyxl  # loads slowly and is needed for workbooks only

    stream.seek(0)
    try:
        return openpyxl.load_workbook(stream, read_only=True, data_only=data_only, keep_links=False)
    except Exception as error:  # openpyxl raises whatever a damaged part leads to
        raise TabularRefused("not-a-workbook", type(error).__name__) from error


def _seen_in(stream: BinaryIO) -> tuple[bool, bool]:
    """Whether any sheet holds a formula (only then the workbook is opened a second time), and whether any has a cell
    beyond the columns that are read.
    """
    formulas = wide = False
    stream.seek(0)
    with zipfile.ZipFile(stream) as archive:
        for entry in archive.infolist():
            if entry.filename.startswith("xl/worksheets/") and entry.filename.endswith(".xml"):
                with archive.open(entry) as part:
                    tail = b""
                    while block := part.read(1 << 20):
                        block = tail + block
                        formulas = formulas or _FORMULA.search(block) is not None
                        wide = wide or _FAR_CELL.search(block) is not None
                        tail = block[-500:]
    return formulas, wide


def _likeliest(workbook: Any, names: list[str]) -> str:
    if not names:
        raise TabularRefused("no-sheet", "no visible sheet")
    for name in names:
        for row in _rows(workbook[name], None, 30, stop=True):
            if recognised(row.cells) >= 2:
                return name
    return next((name for name in names if any(True for _ in _rows(workbook[name], None, 1, stop=True))), names[0])


def _rows(sheet: Any, formulas: Any, max_rows: int, *, stop: bool = False, wide: bool = False) -> Iterator[Row]:
    """The rows of a sheet; ``stop`` ends at ``max_rows`` instead of refusing, and looks at no more columns than are
    read. ``wide``: cells may stand far to the right.
    """
    sheet.reset_dimensions()  # the dimension a file declares may be wrong, or a million rows
    most = _LAST_COLUMN if wide else MAX_COLUMNS + 1  # every row is padded to as many cells
    pairs = None
    if formulas is not None:
        formulas.reset_dimensions()
        pairs = iter(formulas.iter_rows(max_col=MAX_COLUMNS))
    filled, blank = 0, None
    try:
        for number, cells in enumerate(sheet.iter_rows(max_col=most), start=1):
            if number > _LAST_ROW:  # a number that a file claims: the rows before it come as blank ones
                raise TabularRefused("too-many-rows", f"row {number}")
            beside = next(pairs, ()) if pairs is not None else ()
            if cells is blank:  # rows that a file leaves out come as one and the same
                continue
            row = _row(number, cells[:MAX_COLUMNS], beside)
            if not stop and (far := _beyond(cells)):
                raise TabularRefused("too-many-columns", f"{far} in row {number}")
            if any(row.cells) or row.repairs:
                filled += 1
                if filled > max_rows:
                    if stop:
                        return
                    raise TabularRefused("too-many-rows", f"more than {max_rows}")
                yield row
            else:
                blank = cells
    except TabularRefused:
        raise
    except Exception as error:
        raise TabularRefused("not-a-workbook", type(error).__name__) from error


def _beyond(cells: Any) -> int:
    """The last column that holds something beyond those that are read; 0 for none."""
    filled = (i for i in range(len(cells) - 1, MAX_COLUMNS - 1, -1) if cells[i].value is not None)
    return next((i + 1 for i in filled if as_text(cells[i].value)), 0)


def _row(number: int, cells: Any, beside: Any) -> Row:
    texts: list[str] = []
    repairs: list[Problem] = []
    for index, cell in enumerate(cells):
        value = cell.value
        if value is None:
            # an empty text is a value: lists are prepared with =IF(B5="","",ROW()) down to the thousandth row
            if index < len(beside) and beside[index].data_type == "f" and cell.data_type != "str":
                repairs.append(Problem("formula-without-value", seen("row-column", number, index + 1)))
            texts.append("")
        elif cell.data_type == "e" or (isinstance(value, str) and value in _ERRORS):
            repairs.append(Problem("cell-error", seen("row-column-value", number, index + 1, value)))
            texts.append("")
        else:
            texts.append(as_text(value, cell.number_format if isinstance(value, (int, float)) else ""))
    while texts and not texts[-1]:
        texts.pop()
    return Row(number, tuple(texts), tuple(repairs))


def as_text(value: object, number_format: str = "") -> str:
    """A cell value as a person reads it: 1998.0 is "1998", a day "2021-03-04", 123 in the format 000000
    "000123".
    """
    if isinstance(value, str):
        return "\n".join([part for line in value.splitlines() if (part := clean(line).strip())])
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, (int, float)):
        if isinstance(value, float):
            if value != value or value in (float("inf"), float("-inf")):
                return ""
            if not value.is_integer():
                return format(value, ".15g")
            value = int(value)
        text = str(value)
        return text.zfill(len(number_format)) if _ZEROS.fullmatch(number_format) else text
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d}" if value.time() == time() else f"{value:%Y-%m-%d %H:%M:%S}"
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return clean(str(value)).strip()
