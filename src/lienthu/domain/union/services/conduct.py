"""Conduct an import from its file to the union: read, write, join, tell the index; chunk by chunk, resumable.

One chunk is one transaction with its checkpoint in it, so a process killed at any moment loses at most the chunk it
was in, and nothing is counted twice (rules IMP-14, IMP-22).
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import islice

import psycopg
from django.db import OperationalError, connection, transaction

from lienthu.domain.catalog.content import content_of
from lienthu.domain.catalog.models import ImportBatch
from lienthu.domain.catalog.reading import ReadPiece, pieces
from lienthu.domain.catalog.selectors import batch_record_ids, plan_of, rules_of
from lienthu.domain.catalog.services import batches
from lienthu.domain.catalog.services.apply import Applied, Arrival, Written, apply
from lienthu.domain.catalog.services.batches import ChunkReport
from lienthu.domain.catalog.services.undo import take_back
from lienthu.domain.union.fingerprint import completeness, fingerprint
from lienthu.domain.union.services.attach import Attached, Incoming, attach, remove
from lienthu.foundation.marc.holdings import HoldingRule
from lienthu.foundation.marc.problems import Problem
from lienthu.foundation.marc.validate import validate
from lienthu.platform.actor import Actor
from lienthu.platform.services import changes, files

CHUNK = 1000
CHUNK_BYTES = 16 * 1024 * 1024
Progress = Callable[[ImportBatch], None]

_FIRST_STATISTICS = 4 * CHUNK
_COUNTERS: tuple[str, ...] = ("read", "created", "updated", "unchanged", "quarantined", "repaired", "repeated")
_COUNTERS += ("joined", "items", "seconds", "next_offset", "next_ordinal")

log = logging.getLogger(__name__)


class _Rollback(Exception):
    """Leaves a rehearsed chunk's transaction without a trace."""


def run_batch(batch_id: int, *, actor: Actor, progress: Progress | None = None) -> ImportBatch:
    """Run or resume a batch to its end. A dry run writes nothing but its report.

    A batch that someone sets to being undone stops at the next chunk. An error that ends the run is noted on the
    batch and raised again.
    """
    with batches.at_work(batch_id):
        return _run(batch_id, actor, progress)


def _run(batch_id: int, actor: Actor, progress: Progress | None) -> ImportBatch:
    batch = batches.begin(batch_id, actor=actor)
    rehearsal: dict[str, bytes] | None = {} if batch.dry_run else None
    try:
        rules = rules_of(batch.source, batch.format)
        mapping = batch.options.get("mapping") or batch.source.column_mapping
        # a rehearsal cannot be resumed: what it has seen is in memory only
        if rehearsal is not None and batch.next_ordinal:
            batch = _from_the_beginning(batch.pk)
        reading = pieces(
            files.path_of(batch.sha256), batch.format, plan_of(batch), mapping,
            start=batch.next_offset, ordinal=batch.next_ordinal,
        )  # fmt: skip
        statistics_due = max(_FIRST_STATISTICS, batch.next_ordinal)
        for chunk in _chunks(reading):
            began = time.monotonic()
            batch = _one_chunk(batch.pk, chunk, rules, rehearsal, began, actor)
            if batch.status != ImportBatch.Status.RUNNING:
                return batch
            if batch.next_ordinal >= statistics_due:
                refresh_statistics()
                statistics_due = batch.next_ordinal * 8
            if progress:
                progress(batch)
    except (Exception, KeyboardInterrupt) as e:
        if isinstance(e, (OSError, OperationalError, psycopg.OperationalError, KeyboardInterrupt)):
            log.error("import batch %s stopped: %s", batch_id, e or "interrupted")
        else:
            log.exception("import batch %s stopped", batch_id)
        batches.fail(batch_id, f"{type(e).__name__}: {e}".rstrip(": "), actor=actor)
        raise
    return batches.finish(batch.pk, actor=actor)


def undo_batch(batch_id: int, *, actor: Actor, progress: Callable[[int], None] | None = None) -> ImportBatch:
    """Undo a batch as a whole (rule IMP-21). Interrupted, it goes on where it was when called again."""
    batch = batches.begin_undo(batch_id, actor=actor)
    with batches.at_work(batch_id):
        return _undo(batch, actor, progress)


def _undo(batch: ImportBatch, actor: Actor, progress: Callable[[int], None] | None) -> ImportBatch:
    after = done = 0
    while ids := batch_record_ids(batch.pk, after, CHUNK):
        with transaction.atomic():
            back = take_back(batch, ids)
            touched = set(remove(back.withdrawn))
            touched |= attach(_incoming(back.restored)).clusters
            changes.publish("cluster.changed", touched)
        after, done = ids[-1], done + len(ids)
        if progress:
            progress(done)
    return batches.finish_undo(batch.pk, actor=actor)


def refresh_statistics() -> None:
    """Tell the planner how large the tables have become: while they grow fast, autovacuum's word comes too late."""
    with connection.cursor() as cursor:
        cursor.execute(
            "ANALYZE catalog_bibrecord, catalog_revision, catalog_item, union_membership, union_matchkey, union_cluster"
        )


