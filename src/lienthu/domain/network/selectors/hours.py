"""When libraries are open: the usual week and the exceptions, many libraries at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.db.models import Q
from django.utils import timezone

from lienthu.domain.network.models import ClosedDay, OpeningHours, Weekday

HORIZON = timedelta(days=60)
"""How far ahead exceptions are told."""


@dataclass(frozen=True, slots=True)
class Span:
    """Open from ``opens`` until ``closes``."""

    opens: time
    closes: time


@dataclass(frozen=True, slots=True)
class DayHours:
    """One day of the usual week; no spans: closed."""

    weekday: Weekday
    spans: tuple[Span, ...]

    @property
    def name(self) -> str:
        """The name of the day, translated."""
        return str(self.weekday.label)


@dataclass(frozen=True, slots=True)
class LibraryHours:
    """The usual week (Monday to Sunday) of the library itself and of branches with hours of their own, and
    exceptions.

    ``known`` False: nobody has entered hours, which is not the same as closed.
    """

    known: bool
    week: tuple[DayHours, ...]
    exceptions: tuple[ClosedDay, ...] = ()
    branches: dict[int, tuple[DayHours, ...]] = field(default_factory=dict)

    def spans_on(self, day: date) -> tuple[Span, ...]:
        """When the library itself is open on this day, exceptions counted."""
        for exception in self.exceptions:
            if exception.date == day and exception.branch_id is None:
                if exception.opens is None or exception.closes is None:
                    return ()
                return (Span(exception.opens, exception.closes),)
        return self.week[day.isoweekday() - 1].spans

    def open_at(self, moment: datetime) -> bool | None:
        """Whether the library itself is open at this moment; None where hours are not known."""
        if not self.known:
            return None
        local = timezone.localtime(moment)
        return any(span.opens <= local.time() < span.closes for span in self.spans_on(local.date()))


def opening_hours(library_ids: Iterable[int], day: date | None = None) -> dict[int, LibraryHours]:
    """Hours in force on ``day`` (default: today) and exceptions of the weeks after it; a key for every id.

    Two queries.
    """
    ids = list(library_ids)
    day = day or timezone.localdate()
    spans: dict[int, dict[int | None, dict[int, list[Span]]]] = {i: defaultdict(lambda: defaultdict(list)) for i in ids}
    for row in OpeningHours.objects.as_of(day).filter(library_id__in=ids).order_by("weekday", "opens"):
        spans[row.library_id][row.branch_id][row.weekday].append(Span(row.opens, row.closes))
    exceptions: dict[int, list[ClosedDay]] = defaultdict(list)
    ahead = Q(date__gte=day, date__lte=day + HORIZON)
    for closed in ClosedDay.objects.filter(ahead, library_id__in=ids).order_by("date"):
        exceptions[closed.library_id].append(closed)
    return {
        i: LibraryHours(
            known=bool(spans[i]),
            week=_week(spans[i].get(None, {})),
            exceptions=tuple(exceptions[i]),
            branches={branch: _week(days) for branch, days in spans[i].items() if branch is not None},
        )
        for i in ids
    }


def _week(days: dict[int, list[Span]]) -> tuple[DayHours, ...]:
    return tuple(DayHours(weekday, tuple(days.get(weekday, ()))) for weekday in Weekday)
