"""From masters to pictures and text, page by page (ING-4, ING-5).

Work is claimed by a lease on a row: any number of threads, processes and machines take pages side by side, a killed
one's page is free again when its lease ends, and what is done is not done again for the same input.
Pictures go first, for all objects: a volume can be looked at before its text is recognised.
"""

from __future__ import annotations

import hashlib
import json
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection, connections, transaction
from django.db.models import F
from django.utils import timezone

from lienthu.domain.digital import store
from lienthu.domain.digital.models import DigitalObject, Page, PageWork
from lienthu.domain.digital.services import stages
from lienthu.domain.digital.services.stages import Box, CannotDo
from lienthu.platform.services import changes

_LEASE = timedelta(minutes=10)
_ATTEMPTS = 3
_log = logging.getLogger(__name__)

_CLAIM = """
    UPDATE digital_pagework SET leased_until = %(until)s, attempts = attempts + 1
    WHERE id = (
        SELECT id FROM digital_pagework
        WHERE state = 'waiting' AND (leased_until IS NULL OR leased_until < %(now)s)
          AND (%(object)s::bigint IS NULL OR object_id = %(object)s)
        ORDER BY priority DESC, stage, id LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING id
"""


@dataclass(slots=True)
class Tally:
    """What a run did."""

    done: int = 0
    failed: int = 0
    left: bool = False  # the time was up while work waited
    pictures: int = 0  # of those done and failed
    texts: int = 0


def run(
    *,
    workers: int = 1,
    seconds: float | None = None,
    object_id: int | None = None,
    tell: Callable[[Tally], None] = lambda tally: None,
) -> Tally:
    """Work off what waits, until nothing does or the time is up. Pages in hand are finished.

    ``workers`` pages side by side, each in a sandbox of its own. ``object_id``: this object only. ``tell`` hears after
    each page how far it is, of one worker at a time.
    """
    tally, lock = Tally(), threading.Lock()
    until = None if seconds is None else time.monotonic() + seconds

    def work() -> None:
        try:
            with Box() as box:
                while until is None or time.monotonic() < until:
                    if (row := _claim(object_id)) is None:
                        return
                    outcome = _do(row, box)
                    with lock:
                        tally.done += outcome is True
                        tally.failed += outcome is False
                        if outcome is not None:
                            tally.pictures += row.stage == PageWork.Stage.PICTURE
                            tally.texts += row.stage == PageWork.Stage.TEXT
                            tell(tally)
        finally:
            if threading.current_thread() is not threading.main_thread():
                connections.close_all()

    if workers <= 1:
        work()
    else:
        _side_by_side(work, workers)
    tally.left = waiting(object_id)
    return tally


def _side_by_side(work: Callable[[], None], workers: int) -> None:
    faults: list[BaseException] = []

    def guarded() -> None:
        try:
            work()
        except BaseException as fault:  # told to the caller below, not lost with the thread
            faults.append(fault)

    threads = [threading.Thread(target=guarded, name=f"page-{n}") for n in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]


def waiting(object_id: int | None = None) -> bool:
    """Whether any page could be taken up now."""
    rows = PageWork.objects.filter(state=PageWork.State.WAITING).exclude(leased_until__gt=timezone.now())
    return (rows.filter(object_id=object_id) if object_id is not None else rows).exists()


def _claim(object_id: int | None) -> PageWork | None:
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, {"now": now, "until": now + _LEASE, "object": object_id})
        row = cursor.fetchone()
    if row is None:
        return None
    # None where somebody took the page out just now: the next turn finds what else waits
    return PageWork.objects.select_related("page__file", "object").filter(pk=row[0]).first()


