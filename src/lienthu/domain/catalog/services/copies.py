"""Copies follow the rules by which they are read, also those of records that do not change (rule IMP-38).

A source remembers by which rules all its copies were read (``copies_by``; None: by several). Where other rules are in
force its records are read again from what is stored of them: piece by piece in the order of their numbers, each piece a
transaction with its place in it. Only what comes out otherwise is written, and a copy keeps its row.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import connection, transaction
from django.utils import timezone

from lienthu.domain.catalog.copies import COLUMNS, Copy, Held, copies_in, difference
from lienthu.domain.catalog.long_work_models import CopyReading
from lienthu.domain.catalog.models import BibRecord, Source
from lienthu.domain.catalog.services.apply import (
    COPY_ITEMS,
    branch_ids,
    hand_on_barcodes,
    lock_source,
    used_barcodes,
)
from lienthu.domain.catalog.services.batches import READING_COPIES
from lienthu.domain.catalog.source_selectors import in_force, outdated
from lienthu.foundation.marc.holdings import HoldingRule, read_holdings_statements, read_items
from lienthu.foundation.marc.normalise import from_canonical
from lienthu.platform.actor import Actor
from lienthu.platform.services import audit

PIECE: Final = 1000
_RUNNING, _DONE, _STOPPED = CopyReading.Status.RUNNING, CopyReading.Status.DONE, CopyReading.Status.STOPPED


def follow_at_once(source: Source) -> None:
    """After other rules were set, in the caller's transaction: of a source without records nothing is left to read."""
    if outdated(source) and not BibRecord.objects.filter(source=source).exists():
        source.copies_by = source.holding_rules
        source.save(update_fields=["copies_by"])


def note_read_by(source: Source, rules: Sequence[HoldingRule]) -> None:
    """Copies of the source are being written as read by these rules, in the caller's transaction, the source locked.

    An import that began before other rules were set still reads by the former ones: what it writes must be read again,
    also where that had gone past already.
    """
    rules = tuple(rules)
    if rules != in_force(source.holding_rules):
        CopyReading.objects.filter(source_id=source.pk, status=_RUNNING).update(after=0, done=0, total=None)
    elif source.copies_by is None or rules == in_force(source.copies_by):
        return
    Source.objects.filter(pk=source.pk).update(copies_by=None)
    source.copies_by = None


@transaction.atomic
def begin(source_id: int, *, actor: Actor) -> CopyReading | None:
    """Begin to read the copies of a source again; None where the rules in force are those they were read by.

    One that runs already goes on; one by rules that are no longer in force is stopped.
    """
    source = Source.objects.select_for_update(of=("self",)).get(pk=source_id)
    running = CopyReading.objects.filter(source=source, status=_RUNNING).first()
    if running is not None:
        if in_force(running.rules) == in_force(source.holding_rules):
            return running
        running.status, running.finished_at = _STOPPED, timezone.now()
        running.save(update_fields=["status", "finished_at"])
    follow_at_once(source)
    if not outdated(source):
        return None
    source.copies_by = None  # until the end some are read by these rules and some by others
    source.save(update_fields=["copies_by"])
    reading = CopyReading.objects.create(source=source, rules=source.holding_rules, started_by=actor.name[:120])
    audit.record(
        "source.copies_begun", source, actor=actor, library_id=source.library_id, reading=reading.pk,
        tags=[rule.tag for rule in in_force(reading.rules)],
    )  # fmt: skip
    return reading


