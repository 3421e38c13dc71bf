"""Reading sources, their runs and what happened in them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.db.models import Sum

from lienthu.domain.union.harvesting.errors import REASONS, HarvestRefused
from lienthu.domain.union.harvesting.models import HarvestEvent, HarvestRun, HarvestSource

COUNTS: Final = ("read", "created", "updated", "unchanged", "withdrawn", "quarantined", "repaired")


def source_by_code(code: str) -> HarvestSource:
    """The source with this code. Raises HarvestRefused."""
    found = HarvestSource.objects.select_related("library", "source").filter(code=code.strip().lower()).first()
    if found is None:
        known = ", ".join(HarvestSource.objects.order_by("code").values_list("code", flat=True)[:20]) or "none"
        raise HarvestRefused("unknown-source", f"There is no harvest source {code!r}. Known: {known}.")
    return found


def counts_of_runs(run_ids: Sequence[int]) -> dict[int, dict[str, int]]:
    """Run id → the counts of all its batches together, in one statement."""
    sums = [Sum(f"batches__batch__{name}", default=0) for name in COUNTS]
    rows = HarvestRun.objects.filter(pk__in=run_ids).values_list("pk", *sums)
    return {row[0]: dict(zip(COUNTS, map(int, row[1:]), strict=True)) for row in rows}


def report_of(run: HarvestRun) -> dict[str, Any]:
    """What a run did, as values of JSON: the same names as those of an import."""
    batch_ids = list(run.batches.order_by("batch_id").values_list("batch_id", flat=True))
    return {
        "source": run.harvest.code,
        "run": run.pk,
        "status": run.status,
        "batch": batch_ids[0] if len(batch_ids) == 1 else batch_ids,
        "pages": run.pages,
        "requests": run.requests,
        "listed": run.listed,
        "echoed": run.echoed,
        **counts_of_runs([run.pk]).get(run.pk, dict.fromkeys(COUNTS, 0)),
        "from": run.list_from,
        "restarts": run.restarts,
        "stopped": {"code": run.stop_code, "reason": str(REASONS.get(run.stop_code, run.stop_code)),
                    "detail": run.stop_detail, "page": run.pages, "token": run.token} if run.stop_code else None,
        "wait_until": run.wait_until.isoformat() if run.wait_until else None,
    }  # fmt: skip


def events_of(run: HarvestRun, limit: int = 500) -> list[HarvestEvent]:
    """The log of a run, newest first."""
    return list(run.events.order_by("-id")[:limit])
