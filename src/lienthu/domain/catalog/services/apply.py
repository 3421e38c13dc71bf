"""Write a chunk of records: the catalogue's one act of importing. A single record is a chunk of one.

Rules IMP-13 to IMP-20, docs/specs/import.md. The number of statements does not depend on the number of records.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from django.db import connection

from lienthu.domain.catalog.content import Arrival, Content
from lienthu.domain.catalog.copies import COLUMNS, copies_in
from lienthu.domain.catalog.models import Source
from lienthu.domain.catalog.reading import HARVESTED
from lienthu.domain.catalog.services import datestamps
from lienthu.domain.catalog.services.hosts import link_hosts
from lienthu.domain.catalog.services.linking import link_written

_BARCODES = 7_406_206  # class of advisory locks: the barcodes of one library
COPY_ITEMS = f"COPY catalog_item (record_id, library_id, barcode_taken, {COLUMNS}) FROM STDIN"


Outcome = Literal["created", "updated", "unchanged"]


class Written(NamedTuple):
    """A record that was created or changed by a chunk; ``ordinal`` is that of its arrival, if it has just arrived."""

    record_id: int
    is_new: bool
    content: Content
    ordinal: int | None = None


@dataclass(slots=True)
class Applied:
    """What a chunk did. ``created + updated + unchanged`` is the number of arrivals (rule IMP-14)."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    items: int = 0
    outcomes: list[Outcome] = field(default_factory=list)
    """What became of each arrival, in their order."""
    repeated: list[Arrival] = field(default_factory=list)
    barcodes_taken: list[tuple[Arrival, str]] = field(default_factory=list)
    written: list[Written] = field(default_factory=list)


@dataclass(slots=True)
class _Known:
    id: int
    digest: bytes
    revision: int
    deleted: bool
    last_batch: int | None
    created_now: bool = False
    same_file: bool = False


@dataclass(slots=True)
class _Row:
    """The state of one record after this chunk, and every revision the chunk adds to it."""

    known: _Known
    last: Arrival
    revisions: list[tuple[int, Arrival]] = field(default_factory=list)
    is_new: bool = False
    revived: bool = False


def apply(arrivals: Sequence[Arrival], *, source: Source, batch_id: int | None, raw_format: str) -> Applied:
    """Create or update the records of the chunk, in the caller's transaction, with the source's row locked (IMP-26).

    A control number that comes again is an update of the earlier one and is reported in ``repeated`` (IMP-15).
    A record whose content is unchanged gets no revision (IMP-16). Barcodes that another copy of the library
    already has are kept, marked as taken, and reported (IMP-19).
    """
    out = Applied()
    public = lock_source(source.pk)
    known = _known(source.pk, {a.content.identity for a in arrivals}, batch_id)
    changed = (known.get(a.content.identity) for a in arrivals if not _same(known.get(a.content.identity), a))
    states = _states({k.id for k in changed if k is not None and k.same_file}, batch_id)
    ids = iter(_ids("catalog_bibrecord", len({a.content.identity for a in arrivals} - known.keys())))
    rows: dict[str, _Row] = {}
    seen: set[str] = set()
    for a in arrivals:
        identity = a.content.identity
        k = known.get(identity)
        if k is None:
            seen.add(identity)
            k = known[identity] = _Known(next(ids), a.content.digest, 1, False, batch_id, created_now=True)
            rows[identity] = _Row(k, a, [(1, a)], is_new=True)
            out.created += 1
            out.outcomes.append("created")
            continue
        if identity in seen or (k.last_batch is not None and k.last_batch == batch_id):
            out.repeated.append(a)
        seen.add(identity)
        # IMP-16: also an earlier state of a repeated control number, when the very same file comes again and is read
        # as it was then; by another character set or other columns it says something new
        again = k.last_batch != batch_id and a.content.marc in states.get(k.id, ())
        if (k.digest == a.content.digest or again) and not k.deleted:
            out.unchanged += 1
            out.outcomes.append("unchanged")
            continue
        k.revision += 1
        row = rows.setdefault(identity, _Row(k, a))
        row.revisions.append((k.revision, a))
        row.last = a
        if k.deleted:
            row.is_new = row.revived = True  # IMP-28: withdrawn or undone earlier, it is new to readers
            k.deleted = False
            out.created += 1
            out.outcomes.append("created")
        else:
            out.updated += 1
            out.outcomes.append("updated")
        k.digest, k.last_batch = a.content.digest, batch_id
    _write_records(list(rows.items()), source, batch_id, raw_format, public)
    taken: list[tuple[int, str]] = []
    write_items(
        [(r.known.id, r.last.content) for r in rows.values()],
        replace=[r.known.id for r in rows.values() if not r.known.created_now],
        library_id=source.library_id,
        taken=taken,
    )
    by_id = {r.known.id: r.last for r in rows.values()}
    out.barcodes_taken = [(by_id[record_id], barcode) for record_id, barcode in taken]
    out.items = sum(len(r.last.content.items) for r in rows.values())
    link_hosts(source, [(r.known.id, r.last.content) for r in rows.values()], harvested=raw_format == HARVESTED)
    link_written(
        [(r.known.id, r.last.content.marc) for r in rows.values()],
        fresh=frozenset(r.known.id for r in rows.values() if r.known.created_now),
    )
    out.written = [Written(r.known.id, r.is_new, r.last.content, r.last.ordinal) for r in rows.values()]
    return out


