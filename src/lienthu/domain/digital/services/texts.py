"""The text of pages: versions are added, never changed; the newest of a layer is in force (ING-7)."""

from __future__ import annotations

import zlib

import orjson
from django.db import transaction
from django.db.models import Max

from lienthu.domain.digital.models import Layer, Page
from lienthu.domain.digital.models import PageText as Row
from lienthu.domain.digital.paging.arranging import Crop
from lienthu.domain.digital.paging.framing import Framing
from lienthu.foundation.pagetext.model import PageText
from lienthu.platform.actor import Actor
from lienthu.platform.services import changes


def content_of(row: Row) -> PageText:
    """The words and boxes of a stored version."""
    return PageText.from_json(orjson.loads(zlib.decompress(row.content)))


def framing_of(page: Page) -> Framing:
    """What the picture of a page shows."""
    of = f"{page.file.path}#{page.frame}" if page.file else ""
    return Framing(of, page.rotation, Crop(*page.crop) if page.crop else None)


@transaction.atomic
def set_text(
    page: Page,
    text: PageText,
    *,
    layer: Layer = Layer.ORIGINAL,
    actor: Actor,
    placed: Framing | None = None,
    moved_from: int | None = None,
) -> Row:
    """Add a version and put it in force. A machine never overrules a person: its text is kept, but not in force.

    ``placed``: the picture its boxes stand on, that of the page unless told otherwise.
    """
    fresh = Page.objects.select_for_update(of=("self",)).select_related("file").get(pk=page.pk)
    kept = Row.objects.filter(page=page, layer=layer)
    human = text.source in ("ocr", "pdf") and kept.filter(current=True, source__in=("corrected", "typed")).exists()
    if not human:
        kept.filter(current=True).update(current=False)
    words = list(text.words())
    row = Row.objects.create(
        page=page,
        layer=layer,
        number=(kept.aggregate(n=Max("number"))["n"] or 0) + 1,
        current=not human,
        source=text.source,
        engine=text.engine[:80],
        text=text.text,
        content=zlib.compress(orjson.dumps(text.to_json()), 6),
        words=len(words),
        confidence=sum(w.confidence for w in words) / len(words) if words and text.source == "ocr" else None,
        by=actor.name[:120],
        placed=(placed or framing_of(fresh)).to_json(),
        moved_from=moved_from,
    )
    if row.current:
        changes.publish("digital.page", [page.pk])
    return row
