"""Many pages in one statement: what every act on pages writes with.

Ids and values go as one text each, and what an act will take back is kept by PostgreSQL itself: of 1,500 pages, a
parameter for each or their values through this process would be most of the time of an act (WFL-8).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson
from django.db import connection

from lienthu.domain.digital.models import DigitalObject, PageWork

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
TEXT = "layer, number, current, source, engine, text, content, words, confidence, by, at, placed, moved_from, follows"
"""The columns that a kept text has in common with a text in use."""
CUT = ("crop", "version", "state", "problem", "width", "height", "quality")
"""What changes when a page is cut in two, besides its place."""
KEPT = ("seq", "position", "label", "numbering", "closed", *PICTURE)
"""Everything of a page, for one that is removed."""


def array(values: Iterable[int]) -> str:
    """Whole numbers as PostgreSQL reads an array."""
    return "{" + ",".join(map(str, values)) + "}"


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


def remember(obj: DigitalObject, kind: str, fields: Sequence[str], keys: Iterable[int], by: str) -> int:
    """Begin to remember an act: these fields of these pages as they are now. The id of the act."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO digital_pageact (object_id, number, kind, detail, undo, before, at, by) SELECT %s, %s, %s,"  # noqa: S608 -- as above
            f" '{{}}', '{{}}', jsonb_agg(jsonb_build_array(id, {', '.join(fields)}) ORDER BY position),"
            " clock_timestamp(), %s FROM digital_page WHERE id = ANY(%s::bigint[]) RETURNING id",
            [obj.pk, obj.pages_version + 1, kind, by[:120], array(keys)],
        )
        return int(cursor.fetchone()[0])


def reset(act_id: int, fields: Sequence[str]) -> dict[int, str]:
    """Give pages the fields that an act remembers; id → state."""
    sets = ", ".join(f"{field} = {_cast(n, field)}" for n, field in enumerate(fields, 1))
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE digital_page AS page SET {sets}"  # noqa: S608 -- names from the table above
            " FROM (SELECT jsonb_array_elements(before) AS said FROM digital_pageact WHERE id = %s) AS was"
            " WHERE page.id = (was.said ->> 0)::bigint RETURNING page.id, page.state",
            [act_id],
        )
        return dict(cursor.fetchall())


def join(act_id: int, fields: Sequence[str], stood: Mapping[int, int], places: Mapping[int, int]) -> dict[int, str]:
    """As ``reset`` for pages that were cut, while all others go back to their places: each is written once."""
    moves = _moves(stood, places)
    moves += [(place, key) for key, place in places.items() if stood[key] == place]
    sets = ", ".join(
        f"{field} = CASE WHEN was.id IS NULL THEN page.{field} ELSE {_cast(n, field)} END"
        for n, field in enumerate(fields, 1)
        if field != "position"
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE digital_page AS page SET position = given.place, {sets}"  # noqa: S608 -- as above
            " FROM unnest(%s::bigint[], %s::int[]) AS given(id, place) LEFT JOIN (SELECT (said ->> 0)::bigint AS id,"
            " said FROM (SELECT jsonb_array_elements(before) AS said FROM digital_pageact WHERE id = %s) AS kept)"
            " AS was ON was.id = given.id WHERE page.id = given.id"
            " AND (was.id IS NOT NULL OR page.position <> given.place)"
            " RETURNING page.id, page.state, was.id IS NOT NULL",
            [array(key for _place, key in moves), array(place for place, _key in moves), act_id],
        )
        return {key: state for key, state, remembered in cursor.fetchall() if remembered}


def put_back(act_id: int, object_id: int) -> list[tuple[int, int, str]]:
    """Pages that an act took out, as they were and where they stood, with their texts; (id, seq, state)."""
    values = ", ".join(_cast(n, field) for n, field in enumerate(KEPT, 1))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO digital_page (id, object_id, {', '.join(KEPT)})"  # noqa: S608 -- as above
            f" SELECT (said ->> 0)::bigint, %s, {values}"
            " FROM (SELECT jsonb_array_elements(before) AS said FROM digital_pageact WHERE id = %s) AS was"
            " RETURNING id, seq, state",
            [object_id, act_id],
        )
        pages: list[tuple[int, int, str]] = cursor.fetchall()
        cursor.execute(
            f"INSERT INTO digital_pagetext (page_id, id, {TEXT})"  # noqa: S608 -- our own names
            f" SELECT page_key, text_key, {TEXT} FROM digital_shelvedtext WHERE act_id = %s",
            [act_id],
        )
    return pages


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


