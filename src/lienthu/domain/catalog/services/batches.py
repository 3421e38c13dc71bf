"""The life of an import batch: received, run chunk by chunk, finished; and its numbers, which always add up.

Every step leaves an audit row (rule IMP-30).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils import timezone
from django.utils.translation import gettext as _

from lienthu.domain.catalog.encoding import AUTO
from lienthu.domain.catalog.errors import BatchStateRefused, FileRefused, TableRefused
from lienthu.domain.catalog.models import ImportBatch, Source
from lienthu.domain.catalog.reading import UnknownFormat, find_format, plan_for, table_columns
from lienthu.domain.network.models import Library
from lienthu.foundation.marc.tabular import TabularRefused
from lienthu.foundation.vietnamese.text import clean
from lienthu.platform.actor import Actor
from lienthu.platform.services import audit, files

EXAMPLES_PER_CODE = 200  # rule IMP-25
_STATUS = ImportBatch.Status
_AT_WORK = 7_406_204  # class of advisory locks: one for each batch that someone works on
READING_COPIES = 7_406_217  # the same of sources whose copies are read again
_NUMBERS: tuple[str, ...] = ("read", "created", "updated", "unchanged", "withdrawn", "quarantined", "repaired")
_NUMBERS += ("repeated", "joined", "items", "seconds", "next_offset", "next_ordinal")

# ordinal, offset, label, code, detail, repaired
FoundProblem = tuple[int, int, str, str, str, bool]
# ordinal, offset, bytes, code, detail
Unread = tuple[int, int, bytes, str, str]


@dataclass(slots=True)
class ChunkReport:
    """What one chunk adds to its batch."""

    read: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    withdrawn: int = 0
    repaired: int = 0
    repeated: int = 0
    joined: int = 0
    items: int = 0
    next_offset: int = 0
    next_ordinal: int = 0
    seconds: float = 0.0
    quarantine: list[Unread] = field(default_factory=list)
    problems: list[FoundProblem] = field(default_factory=list)
    encodings: Counter[str] = field(default_factory=Counter)


def source_of(library: Library, code: str = "main") -> Source:
    """The source of a library by its code, made when it is new."""
    source, _created = Source.objects.get_or_create(library=library, code=code or "main")
    return source


@transaction.atomic
def receive(
    path: Path,
    *,
    library: Library,
    actor: Actor,
    filename: str = "",
    source_code: str = "main",
    source: Source | None = None,
    encoding: str = "",
    fmt: str = "",
    dry_run: bool = False,
    options: dict[str, Any] | None = None,
) -> ImportBatch:
    """Keep a file that a library hands over and open a batch for it. Nothing of it is in the catalogue yet.

    ``source``: one of the library's; without it the one of ``source_code``, made when it is new.
    Raises FileRefused when the file is empty or in no known format, TableRefused for a table that cannot be opened
    safely, UnknownEncoding for a bad encoding name. A refused file is not kept.
    """
    name = clean(filename or path.name)[:255]
    source = source or source_of(library, source_code)
    try:
        fmt = fmt or find_format(path, name)
    except UnknownFormat as e:
        raise FileRefused(_refusal(e.problem.code, name)) from e
    chosen = encoding if encoding and encoding != AUTO else source.encoding
    plan = plan_for(path, fmt, chosen or AUTO).plan
    if fmt in ("csv", "xlsx"):
        try:
            table_columns(path, fmt, plan)
        except TabularRefused as e:
            raise TableRefused(e.code, name, str(e)) from e
    stored = files.store_path(path)
    with connection.cursor() as cursor:  # until the batch is there for all to see: it may be the file of another's
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [file_lock(stored.sha256)])
    if not stored.path.exists():
        files.store_path(path)
    batch = ImportBatch.objects.create(
        source=source,
        library=library,
        dry_run=dry_run,
        filename=name,
        sha256=stored.sha256,
        size=stored.size,
        format=fmt,
        encoding=plan.name,
        options={
            **(options or {}),
            "plan": {
                "name": plan.name,
                "legacy": plan.legacy,
                "in_text": plan.in_text,
                "forced": plan.forced,
            },
        },
        uploaded_by=actor.name[:120],
    )
    audit.record("import.received", batch, actor=actor, library_id=library.pk, filename=name, sha256=stored.sha256)
    return batch


def _refusal(code: str, name: str) -> str:
    if code == "empty-file":
        return _("“%(name)s” is empty. Export it again from the old system and hand over that file.") % {"name": name}
    return _(
        "“%(name)s” holds no catalogue records that can be read: it is neither ISO 2709 (MARC), MARCXML, MARC-in-JSON,"
        " CSV nor XLSX. Export it in one of these formats and hand over that file."
    ) % {"name": name}


def file_lock(sha256: str) -> int:
    """The number of the advisory lock under which a kept file comes and goes."""
    return int.from_bytes(bytes.fromhex(sha256)[:8], signed=True)


@contextmanager
def at_work(batch_id: int) -> Iterator[None]:
    """Hold the right to run or undo a batch. The database frees it when this process dies (rule IMP-22).

    Raises BatchStateRefused while another process has it.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [_AT_WORK, batch_id])
        if not cursor.fetchone()[0]:
            raise BatchStateRefused(_("Another process is working on this import; wait for it."))
    try:
        yield
    finally:
        if connection.is_usable():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [_AT_WORK, batch_id])


