"""A chunk of a file: written and joined, counted. What imports and rehearsals share (rule IMP-22)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Generator, Mapping, Sequence

from django.utils import timezone

from lienthu.domain.catalog.authority_content import AuthorityArrival
from lienthu.domain.catalog.content import Arrival
from lienthu.domain.catalog.models import ImportBatch
from lienthu.domain.catalog.reading import ReadPiece
from lienthu.domain.catalog.selectors import plan_of, rules_for
from lienthu.domain.catalog.services.apply import Applied, Written, apply
from lienthu.domain.catalog.services.authorities import apply_authorities
from lienthu.domain.catalog.services.batches import ChunkReport
from lienthu.domain.union.preparing import Compared, Prepared, Task, compared
from lienthu.domain.union.reading_ahead import chunks_ahead
from lienthu.domain.union.services.attach import Attached, Incoming, attach
from lienthu.domain.union.services.harvested import keep_origins, steps_of, take_away
from lienthu.foundation.marc.describe import describe_canonical
from lienthu.platform.services import files

Observer = Callable[[Sequence[Arrival], Applied], None]
"""Told what a chunk's records became, inside its transaction."""


def chunks_of(batch: ImportBatch) -> Generator[Prepared]:
    """The chunks of a batch's file from its checkpoint on. Close it when it is not read to its end."""
    return chunks_ahead(
        Task(
            files.path_of(batch.sha256),
            batch.format,
            plan_of(batch),
            batch.options.get("mapping") or batch.source.column_mapping,
            rules_for(batch),
            timezone.localdate().year,
            batch.next_offset,
            batch.next_ordinal,
        )
    )


def report_of(chunk: Prepared) -> ChunkReport:
    """What reading a chunk has to report; writing it adds its part."""
    last = chunk.pieces[-1]
    return ChunkReport(
        read=len(chunk.pieces),
        next_offset=last.resume,
        next_ordinal=last.ordinal + 1,
        repaired=chunk.repaired,
        quarantine=list(chunk.quarantine),
        problems=list(chunk.problems),
        encodings=Counter(chunk.encodings),
    )


def write(batch: ImportBatch, chunk: Prepared, report: ChunkReport, observe: Observer | None = None) -> frozenset[int]:
    """Write the records and place them in clusters, in the caller's transaction; fills the report.

    Returns the clusters that changed.
    """
    touched: frozenset[int] = frozenset()
    last_come = {a.content.identity: a.ordinal for a in chunk.authorities}
    _write_authorities(batch, chunk.pieces, chunk.authorities, report)
    for arrived, gone in steps_of(chunk.pieces, chunk.records):
        applied = apply(arrived, source=batch.source, batch_id=batch.pk, raw_format=batch.format)
        keep_origins(batch, chunk.pieces, applied)
        attached = attach(incoming(applied.written, chunk.compared))
        _count(report, applied, attached, chunk.pieces)
        touched |= attached.clusters
        if observe is not None:
            observe(arrived, applied)
        if gone:
            # an authority is written before all withdrawals: a word that it came back after is out of date (HAR-6)
            valid = [w for w in gone if last_come.get(w.identity, -1) < w.ordinal]
            taken, left = take_away(batch, valid)
            report.withdrawn += len(taken.record_ids) + taken.authorities
            report.updated += taken.waiting
            report.unchanged += taken.unknown + len(gone) - len(valid)
            touched |= left
    return touched


def _write_authorities(
    batch: ImportBatch, chunk: Sequence[ReadPiece], arrivals: Sequence[AuthorityArrival], report: ChunkReport
) -> None:
    if not arrivals:
        return
    applied = apply_authorities(arrivals, source=batch.source, batch=batch, raw_format=batch.format)
    report.created += applied.created
    report.updated += applied.updated
    report.unchanged += applied.unchanged
    report.repeated += len(applied.repeated)
    offsets = {p.ordinal: p.offset for p in chunk}
    for a in applied.repeated:
        report.problems.append((a.ordinal, offsets[a.ordinal], a.content.label, "repeated-control-number", "", False))


def _count(report: ChunkReport, applied: Applied, attached: Attached, chunk: Sequence[ReadPiece]) -> None:
    offsets = {p.ordinal: p.offset for p in chunk}
    report.created += applied.created
    report.updated += applied.updated
    report.unchanged += applied.unchanged
    report.items += applied.items
    report.joined += attached.joined
    report.repeated += len(applied.repeated)
    for a in applied.repeated:
        report.problems.append((a.ordinal, offsets[a.ordinal], a.content.label, "repeated-control-number", "", False))
    for a, barcode in applied.barcodes_taken:
        report.problems.append((a.ordinal, offsets[a.ordinal], a.content.label, "barcode-taken", barcode, False))


def incoming(written: Sequence[Written], known: Mapping[int, Compared] | None = None) -> list[Incoming]:
    """Written records as the union compares them. ``known``: by ordinal, of those that just arrived."""
    return [
        Incoming(
            w.record_id,
            w.is_new,
            *(compared(describe_canonical(w.content.marc)) if known is None or w.ordinal is None else known[w.ordinal]),
        )
        for w in written
    ]
