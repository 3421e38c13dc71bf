"""Keep a joining report, and let a rehearsal go with its report (rules REP-7 and REP-8)."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from lienthu.domain.catalog.errors import BatchStateRefused
from lienthu.domain.catalog.models import ImportBatch
from lienthu.domain.union.joining.findings import VERSION, Findings
from lienthu.domain.union.models import JoiningReport
from lienthu.platform.actor import Actor
from lienthu.platform.services import audit

_STATUS = ImportBatch.Status


def keep(batch: ImportBatch, findings: Findings) -> None:
    """Save the findings of a rehearsal; those of an earlier run go. Part of the caller's transaction."""
    JoiningReport.objects.update_or_create(batch=batch, defaults={"version": VERSION, "findings": findings.as_json()})


@transaction.atomic
def forget_rehearsal(trial_id: int, *, actor: Actor) -> None:
    """Remove a rehearsal with everything it found. Raises BatchStateRefused for an import, and while it runs."""
    trial = ImportBatch.objects.select_for_update().get(pk=trial_id)
    if not trial.dry_run:
        raise BatchStateRefused(_("Only the report of a dry run can be deleted; that of an import stays."))
    if trial.status in (_STATUS.QUEUED, _STATUS.RUNNING):
        raise BatchStateRefused(_("The dry run is going on. Delete its report when it has ended."))
    audit.record(
        "import.trial_deleted", trial, actor=actor, library_id=trial.library_id, trial_of=trial.trial_of_id,
        sha256=trial.sha256, read=trial.read,
    )  # fmt: skip
    trial.delete()
