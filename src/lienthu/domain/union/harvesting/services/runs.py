"""The life of a run: opened, moved on step by step, closed. One open run a source, one process at work on it.

Every step ends in one transaction that says where the run is; a process killed anywhere repeats at most the step it
was in (rules HAR-13 to HAR-15).
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, Final

from django.db import connection, transaction
from django.utils import timezone

from lienthu.domain.catalog.errors import BatchStateRefused
from lienthu.domain.catalog.models import ImportBatch
from lienthu.domain.union.harvesting import policy
from lienthu.domain.union.harvesting.errors import Failure, HarvestRefused, Transient
from lienthu.domain.union.harvesting.models import HarvestEvent, HarvestRun, HarvestSource
from lienthu.domain.union.harvesting.services import dropping, listing
from lienthu.domain.union.harvesting.services.place import note, save_place
from lienthu.domain.union.harvesting.services.sources import next_time_of
from lienthu.domain.union.services.conduct import run_batch
from lienthu.platform.actor import Actor
from lienthu.platform.services import audit

Told = Callable[[HarvestRun], None]

_AT_WORK: Final = 7_406_210  # class of advisory locks: one for each run that someone works on
_CHANCE: Final = random.SystemRandom()
_FAILED_IMPORTS: Final = 5
_STATUS = HarvestRun.Status
_PHASE = HarvestRun.Phase


class BusyElsewhere(HarvestRefused):
    """Another process works on this run."""


@transaction.atomic
def open_run(harvest_id: int, *, reason: str, actor: Actor, full: bool = False) -> HarvestRun:
    """The open run of a source, or a new one. ``full``: everything, not only what changed.

    A list that stopped in the middle is gone on with, unless everything is wanted (HAR-13).
    """
    harvest = HarvestSource.objects.select_for_update().get(pk=harvest_id)
    going = harvest.runs.filter(status=_STATUS.RUNNING).first()
    if going is not None:
        return going
    run = HarvestRun(harvest=harvest, reason=reason, asked_by=actor.name[:120], full=full)
    before = harvest.runs.order_by("-id").first()
    if before is not None and not full and _can_go_on(before):
        run.continues, run.full, run.began = before, before.full, True
        for name in ("token", "list_from", "server_time", "complete_size"):
            setattr(run, name, getattr(before, name))
    run.save()
    harvest.next_at = None  # asked for again when this run ends
    harvest.save(update_fields=["next_at"])
    if reason != HarvestRun.Reason.SCHEDULE:
        audit.record(
            "harvest.run_opened", run, actor=actor, library_id=harvest.library_id, source=harvest.code, full=run.full
        )
    return run


def _can_go_on(before: HarvestRun) -> bool:
    useless = before.stop_code in ("token-died", "token-loop", "oai-error")
    return before.status == _STATUS.STOPPED and bool(before.token) and not useless and _is_young(before)


def _is_young(before: HarvestRun) -> bool:
    return timezone.now() - before.moved_at < policy.TOKEN_LIVES


@transaction.atomic
def ask_to_stop(run_id: int, *, actor: Actor) -> None:
    """End a run: what was fetched is imported, nothing more is fetched."""
    run = HarvestRun.objects.select_for_update().select_related("harvest").get(pk=run_id)
    if run.status == _STATUS.RUNNING and not run.stop_code:
        run.phase, run.stop_code, run.wait_until = _PHASE.CLOSING, "cancelled", None
        run.save()
        audit.record("harvest.run_cancelled", run, actor=actor, library_id=run.harvest.library_id)


def work(
    run_id: int, *, actor: Actor, seconds: float | None = None, patience: float = 0.0, tell: Told | None = None
) -> HarvestRun:
    """Move a run on until it ends, ``seconds`` are over, or it has to wait longer than ``patience`` seconds.

    Raises BusyElsewhere. Whatever goes wrong with the other side is noted in the run; only faults of this machine
    (database gone, disk full) are raised, and the run goes on where it was when it is worked on again.
    """
    deadline = None if seconds is None else time.monotonic() + seconds
    with _at_work(run_id), listing.Line() as line:
        while True:
            run = HarvestRun.objects.select_related("harvest__library", "harvest__source", "batch").get(pk=run_id)
            if run.status != _STATUS.RUNNING:
                return run
            if run.wait_until is not None:
                left = (run.wait_until - timezone.now()).total_seconds()
                if left > patience:
                    return run
                time.sleep(max(0.0, left))
            _step(run, line, actor)
            if tell:
                tell(run)
            if deadline is not None and time.monotonic() >= deadline:
                return HarvestRun.objects.select_related("harvest").get(pk=run_id)


@contextmanager
def _at_work(run_id: int) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [_AT_WORK, run_id])
        if not cursor.fetchone()[0]:
            raise BusyElsewhere("busy", "Another process is at work on this harvest; wait for it.")
    try:
        yield
    finally:
        if connection.is_usable():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [_AT_WORK, run_id])


def _step(run: HarvestRun, line: listing.Line, actor: Actor) -> None:
    """One step: finish the batch in hand, fetch a page or a file, hand over what waits, or close the run."""
    try:
        if run.batch is not None:
            _import(run, run.batch, actor)
        elif run.phase == _PHASE.LISTING:
            if run.harvest.kind == HarvestSource.Kind.OAI:
                listing.fetch(run, line, actor)
            else:
                dropping.fetch(run, actor)
        elif run.spool_records:
            listing.hand_over(run, actor)
        else:
            _close(run, actor)
    except Transient as e:
        _wait_or_stop(run, e)
    except Failure as e:
        _stop(run, e.code, e.detail)


def _import(run: HarvestRun, batch: ImportBatch, actor: Actor) -> None:
    """Import the batch in hand, or go on with it; one that a person is undoing is theirs."""
    S = ImportBatch.Status
    if batch.status in (S.UPLOADED, S.QUEUED, S.RUNNING, S.FAILED):
        try:
            batch = run_batch(batch.pk, actor=actor)
        except BatchStateRefused as e:  # somebody else has it in hand: the worker took it up, or a person
            raise Transient("import", str(e), after=5) from e
        except Exception as e:  # noted on batch and run; tried again, then the run goes on without it
            failed = HarvestEvent.objects.filter(run=run, code="import", detail__batch=batch.pk).count()
            note(run, "import", batch=batch.pk, error=type(e).__name__)
            if failed + 1 < _FAILED_IMPORTS:
                raise
            batch.refresh_from_db()
    dropping.settle(run, batch)
    run.batch = None
    run.file = {name: value for name, value in run.file.items() if name != "current"}
    run.attempts, run.wait_until = 0, None
    if batch.status == S.FAILED and run.harvest.kind == HarvestSource.Kind.OAI:
        run.phase, run.stop_code, run.stop_detail = _PHASE.CLOSING, run.stop_code or "import", str(batch.pk)
        run.token = ""  # behind what was not written: the next run begins again where the last whole one ended
    save_place(run)


def _wait_or_stop(run: HarvestRun, e: Transient) -> None:
    run.attempts += 1
    if policy.gives_up(run.attempts, e.after):
        _stop(run, "waited-too-long" if e.after is not None else e.code, e.detail)
        return
    wait = policy.wait_for(run.attempts, e.after, _CHANCE)
    run.wait_until = timezone.now() + wait
    run.requests += 1
    save_place(run)
    note(run, "waits", why=e.code, detail=e.detail, seconds=round(wait.total_seconds(), 1))


def _stop(run: HarvestRun, code: str, detail: str) -> None:
    """Fetch no more; what was fetched is still imported (HAR-14)."""
    run.phase, run.stop_code, run.stop_detail = _PHASE.CLOSING, code, detail[:1000]
    run.wait_until, run.attempts = None, 0
    save_place(run)
    note(run, "stopped", why=code, detail=detail, page=run.pages, token=run.token[:200])


def _close(run: HarvestRun, actor: Actor) -> None:
    now = timezone.now()
    with transaction.atomic():
        harvest = HarvestSource.objects.select_for_update().get(pk=run.harvest_id)
        whole = not run.stop_code
        run.status = _STATUS.DONE if whole else _STATUS.STOPPED
        run.finished_at, run.wait_until = now, None
        run.save()
        if whole:
            if run.server_time is not None:
                harvest.since = run.server_time
            harvest.last_done_at, harvest.stale_since = now, None
        if harvest.active:
            harvest.next_at = next_time_of(harvest, stopped=not whole)
        harvest.save(update_fields=["since", "last_done_at", "stale_since", "next_at"])
        if whole and not run.listed and run.reason == HarvestRun.Reason.SCHEDULE:
            return  # a look at an empty folder every few minutes is no act (HAR-22)
        audit.record(
            "harvest.run_done" if whole else "harvest.run_stopped", run, actor=actor, library_id=harvest.library_id,
            source=harvest.code, reason=run.stop_code, **_counts(run),
        )  # fmt: skip


def _counts(run: HarvestRun) -> dict[str, Any]:
    return {"pages": run.pages, "listed": run.listed, "echoed": run.echoed}


@transaction.atomic
def forget_empty_runs() -> int:
    """Forget runs by schedule that found nothing, some days afterwards; how many (HAR-22)."""
    rows = HarvestRun.objects.filter(
        status=_STATUS.DONE, reason=HarvestRun.Reason.SCHEDULE, listed=0, batches=None,
        finished_at__lt=timezone.now() - policy.EMPTY_RUNS_KEPT,
    )  # fmt: skip
    deleted, _each = rows.delete()
    return deleted


@transaction.atomic
def note_stale(*, actor: Actor) -> list[HarvestSource]:
    """Mark the sources that have not been harvested for too long (HAR-17); returns those that are newly so."""
    now = timezone.now()
    found = []
    for harvest in HarvestSource.objects.select_for_update(skip_locked=True).filter(active=True, stale_since=None):
        if policy.is_stale(
            active=harvest.active, last_done=harvest.last_done_at, created=harvest.created_at,
            hours=harvest.stale_hours, now=now,
        ):  # fmt: skip
            harvest.stale_since = (harvest.last_done_at or harvest.created_at) + timedelta(hours=harvest.stale_hours)
            harvest.save(update_fields=["stale_since"])
            audit.record("harvest.source_stale", harvest, actor=actor, library_id=harvest.library_id, code=harvest.code)
            found.append(harvest)
    return found
