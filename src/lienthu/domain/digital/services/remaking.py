"""A picture that was made of a page and is lost or damaged is made again from its master (IMG-9)."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone

from lienthu.domain.digital.models import Page, PageWork
from lienthu.domain.digital.services.acts import lock, note
from lienthu.platform.actor import Actor

_NOT_AGAIN: Final = timedelta(hours=1)
"""A picture that cannot be shown though it was made just now would be made for ever."""


@transaction.atomic
def make_again(public_id: str, seq: int, version: int, *, actor: Actor) -> bool:
    """Let the pipeline make the picture of a page once more; whether there was anything to do.

    Nothing happens where the page has another picture by now, or waits already. A page without a master cannot be made
    again: it fails, and the board says so. Raises NoSuchObject.
    """
    obj = lock(public_id)
    page = Page.objects.select_for_update().filter(object=obj, seq=seq, version=version, state=Page.State.READY).first()
    if page is None:
        return False
    work = PageWork.objects.filter(page=page, stage=PageWork.Stage.PICTURE).first()
    if work is not None and work.at > timezone.now() - _NOT_AGAIN:
        return False
    page.state, page.problem = Page.State.WAITING, ""
    if page.file_id is None:
        page.state, page.problem = Page.State.FAILED, "picture-lost"
    else:
        PageWork.objects.update_or_create(
            page=page,
            stage=PageWork.Stage.PICTURE,
            defaults={"object": obj, "state": PageWork.State.WAITING, "attempts": 0, "leased_until": None},
        )
    page.save(update_fields=["state", "problem"])
    note("digital.picture_lost", obj, actor=actor, page=seq)
    return True
