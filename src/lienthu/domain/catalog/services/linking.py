"""Link headings of records to authorities, and go through the whole catalogue when authorities change.

Links by rule follow from the record, the authorities and what people said, and from nothing else: linking twice, or
in another order, gives the same links (rule AUT-8, docs/specs/authorities.md).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import orjson
from django.db import connection, transaction

from lienthu.domain.catalog.heading_matching import Candidate, Judged, Told, bag_of, digest_of, judge
from lienthu.domain.catalog.models import BibRecord
from lienthu.foundation.marc.authority import CONTROLLED_TAGS, Heading, headings_of
from lienthu.foundation.marc.normalise import canonical_rows, field_of_row
from lienthu.foundation.vietnamese.dates import year_of_008
from lienthu.platform.services import changes

CHUNK = 1000
_LOCK = 7_406_209  # advisory lock: authorities change while nobody links, and the other way round
_MOST_NAMES = 200  # of one bag: beyond that a name tells nobody apart


@dataclass(frozen=True, slots=True)
class _Found:
    """A heading of a record, and the bags in which it is looked for; the first is that of the whole heading."""

    record_id: int
    ordinal: int
    tag: str
    heading: Heading
    bag: str
    main_bag: str
    year: int | None


@dataclass(frozen=True, slots=True)
class _Link:
    record_id: int
    ordinal: int
    tag: str
    heading: str
    key: str
    digest: bytes
    whole: bool
    authority: int
    state: str
    by: str
    score: float
    reasons: str


def any_authorities() -> bool:
    """Whether there is anything to link to. Asked once a chunk."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM catalog_authority)")
        return bool(cursor.fetchone()[0])


def lock_for_linking() -> None:
    """Keep authorities from changing until the end of the transaction: whoever links sees them all (AUT-10)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s, 0)", [_LOCK])


def lock_for_change() -> None:
    """Wait for those who link now, and keep others from it until the end of the transaction (AUT-10)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, 0)", [_LOCK])


def link_written(records: Sequence[tuple[int, str]], *, fresh: frozenset[int] = frozenset()) -> None:
    """Link the headings of records just written, id and canonical text, in the caller's transaction (AUT-7).

    ``fresh`` had no links before. The number of statements does not depend on the number of records; without
    authorities it is two.
    """
    if not records:
        return
    lock_for_linking()
    if any_authorities():
        link(records, known=[r for r, _ in records if r not in fresh])


def link(records: Sequence[tuple[int, str]], known: Sequence[int] | None = None) -> frozenset[int]:
    """Bring the links of these records in step with the authorities; which records changed. Five statements at most.

    ``known``: those that may have links already; None: all.
    """
    found = [f for record_id, marc in records for f in _headings(record_id, marc)]
    ids = [r for r, _ in records] if known is None else list(known)
    wanted = _judged(found)
    before = _links(ids) if ids else {}
    changed = [link for key, link in wanted.items() if before.get(key) != link]
    stale = [key for key in before if key not in wanted or before[key] != wanted[key]]
    with connection.cursor() as cursor:
        if stale:
            cursor.execute(
                "DELETE FROM catalog_headinglink l USING unnest(%s::bigint[], %s::integer[], %s::bigint[])"
                " AS gone(record_id, ordinal, authority_id) WHERE l.record_id = gone.record_id"
                " AND l.ordinal = gone.ordinal AND l.authority_id = gone.authority_id",
                [[k[0] for k in stale], [k[1] for k in stale], [k[2] for k in stale]],
            )
        if changed:
            with cursor.copy(
                "COPY catalog_headinglink (record_id, ordinal, tag, heading, heading_key, heading_digest, whole,"
                " authority_id, state, decided_by, score, reasons) FROM STDIN"
            ) as copy:
                for n in changed:
                    copy.write_row(
                        (n.record_id, n.ordinal, n.tag, n.heading, n.key, n.digest, n.whole, n.authority, n.state,
                         n.by, n.score, n.reasons)
                    )  # fmt: skip
    return frozenset(key[0] for key in stale) | frozenset(n.record_id for n in changed)


