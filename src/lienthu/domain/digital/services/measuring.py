"""Measuring anew. Rule WFL-14."""

from __future__ import annotations

from django.db import transaction

from lienthu.domain.digital.models import Page, PageWork
from lienthu.domain.digital.services import work_rows
from lienthu.domain.digital.services.acts import lock, note
from lienthu.platform.actor import Actor


@transaction.atomic
def measure_again(public_id: str, *, actor: Actor) -> int:
    """Let every page with a file go through the picture stage again; how many. Texts stay as they are."""
    obj = lock(public_id)
    keys = list(Page.objects.filter(object=obj, file__isnull=False).values_list("pk", flat=True))
    work_rows.await_stage(obj, keys, PageWork.Stage.PICTURE)
    note("digital.measured_again", obj, actor=actor, pages=len(keys))
    return len(keys)
