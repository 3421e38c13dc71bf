"""An object as its rows tell it at one moment: what goes into the store beside the masters.

metadata/lienthu.json            every row of the object: what this system needs to have it again
metadata/mets.xml                the same for other systems, as far as METS and PREMIS have words for it
text/<page>-<layer>-<n>.json     words and boxes of one version of a page's text; a version never changes
alto/<page>-<layer>-<n>.xml      the text in force, for other systems (ALTO 4)
"""

from __future__ import annotations

import zlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any, Final

import orjson
from django.db.models import Count, Max, Model

from lienthu.domain.digital.description import Elements
from lienthu.domain.digital.models import (
    DigitalObject,
    MasterFile,
    Page,
    PageText,
    PageWork,
    RightsRecord,
    Section,
    StageMove,
    Takedown,
)
from lienthu.domain.digital.preservation.rows import Names, Told, ordered, tell
from lienthu.domain.digital.selectors.describing import description_of, told_records

FORMAT: Final = 1
TOLD: Final = "metadata/lienthu.json"
METS: Final = "metadata/mets.xml"
TEXTS: Final = "text/"
NOT_TOLD: Final = frozenset({"preserved_version", "title_words"})
"""Columns of an object that say something of the store itself, or only what another column says."""
OF_TEXT: Final = frozenset({"page", "text", "content"})


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What is told of an object, and the moment by which to see whether it has changed since."""

    object: DigitalObject
    told: Told
    stamp: tuple[Any, ...]
    described: Elements
    record: int  # the revision of the catalogue record that ``described`` rests on; 0: none

    def dumps(self) -> bytes:
        """As lienthu.json: readable by a person, the same rows giving the same bytes."""
        return orjson.dumps(self.told, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS) + b"\n"


def text_path(seq: int, layer: str, number: int) -> str:
    """Where a version of a text lies in the object."""
    return f"{TEXTS}{seq:05d}-{layer}-{number}.json"


def stamp_of(object_id: int) -> tuple[Any, ...]:
    """Changes when any row of the object does: every act raises the version, texts have numbers of their own."""
    version = DigitalObject.objects.values_list("version", flat=True).get(pk=object_id)
    texts = PageText.objects.filter(page__object_id=object_id).aggregate(n=Count("pk"), last=Max("pk"))
    return (version, texts["n"], texts["last"])


def take(object_id: int) -> Snapshot:
    """The rows of an object, all of one moment: taken again when somebody wrote in between."""
    for _ in range(5):
        stamp = stamp_of(object_id)
        obj = DigitalObject.objects.select_related("library", "collection").get(pk=object_id)
        try:
            told, described, record = _told(obj), description_of(obj), told_records([obj]).get(obj.pk, 0)
        except KeyError:  # a page came between two statements
            continue
        if stamp_of(object_id) == stamp:
            return Snapshot(obj, told, stamp, described, record)
    raise Busy(f"{obj.public_id} is being written to all the time")


class Busy(Exception):
    """The rows changed each time they were read. Later."""


def _told(obj: DigitalObject) -> Told:
    names = Names()
    files = list(MasterFile.objects.filter(object=obj).order_by("path"))
    paths = {file.pk: file.path for file in files}
    pages = list(Page.objects.filter(object=obj).order_by("seq"))
    seqs = {page.pk: page.seq for page in pages}
    return {
        "format": FORMAT,
        "object": tell(obj, names, without=NOT_TOLD),
        "files": ordered(files, names, without={"object"}),
        "pages": [
            tell(page, names, without={"object", "file"}) | {"file": paths[page.file_id] if page.file_id else None}
            for page in pages
        ],
        "sections": [
            tell(row, names, without={"object", "page"}) | {"page": seqs[row.page_id] if row.page_id else None}
            for row in Section.objects.filter(object=obj).order_by("position")
        ],
        "work": [
            tell(row, names, without={"object", "page", "leased_until"}) | {"page": seqs[row.page_id]}
            for row in PageWork.objects.filter(object=obj).order_by("page__seq", "stage")
        ],
        "texts": [_told_of_text(row, seqs[row.page_id], names) for row in _texts(obj)],
        "rights": _all(RightsRecord, obj, names, "number"),
        "moves": _all(StageMove, obj, names, "pk"),
        "takedowns": _all(Takedown, obj, names, "pk"),
    }


def _texts(obj: DigitalObject) -> Iterator[PageText]:
    rows = PageText.objects.filter(page__object=obj).defer("text", "content")
    return rows.order_by("page__seq", "layer", "number").iterator(chunk_size=2000)


def _told_of_text(row: PageText, seq: int, names: Names) -> Told:
    told = tell(row, names, without=OF_TEXT)
    return told | {"page": seq, "path": text_path(seq, row.layer, row.number)}


def _all(model: type[Model], obj: DigitalObject, names: Names, order: str) -> list[Told]:
    return ordered(model._default_manager.filter(object=obj).order_by(order), names, without={"object"})


def contents(object_id: int, paths: Collection[str]) -> Iterator[tuple[str, bytes]]:
    """The words of the texts that lie at these paths, one after the other."""
    rows = PageText.objects.filter(page__object_id=object_id).select_related("page").defer("text")
    for row in rows.order_by("page__seq", "layer", "number").iterator(chunk_size=200):
        path = text_path(row.page.seq, row.layer, row.number)
        if path in paths:
            yield path, zlib.decompress(row.content)
