"""Authority records come in, are edited, restored, merged and parted. Rules AUT-1 to AUT-3 and AUT-11 to AUT-13.

The number of statements of a chunk does not depend on the number of records in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import orjson
from django.db import connection, transaction
from django.utils.translation import gettext as _

from lienthu.domain.catalog.authority_content import AuthorityArrival, AuthorityContent, authority_content
from lienthu.domain.catalog.authority_models import Authority, AuthorityRevision
from lienthu.domain.catalog.errors import AuthorityRefused
from lienthu.domain.catalog.models import ImportBatch, Source
from lienthu.domain.catalog.services.linking import ask_for_sweep, lock_for_change
from lienthu.foundation.marc.authority import read_heading
from lienthu.foundation.marc.model import Field, Record
from lienthu.foundation.marc.normalise import from_canonical, normalise
from lienthu.platform.actor import Actor
from lienthu.platform.services import audit, changes

_ORIGIN = AuthorityRevision.Origin


@dataclass(slots=True)
class AppliedAuthorities:
    """What a chunk did. ``created + updated + unchanged`` is the number of arrivals (AUT-2)."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    repeated: list[AuthorityArrival] = field(default_factory=list)


@dataclass(slots=True)
class _State:
    id: int
    revision: int
    last: int
    digest: bytes
    edited: bool
    deleted: bool
    is_new: bool = False
    touched: bool = False
    current: AuthorityContent | None = None


def apply_authorities(
    arrivals: Sequence[AuthorityArrival], *, source: Source, batch: ImportBatch, raw_format: str
) -> AppliedAuthorities:
    """Create or update the authorities of a chunk, in the caller's transaction.

    What the library sent last decides whether anything changed, so a repeated import changes nothing (AUT-2). What
    people edited is not written over: the newer version is kept as a revision and waits to be taken (AUT-12).
    """
    out = AppliedAuthorities()
    if not arrivals:
        return out
    lock_for_change()
    states = _states(source.pk, {a.content.identity for a in arrivals})
    ids = iter(_ids(len({a.content.identity for a in arrivals} - states.keys())))
    revisions: list[tuple[int, int, AuthorityArrival]] = []
    seen: set[str] = set()
    for a in arrivals:
        identity = a.content.identity
        if identity in seen:
            out.repeated.append(a)
        seen.add(identity)
        state = states.get(identity)
        if state is None:
            state = states[identity] = _State(next(ids), 1, 0, b"", False, False, is_new=True)
            out.created += 1
        elif state.digest == a.content.digest and (a.content.said.deleted or not state.deleted):
            out.unchanged += 1
            continue
        elif state.deleted and not a.content.said.deleted:
            out.created += 1
        else:
            out.updated += 1
        state.last += 1
        state.digest, state.touched = a.content.digest, True
        revisions.append((state.id, state.last, a))
        if not state.edited:
            state.revision, state.current, state.deleted = state.last, a.content, a.content.said.deleted
    _write(source, batch, raw_format, states, revisions)
    if revisions:
        ask_for_sweep()
        changes.publish(
            "authority.changed", [s.id for s in states.values() if s.current and not s.is_new], bulk=len(states) > 100
        )
    return out


