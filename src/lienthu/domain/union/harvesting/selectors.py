"""Reading sources, their runs and what happened in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Q, Sum
from django.utils import timezone

from lienthu.domain.catalog.models import ImportBatch
from lienthu.domain.union.harvesting.errors import REASONS, HarvestRefused
from lienthu.domain.union.harvesting.models import HarvestEvent, HarvestRun, HarvestSource

COUNTS: Final = ("read", "created", "updated", "unchanged", "withdrawn", "quarantined", "repaired")


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A source with its last run and what that did."""

    harvest: HarvestSource
    run: HarvestRun | None
    counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class RunRow:
    """A run and what it did."""

    run: HarvestRun
    counts: dict[str, int]


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
        "failed_files": run.events.filter(code="file-failed").count(),
        "restarts": run.restarts,
        "stopped": {"code": run.stop_code, "reason": str(REASONS.get(run.stop_code, run.stop_code)),
                    "detail": run.stop_detail, "page": run.pages, "token": run.token} if run.stop_code else None,
        "wait_until": run.wait_until.isoformat() if run.wait_until else None,
    }  # fmt: skip


def events_of(run: HarvestRun, limit: int = 500) -> list[HarvestEvent]:
    """The log of a run, newest first."""
    return list(run.events.order_by("-id")[:limit])


def batches_of_run(run: HarvestRun) -> list[ImportBatch]:
    """The imports a run handed over, in their order."""
    return list(ImportBatch.objects.filter(harvested__run=run).select_related("library").order_by("pk"))


def due() -> list[int]:
    """Sources whose time has come and that are not being harvested."""
    rows = HarvestSource.objects.filter(active=True, next_at__lte=timezone.now()).exclude(runs__status="running")
    return list(rows.order_by("next_at").values_list("id", flat=True))


def open_runs() -> list[int]:
    """Runs that are not at their end and have nothing to wait for."""
    rows = HarvestRun.objects.filter(status=HarvestRun.Status.RUNNING)
    rows = rows.filter(Q(wait_until=None) | Q(wait_until__lte=timezone.now()))
    return list(rows.order_by("moved_at").values_list("id", flat=True))


def sources_of(library_ids: Sequence[int]) -> list[SourceRow]:
    """The sources of these libraries with their last run and its counts, in four statements."""
    found = list(
        HarvestSource.objects.filter(library_id__in=library_ids).select_related("library", "source").order_by("name")
    )
    ids = [h.pk for h in found]
    last = {
        r.harvest_id: r
        for r in HarvestRun.objects.filter(harvest_id__in=ids).order_by("harvest", "-id").distinct("harvest")
    }
    counts = counts_of_runs([r.pk for r in last.values()])
    return [SourceRow(h, r := last.get(h.pk), counts.get(r.pk, {}) if r else {}) for h in found]


def runs_of(harvest: HarvestSource, *, before: int | None = None, limit: int = 25) -> list[RunRow]:
    """The runs of a source, newest first, with their counts; keyset by id."""
    rows = HarvestRun.objects.filter(harvest=harvest).order_by("-id")
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = list(rows[:limit])
    counts = counts_of_runs([r.pk for r in found])
    return [RunRow(r, counts[r.pk]) for r in found]


def stale_sources(library_ids: Sequence[int]) -> list[HarvestSource]:
    """The sources of these libraries that have not been harvested for too long, oldest first."""
    rows = HarvestSource.objects.filter(library_id__in=library_ids, active=True, stale_since__isnull=False)
    return list(rows.select_related("library").order_by("stale_since")[:20])
