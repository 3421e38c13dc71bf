"""What a person asks for, done by a worker later: the batch's new state and its job are one transaction."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _
from procrastinate.contrib.django.models import ProcrastinateJob

from lienthu.domain.catalog.errors import BatchStateRefused
from lienthu.domain.catalog.long_work_models import CopyReading
from lienthu.domain.catalog.models import ImportBatch
from lienthu.domain.catalog.services import batches, copies, planning
from lienthu.domain.union import jobs
from lienthu.domain.union.models import Rerun
from lienthu.domain.union.services import ruling
from lienthu.platform.actor import Actor


@transaction.atomic
def request_import(batch_id: int, *, actor: Actor, as_rehearsed: int | None = None) -> ImportBatch:
    """Queue an uploaded or stopped batch. Raises BatchStateRefused in any other state.

    ``as_rehearsed``: the rehearsal whose report was read; refused when the file would be read in another way now, or
    the rehearsal is none of this file (rule REP-9).
    """
    batch = planning.queue(batch_id, actor=actor)
    if as_rehearsed is not None:
        trial = ImportBatch.objects.filter(pk=as_rehearsed, trial_of=batch, dry_run=True).first()
        if trial is None or not planning.same_plan(trial, batch):
            raise BatchStateRefused(
                _("How the file is read has changed since that dry run. Look at a new dry run before importing.")
            )
    if not _job_waits("import.run", batch_id):
        jobs.enqueue_import(batch_id, actor=actor)
    return batch


@transaction.atomic
def request_trial(batch_id: int, *, actor: Actor) -> ImportBatch:
    """Queue a rehearsal of an uploaded batch; returns the rehearsal. Raises BatchStateRefused."""
    trial = planning.open_trial(batch_id, actor=actor)
    if not _job_waits("import.run", trial.pk):
        jobs.enqueue_import(trial.pk, actor=actor)
    return trial


@transaction.atomic
def request_undo(batch_id: int, *, actor: Actor) -> ImportBatch:
    """Queue the undoing of a batch; one that runs stops at its next chunk. Raises BatchStateRefused."""
    batch = batches.begin_undo(batch_id, actor=actor)
    if not _job_waits("import.undo", batch_id):
        jobs.enqueue_undo(batch_id, actor=actor)
    return batch


@transaction.atomic
def request_assessment(library_id: int, *, actor: Actor) -> None:
    """Queue counting the quality of a library anew."""
    jobs.enqueue_assessment(library_id, actor=actor)


def _job_waits(task: str, batch_id: int) -> bool:
    """Whether a job is queued already, e.g. the retry of one that failed: a second one would break the transaction."""
    return bool(ProcrastinateJob.objects.filter(queueing_lock=f"{task}:{batch_id}", status="todo").exists())


@transaction.atomic
def request_copies(source_id: int, *, actor: Actor) -> CopyReading | None:
    """Queue reading the copies of a source again (IMP-38); None where they were read by the rules in force."""
    reading = copies.begin(source_id, actor=actor)
    if reading is not None:
        jobs.enqueue_copies(reading.pk)
    return reading


@transaction.atomic
def request_trial_of_rule(version: int, *, actor: Actor) -> Rerun:
    """Queue the trial of a rule on the whole catalogue. Raises RuleRefused."""
    rerun = ruling.begin_trial(version, actor=actor)
    jobs.enqueue_rerun(rerun.pk)
    return rerun


@transaction.atomic
def request_switch(version: int, *, actor: Actor) -> Rerun | None:
    """Switch a rule on and queue the renewal of all edges. Raises RuleRefused."""
    rerun = ruling.switch_on(version, actor=actor)
    if rerun is not None:
        jobs.enqueue_rerun(rerun.pk)
    return rerun
