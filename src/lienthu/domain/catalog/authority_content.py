"""From a normalised authority record to what the catalogue keeps of it. Pure (rules AUT-1 to AUT-4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from lienthu.domain.catalog.content import MAX_CONTROL_NUMBER, identity_of
from lienthu.domain.catalog.heading_matching import bag_of
from lienthu.foundation.marc.authority import Authority, Heading, read_authority
from lienthu.foundation.marc.model import Record
from lienthu.foundation.marc.normalise import canonical, content_digest
from lienthu.foundation.vietnamese.collation import sort_key
from lienthu.foundation.vietnamese.tokens import folded_tokens


@dataclass(frozen=True, slots=True)
class NameRow:
    """A form under which an authority is found."""

    form: str
    text: str
    name: str
    bag: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AuthorityContent:
    """An authority record ready to be stored."""

    identity: str
    control_number: str
    marc: str
    digest: bytes
    said: Authority
    names: tuple[NameRow, ...]

    @property
    def label(self) -> str:
        """Control number and heading, for people reading a report."""
        return f"{self.control_number or '–'} · {self.said.heading.text}"[:200]

    @property
    def sort_key(self) -> str:
        """By which lists of headings are ordered."""
        return sort_key(self.said.heading.name)[:120]


class AuthorityArrival(NamedTuple):
    """An authority record as it arrives: where it stood, its bytes as received, its content."""

    ordinal: int
    raw: bytes
    raw_encoding: str
    content: AuthorityContent


def authority_content(record: Record, identity: str = "") -> AuthorityContent | None:
    """What a normalised authority record holds; None where it has no heading. Identity as of IMP-13."""
    said = read_authority(record)
    if said is None:
        return None
    number = record.control_number
    rows = [_name("heading", said.heading)]
    rows += [_name("former" if v.former else "variant", v.heading) for v in said.variants]
    seen: dict[str, NameRow] = {}
    for row in rows:
        if row.bag:
            seen.setdefault(row.text, row)
    return AuthorityContent(
        identity=identity or identity_of(number, record),
        control_number=number[:MAX_CONTROL_NUMBER],
        marc=canonical(record),
        digest=content_digest(record),
        said=said,
        names=tuple(seen.values()),
    )


def _name(form: str, heading: Heading) -> NameRow:
    return NameRow(
        form, heading.text, heading.name, bag_of(heading.kind, heading.name),
        tuple(dict.fromkeys(folded_tokens(heading.name)))[:40],
    )  # fmt: skip