@contextmanager
def at_work(reading_id: int) -> Iterator[None]:
    """Let others know that copies are being read, piece after piece: a dry run waits until that is done (IMP-23)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock_shared(%s, %s)", [READING_COPIES, reading_id])
    try:
        yield
    finally:
        if connection.is_usable():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock_shared(%s, %s)", [READING_COPIES, reading_id])


@dataclass(slots=True)
class Piece:
    """What reading a piece did: records whose copies came out otherwise, and whether it was the last."""

    changed: list[int] = field(default_factory=list)
    last: bool = False


@transaction.atomic
def read_piece(reading_id: int, *, actor: Actor, size: int = PIECE) -> Piece:
    """Read the copies of the next records again. Safe to run again after a kill, and by several at once."""
    reading = CopyReading.objects.select_related("source").get(pk=reading_id)
    lock_source(reading.source_id)  # as imports lock: source, then what is theirs
    reading = CopyReading.objects.select_for_update(of=("self",)).select_related("source").get(pk=reading_id)
    source = reading.source
    if reading.status != _RUNNING:
        return Piece(last=True)
    if in_force(reading.rules) != in_force(source.holding_rules):  # set anew meanwhile; that begins another
        reading.status, reading.finished_at = _STOPPED, timezone.now()
        reading.save(update_fields=["status", "finished_at"])
        return Piece(last=True)
    if reading.total is None:
        reading.total = BibRecord.objects.filter(source=source, deleted=False).count()
    last_id, stored = _stored(source, reading.after, size)
    if last_id is None:
        _finish(reading, actor)
        return Piece(last=True)
    piece = Piece()
    if stored:
        piece.changed = _write(reading, stored)
    reading.after, reading.done = last_id, reading.done + len(stored)
    reading.changed += len(piece.changed)
    reading.save(update_fields=["after", "done", "total", "changed", "added", "removed", "altered"])
    return piece


def _finish(reading: CopyReading, actor: Actor) -> None:
    source = reading.source
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM catalog_item i JOIN catalog_bibrecord r ON r.id = i.record_id"
            " WHERE i.library_id = %s AND i.barcode_taken AND r.source_id = %s",
            [source.library_id, source.pk],
        )
        reading.barcodes_taken = int(cursor.fetchone()[0])
    reading.status, reading.finished_at = _DONE, timezone.now()
    reading.total = reading.done  # lists were counted with the others
    reading.save()
    source.copies_by = reading.rules
    source.save(update_fields=["copies_by"])
    audit.record(
        "source.copies_read", source, actor=actor, library_id=source.library_id, reading=reading.pk,
        records=reading.done, changed=reading.changed, added=reading.added, removed=reading.removed,
        altered=reading.altered, barcodes_taken=reading.barcodes_taken,
    )  # fmt: skip


def _stored(source: Source, after: int, size: int) -> tuple[int | None, list[tuple[int, str]]]:
    """The next records of the library in the order of their numbers: the last one, and which are read by rules.

    In the order of the library, not of the source: of two sources the one that lies behind would be looked for through
    the whole of the other. Tables say by their columns what a copy is (IMP-8).
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT r.id, v.marc
            FROM (SELECT id, source_id, deleted, revision FROM catalog_bibrecord
                  WHERE library_id = %s AND id > %s ORDER BY id LIMIT %s) r
            LEFT JOIN LATERAL (
                SELECT marc FROM catalog_revision WHERE record_id = r.id AND number = r.revision
                  AND r.source_id = %s AND NOT r.deleted AND raw_format NOT IN ('csv', 'xlsx') OFFSET 0
            ) v ON true ORDER BY r.id
            """,
            [source.library_id, after, size, source.pk],
        )
        rows = cursor.fetchall()
    return (rows[-1][0] if rows else None), [(id_, marc) for id_, marc in rows if marc is not None]


def _write(reading: CopyReading, stored: Sequence[tuple[int, str]]) -> list[int]:
    """Write the copies that come out otherwise; their records."""
    library_id = reading.source.library_id
    rules, branches = in_force(reading.rules), branch_ids(library_id)
    held = _held([record_id for record_id, _ in stored])
    changed: list[int] = []
    altered: list[tuple[int, Held, Copy]] = []
    gone: list[Held] = []
    fresh: list[tuple[int, Copy]] = []
    for record_id, marc in stored:
        record = from_canonical(marc)
        wanted = copies_in(read_items(record, rules), read_holdings_statements(record), branches)
        found = difference(held.get(record_id, ()), wanted)
        if found is not None:
            changed.append(record_id)
            altered += [(record_id, row, copy) for row, copy in found.changed]
            gone += found.gone
            fresh += [(record_id, copy) for copy in found.fresh]
    if changed:
        _release(gone, [(row, copy) for _, row, copy in altered], library_id)
        used = used_barcodes(library_id, {c.barcode for _, c in fresh} | {c.barcode for _, _, c in altered})
        _alter([(row, copy) for _, row, copy in altered], used)
        _insert(fresh, library_id, used)
    reading.added += len(fresh)
    reading.removed += len(gone)
    reading.altered += len(altered)
    return changed


def _held(record_ids: Sequence[int]) -> dict[int, list[Held]]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT record_id, id, barcode_taken, {COLUMNS} FROM catalog_item WHERE record_id = ANY(%s) ORDER BY id",  # noqa: S608 -- our own names
            [list(record_ids)],
        )
        out: dict[int, list[Held]] = {}
        for record_id, id_, taken, *copy in cursor.fetchall():
            out.setdefault(record_id, []).append(Held(id_, taken, Copy(*copy)))
        return out


def _release(gone: Sequence[Held], altered: Sequence[tuple[Held, Copy]], library_id: int) -> None:
    """Remove the copies that are none, and let go of barcodes that are another's: who waits longest comes first."""
    other = [row for row, copy in altered if row.copy.barcode and row.copy.barcode != copy.barcode]
    with connection.cursor() as cursor:
        if gone:
            cursor.execute("DELETE FROM catalog_item WHERE id = ANY(%s)", [[row.id for row in gone]])
        if other:
            cursor.execute(
                "UPDATE catalog_item SET barcode = '', barcode_taken = false WHERE id = ANY(%s)",
                [[row.id for row in other]],
            )
    freed = {row.copy.barcode for row in (*gone, *other) if row.copy.barcode and not row.barcode_taken}
    hand_on_barcodes([(library_id, barcode) for barcode in sorted(freed)])


