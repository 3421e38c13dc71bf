"""A pair as it is shown side by side: facts with their differences, reasons as bars."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.formats import number_format
from django.utils.translation import pgettext

from lienthu.domain.catalog.words import MATERIALS
from lienthu.domain.network.models import Library
from lienthu.domain.network.policy import Permission
from lienthu.domain.union.review import PairView
from lienthu.domain.union.scoring.levels import Says
from lienthu.domain.union.scoring.model import Reason
from lienthu.faces.web.staff.access import Desk
from lienthu.faces.web.staff.union.differences import Side, differences
from lienthu.faces.web.staff.union.notes import CAPPED, told
from lienthu.faces.web.staff.union.words import Label, feature_label
from lienthu.foundation.marc.describe import Description, describe
from lienthu.foundation.marc.normalise import from_canonical
from lienthu.foundation.vietnamese.names import direct_form

HALF: Final = 100
"""Width of half a bar, in units of the drawing."""
_SCALE: Final = 4.0
"""Log-odds that fill half a bar, unless a weight of the pair is larger."""
_FAINT: Final = 0.05
"""What weighs less would be shown as nought: it says nothing."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of the comparison. ``state``: same, differs, one (stated on one side only)."""

    label: str
    left: Side
    right: Side
    state: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One reason: to the right what weighs for "the same", to the left what weighs against it.

    ``side`` is its colour: for, against or none. An agreement is never shown as if it contradicted, whatever it weighs.
    """

    label: Label
    note: str
    weight: str
    side: str
    x: float
    width: float
    tells: bool


@dataclass(frozen=True, slots=True)
class Record:
    """One side of a pair."""

    id: int
    library: str
    control_number: str
    cluster: int
    title: str
    may_open: bool

    @property
    def number(self) -> str:
        """Its number here, for one without a control number."""
        return str(self.id)


@dataclass(frozen=True, slots=True)
class Card:
    """A pair with all an editor needs to decide it."""

    key: str
    place: str
    score: str
    left: Record
    right: Record
    facts: tuple[Fact, ...]
    telling: tuple[Bar, ...]
    idle: tuple[Bar, ...]
    together: bool

    @property
    def sides(self) -> tuple[Record, Record]:
        """Both records."""
        return (self.left, self.right)


def cards(views: Sequence[PairView], desk: Desk) -> list[Card]:
    """Pairs for the page. One query, for the names of the libraries."""
    names = _names({i for v in views for i in (v.row.left_library, v.row.right_library)})
    return [_card(view, names, desk) for view in views]


def hidden_libraries(desk: Desk) -> frozenset[int]:
    """Closed libraries that this person may not look into. One query at most."""
    if desk.may(Permission.VIEW_CLOSED):
        return frozenset()
    closed = Library.objects.filter(closed=True).values_list("pk", flat=True)
    return frozenset(pk for pk in closed if not desk.may(Permission.VIEW_CLOSED, pk))


def percent(score: float) -> str:
    """A score in words: never rounded up to certainty."""
    return f"{min(99, int(score * 100 + 0.5))} %" if score < 1 else "100 %"


def bars(reasons: Sequence[Reason]) -> tuple[Bar, ...]:
    """Reasons as bars of one common scale."""
    scale = max([_SCALE, *(abs(r.weight) for r in reasons)])
    return tuple(_bar(r, scale) for r in reasons)


def _names(ids: Collection[int]) -> dict[int, str]:
    return dict(Library.objects.filter(pk__in=ids).values_list("pk", "name"))


def _card(view: PairView, names: dict[int, str], desk: Desk) -> Card:
    row = view.row
    left, right = describe(from_canonical(view.left_marc)), describe(from_canonical(view.right_marc))
    all_bars = bars(view.reasons)
    return Card(
        key=f"{row.left}-{row.right}",
        place=f"{row.score!r},{row.left},{row.right}",
        score=percent(row.score),
        left=Record(
            row.left, names[row.left_library], view.left_control_number, row.left_cluster, left.title,
            desk.may(Permission.VIEW_STAFF, row.left_library),
        ),
        right=Record(
            row.right, names[row.right_library], view.right_control_number, row.right_cluster, right.title,
            desk.may(Permission.VIEW_STAFF, row.right_library),
        ),
        facts=facts(left, right),
        telling=tuple(b for b in all_bars if b.tells),
        idle=tuple(b for b in all_bars if not b.tells),
        together=row.left_cluster == row.right_cluster,
    )  # fmt: skip


def facts(left: Description, right: Description) -> tuple[Fact, ...]:
    """What both records say, line by line; lines that neither fills are left out."""
    out = []
    for (label, one), (_label, other) in zip(_lines(left), _lines(right), strict=True):
        if not one and not other:
            continue
        a, b = differences(one, other)
        state = "one" if not one or not other else "differs" if any(p.kind == "differs" for p in (*a, *b)) else "same"
        out.append(Fact(label, a, b, state))
    return tuple(out)


def _lines(d: Description) -> list[tuple[str, str]]:
    people = [direct_form(p.name) or p.name for p in d.authors]
    series = "; ".join(d.series) + (f" ; {d.series_volume}" if d.series_volume else "")
    return [
        (pgettext("fact", "Title"), d.title),
        (pgettext("fact", "Volume or part"), d.part),
        (pgettext("fact", "Title in original script"), d.title_original_script),
        (pgettext("fact", "Responsibility"), d.responsibility),
        (pgettext("fact", "Headings of names"), "; ".join([*people, *d.other_names])),
        (pgettext("fact", "Edition"), d.edition),
        (pgettext("fact", "Place"), d.place),
        (pgettext("fact", "Publisher"), d.publisher),
        (pgettext("fact", "Year"), d.date_text or str(d.year or "")),
        (pgettext("fact", "Extent"), d.extent),
        (pgettext("fact", "Series"), series),
        (pgettext("fact", "Contained in"), d.host.title if d.host else ""),
        (pgettext("fact", "ISBN, ISSN"), ", ".join([*d.isbns, *d.isbns_other, *d.issns])),
        (pgettext("fact", "Kind of material"), str(MATERIALS.get(d.material_type, d.material_type))),
        (pgettext("fact", "Language"), ", ".join(d.languages)),
        (pgettext("fact", "Classification"), ", ".join(d.classification[:3])),
        (pgettext("fact", "Other titles"), "; ".join(d.other_titles[:4])),
        (pgettext("fact", "Notes"), "; ".join(d.notes[:3])),
    ]


def _bar(reason: Reason, scale: float) -> Bar:
    width = round(HALF * min(abs(reason.weight), scale) / scale, 1)
    number = number_format(abs(reason.weight), 1)
    sign = "+" if reason.weight > 0 else "−" if reason.weight < 0 else ""
    return Bar(
        label=feature_label(reason.feature),
        note=told(reason.note),
        weight=f"{sign}{number}" if sign else "0",
        side=_side(reason),
        x=HALF if reason.weight > 0 else HALF - width,
        width=width,
        tells=abs(reason.weight) >= _FAINT or reason.note.endswith(CAPPED),
    )


def _side(reason: Reason) -> str:
    if reason.weight > 0 and reason.says is not Says.DIFFERS:
        return "for"
    return "against" if reason.weight < 0 and reason.says is not Says.AGREES else "none"
