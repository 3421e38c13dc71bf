"""Why the records of several libraries are shown as one publication, in plain words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from lienthu.domain.discovery.publications import PublicationView
from lienthu.domain.union.reasons import Told, label, recorded, says_of, stated, told
from lienthu.domain.union.scoring.levels import Says
from lienthu.domain.union.selectors import MemberReason
from lienthu.faces.web.portal.labels import ORIGIN_LABELS
from lienthu.foundation.marc.describe import describe
from lienthu.foundation.marc.normalise import from_canonical


@dataclass(frozen=True, slots=True)
class Member:
    """A record of the publication: whose it is, what it was compared with and how each feature came out.

    ``first``: it was there before the others. ``decided``: a librarian put it here, whatever the features say.
    """

    library: str
    control_number: str
    first: bool
    decided: bool
    matched_library: str
    agreeing: str
    percent: str
    compared: tuple[Told, ...]


def members_of(view: PublicationView, reasons: Iterable[MemberReason]) -> list[Member]:
    """The members of a publication that everyone may see, in the order of the page, with their reasons.

    A record of a closed library may be what another was compared with; then nothing of it is told.
    """
    by_record = {reason.record_id: reason for reason in reasons}
    library_of = {h.record_id: h.library.name for h in view.holdings}
    said = {member.record_id: stated(describe(from_canonical(member.marc))) for member in view.members}
    out = []
    for holding in view.holdings:
        reason = by_record.get(holding.record_id)
        matched = reason.matched_record_id if reason else None
        features = reason.reasons if reason and matched else []
        decided = any(f.get("feature") == "person" for f in reason.reasons) if reason else False
        agreeing = [label(str(f["feature"])) for f in features if says_of(f) is Says.AGREES]
        shown = [f for f in features if matched in library_of and (f.get("left") or f.get("right"))]
        own, other = said[holding.record_id], said.get(matched or 0, {})
        out.append(
            Member(
                library=holding.library.name,
                control_number=holding.control_number,
                first=not matched and not decided,
                decided=decided,
                matched_library=library_of.get(matched or 0, ""),
                agreeing=", ".join(agreeing),
                percent=f"{reason.score:.0%}" if reason and matched and reason.score is not None else "",
                compared=tuple(told(recorded(f, own, other)) for f in shown),
            )
        )
    return out


def origins_in(view: PublicationView) -> list[tuple[str, str]]:
    """Of what is shown: which statement is from which library's record; empty where all are from one."""
    named = {h.record_id: f"{h.library.name} {h.control_number}".strip() for h in view.holdings}
    shown = {name: view.origins[name] for name in ORIGIN_LABELS if view.origins.get(name) in named}
    if len(set(shown.values())) < 2:
        return []
    return [(str(ORIGIN_LABELS[name]), named[record_id]) for name, record_id in shown.items()]
