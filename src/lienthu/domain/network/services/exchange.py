"""The register of libraries as a CSV file, in and out. The headings are described in this room's README."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import IO, Any

from django.db import DatabaseError, transaction
from django.utils.translation import gettext as _

from lienthu.domain.network.errors import Refused
from lienthu.domain.network.models import AdministrativeUnit, Library, LibraryType
from lienthu.domain.network.selectors import libraries_as_of
from lienthu.domain.network.services.libraries import (
    LIBRARY_CHANGED,
    Particulars,
    amend_library,
    described_today,
    enter_library,
)
from lienthu.domain.network.services.periods import Description
from lienthu.foundation.vietnamese.fold import fold
from lienthu.foundation.vietnamese.text import clean
from lienthu.platform.actor import Actor
from lienthu.platform.services import audit, changes

HEADINGS = (
    "code",
    "official_isil",
    "name",
    "name_en",
    "short_name",
    "type",
    "parent_body",
    "unit_code",
    "address",
    "phone",
    "email",
    "website",
    "about",
    "closed",
    "valid_from",
    "valid_to",
    "since",
)
_SPOKEN = {
    "mã": "code",
    "mã thư viện": "code",
    "mã isil chính thức": "official_isil",
    "tên": "name",
    "tên thư viện": "name",
    "tên tiếng anh": "name_en",
    "tên ngắn": "short_name",
    "loại": "type",
    "loại thư viện": "type",
    "cơ quan chủ quản": "parent_body",
    "mã đơn vị hành chính": "unit_code",
    "địa chỉ": "address",
    "điện thoại": "phone",
    "thư điện tử": "email",
    "trang web": "website",
    "giới thiệu": "about",
    "đóng": "closed",
    "hiệu lực từ": "valid_from",
    "chấm dứt ngày": "valid_to",
    "thay đổi từ": "since",
}
_NAMES = {**{name: name for name in HEADINGS}, **{fold(spoken): name for spoken, name in _SPOKEN.items()}}
_YES, _NO = {"yes", "true", "1", "co", "x"}, {"no", "false", "0", "khong"}
MAX_BYTES = 5 * 1024 * 1024
MAX_ROWS = 5_000
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What makes a spreadsheet take a cell for a formula."""


@dataclass(frozen=True, slots=True)
class RowError:
    """What is wrong with a row; row 1 is the headings, 0 the file as a whole."""

    row: int
    field: str
    text: str


@dataclass(frozen=True, slots=True)
class RowDone:
    """What a row did or would do: ``action`` is created, updated or unchanged."""

    row: int
    code: str
    name: str
    action: str
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """What came of a file. Nothing is written where there is an error or it was a dry run."""

    applied: bool
    rows: tuple[RowDone, ...] = ()
    errors: tuple[RowError, ...] = ()

    def count(self, action: str) -> int:
        """How many rows did this."""
        return sum(row.action == action for row in self.rows)


class _RowRefused(Exception):
    def __init__(self, field: str, text: str) -> None:
        super().__init__(text)
        self.field = field


def export_csv(as_of: date, *, library_ids: Collection[int] | None = None) -> str:
    """The libraries that existed on a day, as they were described then, one a row; None: all of them.

    UTF-8 text with a byte order mark for spreadsheets; a cell that a spreadsheet would take for a formula
    begins with an apostrophe, which ``import_csv`` takes away again.
    """
    out = io.StringIO()
    out.write("\ufeff")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(HEADINGS)
    for view in libraries_as_of(as_of, library_ids=library_ids):
        row = {
            "code": view.code,
            "official_isil": view.official_isil,
            "name": view.name,
            "name_en": view.name_en,
            "short_name": view.short_name,
            "type": view.type.value,
            "parent_body": view.parent_body,
            "unit_code": view.unit.code if view.unit else "",
            "address": view.address,
            "phone": view.phone,
            "email": view.email,
            "website": view.website,
            "about": view.about,
            "closed": "yes" if view.closed else "no",
            "valid_from": view.valid_from.isoformat() if view.valid_from else "",
            "valid_to": view.valid_to.isoformat() if view.valid_to else "",
            "since": "",
        }
        writer.writerow([_guarded(row[heading]) for heading in HEADINGS])
    return out.getvalue()


def _guarded(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) or cell[:1] == "'" else cell


def _unguarded(cell: str) -> str:
    return cell[1:] if cell[:1] == "'" and (cell[1:].startswith(_FORMULA) or cell[1:2] == "'") else cell


@transaction.atomic(durable=True)
def import_csv(stream: IO[bytes], *, actor: Actor, dry_run: bool) -> Report:
    """Create and change libraries from a file: all rows or, where one has an error, none.

    A dry run does everything and takes it back, so what it reports is what would happen. An empty cell
    changes nothing. Raises nothing for bad content: errors are in the report, by row and field.
    """
    try:
        rows = list(_rows(stream))
    except _RowRefused as refused:
        return Report(False, errors=(RowError(1 if refused.field else 0, refused.field, str(refused)),))
    units = {unit.code: unit for unit in AdministrativeUnit.objects.all()}
    done: list[RowDone] = []
    errors: list[RowError] = []
    touched: list[int] = []
    seen: dict[str, int] = {}
    for number, cells in rows:
        try:
            with transaction.atomic():
                _once(cells, number, seen)
                library, row = _apply(number, cells, units)
            done.append(row)
            if row.action != "unchanged":
                touched.append(library.pk)
        except _RowRefused as refused:
            errors.append(RowError(number, refused.field, str(refused)))
        except Refused as refused:
            errors.extend(_told(number, refused))
        except DatabaseError:
            errors.append(RowError(number, "", _("The database does not accept this row.")))
    if errors or dry_run:
        transaction.set_rollback(True)
        return Report(False, tuple(done), tuple(errors))
    audit.record(
        "libraries.imported",
        None,
        actor=actor,
        created=[row.code for row in done if row.action == "created"],
        updated=[row.code for row in done if row.action == "updated"],
    )
    for library in Library.objects.filter(pk__in=touched):
        audit.record("library.imported", library, actor=actor, library_id=library.pk)
    changes.publish(LIBRARY_CHANGED, touched)
    return Report(True, tuple(done))


