"""What the directory of libraries and the page of one library show."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django import forms
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from lienthu.domain.network.models import Library, LibraryType
from lienthu.domain.network.selectors import (
    Area,
    DayHours,
    LibraryHours,
    LibraryView,
    LineageStep,
    lineage_of,
    online_addresses,
    opening_hours,
    service_offers,
    successors_of,
)
from lienthu.faces.web.portal.record_page import hours_today, span_text
from lienthu.faces.web.ui.forms import UiRenderer, offer_choices


class DirectoryForm(forms.Form):
    """What narrows the directory. Every field may be left empty."""

    default_renderer = UiRenderer

    q = forms.CharField(label=_("Name or code"), required=False, max_length=120)
    area = forms.ChoiceField(label=_("Area"), required=False)
    type = forms.ChoiceField(label=_("Type of library"), required=False)
    day = forms.DateField(
        label=_("As of"),
        required=False,
        help_text=_("A past day shows the libraries of that day under the names they had."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, data: Mapping[str, Any], *, areas: Iterable[Area], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        offer_choices(self, "area", [("", _("All areas")), *((a.code, a.name) for a in areas)])
        public_types = [choice for choice in LibraryType.choices if choice[0] != LibraryType.ARMED_FORCES]
        offer_choices(self, "type", [("", _("All types")), *public_types])

    def clean_day(self) -> date | None:
        """A day between the first libraries and a year from now."""
        day: date | None = self.cleaned_data["day"]
        if day and not 1800 <= day.year <= timezone.localdate().year + 1:
            raise forms.ValidationError(_("Choose a day between 1800 and next year."))
        return day


@dataclass(frozen=True, slots=True)
class LibraryLine:
    """A library in the directory. ``titles``: None where it is not known."""

    view: LibraryView
    url: str
    place: str
    hours: str
    open_now: bool | None
    titles: int | None
    existing: bool


@dataclass(frozen=True, slots=True)
class AreaGroup:
    """Libraries of one area (former district), or of none."""

    name: str
    lines: tuple[LibraryLine, ...]


def directory(
    views: Sequence[LibraryView],
    *,
    hours: Mapping[int, LibraryHours],
    titles: Mapping[str, int],
    now: datetime,
) -> list[AreaGroup]:
    """The libraries by area, areas in Vietnamese order. ``titles``: publications by library code, where counted."""
    groups: dict[tuple[str, str], list[LibraryLine]] = {}
    for view in views:
        area = (view.unit.former_district or view.unit) if view.unit else None
        key = (area.name_sort, area.name) if area else ("\U0010ffff", "")
        groups.setdefault(key, []).append(_line(view, hours.get(view.id), titles, now))
    return [AreaGroup(name, tuple(lines)) for (_sort, name), lines in sorted(groups.items(), key=lambda g: g[0])]


def _line(view: LibraryView, hours: LibraryHours | None, titles: Mapping[str, int], now: datetime) -> LibraryLine:
    return LibraryLine(
        view=view,
        url=reverse("portal:library", args=[view.code]),
        place=view.address or (view.unit.full_name if view.unit else ""),
        hours=hours_today(hours, now.date()),
        open_now=hours.open_at(now) if hours else None,
        titles=titles.get(view.code),
        existing=view.valid_to is None or view.valid_to > now.date(),
    )


def library_context(library: Library, now: datetime) -> dict[str, Any]:
    """The context of portal/library.html but for its holdings."""
    today = now.date()
    hours = opening_hours([library.pk], today)[library.pk]
    branches = [b for b in library.branches.select_related("unit") if b.holds(today)]
    own = [b for b in branches if b.kind != "main" or len(branches) == 1]
    existing = library.holds(today)
    return {
        "library": library,
        "name": _in_interface(library.name, library.name_en),
        "other_name": library.name if (get_language() or "vi")[:2] == "en" and library.name_en else library.name_en,
        "existing": existing,
        "successors": [] if existing else [s for s in successors_of(library.pk, today) if not s.closed],
        "hours": week(hours.week, today) if hours.known else [],
        "hours_today": hours_today(hours, today),
        "open_now": hours.open_at(now),
        "exceptions": [
            {
                "date": e.date,
                "hours": "" if e.opens is None or e.closes is None else f"{e.opens:%H:%M}–{e.closes:%H:%M}",
                "note": e.note,
            }
            for e in hours.exceptions
            if e.branch_id is None
        ],
        "services": services(service_offers([library.pk], today).get(library.pk, [])),
        "addresses": [
            (a.get_kind_display(), a.label or a.url, a.url if a.url.lower().startswith(("http://", "https://")) else "")
            for a in online_addresses([library.pk], today).get(library.pk, [])
        ],
        "website": library.website if library.website.lower().startswith(("http://", "https://")) else "",
        "branches": [
            {
                "name": _in_interface(b.name, b.name_en),
                "kind": b.get_kind_display(),
                "place": b.address or (b.unit.full_name if b.unit else ""),
                "hours": week(hours.branches[b.pk], today) if b.pk in hours.branches else [],
            }
            for b in own
        ],
        "history": [history_step(step) for step in reversed(lineage_of(library.pk))],
    }


def week(days: Iterable[DayHours], today: date) -> list[dict[str, Any]]:
    """The usual week for ui/components/hours.html."""
    return [
        {"day": d.name, "hours": [span_text(s) for s in d.spans], "today": int(d.weekday) == today.isoweekday()}
        for d in days
    ]


def services(offers: Iterable[Any]) -> list[dict[str, Any]]:
    """Each kind of service once, online ones with their address."""
    out: dict[str, dict[str, Any]] = {}
    for offer in offers:
        entry = out.setdefault(offer.kind, {"label": offer.get_kind_display(), "online": False, "url": "", "notes": []})
        entry["online"] = entry["online"] or offer.online
        if offer.url.lower().startswith(("http://", "https://")):
            entry["url"] = entry["url"] or offer.url
        if offer.note and offer.note not in entry["notes"]:
            entry["notes"].append(offer.note)
    return list(out.values())


def history_step(step: LineageStep) -> dict[str, Any]:
    """One event as the timeline tells it."""
    return {
        "date": step.event.date,
        "kind": step.event.get_kind_display(),
        "before": step.before,
        "after": step.after,
        "note": step.event.note,
        "other_bodies": step.event.other_bodies,
        "source": step.event.source,
        "assumed": step.event.assumed,
    }


def _in_interface(name: str, name_en: str) -> str:
    return name_en if name_en and (get_language() or "vi")[:2] == "en" else name
