"""Many pages in one statement: what every act on pages writes with."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import connection

from lienthu.domain.digital.models import DigitalObject, Page, PageAct, PageWork

# columns that acts change -> their type
_TYPES = {
    "position": "int", "rotation": "smallint", "crop": "jsonb", "label": "varchar", "numbering": "varchar",
    "state": "varchar", "problem": "varchar", "closed": "boolean", "version": "int", "file_id": "bigint",
    "frame": "int", "width": "int", "height": "int", "quality": "jsonb",
}  # fmt: skip
_BLANK: dict[str, Any] = {
    "file_id": None, "frame": 0, "rotation": 0, "crop": None, "state": "waiting", "problem": "", "closed": False,
    "numbering": "pages",
}  # fmt: skip
PICTURE = ("rotation", "crop", "file_id", "frame", "version", "state", "problem", "width", "height", "quality")
"""What changes when the picture of a page becomes another one."""
TEXT = "layer, number, current, source, engine, text, content, words, confidence, by, at"
"""The columns that a kept text has in common with a text in use."""
KEPT = ("seq", "label", "numbering", "closed", *PICTURE)
"""Everything of a page but its place, for one that is removed."""


def read(object_id: int, fields: Sequence[str], keys: Iterable[int] | None = None) -> list[list[Any]]:
    """[id, field, …] of the pages, in their order."""
    rows = Page.objects.filter(object_id=object_id)
    if keys is not None:
        rows = rows.filter(pk__in=list(keys))
    return [list(row) for row in rows.order_by("position").values_list("id", *fields)]


def write(fields: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Set fields of pages: rows are [id, value, …]. One statement."""
    if not rows:
        return
    columns: list[list[Any]] = [[row[0] for row in rows]]
    for n, field in enumerate(fields, 1):
        values = [row[n] for row in rows]
        if _TYPES[field] == "jsonb":
            values = [None if value is None else json.dumps(value) for value in values]
        columns.append(values)
    arrays = ["%s::bigint[]"] + [f"%s::{'text' if _TYPES[f] == 'jsonb' else _TYPES[f]}[]" for f in fields]
    sets = ", ".join(f"{f} = given.{f}{'::jsonb' if _TYPES[f] == 'jsonb' else ''}" for f in fields)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE digital_page AS page SET {sets}"  # noqa: S608 -- names from the table above
            f" FROM unnest({', '.join(arrays)}) AS given(id, {', '.join(fields)}) WHERE page.id = given.id",
            columns,
        )


def put_in_order(before: Sequence[int], after: Sequence[int]) -> None:
    """Give the pages of ``after`` (ids) the places 1 to n. ``before``: as they stand, to leave alone what stays."""
    stood = {key: place for place, key in enumerate(before, 1)}
    write(["position"], [[key, place] for place, key in enumerate(after, 1) if stood.get(key) != place])


def await_pictures(obj: DigitalObject, keys: Sequence[int]) -> None:
    """Let the pipeline make these pictures anew; their text is asked for when the picture is there."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM digital_pagework WHERE page_id = ANY(%s) AND stage = 'text'", [list(keys)])
    await_stage(obj, keys, PageWork.Stage.PICTURE)


def await_stage(obj: DigitalObject, keys: Sequence[int], stage: PageWork.Stage) -> None:
    """Let a stage of these pages be done anew, before the work that waits already."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO digital_pagework (page_id, object_id, stage, state, input_digest, engine, priority, attempts,"
            " problem, seconds, at) SELECT key, %s, %s, 'waiting', '', '', %s, 0, '', 0, now()"
            " FROM unnest(%s::bigint[]) AS key ON CONFLICT (page_id, stage) DO UPDATE SET state = 'waiting',"
            " priority = excluded.priority, attempts = 0, leased_until = NULL, problem = ''",
            [obj.pk, stage.value, obj.priority + 1, list(keys)],
        )


def add(obj: DigitalObject, new: Sequence[Mapping[str, Any]]) -> list[int]:
    """Pages with the next numbers, placed below zero until they get their place; their ids. One statement."""
    first = obj.last_seq + 1
    obj.last_seq += len(new)
    seqs = list(range(first, obj.last_seq + 1))
    fields = ("file_id", "frame", "rotation", "crop", "state", "problem", "closed", "numbering")
    values = [
        [json.dumps(v) if f == "crop" and (v := page.get(f)) is not None else page.get(f, _BLANK[f]) for page in new]
        for f in fields
    ]
    arrays = ", ".join(f"%s::{'text' if _TYPES[f] == 'jsonb' else _TYPES[f]}[]" for f in fields)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO digital_page (object_id, seq, position, version, label, width, height, quality,"  # noqa: S608 -- names from above
            f" {', '.join(fields)}) SELECT %s, seq, -seq, %s, '', 0, 0, '{{}}',"
            f" {', '.join(f'{f}::jsonb' if _TYPES[f] == 'jsonb' else f for f in fields)}"
            f" FROM unnest(%s::int[], {arrays}) AS given(seq, {', '.join(fields)}) RETURNING seq, id",
            [obj.pk, obj.version + 1, seqs, *values],
        )
        made = dict(cursor.fetchall())
    return [made[seq] for seq in seqs]


def remove(keys: Sequence[int]) -> None:
    """Delete pages with their work and texts; lines of the contents stay, without a page."""
    with connection.cursor() as cursor:
        for statement in (
            "UPDATE digital_section SET page_id = NULL WHERE page_id = ANY(%s)",
            "DELETE FROM digital_pagework WHERE page_id = ANY(%s)",
            "DELETE FROM digital_pagetext WHERE page_id = ANY(%s)",
            "DELETE FROM digital_page WHERE id = ANY(%s)",
        ):
            cursor.execute(statement, [list(keys)])


def shelve(act: PageAct, keys: list[int]) -> None:
    """Keep the texts of pages that are about to go, with the act that takes them out."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO digital_shelvedtext (act_id, page_key, text_key, {TEXT})"  # noqa: S608 -- our own names
            f" SELECT %s, page_id, id, {TEXT} FROM digital_pagetext WHERE page_id = ANY(%s)",
            [act.pk, keys],
        )
