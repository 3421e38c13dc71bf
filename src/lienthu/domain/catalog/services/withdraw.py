"""Take records out of the catalogue because their repository says so (rule HAR-6). A part of the chunk that says it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import connection

from lienthu.domain.catalog.authority_content import AuthorityArrival, authority_content
from lienthu.domain.catalog.models import ImportBatch
from lienthu.domain.catalog.services import datestamps, hosts
from lienthu.domain.catalog.services.apply import hand_on_barcodes, lock_source, remove_items
from lienthu.domain.catalog.services.authorities import apply_authorities
from lienthu.foundation.marc.normalise import from_canonical


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """The word that a record is no more: where it stood, its bytes as received, and which record is meant."""

    ordinal: int
    raw: bytes
    identity: str


@dataclass(slots=True)
class Withdrawn:
    """What a chunk took out, publications and authorities.

    ``waiting``: words about authorities that people edited, kept as revisions (AUT-12). ``unknown``: words about
    records that were never here, or are gone already.
    """

    record_ids: list[int] = field(default_factory=list)
    authorities: int = 0
    waiting: int = 0
    unknown: int = 0


def withdraw(gone: Sequence[Withdrawal], *, batch: ImportBatch) -> Withdrawn:
    """Write a last revision for each record meant, inside the caller's transaction. Undoing the batch restores them."""
    if not gone:
        return Withdrawn()
    source = batch.source
    said = {w.identity: w.raw for w in gone}
    lock_source(source.pk)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT r.id, wanted.identity FROM unnest(%s::text[]) AS wanted(identity)"
            " CROSS JOIN LATERAL (SELECT id FROM catalog_bibrecord WHERE source_id = %s AND identity = wanted.identity"
            " AND NOT deleted OFFSET 0) r",
            [list(said), source.pk],
        )
        found = cursor.fetchall()
    take_out({record_id: said[identity] for record_id, identity in found}, batch_id=batch.pk, raw_format=batch.format)
    out = Withdrawn([record_id for record_id, _ in found])
    known = {identity for _, identity in found}
    _withdraw_authorities({w.identity: w for w in gone if w.identity not in known}, batch, out)
    out.unknown = len(gone) - len(found) - out.authorities - out.waiting
    return out


def _withdraw_authorities(gone: dict[str, Withdrawal], batch: ImportBatch, out: Withdrawn) -> None:
    """As if each had come once more with a leader that says that it is deleted, so that all rules of imports hold."""
    if not gone:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT wanted.identity, a.edited, v.marc FROM unnest(%s::text[]) AS wanted(identity)"
            " CROSS JOIN LATERAL (SELECT id, revision, edited FROM catalog_authority WHERE source_id = %s"
            " AND identity = wanted.identity AND NOT deleted OFFSET 0) a"
            " JOIN catalog_authorityrevision v ON v.authority_id = a.id AND v.number = CASE WHEN a.edited THEN"
            " (SELECT max(number) FROM catalog_authorityrevision WHERE authority_id = a.id AND origin = 'received')"
            " ELSE a.revision END",
            [list(gone), batch.source_id],
        )
        found = cursor.fetchall()
    for edited in (False, True):
        arrivals: list[AuthorityArrival] = []
        for identity, was_edited, marc in found:
            record = from_canonical(marc)
            content = authority_content(record._replace(leader=f"{record.leader[:5]}d{record.leader[6:]}"), identity)
            if was_edited == edited and content is not None:
                arrivals.append(AuthorityArrival(gone[identity].ordinal, gone[identity].raw, "", content))
        applied = apply_authorities(arrivals, source=batch.source, batch=batch, raw_format=batch.format)
        if edited:
            out.waiting = applied.updated
        else:
            out.authorities = applied.updated


def take_out(words: dict[int, bytes], *, batch_id: int | None = None, raw_format: str = "") -> None:
    """Withdraw the records, each with the bytes that said so, b"" where nobody did. Those already gone stay so.

    Inside the caller's transaction, their source locked. Harvesters are told (rule OAI-7).
    """
    if not words:
        return
    ids, stamp = list(words), datestamps.take()
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO catalog_revision (record_id, number, batch_id, raw, raw_format, raw_encoding, marc, deleted,
                                          created_at)
            SELECT r.id, r.revision + 1, %s, said.raw, %s, '', v.marc, true, now()
            FROM unnest(%s::bigint[], %s::bytea[]) AS said(id, raw)
            JOIN catalog_bibrecord r ON r.id = said.id AND NOT r.deleted
            JOIN catalog_revision v ON v.record_id = r.id AND v.number = r.revision
            """,
            [batch_id, raw_format, ids, [words[i] for i in ids]],
        )
        cursor.execute(
            "UPDATE catalog_bibrecord SET revision = revision + 1, deleted = true, host_id = NULL, updated_at = now(),"
            " datestamp = %s WHERE id = ANY(%s) AND NOT deleted RETURNING library_id, title_key, number_key",
            [stamp, ids],
        )
        named = cursor.fetchall()
        cursor.execute(
            "UPDATE catalog_bibrecord SET host_id = NULL WHERE host_id = ANY(%s)"
            " RETURNING library_id, host_title_key, host_number_key",
            [ids],
        )
        named += cursor.fetchall()  # a part that was linked by number may name another host than the one that has gone
    hosts.relink_names(named)
    hand_on_barcodes(remove_items(ids).keys())