def unread(keys: Sequence[int], since: datetime) -> set[int]:
    """Which of these pages have no original text in force, or a text in force that is younger."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT page_id FROM digital_pagetext WHERE page_id = ANY(%s::bigint[]) AND current GROUP BY page_id"
            " HAVING bool_or(layer = 'original') AND max(at) <= %s",
            [array(keys), since],
        )
        return set(keys).difference(row[0] for row in cursor.fetchall())


def forget_work(keys: Sequence[int]) -> None:
    """Nothing is to be done for these pages."""
    if keys:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM digital_pagework WHERE page_id = ANY(%s::bigint[])", [array(keys)])


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


def forget_acts(obj: DigitalObject, before: int) -> None:
    """Forget the acts up to this number, and the texts that were kept for undoing them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM digital_shelvedtext WHERE act_id IN"
            " (SELECT id FROM digital_pageact WHERE object_id = %s AND number <= %s)",
            [obj.pk, before],
        )
        cursor.execute("DELETE FROM digital_pageact WHERE object_id = %s AND number <= %s", [obj.pk, before])


_WRITTEN = "source IN ('corrected', 'typed')"  # by a person: what a machine read is read again
_COPIED = (
    "layer, row_number() OVER (PARTITION BY half.other, layer ORDER BY number), false, source, engine, text, content,"
    " words, confidence, by, now(), placed, NULL, true"
)


def part_texts(halves: Mapping[int, int]) -> list[int]:
    """Take the texts of cut pages out of force; what people wrote waits, for both halves (page id → the other's).

    The ids of the texts that were in force.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM digital_pagetext WHERE page_id = ANY(%s::bigint[]) AND current ORDER BY id", [array(halves)]
        )
        texts = [row[0] for row in cursor.fetchall()]
        cursor.execute(
            f"INSERT INTO digital_pagetext (page_id, {TEXT}) SELECT half.other, {_COPIED}"  # noqa: S608 -- our own names
            " FROM unnest(%s::bigint[], %s::bigint[]) AS half(page, other) JOIN digital_pagetext ON page_id = half.page"
            f" WHERE (current OR follows) AND {_WRITTEN}",
            [array(halves), array(halves.values())],
        )
        cursor.execute(
            f"UPDATE digital_pagetext SET current = false, follows = {_WRITTEN}"  # noqa: S608 -- our own names
            " WHERE page_id = ANY(%s::bigint[]) AND (current OR follows)",
            [array(halves)],
        )
    return texts


def bring_texts_back(keys: Sequence[int], since: datetime) -> None:
    """Where a text was carried to a picture that is no more, put the one in force that it was carried from."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE digital_pagetext SET current = false WHERE page_id = ANY(%s::bigint[]) AND current AND at > %s"
            " AND moved_from IS NOT NULL RETURNING page_id, layer, moved_from",
            [array(keys), since],
        )
        if back := cursor.fetchall():
            cursor.execute(
                "UPDATE digital_pagetext AS text SET current = true, follows = false FROM unnest(%s::bigint[],"
                " %s::varchar[], %s::int[]) AS back(page, layer, number) WHERE text.page_id = back.page"
                " AND text.layer = back.layer AND text.number = back.number",
                [list(column) for column in zip(*back, strict=True)],
            )


def put_in_force(texts: Sequence[int]) -> None:
    """These versions of texts, and no others of their pages."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE digital_pagetext SET current = false WHERE current AND page_id IN"
            " (SELECT page_id FROM digital_pagetext WHERE id = ANY(%s::bigint[]))",
            [array(texts)],
        )
        cursor.execute(
            "UPDATE digital_pagetext SET current = true, follows = false WHERE id = ANY(%s::bigint[])", [array(texts)]
        )


def remove(keys: Sequence[int]) -> None:
    """Delete pages with their work and texts; lines of the contents stay, without a page."""
    with connection.cursor() as cursor:
        for statement in (
            "UPDATE digital_section SET page_id = NULL WHERE page_id = ANY(%s::bigint[])",
            "DELETE FROM digital_pagework WHERE page_id = ANY(%s::bigint[])",
            "DELETE FROM digital_pagetext WHERE page_id = ANY(%s::bigint[])",
            "DELETE FROM digital_page WHERE id = ANY(%s::bigint[])",
        ):
            cursor.execute(statement, [array(keys)])


def shelve(act_id: int, keys: Sequence[int]) -> None:
    """Keep the texts of pages that are about to go, with the act that takes them out."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO digital_shelvedtext (act_id, page_key, text_key, {TEXT})"  # noqa: S608 -- our own names
            f" SELECT %s, page_id, id, {TEXT} FROM digital_pagetext WHERE page_id = ANY(%s::bigint[])",
            [act_id, array(keys)],
        )
