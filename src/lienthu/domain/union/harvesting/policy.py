"""Pure decisions of harvesting: when, from where on, how long to wait, what is stale."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo

from croniter import croniter

MAX_WAIT: Final = timedelta(hours=24)
ATTEMPTS: Final = 6
WAITS: Final = 30
RESTARTS: Final = 2
TOKEN_LIVES: Final = timedelta(days=7)
EMPTY_RUNS_KEPT: Final = timedelta(days=14)
SOONEST: Final = timedelta(minutes=5)
_AGAIN_AFTER_STOP: Final = timedelta(hours=1)


def every_hours(schedule: str) -> int | None:
    """The hours of a schedule such as ``24h``; None for one in the manner of cron, and for none."""
    hours = schedule.removesuffix("h")
    return int(hours) if schedule.endswith("h") and hours.isdigit() and 1 <= int(hours) <= 24 * 31 else None


def is_schedule(schedule: str) -> bool:
    """Whether this is "" (only when asked), ``<hours>h``, or five fields of cron, at most once in 5 minutes."""
    if not schedule or every_hours(schedule) is not None:
        return True
    if len(schedule.split()) != 5 or not croniter.is_valid(schedule):
        return False
    times = croniter(schedule, datetime(2026, 1, 1))
    first = [times.get_next(datetime) for _ in range(5)]
    return all(b - a >= SOONEST for a, b in pairwise(first))


def next_time(schedule: str, now: datetime, zone: ZoneInfo, *, stopped: bool = False) -> datetime | None:
    """When the source is asked next; None: only when a person asks. After a stop it is tried again within an hour."""
    hours = every_hours(schedule)
    if hours is not None:
        regular = now + timedelta(hours=hours)
    elif schedule:
        local: datetime = croniter(schedule, now.astimezone(zone).replace(tzinfo=None)).get_next(datetime)
        regular = local.replace(tzinfo=zone)
    else:
        return None
    return min(regular, now + _AGAIN_AFTER_STOP) if stopped else regular


def is_stale(*, active: bool, last_done: datetime | None, created: datetime, hours: int, now: datetime) -> bool:
    """Whether a source that should be harvested has not been for longer than it may (HAR-17)."""
    return active and hours > 0 and now - (last_done or created) > timedelta(hours=hours)


def stale_hours(schedule: str) -> int:
    """How long a source may stay without a complete harvest: three times its rhythm, a day at least."""
    hours = every_hours(schedule)
    return max(24, 3 * hours) if hours is not None else (72 if schedule else 0)


_FIRST_YEAR: Final = 1970


def harvest_time(said: datetime | None, ours: datetime) -> datetime:
    """Where the next list begins: the repository's own clock at the first page, never later than ours (HAR-3)."""
    if said is None or said.year < _FIRST_YEAR:  # a clock that was never set
        return ours - timedelta(days=1)
    return min(said, ours)


def list_from(since: datetime | None, overlap: timedelta, *, by_day: bool) -> str:
    """The ``from`` of a list: the last harvest less the overlap, in the granularity of the repository; "" all."""
    if since is None:
        return ""
    begin = since - overlap
    return begin.strftime("%Y-%m-%d") if by_day else begin.strftime("%Y-%m-%dT%H:%M:%SZ")


def wait_for(attempt: int, asked: float | None, chance: random.Random) -> timedelta:
    """How long to wait before attempt number ``attempt`` + 1: what was asked for, else doubling with jitter (HAR-9)."""
    if asked is not None:
        return min(timedelta(seconds=max(1.0, asked)), MAX_WAIT)
    bound = min(300.0, 2.0 ** min(attempt, 12))
    return timedelta(seconds=chance.uniform(bound / 2, bound))


def gives_up(attempts: int, asked: float | None) -> bool:
    """Whether it has been tried often enough; one who says when to come again is given more patience."""
    return attempts >= (WAITS if asked is not None else ATTEMPTS)
