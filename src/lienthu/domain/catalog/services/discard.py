"""Discard a file that was handed over and never imported: the wrong one, or one tried out only (rule IMP-31)."""

from __future__ import annotations

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lienthu.domain.catalog.errors import BatchStateRefused
from lienthu.domain.catalog.models import ImportBatch
from lienthu.domain.catalog.services.batches import file_lock
from lienthu.platform.actor import Actor
from lienthu.platform.services import audit, files

_STATUS = ImportBatch.Status


def discardable(batch: ImportBatch) -> bool:
    """Whether nothing of the file has ever been in the catalogue and nobody is about to change that."""
    if batch.dry_run:
        return False
    return batch.status == _STATUS.UPLOADED or (batch.status == _STATUS.FAILED and not batch.next_ordinal)


def discard(batch_id: int, *, actor: Actor) -> ImportBatch:
    """Close a batch of which nothing was imported; remove its rehearsals, and its file unless another batch has it.

    The batch itself stays as a row that says what was discarded by whom. Raises BatchStateRefused.
    """
    sha256 = ImportBatch.objects.values_list("sha256", flat=True).get(pk=batch_id)
    lock = [file_lock(sha256)]
    with connection.cursor() as cursor:
        # held beyond the transaction: whoever hands over the same file meanwhile finds it kept, or keeps it anew
        cursor.execute("SELECT pg_advisory_lock(%s)", lock)
        try:
            batch, needed = _discard(batch_id, actor)
            if not needed:
                files.path_of(sha256).unlink(missing_ok=True)
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", lock)
    return batch


@transaction.atomic
def _discard(batch_id: int, actor: Actor) -> tuple[ImportBatch, bool]:
    batch = ImportBatch.objects.select_for_update().get(pk=batch_id)
    if not discardable(batch):
        raise BatchStateRefused.cannot(_("Discarding"), batch.get_status_display())
    if batch.trials.filter(status__in=[_STATUS.QUEUED, _STATUS.RUNNING]).exists():
        raise BatchStateRefused(_("A dry run of this file is going on. Discard it when the dry run has ended."))
    batch.trials.all().delete()
    batch.status, batch.finished_at = _STATUS.DISCARDED, timezone.now()
    batch.save(update_fields=["status", "finished_at"])
    needed = ImportBatch.objects.filter(sha256=batch.sha256).exclude(status=_STATUS.DISCARDED).exists()
    audit.record(
        "import.discarded",
        batch,
        actor=actor,
        library_id=batch.library_id,
        sha256=batch.sha256,
        file_removed=not needed,
    )
    return batch, needed
