"""Search inside one object: on which pages the words stand, with their boxes where they may be read (FTS-5).

The page index names the pages that may match; only their texts are read, as many as an answer holds (FTS-12).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from lienthu.domain.digital.access import Opened
from lienthu.domain.digital.models import Page
from lienthu.domain.digital.policy import Act
from lienthu.domain.digital.selectors.texts import TextRow, page_ids_of, pages_with_text, texts_of_pages
from lienthu.domain.discovery.backends.base import IndexMissing
from lienthu.domain.discovery.fulltext.indexing import PAGES, VOLUMES
from lienthu.domain.discovery.fulltext.matching import Matcher, Span
from lienthu.domain.discovery.fulltext.reader import reader as page_reader
from lienthu.domain.discovery.fulltext.reading import looser_plans, read
from lienthu.domain.discovery.query import Plan
from lienthu.foundation.pagetext.model import Box, PageText
from lienthu.foundation.vietnamese.damage import DOUBTFUL
from lienthu.platform.services import changes

MAX_PAGES = 500
"""So many pages with hits are told in one answer at most; the next begin where it ends."""
LOOKED_AT = 500
"""So many pages are read for one answer at most: it may say to go on though it found nothing yet."""
_AROUND = 60
_AT_ONCE = 50
_NEWS = 1000  # of more, only what is about the object is asked for


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

    ``pages``: how many pages have hits in this answer. ``next``: position after which to go on, None at the end; there
    may be one though nothing was found so far.
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
    behind = _behind(opened.object.pk)
    for relaxed, looser in looser_plans(plan):
        found = _look(opened, looser, _Pages(opened.object.pk, looser, behind), after=after, pages=pages, layers=layers)
        if found is not None:
            hits, last = found
            return Inside(query, tuple(hits), len({h.page_id for h in hits}), last, relaxed)
    return Inside(query)


def _behind(object_id: int) -> set[int] | None:
    """The pages of which the index may say what is no longer so; None: all of them (FTS-12).

    Asked before the index: news that is settled afterwards was in the index already.
    """
    waiting = changes.keys_waiting((VOLUMES, PAGES), _NEWS)
    if waiting is not None:
        return None if object_id in waiting[VOLUMES] else set(waiting[PAGES])
    if changes.waiting_among(VOLUMES, [object_id]):
        return None
    return changes.waiting_among(PAGES, page_ids_of(object_id))


class _Pages:
    """The pages of an object on which a plan may stand, in their order, a piece at a time."""

    def __init__(self, object_id: int, plan: Plan, behind: set[int] | None) -> None:
        self._object_id = object_id
        self._among: set[int] | None = None
        if behind is not None:
            try:
                possible = page_reader().possible(plan, object_id)
            except IndexMissing:
                return  # then every page with a text is looked at
            self._among = None if possible is None else behind.union(possible)

    def pieces(self, after: int) -> Iterator[list[Page]]:
        """The pages behind a position, a piece at a time, LOOKED_AT of them at most."""
        left = LOOKED_AT
        while left > 0 and self._among != set():
            wanted = min(_AT_ONCE, left)
            some = pages_with_text(self._object_id, among=self._among, after=after, most=wanted)
            if some:
                yield some
                after = some[-1].position
            left = left - wanted if len(some) == wanted else 0


Found = tuple[Page, list[InsideHit]]


def _look(
    opened: Opened, plan: Plan, source: _Pages, *, after: int, pages: int, layers: Collection[str]
) -> tuple[list[InsideHit], int | None] | None:
    """Hits on the next pages and the position to go on after; None where no page at all matches."""
    matcher = Matcher(plan)
    hits: list[InsideHit] = []
    matched, last, looked, position = 0, -1, 0, after
    for some in source.pieces(after):
        for page, found in _matching(opened, some, matcher, layers):
            if matched == pages:
                return hits, last
            matched, last = matched + 1, page.position
            hits += found if found[0].readable else found[:1]
        looked, position = looked + len(some), some[-1].position
    if looked >= LOOKED_AT:
        return hits, position
    return (hits, None) if matched or _before(opened, source, matcher, layers, until=after) else None


def _before(opened: Opened, source: _Pages, matcher: Matcher, layers: Collection[str], *, until: int) -> bool:
    """Whether the plan stands on a page up to that position: then what was given before was of this plan."""
    for some in source.pieces(-1):
        there = [page for page in some if page.position <= until]
        if not there:
            return False
        if next(_matching(opened, there, matcher, layers), None) is not None:
            return True
    return False


def _matching(opened: Opened, pages: Sequence[Page], matcher: Matcher, layers: Collection[str]) -> Iterator[Found]:
    """Those of these pages that this reader may find and on which the words stand."""
    pages = [page for page in pages if opened.may(Act.FIND, page)]
    texts = texts_of_pages([page.pk for page in pages], layers, content=True)
    for page in pages:
        if found := [h for row in texts.get(page.pk, ()) for h in _on_page(opened, page, row, matcher)]:
            yield page, found


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
