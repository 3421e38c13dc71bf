"""Uploads in pieces, resumed after anything, then taken in by the worker. Rule WFL-11."""

from __future__ import annotations

import base64
import fcntl
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lienthu.domain.digital.access import reader_of
from lienthu.domain.digital.errors import AlreadyHere, DigitalRefused
from lienthu.domain.digital.models import DeliveredFile, Delivery, DigitalObject, Kind, Project
from lienthu.domain.digital.selectors.board import worked_on
from lienthu.domain.digital.services import adding, intake
from lienthu.domain.digital.services.gathering import gathered, natural
from lienthu.domain.digital.services.telling import Notes, Step, Tell, Told, told_in
from lienthu.domain.network.models import Library
from lienthu.foundation.kernel.names import public_name
from lienthu.foundation.vietnamese.text import clean
from lienthu.platform.actor import Actor

KEPT: Final = timedelta(days=3)
"""An upload that nobody went on with for so long is thrown away."""
_STUCK: Final = timedelta(hours=6)  # longer than the largest volume takes; whatever is not done then broke down
MOST_FILES: Final = intake.MAX_PAGES
"""Every file is a page at least. A browser is told before it sends the first."""
_MOST_TOLD: Final = 200  # names of files that were left out
_RESERVE: Final = 512 * 1024 * 1024  # the database and the index need room too


class UploadRefused(DigitalRefused):
    """An upload that cannot go on; ``status`` is HTTP's."""

    code = "upload-refused"

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


def _no_room() -> UploadRefused:
    return UploadRefused(_("There is no room left on the server's disk. Tell the administrator."), 507)


def folder_of(delivery: Delivery) -> Path:
    """Where the bytes of a delivery are until they are taken in."""
    return incoming_folder(delivery.token)


def incoming_folder(token: str) -> Path:
    """The folder of the delivery of that token."""
    return Path(settings.DIGITAL_DIR) / "incoming" / token


def _notes(delivery: Delivery) -> Path:
    return folder_of(delivery) / "progress.json"


def told_of(delivery: Delivery) -> Told | None:
    """How far its taking in is; None where it does not go on (WFL-23)."""
    return told_in(_notes(delivery)) if delivery.state == Delivery.State.WORKING else None


def _place(file: DeliveredFile) -> Path:
    return folder_of(file.delivery) / f"{file.token}.part"


def offset_of(file: DeliveredFile) -> int:
    """How much of the file has come."""
    try:
        return _place(file).stat().st_size
    except FileNotFoundError:
        return 0


def open_delivery(
    library: Library, wish: Mapping[str, Any], *, target: DigitalObject | None = None, actor: Actor
) -> Delivery:
    """Begin an upload: into a new object, or for the object that is there."""
    return Delivery.objects.create(
        token=public_name(20), library=library, owner_id=actor.user_id, owner_name=actor.name[:120], object=target,
        wish=dict(wish),
    )  # fmt: skip


def announce(delivery: Delivery, path: str, size: int) -> DeliveredFile:
    """Make room for one file. Raises UploadRefused: too large, too many, no room on the disk."""
    if delivery.state != Delivery.State.OPEN:
        raise UploadRefused(_("These files are being taken in already."), 409)
    path = clean(path.replace("\\", "/"))[-1000:] or "file"
    if not 0 <= size <= settings.MAX_IMPORT_FILE_BYTES:
        raise UploadRefused(_("The file is too large."), 413)
    if delivery.files.count() >= MOST_FILES:
        raise UploadRefused(_("At most %(max)s files at once.") % {"max": MOST_FILES}, 413)
    folder = folder_of(delivery)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if shutil.disk_usage(folder).free < size + _RESERVE:
        raise _no_room()
    file = DeliveredFile.objects.create(delivery=delivery, token=public_name(20), path=path, size=size)
    _place(file).touch(mode=0o600)
    Delivery.objects.filter(pk=delivery.pk).update(touched_at=timezone.now())
    return file


