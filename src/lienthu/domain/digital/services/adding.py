"""More files for an object that is there: inserted pages, a page scanned anew. Old masters stay (WFL-4, PRS)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lienthu.domain.digital import store
from lienthu.domain.digital.errors import PagesRefused
from lienthu.domain.digital.models import DigitalObject, MasterFile, Stage, StageMove
from lienthu.domain.digital.services import intake, paging
from lienthu.domain.digital.services.acts import lock
from lienthu.domain.digital.services.paging import Done
from lienthu.domain.digital.services.telling import Step, Tell, Told, silent
from lienthu.platform.actor import Actor


@dataclass(frozen=True, slots=True)
class _Examined:
    """Files that were digested and probed."""

    given: list[intake.Given]
    probed: list[intake.Probed]


def _examined(paths: Sequence[Path], first_of: DigitalObject | None = None, tell: Tell = silent) -> _Examined:
    """What takes long, done before the object is locked: readers and the pipeline wait for the lock.

    ``first_of``: they are the first files of this title, and none of another (ING-2).
    """
    intake.refuse_too_many(len(paths))
    given = intake.digests_of(paths, tell)
    if first_of is not None:
        intake.refuse_twin(first_of.library, given, besides=first_of.pk)
    return _Examined(given, intake.probe(given, tell))


def _keep(obj: DigitalObject, files: _Examined, actor: Actor) -> list[MasterFile]:
    """The files in the preservation store and in the tables, beside those that are there."""
    given, probed = files.given, files.probed
    logical = intake.logical_paths(given, first=obj.files.count() + 1)
    keep = store.preservation_store()
    added = dict(zip(logical, (g.path for g in given), strict=True))
    if keep.exists(store.store_id(obj)):
        keep.update(
            store.store_id(obj), add=added, remove=(), message="masters added", user=actor.name, at=timezone.now()
        )
    else:
        keep.create(store.store_id(obj), added, message="masters received", user=actor.name, at=timezone.now())
    return MasterFile.objects.bulk_create(
        MasterFile(
            object=obj, sha256=g.sha256, path=path, name=g.name[:255], size=g.size, media_type=p.media_type,
            facts=p.facts, problem=p.problem,
        )
        for g, path, p in zip(given, logical, probed, strict=True)
    )  # fmt: skip


def add_files(public_id: str, paths: Sequence[Path], *, after: int | None, actor: Actor, tell: Tell = silent) -> Done:
    """Pages of new files after a page; None: at the end. A planned title is scanned with its first files.

    Those are recognised as at the door: raises AlreadyHere where another object has all of them (ING-2).
    """
    found = DigitalObject.objects.select_related("library").filter(public_id=public_id).first()
    planned = found is not None and found.stage == Stage.PLANNED
    examined = _examined(paths, found if planned else None, tell)
    tell(Told(Step.KEEPING, pages=intake.pages_in(examined.probed)))
    with transaction.atomic():
        obj = lock(public_id)
        if obj.stage == Stage.PLANNED:
            _claim(obj, examined.given, actor)
        return _add(obj, examined, after, actor)


def _claim(obj: DigitalObject, given: Sequence[intake.Given], actor: Actor) -> None:
    """These files become this title, of all that are brought at once. Raises AlreadyHere."""
    digest = intake.digest_of_all(given)
    intake.alone_with(obj.library, digest)
    intake.refuse_twin(obj.library, given, besides=obj.pk)
    intake.let_go(obj.library, digest, actor)
    if obj.received_digest is None and not obj.files.exists():
        obj.received_digest = digest
        obj.save(update_fields=["received_digest"])


def _add(obj: DigitalObject, examined: _Examined, after: int | None, actor: Actor) -> Done:
    # asked before the store is told: what is in it and in no row would come up when the rows are made from the store
    paging.refuse_too_many(obj.pages.count() + intake.pages_in(examined.probed))
    if after is not None:
        paging.refuse_gone(obj, after)
    files = _keep(obj, examined, actor)
    if after is None:
        after = obj.pages.order_by("-position").values_list("seq", flat=True).first()
    frames = [
        (file.pk, frame, facts.problem)
        for file, facts in zip(files, examined.probed, strict=True)
        for frame in range(max(1, facts.frames))
    ]
    done = paging.insert_files(obj.public_id, frames, after=after, seen=None, actor=actor)
    if obj.stage == Stage.PLANNED:
        DigitalObject.objects.filter(pk=obj.pk).update(stage=Stage.SCANNED, returned="")
        StageMove.objects.create(object=obj, before=Stage.PLANNED, after=Stage.SCANNED, by=actor.name[:120])
    return done


def replace_page(public_id: str, seq: int, path: Path, *, actor: Actor) -> Done:
    """Another scan of one page. Raises PagesRefused for a file of several pages or one that cannot be read.

    Such a file is not kept: what is in the store and in no row would come up when the rows are made from the store.
    """
    examined = _examined([path])
    (probed,) = examined.probed
    if probed.problem:
        raise PagesRefused(_("The new file cannot be read. The page stays as it was."))
    if probed.frames > 1:
        raise PagesRefused(_("The new file holds several pages. Give one page, or insert the file instead."))
    with transaction.atomic():
        obj = lock(public_id)
        paging.refuse_gone(obj, seq)
        (file,) = _keep(obj, examined, actor)
        return paging.replace(public_id, seq, file_id=file.pk, frame=0, seen=None, actor=actor)
