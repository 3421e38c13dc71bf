"""What a typed query may mean: keystrokes of Telex and VNI, slips, too many words. Pure but for a vocabulary to ask.

Rules SEA-4 (guarded decoding), SEA-5 (did you mean), docs/specs/search.md.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final, Protocol

from lienthu.domain.discovery.query import Clause, Plan, Word
from lienthu.foundation.vietnamese.fold import has_diacritics
from lienthu.foundation.vietnamese.keyboard import decode_telex, decode_vni
from lienthu.foundation.vietnamese.tokens import exact_key, folded_key

_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"
_MIN_CORRECTED = 3
_MAX_CORRECTED = 20


class Vocabulary(Protocol):
    """What an index knows of words: how many publications hold one."""

    def exact_count(self, token: str) -> int:
        """Publications with this exact word."""
        ...

    def folded_count(self, token: str) -> int:
        """Publications with a word of this folded form."""
        ...


@dataclass(frozen=True, slots=True)
class Decoded:
    """A word that was read as keystrokes: what was typed, what it stands for."""

    typed: str
    meant: str


def decode_keystrokes(plan: Plan, vocabulary: Vocabulary) -> tuple[Plan, tuple[Decoded, ...]]:
    """Read words as Telex or VNI typing, only where the typed word is unknown and the decoded one known (SEA-4)."""
    decoded: list[Decoded] = []

    def word(w: Word) -> Word:
        if w.marked or w.prefix:
            return w
        readings = [meant for decode in (decode_telex, decode_vni) if (meant := decode(w.typed))]
        if not readings or vocabulary.folded_count(w.folded):  # most words cannot be keystrokes: none is looked up
            return w
        for meant in readings:
            if vocabulary.exact_count(exact_key(meant)):
                decoded.append(Decoded(w.typed, meant))
                return Word(meant, exact_key(meant), folded_key(meant), has_diacritics(meant))
        return w

    clauses = tuple(
        c if c.scope == "identifier" else replace(c, words=tuple(word(w) for w in c.words)) for c in plan.clauses
    )
    if not decoded:
        return plan, ()
    accented = any(w.marked for c in clauses if not c.excluded for w in c.words)
    return Plan(clauses, accented, plan.needed), tuple(decoded)


def without_accents(plan: Plan) -> Plan:
    """The same plan answered by folded words only."""
    return replace(plan, accented=False)


def corrected(plan: Plan, vocabulary: Vocabulary) -> Plan | None:
    """The plan with unknown words replaced by the most common known word one slip away, or None (SEA-5)."""
    changed = False

    def word(w: Word) -> Word:
        nonlocal changed
        if w.prefix or vocabulary.folded_count(w.folded):
            return w
        best = max(_one_slip(w.folded), key=vocabulary.folded_count, default="")
        if not best or not vocabulary.folded_count(best):
            return w
        changed = True
        return Word(best, best, best, False)

    clauses = tuple(
        c if c.scope == "identifier" or c.excluded else Clause(tuple(word(w) for w in c.words), c.scope, c.phrase)
        for c in plan.clauses
    )
    if not changed:
        return None
    return Plan(clauses, any(w.marked for c in clauses for w in c.words), plan.needed)


def _one_slip(word: str) -> Iterable[str]:
    """Every string one deletion, transposition, replacement or insertion away (Damerau-Levenshtein distance 1)."""
    if not _MIN_CORRECTED <= len(word) <= _MAX_CORRECTED or not word.isascii() or not word.isalpha():
        return
    splits = [(word[:i], word[i:]) for i in range(len(word) + 1)]
    for left, right in splits:
        if right:
            yield left + right[1:]
            for letter in _LETTERS:
                yield left + letter + right[1:]
        if len(right) > 1:
            yield left + right[1] + right[0] + right[2:]
        for letter in _LETTERS:
            yield left + letter + right


def as_text(plan: Plan) -> str:
    """A plan as a query that can be typed again."""
    parts = []
    for c in plan.clauses:
        words = " ".join(w.typed + "*" * w.prefix for w in c.words)
        scope = {
            "title": "title:",
            "person": "author:",
            "subject": "subject:",
            "identifier": "id:",
            "any": "",
        }[c.scope]
        parts.append(f"{'-' if c.excluded else ''}{scope}" + (f'"{words}"' if c.phrase else words))
    return " ".join(parts)
