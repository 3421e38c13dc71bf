"""Search inside one object: on which pages the words stand, with their boxes where they may be read (FTS-5)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import partial

from lienthu.domain.digital.access import Opened
from lienthu.domain.digital.models import Page
from lienthu.domain.digital.policy import Act
from lienthu.domain.digital.selectors.texts import TextRow, pages_with_text, texts_of_pages
from lienthu.domain.discovery.fulltext.documents import DOUBTFUL
from lienthu.domain.discovery.fulltext.matching import Matcher, Span
from lienthu.domain.discovery.fulltext.reading import looser_plans, read
from lienthu.domain.discovery.query import Plan
from lienthu.foundation.pagetext.model import Box, PageText

MAX_PAGES = 500
"""So many pages with hits are told in one answer at most; the next begin where it ends."""
_AROUND = 60
_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class InsideHit:
    """One place where the words stand. Coordinates are pixels of the page as served, of ``width`` × ``height``.

    Where the page may be found but not read at this moment (a seat is needed) there is one hit for the whole page:
    ``readable`` is false, texts are empty, and there are no boxes.
    """

    page_id: int
    seq: int
    position: int
    label: str
    layer: str = ""
    readable: bool = True
    before: str = ""
    text: str = ""
    after: str = ""
    start: int = 0
    end: int = 0
    width: int = 0
    height: int = 0
    boxes: tuple[Box, ...] = ()


@dataclass(frozen=True, slots=True)
class Inside:
    """What was found inside an object, in the order of its pages.

    ``pages``: how many pages have hits in this answer. ``next``: position after which to go on, None at the end.
    ``relaxed``: what had to be given up to find anything: "", "accents", or "order" (of the words in phrases).
    """

    query: str
    hits: tuple[InsideHit, ...] = ()
    pages: int = 0
    next: int | None = None
    relaxed: str = ""


def hits_in(opened: Opened, query: str, *, after: int = -1, pages: int = 100, layers: Collection[str] = ()) -> Inside:
    """Where the words of ``query`` stand in an object that the reader opened (``access.open_object``).

    Only pages that the policy lets this reader find are looked at, and only those that it lets the reader read at this
    moment give text and boxes. ``after``: position of the page after which to begin. ``layers``: of these texts only.
    """
    plan = read(query)
    if not plan.asked:
        return Inside(query)
    pages = min(max(pages, 1), MAX_PAGES)
    candidates = [p for p in pages_with_text(opened.object.pk) if opened.may(Act.FIND, p)]
    for relaxed, looser in looser_plans(plan):
        found = _look(opened, looser, candidates, after=after, pages=pages, layers=layers)
        if found is not None:
            hits, last = found
            return Inside(query, tuple(hits), len({h.page_id for h in hits}), last, relaxed)
    return Inside(query)


def _look(
    opened: Opened, plan: Plan, candidates: Sequence[Page], *, after: int, pages: int, layers: Collection[str]
) -> tuple[list[InsideHit], int | None] | None:
    """Hits on the next pages and the position to go on after; None where no page at all matches."""
    matcher = Matcher(plan)
    hits: list[InsideHit] = []
    matched, last = 0, -1
    earlier = False
    for start in range(0, len(candidates), _AT_ONCE):
        some = candidates[start : start + _AT_ONCE]
        if some[-1].position <= after and earlier:
            continue
        texts = texts_of_pages([p.pk for p in some], layers, content=True)
        for page in some:
            found = [h for row in texts.get(page.pk, ()) for h in _on_page(opened, page, row, matcher)]
            if not found:
                continue
            if page.position <= after:
                earlier = True
                continue
            if matched == pages:
                return hits, last
            matched, last = matched + 1, page.position
            hits += found if found[0].readable else found[:1]
    return (hits, None) if matched or earlier else None


def _on_page(opened: Opened, page: Page, row: TextRow, matcher: Matcher) -> list[InsideHit]:
    spans = matcher.match(row.text, partial(doubtful_in, row))
    if not spans:
        return []
    if not opened.may(Act.READ, page):
        return [InsideHit(page.pk, page.seq, page.position, page.label, readable=False)]
    words = row.words()
    return [_hit(page, row, words, span) for span in spans]


def _hit(page: Page, row: TextRow, words: PageText, span: Span) -> InsideHit:
    before, after = around(row.text, span, _AROUND)
    return InsideHit(
        page.pk,
        page.seq,
        page.position,
        page.label,
        layer=row.layer,
        before=before,
        text=" ".join(row.text[span.start : span.end].split()),
        after=after,
        start=span.start,
        end=span.end,
        width=words.width,
        height=words.height,
        boxes=tuple(words.marks_of(span.start, span.end)),
    )


def around(text: str, span: Span, reach: int) -> tuple[str, str]:
    """What stands before and after a passage, cut at words, on one line."""
    start, end = max(span.start - reach, 0), min(span.end + reach, len(text))
    if start:
        start = max(text.find(" ", start, span.start), text.find("\n", start, span.start)) + 1 or start
    if end < len(text):
        end = max(text.rfind(" ", span.end, end), text.rfind("\n", span.end, end), span.end)
    before, after = text[start : span.start], text[span.end : end]
    return " ".join(before.split()) + " " * before[-1:].isspace(), " " * after[:1].isspace() + " ".join(after.split())


def doubtful_in(row: TextRow) -> frozenset[int]:
    """The places in the text of which the machine was not sure: every character of every such word."""
    if row.source != "ocr" or not row.content:
        return frozenset()
    places: set[int] = set()
    for placed in row.words().placed:
        if placed.word.confidence < DOUBTFUL:
            places.update(range(placed.start, placed.end))
    return frozenset(places)
