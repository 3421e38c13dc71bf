"""From typed text to a plan for pages (rule FTS-1). Any text gives a plan, never an error. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby
from typing import Final

from lienthu.domain.discovery.parsing import parse, words_of
from lienthu.domain.discovery.query import MAX_CLAUSES, MAX_QUERY_CHARS, Clause, Plan, Word
from lienthu.foundation.vietnamese.text import clean

_QUOTES: Final = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "″": '"'})
_PART = re.compile(r'(?P<minus>(?<!\S)-)?(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))')
_SHORTEST_BEGINNING: Final = 2  # a letter and a star would be half the dictionary
_LONGEST_PHRASE: Final = 20


def read(text: str) -> Plan:
    """Words that must all stand on the page, "phrases", -word, prefix*. Ideographs typed together are a phrase."""
    text = clean(text)[:MAX_QUERY_CHARS].translate(_QUOTES)
    clauses: list[Clause] = []
    for m in _PART.finditer(text):
        excluded = bool(m["minus"])
        if m["phrase"] is not None:
            if words := words_of(m["phrase"])[:_LONGEST_PHRASE]:
                clauses.append(Clause(words, phrase=len(words) > 1, excluded=excluded))
        else:
            clauses += [replace(c, excluded=excluded) for c in _bare(m["word"])]
    return _plan(clauses[:MAX_CLAUSES])


def _plan(clauses: list[Clause]) -> Plan:
    asked = [c for c in clauses if not c.excluded]
    return Plan(tuple(clauses), any(w.marked for c in asked for w in c.words), len(asked))


def _bare(typed: str) -> list[Clause]:
    """What stands between blanks: mostly one word; several where hyphens or ideographs part them."""
    words = words_of(typed)
    found: list[Clause] = []
    for ideographs, run in groupby(words, key=lambda w: is_ideograph(w.folded)):
        part = tuple(run)[:_LONGEST_PHRASE]
        if ideographs:
            found.append(Clause(part, phrase=len(part) > 1))
        else:
            found += [Clause((w,)) for w in part]
    if found and typed.endswith("*") and not found[-1].phrase:
        last = found[-1].words[0]
        if len(last.folded) >= _SHORTEST_BEGINNING:
            found[-1] = Clause((Word(last.typed, last.exact, last.folded, last.marked, prefix=True),))
    return found


def is_ideograph(token: str) -> bool:
    """Whether a word is one ideograph, kana or Nôm character: these are words of their own."""
    return len(token) == 1 and ord(token) >= 0x2E80


def names_a_field(text: str) -> bool:
    """Whether the query asks for a title, person, subject or number: that is for the catalogue alone."""
    return any(c.scope != "any" for c in parse(text).clauses)


def without_accents(plan: Plan) -> Plan:
    """The same words, whatever marks they carry."""
    return replace(plan, accented=False)


def without_order(plan: Plan) -> Plan:
    """The words of every phrase, wherever they stand on the page."""
    clauses: list[Clause] = []
    for c in plan.clauses:
        clauses += [Clause((w,)) for w in c.words] if c.phrase and not c.excluded else [c]
    return replace(_plan(clauses[:MAX_CLAUSES]), accented=plan.accented)


def has_phrase(plan: Plan) -> bool:
    """Whether a phrase is asked for."""
    return any(c.phrase for c in plan.asked)


def looser_plans(plan: Plan) -> Iterator[tuple[str, Plan]]:
    """The plan as typed, then with less asked, each with the name of what was given up (FTS-1)."""
    yield "", plan
    if plan.accented:
        plan = without_accents(plan)
        yield "accents", plan
    if has_phrase(plan):
        yield "order", without_order(plan)
