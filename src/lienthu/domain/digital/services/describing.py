"""What an object is: title, record, collection, Dublin Core. Rule WFL-12."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import gettext as _

from lienthu.domain.digital.description import ELEMENTS
from lienthu.domain.digital.errors import DigitalRefused
from lienthu.domain.digital.models import Collection, DigitalObject
from lienthu.domain.digital.services.acts import lock, note
from lienthu.foundation.vietnamese.text import clean
from lienthu.platform.actor import Actor
from lienthu.platform.services import changes


@dataclass(frozen=True, slots=True)
class Facts:
    """What a person says of an object."""

    title: str
    record_id: int | None = None
    kind: str = "book"
    collection: Collection | None = None
    languages: Sequence[str] = ("vie",)
    right_to_left: bool = False
    dublin_core: Mapping[str, Sequence[str]] = field(default_factory=dict)


@transaction.atomic
def describe(public_id: str, facts: Facts, *, seen_version: int | None = None, actor: Actor) -> DigitalObject:
    """Write the description. Raises DigitalRefused without a title, for a strange element or another's collection."""
    obj = lock(public_id, seen_version=seen_version)
    if not clean(facts.title):
        raise DigitalRefused(_("Every object needs a title."))
    if facts.collection is not None and facts.collection.library_id != obj.library_id:
        raise DigitalRefused(_("The collection belongs to another library."))
    if strange := set(facts.dublin_core) - ELEMENTS:
        raise DigitalRefused(_("“%(name)s” is no element of Dublin Core.") % {"name": sorted(strange)[0]})
    moved = obj.collection_id != (facts.collection.pk if facts.collection else None)
    obj.title, obj.record_id, obj.kind = clean(facts.title)[:1000], facts.record_id, facts.kind
    obj.collection, obj.languages, obj.right_to_left = facts.collection, list(facts.languages), facts.right_to_left
    obj.description = {
        name: [clean(v)[:5000] for v in values if clean(v)][:100] for name, values in sorted(facts.dublin_core.items())
    }
    elements = sorted(obj.description)
    note("digital.described", obj, actor=actor, restricts=moved, record=facts.record_id, elements=elements)
    if moved:  # who may find its pages follows the collection
        pages = list(obj.pages.values_list("pk", flat=True))
        changes.publish("digital.page", pages, bulk=len(pages) > 200)
    return obj