def note_interrupted(*, actor: Actor) -> list[int]:
    """Find imports that say they run while nobody runs them, and say so: they can be gone on with, or undone.

    Imports of the background worker are left alone: it takes them up again by itself.
    """
    found = []
    for batch in ImportBatch.objects.filter(status__in=[_STATUS.RUNNING, _STATUS.UNDOING]):
        if batch.options.get("background"):
            continue
        try:
            with at_work(batch.pk):
                fail(batch.pk, _("It was interrupted. Go on with it, or undo it."), actor=actor)
                found.append(batch.pk)
        except BatchStateRefused:
            continue
    return found


@transaction.atomic
def begin(batch_id: int, *, actor: Actor) -> ImportBatch:
    """Set a batch running, for the first time or again after an interruption."""
    batch = ImportBatch.objects.select_for_update().get(pk=batch_id)
    if batch.status not in (_STATUS.UPLOADED, _STATUS.QUEUED, _STATUS.RUNNING, _STATUS.FAILED):
        raise BatchStateRefused.cannot(_("Importing"), batch.get_status_display())
    if batch.status != _STATUS.RUNNING:
        audit.record("import.started", batch, actor=actor, library_id=batch.library_id, dry_run=batch.dry_run)
    batch.status, batch.error, batch.finished_at = _STATUS.RUNNING, "", None
    batch.started_at = batch.started_at or timezone.now()
    batch.save(update_fields=["status", "error", "started_at", "finished_at"])
    return batch


def add_chunk(batch: ImportBatch, report: ChunkReport) -> None:
    """Add a chunk's numbers, quarantine and problems to its batch, and move the checkpoint. Same transaction."""
    shown = count_chunk(batch, report)
    batch.save()
    _copy_findings(batch.pk, report.quarantine, shown)


def count_chunk(batch: ImportBatch, report: ChunkReport) -> list[FoundProblem]:
    """Add a chunk's numbers to the batch at hand, without saving it; the problems to keep as examples (IMP-25)."""
    counts: Counter[str] = Counter(batch.problem_counts)
    room: Counter[str] = Counter()
    shown: list[FoundProblem] = []
    seen: set[tuple[int, str]] = set()
    for problem in report.problems:
        ordinal, code = problem[0], problem[3]
        room[code] += 1
        if counts[code] + room[code] <= EXAMPLES_PER_CODE:
            shown.append(problem)
        if (ordinal, code) not in seen:
            seen.add((ordinal, code))
    for _ordinal, code in seen:
        counts[code] += 1
    for _ordinal, _offset, _raw, code, _detail in report.quarantine:
        counts[code] += 1
    batch.read += report.read
    batch.created += report.created
    batch.updated += report.updated
    batch.unchanged += report.unchanged
    batch.withdrawn += report.withdrawn
    batch.quarantined += len(report.quarantine)
    batch.repaired += report.repaired
    batch.repeated += report.repeated
    batch.joined += report.joined
    batch.items += report.items
    batch.next_offset, batch.next_ordinal = report.next_offset, report.next_ordinal
    batch.seconds += report.seconds
    batch.problem_counts = dict(counts)
    batch.encoding_counts = dict(Counter(batch.encoding_counts) + report.encodings)
    return shown


@transaction.atomic
def start_over(batch_id: int) -> ImportBatch:
    """Set the report of a rehearsal back to nothing: it cannot be resumed."""
    # only its own row: the source's is locked by whoever imports into it
    batch = ImportBatch.objects.select_for_update(of=("self",)).select_related("source").get(pk=batch_id)
    if batch.next_ordinal:
        for name in _NUMBERS:
            setattr(batch, name, 0)
        batch.problem_counts, batch.encoding_counts = {}, {}
        batch.save()
        batch.quarantine.all().delete()
        batch.problems.all().delete()
    return batch


@transaction.atomic
def keep_report(batch: ImportBatch, problems: Sequence[FoundProblem], unread: Iterable[Unread]) -> None:
    """Save the numbers and findings that a rehearsal has gathered."""
    ImportBatch.objects.select_for_update().get(pk=batch.pk)
    batch.save(update_fields=[*_NUMBERS, "problem_counts", "encoding_counts"])
    _copy_findings(batch.pk, unread, problems)


