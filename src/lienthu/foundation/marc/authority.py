"""MARC 21 authority records, and the headings of bibliographic records that they govern.

A heading is read the same way on both sides: kind, text, the words that name it, years of life, identifiers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from lienthu.foundation.marc.describe.isbd import trim
from lienthu.foundation.marc.describe.people import read_body, read_person
from lienthu.foundation.marc.describe.subjects import heading as subject_heading
from lienthu.foundation.marc.model import Field, Record
from lienthu.foundation.vietnamese.names import LifeDates, direct_form, life_dates

PERSON: Final = "person"
BODY: Final = "body"
MEETING: Final = "meeting"
TITLE: Final = "title"
TOPIC: Final = "topic"
PLACE: Final = "place"
OTHER: Final = "other"
"""Genres, chronological terms, subdivisions: kept whole, but no heading is linked to them."""
KINDS: Final = (PERSON, BODY, MEETING, TITLE, TOPIC, PLACE, OTHER)

Pairs = tuple[tuple[str, str], ...]

_OF_TAG_END: Final = {"00": PERSON, "10": BODY, "11": MEETING, "30": TITLE, "50": TOPIC, "51": PLACE}
CONTROLLED_TAGS: Final[Mapping[str, str]] = {
    **{f"{first}{end}": kind for first in "167" for end, kind in _OF_TAG_END.items() if first == "6" or end < "50"}
}
"""Bibliographic fields whose headings are governed by authority records, and by which kind."""

_NAME_CODES: Final = {
    PERSON: frozenset("abcqd"), BODY: frozenset("abcdn"), MEETING: frozenset("acdenq"),
    TITLE: frozenset("adfgklmnoprs"), TOPIC: frozenset("ab"), PLACE: frozenset("ab"),
}  # fmt: skip
_SUBDIVISIONS: Final = frozenset("vxyz")


class Heading(NamedTuple):
    """A name, title or term under which records stand. ``name`` holds the words that are compared.

    ``main`` is the first part of a subject heading with subdivisions, else empty. ``identifiers`` are `$0` and `$1`
    in the form of `identifier_key`.
    """

    kind: str
    text: str
    name: str
    dates: LifeDates | None = None
    main: str = ""
    identifiers: tuple[str, ...] = ()


class Variant(NamedTuple):
    """A 4XX: another form of the heading. ``former``: it once was the heading (`$w` nne)."""

    heading: Heading
    former: bool


class SeeAlso(NamedTuple):
    """A 5XX: a related heading. ``relation``: `$i`, or "earlier", "later", "broader", "narrower", or empty."""

    heading: Heading
    relation: str


class Authority(NamedTuple):
    """An authority record in the terms of display, linking and search. ``remarks`` (667) are not for the public."""

    kind: str
    heading: Heading
    subfields: Pairs
    variants: tuple[Variant, ...] = ()
    see_also: tuple[SeeAlso, ...] = ()
    identifiers: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    deleted: bool = False


def is_authority(record: Record) -> bool:
    """Whether leader/06 says that the record describes a heading and not a publication."""
    return record.leader[6:7] == "z"


def read_authority(record: Record) -> Authority | None:
    """What an authority record says; None for one without a heading (1XX). Never raises for damaged fields."""
    field = next((f for f in record.fields if f.tag[0] == "1" and f.subfields), None)
    if field is None:
        return None
    kind = _kind(field)
    head = read_heading(kind, field.tag, field.subfields)
    if not head.name:
        return None
    if kind == PERSON and head.dates is None:
        head = head._replace(dates=_dates_of_046(record))
    return Authority(
        kind=kind,
        heading=head,
        subfields=tuple((c, v) for c, v in field.subfields if c not in "01268"),
        variants=tuple(_variants(record, kind)),
        see_also=tuple(_see_also(record)),
        identifiers=tuple(dict.fromkeys(_identifiers(record))),
        notes=tuple(t for f in record.of("678", "680") if (t := trim(" ".join(f.all("abi"))))),
        remarks=tuple(t for f in record.of("667") if (t := trim(f.first("a")))),
        sources=tuple(t for f in record.of("670") if (t := trim(" ".join(f.all("ab"))))),
        deleted=record.leader[5:6] in ("d", "s", "x"),
    )


def headings_of(fields: Sequence[tuple[int, Field]]) -> Iterator[tuple[int, str, Heading]]:
    """Place, tag and heading of each field that an authority may govern; ``fields`` with their places in the record."""
    for place, f in fields:
        kind = CONTROLLED_TAGS.get(f.tag)
        if kind is None:
            continue
        head = read_heading(kind, f.tag, f.subfields)
        if head.name:
            yield place, f.tag, head


@lru_cache(maxsize=60_000)  # the same headings come again and again
def read_heading(kind: str, tag: str, subfields: Pairs) -> Heading:
    """The heading of one field, of an authority or of a bibliographic record."""
    identifiers = tuple(dict.fromkeys(k for c, v in subfields if c in "01" and (k := identifier_key(v))))
    own = _before_title(subfields) if kind in (PERSON, BODY, MEETING) else subfields
    field = Field(tag, subfields=own)
    if kind == PERSON:
        person = read_person(field)
        words = " ".join(v for c, v in own if c in "ab")
        dates = life_dates(person.dates) or life_dates(words)
        text = person.name if not person.dates or person.dates in person.name else f"{person.name}, {person.dates}"
        return Heading(kind, text, direct_form(words) or trim(words), dates, "", identifiers)
    if kind in (BODY, MEETING):
        name = read_body(field).name
        return Heading(kind, name, name, None, "", identifiers)
    if kind in (TITLE, OTHER):
        text = trim(" ".join(v for c, v in own if c not in "01245680iw"))
        return Heading(kind, text, text, None, "", identifiers)
    text = subject_heading(field)
    main, joint, _ = text.partition(" -- ")
    return Heading(kind, text, text, None, main if joint else "", identifiers)


def controlled(record: Record, forms: Mapping[int, tuple[str, Pairs, bool]]) -> Record:
    """The record with headings in their authorised form.

    ``forms``: place of the field → tag, subfields of the authority's heading, whether they stand for the whole of a
    subject heading or only for its first part. Roles, titles and subdivisions stay as they are. A place that holds
    another tag by now is left alone.
    """
    fields = list(record.fields)
    for place, (tag, pairs, whole) in forms.items():
        if place < len(fields) and fields[place].tag == tag:
            fields[place] = _with_name(fields[place], pairs, whole)
    return record.with_fields(fields)


def _with_name(field: Field, pairs: Pairs, whole: bool) -> Field:
    kind = CONTROLLED_TAGS[field.tag]
    codes = _NAME_CODES[kind] | (_SUBDIVISIONS if whole and kind in (TOPIC, PLACE) else frozenset())
    title_from = next((i for i, (c, _) in enumerate(field.subfields) if c == "t"), len(field.subfields))
    if kind == TITLE:
        title_from = len(field.subfields)
    rest = [(c, v) for i, (c, v) in enumerate(field.subfields) if i >= title_from or c not in codes]
    at = next((i for i, (c, _) in enumerate(field.subfields) if c in codes), 0)
    before = sum(1 for i, (c, _) in enumerate(field.subfields[:at]) if c not in codes)
    return field._replace(subfields=(*rest[:before], *pairs, *rest[before:]))


_ADDRESSES: Final = (
    (re.compile(r"(?:www\.)?viaf\.org/viaf/(\d+)"), "viaf:"),
    (re.compile(r"(?:www\.)?isni\.org/(?:isni/)?([\dx]{16})"), "isni:"),
    (re.compile(r"orcid\.org/([\dx-]{19})"), "orcid:"),
    (re.compile(r"(?:www\.)?wikidata\.org/(?:entity|wiki)/(q\d+)"), "wikidata:"),
    (re.compile(r"id\.loc\.gov/authorities/\w+/(\w+)"), "(dlc)"),
    (re.compile(r"d-nb\.info/gnd/([\dx-]+)"), "(de-588)"),
)
_MAX_IDENTIFIER: Final = 120


def identifier_key(value: str, scheme: str = "") -> str:
    """One form for an identifier, however it is written: "(DLC)n  79021164" and its address give the same.

    ``scheme`` is `$2` of 024. Empty for a bare number without a scheme: it names nothing outside its own system.
    """
    text = re.sub(r"\s+", "", value).lower()
    text = re.sub(r"^(?:\(uri\))?https?://", "//", text).rstrip("/")
    if text.startswith("//"):
        address = text[2:]
        for pattern, prefix in _ADDRESSES:
            if match := pattern.fullmatch(address):
                return prefix + match[1]
        return address[:_MAX_IDENTIFIER]
    if re.match(r"\([^()]+\)\S", text) or re.match(r"(?:viaf|isni|orcid|wikidata):\S", text):
        return text[:_MAX_IDENTIFIER]
    if scheme and text:
        bare = text.replace("-", "") if scheme == "isni" else text
        return f"{scheme.strip().lower()}:{bare}"[:_MAX_IDENTIFIER]
    return ""


def _kind(field: Field) -> str:
    kind = _OF_TAG_END.get(field.tag[1:], OTHER)
    return TITLE if kind in (PERSON, BODY, MEETING) and field.first("t") else kind


def _before_title(subfields: Pairs) -> Pairs:
    for i, (code, _) in enumerate(subfields):
        if code == "t":
            return subfields[:i]
    return subfields


def _variants(record: Record, kind: str) -> Iterator[Variant]:
    for f in record.fields:
        if f.tag[0] == "4" and f.subfields:
            head = read_heading(_kind(f), f"1{f.tag[1:]}", f.subfields)
            if head.name and head.kind == kind:
                yield Variant(head, f.first("w")[2:3] == "e" or f.first("w")[1:3] == "ne")


_RELATIONS: Final = {"a": "earlier", "b": "later", "g": "broader", "h": "narrower"}


def _see_also(record: Record) -> Iterator[SeeAlso]:
    for f in record.fields:
        if f.tag[0] == "5" and f.subfields and f.tag < "560":
            head = read_heading(_kind(f), f"1{f.tag[1:]}", tuple(p for p in f.subfields if p[0] not in "iw4"))
            if head.name:
                yield SeeAlso(head, trim(f.first("i")) or _RELATIONS.get(f.first("w")[:1], ""))


def _identifiers(record: Record) -> Iterator[str]:
    number, organisation = record.control_number, record.control("003").strip()
    if number and organisation:
        yield identifier_key(f"({organisation}){number}")
    for f in record.of("010"):
        if f.first("a"):
            yield identifier_key(f"(DLC){f.first('a')}")
    for f in record.of("024"):
        for value in (*f.all("a"), *f.all("01")):
            if key := identifier_key(value, f.first("2") if f.ind1 == "7" else ""):
                yield key
    for f in record.of("035"):
        for value in f.all("a"):
            if key := identifier_key(value):
                yield key


def _dates_of_046(record: Record) -> LifeDates | None:
    for f in record.of("046"):
        birth, death = (re.match(r"\d{4}", f.first(c)) for c in "fg")
        if birth or death:
            return LifeDates(int(birth[0]) if birth else None, int(death[0]) if death else None)
    return None
