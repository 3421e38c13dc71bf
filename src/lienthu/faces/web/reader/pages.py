"""What the reader shows of a volume: pages with names and pictures, spreads, text in layers (RDR-1 to RDR-4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from lienthu.domain.digital.access import Opened
from lienthu.domain.digital.models import Kind, Layer
from lienthu.domain.digital.policy import Act
from lienthu.domain.digital.selectors.objects import text_of
from lienthu.domain.digital.selectors.volumes import PageLine, Volume
from lienthu.domain.digital.services.texts import content_of
from lienthu.domain.discovery.fulltext.inside import InsideHit
from lienthu.foundation.pagetext.model import PageText

VIEWS: Final = ("single", "double", "scroll")
SCROLLED: Final = 12  # pages in one piece of the scroll without scripts
_SMALL, _LARGE, _THUMBNAIL = 560, 1200, 150
_SINGLE_SHEETS: Final = (Kind.MAP, Kind.PHOTOGRAPHS, Kind.DOCUMENT)


class Box(NamedTuple):
    """A part of a page."""

    x: int
    y: int
    w: int
    h: int


def region_of(value: str, page: PageLine) -> Box | None:
    """The region that a link names (``x,y,w,h`` in pixels of the page); None for anything that is not one."""
    parts = value.split(",")
    if len(parts) != 4 or not all(p.isdecimal() and len(p) < 7 for p in parts):
        return None
    x, y, w, h = map(int, parts)
    if not w or not h or x >= page.width or y >= page.height:
        return None
    return Box(x, y, min(w, page.width - x), min(h, page.height - y))


@dataclass(frozen=True, slots=True)
class Address:
    """Links inside the reader, which keep what the reader chose."""

    public_id: str
    view: str = ""
    query: str = ""

    def page(self, seq: int, **more: str) -> str:
        """A page."""
        chosen = {"page": str(seq), "view": self.view, "q": self.query, **more}
        path = reverse("reader:read", args=[self.public_id])
        return f"{path}?{urlencode({name: value for name, value in chosen.items() if value})}"


def level_width(page: PageLine, limit: int) -> int:
    """The width of the largest level of the pyramid that is no wider than ``limit``: nothing needs to be scaled."""
    width = page.width
    while width > limit:
        width = -(-width // 2)
    return max(1, width)


def image_address(public_id: str, page: PageLine, limit: int) -> str:
    """The picture of a page at about this width."""
    return f"/iiif/image/3/{public_id}.{page.seq}/full/{level_width(page, limit)},/0/default.jpg"


def page_name(page: PageLine) -> str:
    """What a page is called: the number printed on it, otherwise its place in brackets."""
    return page.label or f"[{page.position}]"


def closed_to(opened: Opened, page: PageLine) -> bool:
    """Whether the page is closed for this reader (RGT-6)."""
    return page.closed and not opened.may(Act.WORK)


def shown_page(opened: Opened, volume: Volume, page: PageLine, at: Address) -> dict[str, Any]:
    """What templates need of a page that stands on the stage."""
    obj = opened.object
    closed = closed_to(opened, page)
    name = page_name(page)
    width, height = (page.width, page.height) if page.ready else volume.usual_size
    result: dict[str, Any] = {
        "seq": page.seq,
        "name": name,
        "place": volume.index[page.seq] + 1,
        "url": at.page(page.seq),
        "width": width,
        "height": height,
        "note": "",
        "picture": "",
    }
    if closed:
        result["note"] = _("This page is closed because it names people who may be alive.")
    elif page.missing:
        result["note"] = _("This page is missing in the original.")
    elif not page.ready:
        result["note"] = _("This page is not ready yet.")
    else:
        result |= {
            "picture": image_address(obj.public_id, page, _LARGE),
            "small": image_address(obj.public_id, page, _SMALL),
            "small_width": level_width(page, _SMALL),
            "large_width": level_width(page, _LARGE),
            "whole": image_address(obj.public_id, page, 5000),
            "alt": _("Page %(name)s of “%(title)s”") % {"name": name, "title": obj.title},
        }
    return result


def thumbnail(public_id: str, page: PageLine) -> str:
    """A small picture of a page."""
    return image_address(public_id, page, _THUMBNAIL)


def spread(volume: Volume, place: int, view: str, kind: str) -> Sequence[PageLine]:
    """The pages on the stage. Two by two as in an open book: the first page stands alone."""
    if view == "scroll":
        return volume.pages[place : place + SCROLLED]
    if view != "double":
        return volume.pages[place : place + 1]
    if kind in _SINGLE_SHEETS:
        start = place - place % 2
    elif place == 0:
        return volume.pages[:1]
    else:
        start = place if place % 2 else place - 1
    return volume.pages[start : start + 2]


def neighbours(volume: Volume, shown: Sequence[PageLine]) -> tuple[PageLine | None, PageLine | None]:
    """The pages before and behind those on the stage."""
    first, last = volume.index[shown[0].seq], volume.index[shown[-1].seq]
    before = volume.pages[first - 1] if first else None
    behind = volume.pages[last + 1] if last + 1 < len(volume.pages) else None
    return before, behind


LANGUAGES: Final = {"vie": "vi", "eng": "en", "fra": "fr", "chi_tra": "zh-Hant", "chi_tra_vert": "zh-Hant"}


def language_of(layer: str, text: PageText) -> str:
    """The language in which a text is read aloud and set; "" where nobody said."""
    if layer != Layer.ORIGINAL:
        return "vi"
    return LANGUAGES.get(text.languages[0], "") if text.languages else ""


@dataclass(frozen=True, slots=True)
class LayerText:
    """One text of a page."""

    layer: str
    label: str
    language: str
    text: PageText


def layers_of(volume: Volume, page: PageLine) -> list[LayerText]:
    """The texts of a page, original first. Rights are asked before."""
    found = []
    for choice in Layer:
        if choice.value in volume.texts.get(page.pk, ()) and (row := text_of(page.pk, choice.value)) is not None:
            text = content_of(row)
            found.append(LayerText(choice.value, str(choice.label), language_of(choice.value, text), text))
    return found


def aligned(layers: Sequence[LayerText]) -> list[list[str]]:
    """Lines of all layers side by side: the first of each, the second of each, and so on (RDR-4)."""
    columns = [[line.text for line in layer.text.lines()] for layer in layers]
    return [list(row) for row in zip_longest(*columns, fillvalue="")]


def marks_on(hits: Sequence[InsideHit], seq: int) -> list[Box]:
    """The boxes of hits on a page."""
    return [Box(*box) for hit in hits if hit.seq == seq for box in hit.boxes]
