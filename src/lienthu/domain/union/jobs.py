"""Background jobs of imports: thin entry points, idempotent, run again after a crash (rule IMP-27)."""

from __future__ import annotations

import time

from django.db import transaction
from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import AlreadyEnqueued

from lienthu.domain.catalog.errors import BatchStateRefused
from lienthu.domain.catalog.models import ImportBatch
from lienthu.domain.catalog.services.batches import note_interrupted
from lienthu.domain.catalog.services.rereading import rereading_needed
from lienthu.domain.catalog.source_selectors import copies_being_read
from lienthu.domain.network.selectors import library_facts
from lienthu.domain.union.harvesting import jobs as harvesting_jobs
from lienthu.domain.union.models import Rerun
from lienthu.domain.union.quality.selectors import libraries_to_assess
from lienthu.domain.union.services import conduct, copies, renewal, ruling
from lienthu.domain.union.services.assess import assess_library
from lienthu.domain.union.services.stamping import stamp_publications
from lienthu.platform.actor import Actor

_STALLED_SECONDS = 30

__all__ = ["enqueue_import", "enqueue_undo", "harvesting_jobs", "take_up_interrupted"]  # found through this module


@app.task(queue="imports", name="import.run", retry=RetryStrategy(max_attempts=3, wait=5), pass_context=False)
def run_import(batch_id: int, actor_name: str = "worker", actor_id: int | None = None) -> None:
    """Run or resume a batch."""
    batch = ImportBatch.objects.get(pk=batch_id)
    if batch.status in (ImportBatch.Status.UNDOING, ImportBatch.Status.UNDONE):
        return
    if batch.status != ImportBatch.Status.DONE:
        conduct.run_batch(batch_id, actor=Actor(actor_id, actor_name))
    for reading_id in copies_being_read(batch.source_id):  # also where only this was left to do when it was killed
        enqueue_copies(reading_id)


@app.task(queue="imports", name="import.undo", retry=RetryStrategy(max_attempts=3, wait=5))
def undo_import(batch_id: int, actor_name: str = "worker", actor_id: int | None = None) -> None:
    """Undo a batch, or go on undoing it."""
    try:
        conduct.undo_batch(batch_id, actor=Actor(actor_id, actor_name))
    except BatchStateRefused:
        if ImportBatch.objects.get(pk=batch_id).status != ImportBatch.Status.UNDONE:
            raise


def enqueue_import(batch_id: int, *, actor: Actor) -> None:
    """Queue a batch, once: part of the caller's transaction."""
    _enqueue(run_import, batch_id, actor)


def enqueue_undo(batch_id: int, *, actor: Actor) -> None:
    """Queue the undoing of a batch, once."""
    _enqueue(undo_import, batch_id, actor)


def _enqueue(task: object, batch_id: int, actor: Actor) -> None:
    name = f"{task.name}:{batch_id}"  # type: ignore[attr-defined]  # procrastinate is untyped here
    try:
        with transaction.atomic():  # a savepoint: a refused second job must not spoil the caller's transaction
            task.configure(lock=f"import:{batch_id}", queueing_lock=name).defer(  # type: ignore[attr-defined]  # as above
                batch_id=batch_id, actor_name=actor.name, actor_id=actor.user_id
            )
    except AlreadyEnqueued:
        return


_AT_A_TIME = 15.0  # seconds; then other jobs get their turn


@app.task(queue="upkeep", name="union.rerun", retry=RetryStrategy(max_attempts=5, wait=10))
def work_off(rerun_id: int) -> None:
    """Go on with a trial or a renewal for a while, then queue the rest again: imports are not kept waiting."""
    rerun = Rerun.objects.get(pk=rerun_id)
    step = ruling.try_chunk if rerun.kind == Rerun.Kind.TRIAL else renewal.renew_chunk
    until = time.monotonic() + _AT_A_TIME
    while step(rerun_id):
        if time.monotonic() > until:
            enqueue_rerun(rerun_id)
            return


def enqueue_rerun(rerun_id: int) -> None:
    """Queue a trial or a renewal, once: part of the caller's transaction."""
    name = f"union.rerun:{rerun_id}"
    try:
        with transaction.atomic():
            work_off.configure(lock="union.rerun", queueing_lock=name, priority=-10).defer(rerun_id=rerun_id)
    except AlreadyEnqueued:
        return


@app.task(
    queue="upkeep", name="union.reread", queueing_lock="union.reread", retry=RetryStrategy(max_attempts=5, wait=10)
)
def reread() -> None:
    """What an earlier release noted of records is made anew, a while at a time (IMP-33)."""
    until = time.monotonic() + _AT_A_TIME
    while renewal.reread_notes():
        if time.monotonic() > until:
            enqueue_rereading()
            return


def enqueue_rereading() -> None:
    """Queue reading records again, once."""
    try:
        with transaction.atomic():
            reread.configure(priority=-10).defer()
    except AlreadyEnqueued:
        return


