"""Load the sample volumes through the same doors as real ones: intake, acts on pages, rights, publication."""

from __future__ import annotations

import logging
import os
import tempfile
import time
from collections.abc import Callable, Collection, Iterator
from itertools import groupby
from pathlib import Path
from typing import Final

from django.conf import settings

from lienthu.domain.catalog.models import BibRecord
from lienthu.domain.digital.models import DigitalObject, Kind, Layer, OwnerGroup, Page
from lienthu.domain.digital.paging.arranging import Entry as Heading
from lienthu.domain.digital.policy import Concern, Status
from lienthu.domain.digital.services import paging, pipeline, publishing
from lienthu.domain.digital.services.collecting import open_collection
from lienthu.domain.digital.services.gathering import gathered
from lienthu.domain.digital.services.intake import Description, take_in
from lienthu.domain.digital.services.texts import set_text
from lienthu.domain.network.selectors import library_by_code
from lienthu.faces.cli.sample.volumes.build import KEYS, build_volumes
from lienthu.faces.cli.sample.volumes.model import AlignedLine, SampleVolume
from lienthu.foundation.pagetext.model import Block, Line, PageText, Word
from lienthu.platform.actor import Actor

ACTOR: Final = Actor.system("sample")
_log = logging.getLogger(__name__)
_KINDS: Final = {
    "book": Kind.BOOK,
    "newspaper": Kind.NEWSPAPER,
    "map": Kind.MAP,
    "manuscript": Kind.MANUSCRIPT,
    "hannom": Kind.MANUSCRIPT,
    "document": Kind.DOCUMENT,
    "learning": Kind.DOCUMENT,
}
_STATUSES: Final = {
    "official_text": Status.OFFICIAL,
    "public_domain": Status.PUBLIC_DOMAIN,
    "own_work": Status.LICENSED,
    "in_copyright": Status.IN_COPYRIGHT,
}
_COLLECTIONS: Final = {
    "Văn bản của tỉnh": "van-ban-tinh",
    "Địa chí Quảng Ninh": "dia-chi",
    "Hán-Nôm": "han-nom",
    "Báo chí địa phương": "bao-dia-phuong",
    "Bản đồ": "ban-do",
    "Văn học Quảng Ninh": "van-hoc",
    "Học liệu mở": "hoc-lieu-mo",
    "Tài liệu nội sinh": "noi-sinh-luc-luong-vu-trang",
}
_TURN: Final = 3.0  # seconds of work on pages between two looks at what can be published


def load_volumes(
    keys: Collection[str] = KEYS,
    *,
    seconds: float | None = None,
    progress: Callable[[str], None] = lambda line: None,
) -> bool:
    """Take the sample volumes of those keys in and publish them; what is there already is left alone.

    Without ``seconds`` the text of every page is recognised before it returns. With them it stops soon after, and
    returns False while a volume cannot be looked at yet: call it again. A call after one that was killed goes on where
    that one ended; text is what the usual turns of the worker do last.
    """
    until = None if seconds is None else time.monotonic() + seconds
    for key in [k for k in KEYS if k in keys]:
        obj = _object_of(key)
        if obj is not None and obj.rights.exists():
            continue
        if until is not None and time.monotonic() > until:
            return False
        with tempfile.TemporaryDirectory(prefix="lienthu-sample-") as folder:
            (volume,) = build_volumes(Path(folder), packages=settings.BASE_DIR / "node_modules", keys=[key])
            obj = obj or _taken_in(volume)
        _arrange(volume, obj)
        _state_rights(volume, obj)
        progress(f"{volume.library:<12} {volume.key:<40} {volume.pages} pages")
    if until is None:
        pipeline.run(workers=os.cpu_count() or 1)
        return _publish_what_is_ready() == 0
    while waiting := _publish_what_is_ready():
        if time.monotonic() > until:
            return False
        pipeline.run(workers=max(1, (os.cpu_count() or 2) - 1), seconds=_TURN)
    return waiting == 0


def _identifier(key: str) -> str:
    return f"lienthu:mau:{key}"


def _object_of(key: str) -> DigitalObject | None:
    return DigitalObject.objects.filter(sample=True, description__identifier=[_identifier(key)]).first()


def _taken_in(volume: SampleVolume) -> DigitalObject:
    library = library_by_code(volume.library)
    record = None
    if volume.record:
        found = BibRecord.objects.filter(library=library, source__code="main", control_number=volume.record)
        record = found.values_list("pk", flat=True).first()
    owner = OwnerGroup(volume.owner)
    description = Description(
        title=f"{volume.dc.title}: {volume.dc.subtitle}" if volume.dc.subtitle else volume.dc.title,
        record_id=record,
        kind=_KINDS[volume.material],
        languages=volume.ocr_languages,
        dublin_core=_dublin_core(volume),
        collection=open_collection(
            _COLLECTIONS[volume.collection],
            volume.collection,
            library=library,
            owner_group=owner,
            sample=True,
            actor=ACTOR,
        ),
        right_to_left=volume.right_to_left,
        sample=True,
    )
    with gathered(volume.path) as gathering:
        return take_in(gathering.files, description, library=library, actor=ACTOR, allow_again=True)


