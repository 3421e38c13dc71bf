"""One publication as its record page shows it: holdings, parts, host, other editions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from lienthu.domain.catalog import selectors as catalog
from lienthu.domain.catalog.authority_selectors import headings_of
from lienthu.domain.discovery.hits import described, under_headings
from lienthu.domain.network.selectors.facts import LibraryFacts, branch_names, library_facts
from lienthu.domain.union import selectors as union
from lienthu.domain.union.election import elected_of
from lienthu.domain.union.selectors import MemberRow
from lienthu.foundation.marc.describe import Description
from lienthu.foundation.marc.model import Record
from lienthu.foundation.marc.normalise import from_canonical
from lienthu.foundation.vietnamese.collation import sort_key

MAX_EDITIONS: Final = 100
"""So many of a work are read for a record page; each costs reading its records."""


@dataclass(frozen=True, slots=True)
class HoldingCopy:
    """A copy or lot on a record page. ``branch`` as its record says it, ``branch_name`` where the library has it."""

    branch: str
    branch_name: str
    location: str
    call_number: str
    barcode: str
    copies: int
    status: str
    note: str


@dataclass(frozen=True, slots=True)
class LibraryHolding:
    """What one library holds of a publication. ``copies`` empty: its record names none, ask the library."""

    library: LibraryFacts
    record_id: int
    control_number: str
    copies: tuple[HoldingCopy, ...]
    statements: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Related:
    """Another publication that belongs to this one: a part, the host, another edition."""

    id: int
    description: Description
    libraries: int = 0
    """How many libraries hold it; told of editions only."""


@dataclass(frozen=True, slots=True)
class PublicationView:
    """Everything a record page shows."""

    id: int
    description: Description
    record: Record
    members: tuple[MemberRow, ...]
    holdings: tuple[LibraryHolding, ...]
    parts: tuple[Related, ...] = ()
    host: Related | None = None
    editions: tuple[Related, ...] = ()
    libraries: tuple[LibraryFacts, ...] = field(default=())
    authorities: Mapping[str, int] = field(default_factory=dict)
    """Name of a person or body as it is shown here → the authority it stands under (AUT-11)."""
    origins: Mapping[str, int] = field(default_factory=dict)
    """Field of the description → the record it is from."""


def publication(cluster_id: int, *, closed_too: bool = False) -> PublicationView | None:
    """A publication with its holdings, parts, host and other editions; None when nothing is (any more) there."""
    members = union.members_of([cluster_id], closed_too=closed_too).get(cluster_id, [])
    if not members:
        return None
    libraries = library_facts()
    record = from_canonical(members[0].marc)
    headings = headings_of([m.record_id for m in members])
    elected = elected_of(members, described(members, headings))
    description = elected.description
    record_ids = [m.record_id for m in members]
    branches = branch_names({m.library_id for m in members})
    copies: dict[int, list[HoldingCopy]] = {}
    statements: dict[int, list[str]] = {}
    for i in catalog.items_of(record_ids):
        if i.statement:
            statements.setdefault(i.record_id, []).append(i.statement)
        else:
            copies.setdefault(i.record_id, []).append(
                HoldingCopy(
                    branch=i.branch_text,
                    branch_name=branches.get((i.library_id, i.branch_text.lower()), ""),
                    location=i.location,
                    call_number=i.call_number,
                    barcode=i.barcode,
                    copies=i.copies,
                    status=i.status,
                    note=i.note,
                )
            )
    holdings = tuple(
        LibraryHolding(
            libraries[m.library_id], m.record_id, m.control_number, tuple(copies.get(m.record_id, ())),
            tuple(statements.get(m.record_id, ())),
        )
        for m in members
    )  # fmt: skip
    held = list(dict.fromkeys(m.library_id for m in members))
    return PublicationView(
        cluster_id,
        description,
        record,
        tuple(members),
        holdings,
        parts=_parts(record_ids, cluster_id, closed_too),
        host=_host(record_ids, closed_too),
        editions=_editions(cluster_id),
        libraries=tuple(libraries[i] for i in held),
        authorities={name: id_ for under in headings.values() for name, id_ in under.named()},
        origins=elected.origins,
    )


def _parts(record_ids: Sequence[int], own: int, closed_too: bool) -> tuple[Related, ...]:
    rows = catalog.parts_of(record_ids)
    clusters = union.clusters_of([r.record_id for r in rows])
    visible = union.members_of(list(set(clusters.values())), closed_too=closed_too)
    headings = headings_of([r.record_id for r in rows])
    out: dict[int, Related] = {}
    for row in rows:
        cluster = clusters.get(row.record_id)
        if cluster and cluster != own and cluster in visible and cluster not in out:
            out[cluster] = Related(cluster, under_headings(row.record_id, row.marc, headings))
    return tuple(sorted(out.values(), key=_place_in_whole))


def _place_in_whole(part: Related) -> tuple[str, str, int]:
    """Volume 2 before volume 10; where nothing is said of the place, by the part's own numbering."""
    whole = part.description.belongs_to
    return sort_key(whole.part if whole else ""), sort_key(part.description.part), part.id


def _host(record_ids: Sequence[int], closed_too: bool) -> Related | None:
    hosts = catalog.hosts_of(record_ids)
    clusters = union.clusters_of(list(hosts.values()))
    for cluster in dict.fromkeys(clusters.values()):
        members = union.members_of([cluster], closed_too=closed_too).get(cluster)
        if members:
            headings = headings_of([m.record_id for m in members])
            return Related(cluster, elected_of(members, described(members, headings)).description)
    return None


def _editions(cluster_id: int) -> tuple[Related, ...]:
    """Other editions and translations of its work in open libraries, newest first, without a year last (CLU-18)."""
    members = union.members_of(ids) if (ids := union.editions_of(cluster_id, MAX_EDITIONS)) else {}
    headings = headings_of([m.record_id for rows in members.values() for m in rows]) if members else {}
    found = [
        Related(id_, elected_of(rows, described(rows, headings)).description, len({m.library_id for m in rows}))
        for id_, rows in members.items()
    ]
    return tuple(sorted(found, key=lambda r: (-(r.description.year or 0), r.id)))
