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
    branches_as_of,
    described_on,
    lineage_of,
    online_addresses,
    opening_hours,
    service_offers,
    successors_of,
)
from lienthu.faces.web.portal.record_page import hours_today, span_text
from lienthu.faces.web.ui.forms import UiRenderer, offer_choices


class DayForm(forms.Form):
    """As of which day a page is asked for; empty: today."""

    default_renderer = UiRenderer

    day = forms.DateField(
        label=_("As of"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def clean_day(self) -> date | None:
        """A day between the first libraries and a year from now."""
        day: date | None = self.cleaned_data["day"]
        if day and not 1800 <= day.year <= timezone.localdate().year + 1:
            raise forms.ValidationError(_("Choose a day between 1800 and next year."))
        return day


class DirectoryForm(DayForm):
    """What narrows the directory. Every field may be left empty."""

    q = forms.CharField(label=_("Name or code"), required=False, max_length=120)
    area = forms.ChoiceField(label=_("Area"), required=False)
    type = forms.ChoiceField(label=_("Type of library"), required=False)
    field_order = ("q", "area", "type", "day")

    def __init__(self, data: Mapping[str, Any], *, areas: Iterable[Area], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        offer_choices(self, "area", [("", _("All areas")), *((a.code, a.name) for a in areas)])
        public_types = [choice for choice in LibraryType.choices if choice[0] != LibraryType.ARMED_FORCES]
        offer_choices(self, "type", [("", _("All types")), *public_types])
        self.fields["day"].help_text = _("A past day shows the libraries of that day under the names they had.")


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
    day: date | None = None,
) -> list[AreaGroup]:
    """The libraries by area, areas in Vietnamese order. ``titles``: publications by library code, where counted.

    ``day``: another day than today, which the links take along (REG-9).
    """
    groups: dict[tuple[str, str], list[LibraryLine]] = {}
    for view in views:
        area = (view.unit.former_district or view.unit) if view.unit else None
        key = (area.name_sort, area.name) if area else ("\U0010ffff", "")
        groups.setdefault(key, []).append(_line(view, hours.get(view.id), titles, now, day))
    return [AreaGroup(name, tuple(lines)) for (_sort, name), lines in sorted(groups.items(), key=lambda g: g[0])]


def _line(
    view: LibraryView, hours: LibraryHours | None, titles: Mapping[str, int], now: datetime, day: date | None
) -> LibraryLine:
    return LibraryLine(
        view=view,
        url=library_url(view.code, day),
        place=view.address or (view.unit.full_name if view.unit else ""),
        hours=hours_today(hours, now.date()),
        open_now=hours.open_at(now) if hours else None,
        titles=titles.get(view.code),
        existing=view.valid_to is None or view.valid_to > now.date(),
    )


def library_url(code: str, day: date | None) -> str:
    """The page of a library; as of ``day`` where that is another one than today."""
    url = reverse("portal:library", args=[code])
    return f"{url}?day={day.isoformat()}" if day else url


def library_context(library: Library, now: datetime, day: date | None = None) -> dict[str, Any]:
    """The context of portal/library.html but for its holdings. ``day``: another day than today (REG-9)."""
    on = day or now.date()
    hours = opening_hours([library.pk], on)[library.pk]
    view = described_on(library, on)
    branches = branches_as_of([library.pk], on).get(library.pk, [])
    own = [b for b in branches if b.kind != "main" or len(branches) == 1]
    existing = library.holds(on)
    return {
        "library": library,
        "view": view,
        "day": on,
        "is_today": day is None,
        "name": _in_interface(view.name, view.name_en),
        "other_name": view.name if (get_language() or "vi")[:2] == "en" and view.name_en else view.name_en,
        "existing": existing,
        "begun": library.valid_from is None or library.valid_from <= on,
        "successors": []
        if existing
        else [{"name": s.name, "url": library_url(s.code, day)} for s in successors_of(library.pk, on) if not s.closed],
        "hours": week(hours.week, None if day else on) if hours.known else [],
        "hours_today": hours_today(hours, on),
        "open_now": None if day else hours.open_at(now),
        "exceptions": [
            {
                "date": e.date,
                "hours": "" if e.opens is None or e.closes is None else f"{e.opens:%H:%M}–{e.closes:%H:%M}",
                "note": e.note,
            }
            for e in hours.exceptions
            if e.branch_id is None
        ],
        "services": services(service_offers([library.pk], on).get(library.pk, [])),
        "addresses": [
            (a.get_kind_display(), a.label or a.url, a.url if a.url.lower().startswith(("http://", "https://")) else "")
            for a in online_addresses([library.pk], on).get(library.pk, [])
        ],
        "website": library.website if library.website.lower().startswith(("http://", "https://")) else "",
        "branches": [
            {
                "name": _in_interface(b.name, b.name_en),
                "kind": b.kind_name,
                "place": b.place,
                "hours": week(hours.branches[b.id], None if day else on) if b.id in hours.branches else [],
            }
            for b in own
        ],
        "history": [history_step(step) for step in reversed(lineage_of(library.pk))],
    }


def week(days: Iterable[DayHours], today: date | None) -> list[dict[str, Any]]:
    """The usual week for ui/components/hours.html; no day of it is today's on a page of another day."""
    return [
        {
            "day": d.name,
            "hours": [span_text(s) for s in d.spans],
            "today": bool(today and int(d.weekday) == today.isoweekday()),
        }
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
