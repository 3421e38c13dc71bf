"""A chunk of a file: cut, prepared, written and joined, counted. What imports and rehearsals share (rule IMP-22)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from django.utils import timezone

from lienthu.domain.catalog.authority_content import authority_content
from lienthu.domain.catalog.content import content_of
from lienthu.domain.catalog.models import ImportBatch
from lienthu.domain.catalog.reading import ReadPiece, pieces
from lienthu.domain.catalog.selectors import plan_of
from lienthu.domain.catalog.services.apply import Applied, Arrival, Written, apply
from lienthu.domain.catalog.services.authorities import AuthorityArrival, apply_authorities
from lienthu.domain.catalog.services.batches import ChunkReport
from lienthu.domain.union.fingerprint import completeness, fingerprint
from lienthu.domain.union.services.attach import Attached, Incoming, attach
from lienthu.domain.union.services.harvested import keep_origins, steps_of, take_away
from lienthu.domain.union.works import work_key
from lienthu.foundation.marc.authority import is_authority
from lienthu.foundation.marc.holdings import HoldingRule
from lienthu.foundation.marc.model import Record
from lienthu.foundation.marc.problems import Problem
from lienthu.foundation.marc.quality import impossible_dates
from lienthu.foundation.marc.validate import validate
from lienthu.platform.services import files

Observer = Callable[[Sequence[Arrival], Applied], None]
"""Told what a chunk's records became, inside its transaction."""

CHUNK = 1000
CHUNK_BYTES = 16 * 1024 * 1024


def chunks_of(batch: ImportBatch) -> Iterator[list[ReadPiece]]:
    """The pieces of a batch's file from its checkpoint on, in chunks of CHUNK, fewer when they are large."""
    mapping = batch.options.get("mapping") or batch.source.column_mapping
    reading = pieces(
        files.path_of(batch.sha256), batch.format, plan_of(batch), mapping,
        start=batch.next_offset, ordinal=batch.next_ordinal,
    )  # fmt: skip
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


@dataclass(slots=True)
class Prepared:
    """What a chunk holds: publications, and authorities, which a file may bring among them (AUT-1)."""

    records: list[Arrival] = field(default_factory=list)
    authorities: list[AuthorityArrival] = field(default_factory=list)


def prepare(chunk: Sequence[ReadPiece], rules: Sequence[HoldingRule]) -> tuple[Prepared, ChunkReport]:
    """What a chunk holds, and what reading it has to report."""
    report = ChunkReport(read=len(chunk), next_offset=chunk[-1].resume, next_ordinal=chunk[-1].ordinal + 1)
    out = Prepared()
    this_year = timezone.localdate().year
    for p in chunk:
        if p.deleted:
            continue
        if p.record is None:
            problem = p.problem or Problem("not-marc")
            report.problems += [(p.ordinal, p.offset, "", r.code, r.detail, False) for r in p.repairs]
            report.quarantine.append((p.ordinal, p.offset, p.raw, problem.code, problem.detail))
            continue
        if is_authority(p.record):
            _prepare_authority(p, p.record, out, report)
            continue
        content = content_of(p.record, rules, p.identity)
        out.records.append(Arrival(p.ordinal, p.raw, p.encoding, content))
        report.encodings[p.encoding] += 1
        if p.repairs:
            report.repaired += 1
            report.problems += [(p.ordinal, p.offset, content.label, r.code, r.detail, True) for r in p.repairs]
        for problem in (*validate(p.record), *impossible_dates(p.record, this_year)):
            report.problems.append((p.ordinal, p.offset, content.label, problem.code, problem.detail, False))
    return out, report


def _prepare_authority(p: ReadPiece, record: Record, out: Prepared, report: ChunkReport) -> None:
    said = authority_content(record, p.identity)
    if said is None:
        report.problems += [(p.ordinal, p.offset, "", r.code, r.detail, False) for r in p.repairs]
        report.quarantine.append((p.ordinal, p.offset, p.raw, "no-heading", ""))
        return
    out.authorities.append(AuthorityArrival(p.ordinal, p.raw, p.encoding, said))
    report.encodings[p.encoding] += 1
    if p.repairs:
        report.repaired += 1
        report.problems += [(p.ordinal, p.offset, said.label, r.code, r.detail, True) for r in p.repairs]


def write(
    batch: ImportBatch,
    chunk: Sequence[ReadPiece],
    prepared: Prepared,
    report: ChunkReport,
    observe: Observer | None = None,
) -> frozenset[int]:
    """Write the records and place them in clusters, in the caller's transaction; fills the report.

    Returns the clusters that changed.
    """
    touched: frozenset[int] = frozenset()
    _write_authorities(batch, chunk, prepared.authorities, report)
    for arrived, gone in steps_of(chunk, prepared.records):
        applied = apply(arrived, source=batch.source, batch_id=batch.pk, raw_format=batch.format)
        keep_origins(batch, chunk, applied)
        attached = attach(incoming(applied.written))
        _count(report, applied, attached, chunk)
        touched |= attached.clusters
        if observe is not None:
            observe(arrived, applied)
        if gone:
            taken, left = take_away(batch, gone)
            report.withdrawn += len(taken.record_ids)
            report.unchanged += taken.unknown
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


def incoming(written: Sequence[Written]) -> list[Incoming]:
    """Written records as the union compares them."""
    return [
        Incoming(
            w.record_id, fingerprint(w.description), completeness(w.description), w.is_new, work_key(w.description)
        )
        for w in written
    ]  # fmt: skip
