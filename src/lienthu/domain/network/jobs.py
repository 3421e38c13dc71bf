"""Nightly upkeep of the network."""

from __future__ import annotations

from procrastinate.contrib.django import app

from lienthu.domain.network.services.libraries import bring_up_to_date
from lienthu.platform.actor import Actor


@app.periodic(cron="5 0 * * *")
@app.task(queue="upkeep", name="network.bring_up_to_date", queueing_lock="network.bring_up_to_date")
def changes_of_the_day(timestamp: int) -> None:
    """Changes that were entered ahead arrive on their day. Safe to repeat."""
    bring_up_to_date(actor=Actor.system("nightly"))
