"""Background work of the commands: what would keep a person waiting when everything starts for the first time."""

from __future__ import annotations

from django.db import transaction
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

_TURN = 8.0  # seconds; then other jobs get their turn


@app.task(queue="pages", name="sample.volumes", retry=RetryStrategy(max_attempts=3, wait=30))
def load_sample_volumes() -> None:
    """Make, take in and publish the sample volumes, a few at a time, so that imports are not kept waiting."""
    from lienthu.domain.digital.jobs import enqueue_pages
    from lienthu.faces.cli.digitised import load_volumes

    if load_volumes(seconds=_TURN):
        enqueue_pages()  # what is left is text
    else:
        enqueue_sample_volumes()


def enqueue_sample_volumes() -> None:
    """Queue it, once."""
    try:
        with transaction.atomic():
            load_sample_volumes.configure(queueing_lock="sample.volumes", priority=-10).defer()
    except AlreadyEnqueued:
        return
