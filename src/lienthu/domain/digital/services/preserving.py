"""Telling the store what the rows say: a new version of the object with its rows, METS and texts (PRS-8)."""

from __future__ import annotations

import logging
import time
from datetime import datetime
from typing import Final

from django.db import connection, transaction
from django.utils import timezone

from lienthu.domain.digital import store
from lienthu.domain.digital.errors import DigitalRefused, NoSuchObject, NotPreserved
from lienthu.domain.digital.models import DigitalObject, Preservation
from lienthu.domain.digital.policy import decide_preservation
from lienthu.domain.digital.preservation import room, snapshot
from lienthu.domain.digital.preservation.additions import Additions
from lienthu.domain.digital.preservation.snapshot import Snapshot
from lienthu.domain.digital.selectors.preservation import records_changed
from lienthu.foundation.preservation.ocfl import Inventory, StoreError
from lienthu.platform.actor import Actor
from lienthu.platform.services import audit, changes

OBJECTS: Final = "digital.preservation"
PAGES: Final = "digital.preservation_pages"
RESTRICTED: Final = "digital.preservation_restricted"
_AT_ONCE: Final = 5000
_log = logging.getLogger(__name__)


def note_changes() -> int:
    """Take the news of objects and pages, look at their records, and remember which objects differ from what the store
    tells; how many.
    """
    noted = 0
    for consumer in (OBJECTS, PAGES, RESTRICTED):
        while changes.waiting(consumer):
            with changes.drain(consumer, _AT_ONCE) as keys:
                if not keys:
                    break  # another has them in hand
                objects = DigitalObject.objects.filter(**{"pages__pk__in" if consumer == PAGES else "pk__in": keys})
                ids = sorted(set(objects.values_list("pk", flat=True)))
                found = _note(ids, restricted=consumer == RESTRICTED)
                noted += found if consumer != RESTRICTED else 0  # told as changed, too
    while stale := records_changed(_AT_ONCE):
        noted += _note(stale, restricted=False)
    return noted


def _note(object_ids: list[int], *, restricted: bool) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO digital_preservation AS p (object_id, changed_first, changed_last, restricted, head, problem,"
            " check_path, told_record) SELECT id, now(), now(), %s, 0, '', '', 0 FROM unnest(%s::bigint[]) AS id"
            " ON CONFLICT (object_id) DO UPDATE SET changed_first = coalesce(p.changed_first, now()),"
            " changed_last = now(), restricted = p.restricted OR excluded.restricted",
            [restricted, object_ids],
        )
        return int(cursor.rowcount)


def preserve(public_id: str, *, actor: Actor) -> Inventory:
    """Bring the store up to the rows of an object. Nothing new is written where nothing differs.

    Raises NoSuchObject (no such row), NotPreserved (the store refuses, or does not hold it), Busy.
    """
    obj = DigitalObject.objects.filter(public_id=public_id).first()
    if obj is None:
        raise NoSuchObject(public_id)
    preserve_room(actor)
    taken, began = snapshot.take(obj.pk), timezone.now()
    try:
        inventory = _tell(taken, actor)
    except StoreError as e:
        Preservation.objects.update_or_create(object=obj, defaults={"problem": str(e)[:300]})
        raise NotPreserved(taken.object.title, str(e)) from e
    _note_kept(taken, inventory, began, actor)
    return inventory


def preserve_due(*, actor: Actor, seconds: float, everything: bool = False) -> int:
    """Preserve what has come to rest, or everything that waits, for so long; the number of objects.

    First what belongs to no object, then objects in which something was closed (PRS-8).
    One that cannot be preserved does not keep the others waiting: its reason stands with it, and it waits again.
    """
    until, done = time.monotonic() + seconds, 0
    try:
        preserve_room(actor)  # also where no object changed: who is closed to whom stands there
    except (StoreError, OSError) as e:
        _log.error("collections and rules of access were not preserved: %s", e)
    note_changes()
    waiting = Preservation.objects.filter(changed_first__isnull=False).order_by("-restricted", "changed_first")
    for keeping in waiting.iterator(500):
        if time.monotonic() > until:
            break
        first, last = keeping.changed_first, keeping.changed_last
        assert first is not None
        assert last is not None
        due = decide_preservation(first, last, timezone.now(), restricted=keeping.restricted)
        if not (everything or due):
            continue
        obj = DigitalObject.objects.filter(pk=keeping.object_id).values_list("public_id", flat=True).first()
        if obj is None:
            continue
        try:
            preserve(obj, actor=actor)
            done += 1
        except (DigitalRefused, snapshot.Busy, OSError) as e:
            _log.warning("%s was not preserved: %s", obj, e)
            now = timezone.now()  # behind the others, and not at once again
            Preservation.objects.filter(pk=keeping.pk).update(
                changed_first=now, changed_last=now, restricted=False, problem=str(e)[:300]
            )
    return done


def preserve_room(actor: Actor) -> None:
    """Tell the store what belongs to no object: collections, rules, what was erased."""
    kept, data = store.preservation_store(), room.dumps()
    if not kept.exists(room.STORE_ID):
        kept.create(room.STORE_ID, {room.TOLD: data}, message="first", user=actor.name, at=timezone.now())
        return
    kept.update(room.STORE_ID, add={room.TOLD: data}, remove=(), message="changed", user=actor.name, at=timezone.now())


def _tell(taken: Snapshot, actor: Actor) -> Inventory:
    kept, store_id = store.preservation_store(), store.store_id(taken.object)
    added = Additions(taken, kept, store_id)
    return kept.update(
        store_id,
        add=added,
        remove=added.gone,
        message=f"rows of version {taken.object.version}",
        user=actor.name,
        at=timezone.now(),
    )


@transaction.atomic
def _note_kept(taken: Snapshot, inventory: Inventory, began: datetime, actor: Actor) -> None:
    obj = taken.object
    keeping, _ = Preservation.objects.select_for_update().get_or_create(object=obj)
    news = inventory.head != keeping.head
    if keeping.changed_last is not None and keeping.changed_last <= began:
        keeping.changed_first = keeping.changed_last = None
        keeping.restricted = False
    keeping.head, keeping.preserved_at, keeping.problem = inventory.head, timezone.now(), ""
    keeping.told_record = taken.record
    keeping.save()
    # not an act on the object: its version stays, and nobody is told
    DigitalObject.objects.filter(pk=obj.pk, preserved_version__lt=obj.version).update(preserved_version=obj.version)
    if news:
        audit.record("digital.preserved", obj, actor=actor, library_id=obj.library_id, version=inventory.head)
