"""More files for an object that is there: inserted pages, a page scanned anew. Old masters stay (WFL-4, PRS)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lienthu.domain.digital import store
from lienthu.domain.digital.errors import NothingToTakeIn, PagesRefused
from lienthu.domain.digital.models import DigitalObject, MasterFile, Stage, StageMove
from lienthu.domain.digital.services import intake, paging
from lienthu.domain.digital.services.acts import lock
from lienthu.domain.digital.services.paging import Done
from lienthu.platform.actor import Actor


def _keep(obj: DigitalObject, paths: Sequence[Path], actor: Actor) -> tuple[list[MasterFile], list[intake.Probed]]:
    """The files in the preservation store and in the tables, beside those that are there."""
    given = [intake.digest_of(path) for path in paths]
    if not any(g.size for g in given):
        raise NothingToTakeIn(_("There is no file in it that can be taken in: images (TIFF, JPEG, PNG, JP2) or PDF."))
    probed = intake.probe(given)
    logical = intake.logical_paths(given, first=obj.files.count() + 1)
    keep = store.preservation_store()
    added = dict(zip(logical, (g.path for g in given), strict=True))
    if keep.exists(store.store_id(obj)):
        keep.update(
            store.store_id(obj), add=added, remove=(), message="masters added", user=actor.name, at=timezone.now()
        )
    else:
        keep.create(store.store_id(obj), added, message="masters received", user=actor.name, at=timezone.now())
    files = MasterFile.objects.bulk_create(
        MasterFile(
            object=obj, sha256=g.sha256, path=path, name=g.name[:255], size=g.size, media_type=p.media_type,
            facts=p.facts, problem=p.problem,
        )
        for g, path, p in zip(given, logical, probed, strict=True)
    )  # fmt: skip
    return files, probed


@transaction.atomic
def add_files(public_id: str, paths: Sequence[Path], *, after: int | None, actor: Actor) -> Done:
    """Pages of new files after a page; None: at the end. A planned title is scanned with its first files."""
    obj = lock(public_id)
    files, probed = _keep(obj, paths, actor)
    if after is None:
        after = obj.pages.order_by("-position").values_list("seq", flat=True).first()
    frames = [
        (file.pk, frame, facts.problem)
        for file, facts in zip(files, probed, strict=True)
        for frame in range(max(1, facts.frames))
    ]
    done = paging.insert_files(public_id, frames, after=after, seen=None, actor=actor)
    if obj.stage == Stage.PLANNED:
        DigitalObject.objects.filter(pk=obj.pk).update(stage=Stage.SCANNED, returned="")
        StageMove.objects.create(object=obj, before=Stage.PLANNED, after=Stage.SCANNED, by=actor.name[:120])
    return done


@transaction.atomic
def replace_page(public_id: str, seq: int, path: Path, *, actor: Actor) -> Done:
    """Another scan of one page. Raises PagesRefused for a file of several pages or one that cannot be read."""
    obj = lock(public_id)
    files, probed = _keep(obj, [path], actor)
    if probed[0].problem:
        raise PagesRefused(_("The new file cannot be read. The page stays as it was."))
    if probed[0].frames > 1:
        raise PagesRefused(_("The new file holds several pages. Give one page, or insert the file instead."))
    return paging.replace(public_id, seq, file_id=files[0].pk, frame=0, seen=None, actor=actor)
