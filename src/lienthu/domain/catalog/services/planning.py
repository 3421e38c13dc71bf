"""Before a file is imported: plan how it is read, set a rehearsal beside it, queue it.

The steps of the wizard, rules IMP-1 to IMP-8 and IMP-23, docs/specs/import.md. The union starts the jobs.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from lienthu.domain.catalog.encoding import AUTO
from lienthu.domain.catalog.errors import BatchStateRefused
from lienthu.domain.catalog.models import ImportBatch, Source
from lienthu.domain.catalog.reading import plan_for
from lienthu.domain.catalog.services import batches
from lienthu.domain.catalog.services.sources import chosen_source
from lienthu.domain.catalog.source_selectors import sources_for
from lienthu.domain.network.models import Library
from lienthu.foundation.marc.tabular import FIELDS
from lienthu.platform.actor import Actor
from lienthu.platform.services import audit, files

TABULAR = ("csv", "xlsx")
SAID = "source_said"
"""Option of a batch: the source that a person has said it is from."""
_STATUS = ImportBatch.Status


@transaction.atomic
def hand_over(
    path: Path, *, library: Library, actor: Actor, filename: str, source_id: int | None = None, new_source: str = ""
) -> ImportBatch:
    """Keep an uploaded file and open a batch that a worker will run.

    ``source_id`` or the name of a ``new_source`` say from which of the library's systems it is (IMP-34); without either
    it is the one used last. Raises FileRefused for an empty file and for one in no known format, TableRefused for a
    table that cannot be opened safely (zip bomb, password, no sheet): such files are not kept, and no source is opened.
    Raises SourceRefused for a source that is none.
    """
    source = chosen_source(library, source_id=source_id, new_source=new_source, actor=actor)
    if source is None and (used := sources_for(library.pk)):
        source = Source.objects.get(pk=used[0].id)
    return batches.receive(
        path, library=library, actor=actor, filename=filename, source=source, options={"background": True}
    )


@transaction.atomic
def assign_source(batch_id: int, *, actor: Actor, source_id: int | None = None, new_source: str = "") -> ImportBatch:
    """Say from which of the library's systems the file is, as long as nothing of it has been imported (IMP-34).

    Said once, it is not asked again, also where the numbers of its records stand for other works in that source.
    Raises BatchStateRefused once the import was asked for, SourceRefused for a source that is none.
    """
    batch = ImportBatch.objects.select_for_update(of=("self",)).select_related("library", "source").get(pk=batch_id)
    if batch.status != _STATUS.UPLOADED or batch.dry_run:
        raise BatchStateRefused.cannot(_("Changing how the file is read"), batch.get_status_display())
    source = chosen_source(batch.library, source_id=source_id, new_source=new_source, actor=actor)
    if source is None or batch.options.get(SAID) == source.pk == batch.source_id:
        return batch
    batch.source, batch.options = source, {**batch.options, SAID: source.pk}
    batch.save(update_fields=["source", "options"])
    audit.record("import.source_said", batch, actor=actor, library_id=batch.library_id, source=source.code)
    return batch


@transaction.atomic
def replan(
    batch_id: int, *, actor: Actor, encoding: str | None = None, mapping: Mapping[str, str] | None = None
) -> ImportBatch:
    """Choose anew how a batch is read, as long as nothing of it has been imported.

    ``encoding``: a name of ``encoding.CHOICES``, ``auto`` to go by the bytes. ``mapping``: column heading → field, for
    tables; columns that are missing or have no field are left out. None leaves either as it is.
    Raises BatchStateRefused once the import was asked for, UnknownEncoding for a name that is none.
    """
    batch = ImportBatch.objects.select_for_update().get(pk=batch_id)
    if batch.status != _STATUS.UPLOADED or batch.dry_run:
        raise BatchStateRefused.cannot(_("Changing how the file is read"), batch.get_status_display())
    changed: dict[str, Any] = {}
    options = dict(batch.options)
    if encoding is not None:
        plan = plan_for(files.path_of(batch.sha256), batch.format, encoding or AUTO).plan
        stored = {"name": plan.name, "legacy": plan.legacy, "in_text": plan.in_text, "forced": plan.forced}
        if stored != options.get("plan"):
            options["plan"], batch.encoding = stored, plan.name
            changed["encoding"] = plan.name
    if mapping is not None:
        chosen = {heading: name for heading, name in mapping.items() if name in FIELDS}
        if chosen != options.get("mapping"):
            options["mapping"] = chosen
            changed["columns"] = len(chosen)
    if changed:
        batch.options = options
        batch.save(update_fields=["options", "encoding"])
        audit.record("import.replanned", batch, actor=actor, library_id=batch.library_id, **changed)
    return batch


@transaction.atomic
def open_trial(batch_id: int, *, actor: Actor) -> ImportBatch:
    """Set a rehearsal of an uploaded batch beside it, waiting for a worker. Raises BatchStateRefused afterwards.

    A rehearsal of the same plan that is still waiting or running is returned instead of a second one.
    """
    batch = ImportBatch.objects.select_for_update().get(pk=batch_id)
    if batch.status != _STATUS.UPLOADED or batch.dry_run:
        raise BatchStateRefused.cannot(_("A dry run"), batch.get_status_display())
    going = batch.trials.filter(status__in=[_STATUS.QUEUED, _STATUS.RUNNING]).order_by("-id").first()
    if going is not None and same_plan(going, batch):
        return going
    trial = ImportBatch.objects.create(
        source_id=batch.source_id,
        library_id=batch.library_id,
        status=_STATUS.QUEUED,
        dry_run=True,
        trial_of=batch,
        filename=batch.filename,
        sha256=batch.sha256,
        size=batch.size,
        format=batch.format,
        encoding=batch.encoding,
        options={**batch.options, "background": True, "holding_rules": batch.source.holding_rules},
        uploaded_by=actor.name[:120],
    )
    audit.record("import.trial_queued", trial, actor=actor, library_id=batch.library_id, trial_of=batch.pk)
    return trial


def same_plan(trial: ImportBatch, batch: ImportBatch) -> bool:
    """Whether a rehearsal was made with the choices that the batch has now."""
    return (
        trial.options.get("plan") == batch.options.get("plan")
        and (trial.options.get("mapping") or {}) == (batch.options.get("mapping") or {})
        and trial.source_id == batch.source_id
        and trial.options.get("holding_rules") == batch.source.holding_rules
    )


@transaction.atomic
def queue(batch_id: int, *, actor: Actor) -> ImportBatch:
    """Set an uploaded or stopped batch waiting for a worker. Raises BatchStateRefused in any other state."""
    batch = ImportBatch.objects.select_for_update().get(pk=batch_id)
    if batch.status not in (_STATUS.UPLOADED, _STATUS.FAILED):
        raise BatchStateRefused.cannot(_("Importing"), batch.get_status_display())
    again = batch.status == _STATUS.FAILED
    batch.status, batch.error = _STATUS.QUEUED, ""
    batch.options = {**batch.options, "background": True}
    batch.save(update_fields=["status", "error", "options"])
    action = "import.queued_again" if again else "import.queued"
    audit.record(action, batch, actor=actor, library_id=batch.library_id)
    return batch