@app.task(queue="upkeep", name="union.copies", retry=RetryStrategy(max_attempts=5, wait=10))
def read_copies(reading_id: int) -> None:
    """Read the copies of a source again by the rules in force, a while at a time (IMP-38)."""
    if copies.work_through(reading_id, actor=Actor.system("worker"), seconds=_AT_A_TIME):
        enqueue_copies(reading_id)


def enqueue_copies(reading_id: int) -> None:
    """Queue reading copies again, once: part of the caller's transaction."""
    try:
        with transaction.atomic():
            read_copies.configure(
                lock=f"union.copies:{reading_id}", queueing_lock=f"union.copies:{reading_id}", priority=-5
            ).defer(reading_id=reading_id)
    except AlreadyEnqueued:
        return


@app.periodic(cron="* * * * *")
@app.task(queue="upkeep", name="union.copies_begun", queueing_lock="union.copies_begun")
def take_up_copies(timestamp: int) -> None:
    """Whatever began to read copies again: an import by a command, or by a harvest."""
    for reading_id in copies_being_read():
        enqueue_copies(reading_id)


@app.periodic(cron="* * * * *")
@app.task(queue="upkeep", name="jobs.retry_stalled", queueing_lock="jobs.retry_stalled", pass_context=True)
async def retry_stalled(context: object, timestamp: int) -> None:
    """A killed worker leaves its job in 'doing': queue it again."""
    manager = app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=_STALLED_SECONDS):
        await manager.retry_job(job)


@app.periodic(cron="* * * * *")
@app.task(queue="upkeep", name="union.stamp_publications", queueing_lock="union.stamp_publications")
def tell_of_changed_publications(timestamp: int) -> None:
    """Those who harvest publications learn of what changed."""
    stamp_publications()


@app.periodic(cron="* * * * *")
@app.task(queue="upkeep", name="union.follow_names", queueing_lock="union.follow_names", lock="union.rerun")
def follow_names(timestamp: int) -> None:
    """Authorities brought other names: what stands under them may be the same as more than before (MAT-26)."""
    until = time.monotonic() + _AT_A_TIME
    while renewal.follow_names() and time.monotonic() < until:
        pass


@app.task(queue="upkeep", name="union.assess", retry=RetryStrategy(max_attempts=3, wait=30))
def assess(library_id: int, actor_name: str = "worker", actor_id: int | None = None) -> None:
    """Bring the quality of one library up to date."""
    assess_library(library_id, actor=Actor(actor_id, actor_name))


def enqueue_assessment(library_id: int, *, actor: Actor) -> None:
    """Queue the assessment of a library, once."""
    try:
        with transaction.atomic():
            assess.configure(queueing_lock=f"union.assess:{library_id}").defer(
                library_id=library_id, actor_name=actor.name, actor_id=actor.user_id
            )
    except AlreadyEnqueued:
        return


@app.periodic(cron="*/5 * * * *")
@app.task(queue="upkeep", name="union.assess_after_imports", queueing_lock="union.assess_after_imports")
def assess_after_imports(timestamp: int) -> None:
    """Count anew the libraries of which an import has ended since."""
    for library_id in libraries_to_assess():
        enqueue_assessment(library_id, actor=Actor.system("worker"))


@app.periodic(cron="40 2 * * *")
@app.task(queue="upkeep", name="union.assess_all", queueing_lock="union.assess_all")
def assess_all(timestamp: int) -> None:
    """Once a night all: what stands beside a record changes with the imports of others."""
    for library_id in library_facts():
        enqueue_assessment(library_id, actor=Actor.system("worker"))


def take_up_interrupted(*, all_are_dead: bool) -> int:
    """Queue imports that were running when the last worker died. Called when a worker starts, before any job runs.

    ``all_are_dead``: no other worker can be there, so every job in hand belongs to a dead one and is queued again at
    once; otherwise ``retry_stalled`` waits for missing heartbeats.
    """
    count = 0
    if all_are_dead:
        for job_id in ProcrastinateJob.objects.filter(status="doing").values_list("id", flat=True):
            app.job_manager.retry_job_by_id(job_id, retry_at=timezone.now())
    note_interrupted(actor=Actor.system("worker"))
    _take_up_reruns()
    for reading_id in copies_being_read():
        enqueue_copies(reading_id)
    for batch in ImportBatch.objects.filter(status__in=[ImportBatch.Status.RUNNING, ImportBatch.Status.UNDOING]):
        if not batch.options.get("background"):
            continue  # a command line import that died is resumed by whoever ran it
        actor = Actor.system("worker")
        if batch.status == ImportBatch.Status.RUNNING:
            enqueue_import(batch.pk, actor=actor)
        else:
            enqueue_undo(batch.pk, actor=actor)
        count += 1
    return count


def _take_up_reruns() -> None:
    """A trial goes on; and what a new release reads or compares otherwise is renewed by itself (CLU-16)."""
    if renewal.renewal_needed():
        renewal.begin_renewal(actor=Actor.system("worker"))
    if rereading_needed():
        enqueue_rereading()
    for rerun_id in Rerun.objects.filter(status=Rerun.Status.RUNNING).order_by("pk").values_list("pk", flat=True):
        enqueue_rerun(rerun_id)
