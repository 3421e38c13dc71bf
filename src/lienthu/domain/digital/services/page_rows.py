"""Many pages in one statement: what every act on pages writes with.

Ids and values go as one text each, and what an act will take back is kept by PostgreSQL itself: of 1,500 pages, a
parameter for each or their values through this process would be most of the time of an act (WFL-8). Their work is
written by ``work_rows``, their texts by ``text_rows``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson
from django.db import connection

from lienthu.domain.digital.models import DigitalObject
from lienthu.platform.number_lists import array

# columns that acts change -> their type
_TYPES = {
    "seq": "int", "position": "int", "rotation": "smallint", "crop": "jsonb", "label": "varchar",
    "numbering": "varchar", "state": "varchar", "problem": "varchar", "closed": "boolean", "version": "int",
    "file_id": "bigint", "frame": "int", "width": "int", "height": "int", "quality": "jsonb",
}  # fmt: skip
_BLANK: dict[str, Any] = {
    "file_id": None, "frame": 0, "rotation": 0, "crop": None, "state": "waiting", "problem": "", "closed": False,
    "numbering": "pages",
}  # fmt: skip
PICTURE = ("rotation", "crop", "file_id", "frame", "version", "state", "problem", "width", "height", "quality")
"""What changes when the picture of a page becomes another one."""
CUT = ("crop", "version", "state", "problem", "width", "height", "quality")
"""What changes when a page is cut in two, besides its place."""
_ALL = ", ".join(_TYPES)
"""Every column of a page but whose it is: what is kept of it while an act can be undone."""


def _cast(n: int, field: str) -> str:
    """The n-th member of the JSON array ``said`` as a value of this column."""
    return f"nullif(said -> {n}, 'null'::jsonb)" if _TYPES[field] == "jsonb" else f"(said ->> {n})::{_TYPES[field]}"


def places(object_id: int) -> list[tuple[int, int]]:
    """(id, seq) of all pages, in their order."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, seq FROM digital_page WHERE object_id = %s ORDER BY position", [object_id])
        found: list[tuple[int, int]] = cursor.fetchall()
    return found