def show_progress(batch: ImportBatch, beside: BaseDatabaseWrapper) -> None:
    """Write the numbers so far through another connection, for those who look on. Waits for nobody."""
    with beside.cursor() as cursor:
        cursor.execute("SET lock_timeout = '200ms'")
        numbers = ", ".join(f"{name} = %s" for name in _NUMBERS)
        cursor.execute(
            f"UPDATE catalog_importbatch SET {numbers} WHERE id = %s",  # noqa: S608 -- our own names
            [*(getattr(batch, name) for name in _NUMBERS), batch.pk],
        )


def imports_at_work() -> bool:
    """Whether any process runs or undoes an import now, or reads copies again; rehearsals do not count."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM pg_locks l JOIN catalog_importbatch b ON b.id = l.objid::bigint"
            " WHERE l.locktype = 'advisory' AND l.classid::bigint = %s AND l.granted AND NOT b.dry_run"
            " AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()))"
            " OR EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND classid::bigint = %s AND granted"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))",
            [_AT_WORK, READING_COPIES],
        )
        return bool(cursor.fetchone()[0])


def _copy_findings(batch_id: int, quarantine: Iterable[Unread], problems: Sequence[FoundProblem]) -> None:
    with connection.cursor() as cursor:
        quarantine = iter(quarantine)
        if first := next(quarantine, None):
            with cursor.copy(
                'COPY catalog_quarantined (batch_id, ordinal, "offset", raw, code, detail) FROM STDIN'
            ) as copy:
                for ordinal, offset, raw, code, detail in chain([first], quarantine):
                    copy.write_row((batch_id, ordinal, offset, raw, code[:60], _storable(detail)))
        if problems:
            with cursor.copy(
                'COPY catalog_batchproblem (batch_id, ordinal, "offset", label, code, detail, repaired) FROM STDIN'
            ) as copy:
                for ordinal, offset, label, code, detail, repaired in problems:
                    copy.write_row(
                        (
                            batch_id,
                            ordinal,
                            offset,
                            _storable(label)[:200],
                            code[:60],
                            _storable(detail),
                            repaired,
                        )
                    )


def _storable(text: str) -> str:
    # PostgreSQL text holds neither NUL nor lone surrogates
    return text.replace("\x00", "␀").encode("utf-8", "replace").decode("utf-8")[:2000]


@transaction.atomic
def finish(batch_id: int, *, actor: Actor) -> ImportBatch:
    """Close a batch whose file has been read to the end."""
    batch = ImportBatch.objects.select_for_update().get(pk=batch_id)
    batch.status, batch.finished_at = _STATUS.DONE, timezone.now()
    batch.save(update_fields=["status", "finished_at"])
    audit.record("import.finished", batch, actor=actor, library_id=batch.library_id, **counts_of(batch))
    return batch


@transaction.atomic
def fail(batch_id: int, error: str, *, actor: Actor) -> None:
    """Note that a batch stopped with an error. What it did so far stays; it can be started again or undone."""
    batch = ImportBatch.objects.select_for_update().get(pk=batch_id)
    batch.status, batch.error, batch.finished_at = _STATUS.FAILED, _storable(error), timezone.now()
    batch.save(update_fields=["status", "error", "finished_at"])
    audit.record("import.failed", batch, actor=actor, library_id=batch.library_id, **counts_of(batch))


@transaction.atomic
def begin_undo(batch_id: int, *, actor: Actor) -> ImportBatch:
    """Set a finished, stopped or running batch to being undone: a running import stops at its next chunk."""
    batch = ImportBatch.objects.select_for_update().get(pk=batch_id)
    if batch.dry_run or batch.status not in (_STATUS.DONE, _STATUS.FAILED, _STATUS.RUNNING, _STATUS.UNDOING):
        raise BatchStateRefused.cannot(_("Undoing"), batch.get_status_display())
    if batch.status != _STATUS.UNDOING:
        audit.record("import.undo_started", batch, actor=actor, library_id=batch.library_id)
    batch.status = _STATUS.UNDOING
    batch.save(update_fields=["status"])
    return batch


@transaction.atomic
def finish_undo(batch_id: int, *, actor: Actor) -> ImportBatch:
    """Close an undone batch."""
    batch = ImportBatch.objects.select_for_update().get(pk=batch_id)
    batch.status, batch.finished_at = _STATUS.UNDONE, timezone.now()
    batch.save(update_fields=["status", "finished_at"])
    audit.record("import.undone", batch, actor=actor, library_id=batch.library_id)
    return batch


def counts_of(batch: ImportBatch) -> dict[str, int]:
    """The counts that are reported everywhere under the same names."""
    return {
        "read": batch.read,
        "created": batch.created,
        "updated": batch.updated,
        "unchanged": batch.unchanged,
        "withdrawn": batch.withdrawn,
        "quarantined": batch.quarantined,
        "repaired": batch.repaired,
    }
