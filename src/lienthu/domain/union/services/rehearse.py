"""Rehearse an import: everything an import does, in one transaction that is rolled back at the end (rule IMP-23).

Only so does the report say of the whole file what the import will say: a barcode or a publication that the first
record brings is there when the last one comes. What goes with a long transaction is dealt with here:

- Its locks must stop nobody. After each chunk it looks whether someone waits for it; then it gives everything back,
  lets them go first and begins again. It waits for others only shortly. Rehearsals come one after the other.
- Its progress is shown through a second connection, and what it has found is kept beside it until the end.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from typing import IO

import orjson
import psycopg
from django.db import OperationalError, connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from lienthu.domain.catalog.errors import BatchStateRefused
from lienthu.domain.catalog.models import ImportBatch
from lienthu.domain.catalog.services import batches, datestamps
from lienthu.domain.catalog.services.batches import ChunkReport, FoundProblem, Unread
from lienthu.domain.union.joining.gather import Gatherer
from lienthu.domain.union.services import chunks, reports

TRIES = 30
_REHEARSING = 7_406_207  # advisory lock: one rehearsal at a time
_PATIENCE = "800ms"  # less than the second after which PostgreSQL looks for deadlocks
_IN_MEMORY = 16 * 1024 * 1024
_WAITED_FOR = (
    "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid)))"
)


class _Rollback(Exception):
    """Leaves the rehearsal's transaction without a trace."""


class _InTheWay(Exception):
    """Somebody waits for what this rehearsal has locked."""


class _Findings:
    """Problems and unread pieces of a rehearsal until its report is written; bytes go to a file when they are many."""

    def __init__(self, spool: IO[bytes]) -> None:
        self.problems: list[FoundProblem] = []
        self._spool = spool

    def add(self, problems: list[FoundProblem], report: ChunkReport) -> None:
        self.problems += problems
        for ordinal, offset, raw, code, detail in report.quarantine:
            self._spool.write(
                orjson.dumps([ordinal, offset, len(raw), code, detail.encode("utf-8", "replace").decode()])
            )
            self._spool.write(b"\n" + raw)

    def unread(self) -> Iterator[Unread]:
        self._spool.seek(0)
        while line := self._spool.readline():
            ordinal, offset, length, code, detail = orjson.loads(line)
            yield ordinal, offset, self._spool.read(length), code, detail


def rehearse(batch: ImportBatch, progress: Callable[[ImportBatch], None] | None = None) -> ImportBatch:
    """Fill the batch's report with what importing its file would do. It cannot be resumed: it begins anew each time.

    Raises BatchStateRefused when other writers were in its way again and again.
    """
    with _one_at_a_time():
        for _try in range(TRIES):
            batch = batches.start_over(batch.pk)
            with tempfile.SpooledTemporaryFile(_IN_MEMORY) as spool:
                findings, gatherer = _Findings(spool), Gatherer(batch)
                try:
                    with transaction.atomic():
                        _write_everything(batch, findings, gatherer, progress)
                        found = gatherer.finish(_give_way)
                        raise _Rollback
                except _Rollback:
                    with transaction.atomic():
                        batches.keep_report(batch, findings.problems, findings.unread())
                        reports.keep(batch, found)
                    return batch
                except _InTheWay:
                    pass
                except OperationalError as e:
                    if not isinstance(e.__cause__, psycopg.errors.LockNotAvailable | psycopg.errors.DeadlockDetected):
                        raise
            _let_others_go_first()
    raise BatchStateRefused.crowded_out()


def _write_everything(
    batch: ImportBatch,
    findings: _Findings,
    gatherer: Gatherer,
    progress: Callable[[ImportBatch], None] | None,
) -> None:
    with (
        connection.cursor() as cursor,
        _second_connection() as beside,
        datestamps.for_nobody(),
        closing(chunks.chunks_of(batch)) as coming,
    ):
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [_PATIENCE])
        began = time.monotonic()
        for chunk in coming:
            report = chunks.report_of(chunk)
            chunks.write(batch, chunk, report, gatherer.observe)
            # what the end of an import's chunk would check; kept back, the checks of a long file fill the memory
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
            _give_way()
            report.seconds, began = time.monotonic() - began, time.monotonic()
            findings.add(batches.count_chunk(batch, report), report)
            with suppress(OperationalError):  # progress is for looking at; the report comes at the end
                batches.show_progress(batch, beside)
            if progress:
                progress(batch)


def _give_way() -> None:
    """Stop when somebody waits for what this rehearsal has locked."""
    with connection.cursor() as cursor:
        cursor.execute(_WAITED_FOR)
        if cursor.fetchone()[0]:
            raise _InTheWay


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s, 0)", [_REHEARSING])
    try:
        yield
    finally:
        if connection.is_usable():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, 0)", [_REHEARSING])


@contextmanager
def _second_connection() -> Iterator[BaseDatabaseWrapper]:
    own = connection.copy()
    try:
        yield own
    finally:
        own.close()


def _let_others_go_first() -> None:
    """Wait until no import is at work; whoever else was waited for needs a moment only."""
    time.sleep(0.5)
    while batches.imports_at_work():
        time.sleep(1)
