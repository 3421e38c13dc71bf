"""Conduct an import from its file to the union: read, write, join, tell the index; chunk by chunk, resumable.

One chunk is one transaction with its checkpoint in it, so a process killed at any moment loses at most the chunk it
was in, and nothing is counted twice (rules IMP-14, IMP-22).
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from contextlib import closing

import psycopg
from django.db import OperationalError, connection, transaction

from lienthu.domain.catalog.errors import CatalogRefused
from lienthu.domain.catalog.models import ImportBatch
from lienthu.domain.catalog.selectors import batch_record_ids
from lienthu.domain.catalog.services import batches
from lienthu.domain.catalog.services.authorities import take_back_authorities
from lienthu.domain.catalog.services.copies import begin as begin_copies
from lienthu.domain.catalog.services.copies import note_read_by
from lienthu.domain.catalog.services.figures import recount_copies
from lienthu.domain.catalog.services.planning import TABULAR
from lienthu.domain.catalog.services.undo import take_back
from lienthu.domain.union import preparing
from lienthu.domain.union.preparing import Prepared
from lienthu.domain.union.services import chunks
from lienthu.domain.union.services.attach import attach, remove
from lienthu.domain.union.services.rehearse import rehearse
from lienthu.platform.actor import Actor
from lienthu.platform.deadlocks import tried_again
from lienthu.platform.services import changes

Progress = Callable[[ImportBatch], None]

_FIRST_STATISTICS = 4 * preparing.CHUNK

log = logging.getLogger(__name__)


def run_batch(batch_id: int, *, actor: Actor, progress: Progress | None = None) -> ImportBatch:
    """Run or resume a batch to its end. A dry run writes nothing but its report.

    A batch that someone sets to being undone stops at the next chunk. An error that ends the run is noted on the
    batch and raised again.
    """
    with batches.at_work(batch_id):
        return _run(batch_id, actor, progress)


def _run(batch_id: int, actor: Actor, progress: Progress | None) -> ImportBatch:
    batch = batches.begin(batch_id, actor=actor)
    try:
        batch = rehearse(batch, progress) if batch.dry_run else _import(batch, progress)
    except (Exception, KeyboardInterrupt) as e:
        if isinstance(e, (OSError, OperationalError, psycopg.OperationalError, KeyboardInterrupt, CatalogRefused)):
            log.error("import batch %s stopped: %s", batch_id, e or "interrupted")
        else:
            log.exception("import batch %s stopped", batch_id)
        said = e.message if isinstance(e, CatalogRefused) else f"{type(e).__name__}: {e}".rstrip(": ")
        batches.fail(batch_id, said, actor=actor)
        raise
    if batch.status != ImportBatch.Status.RUNNING:
        return batch
    with transaction.atomic():
        batch = batches.finish(batch.pk, actor=actor)
        if not batch.dry_run:
            begin_copies(batch.source_id, actor=actor)  # IMP-38: what the file left unchanged follows its rules too
    if not batch.dry_run:
        recount_copies(batch.read)
    return batch


def _import(batch: ImportBatch, progress: Progress | None) -> ImportBatch:
    statistics_due = max(_FIRST_STATISTICS, batch.next_ordinal)
    began = time.monotonic()
    with closing(chunks.chunks_of(batch)) as coming:
        for chunk in coming:
            batch = write_chunk(batch.pk, chunk, began)
            began = time.monotonic()
            if batch.status != ImportBatch.Status.RUNNING:
                break
            if batch.next_ordinal >= statistics_due:
                refresh_statistics()
                statistics_due = batch.next_ordinal * 8
            if progress:
                progress(batch)
    return batch


def write_chunk(batch_id: int, chunk: Prepared, began: float) -> ImportBatch:
    """Write one chunk of a running batch, in its own transaction. ``began``: when reading it began (monotonic)."""
    return tried_again(f"import batch {batch_id}", lambda: _try_chunk(batch_id, chunk, began))


def _try_chunk(batch_id: int, chunk: Prepared, began: float) -> ImportBatch:
    first, report = chunk.pieces[0].ordinal, chunks.report_of(chunk)
    with transaction.atomic():
        batch = ImportBatch.objects.select_for_update().select_related("source").get(pk=batch_id)
        if batch.status != ImportBatch.Status.RUNNING or batch.next_ordinal != first:
            # undone meanwhile, or another process runs it and is already further
            if batch.status == ImportBatch.Status.RUNNING:
                raise RuntimeError(f"batch {batch_id} is being run by another process")
            return batch
        # a file of one chunk is what somebody waits for at a screen; what follows can wait its turn
        bulk = first > 0 or len(chunk.pieces) == preparing.CHUNK
        if batch.format not in TABULAR:
            note_read_by(batch.source, chunk.rules)
        changes.publish("cluster.changed", chunks.write(batch, chunk, report), bulk=bulk)
        report.seconds = time.monotonic() - began
        batches.add_chunk(batch, report)
    return batch


def undo_batch(batch_id: int, *, actor: Actor, progress: Callable[[int], None] | None = None) -> ImportBatch:
    """Undo a batch as a whole (rule IMP-21). Interrupted, it goes on where it was when called again."""
    batch = batches.begin_undo(batch_id, actor=actor)
    with batches.at_work(batch_id):
        return _undo(batch, actor, progress)


def _undo(batch: ImportBatch, actor: Actor, progress: Callable[[int], None] | None) -> ImportBatch:
    after = done = 0
    while ids := batch_record_ids(batch.pk, after, preparing.CHUNK):
        with transaction.atomic():
            back = take_back(batch, ids)
            touched = set(remove(back.withdrawn))
            touched |= attach(chunks.incoming(back.restored)).clusters
            changes.publish("cluster.changed", touched, bulk=after > 0 or len(ids) == preparing.CHUNK)
        after, done = ids[-1], done + len(ids)
        if progress:
            progress(done)
    with transaction.atomic():
        take_back_authorities(batch)
    batch = batches.finish_undo(batch.pk, actor=actor)
    recount_copies(batch.read)
    return batch


def refresh_statistics() -> None:
    """Tell the planner how large the tables have become: while they grow fast, autovacuum's word comes too late."""
    with connection.cursor() as cursor:
        cursor.execute(
            "ANALYZE catalog_bibrecord, catalog_revision, catalog_item, union_membership, union_matchkey,"
            " union_cluster, union_edge"
        )