def _same(known: _Known | None, arrival: Arrival) -> bool:
    return known is not None and known.digest == arrival.content.digest


def _states(record_ids: set[int], batch_id: int | None) -> dict[int, set[str]]:
    """What the very same file said of these records when it came before. Only where something differs it is asked."""
    found: dict[int, set[str]] = {}
    if record_ids:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT v.record_id, v.marc FROM catalog_revision v JOIN catalog_importbatch b ON b.id = v.batch_id"
                " JOIN catalog_importbatch mine ON mine.sha256 = b.sha256"
                " WHERE mine.id = %s AND b.id <> mine.id AND v.record_id = ANY(%s)",
                [batch_id, sorted(record_ids)],
            )
            for record_id, marc in cursor.fetchall():
                found.setdefault(record_id, set()).add(marc)
    return found


def lock_source(source_id: int) -> bool:
    """Lock the source (IMP-26) and keep its library from being closed or opened meanwhile; whether it is open."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT NOT l.closed FROM catalog_source s JOIN network_library l ON l.id = s.library_id"
            " WHERE s.id = %s FOR UPDATE OF s FOR SHARE OF l",
            [source_id],
        )
        return bool(cursor.fetchone()[0])


def _known(source_id: int, identities: set[str], batch_id: int | None) -> dict[str, _Known]:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT r.identity, r.id, r.content_digest, r.revision, r.deleted, v.batch_id,
                   v.batch_id IN (
                       SELECT b.id FROM catalog_importbatch b JOIN catalog_importbatch mine ON mine.sha256 = b.sha256
                       WHERE mine.id = %s AND b.id <> mine.id)
            FROM unnest(%s::text[]) AS wanted(identity)
            CROSS JOIN LATERAL (
                SELECT * FROM catalog_bibrecord WHERE source_id = %s AND identity = wanted.identity OFFSET 0
            ) r
            LEFT JOIN LATERAL (
                SELECT batch_id FROM catalog_revision WHERE record_id = r.id AND number = r.revision OFFSET 0
            ) v ON true
            """,
            [batch_id, list(identities), source_id],
        )
        return {
            identity: _Known(id_, bytes(digest), revision, deleted, last_batch, same_file=bool(same_file))
            for identity, id_, digest, revision, deleted, last_batch, same_file in cursor.fetchall()
        }


def _ids(table: str, count: int) -> list[int]:
    if not count:
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(%s) FROM generate_series(1, %s)", [f"{table}_id_seq", count])
        return [row[0] for row in cursor.fetchall()]


def _write_records(
    rows: Sequence[tuple[str, _Row]], source: Source, batch_id: int | None, raw_format: str, public: bool
) -> None:
    if not rows:
        return
    stamp = datestamps.take()
    fresh = [(identity, r) for identity, r in rows if r.known.created_now]
    old = [r for _, r in rows if not r.known.created_now]
    with connection.cursor() as cursor:
        with cursor.copy(
            "COPY catalog_bibrecord (id, library_id, source_id, identity, control_number, revision, content_digest,"
            " deleted, host_control_number, created_at, updated_at, datestamp, exposed, material_type, local_history,"
            " children, origin, title_key, number_key, host_title_key, host_number_key) FROM STDIN"
        ) as copy:
            for identity, r in fresh:
                c = r.last.content
                copy.write_row(
                    (r.known.id, source.library_id, source.pk, identity, c.control_number, r.known.revision, c.digest,
                     False, c.host_control_number, "now", "now", stamp, public, c.material_type,
                     c.local_history, c.children, 0, *c.names)
                )  # fmt: skip
        if old:
            cursor.execute(
                """
                UPDATE catalog_bibrecord r
                SET revision = n.revision, content_digest = n.digest, deleted = false, control_number = n.number,
                    host_control_number = n.host, host_id = NULL, updated_at = now(), datestamp = %s,
                    exposed = exposed OR %s, material_type = n.material_type, local_history = n.local_history,
                    children = n.children, title_key = n.title_key, number_key = n.number_key,
                    host_title_key = n.host_title_key, host_number_key = n.host_number_key
                FROM unnest(%s::bigint[], %s::integer[], %s::bytea[], %s::text[], %s::text[], %s::text[], %s::boolean[],
                            %s::boolean[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[])
                    AS n(id, revision, digest, number, host, material_type, local_history, children, title_key,
                         number_key, host_title_key, host_number_key)
                WHERE r.id = n.id
                """,
                [
                    stamp,
                    public,
                    [r.known.id for r in old],
                    [r.known.revision for r in old],
                    [r.last.content.digest for r in old],
                    [r.last.content.control_number for r in old],
                    [r.last.content.host_control_number for r in old],
                    [r.last.content.material_type for r in old],
                    [r.last.content.local_history for r in old],
                    [r.last.content.children for r in old],
                    *map(list, zip(*(r.last.content.names for r in old), strict=True)),
                ],
            )
        with cursor.copy(
            "COPY catalog_revision (record_id, number, batch_id, raw, raw_format, raw_encoding, marc, deleted,"
            " created_at) FROM STDIN"
        ) as copy:
            for _, r in rows:
                for number, a in r.revisions:
                    copy.write_row(
                        (
                            r.known.id,
                            number,
                            batch_id,
                            a.raw,
                            raw_format,
                            a.raw_encoding,
                            a.content.marc,
                            False,
                            "now",
                        )
                    )


