"""Volumes for the tests of IIIF: pages, contents and text without files."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils import timezone

from lienthu.domain.digital.models import DigitalObject, Page, Section
from lienthu.domain.digital.policy import Status
from lienthu.domain.digital.services.texts import set_text
from lienthu.domain.digital.tests.cast import CLERK, give_rights
from lienthu.domain.network.models import Library
from lienthu.foundation.kernel.names import public_name
from lienthu.foundation.pagetext.model import Block, Box, Line, PageText, words_in

LINES = ("Kế hoạch phát triển văn hóa đọc", "tỉnh Quảng Ninh đến năm 2030", "Hạ Long, ngày 12 tháng 5")


def make_volume(
    library: Library,
    title: str = "Địa chí Quảng Ninh",
    *,
    pages: int = 6,
    status: Status = Status.OFFICIAL,
    **facts: Any,
) -> DigitalObject:
    """A published volume with ready pages, labelled with their numbers."""
    fields = {name: facts.pop(name) for name in ("collection", "kind", "right_to_left", "description") if name in facts}
    obj = DigitalObject.objects.create(
        public_id=public_name(),
        library=library,
        title=title,
        last_seq=pages,
        created_by="tests",
        published_at=timezone.now(),
        **fields,
    )
    Page.objects.bulk_create(
        Page(object=obj, seq=n, position=n, label=str(n), state=Page.State.READY, width=1000, height=1400)
        for n in range(1, pages + 1)
    )
    give_rights(obj, status, **facts)
    obj.refresh_from_db()
    return obj


def write_text(obj: DigitalObject, seq: int, *lines: str, layer: Any = "original") -> PageText:
    """Lines of text down a page."""
    page = obj.pages.get(seq=seq)
    made = tuple(
        Line(tuple(words_in(line, Box(100, 100 + 60 * n, 20 * len(line), 40)))) for n, line in enumerate(lines or LINES)
    )
    text = PageText(1000, 1400, (Block(made),), ("vie",), "typed")
    set_text(page, text, layer=layer, actor=CLERK)
    return text


def add_contents(obj: DigitalObject, *entries: tuple[int, str, int, date | None]) -> None:
    """Level, title, page number and date of the entries of the contents."""
    for position, (level, title, seq, issued) in enumerate(entries, start=1):
        page = obj.pages.get(seq=seq)
        Section.objects.create(object=obj, position=position, level=level, title=title, page=page, issued=issued)
