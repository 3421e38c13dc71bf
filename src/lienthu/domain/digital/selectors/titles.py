"""Title by title, how far the work is: what is listed, printed and taken along as a table. Rule WFL-18."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Max, Q

from lienthu.domain.digital.models import DigitalObject, Page, StageMove
from lienthu.domain.digital.policy import Reader
from lienthu.domain.digital.selectors.board import Filters, chosen, ends_of


@dataclass(frozen=True, slots=True)
class Title:
    """One title: the object with library, project and who does it, its pages, since when it stands at its stage."""

    object: DigitalObject
    pages: int
    missing: int
    since: datetime
    ends: date | None

    def late(self, today: date) -> bool:
        """Whether it is overdue."""
        return self.ends is not None and self.ends < today and self.object.stage != "published"


def titles(reader: Reader, filters: Filters, *, after: int | None = None, size: int = 100) -> list[Title]:
    """Titles in the order in which they came to the board, those behind ``after``: three queries."""
    rows = chosen(reader, filters).select_related("library", "project", "assignee").order_by("pk")
    if after is not None:
        rows = rows.filter(pk__gt=after)
    found = list(rows[:size])
    ids = [obj.pk for obj in found]
    since = dict(StageMove.objects.filter(object__in=ids).values_list("object_id").annotate(at=Max("at")))
    pages = {
        row["object_id"]: row
        for row in Page.objects.filter(object__in=ids)
        .values("object_id")
        .annotate(n=Count("pk"), missing=Count("pk", filter=Q(state=Page.State.MISSING)))
    }
    return [
        Title(
            obj,
            pages[obj.pk]["n"] if obj.pk in pages else 0,
            pages[obj.pk]["missing"] if obj.pk in pages else 0,
            since.get(obj.pk, obj.created_at),
            ends_of(obj),
        )
        for obj in found
    ]


def every_title(reader: Reader, filters: Filters, *, size: int = 1000) -> Iterator[list[Title]]:
    """All of them, a part at a time."""
    after: int | None = None
    while found := titles(reader, filters, after=after, size=size):
        yield found
        after = found[-1].object.pk
