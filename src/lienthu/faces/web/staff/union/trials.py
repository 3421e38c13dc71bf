"""What a trial of a rule found, laid out: figures, samples side by side, what differs from the rule in force."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _

from lienthu.domain.network.models import Library
from lienthu.domain.network.policy import Permission
from lienthu.domain.union.scoring.rules import Rule
from lienthu.domain.union.selectors import MemberRow, members_of
from lienthu.faces.web.staff.access import Desk
from lienthu.faces.web.staff.union.pairs import Fact, facts
from lienthu.faces.web.staff.union.words import Label, feature_label
from lienthu.foundation.marc.describe import describe
from lienthu.foundation.marc.normalise import from_canonical

SHOWN: Final = 12


@dataclass(frozen=True, slots=True)
class Sample:
    """Two records that would come together, or part."""

    left_id: int
    right_id: int
    left_library: str
    right_library: str
    title: str
    facts: tuple[Fact, ...]
    more: int


@dataclass(frozen=True, slots=True)
class Change:
    """A weight or threshold that is not as in the rule in force."""

    feature: Label
    level: str
    before: float | None
    now: float | None


def figures(report: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The counts, as ui/components/stats.html shows them."""
    grown = report.get("review_after", 0) - report.get("review_before", 0)
    return [
        {"label": _("publications would be brought together"), "value": report.get("would_merge")},
        {"label": _("publications would be split"), "value": report.get("would_split")},
        {"label": _("records would have other company"), "value": report.get("records_concerned")},
        {
            "label": _("publications afterwards"),
            "value": report.get("clusters_after"),
            "note": _("now %(n)s") % {"n": report.get("clusters_before", 0)},
        },
        {
            "label": _("doubtful pairs afterwards"),
            "value": report.get("review_after"),
            "note": _("now %(n)s") % {"n": report.get("review_before", 0)},
            "kind": "warning" if grown > 0 else "",
        },
    ]


def merge_samples(report: Mapping[str, Any], desk: Desk) -> list[Sample]:
    """What would come together: the records shown of the first two publications of each."""
    wanted = [s["clusters"] for s in report.get("merge_samples", [])][:SHOWN]
    members = _members({c for clusters in wanted for c in clusters[:2]}, desk)
    pairs = []
    for clusters in wanted:
        rows = [members[c][0] for c in clusters[:2] if members.get(c)]
        if len(rows) == 2:
            pairs.append((rows[0], rows[1], len(clusters) - 2))
    return _samples(pairs)


def split_samples(report: Mapping[str, Any], desk: Desk) -> list[Sample]:
    """What would part: one record of each of the first two parts."""
    wanted = report.get("split_samples", [])[:SHOWN]
    members = _members({s["cluster"] for s in wanted}, desk)
    pairs = []
    for sample in wanted:
        by_id = {row.record_id: row for row in members.get(sample["cluster"], [])}
        rows = [by_id[r] for r in sample["first_of_each"] if r in by_id][:2]
        if len(rows) == 2:
            pairs.append((rows[0], rows[1], len(sample["first_of_each"]) - 2))
    return _samples(pairs)


def changes(rule: Rule, before: Rule) -> list[Change]:
    """What a rule weighs otherwise than another."""
    out = [
        Change(label, "", one, other)
        for label, one, other in (
            (_("The same from"), before.same_from, rule.same_from),
            (_("Doubtful from"), before.review_from, rule.review_from),
        )
        if one != other
    ]
    old, new = dict(_flat(before)), dict(_flat(rule))
    out += [
        Change(feature_label(feature), level, old.get((feature, level)), new.get((feature, level)))
        for feature, level in dict.fromkeys([*new, *old])
        if old.get((feature, level)) != new.get((feature, level))
    ]
    return out


def _flat(rule: Rule) -> Iterator[tuple[tuple[str, str], float]]:
    for feature, levels in rule.weights.items():
        for level, weight in levels.items():
            yield (feature, level), weight


def _members(clusters: set[int], desk: Desk) -> dict[int, list[MemberRow]]:
    return members_of(sorted(clusters), closed_too=desk.may(Permission.VIEW_CLOSED)) if clusters else {}


def _samples(pairs: list[tuple[MemberRow, MemberRow, int]]) -> list[Sample]:
    ids = {row.library_id for left, right, _more in pairs for row in (left, right)}
    names = dict(Library.objects.filter(pk__in=ids).values_list("pk", "name"))
    out = []
    for left, right, more in pairs:
        a, b = describe(from_canonical(left.marc)), describe(from_canonical(right.marc))
        out.append(
            Sample(
                left.record_id, right.record_id, names[left.library_id], names[right.library_id], a.title or b.title,
                facts(a, b), more,
            )
        )  # fmt: skip
    return out
