"""Where a record belongs in the union, with whom, and why: for people who may look into the libraries concerned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lienthu.domain.catalog.models import BibRecord
from lienthu.domain.network.models import Library
from lienthu.domain.network.policy import Permission
from lienthu.domain.union.reasons import Told, recorded, stated, told
from lienthu.domain.union.selectors import MemberReason, clusters_of, members_of, reasons_in
from lienthu.faces.web.staff.access import Desk
from lienthu.foundation.marc.describe import describe
from lienthu.foundation.marc.normalise import from_canonical


@dataclass(frozen=True, slots=True)
class Member:
    """A record of the publication, why it is there, and whether this person may open it."""

    record_id: int
    library: str
    control_number: str
    title: str
    own: bool
    may_open: bool
    matched_id: int | None
    percent: str
    by_person: bool
    compared: tuple[Told, ...]


@dataclass(frozen=True, slots=True)
class Publication:
    """A cluster as librarians see it. ``hidden``: members in closed libraries that this person may not see."""

    id: int
    members: tuple[Member, ...]
    hidden: int


def publication_of(record: BibRecord, desk: Desk) -> Publication | None:
    """The publication of a record; None for a record that is in none (withdrawn)."""
    cluster = clusters_of([record.pk]).get(record.pk)
    return publication(cluster, desk, record.pk) if cluster is not None else None


def publication(cluster_id: int, desk: Desk, own_id: int | None = None) -> Publication:
    """A publication with its members and reasons. Three queries."""
    rows = members_of([cluster_id], closed_too=True).get(cluster_id, [])
    libraries = Library.objects.in_bulk({row.library_id for row in rows})
    reasons = {reason.record_id: reason for reason in reasons_in(cluster_id)}
    seen = [row for row in rows if not _hidden(libraries[row.library_id], desk)]
    described = {row.record_id: describe(from_canonical(row.marc)) for row in seen}
    said = {record_id: stated(d) for record_id, d in described.items()}
    members = []
    for row in seen:
        reason = reasons.get(row.record_id)
        members.append(
            Member(
                record_id=row.record_id,
                library=libraries[row.library_id].name,
                control_number=row.control_number,
                title=described[row.record_id].title,
                own=row.record_id == own_id,
                may_open=desk.may(Permission.VIEW_STAFF, row.library_id),
                matched_id=reason.matched_record_id if reason else None,
                percent=f"{reason.score:.0%}" if reason and reason.score is not None else "",
                by_person=bool(reason and any(r.get("feature") == "person" for r in reason.reasons)),
                compared=_compared(reason, said),
            )
        )
    return Publication(cluster_id, tuple(members), len(rows) - len(seen))


def _hidden(library: Library, desk: Desk) -> bool:
    return library.closed and not desk.may(Permission.VIEW_CLOSED, library.pk)


def _compared(reason: MemberReason | None, said: Mapping[int, Mapping[str, str]]) -> tuple[Told, ...]:
    """Feature by feature; of a record that this person may not see nothing is told."""
    other = said.get(reason.matched_record_id or 0) if reason else None
    if reason is None or other is None:
        return ()
    own = said[reason.record_id]
    return tuple(told(recorded(r, own, other)) for r in reason.reasons if r.get("left") or r.get("right"))