def _dublin_core(volume: SampleVolume) -> dict[str, list[str]]:
    dc = volume.dc
    return {
        "title": [dc.title, *([dc.original_title] if dc.original_title else [])],
        "creator": [c.name for c in dc.creators],
        "date": [dc.date] if dc.date else [],
        "publisher": [": ".join(part for part in (dc.place, dc.publisher) if part)] if dc.place or dc.publisher else [],
        "language": list(dc.languages),
        "subject": list(dc.subjects),
        "description": [dc.description],
        "identifier": [_identifier(volume.key)],
    }


def _arrange(volume: SampleVolume, obj: DigitalObject) -> None:
    """Numbers of pages, contents with the dates of issues, closed pages. The seqs of a new object are 1, 2, 3, …"""
    for seq, label in enumerate(volume.labels, 1):
        paging.set_label(obj.public_id, seq, label, seen=None, actor=ACTOR)
    issued = {issue.first: issue.date for issue in volume.issues}
    headings = [
        Heading(e.title, e.level, e.page, issued.get(e.page) if e.level == 1 else None) for e in volume.contents
    ]
    paging.set_contents(obj.public_id, headings, seen=None, actor=ACTOR)
    if closed := [c.page for c in volume.closed_pages]:
        paging.close_pages(obj.public_id, closed, closed=True, seen=None, actor=ACTOR)
    for seq, lines in groupby(volume.lines, key=lambda line: line.page):
        _write_layers(obj.pages.get(seq=seq), list(lines), volume)


def _write_layers(page: Page, lines: list[AlignedLine], volume: SampleVolume) -> None:
    """What a person would type beside the page: the same lines in each layer, each where its column stands."""
    width, height = _size_of(page)
    for layer, words_of, languages in (
        (Layer.ORIGINAL, _characters, ("chi_tra_vert",)),
        (Layer.TRANSCRIPTION, _reading, ("vie",)),
        (Layer.TRANSLATION, _meaning, ("vie",)),
    ):
        block = Block(tuple(Line(tuple(words_of(line))) for line in lines))
        text = PageText(width, height, (block,), languages=languages, source="typed")
        set_text(page, text, layer=layer, actor=ACTOR)


def _size_of(page: Page) -> tuple[int, int]:
    """Width and height of the picture; before it is made, those of the master."""
    facts = page.file.facts if page.file else {}
    return page.width or facts["width"], page.height or facts["height"]


def _characters(line: AlignedLine) -> Iterator[Word]:
    x, y, w, h = line.column
    row = h / len(line.original)
    for n, character in enumerate(line.original):
        yield Word(character, x, round(y + n * row), w, round(row))


def _reading(line: AlignedLine) -> Iterator[Word]:
    """One syllable a character, beside it."""
    return (
        Word(syllable, character.x, character.y, character.w, character.h)
        for syllable, character in zip(line.transcription.split(), _characters(line), strict=True)
    )


def _meaning(line: AlignedLine) -> Iterator[Word]:
    return (Word(word, *line.column) for word in line.translation.split())


def _state_rights(volume: SampleVolume, obj: DigitalObject) -> None:
    """Last of all that is said of a volume: an object with rights is complete."""
    rights = volume.rights
    publishing.record_rights(
        obj.public_id,
        publishing.Rights(
            status=_STATUSES[rights.status],
            basis=rights.basis,
            basis_date=rights.basis_date,
            copies_held=rights.copies,
            licence=rights.licence,
            personal_data=bool(volume.closed_pages),
            watermark=rights.status == "in_copyright",
            download=rights.status != "in_copyright",
            note=rights.term,
        ),
        actor=ACTOR,
    )


def _publish_what_is_ready() -> int:
    """Publish sample volumes of which no picture is waited for; how many are waited for still."""
    waiting = 0
    for obj in DigitalObject.objects.filter(sample=True, published_at=None, rights__isnull=False).distinct():
        if obj.pages.filter(state=Page.State.WAITING).exists():
            waiting += 1
        elif obj.pages.filter(state=Page.State.READY).exists():
            publishing.publish(obj.public_id, even_so=tuple(Concern), actor=ACTOR)
        else:
            _log.warning("no page of %s can be shown", obj.public_id)
    return waiting
