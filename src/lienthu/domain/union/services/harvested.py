"""What a chunk of a harvested list has beside records: words that records are deleted, and where each came from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from lienthu.domain.catalog.content import Arrival
from lienthu.domain.catalog.models import ImportBatch
from lienthu.domain.catalog.provenance import Provenance
from lienthu.domain.catalog.reading import ReadPiece
from lienthu.domain.catalog.services.apply import Applied
from lienthu.domain.catalog.services.origins import note_origins
from lienthu.domain.catalog.services.withdraw import Withdrawal, Withdrawn, withdraw
from lienthu.domain.union.services.attach import remove

Step = tuple[list[Arrival], list[Withdrawal]]


def steps_of(chunk: Sequence[ReadPiece], arrivals: Sequence[Arrival]) -> Iterator[Step]:
    """Arrivals and withdrawals in steps in which no record has both: what a list says last is what counts (HAR-6).

    A chunk without withdrawals is one step.
    """
    by_ordinal = {a.ordinal: a for a in arrivals}
    step: Step = ([], [])
    come: set[str] = set()
    gone: set[str] = set()
    for p in chunk:
        if p.ordinal not in by_ordinal and not p.deleted:
            continue
        identity = p.identity or by_ordinal[p.ordinal].content.identity
        if identity in (come if p.deleted else gone):
            yield step
            step, come, gone = ([], []), set(), set()
        if p.deleted:
            gone.add(identity)
            step[1].append(Withdrawal(p.ordinal, p.raw, identity))
        else:
            come.add(identity)
            step[0].append(by_ordinal[p.ordinal])
    yield step


def take_away(batch: ImportBatch, gone: Sequence[Withdrawal]) -> tuple[Withdrawn, frozenset[int]]:
    """Withdraw the records from the catalogue and from their clusters; which clusters changed."""
    taken = withdraw(gone, batch=batch)
    return taken, remove(taken.record_ids) if taken.record_ids else frozenset()


def keep_origins(batch: ImportBatch, chunk: Sequence[ReadPiece], applied: Applied) -> None:
    """Note where the harvested records that were written came from (rule HAR-8)."""
    told = batch.options.get("harvest")
    if not told or not applied.written:
        return
    headers = {p.identity: p.header for p in chunk if p.header is not None and not p.deleted}
    note_origins(
        [
            Provenance(
                record_id=w.record_id,
                base_url=told["base_url"],
                identifier=header.identifier,
                datestamp=header.datestamp[:40],
                metadata_namespace=told["namespace"],
                harvested_at=datetime.fromisoformat(told["at"]),
                earlier=header.origins,
            )
            for w in applied.written
            if (header := headers.get(w.content.identity)) is not None
        ]
    )
