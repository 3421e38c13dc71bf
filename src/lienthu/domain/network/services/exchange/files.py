"""Write and read the files of the register: all rows of all of them, or none. Rules REG-6 … REG-8."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import IO, Final

from django.db import DatabaseError, transaction
from django.utils.translation import gettext as _

from lienthu.domain.network.errors import Refused
from lienthu.domain.network.models import Library
from lienthu.domain.network.services.exchange.branches import Branches
from lienthu.domain.network.services.exchange.closed_days import ClosedDays
from lienthu.domain.network.services.exchange.events import Events
from lienthu.domain.network.services.exchange.libraries import Libraries
from lienthu.domain.network.services.exchange.offers import Addresses, Hours, Services
from lienthu.domain.network.services.exchange.table import (
    MAX_BYTES,
    Report,
    RowDone,
    RowError,
    RowRefused,
    Table,
    Written,
    once,
    read,
    written,
)
from lienthu.domain.network.services.exchange.units import Units
from lienthu.domain.network.services.libraries import LIBRARY_CHANGED
from lienthu.platform.actor import Actor
from lienthu.platform.services import audit, changes

TABLES: Final[dict[str, type[Table]]] = {
    table.kind: table for table in (Units, Libraries, Branches, Services, Hours, ClosedDays, Addresses, Events)
}
"""Kinds of file in the order in which a ZIP is written: what is named comes before what names it."""
_ZIP = b"PK\x03\x04"


def export_csv(as_of: date, *, kind: str = "libraries", library_ids: Collection[int] | None = None) -> str:
    """One kind of rows as of a day, of these libraries (None: of all).

    A cell that a spreadsheet would take for a formula begins with an apostrophe, which import takes away again.
    """
    return written(TABLES[kind], as_of, library_ids)


def export_zip(as_of: date, *, library_ids: Collection[int] | None = None) -> bytes:
    """All that the register had known by a day, what had ended too: a ZIP with one CSV file a kind.

    Of libraries and branches it holds the latest description only; what they were called before is in the events.
    """
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for kind in TABLES:
            archive.writestr(f"{kind}.csv", written(TABLES[kind], as_of, library_ids, whole=True))
    return out.getvalue()


def looks_zipped(stream: IO[bytes]) -> bool:
    """Whether a file begins as a ZIP does; the stream is at its beginning afterwards."""
    start = stream.read(len(_ZIP))
    stream.seek(0)
    return start == _ZIP


def import_upload(stream: IO[bytes], *, kind: str, actor: Actor, dry_run: bool) -> Report:
    """A file as a person hands it over: a ZIP of the register, or one CSV of this kind."""
    if not looks_zipped(stream):
        return import_csv(stream, kind=kind, actor=actor, dry_run=dry_run)
    try:
        files = _unzipped(stream)
    except RowRefused as refused:
        return Report(False, errors=(RowError(0, "", str(refused), refused.field),))
    return _import({kind: (f"{kind}.csv", io.BytesIO(content)) for kind, content in files.items()}, actor, dry_run)


def import_csv(stream: IO[bytes], *, actor: Actor, dry_run: bool, kind: str = "libraries") -> Report:
    """Create and change what a file says: all rows or, where one has an error, none.

    A dry run does everything and takes it back, so what it reports is what would happen. An empty cell
    changes nothing. Raises nothing for bad content: errors are in the report, by row and field.
    """
    return _import({kind: ("", stream)}, actor, dry_run)


@transaction.atomic(durable=True)
def _import(files: Mapping[str, tuple[str, IO[bytes]]], actor: Actor, dry_run: bool) -> Report:
    done: list[RowDone] = []
    errors: list[RowError] = []
    touched: set[int] = set()
    told: set[int] = set()
    for kind, table in TABLES.items():
        if kind in files:
            name, stream = files[kind]
            rows, faults, libraries = _take(table, stream, name)
            done += rows
            errors += faults
            touched |= libraries
            told |= libraries if table.about_libraries else set()
            if not faults and any(row.action != "unchanged" for row in rows):
                audit.record(
                    table.action,
                    None,
                    actor=actor,
                    created=[row.code for row in rows if row.action == "created"],
                    updated=[row.code for row in rows if row.action == "updated"],
                )
    if errors or dry_run:
        transaction.set_rollback(True)
        return Report(False, tuple(done), tuple(errors))
    for library in Library.objects.filter(pk__in=told).order_by("pk"):
        audit.record("library.imported", library, actor=actor, library_id=library.pk)
    changes.publish(LIBRARY_CHANGED, sorted(touched))
    return Report(True, tuple(done))


def _take(kind: type[Table], stream: IO[bytes], file: str) -> tuple[list[RowDone], list[RowError], set[int]]:
    """Write the rows of one file, each in a savepoint, then what they say of each other."""
    try:
        rows = list(read(kind, stream))
    except RowRefused as refused:
        return [], [RowError(1 if refused.field else 0, refused.field, str(refused), file)], set()
    table = kind()
    errors: list[RowError] = []
    outcome: dict[int, Written] = {}
    seen: dict[tuple[str, ...], int] = {}
    for number, cells in rows:
        try:
            with transaction.atomic():
                once(kind, cells, number, seen)
                outcome[number] = table.write(cells)
        except (RowRefused, Refused, DatabaseError) as fault:
            errors.extend(_told(number, fault, file))
    for number, cells in rows if kind.link is not Table.link else ():
        if number not in outcome:
            continue
        try:
            with transaction.atomic():
                table.link(cells, outcome[number])
        except (RowRefused, Refused, DatabaseError) as fault:
            errors.extend(_told(number, fault, file))
    done = [
        RowDone(number, row.code, row.name, row.action, tuple(sorted(row.changed or ())), file)
        for number, row in outcome.items()
    ]
    return done, errors, set().union(*(row.libraries for row in outcome.values() if row.action != "unchanged"))


def _told(number: int, fault: Exception, file: str) -> Iterator[RowError]:
    if isinstance(fault, RowRefused):
        yield RowError(number, fault.field, str(fault), file)
    elif isinstance(fault, Refused):
        errors: Mapping[str, list[str]] = getattr(fault, "errors", {"": [str(fault)]})
        for field, texts in errors.items():
            yield from (RowError(number, field, text, file) for text in texts)
    else:
        yield RowError(number, "", _("The database does not accept this row."), file)


def _unzipped(stream: IO[bytes]) -> dict[str, bytes]:
    """The files of a ZIP by kind. No member is read further than a file may be long. Raises RowRefused."""
    found: dict[str, bytes] = {}
    try:
        with zipfile.ZipFile(stream) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
            for member in members[: len(TABLES) + 1]:
                kind = member.filename.removesuffix(".csv")
                if kind not in TABLES or kind == member.filename:
                    names = ", ".join(f"{kind}.csv" for kind in TABLES)
                    text = _("The ZIP holds a file that is none of these: %(names)s.") % {"names": names}
                    raise RowRefused(member.filename[:100], text)
                if kind in found:
                    raise RowRefused(member.filename, _("The ZIP holds this file twice."))
                with archive.open(member) as content:
                    found[kind] = content.read(MAX_BYTES + 1)
    # NotImplementedError: what zipfile says to a compression or an encryption that it does not know
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError):
        raise RowRefused("", _("The ZIP is damaged, encrypted or of an unusual kind.")) from None
    if not found:
        raise RowRefused("", _("The ZIP is empty."))
    return found
