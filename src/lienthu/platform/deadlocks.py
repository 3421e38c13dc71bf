"""Work that is done once more when the database chose it to resolve a deadlock: nothing of it was kept."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Final, TypeVar

import psycopg
from django.db import OperationalError

_TRIES: Final = 5

log = logging.getLogger(__name__)
T = TypeVar("T")


def tried_again(what: str, act: Callable[[], T]) -> T:
    """What ``act``, a transaction of its own, returns. Raises what it raises, a deadlock only the fifth time."""
    for _ in range(_TRIES - 1):
        try:
            return act()
        except OperationalError as e:
            if not isinstance(e.__cause__, psycopg.errors.DeadlockDetected):
                raise
            log.warning("%s: a deadlock with another writer; it is done again", what)
    return act()
