"""Marks the words of a query in a text for HTML (rule SEA-20). Pure; all that is not our own <mark> is escaped."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

from django.utils.safestring import SafeString, mark_safe

from lienthu.domain.discovery.query import Clause
from lienthu.foundation.vietnamese.fold import has_diacritics
from lienthu.foundation.vietnamese.tokens import Token, exact_key, folded_key, tokenise

_AROUND = 90  # characters kept on each side of the first hit of an excerpt


@dataclass(frozen=True, slots=True)
class Marker:
    """Knows which words of a text were asked for, by the rule of the search itself (SEA-3).

    ``exact``: words that must stand as typed. ``unmarked``: their folded forms, which count only in a text that
    carries no diacritics at all. ``folded``: words that may carry any marks. ``prefixes``: folded beginnings.
    """

    exact: frozenset[str] = frozenset()
    unmarked: frozenset[str] = frozenset()
    folded: frozenset[str] = frozenset()
    prefixes: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.exact or self.folded or self.prefixes)

    def hits(self, text: str) -> list[Token]:
        """The words of ``text`` that were asked for, in their order."""
        if not self or not text:
            return []
        loose = self.folded if has_diacritics(text) else self.folded | self.unmarked
        return [token for token in tokenise(text) if self._matches(token.text, loose)]

    def _matches(self, word: str, loose: frozenset[str]) -> bool:
        folded = folded_key(word)
        return folded in loose or exact_key(word) in self.exact or folded.startswith(self.prefixes or ("\0",))

    def html(self, text: str) -> SafeString:
        """``text`` as HTML with its hits in <mark>; hits that only blanks part are marked as one."""
        return _marked(text, self.hits(text))

    def excerpt(self, text: str) -> SafeString:
        """The surroundings of the first hit, cut at words, as HTML; empty where nothing was asked for."""
        hits = self.hits(text)
        if not hits:
            return SafeString("")
        start, end = max(hits[0].start - _AROUND, 0), min(hits[0].end + _AROUND, len(text))
        if start:
            start = text.find(" ", start, hits[0].start) + 1 or start
        if end < len(text):
            end = max(text.rfind(" ", hits[0].end, end), hits[0].end)
        piece = text[start:end]
        inside = [Token(h.text, h.start - start, h.end - start) for h in hits if h.end <= end]
        before, after = ("… " if start else ""), (" …" if end < len(text) else "")
        return mark_safe(before + _marked(piece, inside) + after)  # noqa: S308 - escaped by _marked


def marker_of(clauses: Iterable[Clause], *, accented: bool) -> Marker:
    """The marker for the clauses of a plan. Excluded words and identifiers are not marked.

    ``accented``: whether words with diacritics were answered as typed; otherwise every word is folded.
    """
    exact: set[str] = set()
    unmarked: set[str] = set()
    folded: set[str] = set()
    prefixes: list[str] = []
    for clause in clauses:
        if clause.excluded or clause.scope == "identifier":
            continue
        for word in clause.words:
            if word.prefix:
                prefixes.append(word.folded)
            elif accented and word.marked:
                exact.add(word.exact)
                unmarked.add(word.folded)
            else:
                folded.add(word.folded)
    return Marker(frozenset(exact), frozenset(unmarked), frozenset(folded), tuple(prefixes))


def _marked(text: str, hits: Iterable[Token]) -> SafeString:
    out: list[str] = []
    at = 0
    open_until = -1  # end of the mark being built, -1 for none
    for hit in hits:
        gap = text[at : hit.start]
        if open_until >= 0 and not gap.strip():
            out.append(escape(gap))
        else:
            if open_until >= 0:
                out.append("</mark>")
            out += (escape(gap), "<mark>")
        out.append(escape(text[hit.start : hit.end]))
        at = open_until = hit.end
    if open_until >= 0:
        out.append("</mark>")
    out.append(escape(text[at:]))
    return mark_safe("".join(out))  # noqa: S308 - every piece of the text went through escape