def _told(number: int, refused: Refused) -> Iterator[RowError]:
    errors: Mapping[str, list[str]] = getattr(refused, "errors", {"": [str(refused)]})
    for field, texts in errors.items():
        yield from (RowError(number, field, text) for text in texts)


def _rows(stream: IO[bytes]) -> Iterator[tuple[int, dict[str, str]]]:
    """Row number and cells by heading, cleaned; blank rows are passed over."""
    content = stream.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise _RowRefused("", _("The file is larger than 5 MB."))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _RowRefused("", _("The file is not UTF-8 text. Save it as “CSV UTF-8”.")) from None
    first_line = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first_line.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        headings = _headings(next(reader, []))
        count = 0
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            count += 1
            if count > MAX_ROWS:
                raise _RowRefused("", _("The file has more than 5,000 rows. Divide it."))
            if len(cells) > len(headings):
                raise _RowRefused("", _("Line %(line)d has more cells than headings.") % {"line": reader.line_num})
            yield count + 1, {h: _cell(h, c) for h, c in zip(headings, cells, strict=False)}
    except csv.Error as error:
        raise _RowRefused("", _("The file is not well-formed CSV: %(error)s.") % {"error": error}) from None


def _cell(heading: str, cell: str) -> str:
    cell = _unguarded(cell.strip(" "))
    if heading == "about":
        return "\n".join(clean(line) for line in cell.splitlines()).strip()
    return clean(cell)


def _headings(cells: list[str]) -> list[str]:
    names = [_NAMES.get(fold(clean(cell)), "") for cell in cells]
    unknown = [clean(cell) or "?" for cell, name in zip(cells, names, strict=True) if not name]
    if unknown:
        raise _RowRefused(
            ", ".join(unknown)[:100],
            _("Unknown heading. Allowed: %(names)s.") % {"names": ", ".join(HEADINGS)},
        )
    if missing := {"code"} - set(names):
        raise _RowRefused(", ".join(missing), _("This heading is missing."))
    if len(set(names)) != len(names):
        raise _RowRefused("headings", _("A heading occurs twice."))
    return names


def _once(cells: Mapping[str, str], number: int, seen: dict[str, int]) -> None:
    code = cells.get("code", "").upper()
    if not code:
        raise _RowRefused("code", _("The code is missing."))
    if code in seen:
        raise _RowRefused("code", _("The same code stands in row %(row)d.") % {"row": seen[code]})
    seen[code] = number


def _apply(number: int, cells: dict[str, str], units: Mapping[str, AdministrativeUnit]) -> tuple[Library, RowDone]:
    library = Library.objects.select_for_update().filter(code__iexact=cells["code"]).first()
    valid_from, valid_to, since = (_day(cells, name) for name in ("valid_from", "valid_to", "since"))
    if library is None:
        description = _description(cells, units, Description(name="", type=""))
        library = enter_library(
            code=cells["code"],
            description=description,
            particulars=_particulars(cells, Particulars()),
            valid_from=valid_from,
            valid_to=valid_to,
        )
        return library, RowDone(number, library.code, library.name, "created")
    for field, told, known in (
        ("valid_from", valid_from, library.valid_from),
        ("valid_to", valid_to, library.valid_to),
    ):
        if told is not None and told != known:
            raise _RowRefused(field, _("The beginning and end of a known library are changed by an event on its page."))
    changed = amend_library(
        library,
        description=_description(cells, units, described_today(library)),
        particulars=_particulars(cells, Particulars.of(library)),
        since=since,
    )
    action = "updated" if changed else "unchanged"
    return library, RowDone(number, library.code, library.name, action, tuple(sorted(changed)))


def _description(cells: Mapping[str, str], units: Mapping[str, AdministrativeUnit], known: Description) -> Description:
    texts = ("name", "name_en", "short_name", "parent_body", "address")
    told: dict[str, Any] = {name: cells[name] for name in texts if cells.get(name)}
    described = replace(known, **told)
    if kind := cells.get("type"):
        described = replace(described, type=_type(kind))
    if code := cells.get("unit_code"):
        if code not in units:
            raise _RowRefused("unit_code", _("There is no administrative unit %(code)s.") % {"code": code})
        described = replace(described, unit=units[code])
    return described


def _type(text: str) -> str:
    for kind in LibraryType:
        if fold(text) in {kind.value, fold(str(kind.label))}:
            return kind.value
    raise _RowRefused("type", _("Unknown type. Allowed: %(types)s.") % {"types": ", ".join(LibraryType.values)})


def _particulars(cells: Mapping[str, str], known: Particulars) -> Particulars:
    texts = ("official_isil", "phone", "email", "website", "about")
    filled: dict[str, Any] = {name: cells[name] for name in texts if cells.get(name)}
    told = replace(known, **filled)
    if closed := fold(cells.get("closed", "")):
        if closed not in _YES | _NO:
            raise _RowRefused("closed", _("Write yes or no."))
        told = replace(told, closed=closed in _YES)
    return told


def _day(cells: Mapping[str, str], field: str) -> date | None:
    text = cells.get(field, "")
    if not text:
        return None
    for form in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return datetime.strptime(text, form).date()
        except ValueError:
            continue
    raise _RowRefused(field, _("Write the date as 2025-07-01 or 01/07/2025."))
