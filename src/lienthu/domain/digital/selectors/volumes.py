"""A whole volume in few queries: pages as plain rows, contents, which pages have text. Rights are asked before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import NamedTuple

from django.db.models import Max, QuerySet

from lienthu.domain.digital.access import Opened
from lienthu.domain.digital.models import Page, PageText, RightsRecord, Section
from lienthu.domain.digital.policy import Act


class PageLine(NamedTuple):
    """What lists of pages show of one page."""

    pk: int
    seq: int
    position: int
    label: str
    numbering: str
    state: str
    closed: bool
    width: int
    height: int
    version: int

    @property
    def ready(self) -> bool:
        """Whether it has a picture."""
        return self.state == Page.State.READY and self.width > 0 and self.height > 0

    @property
    def missing(self) -> bool:
        """Whether the original lacks it."""
        return self.state == Page.State.MISSING


class Entry(NamedTuple):
    """One entry of the contents; ``seq`` of its first page, None where nobody said which."""

    pk: int
    level: int
    title: str
    seq: int | None
    issued: date | None


@dataclass(frozen=True)
class Volume:
    """Pages in their order, contents in theirs, and the layers of text by page."""

    pages: tuple[PageLine, ...]
    contents: tuple[Entry, ...]
    texts: dict[int, tuple[str, ...]]

    @cached_property
    def index(self) -> dict[int, int]:
        """Place in ``pages`` by page number."""
        return {page.seq: place for place, page in enumerate(self.pages)}

    @cached_property
    def usual_size(self) -> tuple[int, int]:
        """The middle size of the pages that have one, for those that have none."""
        sizes = sorted((p.width, p.height) for p in self.pages if p.ready)
        return sizes[len(sizes) // 2] if sizes else (1000, 1414)

    def span(self, place: int) -> Sequence[PageLine]:
        """The pages of an entry of the contents: up to where the next one of its level or above begins."""
        entry = self.contents[place]
        if entry.seq is None or entry.seq not in self.index:
            return ()
        first = self.index[entry.seq]
        for later in self.contents[place + 1 :]:
            if later.level <= entry.level and later.seq is not None and later.seq in self.index:
                return self.pages[first : max(self.index[later.seq], first + 1)]
        return self.pages[first:]

    def issues(self) -> Iterator[tuple[int, date]]:
        """Page number and date of the issues of a newspaper."""
        return ((e.seq, e.issued) for e in self.contents if e.issued is not None and e.seq is not None)


def volume_of(object_id: int) -> Volume:
    """Everything that a manifest or a reader needs to know of the pages: three queries, whatever the volume's size."""
    pages = tuple(map(PageLine._make, page_lines(object_id)))
    contents = tuple(
        map(
            Entry._make,
            Section.objects.filter(object_id=object_id)
            .order_by("position")
            .values_list("pk", "level", "title", "page__seq", "issued"),
        )
    )
    texts: dict[int, list[str]] = {}
    rows = PageText.objects.filter(page__object_id=object_id, current=True, words__gt=0)
    for page_id, layer in rows.values_list("page_id", "layer"):
        texts.setdefault(page_id, []).append(layer)
    return Volume(pages, contents, {page_id: tuple(layers) for page_id, layers in texts.items()})


def volume_for(opened: Opened) -> Volume:
    """The volume as this reader meets it: of closed pages neither labels nor headings, which may name people (RGT-14),
    nor sizes (IMG-8), nor the dates of the issues that begin there.

    Pages and entries keep their places. Three queries, whatever the volume's size.
    """
    volume = volume_of(opened.object.pk)
    closed = {page.seq for page in volume.pages if page.closed}
    if not closed or opened.may(Act.WORK):
        return volume
    return Volume(
        tuple(page._replace(label="", width=0, height=0) if page.closed else page for page in volume.pages),
        tuple(entry._replace(title="", issued=None) if entry.seq in closed else entry for entry in volume.contents),
        volume.texts,
    )


def page_lines(object_id: int) -> QuerySet[Page, tuple[int, int, int, str, str, str, bool, int, int, int]]:
    """The rows of ``PageLine`` in page order."""
    return (
        Page.objects.filter(object_id=object_id)
        .order_by("position")
        .values_list("pk", "seq", "position", "label", "numbering", "state", "closed", "width", "height", "version")
    )


def newest_text(object_id: int) -> int:
    """A number that rises whenever a page of the volume gets another text: for keys of caches."""
    found = PageText.objects.filter(page__object_id=object_id).aggregate(newest=Max("id"))["newest"]
    return found or 0


def rights_of(object_id: int) -> RightsRecord | None:
    """The rights record that counts."""
    return RightsRecord.objects.filter(object_id=object_id).order_by("-number").first()


def covers_of(object_ids: Sequence[int]) -> dict[int, PageLine]:
    """The first page with a picture that is open, by object: one query."""
    rows = (
        Page.objects.filter(object_id__in=object_ids, state=Page.State.READY, closed=False, width__gt=0)
        .order_by("object_id", "position")
        .distinct("object_id")
        .values_list("object_id", *PageLine._fields)
    )
    return {row[0]: PageLine._make(row[1:]) for row in rows}
