"""Copies read again by other rules (IMP-38): a piece is written, and the index and the quality are told of it."""

from __future__ import annotations

import time

from django.db import connection, transaction

from lienthu.domain.catalog.long_work_models import CopyReading
from lienthu.domain.catalog.services.copies import PIECE, at_work, begin, read_piece
from lienthu.domain.catalog.services.figures import recount_copies
from lienthu.domain.union.services.touch import touch_records
from lienthu.platform.actor import Actor
from lienthu.platform.deadlocks import tried_again

_READ_ANEW = 0
"""A version that no assessment has: the record is asked again whether it has copies (QUA-3)."""


def read_copies(reading_id: int, *, actor: Actor, size: int = PIECE) -> bool:
    """Read the copies of some records again; False when it was the last piece."""
    return tried_again(f"copies of reading {reading_id}", lambda: _read_copies(reading_id, actor, size))


def _read_copies(reading_id: int, actor: Actor, size: int) -> bool:
    with transaction.atomic():
        piece = read_piece(reading_id, actor=actor, size=size)
        if piece.changed:
            touch_records(piece.changed)
            with connection.cursor() as cursor:
                cursor.execute(
                    "UPDATE union_recordquality SET version = %s WHERE record_id = ANY(%s)", [_READ_ANEW, piece.changed]
                )
    return not piece.last


def work_through(reading_id: int, *, actor: Actor, seconds: float | None = None) -> bool:
    """Read on to the end, or for so long; whether something is left."""
    until = None if seconds is None else time.monotonic() + seconds
    with at_work(reading_id):
        while read_copies(reading_id, actor=actor):
            if until is not None and time.monotonic() > until:
                return True
    return False


def read_all_copies(source_id: int, *, actor: Actor) -> CopyReading | None:
    """Read the copies of a source again to the end, where other rules are in force than they were read by."""
    reading = begin(source_id, actor=actor)
    if reading is None:
        return None
    work_through(reading.pk, actor=actor)
    reading.refresh_from_db()
    recount_copies(reading.changed)
    return reading
