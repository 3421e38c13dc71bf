"""From typed text to clauses. Any text gives clauses, never an error (rule SEA-8). Pure."""

from __future__ import annotations

import re
from typing import Final

from lienthu.domain.discovery.query import MAX_CLAUSES, MAX_QUERY_CHARS, Clause, Plan, Scope, Word
from lienthu.foundation.vietnamese.fold import fold, has_diacritics
from lienthu.foundation.vietnamese.text import clean
from lienthu.foundation.vietnamese.tokens import exact_tokens, folded_tokens

# Names a reader may put before a colon, folded: "tác giả" cannot be typed with a blank, so "tacgia" and "tg".
_SCOPES: Final[dict[str, Scope]] = {
    "title": "title", "ti": "title", "nhande": "title", "nd": "title", "ten": "title",
    "author": "person", "au": "person", "person": "person", "tacgia": "person", "tg": "person",
    "subject": "subject", "su": "subject", "chude": "subject", "cd": "subject", "tukhoa": "subject",
    "isbn": "identifier", "issn": "identifier", "id": "identifier", "so": "identifier",
}  # fmt: skip
_PART = re.compile(
    r"""(?P<minus>(?<!\S)-)?(?:(?P<scope>[^\W\d_]{2,10}):)?(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))""",
    re.VERBOSE,
)
_QUOTES: Final = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "″": '"'})
_GAPS = re.compile(r"[\s-]+")
_ISBN10 = re.compile(r"\d{9}[\dx]")
_ISBN = re.compile(r"^(?:97[89][- ]?)?(?:\d[- ]?){9}[\dXx]$")


def parse(text: str) -> Plan:
    """The plan of a typed query: words, "phrases", scope:word, -word, prefix*; an ISBN is an identifier (SEA-16)."""
    text = clean(text)[:MAX_QUERY_CHARS].translate(_QUOTES)
    clauses: list[Clause] = []
    if _ISBN.match(text.strip()):
        clauses.append(_identifier(text))
    else:
        for m in _PART.finditer(text):
            clauses += _clauses(m)
    clauses = clauses[:MAX_CLAUSES]
    asked = [c for c in clauses if not c.excluded]
    accented = any(w.marked for c in asked for w in c.words)
    return Plan(tuple(clauses), accented, len(asked))


def _clauses(m: re.Match[str]) -> list[Clause]:
    excluded = bool(m["minus"])
    scope: Scope = "any"
    phrase, word = m["phrase"], m["word"]
    if m["scope"]:
        known = _SCOPES.get(fold(m["scope"]))
        if known:
            scope = known
        elif word is not None:
            word = f"{m['scope']}:{word}"
        else:
            phrase = f"{m['scope']} {phrase}"
    if scope == "identifier":
        return [_identifier(phrase if phrase is not None else word or "", excluded=excluded)]
    if phrase is not None:
        words = words_of(phrase)
        return [Clause(words, scope, phrase=len(words) > 1, excluded=excluded)] if words else []
    words = words_of(word or "")
    if words and (word or "").endswith("*"):
        last = words[-1]
        words = (*words[:-1], Word(last.typed, last.exact, last.folded, last.marked, prefix=True))
    return [Clause((w,), scope, excluded=excluded) for w in words]


def _identifier(text: str, *, excluded: bool = False) -> Clause:
    compact = identifier_key(text)
    return Clause((Word(text, compact, compact, False),), "identifier", excluded=excluded)


def identifier_key(text: str) -> str:
    """An ISBN, ISSN or control number as it is indexed: no hyphens and blanks, lower case, ISBN-10 as ISBN-13."""
    key = (text if text.isalnum() else _GAPS.sub("", text)).lower()
    if len(key) == 10 and _ISBN10.fullmatch(key):
        core = "978" + key[:9]
        total = sum(int(d) * (1 if i % 2 == 0 else 3) for i, d in enumerate(core))
        key = core + str(-total % 10)
    return key


def words_of(text: str) -> tuple[Word, ...]:
    """The words of a text in their order."""
    return tuple(
        Word(exact, exact, folded, has_diacritics(exact))
        for exact, folded in zip(exact_tokens(text), folded_tokens(text), strict=True)
    )
