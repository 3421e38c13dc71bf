"""Background jobs of the catalogue: thin entry points."""

from __future__ import annotations

from procrastinate.contrib.django import app

from lienthu.domain.catalog.services.redating import follow_closedness
from lienthu.platform.actor import Actor


@app.periodic(cron="* * * * *")
@app.task(queue="upkeep", name="catalog.follow_closedness", queueing_lock="catalog.follow_closedness")
def tell_of_closed_libraries(timestamp: int) -> None:
    """Harvesters learn of libraries that were closed or opened."""
    follow_closedness(actor=Actor.system("worker"))