def take_back_authorities(batch: ImportBatch) -> int:
    """Undo a batch on authorities (rule IMP-21): what it brought goes, what it changed returns. Safe to run again."""
    lock_for_change()
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT a.id, before.number, before.marc
            FROM catalog_authority a
            JOIN catalog_authorityrevision now_ ON now_.authority_id = a.id AND now_.number = a.revision
            LEFT JOIN LATERAL (
                SELECT number, marc FROM catalog_authorityrevision v
                WHERE v.authority_id = a.id AND v.number < a.revision AND v.batch_id IS DISTINCT FROM now_.batch_id
                ORDER BY number DESC LIMIT 1
            ) before ON true
            WHERE now_.batch_id = %s AND NOT a.edited AND (before.number IS NOT NULL OR NOT a.deleted)
            """,
            [batch.pk],
        )
        rows = cursor.fetchall()
        gone = [id_ for id_, number, _marc in rows if number is None]
        cursor.execute(
            "UPDATE catalog_authority SET deleted = true, received_digest = '', updated_at = now() WHERE id = ANY(%s)",
            [gone],
        )
    restored: dict[int, bytes] = {}
    for id_, number, marc in rows:
        content = authority_content(from_canonical(marc)) if number is not None else None
        if content is not None:
            authority = Authority.objects.get(pk=id_)
            _new_revision(authority, content, _ORIGIN.RESTORED, "", former=False, deleted=content.said.deleted)
            restored[id_] = content.digest
    _note_received(restored)
    if rows:
        ask_for_sweep()
        changes.publish("authority.changed", [row[0] for row in rows], bulk=len(rows) > 100)
    return len(rows)


@transaction.atomic
def amend_authority(
    authority_id: int, *, heading: str, dates: str, variants: Sequence[str], note: str, actor: Actor
) -> Authority:
    """Change heading, years, variants and note of an authority (AUT-11, AUT-12).

    Every publication under it follows; the heading it had stays a form by which it is found. Raises AuthorityRefused.
    """
    lock_for_change()
    authority = _locked(authority_id)
    record = from_canonical(authority.revisions.get(number=authority.revision).marc)
    content = authority_content(normalise(_amended(record, heading, dates, variants, note)))
    if content is None:
        raise AuthorityRefused.no_heading()
    current = authority.revisions.get(number=authority.revision)
    if content.marc == current.marc:
        return authority
    _new_revision(authority, content, _ORIGIN.EDITED, actor.name, former=True)
    Authority.objects.filter(pk=authority.pk).update(edited=True)
    audit.record(
        "authority.amended", authority, actor=actor, before=current.number, after=authority.revision,
        library_id=authority.source.library_id,
    )  # fmt: skip
    _tell([authority.pk])
    return authority


@transaction.atomic
def restore_authority(authority_id: int, number: int, *, actor: Actor) -> Authority:
    """Bring an earlier or a waiting revision back into force, as a new revision (AUT-12). Raises AuthorityRefused."""
    lock_for_change()
    authority = _locked(authority_id)
    revision = authority.revisions.filter(number=number).first()
    content = authority_content(from_canonical(revision.marc)) if revision else None
    if revision is None or content is None:
        raise AuthorityRefused(_("This authority has no revision %(n)d.") % {"n": number})
    later = number > authority.revision
    if not later:  # headings it had only in the states that are given up are no names of it
        authority.names.filter(form="former", since__gt=number).delete()
    _new_revision(authority, content, _ORIGIN.RESTORED, actor.name, former=later)
    latest_received = authority.revisions.filter(origin=_ORIGIN.RECEIVED).order_by("-number").first()
    same = latest_received is not None and latest_received.marc == content.marc
    Authority.objects.filter(pk=authority.pk).update(edited=not same)
    audit.record("authority.restored", authority, actor=actor, restored=number, library_id=authority.source.library_id)
    _tell([authority.pk])
    return authority


@transaction.atomic
def merge_authorities(authority_id: int, into_id: int, *, actor: Actor) -> None:
    """Rule AUT-13. Two records of one person: the first leads to the second, its names become forms of the second.

    Raises AuthorityRefused for itself, for different kinds, and for one that is already merged.
    """
    lock_for_change()
    loser, winner = _locked(authority_id), _locked(into_id)
    if loser.pk == winner.pk:
        raise AuthorityRefused(_("An authority cannot be merged with itself. Choose another one."))
    if loser.kind != winner.kind:
        raise AuthorityRefused(_("Only headings of the same kind can be merged."))
    Authority.objects.filter(root_id=loser.pk).update(root_id=winner.pk)
    Authority.objects.filter(pk=loser.pk).update(merged_into_id=winner.pk)
    audit.record("authority.merged", loser, actor=actor, into=winner.pk, library_id=loser.source.library_id)
    _tell([loser.pk, winner.pk])


@transaction.atomic
def part_authority(authority_id: int, *, actor: Actor) -> None:
    """Undo a merge (AUT-13): the authority stands for itself again, with those that had been merged into it."""
    lock_for_change()
    authority = Authority.objects.select_related("source").select_for_update(of=("self",)).get(pk=authority_id)
    if authority.merged_into_id is None:
        raise AuthorityRefused(_("This authority is not merged."))
    former = authority.root_id
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH RECURSIVE mine(id) AS (SELECT %s::bigint UNION"
            " SELECT a.id FROM catalog_authority a JOIN mine ON a.merged_into_id = mine.id)"
            " UPDATE catalog_authority SET root_id = %s WHERE id IN (SELECT id FROM mine)",
            [authority.pk, authority.pk],
        )
    Authority.objects.filter(pk=authority.pk).update(merged_into_id=None)
    audit.record("authority.parted", authority, actor=actor, parted_from=former, library_id=authority.source.library_id)
    _tell([authority.pk, former])


def _locked(authority_id: int) -> Authority:
    found = Authority.objects.select_related("source").select_for_update(of=("self",)).filter(pk=authority_id).first()
    if found is None or found.deleted:
        raise AuthorityRefused(_("There is no such authority any more."))
    if found.merged_into_id is not None:
        raise AuthorityRefused(_("This authority is merged into another one. Part them first, or change that one."))
    return found


def _tell(ids: Sequence[int]) -> None:
    ask_for_sweep()
    changes.publish("authority.changed", ids)


_FOUR: dict[str, str] = {
    "person": "400",
    "body": "410",
    "meeting": "411",
    "title": "430",
    "topic": "450",
    "place": "451",
}


def _amended(record: Record, heading: str, dates: str, variants: Sequence[str], note: str) -> Record:
    """The record with another heading, other variants and note; forms that stay keep their subfields."""
    main = next(f for f in record.fields if f.tag[0] == "1" and f.subfields)
    said = authority_content(record)
    assert said is not None
    kind, old = said.said.kind, said.said
    told = {v.heading.text for v in old.variants}
    fours = {read_heading(kind, f"1{f.tag[1:]}", f.subfields).text: f for f in record.fields if f.tag[0] == "4"}
    keep = {text: f for text, f in fours.items() if text in told}
    first, *parts = heading.split(" -- ") if kind in ("topic", "place") else [heading]
    pairs = (("a", first), *(("x", p) for p in parts), *((("d", dates),) if kind == "person" and dates else ()))
    shown = ", ".join(t for t in (heading, dates) if t)
    new_main = main if shown == old.heading.text else Field(main.tag, main.ind1, main.ind2, pairs)
    four = _FOUR.get(kind, f"4{main.tag[1:]}")
    forms = [keep.get(text) or Field(four, main.ind1, " ", (("a", text),)) for text in dict.fromkeys(variants) if text]
    gone = [main, *keep.values()]
    rest = [f for f in record.fields if not any(f is g for g in gone) and f.tag != "678"]
    rest += [Field("678", "0", " ", (("a", note),))] if note else []
    fields = sorted([*(f for f in rest if not f.is_control), new_main, *forms], key=lambda f: f.tag)
    return record.with_fields((*(f for f in rest if f.is_control), *fields))


def _new_revision(
    authority: Authority, content: AuthorityContent, origin: str, by: str, *, former: bool, deleted: bool = False
) -> None:
    last = authority.revisions.order_by("-number").values_list("number", flat=True)[0]
    number = last + 1
    AuthorityRevision.objects.create(
        authority=authority, number=number, origin=origin, by=by[:120], raw=content.marc.encode(),
        raw_format="canonical", raw_encoding="utf-8", marc=content.marc,
    )  # fmt: skip
    _put_current([(authority.pk, number, content, deleted)], former=former)
    authority.refresh_from_db()


def _states(source_id: int, identities: set[str]) -> dict[str, _State]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT a.identity, a.id, a.revision, v.last, a.received_digest, a.edited, a.deleted"
            " FROM unnest(%s::text[]) AS wanted(identity) CROSS JOIN LATERAL (SELECT * FROM catalog_authority"
            " WHERE source_id = %s AND identity = wanted.identity OFFSET 0) a CROSS JOIN LATERAL"
            " (SELECT max(number) AS last FROM catalog_authorityrevision WHERE authority_id = a.id) v",
            [list(identities), source_id],
        )
        return {
            identity: _State(id_, revision, last, bytes(digest), edited, deleted)
            for identity, id_, revision, last, digest, edited, deleted in cursor.fetchall()
        }


def _ids(count: int) -> list[int]:
    if not count:
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('catalog_authority_id_seq') FROM generate_series(1, %s)", [count])
        return [row[0] for row in cursor.fetchall()]


def _write(
    source: Source,
    batch: ImportBatch,
    raw_format: str,
    states: dict[str, _State],
    revisions: Sequence[tuple[int, int, AuthorityArrival]],
) -> None:
    if not revisions:
        return
    fresh = [(identity, s) for identity, s in states.items() if s.is_new]
    old = [s for s in states.values() if s.touched and not s.is_new]
    with connection.cursor() as cursor:
        with cursor.copy(
            "COPY catalog_authority (id, source_id, identity, control_number, kind, heading, subfields, sort_key,"
            " birth, death, revision, received_digest, edited, deleted, root_id) FROM STDIN"
        ) as copy:
            for identity, s in fresh:
                c = s.current
                assert c is not None
                copy.write_row(
                    (s.id, source.pk, identity, c.control_number, *_columns(c), s.revision, s.digest, False,
                     s.deleted, s.id)
                )  # fmt: skip
        with cursor.copy(
            "COPY catalog_authorityrevision (authority_id, number, batch_id, origin, by, raw, raw_format,"
            " raw_encoding, marc) FROM STDIN"
        ) as copy:
            for id_, number, a in revisions:
                copy.write_row(
                    (id_, number, batch.pk, "received", batch.uploaded_by[:120], a.raw, raw_format, a.raw_encoding,
                     a.content.marc)
                )  # fmt: skip
    _note_received({s.id: s.digest for s in old})
    _put_current([(s.id, s.revision, s.current, s.deleted) for s in old if s.current is not None], former=True)
    _put_names([(s.id, s.revision, s.current) for _, s in fresh if s.current is not None])


def _note_received(digests: dict[int, bytes]) -> None:
    """By what an import sees whether its file brings anything new. After an undo it is what is in force again."""
    if digests:
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE catalog_authority a SET received_digest = n.digest"
                " FROM unnest(%s::bigint[], %s::bytea[]) AS n(id, digest) WHERE a.id = n.id",
                [list(digests), list(digests.values())],
            )


def _columns(c: AuthorityContent) -> tuple[object, ...]:
    dates = c.said.heading.dates
    return (
        c.said.kind, c.said.heading.text, orjson.dumps(c.said.subfields).decode(), c.sort_key,
        dates.birth if dates else None, dates.death if dates else None,
    )  # fmt: skip


def _put_current(rows: Sequence[tuple[int, int, AuthorityContent, bool]], *, former: bool) -> None:
    """Bring these revisions into force. ``former``: a heading that goes stays a name of the authority (AUT-11)."""
    if not rows:
        return
    columns = [_columns(c) for _, _, c, _ in rows]
    ids = [r[0] for r in rows]
    with connection.cursor() as cursor:
        if former:
            cursor.execute(
                "UPDATE catalog_authorityname n SET form = 'former', since = new.revision"
                " FROM unnest(%s::bigint[], %s::integer[], %s::text[]) AS new(id, revision, heading)"
                " WHERE n.authority_id = new.id AND n.form = 'heading' AND n.text <> new.heading",
                [ids, [r[1] for r in rows], [c[1] for c in columns]],
            )
        # former headings stay, but for those that the record itself tells again
        cursor.execute(
            "DELETE FROM catalog_authorityname n USING unnest(%s::bigint[]) AS gone(id)"
            " WHERE n.authority_id = gone.id AND n.form <> 'former'",
            [ids],
        )
        cursor.execute("DELETE FROM catalog_authorityidentifier WHERE authority_id = ANY(%s)", [ids])
        cursor.execute(
            "UPDATE catalog_authority a SET kind = n.kind, heading = n.heading, subfields = n.subfields::jsonb,"
            " sort_key = n.sort_key, birth = n.birth, death = n.death, revision = n.revision, deleted = n.deleted,"
            " updated_at = now() FROM unnest(%s::bigint[], %s::integer[], %s::boolean[], %s::text[], %s::text[],"
            " %s::text[], %s::text[], %s::integer[], %s::integer[])"
            " AS n(id, revision, deleted, kind, heading, subfields, sort_key, birth, death) WHERE a.id = n.id",
            [ids, [r[1] for r in rows], [r[3] for r in rows], *(list(column) for column in zip(*columns, strict=True))],
        )
    _put_names([(id_, revision, c) for id_, revision, c, _ in rows])
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM catalog_authorityname n USING catalog_authorityname told"
            " WHERE n.authority_id = ANY(%s) AND n.form = 'former' AND told.authority_id = n.authority_id"
            " AND told.text = n.text AND told.id <> n.id AND (told.form <> 'former' OR told.id < n.id)",
            [ids],
        )


def _put_names(rows: Sequence[tuple[int, int, AuthorityContent]]) -> None:
    with connection.cursor() as cursor:
        with cursor.copy(
            "COPY catalog_authorityname (authority_id, form, text, name, bag, words, since) FROM STDIN"
        ) as copy:
            for id_, revision, c in rows:
                for n in c.names:
                    copy.write_row((id_, n.form, n.text, n.name, n.bag, list(n.words), revision))
        with cursor.copy("COPY catalog_authorityidentifier (authority_id, key) FROM STDIN") as copy:
            for id_, _revision, c in rows:
                for key in c.said.identifiers:
                    if key:
                        copy.write_row((id_, key))
