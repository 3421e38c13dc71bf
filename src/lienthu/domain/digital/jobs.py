"""Background work on pages: short turns, so that imports and upkeep are not kept waiting."""

from __future__ import annotations

import os

from django.db import transaction
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from lienthu.domain.digital.services import pipeline

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
