"""Datestamps that nobody can miss: given to writers, and how far readers may trust them (rules OAI-5, OAI-6).

Transactions do not commit in the order in which they began: what is stamped 10:00:01 may become visible at 10:00:09,
when a harvester that asked at 10:00:05 has gone on. So a writer holds a shared lock named by its second from before
it writes until it has committed, and a reader believes only seconds before the oldest one so held: the horizon.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Final

from django.db import connection

_CLASS: Final = 7_406_205  # class of advisory locks
_EPOCH: Final = 1_600_000_000  # a lock is named by four bytes: seconds since September 2020

_for_nobody: ContextVar[bool] = ContextVar("datestamps_for_nobody", default=False)

_CLOCK = "SELECT floor(extract(epoch FROM clock_timestamp()))::bigint"


def take() -> datetime:
    """The second to stamp what this transaction writes, reserved until it ends.

    The lock is held before the second is over; so a reader who does not see it either asked within that second or
    earlier, or sees what was written. Must be called inside a transaction.
    """
    assert connection.in_atomic_block, "a datestamp belongs to a transaction"
    with connection.cursor() as cursor:
        cursor.execute(_CLOCK)
        second = int(cursor.fetchone()[0])
        if _for_nobody.get():
            return datetime.fromtimestamp(second, UTC)
        while True:
            cursor.execute("SELECT pg_advisory_xact_lock_shared(%s, %s)", [_CLASS, second - _EPOCH])
            cursor.execute(_CLOCK)
            now = int(cursor.fetchone()[0])
            if now <= second:
                return datetime.fromtimestamp(second, UTC)
            second = now


@contextmanager
def for_nobody() -> Iterator[None]:
    """What is written inside will be rolled back: its stamps are reserved from nobody, so no harvester waits."""
    before = _for_nobody.set(True)
    try:
        yield
    finally:
        _for_nobody.reset(before)


def horizon() -> datetime:
    """The first second that is not settled: what is stamped before it is visible to every later statement.

    The clock is read before the locks, the locks before the records (each in a statement of its own).
    """
    with connection.cursor() as cursor:
        cursor.execute(_CLOCK)
        now = int(cursor.fetchone()[0])
        cursor.execute(
            "SELECT min(objid::bigint) FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 2"
            " AND classid = %s AND pid <> pg_backend_pid()"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
            [_CLASS],
        )
        (oldest,) = cursor.fetchone()
    return datetime.fromtimestamp(min(now, oldest + _EPOCH) if oldest is not None else now, UTC)
