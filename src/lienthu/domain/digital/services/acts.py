"""What every act on an object has in common: the lock, the version, the audit row, the news."""

from __future__ import annotations

from typing import Any

from lienthu.domain.digital.errors import Conflict, NoSuchObject
from lienthu.domain.digital.models import DigitalObject
from lienthu.platform.actor import Actor
from lienthu.platform.services import audit, changes


def lock(public_id: str, *, seen_version: int | None = None) -> DigitalObject:
    """The object, locked until the transaction ends.

    ``seen_version``: what the person looked at; raises Conflict when it changed since. Raises NoSuchObject.
    """
    obj = DigitalObject.objects.select_for_update().filter(public_id=public_id).first()
    if obj is None:
        raise NoSuchObject(public_id)
    if seen_version is not None and obj.version != seen_version:
        raise Conflict
    return obj


def note(action: str, obj: DigitalObject, *, actor: Actor, restricts: bool = False, **detail: Any) -> None:
    """Save the locked object under a new version, write the audit row and tell those who listen.

    ``restricts``: the act may close something, so the store is told of it without waiting for rest (PRS-8).
    """
    obj.version += 1
    obj.save()
    audit.record(action, obj, actor=actor, library_id=obj.library_id, **detail)
    changes.publish("digital.object", [obj.pk])
    if restricts:
        changes.publish("digital.restricted", [obj.pk])
