"""Libraries as the REST interface tells them: LibraryOut, many at once (REG-13)."""

from __future__ import annotations

from datetime import date
from typing import Any

from lienthu.domain.network.models import AdministrativeUnit
from lienthu.domain.network.selectors import (
    BranchView,
    DayHours,
    LibraryHours,
    LibraryView,
    branches_as_of,
    online_addresses,
    opening_hours,
    public_libraries,
    service_offers,
)


def library_answers(day: date) -> list[dict[str, Any]]:
    """The public libraries of a day with all they offer. Six queries, however many there are."""
    views = public_libraries(day)
    ids = [view.id for view in views]
    branches, offers = branches_as_of(ids, day), service_offers(ids, day)
    addresses, hours = online_addresses(ids, day), opening_hours(ids, day)
    return [
        _library(view, branches.get(view.id, []), hours[view.id])
        | {
            "services": [
                {
                    "kind": offer.kind,
                    "branch": offer.branch.code if offer.branch else "",
                    "online": offer.online,
                    "url": offer.url,
                    "note": offer.note,
                }
                for offer in offers.get(view.id, [])
            ],
            "online_addresses": [
                {"kind": found.kind, "url": found.url, "label": found.label} for found in addresses.get(view.id, [])
            ],
        }
        for view in views
    ]


def _library(view: LibraryView, branches: list[BranchView], hours: LibraryHours) -> dict[str, Any]:
    area = (view.unit.former_district or view.unit) if view.unit else None
    codes = {branch.id: branch.code for branch in branches}
    return {
        "code": view.code,
        "official_isil": view.official_isil,
        "name": view.name,
        "name_en": view.name_en,
        "short_name": view.short_name,
        "type": str(view.type),
        "parent_body": view.parent_body,
        "area": area.name if area else "",
        "unit": _unit(view.unit),
        "address": view.address,
        "phone": view.phone,
        "email": view.email,
        "website": view.website,
        "about": view.about,
        "branches": [
            {
                "code": branch.code,
                "name": branch.name,
                "name_en": branch.name_en,
                "kind": branch.kind.value,
                "unit": _unit(branch.unit),
                "address": branch.address,
                "hours": _week(hours.branches[branch.id]) if branch.id in hours.branches else None,
                "valid_from": _day(branch.valid_from),
                "valid_to": _day(branch.valid_to),
            }
            for branch in branches
        ],
        "hours": _week(hours.week) if hours.known else None,
        "other_days": [
            {
                "date": _day(other.date),
                "branch": codes.get(other.branch_id, "") if other.branch_id else "",
                "opens": f"{other.opens:%H:%M}" if other.opens else "",
                "closes": f"{other.closes:%H:%M}" if other.closes else "",
                "note": other.note,
            }
            for other in hours.exceptions
            if other.branch_id is None or other.branch_id in codes
        ],
        "valid_from": _day(view.valid_from),
        "valid_to": _day(view.valid_to),
        "sample": view.sample,
        "url": f"/libraries/{view.code}/",
    }


def _unit(unit: AdministrativeUnit | None) -> dict[str, str] | None:
    if unit is None:
        return None
    former = unit.former_district.code if unit.former_district else ""
    return {"code": unit.code, "name": unit.full_name, "former_district": former}


def _week(days: tuple[DayHours, ...]) -> list[dict[str, Any]]:
    return [
        {"weekday": day.weekday.value, "opens": f"{span.opens:%H:%M}", "closes": f"{span.closes:%H:%M}"}
        for day in days
        for span in day.spans
    ]


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""
