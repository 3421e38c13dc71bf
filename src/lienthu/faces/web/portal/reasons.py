"""Why the records of several libraries are shown as one publication, in plain words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from lienthu.domain.discovery.selectors import PublicationView
from lienthu.domain.union.selectors import MemberReason
from lienthu.faces.web.portal.labels import FEATURE_LABELS, MATERIAL_LABELS


@dataclass(frozen=True, slots=True)
class Compared:
    """One feature: ``verdict`` is agree, differ or silent; the values of both records as they were compared."""

    label: str
    verdict: str
    left: str
    right: str


@dataclass(frozen=True, slots=True)
class Member:
    """A record of the publication: whose it is, what it was compared with and how each feature came out."""

    library: str
    control_number: str
    first: bool
    matched_library: str
    agreeing: str
    percent: str
    compared: tuple[Compared, ...]


def members_of(view: PublicationView, reasons: Iterable[MemberReason]) -> list[Member]:
    """The members of a publication that everyone may see, in the order of the page, with their reasons."""
    by_record = {reason.record_id: reason for reason in reasons}
    library_of = {h.record_id: h.library.name for h in view.holdings}
    out = []
    for holding in view.holdings:
        reason = by_record.get(holding.record_id)
        compared = tuple(_compared(r) for r in reason.reasons) if reason and reason.matched_record_id else ()
        matched = library_of.get(reason.matched_record_id or 0, "") if reason else ""
        out.append(
            Member(
                library=holding.library.name,
                control_number=holding.control_number,
                first=not compared,
                matched_library=matched,
                agreeing=", ".join(c.label for c in compared if c.verdict == "agree"),
                percent=f"{reason.score:.0%}" if reason and reason.score is not None and compared else "",
                compared=tuple(c for c in compared if c.left or c.right),
            )
        )
    return out


def _compared(reason: Mapping[str, object]) -> Compared:
    feature = str(reason.get("feature", ""))
    agrees = reason.get("agrees")
    return Compared(
        label=str(FEATURE_LABELS.get(feature, feature)),
        verdict="silent" if agrees is None else "agree" if agrees else "differ",
        left=_value(feature, reason.get("left")),
        right=_value(feature, reason.get("right")),
    )


def _value(feature: str, value: object) -> str:
    text = str(value or "")
    if feature == "material":
        return str(MATERIAL_LABELS.get(text, text))
    return text or _("not stated")
