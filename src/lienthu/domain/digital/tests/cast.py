"""What the tests of the room share: objects that are simply there, without files."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils import timezone

from lienthu.domain.digital.models import DigitalObject, Page
from lienthu.domain.digital.policy import Status
from lienthu.domain.digital.services.publishing import Rights, record_rights
from lienthu.domain.network.models import Library
from lienthu.foundation.kernel.names import public_name
from lienthu.platform.actor import Actor

CLERK = Actor.system("clerk")


def make_object(library: Library, title: str = "Kế hoạch 204", *, pages: int = 2, **fields: Any) -> DigitalObject:
    """An object with ready pages, unpublished and without rights unless told otherwise."""
    obj = DigitalObject.objects.create(
        public_id=public_name(), library=library, title=title, last_seq=pages, created_by="tests", **fields
    )
    Page.objects.bulk_create(
        Page(object=obj, seq=n, position=n, state=Page.State.READY, width=1000, height=1400)
        for n in range(1, pages + 1)
    )
    return obj


def give_rights(obj: DigitalObject, status: Status = Status.OFFICIAL, **facts: Any) -> None:
    """A rights record of today."""
    record_rights(obj.public_id, Rights(status, basis="theo luật", basis_date=date(2026, 1, 1), **facts), actor=CLERK)


def published(
    library: Library, title: str = "Kế hoạch 204", status: Status = Status.OFFICIAL, **facts: Any
) -> DigitalObject:
    """An object that readers may have, as far as its rights go."""
    obj = make_object(library, title, published_at=timezone.now())
    give_rights(obj, status, **facts)
    obj.refresh_from_db()
    return obj
