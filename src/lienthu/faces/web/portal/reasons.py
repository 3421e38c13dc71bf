"""Why the records of several libraries are shown as one publication, in plain words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from lienthu.domain.discovery.publications import PublicationView
from lienthu.domain.union.selectors import MemberReason
from lienthu.faces.web.portal.labels import FEATURE_LABELS, MATERIAL_LABELS, ORIGIN_LABELS
from lienthu.faces.web.portal.languages import language_name
from lienthu.faces.web.portal.works import names_of
from lienthu.foundation.marc.describe import Description, describe
from lienthu.foundation.marc.normalise import from_canonical


@dataclass(frozen=True, slots=True)
class Compared:
    """One feature: ``verdict`` is agree, differ or silent; the values of both records as they were compared."""

    label: str
    verdict: str
    left: str
    right: str


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
    compared: tuple[Compared, ...]


def members_of(view: PublicationView, reasons: Iterable[MemberReason]) -> list[Member]:
    """The members of a publication that everyone may see, in the order of the page, with their reasons.

    A record of a closed library may be what another was compared with; then nothing of it is told.
    """
    by_record = {reason.record_id: reason for reason in reasons}
    library_of = {h.record_id: h.library.name for h in view.holdings}
    said = {member.record_id: _said(describe(from_canonical(member.marc))) for member in view.members}
    out = []
    for holding in view.holdings:
        reason = by_record.get(holding.record_id)
        matched = reason.matched_record_id if reason else None
        features = reason.reasons if reason and matched else []
        decided = any(f.get("feature") == "person" for f in reason.reasons) if reason else False
        agreeing = [_label(f) for f in features if f.get("agrees") and f.get("feature") != "person"]
        told = [f for f in features if matched in library_of and (f.get("left") or f.get("right"))]
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
                compared=tuple(_compared(f, own, other) for f in told),
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


def _said(d: Description) -> dict[str, str]:
    """What the record itself says; it is compared in folded forms that nobody can read."""
    return {
        "title": d.title_proper or d.title,
        "subtitle": d.subtitle,
        "persons": names_of(d),
        "publisher": d.publisher,
        "edition": d.edition,
        "part": d.part,
        "host": d.host.title if d.host else "",
    }


def _compared(reason: Mapping[str, object], own: Mapping[str, str], other: Mapping[str, str]) -> Compared:
    agrees = reason.get("agrees")
    feature = str(reason.get("feature", ""))
    return Compared(
        label=_label(reason),
        verdict="silent" if agrees is None else "agree" if agrees else "differ",
        left=_value(reason, own.get(feature) or reason.get("left")),
        right=_value(reason, other.get(feature) or reason.get("right")),
    )


def _label(reason: Mapping[str, object]) -> str:
    feature = str(reason.get("feature", ""))
    return str(FEATURE_LABELS.get(feature, feature))


def _value(reason: Mapping[str, object], value: object) -> str:
    text = str(value or "")
    if reason.get("feature") == "material":
        return str(MATERIAL_LABELS.get(text, text))
    if reason.get("feature") == "language" and text:
        return language_name(text, get_language() or "vi")
    return text or _("not stated")
