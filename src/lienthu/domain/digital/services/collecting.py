"""Collections: what belongs together, for whom it is kept, and whether it exists for outsiders."""

from __future__ import annotations

from django.db import transaction

from lienthu.domain.digital.models import Collection, OwnerGroup
from lienthu.domain.network.models import Library
from lienthu.foundation.vietnamese.text import clean
from lienthu.platform.actor import Actor
from lienthu.platform.services import audit


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
    made, new = Collection.objects.get_or_create(
        code=code,
        defaults={
            "library": library,
            "name": clean(name)[:200],
            "description": clean(description),
            "owner_group": owner_group,
            "closed": owner_group == OwnerGroup.ARMED_FORCES,
            "sample": sample,
        },
    )
    if new:
        audit.record("digital.collection_opened", made, actor=actor, library_id=library.pk, owner_group=owner_group)
    return made
