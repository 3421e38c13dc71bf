"""Digitised objects with texts, for tests: words stand on a grid of boxes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from lienthu.domain.digital.models import DigitalObject, Layer, Page
from lienthu.domain.digital.policy import Reader, Status
from lienthu.domain.digital.services.texts import set_text
from lienthu.domain.digital.tests.cast import CLERK, give_rights, make_object
from lienthu.domain.discovery.fulltext.query import PageResult, page_search_from
from lienthu.domain.discovery.fulltext.selectors import search_pages
from lienthu.domain.network.models import Library
from lienthu.foundation.pagetext.model import Block, Box, Line, PageText, Source, words_in

WIDTH, HEIGHT = 1000, 1400
VISITOR = Reader()


def typeset(text: str, *, confidence: int = 95, source: Source = "ocr") -> PageText:
    """A page with this text, one line below the other, every word in a box of its own."""
    lines = [
        Line(tuple(words_in(line, Box(100, 100 + 40 * n, 10 * len(line), 30), confidence)))
        for n, line in enumerate(text.split("\n"))
        if line.strip()
    ]
    return PageText(WIDTH, HEIGHT, (Block(tuple(lines)),) if lines else (), source=source, engine="tests")


def volume(
    library: Library, texts: Sequence[str], title: str = "Kế hoạch 204", status: Status | None = Status.OFFICIAL,
    confidence: int = 95, rights: dict[str, Any] | None = None, **fields: Any,
) -> DigitalObject:  # fmt: skip
    """A published object whose pages hold these texts; without rights where ``status`` is None."""
    obj = make_object(library, title, pages=len(texts), published_at=timezone.now(), **fields)
    if status is not None:
        give_rights(obj, status, **(rights or {}))
    for page, text in zip(pages_of(obj), texts, strict=True):
        set_text(page, typeset(text, confidence=confidence), actor=CLERK)
    obj.refresh_from_db()
    return obj


def pages_of(obj: DigitalObject) -> list[Page]:
    """The pages in their order."""
    return list(Page.objects.filter(object=obj).order_by("position"))


def write(page: Page, text: str, layer: Layer = Layer.ORIGINAL, **how: Any) -> None:
    """Give a page this text."""
    set_text(page, typeset(text, **how), layer=layer, actor=CLERK)


def search(q: str, who: Reader = VISITOR, **params: Any) -> PageResult:
    """What this reader finds; there is an index."""
    result = search_pages(
        page_search_from({"q": [q], **{k: v if isinstance(v, list) else [str(v)] for k, v in params.items()}}), who
    )
    assert result.index_ready
    return result


def titles(q: str, who: Reader = VISITOR, **params: Any) -> list[str]:
    """The titles of what this reader finds, sorted."""
    return sorted(v.title for v in search(q, who, **params).volumes)
