"""What every file of the register shares: headings, cells, errors by row. Rules REG-6, REG-7."""

from __future__ import annotations

import csv
import io
import re
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import IO, Any, ClassVar

from django.db import models
from django.db.models import Q, TextChoices
from django.utils.translation import gettext as _

from lienthu.domain.network.models import Branch, Library
from lienthu.domain.network.models.dated import holds_on
from lienthu.domain.network.services.periods import check
from lienthu.foundation.vietnamese.fold import fold
from lienthu.foundation.vietnamese.text import clean

Cells = Mapping[str, str]

MAX_BYTES = 5 * 1024 * 1024
MAX_ROWS = 5_000
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What makes a spreadsheet take a cell for a formula."""
_YES, _NO = {"yes", "true", "1", "co", "x"}, {"no", "false", "0", "khong"}
_PROSE = {"about", "note"}
_APART = re.compile(r"[\s,;|]+")


@dataclass(frozen=True, slots=True)
class RowError:
    """What is wrong with a row; row 1 is the headings, 0 the file as a whole. ``file``: inside a ZIP."""

    row: int
    field: str
    text: str
    file: str = ""


@dataclass(frozen=True, slots=True)
class RowDone:
    """What a row did or would do: ``action`` is created, updated or unchanged."""

    row: int
    code: str
    name: str
    action: str
    fields: tuple[str, ...] = ()
    file: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """What came of a file. Nothing is written where there is an error or it was a dry run."""

    applied: bool
    rows: tuple[RowDone, ...] = ()
    errors: tuple[RowError, ...] = ()

    @property
    def zipped(self) -> bool:
        """Whether it was more than one file."""
        return any(row.file for row in self.rows) or any(error.file for error in self.errors)

    def count(self, action: str) -> int:
        """How many rows did this."""
        return sum(row.action == action for row in self.rows)


class RowRefused(Exception):
    """A row, or with an empty field the file, cannot be taken."""

    def __init__(self, field: str, text: str) -> None:
        super().__init__(text)
        self.field = field


@dataclass(slots=True)
class Written:
    """What writing a row came to. ``changed``: None for a row that is new."""

    code: str
    name: str
    changed: set[str] | None
    libraries: set[int] = field(default_factory=set)
    """Those who show these libraries are told, unless the row changed nothing."""

    def add(self, changed: set[str], libraries: Iterable[int] = ()) -> None:
        """More that was news."""
        if self.changed is not None:
            self.changed |= changed
        self.libraries.update(libraries)

    @property
    def action(self) -> str:
        """In one word."""
        return "created" if self.changed is None else "updated" if self.changed else "unchanged"


class Table(ABC):
    """One kind of file. An instance serves one import, inside its transaction."""

    kind: ClassVar[str]
    action: ClassVar[str]
    """What the audit trail calls it."""
    headings: ClassVar[tuple[str, ...]]
    required: ClassVar[frozenset[str]]
    identity: ClassVar[tuple[str, ...]]
    """The columns by which two rows of a file are the same."""
    spoken: ClassVar[Mapping[str, str]]
    """Vietnamese labels of headings, in small letters."""
    about_libraries: ClassVar[bool] = True
    """Whether a row is written into the audit trail of its library."""

    @classmethod
    @abstractmethod
    def rows(cls, day: date, library_ids: Collection[int] | None, *, whole: bool = False) -> Iterator[dict[str, str]]:
        """The rows in force on a day, of these libraries (None: of all); ``whole``: also those that had ended by it."""

    @abstractmethod
    def write(self, cells: Cells) -> Written:
        """Write one row. Raises RowRefused or a refusal of the services."""

    def link(self, cells: Cells, row: Written) -> None:  # noqa: B027 -- rows of most kinds say nothing of each other
        """Once every row is written: what a row says of other rows; what was news is added to ``row``."""


def written(table: type[Table], day: date, library_ids: Collection[int] | None, *, whole: bool = False) -> str:
    """The file of a kind as of a day: UTF-8 text with a byte order mark for spreadsheets."""
    out = io.StringIO()
    out.write("\ufeff")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(table.headings)
    for row in table.rows(day, library_ids, whole=whole):
        writer.writerow([guarded(row.get(heading, "")) for heading in table.headings])
    return out.getvalue()


def guarded(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA) or cell[:1] == "'" else cell


def unguarded(cell: str) -> str:
    """The cell as it was before ``guarded``."""
    return cell[1:] if cell[:1] == "'" and (cell[1:].startswith(_FORMULA) or cell[1:2] == "'") else cell


def read(table: type[Table], stream: IO[bytes]) -> Iterator[tuple[int, dict[str, str]]]:
    """Row number and cells by heading, cleaned; blank rows are passed over. Raises RowRefused."""
    content = stream.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise RowRefused("", _("The file is larger than 5 MB."))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise RowRefused("", _("The file is not UTF-8 text. Save it as “CSV UTF-8”.")) from None
    first_line = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first_line.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        headings = _headings(table, next(reader, []))
        count = 0
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            count += 1
            if count > MAX_ROWS:
                raise RowRefused("", _("The file has more than 5,000 rows. Divide it."))
            if len(cells) > len(headings):
                raise RowRefused("", _("Line %(line)d has more cells than headings.") % {"line": reader.line_num})
            yield count + 1, {h: _cell(h, c) for h, c in zip(headings, cells, strict=False)}
    except csv.Error as error:
        raise RowRefused("", _("The file is not well-formed CSV: %(error)s.") % {"error": error}) from None


def _cell(heading: str, cell: str) -> str:
    cell = unguarded(cell.strip(" "))
    if heading in _PROSE:
        return "\n".join(clean(line) for line in cell.splitlines()).strip()
    return clean(cell)


def _headings(table: type[Table], cells: list[str]) -> list[str]:
    known = {name: name for name in table.headings} | {fold(spoken): name for spoken, name in table.spoken.items()}
    names = [known.get(fold(clean(cell)), "") for cell in cells]
    unknown = [clean(cell) or "?" for cell, name in zip(cells, names, strict=True) if not name]
    if unknown:
        raise RowRefused(
            ", ".join(unknown)[:100],
            _("Unknown heading. Allowed: %(names)s.") % {"names": ", ".join(table.headings)},
        )
    if missing := table.required - set(names):
        raise RowRefused(", ".join(sorted(missing)), _("This heading is missing."))
    if len(set(names)) != len(names):
        raise RowRefused("headings", _("A heading occurs twice."))
    return names


def once(table: type[Table], cells: Cells, number: int, seen: dict[tuple[str, ...], int]) -> None:
    """Raises RowRefused where a required cell is empty or an earlier row is about the same."""
    for heading in table.headings:
        if heading in table.required and not cells.get(heading):
            text = _("The code is missing.") if heading == "code" else _("This cell must not be empty.")
            raise RowRefused(heading, text)
    key = tuple(cells.get(heading, "").upper() for heading in table.identity)
    if key in seen:
        text = _("The same code stands in row %(row)d.") if key[1:] == () else _("Row %(row)d is about the same.")
        raise RowRefused(table.identity[-1], text % {"row": seen[key]})
    seen[key] = number


def day_in(cells: Cells, heading: str) -> date | None:
    """The day in a cell; None where it is empty. Raises RowRefused."""
    text = cells.get(heading, "")
    if not text:
        return None
    for form in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return datetime.strptime(text, form).date()
        except ValueError:
            continue
    raise RowRefused(heading, _("Write the date as 2025-07-01 or 01/07/2025."))


def yes_in(cells: Cells, heading: str) -> bool | None:
    """Yes or no; None where the cell is empty. Raises RowRefused."""
    text = fold(cells.get(heading, ""))
    if not text:
        return None
    if text not in _YES | _NO:
        raise RowRefused(heading, _("Write yes or no."))
    return text in _YES


def one_of(cells: Cells, heading: str, choices: type[TextChoices]) -> str:
    """The value of a choice written as its code or as people say it; "" where the cell is empty. Raises RowRefused."""
    text = fold(cells.get(heading, ""))
    if not text:
        return ""
    for choice in choices:
        if text in {choice.value, fold(str(choice.label))}:
            return str(choice.value)
    raise RowRefused(heading, _("Unknown value. Allowed: %(values)s.") % {"values": ", ".join(choices.values)})


def codes_in(cells: Cells, heading: str) -> list[str]:
    """The codes in a cell, parted by blanks, commas or semicolons."""
    return [code for code in _APART.split(cells.get(heading, "")) if code]


def iso(day: date | None) -> str:
    """A day as it stands in a file."""
    return day.isoformat() if day else ""


def yes(value: bool) -> str:
    """Yes or no as it stands in a file."""
    return "yes" if value else "no"


def library_in(cells: Cells, heading: str = "library") -> Library:
    """The library a row is about, locked. Raises RowRefused."""
    code = cells.get(heading, "")
    found = Library.objects.select_for_update().filter(code__iexact=code).first()
    if found is None:
        raise RowRefused(heading, _("There is no library %(code)s.") % {"code": code})
    return found


def branch_in(cells: Cells, library: Library) -> Branch | None:
    """The branch a row is about; None where the cell is empty: the library as a whole. Raises RowRefused."""
    code = cells.get("branch", "")
    if not code:
        return None
    found = library.branches.filter(code__iexact=code).first()
    if found is None:
        raise RowRefused("branch", _("This library has no branch %(code)s.") % {"code": code})
    return found


def put_on(row: models.Model, told: Mapping[str, Any]) -> set[str]:
    """Put what a row tells (neither None nor "") onto a row of the database and save it; the names of what differs."""
    changed = {name for name, value in told.items() if value not in (None, "") and getattr(row, name) != value}
    for name in changed:
        setattr(row, name, told[name])
    if changed or row.pk is None:
        check(row)
        row.save()
    return changed


def of_libraries(day: date, library_ids: Collection[int] | None, whole: bool) -> Q:
    """The filter on dated rows of libraries; None: of all."""
    begun = Q(valid_from__isnull=True) | Q(valid_from__lte=day)
    chosen = begun if whole else holds_on(day)
    return chosen if library_ids is None else chosen & Q(library_id__in=library_ids)


def joined(codes: Iterable[str]) -> str:
    """Codes as they stand in one cell."""
    return " ".join(codes)
