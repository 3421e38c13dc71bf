"""Undoing the last acts on pages, one after the other (WFL-2)."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from django.db import connection, transaction

from lienthu.domain.digital.errors import NothingToUndo
from lienthu.domain.digital.models import Page, PageAct, PageWork, Section
from lienthu.domain.digital.paging.arranging import places_of
from lienthu.domain.digital.services import page_rows, text_rows, work_rows
from lienthu.domain.digital.services.acts import note
from lienthu.domain.digital.services.paging import Done, Volume
from lienthu.platform.actor import Actor
from lienthu.platform.services import changes

_SHOWN_ONLY: Final = frozenset({"turned", "numbered"})
"""Undoing these, too, changes neither the words of pages nor who may find them."""


@transaction.atomic
def undo(public_id: str, *, seen: int | None, actor: Actor) -> tuple[Done, PageAct]:
    """Take the last act back; undone once more, the one before it. Raises NothingToUndo, Conflict."""
    volume = Volume(public_id, seen)
    obj = volume.obj
    act = PageAct.objects.filter(object=obj).order_by("-number").first()
    if act is None:
        raise NothingToUndo
    facts: dict[str, Any] = act.undo
    changed: list[int] = []
    added, order = facts.get("added", []), facts.get("order")
    if added and order is None:  # what came goes: the rest stands in the order in which it stood
        gone = frozenset(added)
        order = [key for key in volume.ids if key not in gone]
    if added:
        page_rows.remove(added, with_texts=True)
    if facts.get("texts"):
        text_rows.put_in_force(facts["texts"])  # before it is asked which pages have none
    if facts.get("read"):
        text_rows.put_readings_back(facts["read"])
    there = {key: place for key, place in places_of(order or []).items() if key in volume.stood}
    if "set" in facts:
        changed += _reset(volume, act, facts["set"], there if "joined" in facts else None)
    elif order is not None:
        page_rows.put_in_order(volume.stood, there)
    if "removed" in facts:
        changed += _put_back(volume, act, facts)
    if "contents" in facts:
        _reset_contents(volume, facts["contents"])
    act.delete()
    obj.pages_version += 1
    restricts = act.kind in ("opened", "inserted")
    detail = {"kind": act.kind, "pages": act.detail.get("pages", 0)}
    note("digital.pages_undone", obj, actor=actor, restricts=restricts, **detail)
    told = {*added, *(changed if act.kind not in _SHOWN_ONLY else ())}
    changes.publish("digital.page_of_act", told, bulk=len(told) > 200)
    done = Done(obj.pages_version, [volume.seq_of[key] for key in changed])
    done.order = [volume.seq_of[key] for key in order] if order is not None else None
    return done, act


def _put_back(volume: Volume, act: PageAct, facts: dict[str, Any]) -> list[int]:
    """Pages under their old ids and numbers, so with their texts, and their places in the contents."""
    pages = page_rows.put_back(act.pk, volume.obj.pk)
    volume.seq_of.update((key, seq) for key, seq, _state in pages)
    if facts["sections"]:
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE digital_section SET page_id = given.page FROM unnest(%s::bigint[], %s::bigint[])"
                " AS given(id, page) WHERE digital_section.id = given.id",
                [[s for s, _ in facts["sections"]], [p for _, p in facts["sections"]]],
            )
    if waiting := [key for key, _seq, state in pages if state == Page.State.WAITING]:
        work_rows.await_pictures(volume.obj, waiting)
    ready = [key for key, _seq, state in pages if state == Page.State.READY]
    # their work went with them: a page removed before its text was recognised would never be read
    work_rows.await_stage(volume.obj, sorted(text_rows.unread(ready, act.at)), PageWork.Stage.TEXT)
    return [key for key, _seq, _state in pages]


def _reset(volume: Volume, act: PageAct, fields: list[str], places: dict[int, int] | None) -> list[int]:
    """Fields as they were. A picture that was there is there again at once: its file still lies under its version."""
    if places is not None:
        states = page_rows.join(act.pk, fields, volume.stood, places)
    else:
        states = page_rows.reset(act.pk, fields)
    if "version" in fields:
        waiting = [key for key, state in states.items() if state == Page.State.WAITING]
        ready = [key for key, state in states.items() if state == Page.State.READY]
        if waiting:
            work_rows.await_pictures(volume.obj, waiting)
        known = frozenset(waiting + ready)
        work_rows.forget_work([key for key in states if key not in known])
        worked = frozenset(work_rows.have_pictures(ready))
        text_rows.bring_texts_back(ready, act.at)
        # text of the other picture does not fit this one: it is recognised, or carried back, when its turn comes
        unread = text_rows.unread(ready, act.at)
        work_rows.await_stage(volume.obj, sorted(unread & worked), PageWork.Stage.TEXT)
        work_rows.have_texts(volume.obj, [key for key in ready if key not in unread])
    return [key for key in volume.ids if key in states]


def _reset_contents(volume: Volume, old: list[list[Any]]) -> None:
    volume.obj.sections.all().delete()
    here = set(volume.seq_of)
    Section.objects.bulk_create(
        Section(
            pk=pk, object=volume.obj, position=position, level=level, title=title,
            page_id=page if page in here else None, issued=date.fromisoformat(issued) if issued else None,
        )
        for pk, position, level, title, page, issued in old
    )  # fmt: skip


def acts_of(object_id: int, limit: int = 20) -> list[PageAct]:
    """The acts that can still be undone, newest first."""
    return list(PageAct.objects.filter(object_id=object_id).order_by("-number").defer("undo")[:limit])