def write_items(
    contents: Sequence[tuple[int, Content]],
    *,
    replace: Sequence[int],
    library_id: int,
    taken: list[tuple[int, str]],
) -> None:
    """Write the copies the records tell of; those of ``replace`` are written anew. Fills ``taken`` with clashes.

    A record keeps the barcodes it had; those it no longer names go to the copies that wait for them (IMP-19).
    """
    held = remove_items(replace) if replace else {}
    branches = branch_ids(library_id)
    copies = [(record_id, copies_in(c.items, c.statements, branches)) for record_id, c in contents]
    named = {record_id: {c.barcode for c in mine if c.barcode} for record_id, mine in copies}
    kept = {barcode: record_id for (_, barcode), record_id in held.items() if barcode in named.get(record_id, ())}
    hand_on_barcodes([(library, barcode) for library, barcode in held if barcode not in kept])
    used = used_barcodes(library_id, {barcode for mine in named.values() for barcode in mine})
    with (
        connection.cursor() as cursor,
        cursor.copy(COPY_ITEMS) as copy,
    ):
        for record_id, mine in copies:
            for c in mine:
                barcode = c.barcode
                clash = bool(barcode) and (barcode in used or kept.get(barcode, record_id) != record_id)
                if clash:
                    taken.append((record_id, barcode))
                elif barcode:
                    used.add(barcode)
                copy.write_row((record_id, library_id, clash, *c))


def branch_ids(library_id: int) -> dict[str, int]:
    """Code of a branch in small letters → the branch."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT code, id FROM network_branch WHERE library_id = %s", [library_id])
        return {code.lower(): id_ for code, id_ in cursor.fetchall()}


def used_barcodes(library_id: int, barcodes: Collection[str]) -> set[str]:
    """Those of the barcodes that a copy of the library has; until the transaction ends nobody else gives any away."""
    if not barcodes:
        return set()
    with connection.cursor() as cursor:
        # barcodes are the library's, the lock on the source is not: two of its systems may import at once
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_BARCODES, library_id])
        cursor.execute(
            "SELECT barcode FROM catalog_item WHERE library_id = %s AND barcode = ANY(%s) AND NOT barcode_taken"
            " AND barcode <> ''",
            [library_id, list(barcodes)],
        )
        return {row[0] for row in cursor.fetchall()}


def remove_items(record_ids: Sequence[int]) -> dict[tuple[int, str], int]:
    """Remove the copies of these records; which library's barcode was held by which. Waiting copies held none."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM catalog_item WHERE record_id = ANY(%s)"
            " RETURNING library_id, barcode, record_id, barcode_taken",
            [list(record_ids)],
        )
        rows = cursor.fetchall()
    return {(library_id, barcode): record_id for library_id, barcode, record_id, taken in rows if barcode and not taken}


def hand_on_barcodes(barcodes: Collection[tuple[int, str]]) -> None:
    """Give barcodes of libraries that nobody holds any longer to the copy that has waited for each longest (IMP-19)."""
    if not barcodes:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE catalog_item copy SET barcode_taken = false
            FROM unnest(%s::bigint[], %s::text[]) AS free(library_id, barcode)
            CROSS JOIN LATERAL (
                SELECT id FROM catalog_item
                WHERE library_id = free.library_id AND barcode = free.barcode AND barcode_taken ORDER BY id LIMIT 1
            ) first
            WHERE copy.id = first.id
            """,
            [[library_id for library_id, _ in barcodes], [barcode for _, barcode in barcodes]],
        )