def _chunks(reading: Iterator[ReadPiece]) -> Iterator[list[ReadPiece]]:
    """Pieces in chunks of about CHUNK, fewer when they are large."""
    while True:
        chunk: list[ReadPiece] = []
        size = 0
        for piece in islice(reading, CHUNK):
            chunk.append(piece)
            size += len(piece.raw)
            if size >= CHUNK_BYTES:
                break
        if not chunk:
            return
        yield chunk


def _one_chunk(
    batch_id: int,
    chunk: Sequence[ReadPiece],
    rules: Sequence[HoldingRule],
    rehearsal: dict[str, bytes] | None,
    began: float,
    actor: Actor,
) -> ImportBatch:
    arrivals, report = _prepare(chunk, rules)
    with transaction.atomic():
        batch = ImportBatch.objects.select_for_update().select_related("source").get(pk=batch_id)
        if batch.status != ImportBatch.Status.RUNNING or batch.next_ordinal != chunk[0].ordinal:
            # undone meanwhile, or another process runs it and is already further
            if batch.status == ImportBatch.Status.RUNNING:
                raise RuntimeError(f"batch {batch_id} is being run by another process")
            return batch
        if rehearsal is None:
            applied, attached = _write(batch, arrivals)
            changes.publish("cluster.changed", attached.clusters)
        else:
            arrivals, seen = _seen_before(arrivals, rehearsal)
            applied, attached = _rehearse(batch, arrivals)
            applied.updated += seen.updated
            applied.unchanged += seen.unchanged
            applied.repeated += seen.repeated
        _count(report, applied, attached, chunk)
        report.seconds = time.monotonic() - began
        batches.add_chunk(batch, report)
    return batch


def _prepare(chunk: Sequence[ReadPiece], rules: Sequence[HoldingRule]) -> tuple[list[Arrival], ChunkReport]:
    report = ChunkReport(read=len(chunk), next_offset=chunk[-1].resume, next_ordinal=chunk[-1].ordinal + 1)
    arrivals = []
    for p in chunk:
        if p.record is None:
            problem = p.problem or Problem("not-marc")
            report.problems += [(p.ordinal, p.offset, "", r.code, r.detail, False) for r in p.repairs]
            report.quarantine.append((p.ordinal, p.offset, p.raw, problem.code, problem.detail))
            continue
        content = content_of(p.record, rules)
        arrivals.append(Arrival(p.ordinal, p.raw, p.encoding, content))
        report.encodings[p.encoding] += 1
        if p.repairs:
            report.repaired += 1
            report.problems += [(p.ordinal, p.offset, content.label, r.code, r.detail, True) for r in p.repairs]
        for problem in validate(p.record):
            report.problems.append((p.ordinal, p.offset, content.label, problem.code, problem.detail, False))
    return arrivals, report


def _write(batch: ImportBatch, arrivals: Sequence[Arrival]) -> tuple[Applied, Attached]:
    applied = apply(arrivals, source=batch.source, batch_id=batch.pk, raw_format=batch.format)
    return applied, attach(_incoming(applied.written))


def _rehearse(batch: ImportBatch, arrivals: Sequence[Arrival]) -> tuple[Applied, Attached]:
    """Do everything and take it back: a dry run's report is what the import would say (rule IMP-23)."""
    try:
        with transaction.atomic():
            applied, attached = _write(batch, arrivals)
            raise _Rollback
    except _Rollback:
        return applied, attached


def _seen_before(arrivals: Sequence[Arrival], rehearsal: dict[str, bytes]) -> tuple[list[Arrival], Applied]:
    """Take out records whose control number an earlier chunk of a dry run has had, and count them as it would."""
    seen, fresh = Applied(), []
    mine: dict[str, bytes] = {}
    for a in arrivals:
        identity, digest = a.content.identity, a.content.digest
        if identity in rehearsal:
            seen.repeated.append(a)
            if rehearsal[identity] == digest:
                seen.unchanged += 1
            else:
                seen.updated += 1
            rehearsal[identity] = digest
        else:
            fresh.append(a)
            mine[identity] = digest
    rehearsal.update(mine)
    return fresh, seen


def _count(report: ChunkReport, applied: Applied, attached: Attached, chunk: Sequence[ReadPiece]) -> None:
    offsets = {p.ordinal: p.offset for p in chunk}
    report.created, report.updated, report.unchanged = applied.created, applied.updated, applied.unchanged
    report.items, report.joined, report.repeated = applied.items, attached.joined, len(applied.repeated)
    for a in applied.repeated:
        report.problems.append((a.ordinal, offsets[a.ordinal], a.content.label, "repeated-control-number", "", False))
    for a, barcode in applied.barcodes_taken:
        report.problems.append((a.ordinal, offsets[a.ordinal], a.content.label, "barcode-taken", barcode, False))


def _incoming(written: Sequence[Written]) -> list[Incoming]:
    return [Incoming(w.record_id, fingerprint(w.description), completeness(w.description), w.is_new) for w in written]


def _from_the_beginning(batch_id: int) -> ImportBatch:
    with transaction.atomic():
        batch = ImportBatch.objects.select_for_update().select_related("source").get(pk=batch_id)
        for name in _COUNTERS:
            setattr(batch, name, 0)
        batch.problem_counts, batch.encoding_counts = {}, {}
        batch.save()
        batch.quarantine.all().delete()
        batch.problems.all().delete()
    return batch