def relink(record_ids: Sequence[int]) -> frozenset[int]:
    """Link these records anew from what is stored, and tell the index of those that changed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT r.id, v.marc FROM unnest(%s::bigint[]) AS wanted(id)"
            " CROSS JOIN LATERAL (SELECT id, revision FROM catalog_bibrecord WHERE id = wanted.id AND NOT deleted"
            " OFFSET 0) r CROSS JOIN LATERAL (SELECT marc FROM catalog_revision WHERE record_id = r.id"
            " AND number = r.revision OFFSET 0) v",
            [list(record_ids)],
        )
        rows = cursor.fetchall()
    lock_for_linking()
    touched = link(rows)
    changes.publish("record.headings", touched, bulk=len(touched) > CHUNK // 4)
    return touched


def sweep(chunks: int | None = None) -> int:
    """Go through the catalogue until every record has been compared with the authorities as they are (AUT-10).

    Each chunk is a transaction with its checkpoint: killed at any moment, it goes on where it was. ``chunks``: no
    more than these. Returns how many records changed.
    """
    total = done = 0
    while chunks is None or done < chunks:
        changed = _one_chunk()
        if changed is None:
            break
        total, done = total + changed, done + 1
    return total


def _one_chunk() -> int | None:
    with transaction.atomic(), connection.cursor() as cursor:
        lock_for_linking()  # before the row: who changes authorities takes them in this order too
        cursor.execute("SELECT wanted, target, done, after FROM catalog_headingsweep WHERE id = 1 FOR UPDATE")
        row = cursor.fetchone()
        if row is None:
            return None
        wanted, target, done, after = row
        if not after:
            if done >= wanted:
                return None
            target = wanted
        ids = list(BibRecord.objects.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:CHUNK])
        changed = len(relink(ids)) if ids else 0
        if len(ids) < CHUNK:
            cursor.execute("UPDATE catalog_headingsweep SET target = %s, done = %s, after = 0", [target, target])
        else:
            cursor.execute("UPDATE catalog_headingsweep SET target = %s, after = %s", [target, ids[-1]])
        return changed


def ask_for_sweep() -> None:
    """Note that authorities changed: every heading is to be looked at again. In the caller's transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO catalog_headingsweep AS s (id, wanted, target, done, after) VALUES (1, 1, 0, 0, 0)"
            " ON CONFLICT (id) DO UPDATE SET wanted = s.wanted + 1"
        )


def _headings(record_id: int, marc: str) -> list[_Found]:
    _, rows = canonical_rows(marc)
    year = next((year_of_008(row[1]) for row in rows if row[0] == "008"), None)
    fields = [(n, field_of_row(row)) for n, row in enumerate(rows) if row[0] in CONTROLLED_TAGS]
    return [
        _Found(record_id, n, tag, h, bag_of(h.kind, h.name), bag_of(h.kind, h.main) if h.main else "", year)
        for n, tag, h in headings_of(fields)
    ]


def _judged(found: Sequence[_Found]) -> dict[tuple[int, int, int], _Link]:
    bags = {f.bag for f in found} | {f.main_bag for f in found if f.main_bag}
    identifiers = {k for f in found for k in f.heading.identifiers}
    by_bag, by_identifier = _candidates(bags, identifiers)
    # only what may be linked at all is asked for, or looked at any further
    hits = [
        f for f in found if f.bag in by_bag or f.main_bag in by_bag or set(f.heading.identifiers) & by_identifier.keys()
    ]
    if not hits:
        return {}
    told = _decisions({digest_of(f.heading) for f in hits})
    out: dict[tuple[int, int, int], _Link] = {}
    judged: dict[tuple[Heading, int | None, int | None], list[tuple[Judged, str]]] = {}
    for f in hits:
        heading, whole = f.heading, True
        candidates = [*by_bag.get(f.bag, ()), *(c for k in heading.identifiers for c in by_identifier.get(k, ()))]
        if not candidates and f.main_bag:
            heading, whole = heading._replace(name=heading.main, main=""), False
            candidates = by_bag.get(f.main_bag, [])
        digest = digest_of(f.heading)
        said = [Told(authority, same, record is not None) for record, authority, same in told.get(digest, ())
                if record in (None, f.record_id)]  # fmt: skip
        # one author of many books in a chunk is judged once; a word for one record counts there only
        key = (heading, f.year, f.record_id if any(t.here for t in said) else None)
        if key not in judged:
            judged[key] = [(j, _text_of(j.reasons)) for j in judge(heading, candidates, said, f.year)]
        for j, reasons in judged[key]:
            out[f.record_id, f.ordinal, j.authority] = _Link(
                f.record_id, f.ordinal, f.tag, f.heading.text, f.bag[:120], digest, whole, j.authority,
                "linked" if j.linked else "suggested", "person" if j.by_person else "rule", j.score, reasons,
            )  # fmt: skip
    return out


