"""What became of libraries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from lienthu.domain.network.models import (
    Library,
    LibraryPeriod,
    LineageEvent,
    LineageParty,
    LineageSide,
)


@dataclass(frozen=True, slots=True)
class NamedLibrary:
    """A library under the name it bore on a day."""

    id: int
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class LineageStep:
    """One event: the libraries before, under their names of the day before, and after, under those of the
    day."""

    event: LineageEvent
    before: tuple[NamedLibrary, ...]
    after: tuple[NamedLibrary, ...]


def lineage_of(library_id: int) -> list[LineageStep]:
    """The events this library took part in, oldest first. Three queries, however many events."""
    events = list(
        LineageEvent.objects.filter(parties__library_id=library_id)
        .distinct()
        .order_by("date", "id")
        .prefetch_related("parties__library")
    )
    parties = [party for event in events for party in event.parties.all()]
    names = _Names({party.library_id for party in parties})
    return [
        LineageStep(
            event,
            names.of((p for p in event.parties.all() if p.side == LineageSide.FROM), event.date - timedelta(days=1)),
            names.of((p for p in event.parties.all() if p.side == LineageSide.TO), event.date),
        )
        for event in events
    ]


class _Names:
    """Names of libraries by day, read once."""

    def __init__(self, library_ids: Iterable[int]) -> None:
        self.periods: dict[int, list[LibraryPeriod]] = {}
        for period in LibraryPeriod.objects.filter(library_id__in=list(library_ids)):
            self.periods.setdefault(period.library_id, []).append(period)

    def of(self, parties: Iterable[LineageParty], day: date) -> tuple[NamedLibrary, ...]:
        named = []
        for party in parties:
            name = next((p.name for p in self.periods.get(party.library_id, ()) if p.holds(day)), party.library.name)
            named.append(NamedLibrary(party.library_id, party.library.code, name))
        return tuple(sorted(named, key=lambda library: library.code))


def successors_of(library_id: int, day: date) -> list[Library]:
    """The libraries that had taken this one's place by ``day``: itself while it exists, several after a
    split.

    Events are followed in order until they lead to libraries in force on ``day``. Empty: it ended without a
    successor.
    """
    found: dict[int, Library] = {}
    waiting: dict[int, date] = {library_id: date.min}
    seen: set[int] = set()
    while waiting:
        libraries = Library.objects.filter(pk__in=waiting)
        ended = {library.pk: library for library in libraries if library.valid_to and library.valid_to <= day}
        found.update((library.pk, library) for library in libraries if library.pk not in ended)
        seen.update(waiting)
        passed_on = LineageParty.objects.filter(
            side=LineageSide.TO,
            event__date__lte=day,
            event__parties__side=LineageSide.FROM,
            event__parties__library_id__in=ended,
        ).values_list("library_id", "event__date")
        waiting = {successor: when for successor, when in passed_on if successor not in seen}
    return sorted(found.values(), key=lambda library: library.code)


def successor_of(library: Library | int, day: date) -> Library | None:
    """The one library that had taken this one's place by ``day``; None where there is none or more than one.
    The one library that had taken this one's place by ``day``; None where there is none or more than one."""
    successors = successors_of(library.pk if isinstance(library, Library) else library, day)
    return successors[0] if len(successors) == 1 else None
