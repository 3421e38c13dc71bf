"""Reading joining reports."""

from __future__ import annotations

from lienthu.domain.catalog.models import ImportBatch
from lienthu.domain.union.joining.findings import Findings
from lienthu.domain.union.models import JoiningReport


def findings_of(trial: ImportBatch) -> Findings | None:
    """What a finished rehearsal found out; None where no report is kept (an import, one that runs, an old one)."""
    if not trial.dry_run or trial.status != ImportBatch.Status.DONE:
        return None
    kept = JoiningReport.objects.filter(batch=trial).values_list("findings", flat=True).first()
    return Findings.from_json(kept) if kept is not None else None


def has_report(trial: ImportBatch | None) -> bool:
    """Whether ``findings_of`` would find something."""
    return (
        trial is not None
        and trial.dry_run
        and trial.status == ImportBatch.Status.DONE
        and JoiningReport.objects.filter(batch=trial).exists()
    )


def rehearsals_of(batch: ImportBatch, limit: int = 20) -> list[ImportBatch]:
    """The finished rehearsals of a file, newest first."""
    rows = ImportBatch.objects.filter(trial_of=batch, dry_run=True, status=ImportBatch.Status.DONE)
    return list(rows.order_by("-id")[:limit])