_NAMES = """
    SELECT n.bag, a.root_id, root.kind,
           CASE WHEN a.id <> root.id AND n.form = 'heading' THEN 'former' ELSE n.form END, n.text, n.name,
           root.heading, root.birth, root.death
    FROM unnest(%s::text[]) AS wanted(bag)
    CROSS JOIN LATERAL (
        SELECT authority_id, bag, form, text, name FROM catalog_authorityname WHERE bag = wanted.bag
        ORDER BY authority_id LIMIT %s
    ) n
    JOIN catalog_authority a ON a.id = n.authority_id
    JOIN catalog_authority root ON root.id = a.root_id AND NOT root.deleted
"""
_NUMBERS = """
    SELECT i.key, a.root_id, root.kind, root.heading, root.birth, root.death
    FROM catalog_authorityidentifier i
    JOIN catalog_authority a ON a.id = i.authority_id
    JOIN catalog_authority root ON root.id = a.root_id AND NOT root.deleted
    WHERE i.key = ANY(%s)
"""


def _candidates(bags: set[str], identifiers: set[str]) -> tuple[dict[str, list[Candidate]], dict[str, list[Candidate]]]:
    by_bag: dict[str, list[Candidate]] = defaultdict(list)
    by_identifier: dict[str, list[Candidate]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_NAMES, [sorted(bags - {""}), _MOST_NAMES])
        for bag, root, kind, form, text, name, heading, birth, death in cursor.fetchall():
            by_bag[bag].append(Candidate(root, kind, form, text, name, heading, birth, death))
        if identifiers:
            cursor.execute(_NUMBERS, [sorted(identifiers)])
            for key, root, kind, heading, birth, death in cursor.fetchall():
                by_identifier[key].append(
                    Candidate(root, kind, "heading", heading, "", heading, birth, death, frozenset({key}))
                )
    return dict(by_bag), dict(by_identifier)


def _decisions(digests: set[bytes]) -> dict[bytes, list[tuple[int | None, int, bool]]]:
    out: dict[bytes, list[tuple[int | None, int, bool]]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT d.heading_digest, d.record_id, a.root_id, d.verdict = 'same' FROM catalog_headingdecision d"
            " JOIN catalog_authority a ON a.id = d.authority_id"
            " WHERE d.heading_digest = ANY(%s) AND d.withdrawn_by = ''",
            [list(digests)],
        )
        for digest, record_id, authority, same in cursor.fetchall():
            out[bytes(digest)].append((record_id, authority, same))
    return out


def _links(record_ids: Sequence[int]) -> dict[tuple[int, int, int], _Link]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT record_id, ordinal, tag, heading, heading_key, heading_digest, whole, authority_id, state,"
            " decided_by, score, reasons FROM catalog_headinglink WHERE record_id = ANY(%s)",
            [list(record_ids)],
        )
        return {(row[0], row[1], row[7]): _stored(*row) for row in cursor.fetchall()}


def _stored(
    record_id: int, ordinal: int, tag: str, heading: str, key: str, digest: bytes, whole: bool, authority: int,
    state: str, by: str, score: float, reasons: str,
) -> _Link:  # fmt: skip
    return _Link(
        record_id, ordinal, tag, heading, key, bytes(digest), whole, authority, state, by, score, _text_of(reasons)
    )


def _text_of(reasons: object) -> str:
    """One text for the same reasons: the database keeps the keys of an object in an order of its own."""
    value = orjson.loads(reasons) if isinstance(reasons, str | bytes) else reasons
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
