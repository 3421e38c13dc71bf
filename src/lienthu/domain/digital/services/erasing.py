"""Erasing an object for good, because a law or a court demands it: nothing of it is left but that it was (PRS-13).

Two steps. The rows go in one transaction, and from that moment nobody finds or opens anything. Then the bytes go; a
killed purge is taken up again, and until it has ended the store is not read for rebuilding this object.
"""

from __future__ import annotations

import logging
import shutil
from contextlib import suppress

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from lienthu.domain.digital import store
from lienthu.domain.digital.errors import Conflict, DigitalRefused
from lienthu.domain.digital.models import (
    Delivery,
    DigitalObject,
    Erasure,
    MasterFile,
    Page,
    PageAct,
    PageText,
    PageWork,
    Section,
    ShelvedPage,
)
from lienthu.domain.digital.services.acts import lock
from lienthu.domain.digital.services.deliveries import incoming_folder
from lienthu.domain.digital.services.preserving import preserve_room
from lienthu.foundation.preservation.ocfl import NoSuchObject, StoreError
from lienthu.foundation.vietnamese.text import clean
from lienthu.platform.actor import Actor
from lienthu.platform.services import audit, changes

_log = logging.getLogger(__name__)


def erase(public_id: str, *, reason: str, actor: Actor) -> Erasure:
    """Erase an object with its masters, texts, history and pictures. It cannot be undone.

    What is left: the address, the library, the reason, how much it was, who did it and when. Raises NoSuchObject,
    DigitalRefused without a reason. Copies elsewhere (backups, bags, the scanner's folder) are for people to erase.
    """
    with transaction.atomic():
        erasure = _erase_rows(lock(public_id), clean(reason)[:1000], actor)
    purge(erasure)
    return erasure


@transaction.atomic
def erase_from_desk(public_id: str, *, reason: str, typed: str, seen: int, actor: Actor) -> Erasure:
    """As ``erase``, for a person at a screen: the bytes are deleted by the worker (PRS-14).

    ``typed``: title or name of the object, as the person wrote it to confirm; ``seen``: the version of the pages that
    was looked at. Raises also Conflict, DigitalRefused for what is neither.
    """
    from lienthu.domain.digital.jobs import enqueue_purge

    obj = lock(public_id)
    if obj.pages_version != seen:
        raise Conflict
    if not confirms(obj, typed):
        raise DigitalRefused(_("This is neither the title nor the identifier of the document. Nothing was erased."))
    erasure = _erase_rows(obj, clean(reason)[:1000], actor)
    enqueue_purge()
    return erasure


def confirms(obj: DigitalObject, typed: str) -> bool:
    """Whether a person typed the title or the name of this object; how the spaces stand does not count."""
    said = " ".join(clean(typed).split())
    return bool(said) and said in (obj.public_id, " ".join(clean(obj.title).split()))


def _erase_rows(obj: DigitalObject, reason: str, actor: Actor) -> Erasure:
    if not reason:
        raise DigitalRefused(_("Say why: the reason is kept in the audit trail."))
    pages = list(Page.objects.filter(object=obj).values_list("pk", flat=True))
    files = MasterFile.objects.filter(object=obj)
    deliveries = Delivery.objects.filter(object=obj)
    facts = {
        "pages": len(pages),
        "files": files.count(),
        "bytes": files.aggregate(n=Sum("size"))["n"] or 0,
        "incoming": list(deliveries.values_list("token", flat=True)),
        "closed": obj.library.closed or (obj.collection is not None and obj.collection.closed),
    }
    erasure = Erasure.objects.create(
        public_id=obj.public_id, object_key=obj.pk, library_id=obj.library_id, record_id=obj.record_id, reason=reason,
        facts=facts, by=actor.name[:120],
    )  # fmt: skip
    deliveries.delete()
    removed = ShelvedPage.objects.filter(act__object=obj).values("page_key")  # their texts are there, under no page
    PageText.objects.filter(page_id__in=removed).delete()
    PageAct.objects.filter(object=obj).delete()
    Section.objects.filter(object=obj).delete()
    PageWork.objects.filter(object=obj).delete()
    PageText.objects.filter(page__object=obj).delete()
    Page.objects.filter(object=obj).delete()
    files.delete()
    key = obj.pk
    audit.record(
        "digital.erased", obj, actor=actor, library_id=obj.library_id, public_id=obj.public_id, reason=reason,
        pages=facts["pages"], files=facts["files"],
    )  # fmt: skip
    obj.delete()  # rights, take-downs, moves, seats and what is said of its keeping go with it
    changes.publish("digital.object", [key])
    changes.publish("digital.page", pages, bulk=len(pages) > 200)
    return erasure


def purge(erasure: Erasure) -> None:
    """Delete what is left of an erased object on disk; safe to repeat. Raises StoreError, OSError."""
    assert not DigitalObject.objects.filter(public_id=erasure.public_id).exists()
    preserve_room(Actor(None, erasure.by))  # the store knows of the erasure before the object is gone from it
    kept, store_id = store.preservation_store(), store.store_id_of(erasure.public_id)
    with suppress(NoSuchObject):
        kept.discard(store_id)
    kept.settle(store_id)  # and nothing of it is left where writers build
    for folder in (store.derived_folder(erasure.public_id), *map(incoming_folder, erasure.facts.get("incoming", ()))):
        if folder.exists():
            shutil.rmtree(folder)
    erasure.facts.pop("incoming", None)
    erasure.purged_at = timezone.now()
    erasure.save(update_fields=["facts", "purged_at"])


def purge_left() -> int:
    """Take up purges that were killed or met a full or broken disk; how many ended."""
    done = 0
    for erasure in Erasure.objects.filter(purged_at=None).order_by("pk"):
        try:
            purge(erasure)
            done += 1
        except (StoreError, OSError) as error:
            _log.error("%s is erased, but not yet from the disk: %s", erasure.public_id, error)
    return done
