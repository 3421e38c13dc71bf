"""Background work of harvesting: due sources are found every minute, runs are moved on for half a minute at a time."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import AlreadyEnqueued

from lienthu.domain.union.harvesting import selectors
from lienthu.domain.union.harvesting.models import HarvestRun
from lienthu.domain.union.harvesting.services import runs, telling
from lienthu.platform.actor import Actor

WORKER = Actor.system("harvester")
_SECONDS = 30.0
_PATIENCE = 2.0  # a worker has better things to do than to wait

log = logging.getLogger(__name__)


@app.task(queue="imports", name="harvest.work", pass_context=False)
def move_on(run_id: int) -> None:
    """Work on a run for a while, then step back behind what else waits; a run that has to wait comes again then."""
    try:
        run = runs.work(run_id, actor=WORKER, seconds=_SECONDS, patience=_PATIENCE)
    except runs.BusyElsewhere:
        return  # whoever is at work goes on; if it dies, the next minute finds the run again
    except HarvestRun.DoesNotExist:
        return
    if run.status == HarvestRun.Status.RUNNING:
        enqueue(run.pk, at=run.wait_until)


@app.periodic(cron="* * * * *")
@app.task(queue="upkeep", name="harvest.due", queueing_lock="harvest.due", pass_context=False)
def start_due(timestamp: int) -> None:
    """Open runs of the sources whose time has come, take up those that nobody works on, notice stale sources."""
    for harvest_id in selectors.due():
        runs.open_run(harvest_id, reason=HarvestRun.Reason.SCHEDULE, actor=WORKER)
    for run_id in selectors.open_runs():
        enqueue(run_id)
    with transaction.atomic():  # who is noted is told, or neither
        for harvest in runs.note_stale(actor=WORKER):
            log.warning("harvest source %s is stale: nothing whole since %s", harvest.code, harvest.last_done_at)
            tell_of_stale.defer(harvest_id=harvest.pk)


@app.task(queue="upkeep", name="harvest.tell_of_stale", retry=RetryStrategy(max_attempts=8, wait=60, linear_wait=600))
def tell_of_stale(harvest_id: int) -> None:
    """Write to the library. A mail server that is away is tried again for some hours."""
    telling.tell_of_stale(harvest_id)


@app.periodic(cron="25 0 * * *")
@app.task(queue="upkeep", name="harvest.tidy", queueing_lock="harvest.tidy", pass_context=False)
def tidy(timestamp: int) -> None:
    """Forget runs that found nothing, a while ago."""
    runs.forget_empty_runs()


def enqueue(run_id: int, *, at: datetime | None = None) -> None:
    """Queue work on a run, once: part of the caller's transaction. ``at``: not before."""
    name = f"harvest.work:{run_id}"
    if ProcrastinateJob.objects.filter(queueing_lock=name, status="todo").exists():
        return
    later = at if at is not None and at > timezone.now() + timedelta(seconds=1) else None
    try:
        with transaction.atomic():  # a savepoint: a refused second job must not spoil the caller's transaction
            move_on.configure(lock=name, queueing_lock=name, schedule_at=later).defer(run_id=run_id)
    except AlreadyEnqueued:
        return


@transaction.atomic
def request_run(harvest_id: int, *, actor: Actor, full: bool = False) -> HarvestRun:
    """A person wants a source harvested now: its open run, or a new one, worked on by the worker."""
    run = runs.open_run(harvest_id, reason=HarvestRun.Reason.PERSON, actor=actor, full=full)
    enqueue(run.pk)
    return run


@transaction.atomic
def request_stop(run_id: int, *, actor: Actor) -> None:
    """A person wants a run ended: what was fetched is imported, then it is over."""
    runs.ask_to_stop(run_id, actor=actor)
    enqueue(run_id)
