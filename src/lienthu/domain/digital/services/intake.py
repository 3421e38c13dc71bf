"""Taking files in: digests at the door, masters into the store, an object with its pages (ING-1 to ING-3)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Count, Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from lienthu.domain.digital import store
from lienthu.domain.digital.errors import AlreadyHere, DigitalRefused, NothingToTakeIn
from lienthu.domain.digital.models import (
    Collection,
    DigitalObject,
    Kind,
    MasterFile,
    Page,
    PageWork,
    Project,
    Stage,
    StageMove,
)
from lienthu.domain.digital.problems import problem_of
from lienthu.domain.digital.services.acts import lock, note
from lienthu.domain.digital.services.telling import Step, Tell, Told, silent
from lienthu.domain.network.models import Library
from lienthu.foundation.kernel.names import public_name
from lienthu.foundation.vietnamese.text import clean
from lienthu.platform.actor import Actor
from lienthu.platform.sandbox import Failed, Limits, Sandbox

MAX_PAGES = 20_000


@dataclass(frozen=True, slots=True)
class Given:
    """One file at the door."""

    path: Path
    name: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Description:
    """What the person says about what is handed over."""

    title: str
    record_id: int | None = None
    kind: Kind = Kind.BOOK
    languages: Sequence[str] = ("vie",)
    dublin_core: dict[str, list[str]] = field(default_factory=dict)
    collection: Collection | None = None
    project: Project | None = None
    right_to_left: bool = False
    sample: bool = False


def take_in(
    paths: Sequence[Path],
    description: Description,
    *,
    library: Library,
    actor: Actor,
    allow_again: bool = False,
    tell: Tell = silent,
) -> DigitalObject:
    """Make one object of these files, in this order. What cannot be read becomes a page that says why (ING-3).

    Masters are in the preservation store before a row speaks of them: a crash in between leaves a store object that
    no row names, never a row without bytes. Of two who bring the same files at once, one waits for the other and is
    told. Raises NothingToTakeIn, AlreadyHere (ING-2), DigitalRefused (another library's collection), OSError (disk
    full).
    """
    if description.collection is not None and description.collection.library_id != library.pk:
        raise DigitalRefused(_("The collection belongs to another library."))
    refuse_too_many(len(paths))  # before hours of reading: a file is a page at least
    given = digests_of(paths, tell)
    if not allow_again:
        refuse_twin(library, given)
    probed = probe(given, tell)
    refuse_too_many(pages_in(probed))
    obj = DigitalObject(
        public_id=public_name(),
        library=library,
        record_id=description.record_id,
        collection=description.collection,
        project=description.project,
        kind=description.kind,
        title=clean(description.title)[:1000],
        description={key: [clean(v) for v in values] for key, values in description.dublin_core.items()},
        languages=list(description.languages),
        right_to_left=description.right_to_left,
        stage=Stage.SCANNED,
        sample=description.sample,
        created_by=actor.name[:120],
        received_digest=None if allow_again else digest_of_all(given),
    )
    tell(Told(Step.KEEPING, pages=pages_in(probed)))
    with transaction.atomic():
        if not allow_again:
            alone_with(library, obj.received_digest or "")
            refuse_twin(library, given)
            let_go(library, obj.received_digest or "", actor)
        try:
            _keep_and_write(obj, given, probed, actor)
        except IntegrityError as error:
            if (twin := _same_files(library, given)) is not None:
                raise AlreadyHere(twin.public_id, twin.title) from error
            raise
    return obj


def _keep_and_write(obj: DigitalObject, given: Sequence[Given], probed: Sequence[Probed], actor: Actor) -> None:
    """The masters into the store, then the rows; without the rows the store does not keep them either."""
    logical, kept, store_id = logical_paths(given), store.preservation_store(), store.store_id(obj)
    files = dict(zip(logical, (g.path for g in given), strict=True))
    kept.create(store_id, files, message="masters received", user=actor.name, at=timezone.now())
    try:
        _write(obj, given, logical, probed, actor)
    except BaseException:
        kept.discard(store_id)
        raise


def _write(
    obj: DigitalObject, given: Sequence[Given], logical: Sequence[str], probed: Sequence[Probed], actor: Actor
) -> None:
    with transaction.atomic():
        obj.save()
        files = MasterFile.objects.bulk_create(
            [
                MasterFile(
                    object=obj,
                    sha256=g.sha256,
                    path=path,
                    name=g.name[:255],
                    size=g.size,
                    media_type=p.media_type,
                    facts=p.facts,
                    problem=p.problem,
                )
                for g, path, p in zip(given, logical, probed, strict=True)
            ]
        )
        add_pages(obj, files, probed)
        StageMove.objects.create(object=obj, before=Stage.PLANNED, after=Stage.SCANNED, by=actor.name[:120])
        note("digital.taken_in", obj, actor=actor, files=len(files), pages=obj.last_seq)


@dataclass(frozen=True, slots=True)
class Probed:
    """What the sandbox says of a file."""

    frames: int
    media_type: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    problem: str = ""


def pages_in(probed: Sequence[Probed]) -> int:
    """How many pages these files become."""
    return sum(max(1, p.frames) for p in probed)


def refuse_too_many(pages: int) -> None:
    """Raises NothingToTakeIn for more pages than one object takes: before anything of them is kept (ING-11)."""
    if pages > MAX_PAGES:
        raise NothingToTakeIn(
            _("These are %(n)s pages; one object takes %(max)s. Split it into volumes.")
            % {"n": pages, "max": MAX_PAGES}
        )


def add_pages(obj: DigitalObject, files: Sequence[MasterFile], probed: Sequence[Probed]) -> list[Page]:
    """Pages for the frames of these files, after the last page, and the work that waits for them."""
    position = Page.objects.filter(object=obj).count()
    pages: list[Page] = []
    for file, facts in zip(files, probed, strict=True):
        for frame in range(max(1, facts.frames)):
            obj.last_seq += 1
            pages.append(
                Page(
                    object=obj,
                    seq=obj.last_seq,
                    position=position + len(pages) + 1,
                    file=file,
                    frame=frame,
                    state=Page.State.FAILED if facts.problem else Page.State.WAITING,
                    problem=facts.problem[:300],
                )
            )
    pages = Page.objects.bulk_create(pages)
    wait_for(obj, [page for page in pages if page.state == Page.State.WAITING])
    return pages


def wait_for(obj: DigitalObject, pages: Iterable[Page]) -> None:
    """Let these pages go through the pipeline: the picture first; the text is asked for when the picture is there."""
    PageWork.objects.bulk_create(
        [PageWork(page=p, object=obj, stage=PageWork.Stage.PICTURE, priority=obj.priority) for p in pages],
        update_conflicts=True,
        unique_fields=["page", "stage"],
        update_fields=["priority"],
    )


def digests_of(paths: Sequence[Path], tell: Tell = silent) -> list[Given]:
    """Name, size and SHA-256 of each file, and where it lies: the sandbox does not stand where the person stands.

    Raises NothingToTakeIn where there is not one byte.
    """
    paths = [path.absolute() for path in paths]
    total, before, given = sum(path.stat().st_size for path in paths), 0, list[Given]()
    for path in paths:
        digest, size = hashlib.sha256(), 0
        with path.open("rb") as f:
            while block := f.read(1 << 20):
                digest.update(block)
                size += len(block)
                tell(Told(Step.READING, before + size, total))
        before += size
        given.append(Given(path, path.name, digest.hexdigest(), size))
    if not before:
        raise NothingToTakeIn(_("There is no file in it that can be taken in: images (TIFF, JPEG, PNG, JP2) or PDF."))
    return given


def digest_of_all(given: Sequence[Given]) -> str:
    """One digest of these files, whatever their order and names."""
    return hashlib.sha256("\n".join(sorted({g.sha256 for g in given})).encode()).hexdigest()


def alone_with(library: Library, digest: str) -> None:
    """Wait for whoever takes the same files in just now, until the transaction ends. A constraint stands behind it."""
    key = int.from_bytes(hashlib.sha256(f"intake {library.pk} {digest}".encode()).digest()[:8], signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])


def refuse_twin(library: Library, given: Sequence[Given], *, besides: int | None = None) -> None:
    """Raises AlreadyHere where an object of the library, ``besides`` this one, has all of these files (ING-2)."""
    if (twin := _same_files(library, given, besides)) is not None:
        raise AlreadyHere(twin.public_id, twin.title)


def _usable(of: str) -> QuerySet[Page]:
    return Page.objects.filter(object=OuterRef(of), state__in=(Page.State.READY, Page.State.WAITING))


def let_go(library: Library, digest: str, actor: Actor) -> None:
    """An object of these very files of which no page could be read gives way to another try (ING-2)."""
    for unread in DigitalObject.objects.filter(~Exists(_usable("pk")), library=library, received_digest=digest):
        obj = lock(unread.public_id)
        obj.received_digest = None
        note("digital.tried_again", obj, actor=actor)


def _same_files(library: Library, given: Sequence[Given], besides: int | None = None) -> DigitalObject | None:
    """An object of the library that has all of these files, and a page that was read or may be."""
    wanted = {g.sha256 for g in given}
    row = (
        MasterFile.objects.filter(Exists(_usable("object")), object__library=library, sha256__in=wanted)
        .exclude(object=besides)
        .values("object")
        .annotate(n=Count("sha256", distinct=True))
        .filter(n=len(wanted))
        .order_by("object")
        .first()
    )
    return DigitalObject.objects.get(pk=row["object"]) if row else None


def logical_paths(given: Sequence[Given], first: int = 1) -> list[str]:
    """Names in the store: in order, plain, still telling what the file was called."""
    width = max(4, len(str(len(given))))
    return [
        f"masters/{n:0{width}}-{re.sub(r'[^A-Za-z0-9._-]+', '_', g.name)[-80:].lstrip('.')}"
        for n, g in enumerate(given, first)
    ]


def probe(given: Sequence[Given], tell: Tell = silent) -> list[Probed]:
    """Ask the sandbox about each file; a file that breaks it is a page with a problem, not the end."""
    answers: list[Probed] = []
    pages = 0
    with Sandbox(Limits(memory_mb=1500, seconds=60)) as box:
        for n, g in enumerate(given):
            tell(Told(Step.CHECKING, n, len(given), pages))
            try:
                facts = box.call("lienthu.foundation.imaging.work:probe", path=str(g.path))
            except Failed as failure:
                answers.append(Probed(1, problem=problem_of(failure)))
            else:
                answers.append(Probed(facts["frames"], facts["media_type"], facts))
            pages += max(1, answers[-1].frames)
    tell(Told(Step.CHECKING, len(given), len(given), pages))
    return answers
