"""Take files out of a box, one after the other: look, wait until they are whole, import, move aside with a report.

Rules HAR-20 and HAR-21. The steps are those of a run; see runs.py.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lienthu.domain.catalog.errors import CatalogRefused
from lienthu.domain.catalog.models import ImportBatch
from lienthu.domain.catalog.services import batches
from lienthu.domain.union.harvesting.boxes.base import DONE, FAILED, Box
from lienthu.domain.union.harvesting.boxes.folder import FolderBox
from lienthu.domain.union.harvesting.errors import Failure, HarvestRefused, Transient
from lienthu.domain.union.harvesting.models import HarvestBatch, HarvestRun, HarvestSource
from lienthu.domain.union.harvesting.services.place import note, save_place
from lienthu.domain.union.harvesting.services.sources import password_of
from lienthu.domain.union.harvesting.spool import spool_of
from lienthu.platform.actor import Actor

QUIET = timedelta(seconds=60)


def fetch(run: HarvestRun, actor: Actor) -> None:
    """One step: look which files are whole, or take the next of them. Raises Failure, Transient."""
    box = _box(run.harvest)
    try:
        if not run.began:
            _look(run, box)
        elif queue := run.file.get("queue"):
            _take(run, box, queue[0], actor)
        else:
            run.phase = HarvestRun.Phase.CLOSING
            save_place(run)
    finally:
        _keep_key(run.harvest, box)


def settle(run: HarvestRun, batch: ImportBatch) -> None:
    """Move the file of a batch that has ended aside, with its report. Does nothing for a batch that is no file."""
    name = run.file.get("current")
    if name is None:
        return
    good = batch.status != ImportBatch.Status.FAILED
    lines = [f"{n}: {value}" for n, value in batches.counts_of(batch).items()]
    report = "\n".join([_("Import %(number)s") % {"number": batch.pk}, *lines, batch.error])
    try:
        _put_aside(run, name, good, report)
    except Failure as e:
        if isinstance(e, Transient) and not run.stop_code:
            raise
        _mark_taken(run.harvest, name)
        note(run, "file-stays", name=name, detail=str(e))


def _look(run: HarvestRun, box: Box) -> None:
    """Find the files that have not changed for a while; where some are new, look once more after that while."""
    now = timezone.now()
    harvest = run.harvest
    before: dict[str, Any] = harvest.sightings
    sightings: dict[str, Any] = {}
    ready: list[str] = []
    waiting: list[str] = []
    for e in box.look():
        known = before.get(e.name)
        same = known is not None and [e.size, e.changed] == known[:2]
        since, taken = (known[2], known[3]) if known is not None and same else (now.timestamp(), False)
        sightings[e.name] = [e.size, e.changed, since, taken]
        if not taken:
            (ready if now.timestamp() - since >= QUIET.total_seconds() else waiting).append(e.name)
    run.attempts, run.requests = 0, run.requests + 1
    with transaction.atomic():
        _remember(harvest, sightings)
        if waiting and not run.file.get("looked"):
            run.file, run.wait_until = {"looked": True}, now + QUIET
        else:
            run.file, run.wait_until, run.began, run.listed = {"queue": ready}, None, True, len(ready)
        save_place(run)
    if run.began:
        for name in waiting:
            note(run, "file-waits", name=name)


def _take(run: HarvestRun, box: Box, name: str, actor: Actor) -> None:
    """Fetch a file and make it a batch in hand; one that is none is put aside at once."""
    harvest = run.harvest
    largest = settings.MAX_IMPORT_FILE_BYTES
    local = spool_of(run).with_suffix(".file")
    size = box.fetch(name, local, largest)
    run.attempts, run.wait_until = 0, None
    if size != harvest.sightings.get(name, [None])[0] and size <= largest:
        note(run, "file-waits", name=name)  # it changed or went while we looked away: the next run sees
        _next(run)
        save_place(run)
        return
    try:
        if size > largest:
            raise HarvestRefused("too-large", _("The file is too large to be imported. Divide it."))
        with transaction.atomic():
            batch = batches.receive(
                local, library=harvest.library, actor=actor, filename=name, source_code=harvest.source.code,
                options={"background": True, "harvest_file": {"source": harvest.code, "run": run.pk}},
            )  # fmt: skip
            HarvestBatch.objects.create(run=run, batch=batch)
            run.batch, run.pages = batch, run.pages + 1
            run.file = {**_rest(run), "current": name}
            save_place(run)
    except (CatalogRefused, HarvestRefused) as refused:
        _put_aside(run, name, False, str(refused.message))
        run.pages += 1
        _next(run)
        save_place(run)
    finally:
        local.unlink(missing_ok=True)


def _put_aside(run: HarvestRun, name: str, good: bool, report: str) -> None:
    harvest = run.harvest
    now = timezone.localtime()
    kept_as = f"{run.started_at:%Y%m%d-%H%M%S}-{run.pk}-{name}"
    head = [name, f"{now:%d/%m/%Y %H:%M:%S}", _("Imported.") if good else _("Not imported.")]
    box = _box(harvest)
    if not box.settle(name, DONE if good else FAILED, kept_as, "\n".join([*head, report, ""])):
        # the box lets us read only: what was taken is remembered, and taken again when it changes
        _mark_taken(harvest, name)
    else:
        _remember(harvest, {n: seen for n, seen in harvest.sightings.items() if n != name})
    note(run, "file-done" if good else "file-failed", name=name, detail="" if good else report)


def _mark_taken(harvest: HarvestSource, name: str) -> None:
    if (seen := harvest.sightings.get(name)) is not None:
        _remember(harvest, {**harvest.sightings, name: [*seen[:3], True]})


def _next(run: HarvestRun) -> None:
    run.file = _rest(run)


def _rest(run: HarvestRun) -> dict[str, Any]:
    return {"queue": run.file.get("queue", [])[1:]}


def _remember(harvest: HarvestSource, sightings: dict[str, Any]) -> None:
    harvest.sightings = sightings
    HarvestSource.objects.filter(pk=harvest.pk).update(sightings=sightings)


def _keep_key(harvest: HarvestSource, box: Box) -> None:
    if box.seen_key and not harvest.host_key:
        harvest.host_key = box.seen_key
        HarvestSource.objects.filter(pk=harvest.pk, host_key="").update(host_key=box.seen_key)


def _box(harvest: HarvestSource) -> Box:
    if harvest.kind == HarvestSource.Kind.FOLDER:
        return FolderBox(harvest.address)
    try:
        secret = password_of(harvest)
    except HarvestRefused as e:
        raise Failure("secret") from e
    from lienthu.domain.union.harvesting.boxes.sftp import SftpBox  # its library runs programs when it is imported

    return SftpBox(
        harvest.address, username=harvest.username, secret=secret, known_key=harvest.host_key,
        private=harvest.private_allowed,
    )  # fmt: skip