def read(field: str, keys: Iterable[int], *, with_file: bool = False) -> list[tuple[int, Any]]:
    """(id, value) of these pages, in their order; ``with_file``: only of those that show a file."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id, {field} FROM digital_page WHERE id = ANY(%s::bigint[])"  # noqa: S608 -- a name of the table
            f"{' AND file_id IS NOT NULL' if with_file else ''} ORDER BY position",
            [array(keys)],
        )
        found: list[tuple[int, Any]] = cursor.fetchall()
    if _TYPES[field] == "jsonb":
        return [(key, json.loads(value) if isinstance(value, str) else value) for key, value in found]
    return found


def write(fields: Sequence[str], rows: Sequence[Sequence[Any]], *, turn: int = 0, **same: Any) -> None:
    """Set fields of pages: rows are [id, value, …]; ``same`` fields alike for all; turned clockwise. One statement."""
    if not rows:
        return
    sets = [f"{field} = {_cast(n, field)}" for n, field in enumerate(fields, 1)]
    sets += [f"{field} = %s" for field in same]
    if turn:
        sets.append(f"rotation = (rotation + {int(turn)}) %% 360")
    if fields:
        given, values = "jsonb_array_elements(%s::jsonb) AS given(said)", orjson.dumps(list(rows)).decode()
        which = "page.id = (given.said ->> 0)::bigint"
    else:
        given, values = "unnest(%s::bigint[]) AS given(id)", array(row[0] for row in rows)
        which = "page.id = given.id"
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE digital_page AS page SET {', '.join(sets)} FROM {given} WHERE {which}",  # noqa: S608 -- our names
            [*same.values(), values],
        )


def put_in_order(stood: Mapping[int, int], places: Mapping[int, int]) -> None:
    """Give pages (ids) their places; ``stood``: where they stand, to leave alone what stays.

    What goes down is moved from the front and what goes up from the back: each finds its place empty, and nothing is
    left to be compared when the act ends.
    """
    moves = _moves(stood, places)
    if moves:
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE digital_page AS page SET position = given.place FROM unnest(%s::bigint[], %s::int[])"
                " AS given(id, place) WHERE page.id = given.id",
                [array(key for _place, key in moves), array(place for place, _key in moves)],
            )


def _moves(stood: Mapping[int, int], places: Mapping[int, int]) -> list[tuple[int, int]]:
    """(place, id) of those that do not stand there yet, in the order in which each finds its place empty."""
    moves = [(key, place, stood.get(key, 0)) for key, place in places.items() if stood.get(key) != place]
    down = sorted((place, key) for key, place, before in moves if place < before)
    return [*down, *sorted(((place, key) for key, place, before in moves if place > before), reverse=True)]


def cut(
    stood: Mapping[int, int], places: Mapping[int, int], crops: Mapping[int, Sequence[float]], version: int
) -> None:
    """Give pages their places, and to some of them another part of their scan, under a new version. One statement.

    Index entries are most of what a page costs: each page is written once.
    """
    moves = _moves(stood, places)
    moves += [(places[key], key) for key in crops if stood[key] == places[key]]
    kinds: dict[tuple[float, ...], int] = {}  # of 1,500 pages most are cut alike
    which = [
        str(kinds.setdefault(tuple(crop), len(kinds))) if (crop := crops.get(key)) else "NULL" for _place, key in moves
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE digital_page AS page SET position = given.place,"
            " crop = CASE WHEN given.cut IS NULL THEN page.crop ELSE %s::jsonb -> given.cut END,"
            " version = CASE WHEN given.cut IS NULL THEN page.version ELSE %s END,"
            " state = CASE WHEN given.cut IS NULL THEN page.state ELSE 'waiting' END,"
            " problem = CASE WHEN given.cut IS NULL THEN page.problem ELSE '' END"
            " FROM unnest(%s::bigint[], %s::int[], %s::int[]) AS given(id, place, cut) WHERE page.id = given.id",
            [
                orjson.dumps(list(kinds)).decode(), version, array(key for _place, key in moves),
                array(place for place, _key in moves), "{" + ",".join(which) + "}",
            ],
        )  # fmt: skip


def add(obj: DigitalObject, new: Sequence[Mapping[str, Any]], place: int) -> list[int]:
    """Pages with the next numbers, from this place on, which must be free; their ids. One statement."""
    first = obj.last_seq + 1
    obj.last_seq += len(new)
    fields = tuple(_BLANK)
    given = [[first + n, place + n, *(page.get(f, _BLANK[f]) for f in fields)] for n, page in enumerate(new)]
    values = ", ".join(_cast(n, field) for n, field in enumerate(fields, 2))
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO digital_page (object_id, version, label, width, height, quality, seq, position,"  # noqa: S608 -- ours
            f" {', '.join(fields)}) SELECT %s, %s, '', 0, 0, '{{}}', (said ->> 0)::int, (said ->> 1)::int, {values}"
            " FROM jsonb_array_elements(%s::jsonb) AS given(said) RETURNING seq, id",
            [obj.pk, obj.version + 1, orjson.dumps(given).decode()],
        )
        made = dict(cursor.fetchall())
    return [made[first + n] for n in range(len(new))]


def add_halves(obj: DigitalObject, halves: Sequence[tuple[int, int, Sequence[float]]]) -> list[int]:
    """A page beside each of these, of the same file, cut otherwise: (page id, place, cut). Their ids. One statement."""
    first = obj.last_seq + 1
    obj.last_seq += len(halves)
    kinds: dict[tuple[float, ...], int] = {}
    which = [kinds.setdefault(tuple(crop), len(kinds)) for _key, _place, crop in halves]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO digital_page (object_id, version, label, width, height, quality, numbering, state, problem,"
            " seq, position, crop, file_id, frame, rotation, closed) SELECT %s, %s, '', 0, 0, '{}', 'pages', 'waiting',"
            " '', given.seq, given.place, %s::jsonb -> given.cut, page.file_id, page.frame, page.rotation, page.closed"
            " FROM unnest(%s::bigint[], %s::int[], %s::int[], %s::int[]) AS given(id, seq, place, cut)"
            " JOIN digital_page AS page ON page.id = given.id RETURNING seq, id",
            [
                obj.pk, obj.version + 1, orjson.dumps(list(kinds)).decode(),
                array(key for key, _place, _crop in halves),
                array(range(first, obj.last_seq + 1)), array(place for _key, place, _crop in halves), array(which),
            ],
        )  # fmt: skip
        made = dict(cursor.fetchall())
    return [made[first + n] for n in range(len(halves))]


def remove(keys: Sequence[int], *, with_texts: bool) -> None:
    """Delete pages with their work; lines of the contents stay, without a page. Texts stay for who may undo this."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE digital_section SET page_id = NULL WHERE page_id = ANY(%s::bigint[])", [array(keys)])
        cursor.execute("DELETE FROM digital_pagework WHERE page_id = ANY(%s::bigint[])", [array(keys)])
        if with_texts:
            cursor.execute("DELETE FROM digital_pagetext WHERE page_id = ANY(%s::bigint[])", [array(keys)])
        cursor.execute("DELETE FROM digital_page WHERE id = ANY(%s::bigint[])", [array(keys)])


