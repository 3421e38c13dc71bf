"""Reading authorities: under which headings records stand, one authority, lists, suggestions of links."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from django.db import connection

from lienthu.domain.catalog.authority_models import Authority, AuthorityRevision, HeadingDecision, HeadingLink
from lienthu.foundation.marc.authority import CONTROLLED_TAGS, PERSON, Pairs, controlled, read_authority
from lienthu.foundation.marc.authority import Authority as Said
from lienthu.foundation.marc.describe.people import read_body, read_person
from lienthu.foundation.marc.model import Field, Record
from lienthu.foundation.marc.normalise import from_canonical
from lienthu.foundation.vietnamese.names import direct_form
from lienthu.foundation.vietnamese.tokens import folded_tokens

_PEOPLE = ("person", "body", "meeting")


@dataclass(slots=True)
class RecordHeadings:
    """The authorised headings of one record, and the other forms under which it is found."""

    forms: dict[int, tuple[str, Pairs, bool]] = field(default_factory=dict)
    authorities: dict[int, int] = field(default_factory=dict)
    people: list[tuple[str, str]] = field(default_factory=list)
    subjects: list[tuple[str, str]] = field(default_factory=list)

    def applied(self, record: Record) -> Record:
        """The record as it is shown: its headings in their authorised form (AUT-11)."""
        return controlled(record, self.forms)

    def named(self) -> Iterator[tuple[str, int]]:
        """Persons and bodies by the names a description shows, with their authorities."""
        for place, (tag, pairs, _) in self.forms.items():
            kind = CONTROLLED_TAGS[tag]
            if tag[0] != "6" and kind in _PEOPLE:
                field_ = Field(tag, subfields=pairs)
                yield (read_person(field_) if kind == PERSON else read_body(field_)).name, self.authorities[place]


_LINKS = """
    SELECT l.record_id, l.ordinal, l.tag, l.heading, l.whole, root.id, root.kind, root.heading, root.subfields
    FROM unnest(%s::bigint[]) AS wanted(id)
    CROSS JOIN LATERAL (
        SELECT record_id, ordinal, tag, heading, whole, authority_id FROM catalog_headinglink
        WHERE record_id = wanted.id AND state = 'linked' OFFSET 0
    ) l
    CROSS JOIN LATERAL (SELECT root_id FROM catalog_authority WHERE id = l.authority_id OFFSET 0) a
    CROSS JOIN LATERAL (
        SELECT id, kind, heading, subfields FROM catalog_authority WHERE id = a.root_id AND NOT deleted OFFSET 0
    ) root
    ORDER BY l.record_id, l.ordinal
"""
_FORMS = """
    SELECT a.root_id, n.text FROM catalog_authority a JOIN catalog_authorityname n ON n.authority_id = a.id
    WHERE a.root_id = ANY(%s) ORDER BY a.root_id, n.text
"""


def headings_of(record_ids: Sequence[int], *, other_names: bool = False) -> dict[int, RecordHeadings]:
    """Record id → its headings, for those that stand under an authority. One statement; a second for other names."""
    out: dict[int, RecordHeadings] = {}
    if not record_ids:
        return out
    with connection.cursor() as cursor:
        cursor.execute(_LINKS, [list(record_ids)])
        rows = cursor.fetchall()
        if not rows:
            return out
        forms: dict[int, list[str]] = {}
        if other_names:
            cursor.execute(_FORMS, [list({row[5] for row in rows})])
            for root, text in cursor.fetchall():
                forms.setdefault(root, []).append(text)
    subfields: dict[int, Pairs] = {}
    for record_id, place, tag, source, whole, root, kind, heading, pairs in rows:
        if root not in subfields:
            said = orjson.loads(pairs) if isinstance(pairs, str | bytes) else pairs
            subfields[root] = tuple((code, value) for code, value in said)
        of = out.setdefault(record_id, RecordHeadings())
        of.forms[place] = (tag, subfields[root], whole)
        of.authorities[place] = root
        into = of.people if kind in _PEOPLE and tag[0] != "6" else of.subjects
        into += [(text, heading) for text in dict.fromkeys((source, *forms.get(root, ()))) if text != heading]
    return out


def applied(record_id: int, record: Record) -> Record:
    """One record as it is shown: its headings in their authorised form."""
    under = headings_of([record_id]).get(record_id)
    return under.applied(record) if under else record


def authority_by_id(authority_id: int) -> Authority | None:
    """An authority by the number of its address; the one it was merged into, where it was. None: none, or deleted."""
    found = Authority.objects.select_related("root", "source", "source__library").filter(pk=authority_id).first()
    if found is None or found.root.deleted:
        return None
    return found if found.root_id == found.pk else authority_by_id(found.root_id)


def said_by(authority: Authority) -> Said:
    """What the revision in force says."""
    said = read_authority(from_canonical(authority.revisions.get(number=authority.revision).marc))
    assert said is not None  # nothing without a heading is stored
    return said


def names_of(authority: Authority) -> list[tuple[str, str]]:
    """(form, text) of all names under which an authority is found, the merged ones' too; its heading is left out."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT CASE WHEN a.id = a.root_id THEN n.form ELSE 'variant' END, n.text FROM catalog_authority a"
            " JOIN catalog_authorityname n ON n.authority_id = a.id WHERE a.root_id = %s ORDER BY 2",
            [authority.pk],
        )
        return [(form, text) for form, text in cursor.fetchall() if text != authority.heading]


def history_of_authority(authority: Authority) -> list[AuthorityRevision]:
    """Its revisions, newest first, without their content."""
    return list(authority.revisions.defer("raw", "marc").order_by("-number")[:200])


