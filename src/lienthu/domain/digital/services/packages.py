"""Objects leave as bags and come back from bags of ours (PRS-11). Others' are files to take in (gathering.py)."""

from __future__ import annotations

import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import orjson
from django.db import DataError, IntegrityError
from django.utils import timezone
from django.utils.translation import gettext as _

from lienthu.domain.digital import store
from lienthu.domain.digital.errors import AlreadyHere, BagRefused, NoSuchObject, NotPreserved
from lienthu.domain.digital.models import DigitalObject, Erasure, Stage
from lienthu.domain.digital.preservation import snapshot
from lienthu.domain.digital.preservation.rows import CannotRestore
from lienthu.domain.digital.problems import problem_of, sentence_of
from lienthu.domain.digital.services import preserving, rebuilding
from lienthu.domain.network.models import Library
from lienthu.foundation.preservation import bag
from lienthu.foundation.preservation.ocfl import Source, StoreError
from lienthu.platform.actor import Actor
from lienthu.platform.sandbox import Failed, Limits, Sandbox
from lienthu.platform.services import audit

_LIMITS: Final = Limits(memory_mb=1000, seconds=6 * 3600, file_mb=65_536)
_LARGEST_TOLD: Final = 128 << 20


def export_bag(public_id: str, target: Path, *, actor: Actor) -> int:
    """Pack an object as it is now, masters, texts and description, as a folder or a ``.zip``; the number of files.

    Raises NoSuchObject, NotPreserved (also for damage in the store), FileExistsError, OSError.
    """
    inventory = preserving.preserve(public_id, actor=actor)
    obj = DigitalObject.objects.select_related("library").filter(public_id=public_id).first()
    if obj is None:
        raise NoSuchObject(public_id)
    kept = store.preservation_store()
    # read as checked streams: a bag of damaged bytes would be whole by its own digests
    files: dict[str, Source] = {path: kept.pieces(inventory.object_id, path) for path in inventory.files()}
    try:
        bag.write(
            target,
            files,
            info=[
                ("Source-Organization", obj.library.name),
                ("External-Identifier", inventory.object_id),
                ("External-Description", obj.title),
                ("Internal-Sender-Identifier", f"version {inventory.head}"),
                ("Bagging-Date", timezone.localdate().isoformat()),
                ("Bag-Software-Agent", f"Lien Thu {version('lienthu')}"),
            ],
        )
    except StoreError as e:
        raise NotPreserved(obj.title, str(e)) from e
    audit.record("digital.exported", obj, actor=actor, library_id=obj.library_id, version=inventory.head)
    return len(files)


def import_bag(path: Path, *, library: Library, actor: Actor) -> DigitalObject:
    """Have an object from a bag that this system packed, here or elsewhere: pages, texts, rights and their history.

    It belongs to the library that takes it in and comes to its desk unpublished, in no collection: what a bag says of
    rights opens nothing until a person publishes. Raises BagRefused, AlreadyHere, OSError.
    """
    with tempfile.TemporaryDirectory(dir=store.scratch_folder(), prefix="bag-") as scratch:
        found = _opened(path, Path(scratch))
        files = {f["path"]: Path(found["root"]) / f["place"] for f in found["files"]}
        digests = {f["path"]: f["sha256"] for f in found["files"]}
        told = _told(files)
        public_id = str(told["object"]["public_id"])
        kept, store_id = store.preservation_store(), store.store_id_of(public_id)
        if (there := DigitalObject.objects.filter(public_id=public_id).first()) is not None:
            raise AlreadyHere(there.public_id, there.title)
        if Erasure.objects.filter(public_id=public_id).exists():
            raise BagRefused(_("This object was erased here for good."))
        if kept.exists(store_id):
            raise AlreadyHere(public_id, str(told["object"].get("title"))[:200])
        try:
            inventory = kept.create(store_id, files, message="from a bag", user=actor.name, at=timezone.now())
        except StoreError as e:
            raise BagRefused(str(e)) from e
        try:
            for name, digest in digests.items():
                if inventory.sha256_of(name) != digest:
                    raise CannotRestore("bag-wrong-digest", name)  # changed while it was taken in
            return rebuilding.restore_object(
                kept,
                public_id,
                actor=actor,
                action="digital.imported",
                given={
                    "library_id": library.pk,
                    "collection_id": None,
                    "project_id": None,
                    "record_id": None,
                    "assignee_id": None,
                    "published_at": None,
                    "stage": Stage.DESCRIBED if told["object"].get("published_at") else told["object"].get("stage"),
                    "sample": False,
                    "received_digest": None,  # what a bag says keeps nobody from taking files in
                },
            )
        except BaseException as e:
            kept.discard(store_id)  # it was never published here
            if isinstance(e, CannotRestore | StoreError | DataError | IntegrityError):
                raise BagRefused(str(e)) from e
            raise


def _opened(path: Path, scratch: Path) -> dict[str, Any]:
    into = scratch / "out"
    into.mkdir()
    with Sandbox(_LIMITS) as box:
        try:
            found: dict[str, Any] = box.call(
                "lienthu.foundation.preservation.work:open_bag", path=str(path.resolve()), into=str(into)
            )
        except Failed as failure:
            raise BagRefused(sentence_of(problem_of(failure))) from failure
    return found


def _told(files: dict[str, Path]) -> dict[str, Any]:
    place = files.get(snapshot.TOLD)
    if place is None:
        raise BagRefused(_("No object of this system is in it. Take it in as files: lienthu digital ingest"))
    if place.stat().st_size > _LARGEST_TOLD:
        raise BagRefused(_("Its description is larger than any object has."))
    try:
        told: dict[str, Any] = orjson.loads(place.read_bytes())
        if rebuilding.is_name(str(told["object"]["public_id"])):
            return told
    except (orjson.JSONDecodeError, KeyError, TypeError):
        pass
    raise BagRefused(_("Its description cannot be read."))
