"""Having the rows again from the store alone (PRS-9)."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import orjson
from django.db import transaction
from django.utils import timezone

from lienthu.domain.digital import store
from lienthu.domain.digital.models import (
    DigitalObject,
    Erasure,
    MasterFile,
    Page,
    PageText,
    PageWork,
    Preservation,
    RightsRecord,
    Section,
    StageMove,
    Takedown,
)
from lienthu.domain.digital.models.searching import title_words
from lienthu.domain.digital.preservation import room, snapshot
from lienthu.domain.digital.preservation.rows import CannotRestore, Names, Told, make, put
from lienthu.foundation.kernel.names import ALPHABET
from lienthu.foundation.pagetext.model import PageText as Words
from lienthu.foundation.preservation.ocfl import Inventory, NoSuchFile, NoSuchObject, Store, StoreError
from lienthu.platform.actor import Actor
from lienthu.platform.services import audit, changes

_AT_ONCE: Final = 500
_NAME_LENGTH: Final = 12


@dataclass(slots=True)
class Report:
    """What a rebuild did. ``failed``: object → why it could not be restored; nothing of it was written."""

    restored: list[str] = field(default_factory=list)
    there: int = 0
    rows_of_the_room: int = 0
    failed: dict[str, str] = field(default_factory=dict)


def rebuild(*, actor: Actor, only: Iterable[str] = ()) -> Report:
    """Restore every object of the store that has no row, or only those of these public ids. Rows that are there stay.

    The index hears of what came back. An object that cannot be restored is told with its reason, and does not keep
    the others from it. Raises CannotRestore when what belongs to no object (who is closed to whom) cannot be read.
    """
    kept, report, chosen = store.preservation_store(), Report(), frozenset(only)
    report.rows_of_the_room = _restore_room(kept)
    erased = frozenset(Erasure.objects.values_list("public_id", flat=True))
    for store_id in kept.objects():
        public_id = store_id.removeprefix(store.STORE_PREFIX)
        if public_id == store_id or (chosen and public_id not in chosen):
            continue
        if public_id in erased:
            continue  # it waits to be purged
        if DigitalObject.objects.filter(public_id=public_id).exists():
            report.there += 1
            continue
        try:
            restore_object(kept, public_id, actor=actor)
            report.restored.append(public_id)
        except (CannotRestore, StoreError, OSError) as e:
            report.failed[public_id] = str(e)
    for public_id in sorted(chosen - set(report.restored) - report.failed.keys()):
        if not DigitalObject.objects.filter(public_id=public_id).exists():
            report.failed[public_id] = "erased" if public_id in erased else "not-in-store"
    return report


def _restore_room(kept: Store) -> int:
    try:
        data = kept.read(room.STORE_ID, room.TOLD)
    except NoSuchObject:
        return 0
    except StoreError as e:
        raise CannotRestore("room-damaged", str(e)) from e
    with transaction.atomic():
        return room.restore(data)


def is_name(public_id: str) -> bool:
    """Whether it can be the public id of an object: it becomes part of paths."""
    return len(public_id) == _NAME_LENGTH and set(public_id) <= set(ALPHABET)


@transaction.atomic
def restore_object(
    kept: Store,
    public_id: str,
    *,
    actor: Actor,
    given: Mapping[str, Any] | None = None,
    action: str = "digital.rebuilt",
) -> DigitalObject:
    """The rows of one object as the newest version in the store tells them; ``given`` columns are the caller's.

    Raises CannotRestore, StoreError, OSError: then nothing is written.
    """
    if not is_name(public_id):
        raise CannotRestore("name-wrong", public_id[:40])
    store_id = store.store_id_of(public_id)
    inventory = kept.inventory(store_id)
    told = _read(kept, store_id)
    try:
        obj = _put(told, public_id, kept, inventory, given or {})
    except (KeyError, TypeError, AttributeError) as e:
        raise CannotRestore("rows-unreadable", str(e)) from e
    Preservation.objects.create(object=obj, head=inventory.head, preserved_at=timezone.now())
    audit.record(action, obj, actor=actor, library_id=obj.library_id, version=inventory.head)
    changes.publish("digital.object", [obj.pk], bulk=True)
    changes.publish("digital.page", Page.objects.filter(object=obj).values_list("pk", flat=True), bulk=True)
    return obj


def _read(kept: Store, store_id: str) -> Told:
    try:
        told = orjson.loads(kept.read(store_id, snapshot.TOLD))
    except NoSuchFile as e:
        raise CannotRestore("never-told", "the store holds its masters only") from e
    except orjson.JSONDecodeError as e:
        raise CannotRestore("rows-unreadable", str(e)) from e
    if not isinstance(told, dict) or told.get("format") != snapshot.FORMAT:
        raise CannotRestore("format", str(told.get("format") if isinstance(told, dict) else told)[:80])
    return told


def _put(told: Told, public_id: str, kept: Store, inventory: Inventory, given: Mapping[str, Any]) -> DigitalObject:
    names = Names()
    values = {"public_id": public_id, **given}
    obj = make(DigitalObject, told["object"], names, **values)
    obj.preserved_version, obj.title_words = obj.version, title_words(obj.title)
    same = DigitalObject.objects.filter(library_id=obj.library_id, received_digest=obj.received_digest)
    if obj.received_digest is not None and same.exists():
        obj.received_digest = None  # the same files were taken in again while it was lost: both stay
    put([obj])
    for row in told["files"]:
        if row["path"] not in inventory.files():
            raise CannotRestore("master-missing", row["path"])
    files = {f.path: f for f in put([make(MasterFile, row, names, object=obj) for row in told["files"]])}
    pages = {p.seq: p for p in put([_page(row, obj, files, names) for row in told["pages"]])}
    put([make(Section, row, names, object=obj, page=_named(pages, row["page"])) for row in told["sections"]])
    put([make(RightsRecord, row, names, object=obj) for row in told["rights"]])
    put([make(StageMove, row, names, object=obj) for row in told["moves"]])
    put([make(Takedown, row, names, object=obj) for row in told["takedowns"]])
    _put_texts(told["texts"], pages, kept, inventory, names)
    _put_work(told["work"], obj, pages, names)
    return obj


def _page(row: Told, obj: DigitalObject, files: Mapping[str, MasterFile], names: Names) -> Page:
    return make(Page, row, names, object=obj, file=_named(files, row["file"]))


def _named(rows: Mapping[Any, Any], name: Any) -> Any:
    if name is None:
        return None
    if name not in rows:
        raise CannotRestore("row-missing", str(name)[:200])
    return rows[name]


def _put_texts(told: list[Told], pages: Mapping[int, Page], kept: Store, inventory: Inventory, names: Names) -> None:
    for start in range(0, len(told), _AT_ONCE):
        rows = []
        for row in told[start : start + _AT_ONCE]:
            try:
                value = orjson.loads(kept.read(inventory.object_id, row["path"]))
                words = Words.from_json(value)
            except (ValueError, KeyError, TypeError) as e:
                raise CannotRestore("text-unreadable", row["path"]) from e
            content = zlib.compress(orjson.dumps(value), 6)
            rows.append(make(PageText, row, names, page=_named(pages, row["page"]), text=words.text, content=content))
        put(rows)


def _put_work(told: list[Told], obj: DigitalObject, pages: Mapping[int, Page], names: Names) -> None:
    """What was done to a page is done while its picture is there; where it is not, the picture is made again."""
    put([make(PageWork, row, names, object=obj, page=_named(pages, row["page"])) for row in told])
    shown = [page for page in pages.values() if page.state == Page.State.READY and page.file_id]
    _make_again(obj, [page for page in shown if not _has_picture(obj, page)])


def remake_lost_pictures() -> int:
    """Let the pictures of pages that are not on this disk be made again, as after a restore; how many."""
    lost = 0
    for obj in DigitalObject.objects.only("pk", "public_id").order_by("pk").iterator(chunk_size=500):
        pages = Page.objects.filter(object=obj, state=Page.State.READY, file__isnull=False)
        gone = [page for page in pages if not _has_picture(obj, page)]
        if gone:
            with transaction.atomic():
                _make_again(obj, gone)
            lost += len(gone)
    return lost


def _make_again(obj: DigitalObject, pages: list[Page]) -> None:
    PageWork.objects.bulk_create(
        [PageWork(object=obj, page=page, stage=PageWork.Stage.PICTURE) for page in pages],
        update_conflicts=True,
        unique_fields=["page", "stage"],
        update_fields=["state", "attempts", "input_digest", "leased_until", "problem"],
    )
    Page.objects.filter(pk__in=[page.pk for page in pages]).update(state=Page.State.WAITING)


def _has_picture(obj: DigitalObject, page: Page) -> bool:
    return Path(store.picture_of(page, obj.public_id)).exists()
