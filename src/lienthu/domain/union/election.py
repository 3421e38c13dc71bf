"""The elected description of publications, from their members as they are read (CLU-17)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import orjson

from lienthu.domain.union.elect import Candidate, Elected, elect
from lienthu.domain.union.models import SourceRank
from lienthu.domain.union.selectors import members_of
from lienthu.foundation.marc.describe import Description, describe_canonical
from lienthu.foundation.marc.normalise import from_canonical


class Member(Protocol):
    """What electing needs of a member: MemberRow and ContentRow have it."""

    @property
    def record_id(self) -> int: ...
    @property
    def marc(self) -> str: ...
    @property
    def ranks(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Origin:
    """A field of a publication and the record, of which library, that it is from."""

    field: str
    record_id: int
    library_id: int


def elected_of(members: Sequence[Member], described: Sequence[Description] | None = None) -> Elected:
    """The election among members, the most complete first; ``described``: their descriptions, where they are known."""
    if described is None:
        described = [describe_canonical(m.marc) for m in members]
    if len(members) == 1:
        return elect([Candidate(members[0].record_id, described[0])])
    return elect(
        [
            Candidate(m.record_id, d, _linked(m.marc), orjson.loads(m.ranks) if m.ranks else {})
            for m, d in zip(members, described, strict=True)
        ]
    )


def origins_of(cluster_id: int, *, closed_too: bool = False) -> dict[str, Origin]:
    """Field of a publication → where it is from; empty for one that nobody holds. One query."""
    members = members_of([cluster_id], closed_too=closed_too).get(cluster_id)
    if not members:
        return {}
    library = {m.record_id: m.library_id for m in members}
    found = elected_of(members).origins
    return {name: Origin(name, record_id, library[record_id]) for name, record_id in found.items()}


def source_ranks() -> dict[int, Mapping[str, int]]:
    """Library id → field group → its place. One query."""
    return dict(SourceRank.objects.values_list("library_id", "ranks"))


def _linked(marc: str) -> frozenset[str]:
    """Field groups with a heading that carries $0, the number of an authority record."""
    if '"0"' not in marc:  # most records: no need to look closer
        return frozenset()
    groups = set()
    for f in from_canonical(marc).fields:
        if f.tag[0] in "167" and any(code == "0" for code, _ in f.subfields):
            groups.add("subjects" if f.tag[0] == "6" else "persons")
    return frozenset(groups)
