"""Background work of the catalogue."""

from __future__ import annotations

from procrastinate.contrib.django import app

from lienthu.domain.catalog.services import figures


@app.periodic(cron="*/10 * * * *")
@app.task(queue="upkeep", name="catalog.count", queueing_lock="catalog.count")
def count(timestamp: int) -> None:
    """Count what pages show: a library may have been closed or opened since the last import."""
    figures.count_copies()
