"""A publication as an editor sees it: members, edges with reasons, what people said, what became of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from lienthu.domain.network.models import Library
from lienthu.domain.network.policy import Permission
from lienthu.domain.union.election import elected_of
from lienthu.domain.union.history import DecisionRow, EventRow
from lienthu.domain.union.review import ClusterView, EdgeRow
from lienthu.domain.union.review_selectors import libraries_of
from lienthu.faces.web.portal.labels import ORIGIN_LABELS
from lienthu.faces.web.staff.access import Desk
from lienthu.faces.web.staff.union.pairs import hidden_libraries, percent
from lienthu.faces.web.staff.union.words import CAUSES, EVENTS, VERDICTS, Label
from lienthu.foundation.marc.describe import describe
from lienthu.foundation.marc.normalise import from_canonical

SHOWN = 60
"""Edges and decisions listed, at most: what is between hundreds of records nobody reads."""


@dataclass(frozen=True, slots=True)
class Member:
    """A record with the facts that tell it from the others."""

    id: int
    library: str
    control_number: str
    title: str
    part: str
    imprint: str
    extent: str
    isbn: str
    preferred: bool
    addresses: tuple[int, ...]
    may_open: bool

    @property
    def number(self) -> str:
        """Its number here, for one without a control number."""
        return self.control_number or str(self.id)


@dataclass(frozen=True, slots=True)
class Edge:
    """A scored pair that touches the publication."""

    row: EdgeRow
    left: str
    right: str
    score: str
    label: Label
    kind: str


@dataclass(frozen=True, slots=True)
class Said:
    """A person's word on a pair."""

    row: DecisionRow
    label: Label
    kind: str


@dataclass(frozen=True, slots=True)
class Event:
    """What became of the address."""

    row: EventRow
    label: Label
    cause: Label


@dataclass(frozen=True, slots=True)
class Origin:
    """A field that readers see, and the record it is from (CLU-17)."""

    label: Label
    value: str
    library: str
    control_number: str


@dataclass(frozen=True, slots=True)
class Page:
    """All of it. ``hidden``: members in closed libraries that this person may not see."""

    id: int
    title: str
    members: tuple[Member, ...]
    hidden: int
    inside: tuple[Edge, ...]
    outside: tuple[Edge, ...]
    said: tuple[Said, ...]
    history: tuple[Event, ...]
    addresses: tuple[int, ...]
    origins: tuple[Origin, ...]


def page_of(view: ClusterView, desk: Desk) -> Page:
    """Without what this person may not see, and without any pair that leads there."""
    libraries = Library.objects.in_bulk({m.library_id for m in view.members})
    closed = hidden_libraries(desk)
    here = {m.record_id: m for m in view.members}
    touched = {r for e in view.edges for r in (e.left, e.right)} | {
        r for d in view.decisions for r in (d.left, d.right)
    }
    where = libraries_of(touched - here.keys()) if closed else {}
    hidden = {m.record_id for m in view.members if m.library_id in closed}
    hidden |= {record_id for record_id, library_id in where.items() if library_id in closed}
    numbers = {m.record_id: m.control_number or str(m.record_id) for m in view.members}
    members = []
    for row in view.members:
        if row.record_id in hidden:
            continue
        d = describe(from_canonical(row.marc))
        members.append(
            Member(
                id=row.record_id,
                library=libraries[row.library_id].name,
                control_number=row.control_number,
                title=d.title,
                part=d.part,
                imprint=", ".join(filter(None, (d.publisher or d.place, d.date_text or str(d.year or "")))),
                extent=d.extent,
                isbn=", ".join(d.isbns[:2]),
                preferred=row.record_id == view.preferred_id,
                addresses=tuple(sorted(a for a, bearer in view.addresses.items() if bearer == row.record_id)),
                may_open=desk.may(Permission.VIEW_STAFF, row.library_id),
            )
        )
    edges = [_edge(e, numbers) for e in view.edges if not {e.left, e.right} & hidden]
    first = next((m for m in members if m.preferred), members[0] if members else None)
    return Page(
        id=view.id,
        title=first.title if first else "",
        members=tuple(members),
        hidden=len(view.members) - len(members),
        inside=tuple(e for e in edges if e.row.inside)[:SHOWN],
        outside=tuple(e for e in edges if not e.row.inside)[:SHOWN],
        said=_said(view, hidden),
        history=tuple(Event(e, EVENTS.get(e.kind, e.kind), CAUSES.get(e.cause, e.cause)) for e in view.history),
        addresses=tuple(sorted(a for a in view.addresses if a != view.id)),
        origins=_origins(view, closed, {m.id: m for m in members}),
    )


def _origins(view: ClusterView, closed: Collection[int], members: Mapping[int, Member]) -> tuple[Origin, ...]:
    rows = [row for row in view.members if row.library_id not in closed]
    if len(rows) < 2:
        return ()
    elected = elected_of(rows)
    return tuple(
        Origin(label, _value(getattr(elected.description, name)), members[record_id].library, members[record_id].number)
        for name, label in ORIGIN_LABELS.items()
        if (record_id := elected.origins.get(name, 0)) in members
    )


def _value(value: object) -> str:
    if isinstance(value, tuple):
        return "; ".join(str(v[0] if isinstance(v, tuple) else v) for v in value[:5])
    return str(value or "")


def _said(view: ClusterView, hidden: Collection[int]) -> tuple[Said, ...]:
    rows = [d for d in view.decisions if d.left not in hidden and d.right not in hidden]
    return tuple(Said(d, *VERDICTS.get(d.verdict, (d.verdict, "off"))) for d in rows[:SHOWN])


def _edge(row: EdgeRow, numbers: dict[int, str]) -> Edge:
    label, kind = VERDICTS.get(row.verdict, (row.verdict, "off"))
    return Edge(
        row,
        numbers.get(row.left, str(row.left)),
        numbers.get(row.right, str(row.right)),
        percent(row.score),
        label,
        kind,
    )
