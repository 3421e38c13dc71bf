"""A table as read: where its header is, and its rows with what was odd about them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Final, NamedTuple

from lienthu.foundation.marc.problems import Problem
from lienthu.foundation.marc.tabular.columns import header_field, recognised
from lienthu.foundation.marc.tabular.headers import words_of
from lienthu.foundation.marc.tabular.sections import Places, is_heading, places

_LOOK_AHEAD: Final = 40


class TabularRefused(Exception):
    """The file is not read at all. ``code`` is a stable identifier, ``detail`` says what was found.

    Codes: not-a-workbook, encrypted, too-many-entries, too-large, compression-ratio, document-type, no-sheet,
    too-many-rows, too-many-columns, row-too-large, empty.
    """

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail


class Row(NamedTuple):
    """One row: its number in the file (1 = the first line or sheet row), its cells as text, and what was
    repaired. ``offset``, ``raw``: its first byte in a text file and its bytes; inside a workbook bytes say nothing to
    anybody. ``sheet``: where it stands, if not on the sheet of the table. ``problem``: why it is no row of the list.
    """

    number: int
    cells: tuple[str, ...]
    repairs: tuple[Problem, ...] = ()
    offset: int | None = None
    raw: bytes = b""
    sheet: str = ""
    problem: Problem | None = None

    def cell(self, column: int) -> str:
        """The text of a column, "" beyond the end of the row."""
        return self.cells[column] if 0 <= column < len(self.cells) else ""


class Table:
    """The rows of the list, once, in order. Blank rows are left out; every other row is yielded.

    ``headers`` are the column titles ("" where there is none), ``header_row`` the row number of the (lower)
    header row or 0 where the table has none, ``title_rows`` the rows above it that hold one cell, as titles do; others
    above it come first, with the problem "above-headings". Headings that come again come with "headings-again", and
    the cells below them stand under the headings of the table. ``sheet`` and ``other_sheets`` name the sheets of a
    workbook, ``further`` are the rows of the others; ``delimiter`` is that of a text file.
    """

    def __init__(
        self,
        rows: Iterable[Row],
        *,
        delimiter: str = "",
        sheet: str = "",
        other_sheets: Sequence[str] = (),
        further: Iterable[Row] = (),
    ) -> None:
        self.delimiter = delimiter
        self.sheet = sheet
        self.other_sheets = tuple(other_sheets)
        self._further = further
        source = (row for row in rows if any(row.cells) or row.repairs)
        ahead = list(islice(source, _LOOK_AHEAD))
        first = next((row for row in ahead if row.cells), None)
        if first is None:
            raise TabularRefused("empty")
        at, height = _find_header(ahead)
        self.header_row = ahead[at].number if at >= 0 else 0
        header = ahead[at - height + 1 : at + 1] if at >= 0 else []
        self.headers = _header_cells(header) if header else ("",) * len(first.cells)
        self._own = {words_of(cell) for row in header for cell in row.cells}
        above = ahead[: max(0, at - height + 1)]
        self.title_rows = tuple(row for row in above if _is_title(row))
        self._above = [row._replace(problem=Problem("above-headings")) for row in above if not _is_title(row)]
        self._ahead = ahead[at + 1 :]
        self._rest: Iterator[Row] = source

    def sample(self, most: int = 20) -> list[Row]:
        """The first rows (at most 39) without consuming them."""
        return self._ahead[:most]

    def __iter__(self) -> Iterator[Row]:
        return chain(self._above, self._below(), self._further)

    def _below(self) -> Iterator[Row]:
        under: Places | None = None
        for row in chain(self._ahead, self._rest):
            if self.header_row and is_heading(row.cells, self._own):
                under = places(row.cells, self.headers)
                yield row._replace(problem=Problem("headings-again"))
            else:
                yield row if under is None else row._replace(cells=under.moved(row.cells))


def _is_title(row: Row) -> bool:
    return sum(map(bool, row.cells)) < 2 and not row.repairs


def _find_header(rows: Sequence[Row]) -> tuple[int, int]:
    """Index of the lower header row and how many rows the header has; (-1, 0) where there is none."""
    known = [recognised(row.cells) for row in rows[:30]]
    # The first such row, not the one with the most headings: between two of them stand books. Rows of a form above
    # the list ("Thư viện", the library, "Năm", the year) name at most one heading for each answer.
    likely = [i for i, count in enumerate(known) if count >= 2]
    most = [i for i in likely if 2 * known[i] > sum(map(bool, rows[i].cells))]
    titled = [i for i in most if any(header_field(cell)[0] == "title" for cell in rows[i].cells)]
    best = next(iter([*titled, *most]), max(likely, key=lambda i: (known[i], -i), default=-1))
    if best >= 0:
        # Headers of two rows: "Xuất bản" above "Nơi", "Nhà XB", "Năm".
        if best + 1 < len(known) and known[best + 1] >= 2 and _goes_on(rows[best], rows[best + 1]):
            return best + 1, 2
        if best > 0 and known[best - 1] >= 1 and sum(map(bool, rows[best - 1].cells)) >= 2:
            return best, 2
        return best, 1
    widest = max(sum(map(bool, row.cells)) for row in rows)
    for i, row in enumerate(rows[:30]):
        filled = sum(map(bool, row.cells))
        if filled >= max(1, widest * 0.6):
            if filled < 2 and not known[i]:
                return -1, 0
            return (-1, 0) if _has_data(row) else (i, 1)
    return -1, 0


def _has_data(row: Row) -> bool:
    """Whether a row holds numbers, as data rows do and header rows do not."""
    return any(any(c.isdigit() for c in cell) for cell in row.cells)


def _goes_on(upper: Row, lower: Row) -> bool:
    """Whether a row of known words is the second row of a header: a book would have a title in it."""
    titles = [i for i, cell in enumerate(upper.cells) if header_field(cell)[0] == "title"]
    return not _has_data(lower) and all(recognised((lower.cell(i),)) for i in titles if lower.cell(i))


def _header_cells(rows: Sequence[Row]) -> tuple[str, ...]:
    width = max(len(row.cells) for row in rows)
    headers = []
    for column in range(width):
        # The lower of two header rows is the more precise one.
        names = [row.cell(column) for row in reversed(rows)]
        headers.append(next((" ".join(name.split()) for name in names if name.strip()), ""))
    return tuple(headers)
