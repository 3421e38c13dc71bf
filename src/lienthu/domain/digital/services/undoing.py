"""Undoing the last acts on pages, one after the other (WFL-2)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import connection, transaction

from lienthu.domain.digital.errors import NothingToUndo
from lienthu.domain.digital.models import Page, PageAct, PageWork, Section
from lienthu.domain.digital.models import PageText as Text
from lienthu.domain.digital.services import page_rows as rows
from lienthu.domain.digital.services.acts import note
from lienthu.domain.digital.services.paging import Done, Volume
from lienthu.platform.actor import Actor
from lienthu.platform.services import changes


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
    added = facts.get("added", [])
    if "removed" in facts:
        changed += _put_back(volume, act, facts)
    if "set" in facts:
        changed += _reset(volume, act, facts["set"])
    if facts.get("texts"):
        pages = Text.objects.filter(pk__in=facts["texts"]).values("page_id")
        Text.objects.filter(page_id__in=pages, current=True).update(current=False)
        Text.objects.filter(pk__in=facts["texts"]).update(current=True)
    if added:
        rows.remove(added)
    order = facts.get("order")
    if order is not None:
        rows.put_in_order([] if added or "removed" in facts else volume.ids, order)
    if "contents" in facts:
        _reset_contents(volume, facts["contents"])
    act.delete()
    obj.pages_version += 1
    note("digital.pages_undone", obj, actor=actor, kind=act.kind, pages=act.detail.get("pages", 0))
    told = {*changed, *added}
    changes.publish("digital.page", told, bulk=len(told) > 200)
    done = Done(obj.pages_version, [volume.seq_of[key] for key in changed])
    done.order = [volume.seq_of[key] for key in order] if order is not None else None
    return done, act


def _put_back(volume: Volume, act: PageAct, facts: dict[str, Any]) -> list[int]:
    """Pages under their old ids and numbers, with their texts and their places in the contents."""
    pages = []
    for key, *values in facts["removed"]:
        page = Page(pk=key, object=volume.obj, **dict(zip(rows.KEPT, values, strict=True)))
        page.position = -page.seq
        volume.seq_of[key] = page.seq
        pages.append(page)
    Page.objects.bulk_create(pages)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO digital_pagetext (page_id, id, {rows.TEXT})"  # noqa: S608 -- our own names
            f" SELECT page_key, text_key, {rows.TEXT} FROM digital_shelvedtext WHERE act_id = %s ORDER BY id",
            [act.pk],
        )
        if facts["sections"]:
            cursor.execute(
                "UPDATE digital_section SET page_id = given.page FROM unnest(%s::bigint[], %s::bigint[])"
                " AS given(id, page) WHERE digital_section.id = given.id",
                [[s for s, _ in facts["sections"]], [p for _, p in facts["sections"]]],
            )
    if waiting := [page.pk for page in pages if page.state == Page.State.WAITING]:
        rows.await_pictures(volume.obj, waiting)
    return [page.pk for page in pages]


def _reset(volume: Volume, act: PageAct, before: dict[str, Any]) -> list[int]:
    """Fields as they were. A picture that was there is there again at once: its file still lies under its version."""
    fields, old = before["fields"], before["rows"]
    rows.write(fields, old)
    keys = [row[0] for row in old]
    if "version" in fields:
        state = 1 + fields.index("state")
        waiting = [row[0] for row in old if row[state] == Page.State.WAITING]
        ready = [row[0] for row in old if row[state] == Page.State.READY]
        rows.await_pictures(volume.obj, waiting)
        PageWork.objects.filter(page_id__in=ready, stage=PageWork.Stage.PICTURE).update(
            state=PageWork.State.DONE, leased_until=None, problem=""
        )
        PageWork.objects.filter(page_id__in=keys).exclude(page_id__in=waiting + ready).delete()
        # text that was recognised on the other picture does not fit this one
        stale = set(Text.objects.filter(page_id__in=ready, at__gt=act.at).values_list("page_id", flat=True))
        unread = stale | set(
            PageWork.objects.filter(page_id__in=ready, stage=PageWork.Stage.PICTURE)
            .exclude(page__texts__current=True)
            .values_list("page_id", flat=True)
        )
        rows.await_stage(volume.obj, sorted(unread), PageWork.Stage.TEXT)
    return keys


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
