"""An object as a file to take away: its text as ALTO, hOCR or plain text, or a searchable PDF/A. Rule DIG-8.

Asked through the one door: what the reader may not take is refused, and pages closed to the reader are left out.
Written piece by piece, a few pages in memory at a time. Whether the reader still may is asked all the way: a file that
is being sent when its object is taken down ends there (RGT-15).
"""

from __future__ import annotations

import io
import re
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import TYPE_CHECKING, Final

import pyvips
from django.utils import timezone

from lienthu.domain.digital import store
from lienthu.domain.digital.access import Opened, open_object
from lienthu.domain.digital.errors import NoSuchObject, NotPrepared
from lienthu.domain.digital.models import Layer, MasterFile, Page, Section
from lienthu.domain.digital.pictures import LOSSES, watermark_fonts
from lienthu.domain.digital.policy import Act
from lienthu.domain.digital.scans import Scans
from lienthu.domain.digital.selectors.describing import description_of
from lienthu.domain.digital.selectors.objects import page_by_seq, pages_of
from lienthu.domain.digital.selectors.texts import texts_of_pages
from lienthu.foundation.imaging.render import encoded, pixels
from lienthu.foundation.imaging.request import Region, Size
from lienthu.foundation.imaging.tiles import NotPyramid, Pyramid
from lienthu.foundation.imaging.watermark import marked
from lienthu.foundation.pagetext.alto import write_alto
from lienthu.foundation.pagetext.hocr import write_hocr
from lienthu.foundation.pagetext.model import PageText
from lienthu.foundation.pagetext.pdfa.write import About, PdfPage, write_pdfa
from lienthu.foundation.pagetext.plain import write_plain
from lienthu.foundation.vietnamese.fold import fold
from lienthu.platform.services.epoch import epoch

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

_AT_ONCE: Final = 25
_ASKED_EVERY: Final = 2.0  # seconds; at once where anybody did anything on this machine
_LONGEST: Final = 3600  # pixels of a page in a PDF: A4 at 300 dpi
_DPI: Final = 200.0  # where none is known
_QUALITY: Final = 80


class Form(StrEnum):
    """What an object can be taken away as."""

    ALTO = "alto"
    HOCR = "hocr"
    TXT = "txt"
    PDF = "pdf"


_FILES: Final = {
    Form.ALTO: ("-alto.zip", "application/zip"),
    Form.HOCR: (".hocr.html", "text/html; charset=utf-8"),
    Form.TXT: (".txt", "text/plain; charset=utf-8"),
    Form.PDF: (".pdf", "application/pdf"),
}


@dataclass(frozen=True, slots=True)
class Export:
    """A file to be sent or saved; ``pieces`` can be taken once."""

    name: str
    media_type: str
    pieces: Iterator[bytes]


def export_of(opened: Opened, form: Form, *, layer: Layer = Layer.ORIGINAL) -> Export:
    """The object in that form. Raises AccessDenied where the reader may not take it away, NotPrepared for a PDF of
    pages whose pictures are not there."""
    opened.require(Act.DOWNLOAD)
    pages = [page for page in pages_of(opened.object.pk) if opened.may(Act.DOWNLOAD, page)]
    suffix, media_type = _FILES[form]
    return Export(
        _name(opened.object.title, opened.object.public_id) + suffix, media_type, _PIECES[form](opened, pages, layer)
    )


def _name(title: str, public_id: str) -> str:
    """A name that every system can save: plain letters of the title, then the public id."""
    plain = re.sub(r"[^a-z0-9]+", "-", fold(title))[:60].strip("-")
    return f"{plain}-{public_id}" if plain else public_id


class _Watch:
    """Asks again, while a file is being sent, whether its reader may have it."""

    def __init__(self, opened: Opened) -> None:
        self._opened = opened
        self._number, self._asked = epoch().read(), time.monotonic()

    def require(self, page: Page) -> None:
        """Raises AccessDenied, NoSuchObject as soon as the rest may not be had, this page or the whole."""
        number, at = epoch().read(), time.monotonic()
        if number == self._number and at - self._asked < _ASKED_EVERY:
            return
        self._number, self._asked = number, at
        now = open_object(self._opened.object.public_id, self._opened.reader)
        now.require(Act.DOWNLOAD)
        fresh = page_by_seq(now.object, page.seq)
        if fresh is None or fresh.version != page.version:
            raise NoSuchObject(
                now.object.public_id
            )  # taken out, cut or replaced meanwhile: what was begun with shows too much
        now.require(Act.DOWNLOAD, fresh)


