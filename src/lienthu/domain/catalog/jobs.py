"""Background work of the catalogue."""

from __future__ import annotations

from procrastinate.contrib.django import app

from lienthu.domain.catalog.services import figures
from lienthu.domain.catalog.services.linking import sweep
from lienthu.domain.catalog.services.waiting_parts import ask_waiting

_AT_A_TIME = 15.0  # seconds; then other jobs get their turn


@app.periodic(cron="*/10 * * * *")
@app.task(queue="upkeep", name="catalog.count", queueing_lock="catalog.count")
def count(timestamp: int) -> None:
    """Count what pages show: a library may have been closed or opened since the last import."""
    figures.count_copies()


@app.periodic(cron="* * * * *")
@app.task(queue="upkeep", name="catalog.link_headings", queueing_lock="catalog.link_headings", lock="link_headings")
def link_headings(timestamp: int) -> None:
    """Headings follow authorities that came, changed or were merged; a killed pass is gone on with (AUT-10)."""
    sweep()


@app.periodic(cron="* * * * *")
@app.task(queue="upkeep", name="catalog.link_hosts", queueing_lock="catalog.link_hosts", lock="link_hosts")
def link_hosts(timestamp: int) -> None:
    """Parts of which too many wait for one host are asked for it (IMP-39)."""
    ask_waiting(_AT_A_TIME)
