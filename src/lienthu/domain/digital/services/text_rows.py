"""The texts of many pages in one statement: taken out of force, carried along, put in force again (WFL-8, WFL-20)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import connection

from lienthu.platform.number_lists import array

_COLUMNS = (
    "layer, number, current, source, engine, text, content, words, confidence, by, at, placed, moved_from, follows"
)
"""Of a text, all but the page it is of."""
_WRITTEN = "source IN ('corrected', 'typed')"  # by a person: what a machine read is read again
_COPIED = (
    "layer, row_number() OVER (PARTITION BY half.other, layer ORDER BY number), false, source, engine, text, content,"
    " words, confidence, by, now(), placed, NULL, true"
)


_ON_ITS_PICTURE = (
    "placed ->> 'of' = coalesce(file.path || '#' || page.frame, '') AND (placed ->> 'rotation')::int = page.rotation"
    " AND placed -> 'crop' = coalesce(page.crop, 'null'::jsonb)"
)
"""Whether the boxes of a text stand on the picture that its page has now (`framing_of`)."""


def unread(keys: Sequence[int], since: datetime) -> set[int]:
    """Which of these pages have no original text in force, or one in force that stands on another picture.

    Of a text that does not say where it stands, one that is younger than ``since`` is taken for such.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT page_id FROM digital_pagetext AS text JOIN digital_page AS page ON page.id = page_id"  # noqa: S608 -- ours
            " LEFT JOIN digital_masterfile AS file ON file.id = page.file_id"
            " WHERE page_id = ANY(%s::bigint[]) AND current GROUP BY page_id HAVING bool_or(layer = 'original')"
            f" AND bool_and(CASE WHEN placed IS NULL THEN at <= %s ELSE {_ON_ITS_PICTURE} END)",
            [array(keys), since],
        )
        return set(keys).difference(row[0] for row in cursor.fetchall())


def put_readings_aside(keys: Sequence[int]) -> list[int]:
    """Take what machines read on these pages out of force; the ids of those texts."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE digital_pagetext SET current = false WHERE page_id = ANY(%s::bigint[]) AND current"  # noqa: S608 -- our own names
            f" AND NOT {_WRITTEN} RETURNING id",
            [array(keys)],
        )
        return sorted(row[0] for row in cursor.fetchall())


def put_readings_back(texts: Sequence[int]) -> None:
    """These readings of machines instead of later ones; what people wrote meanwhile stays in force."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE digital_pagetext AS later SET current = false FROM digital_pagetext AS text"  # noqa: S608 -- our own names
            " WHERE text.id = ANY(%s::bigint[]) AND later.page_id = text.page_id AND later.layer = text.layer"
            f" AND later.current AND NOT later.{_WRITTEN}",
            [array(texts)],
        )
        cursor.execute(
            "UPDATE digital_pagetext AS text SET current = true WHERE id = ANY(%s::bigint[]) AND NOT EXISTS (SELECT"
            " FROM digital_pagetext AS other WHERE other.page_id = text.page_id AND other.layer = text.layer"
            " AND other.current)",
            [array(texts)],
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
            f"INSERT INTO digital_pagetext (page_id, {_COLUMNS}) SELECT half.other, {_COPIED}"  # noqa: S608 -- our own names
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