def _texts(opened: Opened, pages: list[Page], layer: Layer) -> Iterator[tuple[Page, PageText]]:
    """Every page with its text in force, an empty one where there is none."""
    rest, watch = iter(pages), _Watch(opened)
    while some := list(islice(rest, _AT_ONCE)):
        texts = texts_of_pages([page.pk for page in some], [layer], content=True)
        for page in some:
            watch.require(page)
            found = texts.get(page.pk)
            yield page, found[0].words() if found else PageText(max(1, page.width), max(1, page.height))


def _alto(opened: Opened, pages: list[Page], layer: Layer) -> Iterator[bytes]:
    """A ZIP with one ALTO file a page, named by place in the object and the page's own number."""
    sink = _Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for page, text in _texts(opened, pages, layer):
            image = f"{opened.object.public_id}.{page.seq}"
            archive.writestr(f"{page.position:05d}-{page.seq}.xml", write_alto(text, image=image, number=page.position))
            yield sink.taken()
    yield sink.taken()


def _hocr(opened: Opened, pages: list[Page], layer: Layer) -> Iterator[bytes]:
    images = [f"{opened.object.public_id}.{page.seq}" for page in pages]
    texts = (text for _, text in _texts(opened, pages, layer))
    return (piece.encode() for piece in write_hocr(texts, title=opened.object.title, images=images))


def _plain(opened: Opened, pages: list[Page], layer: Layer) -> Iterator[bytes]:
    return (piece.encode() for piece in write_plain(text for _, text in _texts(opened, pages, layer)))


def _pdf(opened: Opened, pages: list[Page], layer: Layer) -> Iterator[bytes]:
    obj, rights = opened.object, opened.facts.rights
    pages = [page for page in pages if page.state == Page.State.READY and page.width and page.height]
    if not pages or not all(store.picture_of(page, obj.public_id).exists() for page in pages):
        raise NotPrepared
    index = {page.pk: n for n, page in enumerate(pages)}
    sections = Section.objects.filter(object=obj, page__in=index).order_by("position").values_list("title", "page_id")
    about = About(
        title=obj.title,
        author="; ".join(description_of(obj).get("creator", ())),
        languages=list(obj.languages) or ["vie"],
        made=timezone.now().replace(microsecond=0),
        contents=[(title, index[page_id]) for title, page_id in sections if page_id is not None],
    )
    mark = obj.library.name if rights is not None and rights.watermark else ""
    return write_pdfa(_pdf_pages(opened, pages, layer, mark), about)


def _pdf_pages(opened: Opened, pages: list[Page], layer: Layer, mark: str) -> Iterator[PdfPage]:
    obj = opened.object
    files = MasterFile.objects.in_bulk({page.file_id for page in pages if page.file_id is not None})
    with Scans(obj, longest=_LONGEST) as scans:
        for page, text in _texts(opened, pages, layer):
            file = files.get(page.file_id or 0)
            scan = scans.of(page, file) if file is not None and not mark else None
            if scan is not None:
                yield PdfPage(scan, float(page.quality.get("dpi") or _DPI), text, page.label)
            else:
                yield _drawn(page, text, obj.public_id, mark)


def _drawn(page: Page, text: PageText, public_id: str, mark: str) -> PdfPage:
    """The picture anew from the pyramid: a master may hold what is not for readers (place, time, another picture)."""
    path = store.picture_of(page, public_id)
    scale = min(1.0, _LONGEST / max(page.width, page.height))
    size = Size(max(1, round(page.width * scale)), max(1, round(page.height * scale)))
    dpi = float(page.quality.get("dpi") or _DPI) * scale
    try:
        image = pixels(path, Pyramid.read(path), Region(0, 0, page.width, page.height), size)
        if mark:
            image = marked(image, mark, watermark_fonts())
        return PdfPage(encoded(image, "jpg", quality=_QUALITY), dpi, text, page.label)
    except (NotPyramid, OSError, pyvips.Error) as fault:
        LOSSES.tell(public_id, page.seq, page.version, str(fault).strip())
        raise NotPrepared from fault


class _Sink(io.RawIOBase):
    """Where a ZIP is written to that is sent while it is made."""

    def __init__(self) -> None:
        self._held: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: ReadableBuffer) -> int:
        held = bytes(data)
        self._held.append(held)
        return len(held)

    def taken(self) -> bytes:
        data, self._held = b"".join(self._held), []
        return data


_PIECES: Final = {Form.ALTO: _alto, Form.HOCR: _hocr, Form.TXT: _plain, Form.PDF: _pdf}
