"""The piece of a page that shows why it was found. Pure; whether it may be shown is asked before (FTS-4)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

from lienthu.domain.digital.selectors.texts import TextRow
from lienthu.domain.discovery.fulltext.matching import Matcher, Span
from lienthu.domain.discovery.fulltext.query import Snippet

_REACH: Final = 90  # characters on each side of the passage with most words
_WINDOW: Final = 160


def snippet_of(rows: Sequence[TextRow], matcher: Matcher) -> Snippet:
    """The piece with most of the words; the beginning of the page where words are only found that look alike."""
    for row in rows:
        # what was found by what the machine was not sure of is found again without its boxes: any likeness will do
        spans = matcher.match(row.text) or matcher.match(row.text, partial(range, len(row.text)))
        if spans:
            return Snippet(row.layer, _marked(row.text, spans, *_cut(row.text, spans)))
    text = rows[0].text
    return Snippet(rows[0].layer, _marked(text, (), 0, _end(text, 0, 2 * _REACH)))


def _cut(text: str, spans: Sequence[Span]) -> tuple[int, int]:
    """Where the piece begins and ends: around the first of the passages that have most others close behind them."""
    best = max(range(len(spans)), key=lambda n: (_close(spans, n), -n))
    last = best + _close(spans, best) - 1
    start = max(spans[best].start - _REACH, 0)
    if start:
        start = max(text.find(" ", start, spans[best].start), text.find("\n", start, spans[best].start)) + 1 or start
    return start, _end(text, spans[last].end, spans[last].end + _REACH)


def _close(spans: Sequence[Span], first: int) -> int:
    return sum(1 for s in spans[first:] if s.end - spans[first].start <= max(_WINDOW, spans[first].end - s.start))


def _end(text: str, least: int, end: int) -> int:
    if end >= len(text):
        return len(text)
    return max(text.rfind(" ", least, end), text.rfind("\n", least, end), least) or end


def _marked(text: str, spans: Sequence[Span], start: int, end: int) -> tuple[tuple[str, bool], ...]:
    """The piece in parts, on one line, with an ellipsis where the page goes on."""
    parts: list[tuple[str, bool]] = [("… ", False)] if start else []
    at = start
    for span in spans:
        if span.start < at or span.end > end:
            continue
        parts += [(_line(text[at : span.start]), False), (_line(text[span.start : span.end]), True)]
        at = span.end
    parts.append((_line(text[at:end]), False))
    if end < len(text):
        parts.append((" …", False))
    return tuple((part, marked) for part, marked in parts if part)


def _line(text: str) -> str:
    """On one line, a blank kept at either end."""
    plain = " ".join(text.split())
    if not plain:
        return " " if text else ""
    return " " * text[0].isspace() + plain + " " * text[-1].isspace()