@contextmanager
def _alone(path: Path) -> Iterator[Any]:
    """The file for writing, by nobody else at the same time."""
    with path.open("r+b") as f:
        try:
            fcntl.flock(f, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise UploadRefused(_("This file is being uploaded in another window."), 423) from error
        yield f


def write(file: DeliveredFile, offset: int, read: Callable[[int], bytes], checksum: tuple[str, bytes] | None) -> int:
    """Add a piece at ``offset``, which must be where the file ends; the new end.

    What came before a broken connection or a kill stays and counts. With a checksum a piece counts whole or not at
    all. Raises UploadRefused (409 another offset, 413 more than announced, 423 busy, 460 checksum, 507 disk full).
    """
    digest = hashlib.new(checksum[0], usedforsecurity=False) if checksum else None
    folder = folder_of(file.delivery)
    with _alone(_place(file)) as f:
        # asked anew, now that nobody else writes: what is being taken in is not changed any more
        if not Delivery.objects.filter(pk=file.delivery_id, state=Delivery.State.OPEN).exists():
            raise UploadRefused(_("These files are being taken in already."), 409)
        end = int(f.seek(0, os.SEEK_END))
        if end != offset:
            raise UploadRefused(_("The piece does not begin where the file ends."), 409)
        begun = end
        try:
            while block := read(256 * 1024):
                if end + len(block) > file.size:
                    f.truncate(begun)
                    raise UploadRefused(_("More came than was announced."), 413)
                if shutil.disk_usage(folder).free < len(block) + _RESERVE:  # others announced files too
                    raise _no_room()
                f.write(block)
                end += len(block)
                if digest:
                    digest.update(block)
            f.flush()
            os.fsync(f.fileno())
        except OSError as error:
            if getattr(error, "errno", None) in (28, 122):  # no space, no quota
                raise _no_room() from error
            raise
        if digest and checksum and digest.digest() != checksum[1]:
            f.truncate(begun)
            raise UploadRefused(_("The piece was damaged on its way."), 460)
    Delivery.objects.filter(pk=file.delivery_id).update(touched_at=timezone.now())
    return end


def checksum_of(header: str) -> tuple[str, bytes] | None:
    """What ``Upload-Checksum`` says; None without one. Raises UploadRefused (400) for what is none."""
    if not header:
        return None
    name, _space, value = header.partition(" ")
    try:
        digest = base64.b64decode(value, validate=True)
    except ValueError as error:
        raise UploadRefused(_("The checksum cannot be read."), 400) from error
    if name not in ("sha1", "sha256"):
        raise UploadRefused(_("The checksum cannot be read."), 400)
    return name, digest


def drop(file: DeliveredFile) -> None:
    """Forget a file that was not meant."""
    if file.delivery.state == Delivery.State.OPEN:
        _place(file).unlink(missing_ok=True)
        file.delete()


@transaction.atomic
def finish(token: str, *, actor: Actor) -> Delivery:
    """All files are there: let the worker take them in. Raises UploadRefused while one is not whole."""
    from lienthu.domain.digital.jobs import enqueue_delivery

    delivery = Delivery.objects.select_for_update().get(token=token)
    if delivery.state not in (Delivery.State.OPEN, Delivery.State.FAILED):
        return delivery
    files = list(delivery.files.select_related("delivery"))
    if not files:
        raise UploadRefused(_("Choose files first."), 422)
    if short := [f.path for f in files if offset_of(f) != f.size]:
        raise UploadRefused(_("“%(name)s” has not come whole yet.") % {"name": short[0]}, 409)
    delivery.state, delivery.problem = Delivery.State.QUEUED, ""
    delivery.save()
    enqueue_delivery(delivery.pk)
    return delivery


def take(delivery_id: int) -> None:
    """Make masters of what was delivered. The rows and the end of the delivery are one transaction: never twice.

    A file that lost its last piece after ``finish`` (it was damaged on its way) opens the upload again.
    """
    from lienthu.domain.digital.jobs import enqueue_pages

    started = (Delivery.State.QUEUED, Delivery.State.WORKING)
    if not Delivery.objects.filter(pk=delivery_id, state__in=started).update(state=Delivery.State.WORKING):
        return
    delivery = Delivery.objects.select_related("library", "object").get(pk=delivery_id)
    actor = Actor(delivery.owner_id, delivery.owner_name)
    if (short := _not_whole(delivery)) is not None:
        problem = _("“%(name)s” has not come whole yet.") % {"name": short.path[-200:]}
        Delivery.objects.filter(pk=delivery_id).update(state=Delivery.State.OPEN, problem=problem)
        return
    left_out: list[dict[str, str]] = []
    try:
        with transaction.atomic(), ExitStack() as stack:
            tell = Notes(_notes(delivery))
            tell(Told(Step.UNPACKING))
            found = [stack.enter_context(gathered(place)) for place in _laid_out(delivery)]
            told = [one for part in found for one in part.left_out][:_MOST_TOLD]
            left_out = [{"name": one.name, "code": one.code} for one in told]
            obj = _become(delivery, [path for part in found for path in part.files], actor, tell)
            Delivery.objects.filter(pk=delivery_id).update(state=Delivery.State.DONE, object=obj, left_out=left_out)
            enqueue_pages()
    except DigitalRefused as refused:
        facts: dict[str, Any] = {"state": Delivery.State.FAILED, "problem": str(refused)[:500], "left_out": left_out}
        if isinstance(refused, AlreadyHere):  # that object is shown, and is not what the files are for
            meant = _meant_for(delivery)
            facts["object"] = _known_to_owner(delivery, refused.public_id)
            if facts["object"] is None:
                facts["problem"] = _("These files are already here. Nothing was taken in.")
            facts["wish"] = {**delivery.wish, "into": meant.public_id if meant else ""}
        Delivery.objects.filter(pk=delivery_id).update(**facts)
        return
    shutil.rmtree(folder_of(delivery), ignore_errors=True)


def _known_to_owner(delivery: Delivery, public_id: str) -> DigitalObject | None:
    """The object, where the person who brought the files may know of it (RGT-3)."""
    if delivery.owner is None:
        return None
    return worked_on(reader_of(delivery.owner, "")).filter(public_id=public_id).first()


def _not_whole(delivery: Delivery) -> DeliveredFile | None:
    """A file that is not as long as was announced, or is being written to; None where all have come whole."""
    for file in delivery.files.select_related("delivery").order_by("pk"):
        try:
            with _alone(_place(file)) as f:
                if f.seek(0, os.SEEK_END) != file.size:
                    return file
        except (UploadRefused, FileNotFoundError):
            return file
    return None


def _laid_out(delivery: Delivery) -> list[Path]:
    """The files under the names they had, in the order of their names, each in a folder of its own.

    The folder of a bag stays one: only whole can it be held against its digests (ING-8).
    """
    laid = folder_of(delivery) / "laid-out"
    shutil.rmtree(laid, ignore_errors=True)
    places: list[Path] = []
    files = sorted(delivery.files.select_related("delivery"), key=lambda f: (natural(f.path), f.pk))
    bags = {f.path.removesuffix("bagit.txt") for f in files if f.path.split("/")[-1] == "bagit.txt"}
    for n, file in enumerate(files):
        bag = min((b for b in bags if file.path.startswith(b)), key=len, default=None)
        if bag is None:
            place = laid / str(n) / _name(file.path.rpartition("/")[2])
            places.append(place)
        else:
            folder = laid / f"bag-{sorted(bags).index(bag)}"
            place = folder.joinpath(*map(_name, file.path.removeprefix(bag).split("/")))
            if folder not in places:
                places.append(folder)
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            os.link(_place(file), place)
        except FileExistsError:
            raise UploadRefused(_("“%(name)s” was uploaded twice.") % {"name": file.path[-200:]}, 422) from None
    return places


def _name(part: str) -> str:
    """One part of a path, as a name that stays where it is put."""
    name = "".join(c for c in part if c.isprintable() and c not in "/\\\0").strip(". ")
    return name.encode()[-180:].decode(errors="ignore") or "file"


def _meant_for(delivery: Delivery) -> DigitalObject | None:
    """The object that these files are for; None: they become one."""
    if "into" in delivery.wish:
        return DigitalObject.objects.filter(public_id=delivery.wish["into"]).first()
    return delivery.object


def _become(delivery: Delivery, paths: list[Path], actor: Actor, tell: Tell) -> DigitalObject:
    wish = delivery.wish
    if (target := _meant_for(delivery)) is not None:
        public_id = target.public_id
        if wish.get("replace") is not None:
            if len(paths) != 1:
                raise UploadRefused(_("Give exactly one file to replace a page."), 422)
            adding.replace_page(public_id, int(wish["replace"]), paths[0], actor=actor)
        else:
            adding.add_files(public_id, paths, after=wish.get("after"), actor=actor, tell=tell)
        return target
    project = Project.objects.filter(pk=wish.get("project"), library=delivery.library).first()
    description = intake.Description(
        title=str(wish.get("title", "")),
        record_id=wish.get("record"),
        kind=Kind(wish.get("kind", Kind.BOOK)),
        languages=wish.get("languages") or (project.languages if project else None) or ["vie"],
        collection=project.collection if project else None,
        project=project,
        right_to_left=bool(wish.get("right_to_left")),
    )
    return intake.take_in(paths, description, library=delivery.library, actor=actor, tell=tell)


def sweep() -> int:
    """Throw away what nobody went on with; how many. What broke down for good is told to its owner."""
    Delivery.objects.filter(
        state__in=(Delivery.State.QUEUED, Delivery.State.WORKING), touched_at__lt=timezone.now() - _STUCK
    ).update(state=Delivery.State.FAILED, problem=_("This could not be taken in. Try again; nothing was lost."))
    old = Delivery.objects.filter(
        state__in=(Delivery.State.OPEN, Delivery.State.FAILED), touched_at__lt=timezone.now() - KEPT
    )
    for done in Delivery.objects.filter(state=Delivery.State.DONE, touched_at__lt=timezone.now() - _STUCK):
        shutil.rmtree(folder_of(done), ignore_errors=True)  # where a worker was killed before it could
    gone = list(old)
    for delivery in gone:
        shutil.rmtree(folder_of(delivery), ignore_errors=True)
        delivery.delete()
    return len(gone)
