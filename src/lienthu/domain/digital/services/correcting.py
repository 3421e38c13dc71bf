"""Texts as people put them right: words in their boxes, or layers line by line. Rules WFL-12, WFL-13."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from lienthu.domain.digital.errors import Conflict, PagesRefused
from lienthu.domain.digital.models import DigitalObject, Layer, Page
from lienthu.domain.digital.models import PageText as Row
from lienthu.domain.digital.paging.framing import Framing, carried
from lienthu.domain.digital.services.acts import lock, note
from lienthu.domain.digital.services.following import follow
from lienthu.domain.digital.services.texts import content_of, framing_of, set_text
from lienthu.foundation.pagetext.model import Block, Box, Line, PageText, Word, words_in
from lienthu.foundation.vietnamese.text import clean
from lienthu.platform.actor import Actor
from lienthu.platform.services import changes

WordRow = tuple[str, int, int, int, int, int]
"""Text, x, y, w, h, confidence."""
MOST_WORDS = 20_000
_ENGINE = "person"
_READ = frozenset({"ocr", "pdf"})  # sources of texts that machines read


def current_of(page: Page, layer: Layer = Layer.ORIGINAL) -> Row | None:
    """The text in force of a layer."""
    return Row.objects.filter(page=page, layer=layer, current=True).first()


def _page(obj: DigitalObject, seq: int) -> Page:
    page = Page.objects.filter(object=obj, seq=seq).first()
    if page is None:
        raise PagesRefused(_("Page %(seq)s is not there any more. Load the page again.") % {"seq": seq})
    return page


@transaction.atomic
def save_words(
    public_id: str, seq: int, blocks: Sequence[Sequence[Sequence[WordRow]]], *, seen: int, actor: Actor
) -> Row:
    """Add a corrected version of the original text: blocks of lines of words (WFL-12).

    A word with blanks becomes several that share its box; one without text goes. ``seen``: the number of the version
    that was corrected, 0 for none. Raises Conflict, and PagesRefused for what is no text of a page.
    """
    obj = lock(public_id)
    page = _page(obj, seq)
    before = current_of(page)
    if (before.number if before else 0) != seen:
        raise Conflict
    looked_at = _looked_at(page)
    if sum(len(line) for block in blocks for line in block) > MOST_WORDS:
        raise PagesRefused(_("This is more text than a page can hold."))
    made = []
    for block in blocks:
        lines = [Line(tuple(words)) for line in block if (words := _words(line, page))]
        if lines:
            made.append(Block(tuple(lines)))
    languages = tuple(obj.languages)
    text = PageText(page.width, page.height, tuple(made), languages, "corrected", _ENGINE)
    row = set_text(page, text, actor=actor, placed=looked_at)
    note("digital.text_saved", obj, actor=actor, seq=seq, number=row.number, words=row.words)
    return row


def _looked_at(page: Page) -> Framing | None:
    """The picture that the person saw, where it is not the one that the page waits for. Raises PagesRefused."""
    if page.state != Page.State.WAITING:
        return None
    placed = Row.objects.filter(page=page, current=True).order_by("layer").values_list("placed", flat=True).first()
    if (seen := Framing.from_json(placed)) is None:
        raise PagesRefused(_("The picture of this page is being made. Wait a moment and try again."))
    return seen


def _words(line: Sequence[WordRow], page: Page) -> list[Word]:
    words: list[Word] = []
    for text, x, y, w, h, confidence in line:
        if min(x, y, w, h) < 0 or x + w > page.width + 2 or y + h > page.height + 2:
            raise PagesRefused(_("A word stands outside its page. Load the page again."))
        if clean(text):
            words += words_in(text[:500], Box(x, y, w, h), confidence)
    return words


@transaction.atomic
def save_layers(
    public_id: str, seq: int, lines: Sequence[Mapping[str, str]], boxes: Sequence[Box], *, seen: str, actor: Actor
) -> list[Row]:
    """Write the layers of a page line by line: original, transcription, translation (WFL-13).

    ``lines``: for each line the text of each layer, "" where there is none; ``boxes``: where the lines stand. Only
    layers that changed get a version. ``seen``: the versions the person looked at (``seen_layers``).
    """
    obj = lock(public_id)
    page = _page(obj, seq)
    if seen != seen_layers(page):
        raise Conflict
    if len(lines) > 2000 or len(lines) != len(boxes):
        raise PagesRefused(_("This is more text than a page can hold."))
    rows, looked_at = [], _looked_at(page)
    for layer in Layer:
        made = [
            Line(tuple(words))
            for line, box in zip(lines, boxes, strict=True)
            if (words := words_in(line.get(layer, "")[:5000], box))
        ]
        text = PageText(
            page.width, page.height, (Block(tuple(made)),) if made else (), tuple(obj.languages), "typed", _ENGINE
        )
        before = current_of(page, layer)
        if (before.text if before else "") == text.text:
            continue
        rows.append(set_text(page, text, layer=layer, actor=actor, placed=looked_at))
    if rows:
        note("digital.text_saved", obj, actor=actor, seq=seq, layers=[r.layer for r in rows])
    return rows


def seen_layers(page: Page) -> str:
    """The versions in force of all layers, as one short word."""
    rows = Row.objects.filter(page=page, current=True).order_by("layer").values_list("layer", "number")
    return " ".join(f"{layer}{number}" for layer, number in rows)


@transaction.atomic
def revert(public_id: str, seq: int, number: int, *, layer: Layer = Layer.ORIGINAL, actor: Actor) -> Row:
    """Put an earlier version back in force; the others stay (WFL-12). Raises PagesRefused."""
    obj = lock(public_id)
    page = _page(obj, seq)
    row = Row.objects.filter(page=page, layer=layer, number=number).first()
    if row is None:
        raise PagesRefused(_("There is no such version."))
    if not row.current:
        if row.source in _READ:
            return _read_again(obj, page, row, actor)
        Row.objects.filter(page=page, layer=layer, current=True).update(current=False)
        row.current = True
        row.save(update_fields=["current"])
        note("digital.text_reverted", obj, actor=actor, seq=seq, number=number, layer=layer)
        changes.publish("digital.page", [page.pk])
        if page.state == Page.State.READY:
            follow(page)
    return row


def _read_again(obj: DigitalObject, page: Page, row: Row, actor: Actor) -> Row:
    """What a machine read once, in force again: of another picture of the same scan, what stands on this one."""
    before, here = Framing.from_json(row.placed), framing_of(page)
    if before is not None and before.of != here.of:
        raise PagesRefused(_("This version was read on another scan. Let the page be read again instead."))
    if before is None and here.crop is not None:
        raise PagesRefused(_("Nobody knows on which part of the scan this version was read."))
    if before is not None and before != here and page.state != Page.State.READY:
        raise PagesRefused(_("The picture of this page is being made. Wait a moment and try again."))
    Row.objects.filter(page=page, layer=row.layer, current=True).update(current=False)
    if before is None or before == here:
        row.current = True
        row.save(update_fields=["current"])
        changes.publish("digital.page", [page.pk])
    else:
        text = carried(content_of(row), before, here, page.width, page.height)
        number = row.number
        row = set_text(page, text, layer=Layer(row.layer), actor=actor, placed=here, moved_from=number)
    note("digital.text_reverted", obj, actor=actor, seq=page.seq, number=row.number, layer=row.layer)
    return row


def layer_lines(page: Page) -> tuple[list[dict[str, str]], list[Box]]:
    """The lines of all layers side by side: those that stand in the same box belong together, then by order."""
    texts = {Layer(r.layer): content_of(r) for r in Row.objects.filter(page=page, current=True)}
    lines: list[dict[str, str]] = []
    boxes: list[Box] = []
    for layer in Layer:
        if (text := texts.get(layer)) is None:
            continue
        used: set[int] = set()
        for line in (one for block in text.blocks for one in block.lines):
            box = line.box
            place = next((n for n, b in enumerate(boxes) if n not in used and _same(b, box)), None)
            if place is None:
                lines.append({})
                boxes.append(box)
                place = len(lines) - 1
            used.add(place)
            lines[place][layer.value] = line.text
    return lines, boxes


def _same(one: Box, other: Box) -> bool:
    """Whether two boxes are one line: they share more than half of the smaller one."""
    w = min(one.x + one.w, other.x + other.w) - max(one.x, other.x)
    h = min(one.y + one.h, other.y + other.h) - max(one.y, other.y)
    smaller = min(one.w * one.h, other.w * other.h)
    return w > 0 and h > 0 and w * h * 2 > smaller
