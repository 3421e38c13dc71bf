"""What the pipeline is to do for pages: the rows of many of them in one or two statements (WFL-8)."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection

from lienthu.domain.digital.models import DigitalObject, PageWork
from lienthu.platform.number_lists import array


def await_pictures(obj: DigitalObject, keys: Sequence[int], *, new: bool = False) -> None:
    """Let the pipeline make these pictures; their text is asked for when the picture is there. ``new``: new pages."""
    if new:
        _begin_stage(obj, keys, PageWork.Stage.PICTURE, new=True)
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM digital_pagework WHERE object_id = %s AND stage = 'text' AND state <> 'done'"
            " AND page_id = ANY(%s::bigint[])",
            [obj.pk, array(keys)],
        )
    await_stage(obj, keys, PageWork.Stage.PICTURE)


def await_stage(obj: DigitalObject, keys: Sequence[int], stage: PageWork.Stage) -> None:
    """Let a stage of these pages be done anew, before the work that waits already. One or two statements."""
    if not keys:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE digital_pagework SET state = 'waiting', priority = %s, attempts = 0, leased_until = NULL,"
            " problem = '' WHERE page_id = ANY(%s::bigint[]) AND stage = %s",
            [obj.priority + 1, array(keys), stage.value],
        )
        if cursor.rowcount == len(keys):
            return
    _begin_stage(obj, keys, stage)


def _begin_stage(obj: DigitalObject, keys: Sequence[int], stage: PageWork.Stage, *, new: bool = False) -> None:
    """``new``: pages of this transaction, for which nothing can wait yet."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO digital_pagework (page_id, object_id, stage, state, input_digest, engine, priority, attempts,"  # noqa: S608 -- nothing of anybody's
            " problem, seconds, at) SELECT key, %s, %s, 'waiting', '', '', %s, 0, '', 0, now()"
            f" FROM unnest(%s::bigint[]) AS key{'' if new else ' ON CONFLICT (page_id, stage) DO NOTHING'}",
            [obj.pk, stage.value, obj.priority + 1, array(keys)],
        )


def have_pictures(keys: Sequence[int]) -> list[int]:
    """The pictures of these pages are there: their work is done. The pages that had such work."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE digital_pagework SET state = 'done', leased_until = NULL, problem = ''"
            " WHERE page_id = ANY(%s::bigint[]) AND stage = 'picture' RETURNING page_id",
            [array(keys)],
        )
        return [row[0] for row in cursor.fetchall()]


def have_texts(obj: DigitalObject, keys: Sequence[int]) -> None:
    """The texts of these pages are there: nothing waits to read them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE digital_pagework SET state = 'done', leased_until = NULL, problem = '' WHERE object_id = %s"
            " AND stage = 'text' AND state = 'waiting' AND page_id = ANY(%s::bigint[])",
            [obj.pk, array(keys)],
        )


def forget_work(keys: Sequence[int]) -> None:
    """Nothing is to be done for these pages."""
    if keys:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM digital_pagework WHERE page_id = ANY(%s::bigint[])", [array(keys)])