def _alter(altered: Sequence[tuple[Held, Copy]], used: set[str]) -> None:
    """Write what rows say now. One that keeps its barcode keeps its place among those that want it."""
    if not altered:
        return
    rows: list[tuple[Any, ...]] = []
    for row, copy in altered:
        keeps = copy.barcode == row.copy.barcode
        clash = bool(copy.barcode) and not keeps and copy.barcode in used
        if copy.barcode and not clash:
            used.add(copy.barcode)
        rows.append((row.id, keeps, clash, *copy))
    columns = [name for name in Copy._fields if name != "copies"]
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE catalog_item i SET copies = n.copies, {', '.join(f'{c} = n.{c}' for c in columns)},"  # noqa: S608 -- our own names
            " barcode_taken = CASE WHEN n.keeps THEN i.barcode_taken ELSE n.clash END"
            " FROM unnest(%s::bigint[], %s::boolean[], %s::boolean[], %s::bigint[], %s::text[], %s::text[], %s::text[],"
            " %s::text[], %s::text[], %s::integer[], %s::text[], %s::text[], %s::text[], %s::text[])"
            f" AS n(id, keeps, clash, {COLUMNS}) WHERE i.id = n.id",
            [list(column) for column in zip(*rows, strict=True)],
        )


def _insert(fresh: Sequence[tuple[int, Copy]], library_id: int, used: set[str]) -> None:
    if not fresh:
        return
    with connection.cursor() as cursor, cursor.copy(COPY_ITEMS) as rows:
        for record_id, copy in fresh:
            clash = bool(copy.barcode) and copy.barcode in used
            if copy.barcode:
                used.add(copy.barcode)
            rows.write_row((record_id, library_id, clash, *copy))
