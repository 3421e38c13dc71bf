"""Load a sample network: libraries with their periods, branches, services, hours, and what became of
them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, time, timedelta

from django.db import transaction

from lienthu.domain.network.models import (
    AdministrativeUnit,
    Branch,
    BranchKind,
    Library,
    LineageEvent,
    LineageParty,
    LineageSide,
    OnlineAddress,
    OnlineAddressKind,
    OpeningHours,
    ServiceKind,
    ServiceOffer,
)
from lienthu.domain.network.services.branch_periods import BranchDescription, enter_branch
from lienthu.domain.network.services.libraries import LIBRARY_CHANGED, Particulars, enter_library
from lienthu.domain.network.services.periods import Description, describe_from, show_current
from lienthu.domain.network.services.sample.shapes import (
    NetworkSample,
    SampleEvent,
    SampleLibrary,
)
from lienthu.foundation.vietnamese.text import clean
from lienthu.platform.actor import Actor
from lienthu.platform.services import audit, changes

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many rows of each kind were new."""

    libraries: int
    events: int


@transaction.atomic(durable=True)
def load_sample(network: NetworkSample, *, actor: Actor) -> Loaded:
    """Enter what is not there yet; what is there is left as people have made it. Safe to repeat.

    The administrative units are those of the shipped list, which the caller has loaded.
    """
    units = {unit.code: unit for unit in AdministrativeUnit.objects.all()}
    bodies = {body.code: body.name_vi for body in network.bodies}
    known = set(Library.objects.values_list("code", flat=True))
    created = [_load_library(row, units, bodies) for row in network.libraries if row.code not in known]
    events = _load_events(network.events, bodies)
    audit.record("network.sample_loaded", None, actor=actor, libraries=len(created), events=events)
    changes.publish(LIBRARY_CHANGED, [library.pk for library in created])
    return Loaded(len(created), events)


def _after(last_day: date | None) -> date | None:
    return None if last_day is None else last_day + timedelta(days=1)


def _load_library(row: SampleLibrary, units: Mapping[str, AdministrativeUnit], bodies: Mapping[str, str]) -> Library:
    unit = units[row.administrative_unit] if row.administrative_unit else None
    latest = Description(
        name=row.name_vi,
        name_en=row.name_en,
        type=row.type,
        parent_body=bodies.get(row.parent_body, ""),
        unit=unit,
        address=row.address,
    )
    valid_to = _after(row.valid_to)
    starts = _turning_points(row, unit, valid_to)
    library = enter_library(
        code=row.code,
        description=_described_on(starts[0], latest, row, bodies),
        particulars=Particulars(note=row.note, closed=row.closed, assumed=row.assumed, sample=row.sample),
        valid_from=row.valid_from,
        valid_to=valid_to,
    )
    for start in starts[1:]:
        describe_from(library, _described_on(start, latest, row, bodies), start)
    show_current(library)
    _load_offers(library, row, units)
    return library


def _turning_points(row: SampleLibrary, unit: AdministrativeUnit | None, valid_to: date | None) -> list[date | None]:
    """The days on which a new period begins; the first is the library's own beginning."""
    days = {a.valid_from for a in row.affiliations if a.valid_from is not None}
    if unit is not None and unit.valid_from is not None and unit.former_district_id:
        days.add(unit.valid_from)
    inside = (d for d in days if (row.valid_from is None or d > row.valid_from) and (valid_to is None or d < valid_to))
    return [row.valid_from, *sorted(inside)]


def _described_on(
    start: date | None, latest: Description, row: SampleLibrary, bodies: Mapping[str, str]
) -> Description:
    """The description as of a day: the body of that day, and before the present unit existed its former
    district."""
    unit = latest.unit
    if unit is not None and unit.former_district and not unit.holds(start or date.min):
        unit = unit.former_district
    body = next(
        (
            a.body
            for a in row.affiliations
            if (a.valid_from is None or (start is not None and a.valid_from <= start))
            and (a.valid_to is None or start is None or start <= a.valid_to)
        ),
        row.parent_body,
    )
    return replace(latest, unit=unit, parent_body=bodies.get(body, latest.parent_body))


def _load_offers(library: Library, row: SampleLibrary, units: Mapping[str, AdministrativeUnit]) -> None:
    for branch in row.branches:
        enter_branch(
            library,
            code=branch.code,
            description=BranchDescription(
                branch.name_vi,
                branch.name_en,
                BranchKind(branch.kind),
                units[branch.administrative_unit] if branch.administrative_unit else None,
            ),
            valid_from=branch.valid_from or library.valid_from,
            valid_to=library.valid_to,
        )
    ServiceOffer.objects.bulk_create(
        ServiceOffer(
            library=library,
            kind=service.kind if service.kind in ServiceKind.values else ServiceKind.OTHER,
            note="" if service.kind in ServiceKind.values else clean(service.name_vi),
            online=service.online,
            url=service.url,
            valid_from=library.valid_from,
            valid_to=library.valid_to,
        )
        for service in row.services
    )
    OpeningHours.objects.bulk_create(
        OpeningHours(
            library=library,
            weekday=_WEEKDAYS.index(opening.weekday) + 1,
            opens=time.fromisoformat(opening.opens),
            closes=time.fromisoformat(opening.closes),
            valid_from=library.valid_from,
            valid_to=library.valid_to,
        )
        for opening in row.opening_hours
    )
    OnlineAddress.objects.bulk_create(
        OnlineAddress(
            library=library,
            kind=online.kind if online.kind in OnlineAddressKind.values else OnlineAddressKind.OTHER,
            url=online.url,
            valid_from=library.valid_from,
        )
        for online in row.online
    )


def _load_events(rows: Iterable[SampleEvent], bodies: Mapping[str, str]) -> int:
    libraries = {library.code: library for library in Library.objects.all()}
    known = set(LineageEvent.objects.filter(sample=True).values_list("kind", "date", "note"))
    new = 0
    for row in rows:
        if (row.kind, row.date, row.note) in known:
            continue
        before = [libraries[code] for code in row.sources if code in libraries]
        after = [libraries[code] for code in row.targets if code in libraries]
        if row.library in libraries:
            before, after = [libraries[row.library]], [libraries[row.library]]
        elif before and not after and row.targets:
            after = [library for library in before if library.valid_to is None]  # it goes on inside a body
        if not before and not after:
            continue
        event = LineageEvent.objects.create(
            kind=row.kind,
            date=row.date,
            note=row.note,
            other_bodies=_bodies_told(row, bodies),
            branch=_became(row, after),
            assumed=row.assumed,
            sample=True,
        )
        LineageParty.objects.bulk_create(
            LineageParty(event=event, library=library, side=side)
            for side, party in ((LineageSide.FROM, before), (LineageSide.TO, after))
            for library in party
        )
        new += 1
    return new


def _bodies_told(row: SampleEvent, bodies: Mapping[str, str]) -> str:
    """The bodies that took part, those before and those after parted by an arrow."""
    sides = ["; ".join(bodies[code] for code in codes if code in bodies) for codes in (row.sources, row.targets)]
    return " → ".join(side for side in sides if side)[:300]


def _became(row: SampleEvent, after: Sequence[Library]) -> Branch | None:
    if not row.to_branch or len(after) != 1:
        return None
    return Branch.objects.filter(library=after[0], code=row.to_branch).first()
