"""Where the words of a plan stand in the text of a page: by the same rules as the index (FTS-1, FTS-2). Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from lienthu.domain.discovery.query import Clause, Plan, Word
from lienthu.foundation.vietnamese.damage import looks_damaged, skeleton
from lienthu.foundation.vietnamese.fold import has_diacritics
from lienthu.foundation.vietnamese.tokens import Token, exact_key, folded_key, tokenise

Doubtful = Callable[[], Collection[int]]
"""Tells every place in a text where the machine was not sure. Asked only where it matters: it costs reading boxes."""


def _sure() -> Collection[int]:
    return ()


class Span(NamedTuple):
    """A passage of a text."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Matcher:
    """Finds a plan in texts."""

    plan: Plan

    def match(self, text: str, doubtful: Doubtful = _sure) -> list[Span] | None:
        """The passages, in order and not overlapping; None where not every clause stands there.

        Words in ``doubtful`` places count as damaged.
        """
        return _matched(self.plan, tokenise(text), not has_diacritics(text), text, doubtful)


def _matched(plan: Plan, tokens: Sequence[Token], unmarked: bool, text: str, doubtful: Doubtful) -> list[Span] | None:
    found: set[Span] = set()
    for clause in plan.clauses:
        spans = _clause(clause, tokens, plan.accented, unmarked, doubtful)
        if clause.excluded:
            if spans:
                return None
        elif not spans:
            return None
        else:
            found.update(spans)
    return _joined(sorted(found), text) if found else None


def _clause(c: Clause, tokens: Sequence[Token], accented: bool, unmarked: bool, doubtful: Doubtful) -> list[Span]:
    if c.phrase:
        length = len(c.words)
        return [
            Span(tokens[n].start, tokens[n + length - 1].end)
            for n in range(len(tokens) - length + 1)
            if all(_same(w, tokens[n + k].text, accented, unmarked) for k, w in enumerate(c.words))
        ]
    word = c.words[0]
    spans = [Span(t.start, t.end) for t in tokens if _same(word, t.text, accented, unmarked)]
    if word.prefix or c.excluded:
        return spans
    outline = skeleton(word.exact)
    alike = [t for t in tokens if skeleton(t.text) == outline and Span(t.start, t.end) not in spans]
    places: Collection[int] | None = None
    for t in alike:
        if not looks_damaged(t.text):
            places = doubtful() if places is None else places
            if t.start not in places:
                continue
        spans.append(Span(t.start, t.end))
    return spans


@lru_cache(maxsize=1 << 14)
def _keys(token: str) -> tuple[str, str]:
    return exact_key(token), folded_key(token)


def _same(w: Word, token: str, accented: bool, unmarked: bool) -> bool:
    exact, folded = _keys(token)
    if w.prefix:
        return exact.startswith(w.exact) if accented and w.marked else folded.startswith(w.folded)
    if accented and w.marked:
        return exact == w.exact or (unmarked and folded == w.folded)
    return folded == w.folded


def _joined(spans: Sequence[Span], text: str) -> list[Span]:
    """Passages that overlap or that only blanks part are one."""
    out: list[Span] = []
    for span in spans:
        if out and (span.start <= out[-1].end or not text[out[-1].end : span.start].strip()):
            out[-1] = Span(out[-1].start, max(span.end, out[-1].end))
        else:
            out.append(span)
    return out
