"""Where the words of a plan stand in the text of a page: by the same rules as the index (FTS-1, FTS-2). Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import NamedTuple

from lienthu.domain.discovery.query import Clause, Plan, Word
from lienthu.foundation.vietnamese.damage import looks_damaged, skeleton
from lienthu.foundation.vietnamese.fold import has_diacritics
from lienthu.foundation.vietnamese.tokens import exact_key, folded_key, words_in

Doubtful = Callable[[], Collection[int]]
"""Tells every place in a text where the machine was not sure. Asked only where it matters: it costs reading boxes."""


def _sure() -> Collection[int]:
    return ()


class Span(NamedTuple):
    """A passage of a text."""

    start: int
    end: int


class Matcher:
    """Finds a plan in texts. Every word of the plan has a bit; what a word of a text answers is worked out once."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._bits: list[tuple[Clause, int]] = []  # a clause and the bit of its first word
        bit = 0
        for clause in plan.clauses:
            self._bits.append((clause, bit))
            bit += len(clause.words)
        self._known: tuple[dict[str, tuple[int, int]], dict[str, tuple[int, int]]] = ({}, {})
        self._by_folded: dict[str, list[tuple[Word, int]]] = {}
        self._by_outline: dict[str, list[int]] = {}
        self._beginnings: list[tuple[Word, int]] = []
        for clause, first in self._bits:
            for bit, word in enumerate(clause.words, first):
                if word.prefix:
                    self._beginnings.append((word, bit))
                    continue
                self._by_folded.setdefault(word.folded, []).append((word, bit))
                if not (clause.phrase or clause.excluded):
                    self._by_outline.setdefault(skeleton(word.exact), []).append(bit)

    def match(self, text: str, doubtful: Doubtful = _sure) -> list[Span] | None:
        """The passages, in order and not overlapping; None where not every clause stands there.

        Words in ``doubtful`` places count as damaged.
        """
        unmarked = not has_diacritics(text)
        known = self._known[unmarked]
        hits: dict[int, tuple[int, int, Span]] = {}
        for n, m in enumerate(words_in(text)):
            word = m[0]
            answers = known.get(word)
            if answers is None:
                answers = known[word] = self._answers(word, unmarked)
            if answers[0] or answers[1]:
                hits[n] = (*answers, Span(m.start(), m.end()))
        found: set[Span] = set()
        for clause, bit in self._bits:
            spans = _phrases(hits, bit, len(clause.words)) if clause.phrase else _words(hits, bit, doubtful)
            if clause.excluded and spans:
                return None
            if not clause.excluded:
                if not spans:
                    return None
                found.update(spans)
        return _joined(sorted(found), text) if found else None

    def _answers(self, word: str, unmarked: bool) -> tuple[int, int]:
        """The bits that a word answers, and those that it would if the machine was not sure of it."""
        sure = unsure = 0
        accented = self._plan.accented
        # words that are the same are the same without marks, so all others need not be asked
        for asked, bit in (*self._by_folded.get(folded_key(word), ()), *self._beginnings):
            if _same(asked, word, accented, unmarked):
                sure |= 1 << bit
        for bit in self._by_outline.get(skeleton(word), ()) if self._by_outline else ():
            if not sure >> bit & 1:
                if looks_damaged(word):
                    sure |= 1 << bit
                else:
                    unsure |= 1 << bit
        return sure, unsure


Hits = Mapping[int, tuple[int, int, Span]]


def _words(hits: Hits, bit: int, doubtful: Doubtful) -> list[Span]:
    spans = [span for sure, _, span in hits.values() if sure >> bit & 1]
    alike = [span for _, unsure, span in hits.values() if unsure >> bit & 1]
    if alike:
        places = doubtful()
        spans += [span for span in alike if span.start in places]
    return spans


def _phrases(hits: Hits, bit: int, length: int) -> list[Span]:
    spans = []
    for n, (sure, _, span) in hits.items():
        if sure >> bit & 1 and all(n + k in hits and hits[n + k][0] >> (bit + k) & 1 for k in range(1, length)):
            spans.append(Span(span.start, hits[n + length - 1][2].end))
    return spans


def _same(w: Word, token: str, accented: bool, unmarked: bool) -> bool:
    if w.prefix:
        if accented and w.marked:
            return exact_key(token).startswith(w.exact)
        return folded_key(token).startswith(w.folded)
    if accented and w.marked:
        return exact_key(token) == w.exact or (unmarked and folded_key(token) == w.folded)
    return folded_key(token) == w.folded


def _joined(spans: Sequence[Span], text: str) -> list[Span]:
    """Passages that overlap or that only blanks part are one."""
    out: list[Span] = []
    for span in spans:
        if out and (span.start <= out[-1].end or not text[out[-1].end : span.start].strip()):
            out[-1] = Span(out[-1].start, max(span.end, out[-1].end))
        else:
            out.append(span)
    return out
