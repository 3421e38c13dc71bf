"""Objects, their pages, their contents: the readers. They ask no rights; access.py does, before."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count, Q, Value
from django.db.models.functions import Coalesce

from lienthu.domain.digital.models import Collection as Collection_
from lienthu.domain.digital.models import DigitalObject, Erasure, Page, PageText, PageWork
from lienthu.domain.digital.problems import sentence_of


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the pages of an object are."""

    pages: int
    ready: int
    failed: int
    missing: int
    pictures_waiting: int
    texts_waiting: int
    texts_failed: int
    texts_done: int

    @property
    def scans(self) -> int:
        """Pages that have something to be shown."""
        return self.pages - self.missing

    @property
    def pictures(self) -> int:
        """Of those, the ones whose picture is made, or cannot be."""
        return self.scans - self.pictures_waiting

    @property
    def texts(self) -> int:
        """Of those, the ones whose text was looked for; of what cannot be shown there is none to be looked for."""
        return min(self.scans, self.texts_done + self.texts_failed + self.failed)

    @property
    def done(self) -> bool:
        """Whether nothing waits."""
        return not (self.pictures_waiting or self.texts_waiting)


def progress_of(object_id: int) -> Progress:
    """Counted from the tables: two queries."""
    pages = Page.objects.filter(object_id=object_id).aggregate(
        pages=Count("id"),
        ready=Count("id", filter=Q(state=Page.State.READY)),
        failed=Count("id", filter=Q(state=Page.State.FAILED)),
        missing=Count("id", filter=Q(state=Page.State.MISSING)),
    )
    waiting, picture, text = PageWork.State.WAITING, PageWork.Stage.PICTURE, PageWork.Stage.TEXT
    work = PageWork.objects.filter(object_id=object_id).aggregate(
        pictures_waiting=Count("id", filter=Q(state=waiting, stage=picture)),
        texts_waiting=Count("id", filter=Q(state=waiting, stage=text)),
        texts_failed=Count("id", filter=Q(state=PageWork.State.FAILED, stage=text)),
        texts_done=Count("id", filter=Q(state=PageWork.State.DONE, stage=text)),
    )
    return Progress(**pages, **work)


@dataclass(frozen=True, slots=True)
class Unread:
    """A page that cannot be shown: its number, the file it is made of, and why (a code of ``problems``)."""

    page: int
    file: str
    code: str

    def told(self) -> dict[str, object]:
        """As it stands in reports."""
        return {"page": self.page, "file": self.file, "code": self.code, "message": sentence_of(self.code)}


def pages_unread(object_id: int, *, most: int = 1000) -> list[Unread]:
    """The pages that cannot be shown, in their order: one query."""
    rows = Page.objects.filter(object_id=object_id, state=Page.State.FAILED).order_by("position")
    return [Unread(*row) for row in rows.values_list("seq", Coalesce("file__name", Value("")), "problem")[:most]]


def pages_of(object_id: int) -> list[Page]:
    """All pages in their order: one query."""
    return list(Page.objects.filter(object_id=object_id).order_by("position"))


def page_by_seq(obj: DigitalObject, seq: int) -> Page | None:
    """The page of that number, wherever it stands in the order."""
    return Page.objects.filter(object=obj, seq=seq).first()


def text_of(page_id: int, layer: str) -> PageText | None:
    """The text in force of a page, words and boxes included."""
    return PageText.objects.filter(page_id=page_id, layer=layer, current=True).first()


def objects_by_id(object_ids: Collection[int]) -> dict[int, DigitalObject]:
    """These objects with library and collection, as the policy wants them: one query."""
    return DigitalObject.objects.select_related("library", "collection").in_bulk(list(object_ids))


def records_of_objects(object_ids: Collection[int]) -> dict[int, int]:
    """Object id → id of its record, of those that have one: one query."""
    rows = DigitalObject.objects.filter(pk__in=list(object_ids), record_id__isnull=False)
    return {id_: record_id for id_, record_id in rows.values_list("pk", "record_id") if record_id is not None}


def objects_of_records(record_ids: Collection[int]) -> dict[int, int]:
    """Object id → id of its record, of what was digitised of these records: one query."""
    rows = DigitalObject.objects.filter(record_id__in=list(record_ids)).order_by("pk")
    return {id_: record_id for id_, record_id in rows.values_list("pk", "record_id") if record_id is not None}


def object_ids_after(after: int, limit: int) -> list[int]:
    """Ids of all objects in their order, to walk through them."""
    return list(DigitalObject.objects.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:limit])


def objects_of_libraries(library_ids: Collection[int]) -> list[int]:
    """Ids of the objects of these libraries."""
    return list(DigitalObject.objects.filter(library_id__in=library_ids).values_list("pk", flat=True))


def objects_of_collection(collection_id: int) -> list[int]:
    """Ids of the objects in this collection."""
    return list(DigitalObject.objects.filter(collection_id=collection_id).values_list("pk", flat=True))


def records_on_the_way(library_id: int, record_ids: Collection[int]) -> frozenset[int]:
    """Which of these records have an object of the library already, planned or digitised: one query."""
    rows = DigitalObject.objects.filter(library_id=library_id, record_id__in=list(record_ids))
    return frozenset(pk for pk in rows.values_list("record_id", flat=True) if pk is not None)


def records_of_erased(object_ids: Collection[int]) -> list[int]:
    """The catalogue records of objects that were erased, by the ids that these had: one query."""
    rows = Erasure.objects.filter(object_key__in=object_ids, record_id__isnull=False)
    return list(rows.values_list("record_id", flat=True))


def collection_names(codes: Collection[str]) -> dict[str, str]:
    """The names of collections by their codes. One query."""
    return dict(Collection_._default_manager.filter(code__in=codes).values_list("code", "name"))