def remember(obj: DigitalObject, kind: str, keys: Iterable[int], by: str) -> int:
    """Begin to remember an act: these pages as they are now. The id of the act."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO digital_pageact (object_id, number, kind, detail, undo, at, by)"
            " VALUES (%s, %s, %s, '{}', '{}', clock_timestamp(), %s) RETURNING id",
            [obj.pk, obj.pages_version + 1, kind, by[:120]],
        )
        act_id = int(cursor.fetchone()[0])
        cursor.execute(
            f"INSERT INTO digital_shelvedpage (act_id, page_key, {_ALL})"  # noqa: S608 -- names from the table above
            f" SELECT %s, id, {_ALL} FROM digital_page WHERE id = ANY(%s::bigint[])",
            [act_id, array(keys)],
        )
    return act_id


def reset(act_id: int, fields: Sequence[str]) -> dict[int, str]:
    """Give pages these fields as they were before the act; id → state."""
    sets = ", ".join(f"{field} = was.{field}" for field in fields)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE digital_page AS page SET {sets} FROM digital_shelvedpage AS was"  # noqa: S608 -- as above
            " WHERE was.act_id = %s AND page.id = was.page_key RETURNING page.id, page.state",
            [act_id],
        )
        return dict(cursor.fetchall())


def join(act_id: int, fields: Sequence[str], stood: Mapping[int, int], places: Mapping[int, int]) -> dict[int, str]:
    """As ``reset`` for pages that were cut, while all others go back to their places: each is written once."""
    moves = _moves(stood, places)
    moves += [(place, key) for key, place in places.items() if stood[key] == place]
    sets = ", ".join(
        f"{field} = CASE WHEN was.page_key IS NULL THEN page.{field} ELSE was.{field} END" for field in fields
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE digital_page AS page SET position = given.place, {sets}"  # noqa: S608 -- as above
            " FROM unnest(%s::bigint[], %s::int[]) AS given(id, place) LEFT JOIN digital_shelvedpage AS was"
            " ON was.act_id = %s AND was.page_key = given.id WHERE page.id = given.id"
            " AND (was.page_key IS NOT NULL OR page.position <> given.place)"
            " RETURNING page.id, page.state, was.page_key IS NOT NULL",
            [array(key for _place, key in moves), array(place for place, _key in moves), act_id],
        )
        return {key: state for key, state, remembered in cursor.fetchall() if remembered}


def put_back(act_id: int, object_id: int) -> list[tuple[int, int, str]]:
    """Pages that an act took out, as they were and where they stood; (id, seq, state). Their texts never went."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO digital_page (id, object_id, {_ALL})"  # noqa: S608 -- as above
            f" SELECT page_key, %s, {_ALL} FROM digital_shelvedpage WHERE act_id = %s RETURNING id, seq, state",
            [object_id, act_id],
        )
        pages: list[tuple[int, int, str]] = cursor.fetchall()
    return pages


def forget_acts(obj: DigitalObject, before: int) -> None:
    """Forget the acts up to this number, and the texts of pages that they removed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, kind = 'removed' FROM digital_pageact WHERE object_id = %s AND number <= %s", [obj.pk, before]
        )
        acts = dict(cursor.fetchall())
        if not acts:
            return
        if removals := [act_id for act_id, removed in acts.items() if removed]:
            cursor.execute(
                "DELETE FROM digital_pagetext AS text USING digital_shelvedpage AS was"
                " WHERE was.act_id = ANY(%s) AND text.page_id = was.page_key"
                " AND NOT EXISTS (SELECT FROM digital_page WHERE id = text.page_id)",
                [removals],
            )
        cursor.execute("DELETE FROM digital_shelvedpage WHERE act_id = ANY(%s)", [list(acts)])
        cursor.execute("DELETE FROM digital_pageact WHERE id = ANY(%s)", [list(acts)])
