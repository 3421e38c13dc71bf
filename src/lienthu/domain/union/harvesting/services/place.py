"""Where a run is, and what happened in it: line by line, bounded."""

from __future__ import annotations

from typing import Any, Final

from django.db import transaction

from lienthu.domain.union.harvesting.models import HarvestEvent, HarvestRun

MOST: Final = 500


def save_place(run: HarvestRun) -> None:
    """Save the run; that a person has asked it to stop meanwhile is not overwritten."""
    with transaction.atomic():
        now = HarvestRun.objects.select_for_update().only("stop_code", "phase").get(pk=run.pk)
        if now.stop_code and not run.stop_code:
            run.stop_code, run.phase = now.stop_code, now.phase
        run.save()


def note(run: HarvestRun, code: str, **detail: Any) -> None:
    """Write a line of the run's log; beyond ``MOST`` lines nothing more is written."""
    if HarvestEvent.objects.filter(run=run).count() < MOST:
        shown = {name: value[:500] if isinstance(value, str) else value for name, value in detail.items()}
        HarvestEvent.objects.create(run=run, code=code, detail=shown)
