"""The texts in force of many pages at once: for search inside and for the page index. They ask no rights."""

from __future__ import annotations

import zlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from django.db.models import Exists, OuterRef, Q

from lienthu.domain.digital.models import Page, PageText
from lienthu.foundation.pagetext.model import PageText as Words


@dataclass(frozen=True, slots=True)
class TextRow:
    """One layer of a page, plain. ``content`` only where it was asked for."""

    page_id: int
    layer: str
    source: str
    text: str
    content: bytes = b""

    def words(self) -> Words:
        """The words with their boxes."""
        return Words.from_json(self.value())

    def value(self) -> Mapping[str, Any]:
        """The same as the JSON value it is kept as: much quicker where only a few numbers are wanted."""
        value: Mapping[str, Any] = orjson.loads(zlib.decompress(self.content))
        return value


def texts_of_pages(
    page_ids: Collection[int], layers: Collection[str] = (), *, content: bool = False
) -> dict[int, list[TextRow]]:
    """Page id → its texts in force, original first (then transcription, translation): one query."""
    rows = PageText.objects.filter(page_id__in=page_ids, current=True)
    if layers:
        rows = rows.filter(layer__in=layers)
    fields = ["page_id", "layer", "source", "text", *(["content"] if content else [])]
    out: dict[int, list[TextRow]] = {}
    for values in rows.order_by("page_id", "layer").values_list(*fields):
        row = TextRow(values[0], values[1], values[2], values[3], bytes(values[4]) if content else b"")
        out.setdefault(row.page_id, []).append(row)
    return out


def pages_with_text(
    object_id: int, *, among: Collection[int] | None = None, after: int = -1, most: int | None = None
) -> list[Page]:
    """The pages of an object that have a text in force, in their order: one query.

    ``among``: of these pages only, with or without text. ``after`` a position; ``most``: so many at once.
    """
    pages = Page.objects.filter(object_id=object_id, position__gt=after).order_by("position")
    if among is None:
        pages = pages.filter(Exists(PageText.objects.filter(page_id=OuterRef("pk"), current=True)))
    else:
        pages = pages.filter(pk__in=list(among))
    return list(pages[:most])


def page_ids_of(object_id: int) -> list[int]:
    """The ids of all pages of an object: one query."""
    return list(Page.objects.filter(object_id=object_id).values_list("pk", flat=True))


def pages_by_id(page_ids: Collection[int]) -> dict[int, Page]:
    """These pages: one query."""
    return Page.objects.in_bulk(list(page_ids))


def page_ids_with_text(object_ids: Collection[int]) -> dict[int, dict[int, bool]]:
    """Object id → its pages that have a text in force, each with whether it is closed: one query."""
    out: dict[int, dict[int, bool]] = {id_: {} for id_ in object_ids}
    rows = Page.objects.filter(object_id__in=object_ids).filter(
        Exists(PageText.objects.filter(page_id=OuterRef("pk"), current=True))
    )
    for object_id, page_id, closed in rows.order_by("pk").values_list("object_id", "pk", "closed"):
        out[object_id][page_id] = closed
    return out


def closed_among(page_ids: Collection[int], object_ids: Collection[int]) -> list[Page]:
    """Which of these pages, and of the pages of these objects, are closed: one query."""
    return list(Page.objects.filter(Q(pk__in=page_ids) | Q(object_id__in=object_ids), closed=True))
