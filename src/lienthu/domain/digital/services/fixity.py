"""Reading the store through, byte by byte, a piece each night (PRS-10).

The object that was not read for the longest time comes first, so a run begins where the last one stopped; within an
object that is larger than a budget the path up to which it was read is kept.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from typing import Final

from django.db import connection, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from lienthu.domain.digital import store
from lienthu.domain.digital.errors import FixityBusy
from lienthu.domain.digital.models import DigitalObject, FixityProblem, FixityRun, Preservation
from lienthu.domain.digital.preservation import room
from lienthu.foundation.preservation.ocfl import NoSuchObject, Problem, Store, StoreError
from lienthu.platform.actor import Actor
from lienthu.platform.services import audit

_LOCK: Final = 0x6669_7869  # advisory: one reader at a time is enough for one disk
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Turn:
    """What may still be read in this turn."""

    run: FixityRun
    until: float | None

    @property
    def over(self) -> bool:
        spent = self.run.budget_bytes is not None and self.run.bytes >= self.run.budget_bytes
        return spent or (self.until is not None and time.monotonic() >= self.until)


def begin(*, actor: Actor, budget_bytes: int | None = None, budget_seconds: int | None = None) -> FixityRun:
    """Open a run, or take up the one that is open."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO digital_preservation (object_id, head, problem, check_path, told_record)"
            " SELECT o.id, 0, '', '', 0 FROM digital_digitalobject o ON CONFLICT DO NOTHING"
        )
    if (open_run := FixityRun.objects.filter(ended_at=None).first()) is not None:
        return open_run
    return FixityRun.objects.create(
        began_at=timezone.now(), budget_bytes=budget_bytes, budget_seconds=budget_seconds, by=actor.name[:120]
    )


def go_on(run: FixityRun, *, actor: Actor, seconds: float | None = None) -> FixityRun:
    """Read on for so long, or to the end of the run's budget. Raises FixityBusy when another reads."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK])
        if not cursor.fetchone()[0]:
            raise FixityBusy
    try:
        return _go_on(run, actor, seconds)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])


def _go_on(run: FixityRun, actor: Actor, seconds: float | None) -> FixityRun:
    left = None if run.budget_seconds is None else max(0.0, run.budget_seconds - run.seconds)
    times = [t for t in (left, seconds) if t is not None]
    began, kept = time.monotonic(), store.preservation_store()
    turn = _Turn(run, began + min(times) if times else None)
    if not run.seconds:
        _read_room(kept, run, actor)
    while not turn.over:
        keeping = (
            Preservation.objects.filter(Q(checked_at=None) | Q(checked_at__lt=run.began_at))
            .select_related("object")
            .order_by(F("checked_at").asc(nulls_first=True), "object")
            .first()
        )
        if keeping is None:
            run.whole = True
            break
        _read(keeping, kept, turn, actor)
    run.seconds += time.monotonic() - began
    spent = run.budget_bytes is not None and run.bytes >= run.budget_bytes
    if run.whole or spent or (run.budget_seconds is not None and run.seconds >= run.budget_seconds):
        _end(run, actor)
    run.save()
    return run


def _read(keeping: Preservation, kept: Store, turn: _Turn, actor: Actor) -> None:
    """Read an object from where its check stands, to its end or to the end of the turn."""
    found: list[Problem] = []
    sound: set[str] = set()
    begun = bool(keeping.check_path)
    try:
        inventory = None if begun else kept.inventory(store.store_id(keeping.object))
        whole = _read_on(keeping, kept, turn, found, sound)
        if inventory is not None:  # places that are no content were looked at as well, when the check began
            sound |= {p for p in _standing(keeping.object).values_list("path", flat=True) if p not in inventory.digests}
    except NoSuchObject:
        found, whole = [Problem("object-missing", "", "the store does not hold it")], True
    except (StoreError, OSError) as e:
        found, whole = [Problem("object-unreadable", "", str(e))], True
    if whole:
        keeping.check_path, keeping.checked_at = "", timezone.now()
        turn.run.objects_read += 1
    with transaction.atomic():
        turn.run.damaged += _note(keeping.object, found, sound, actor)
        keeping.save(update_fields=["check_path", "checked_at"])
        turn.run.save()


def _read_on(keeping: Preservation, kept: Store, turn: _Turn, found: list[Problem], sound: set[str]) -> bool:
    """Read files until the turn or the object ends; whether the object did."""
    store_id = store.store_id(keeping.object)
    if not keeping.check_path:
        found += [p for p in kept.validate(store_id, deep=False) if not p.repairable]
    for content in kept.content(store_id):
        if content.path <= keeping.check_path:
            continue
        if turn.over:
            return False
        problem = kept.check(store_id, content)
        if problem is None:
            sound.add(content.path)
        else:
            found.append(problem)
        keeping.check_path = content.path
        turn.run.bytes += content.size
        turn.run.files += 1
    return True


def _read_room(kept: Store, run: FixityRun, actor: Actor) -> None:
    """What belongs to no object is small and read at the beginning of every run."""
    try:
        found = [p for p in kept.validate(room.STORE_ID, deep=True) if not p.repairable]
    except NoSuchObject:
        found = []  # nothing was preserved yet
    sound = set(_standing(None).values_list("path", flat=True)) - {p.path for p in found}
    with transaction.atomic():
        run.damaged += _note(None, found, sound, actor)
        run.save()


def _standing(obj: DigitalObject | None) -> QuerySet[FixityProblem]:
    return FixityProblem.objects.filter(object=obj, resolved_at=None)


def _note(obj: DigitalObject | None, found: list[Problem], sound: set[str], actor: Actor) -> int:
    """Write down what was found; what was found sound again no longer stands. The number of damaged places."""
    now = timezone.now()
    library_id = obj.library_id if obj is not None else None
    damaged = {(p.path, p.code): p for p in found}
    for row in _standing(obj).filter(path__in=sound):
        if (row.path, row.code) not in damaged:
            row.resolved_at = now
            row.save(update_fields=["resolved_at"])
            audit.record("digital.damage_gone", obj, actor=actor, library_id=library_id, path=row.path)
    for problem in damaged.values():
        row, new = FixityProblem.objects.get_or_create(
            object=obj,
            path=problem.path[:1100],
            code=problem.code[:40],
            resolved_at=None,
            defaults={"found_at": now, "seen_at": now, "detail": problem.detail[:500]},
        )
        if new:
            _log.error("damage in the store: %s %s: %s", obj or room.STORE_ID, problem.path, problem.code)
            audit.record("digital.damage_found", obj, actor=actor, library_id=library_id, path=row.path, code=row.code)
        else:
            FixityProblem.objects.filter(pk=row.pk).update(seen_at=now)
    return len(damaged)


def _end(run: FixityRun, actor: Actor) -> None:
    run.ended_at = timezone.now()
    audit.record(
        "digital.fixity_checked",
        run,
        actor=actor,
        bytes=run.bytes,
        files=run.files,
        objects=run.objects_read,
        damaged=run.damaged,
        whole=run.whole,
    )
