"""Where a record belongs in the union, with whom, and why: for people who may look into the libraries concerned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from lienthu.domain.catalog.models import BibRecord
from lienthu.domain.network.models import Library
from lienthu.domain.network.policy import Permission
from lienthu.domain.union.selectors import MemberReason, clusters_of, members_of, reasons_in
from lienthu.faces.web.staff.access import Desk
from lienthu.faces.web.staff.union.words import Label, feature_label
from lienthu.foundation.marc.describe import describe
from lienthu.foundation.marc.normalise import from_canonical


@dataclass(frozen=True, slots=True)
class Compared:
    """One feature as it was compared. ``verdict``: agree, differ, silent."""

    label: Label
    verdict: str
    left: str
    right: str


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
    compared: tuple[Compared, ...]


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
    members, hidden = [], 0
    for row in rows:
        library = libraries[row.library_id]
        if library.closed and not desk.may(Permission.VIEW_CLOSED, library.pk):
            hidden += 1
            continue
        reason = reasons.get(row.record_id)
        members.append(
            Member(
                record_id=row.record_id,
                library=library.name,
                control_number=row.control_number,
                title=describe(from_canonical(row.marc)).title,
                own=row.record_id == own_id,
                may_open=desk.may(Permission.VIEW_STAFF, row.library_id),
                matched_id=reason.matched_record_id if reason else None,
                percent=f"{reason.score:.0%}" if reason and reason.score is not None else "",
                by_person=bool(reason and any(r.get("feature") == "person" for r in reason.reasons)),
                compared=_compared(reason),
            )
        )
    return Publication(cluster_id, tuple(members), hidden)


def _compared(reason: MemberReason | None) -> tuple[Compared, ...]:
    if reason is None or reason.matched_record_id is None:
        return ()
    return tuple(_one(r) for r in reason.reasons if r.get("feature") != "person" and (r.get("left") or r.get("right")))


def _one(reason: Mapping[str, object]) -> Compared:
    feature, agrees = str(reason.get("feature", "")), reason.get("agrees")
    verdict = "silent" if agrees is None else "agree" if agrees else "differ"
    silent = _("not stated")
    return Compared(
        feature_label(feature),
        verdict,
        str(reason.get("left") or silent),
        str(reason.get("right") or silent),
    )
