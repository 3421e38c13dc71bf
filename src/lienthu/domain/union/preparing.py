"""From a file to chunks ready to be written: read, described, checked, fingerprinted. Pure.

Rules IMP-11, IMP-22, QUA-2, AUT-1. Nothing here needs the database, so `reading_ahead` does it in a process of its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Final, NamedTuple

from lienthu.domain.catalog.authority_content import AuthorityArrival, authority_content
from lienthu.domain.catalog.content import Arrival, content_of
from lienthu.domain.catalog.encoding import EncodingPlan
from lienthu.domain.catalog.reading import ReadPiece, pieces
from lienthu.domain.union.fingerprint import Fingerprint, MatchKeys, completeness, fingerprint, match_keys
from lienthu.domain.union.works import work_key
from lienthu.foundation.marc.authority import is_authority
from lienthu.foundation.marc.describe import Description, describe
from lienthu.foundation.marc.holdings import HoldingRule
from lienthu.foundation.marc.model import Record
from lienthu.foundation.marc.problems import Problem
from lienthu.foundation.marc.quality import impossible_dates
from lienthu.foundation.marc.validate import validate

CHUNK: Final = 1000
CHUNK_BYTES: Final = 16 * 1024 * 1024


class Task(NamedTuple):
    """A file to be read from a checkpoint on, and how. ``this_year``: later dates cannot be true (QUA-2)."""

    path: Path
    format: str
    plan: EncodingPlan
    mapping: Mapping[str, str]
    rules: Sequence[HoldingRule]
    this_year: int
    offset: int = 0
    ordinal: int = 0


class Compared(NamedTuple):
    """What the union keeps of a record and finds it again by (rules MAT-1, MAT-2, CLU-18)."""

    fingerprint: Fingerprint
    keys: MatchKeys
    completeness: int
    work_key: int | None


def compared(d: Description) -> Compared:
    """A described record as the union compares it."""
    return all_compared([d])[0]


def all_compared(described: Sequence[Description]) -> list[Compared]:
    """The same of many records."""
    prints = [fingerprint(d) for d in described]
    keys = [match_keys(f) for f in prints]
    return list(map(Compared, prints, keys, map(completeness, described), map(work_key, described)))


@dataclass(slots=True)
class Prepared:
    """A chunk: publications, authorities, which a file may bring among them (AUT-1), and what there is to report.

    ``pieces`` are those of the file without what was made of them; of deleted ones the bytes are kept (HAR-6).
    ``compared`` is by ordinal. ``problems`` and ``quarantine`` are as a batch keeps them. ``rules``: those that its
    copies were read by.
    """

    pieces: list[ReadPiece] = field(default_factory=list)
    records: list[Arrival] = field(default_factory=list)
    compared: dict[int, Compared] = field(default_factory=dict)
    authorities: list[AuthorityArrival] = field(default_factory=list)
    problems: list[tuple[int, int, str, str, str, bool]] = field(default_factory=list)
    quarantine: list[tuple[int, int, bytes, str, str]] = field(default_factory=list)
    encodings: Counter[str] = field(default_factory=Counter)
    repaired: int = 0
    rules: Sequence[HoldingRule] = ()


def prepared_chunks(task: Task) -> Iterator[Prepared]:
    """The chunks of a file from its checkpoint on, CHUNK pieces each, fewer when they are large."""
    reading = pieces(task.path, task.format, task.plan, task.mapping, start=task.offset, ordinal=task.ordinal)
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
        yield _prepared(chunk, task)


def _prepared(chunk: Sequence[ReadPiece], task: Task) -> Prepared:
    out = Prepared(rules=task.rules)
    publications: list[tuple[ReadPiece, Record]] = []
    for p in chunk:
        kept = p.raw if p.deleted else b""
        out.pieces.append(ReadPiece(p.ordinal, p.offset, p.resume, kept, p.encoding, None, header=p.header))
        if p.deleted:
            continue
        if p.record is None:
            _quarantine(p, p.problem or Problem("not-marc"), out)
        elif is_authority(p.record):
            _prepare_authority(p, p.record, out)
        else:
            publications.append((p, p.record))
    _prepare_publications(publications, out, task)
    return out


def _prepare_publications(chunk: Sequence[tuple[ReadPiece, Record]], out: Prepared, task: Task) -> None:
    # one step of all records after the other: a tenth quicker than one record after the other, whose steps drive one
    # another out of the processor's caches
    described = [describe(record) for _, record in chunk]
    contents = [content_of(record, task.rules, p.identity, d) for (p, record), d in zip(chunk, described, strict=True)]
    compared_by = all_compared(described)
    faults = [(*validate(record), *impossible_dates(record, task.this_year)) for _, record in chunk]
    for (p, _), content, union, problems in zip(chunk, contents, compared_by, faults, strict=True):
        out.records.append(Arrival(p.ordinal, p.raw, p.encoding, content))
        out.compared[p.ordinal] = union
        _note_repairs(p, content.label if p.repairs else "", out)
        for problem in problems:
            out.problems.append((p.ordinal, p.offset, content.label, problem.code, problem.detail, False))


def _prepare_authority(p: ReadPiece, record: Record, out: Prepared) -> None:
    said = authority_content(record, p.identity)
    if said is None:
        _quarantine(p, Problem("no-heading"), out)
        return
    out.authorities.append(AuthorityArrival(p.ordinal, p.raw, p.encoding, said))
    _note_repairs(p, said.label, out)


def _note_repairs(p: ReadPiece, label: str, out: Prepared) -> None:
    out.encodings[p.encoding] += 1
    if p.repairs:
        out.repaired += 1
        out.problems += [(p.ordinal, p.offset, label, r.code, r.detail, True) for r in p.repairs]


def _quarantine(p: ReadPiece, problem: Problem, out: Prepared) -> None:
    out.problems += [(p.ordinal, p.offset, "", r.code, r.detail, False) for r in p.repairs]
    out.quarantine.append((p.ordinal, p.offset, p.raw, problem.code, problem.detail))