def merged_into(authority: Authority) -> list[Authority]:
    """Those that lead to this one."""
    return list(Authority.objects.filter(merged_into_id=authority.pk).order_by("sort_key")[:100])


def names_stamp() -> tuple[int, int]:
    """Changes when authorities or their names do, merging apart: two look-ups at the end of an index."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce((SELECT max(id) FROM catalog_authorityname), 0),"
            " coalesce((SELECT max(id) FROM catalog_authorityrevision), 0)"
        )
        row = cursor.fetchone()
        return int(row[0]), int(row[1])


def other_names() -> list[tuple[str, str]]:
    """(another form, heading that counts) of all persons: variants, former headings, headings of merged ones."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT n.text, root.heading FROM catalog_authority a JOIN catalog_authority root ON root.id = a.root_id"
            " JOIN catalog_authorityname n ON n.authority_id = a.id"
            " WHERE a.kind = 'person' AND NOT a.deleted AND NOT root.deleted AND n.text <> root.heading"
        )
        return list(cursor.fetchall())


def records_under(authority_id: int, after: int = 0, limit: int = 30) -> list[int]:
    """Ids of records of open libraries under an authority, in order, after ``after``."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT l.record_id FROM catalog_headinglink l"
            " JOIN catalog_bibrecord r ON r.id = l.record_id AND NOT r.deleted"
            " AND r.library_id <> ALL(ARRAY(SELECT id FROM network_library WHERE closed))"
            " WHERE l.authority_id IN (SELECT id FROM catalog_authority WHERE root_id = %s)"
            " AND l.state = 'linked' AND l.record_id > %s ORDER BY l.record_id LIMIT %s",
            [authority_id, after, limit],
        )
        return [row[0] for row in cursor.fetchall()]


def record_counts(authority_ids: Sequence[int]) -> dict[int, int]:
    """Authority id → how many records stand under it, merged ones' included, in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT a.root_id, count(DISTINCT l.record_id) FROM catalog_authority a"
            " JOIN catalog_headinglink l ON l.authority_id = a.id AND l.state = 'linked'"
            " WHERE a.root_id = ANY(%s) GROUP BY a.root_id",
            [list(authority_ids)],
        )
        return dict(cursor.fetchall())


@dataclass(frozen=True, slots=True)
class AuthorityRow:
    """An authority in a list, with the name by which it was found."""

    authority: Authority
    found_as: str
    records: int


def authority_list(
    q: str = "", kind: str = "", after: tuple[str, int] | None = None, limit: int = 30
) -> list[Authority]:
    """Authorities in the order of their headings, or those of which a name holds all words of ``q``."""
    rows = Authority.objects.filter(deleted=False, merged_into=None).order_by("sort_key", "id")
    if kind:
        rows = rows.filter(kind=kind)
    words = folded_tokens(direct_form(q[:200]) or q[:200])
    if words:
        rows = rows.filter(pk__in=_named(words))
    elif after:
        key, id_ = after
        rows = rows.filter(sort_key__gte=key).exclude(sort_key=key, pk__lte=id_)
    return list(rows[:limit])


def _named(words: Sequence[str]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT a.root_id FROM (SELECT authority_id FROM catalog_authorityname"
            " WHERE words @> %s::text[] LIMIT 2000) n JOIN catalog_authority a ON a.id = n.authority_id",
            [list(words)],
        )
        return [row[0] for row in cursor.fetchall()]


def found_by(text: str, kinds: Sequence[str]) -> Authority | None:
    """The one authority of these kinds with exactly this heading, for leading from a see-also; None if not just one."""
    found = list(
        Authority.objects.filter(heading=text, kind__in=kinds, deleted=False, merged_into=None,
                                 names__name__isnull=False).distinct()[:2]
    )  # fmt: skip
    return found[0] if len(found) == 1 else None


@dataclass(frozen=True, slots=True)
class SuggestionGroup:
    """One heading that may be an authority, wherever it stands; ``record_ids``: some of the records."""

    heading: str
    heading_key: str
    digest: str
    authority: Authority
    score: float
    reasons: list[dict[str, Any]]
    records: int
    record_ids: list[int]


def suggestions(after: tuple[str, str, int] | None = None, limit: int = 20) -> list[SuggestionGroup]:
    """Headings that wait for a person's word, in the order of their names (AUT-9). Three statements."""
    key, digest, authority = after or ("", "", 0)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT heading_key, encode(heading_digest, 'hex'), authority_id, count(*), min(id),"
            " (array_agg(DISTINCT record_id))[1:5] FROM catalog_headinglink WHERE state = 'suggested'"
            " AND (heading_key, heading_digest, authority_id) > (%s, decode(%s, 'hex'), %s)"
            " GROUP BY heading_key, heading_digest, authority_id"
            " ORDER BY heading_key, heading_digest, authority_id LIMIT %s",
            [key, digest, authority, limit],
        )
        rows = cursor.fetchall()
    links = HeadingLink.objects.in_bulk([row[4] for row in rows])
    authorities = Authority.objects.in_bulk([row[2] for row in rows])
    return [
        SuggestionGroup(
            links[first].heading, key_, digest_, authorities[authority_], links[first].score, links[first].reasons,
            count, list(ids),
        )
        for key_, digest_, authority_, count, first, ids in rows
    ]  # fmt: skip


def decisions_on(authority: Authority, limit: int = 50) -> list[HeadingDecision]:
    """What people said of headings and this authority, newest first, withdrawn words included."""
    return list(HeadingDecision.objects.filter(authority__root=authority).order_by("-pk")[:limit])
