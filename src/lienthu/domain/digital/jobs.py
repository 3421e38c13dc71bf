"""Background work on pages: short turns, so that imports and upkeep are not kept waiting."""

from __future__ import annotations

import os

from django.conf import settings
from django.db import transaction
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from lienthu.domain.digital.models import FixityRun
from lienthu.domain.digital.services import deliveries, erasing, fixity, pipeline, preserving, seats, watching
from lienthu.domain.digital.store import preservation_store, sweep_scratch
from lienthu.platform.actor import Actor

_TURN = 15.0  # seconds; then other jobs get their turn


@app.task(queue="pages", name="digital.work", retry=RetryStrategy(max_attempts=5, wait=10))
def work_pages() -> None:
    """Work on waiting pages for a while, then queue the rest again."""
    if pipeline.run(workers=max(1, (os.cpu_count() or 2) - 1), seconds=_TURN).left:
        enqueue_pages()


def enqueue_pages() -> None:
    """Queue a turn, once: part of the caller's transaction."""
    try:
        with transaction.atomic():
            work_pages.configure(queueing_lock="digital.work", priority=-20).defer()
    except AlreadyEnqueued:
        return


@app.periodic(cron="* * * * *")
@app.task(queue="upkeep", name="digital.watch_pages", queueing_lock="digital.watch_pages")
def watch_pages(timestamp: int) -> None:
    """Pages whose worker was killed are taken up again."""
    if pipeline.waiting():
        enqueue_pages()


@app.periodic(cron="*/2 * * * *")
@app.task(queue="upkeep", name="digital.preserve", queueing_lock="digital.preserve", lock="digital.preserve")
def preserve_changed(timestamp: int) -> None:
    """Tell the preservation store of objects that have come to rest (PRS-8)."""
    preserving.preserve_due(actor=Actor.system("worker"), seconds=_TURN)


@app.periodic(cron="15 1 * * *")
@app.task(queue="upkeep", name="digital.fixity_nightly", queueing_lock="digital.fixity_nightly")
def read_the_store(timestamp: int) -> None:
    """Every night leftovers of killed writers go, and a piece of the preservation store is read through (PRS-10).

    What was erased and could not be purged then is tried again first (PRS-13).
    """
    sweep_scratch()
    erasing.purge_left()
    preservation_store().sweep()
    run = fixity.begin(actor=Actor.system("worker"), budget_bytes=settings.FIXITY_NIGHTLY_BYTES)
    _go_on_reading(run.pk)


@app.task(queue="upkeep", name="digital.purge")
def purge_erased() -> None:
    """Delete the bytes of what was erased at the desk; what fails is tried again every night (PRS-13)."""
    erasing.purge_left()


def enqueue_purge() -> None:
    """Queue the deleting of bytes, one after the other: part of the caller's transaction."""
    purge_erased.configure(lock="digital.purge").defer()


@app.task(queue="upkeep", name="digital.fixity", retry=RetryStrategy(max_attempts=5, wait=60))
def read_on(run_id: int) -> None:
    """A turn of reading, then the rest is queued behind what else waits."""
    run = fixity.go_on(FixityRun.objects.get(pk=run_id), actor=Actor.system("worker"), seconds=_TURN)
    if run.ended_at is None:
        _go_on_reading(run_id)


def _go_on_reading(run_id: int) -> None:
    try:
        with transaction.atomic():
            read_on.configure(lock="digital.fixity", queueing_lock=f"digital.fixity:{run_id}", priority=-20).defer(
                run_id=run_id
            )
    except AlreadyEnqueued:
        return


@app.task(queue="pages", name="digital.take_delivery", retry=RetryStrategy(max_attempts=5, wait=20))
def take_delivery(delivery_id: int) -> None:
    """Take in what was uploaded."""
    deliveries.take(delivery_id)


def enqueue_delivery(delivery_id: int) -> None:
    """Queue the taking in of an upload: part of the caller's transaction."""
    take_delivery.configure(lock=f"digital.delivery.{delivery_id}").defer(delivery_id=delivery_id)


@app.periodic(cron="*/10 * * * *")
@app.task(queue="upkeep", name="digital.clear_seats", queueing_lock="digital.clear_seats")
def clear_seats(timestamp: int) -> None:
    """Forget who sat where as soon as the time is over, also where nobody comes after (RGT-10)."""
    seats.clear_expired()


@app.periodic(cron="17 3 * * *")
@app.task(queue="upkeep", name="digital.sweep_uploads", queueing_lock="digital.sweep_uploads")
def sweep_uploads(timestamp: int) -> None:
    """Throw away uploads that nobody went on with."""
    deliveries.sweep()


@app.periodic(cron="* * * * *")
@app.task(queue="pages", name="digital.watch_folders", queueing_lock="digital.watch_folders", lock="digital.watch")
def watch_folders(timestamp: int) -> None:
    """Take in what scanners wrote into the watched folders."""
    if watching.watch():
        enqueue_pages()