def _do(work: PageWork, box: Box) -> bool | None:
    """One stage of one page: True done, False given up, None to be tried again.

    Whatever goes wrong is written to the page; the volume goes on.
    """
    page, obj = work.page, work.object
    begun = time.monotonic()
    digest = input_digest(work, page, obj)
    try:
        outcome = _STAGES[work.stage](obj, page, box)
    except CannotDo as reason:
        if reason.again and work.attempts < _ATTEMPTS:
            PageWork.objects.filter(pk=work.pk).update(leased_until=None, problem=str(reason)[:300])
            return None
        return False if _fail(work, digest, str(reason)) else None
    with transaction.atomic():
        fresh = _unchanged(work, digest)
        if fresh is None:
            return None
        outcome.save(fresh.page)
        fresh.state, fresh.problem, fresh.leased_until = PageWork.State.DONE, "", None
        fresh.input_digest, fresh.engine, fresh.seconds = digest, outcome.engine[:80], time.monotonic() - begun
        fresh.save()
        if work.stage == PageWork.Stage.PICTURE:
            _ask_for_text(fresh)
        DigitalObject.objects.filter(pk=obj.pk).update(version=F("version") + 1)
    return True


def _unchanged(work: PageWork, digest: str) -> PageWork | None:
    """The work as it is now, locked; None where the page is gone, or was turned or replaced meanwhile.

    Then it waits again under another input: what was made of the old one, or why nothing could be, is of no use.
    """
    # Acts of people lock the object first and its pages after it. Whoever did it the other way round would wait for
    # them while they wait for him; and only a statement that begins after their end sees the page as they left it.
    if not DigitalObject.objects.select_for_update(no_key=True).filter(pk=work.object_id).values_list("pk").first():
        return None
    fresh = (
        PageWork.objects.select_for_update(of=("self",))
        .select_related("page__file", "object")
        .filter(pk=work.pk)
        .first()
    )
    if fresh is not None and input_digest(fresh, fresh.page, fresh.object) != digest:
        PageWork.objects.filter(pk=work.pk).update(leased_until=None, state=PageWork.State.WAITING)
        return None
    return fresh


def _ask_for_text(picture: PageWork) -> None:
    """The picture is there: its text waits, unless it was read from this very picture (it was lost and made again)."""
    page, obj = picture.page, picture.object
    text = PageWork.objects.filter(page=page, stage=PageWork.Stage.TEXT).first()
    if text is not None and text.state == PageWork.State.DONE and text.input_digest == input_digest(text, page, obj):
        return
    PageWork.objects.update_or_create(
        page=page,
        stage=PageWork.Stage.TEXT,
        defaults={"object": obj, "state": PageWork.State.WAITING, "attempts": 0, "priority": picture.priority},
    )


_STAGES: dict[str, Callable[[DigitalObject, Page, Box], stages.Outcome]] = {
    PageWork.Stage.PICTURE: stages.picture,
    PageWork.Stage.TEXT: stages.text,
}


def input_digest(work: PageWork, page: Page, obj: DigitalObject) -> str:
    """What a stage depends on, as one digest: the master, how it is turned and cut, and for text the languages."""
    parts: list[object] = [page.file.sha256 if page.file else "", page.frame, page.rotation, page.crop, page.version]
    if work.stage == PageWork.Stage.TEXT:
        parts.append(sorted(obj.languages))
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _fail(work: PageWork, digest: str, problem: str) -> bool:
    """Give a stage up; whether the page was still the one that failed."""
    _log.warning("page %s, %s: %s", work.page, work.stage, problem)
    with transaction.atomic():
        if _unchanged(work, digest) is None:
            return False
        PageWork.objects.filter(pk=work.pk).update(
            state=PageWork.State.FAILED, problem=problem[:300], leased_until=None
        )
        if work.stage == PageWork.Stage.PICTURE:
            Page.objects.filter(pk=work.page_id).update(state=Page.State.FAILED, problem=problem[:300])
            changes.publish("digital.page", [work.page_id])
    return True


def clear_derived(obj: DigitalObject) -> None:
    """Let everything that was made of the masters be made again."""
    with transaction.atomic():
        Page.objects.filter(object=obj, file__isnull=False).update(state=Page.State.WAITING, problem="")
        PageWork.objects.filter(object=obj).delete()
        PageWork.objects.bulk_create(
            [
                PageWork(page=p, object=obj, stage=PageWork.Stage.PICTURE)
                for p in Page.objects.filter(object=obj, file__isnull=False)
            ]
        )
    folder = store.derived_folder(obj.public_id)
    for file in folder.glob("*.tif"):
        file.unlink(missing_ok=True)
