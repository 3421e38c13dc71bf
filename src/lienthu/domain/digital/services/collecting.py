"""Collections: what belongs together, for whom it is kept, and whether it exists for outsiders. Rules DIG-10, RGT-3."""

from __future__ import annotations

import hashlib
import re
from dataclasses import astuple, dataclass, replace
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from lienthu.domain.digital.errors import CollectionRefused, Conflict
from lienthu.domain.digital.models import Collection, OwnerGroup
from lienthu.domain.digital.selectors.objects import objects_of_collection
from lienthu.domain.network.models import Library
from lienthu.foundation.vietnamese.text import clean
from lienthu.platform.actor import Actor
from lienthu.platform.services import audit, changes
from lienthu.platform.services.epoch import bump_at_commit

_CODE: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*", re.ASCII)
_LAST_PLACE: Final = 9999


@dataclass(frozen=True, slots=True)
class CollectionFacts:
    """What is said of a collection. ``place``: lower ones stand first in lists, equal ones by name."""

    name: str
    description: str = ""
    owner_group: str = OwnerGroup.PUBLIC
    closed: bool = False
    place: int = 0

    @classmethod
    def of(cls, row: Collection) -> CollectionFacts:
        """What is said of it now."""
        return cls(row.name, row.description, str(row.owner_group), row.closed, row.place)

    @property
    def stamp(self) -> str:
        """Changes with what is said."""
        return hashlib.sha256(repr(astuple(self)).encode()).hexdigest()[:16]


@transaction.atomic
def create_collection(code: str, library: Library, facts: CollectionFacts, *, actor: Actor) -> Collection:
    """Make a collection. Raises CollectionRefused, also where the code is taken: by a collection of anybody."""
    if not _CODE.fullmatch(code) or len(code) > 40:
        raise CollectionRefused(_("A code has small letters, digits and hyphens only."))
    row, new = Collection.objects.get_or_create(code=code, defaults={"library": library, **_columns(facts)})
    if not new:
        raise CollectionRefused(_("This code is taken. Choose another one."))
    note("digital.collection_opened", row, actor=actor, **_told(CollectionFacts.of(row)))
    return row


@transaction.atomic
def open_collection(
    code: str,
    name: str,
    *,
    library: Library,
    actor: Actor,
    owner_group: OwnerGroup = OwnerGroup.PUBLIC,
    description: str = "",
    sample: bool = False,
) -> Collection:
    """The collection of this code, made when it is new; one that is there is left as it is.

    A collection of the armed forces is closed from the beginning (RGT-3).
    """
    columns = _columns(CollectionFacts(name, description, owner_group))
    row, new = Collection.objects.get_or_create(code=code, defaults={"library": library, "sample": sample, **columns})
    if new:
        note("digital.collection_opened", row, actor=actor, **_told(CollectionFacts.of(row)))
    return row


@transaction.atomic
def amend_collection(
    collection_id: int, facts: CollectionFacts, *, seen: str | None = None, actor: Actor
) -> Collection:
    """Say something else of a collection; closing and opening it is done here, too.

    ``seen``: the stamp of what the person looked at; raises Conflict when it is another one now, CollectionRefused.
    What changes for readers changes at once: the index holds back its volumes until it has looked at them (FTS-7),
    and what is remembered as open to everybody is asked anew.
    """
    row = Collection.objects.select_for_update().get(pk=collection_id)
    before = CollectionFacts.of(row)
    if seen is not None and seen != before.stamp:
        raise Conflict
    for name, value in _columns(facts).items():
        setattr(row, name, value)
    after = CollectionFacts.of(row)
    if after == before:
        return row
    row.save()
    action = "digital.collection_amended"
    if after.closed is not before.closed:
        action = "digital.collection_closed" if after.closed else "digital.collection_reopened"
    now, then = _told(after), _told(before)
    note(action, row, actor=actor, before={name: then[name] for name in then if then[name] != now[name]})
    if (after.closed, after.owner_group) != (before.closed, before.owner_group):
        changes.publish("digital.audiences", objects_of_collection(row.pk), bulk=not after.closed)
    return row


def close_collection(collection_id: int, *, actor: Actor) -> Collection:
    """Let a collection be there for the library's own people only, at once (RGT-3)."""
    return _set_closed(collection_id, closed=True, actor=actor)


def reopen_collection(collection_id: int, *, actor: Actor) -> Collection:
    """Let a collection be there for everybody again. Raises CollectionRefused for one of the armed forces."""
    return _set_closed(collection_id, closed=False, actor=actor)


@transaction.atomic
def _set_closed(collection_id: int, *, closed: bool, actor: Actor) -> Collection:
    row = Collection.objects.select_for_update().get(pk=collection_id)
    if not closed and row.owner_group == OwnerGroup.ARMED_FORCES:
        raise CollectionRefused(_("Collections of the armed forces are always closed. Change the owner group first."))
    return amend_collection(collection_id, replace(CollectionFacts.of(row), closed=closed), actor=actor)


def _columns(facts: CollectionFacts) -> dict[str, Any]:
    if not (name := clean(facts.name)[:200]):
        raise CollectionRefused(_("Give the collection a name."))
    if facts.owner_group not in OwnerGroup.values:
        raise CollectionRefused(_("There is no such owner group."))
    if not 0 <= facts.place <= _LAST_PLACE:
        raise CollectionRefused(_("A place in the list is a number from 0 to %(last)s.") % {"last": _LAST_PLACE})
    return {
        "name": name,
        "description": clean(facts.description)[:5000],
        "owner_group": facts.owner_group,
        "closed": facts.closed or facts.owner_group == OwnerGroup.ARMED_FORCES,
        "place": facts.place,
    }


def _told(facts: CollectionFacts) -> dict[str, Any]:
    """What the audit trail keeps: the description only as far as it is short."""
    return {
        "name": facts.name,
        "description": facts.description[:200],
        "owner_group": str(facts.owner_group),
        "closed": facts.closed,
        "place": facts.place,
    }


def note(action: str, row: Collection, *, actor: Actor, **detail: Any) -> None:
    audit.record(action, row, actor=actor, library_id=row.library_id, code=row.code, **detail)
    bump_at_commit()  # names and closedness are remembered, also where no object is in it yet
