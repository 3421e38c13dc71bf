"""Which column is what: from Vietnamese and English headers, and from the contents where the header does not
tell.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from lienthu.foundation.marc.describe.identifiers import isbn13, issn
from lienthu.foundation.marc.describe.languages import marc_language
from lienthu.foundation.marc.tabular.headers import HEADERS, IGNORED, LEXICON, PHRASES, words_of

FIELDS: Final = tuple(HEADERS)
"""What a column can be mapped to."""

_REPEATABLE: Final = frozenset({"other_authors", "subjects", "keywords", "notes", "barcode", "classification", "url"})
_YEAR: Final = re.compile(r"\[?c?(1[89]|20)[0-9]{2}\??\]?")
_URL: Final = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_PAGES: Final = re.compile(r"[0-9]{1,4}\s*(?:tr|trang|p|pp)\.?", re.IGNORECASE)
_SIZE: Final = re.compile(r"[0-9]{1,2}(?:[.,][0-9])?(?:\s*x\s*[0-9]{1,2}(?:[.,][0-9])?)?\s*cm\.?", re.IGNORECASE)
_DEWEY: Final = re.compile(r"[0-9]{3}(?:\.[0-9]+)?")
_BARCODE: Final = re.compile(r"(?=.*[0-9]{3})[A-Za-zĐđ]{0,6}[./\-]?[A-Za-zĐđ]{0,4}[./\-]?[0-9]{3,13}")
_MONEY: Final = re.compile(
    r"[0-9]{1,3}(?:[.,\s][0-9]{3})+\s*(?:đ|vnđ|vnd|đồng)?|[0-9]+\s*(?:đ|vnđ|vnd|đồng)", re.IGNORECASE
)


class Guess(NamedTuple):
    """What a column probably is. ``confidence`` 0 to 1; ``why``: header, header-part, contents, or both
    joined by +.
    """

    field: str
    confidence: float
    why: str


def header_field(header: str) -> tuple[str, float]:
    """The field a header names and how sure that is; ("", 1.0) for columns to leave out, ("", 0.0) for
    unknown ones.
    """
    words = words_of(header)
    if not words:
        return "", 0.0
    if words in IGNORED:
        return "", 1.0
    if words == "kho":  # "Khổ" is the size, "Kho" the store; without marks it may be either
        return ("dimensions", 0.9) if "ổ" in header.lower() else ("location", 0.7 if header.isupper() else 0.8)
    if found := LEXICON.get(words):
        return found, 0.95 if len(words) > 3 or found in ("isbn", "issn", "url", "year") else 0.8
    padded = f" {words} "
    for phrase in PHRASES:
        if f" {phrase} " in padded:
            return LEXICON[phrase], 0.6 + 0.3 * len(phrase) / len(words)
    return "", 0.0


def recognised(cells: Sequence[str]) -> int:
    """How many cells of a row are known column headers."""
    return sum(1 for c in cells if c and len(c) <= 60 and header_field(c)[1] >= 0.75)


def _share(values: Sequence[str], matches: re.Pattern[str]) -> float:
    return sum(1 for v in values if matches.fullmatch(v)) / len(values)


def _content_field(values: Sequence[str]) -> tuple[str, float]:
    """What the cells of a column look like, and how sure that is. The checks run from the surest to the
    vaguest.
    """
    if not values:
        return "", 0.0
    count = len(values)
    isbns = sum(1 for v in values if isbn13(v.partition(" ")[0])) / count
    if isbns >= 0.5:
        return "isbn", 0.6 + 0.35 * isbns
    if sum(1 for v in values if len(v) <= 9 and issn(v)) / count >= 0.6:
        return "issn", 0.85
    for name, pattern, weight in (
        ("url", _URL, 0.95),
        ("year", _YEAR, 0.85),
        ("dimensions", _SIZE, 0.85),
        ("extent", _PAGES, 0.85),
        ("price", _MONEY, 0.75),
    ):
        share = _share(values, pattern)
        if share >= 0.7:
            return name, weight * share
    if sum(1 for v in values if marc_language(v) and (len(v) > 3 or v == v.lower())) / count >= 0.9:
        return "language", 0.7
    if _share(values, _DEWEY) >= 0.8 and any("." in v for v in values):
        return "classification", 0.6
    if _share(values, _BARCODE) >= 0.9 and len(set(values)) == count and count >= 3:
        return "barcode", 0.55
    return "", 0.0


def guess_mapping(headers: Sequence[str], sample_rows: Sequence[Sequence[str]]) -> dict[int, Guess]:
    """What each column of a table probably is, by column index; unknown and unwanted columns are left out.

    ``sample_rows`` are the cells of the first rows. A field that can stand once goes to the surest column; a
    second author column becomes other_authors.
    """
    guesses: dict[int, Guess] = {}
    width = max([len(headers), *(len(row) for row in sample_rows)], default=0)
    for column in range(width):
        header = headers[column] if column < len(headers) else ""
        values = [row[column].strip() for row in sample_rows if column < len(row) and row[column].strip()]
        named, sure = header_field(header)
        if not named and sure:
            continue
        seen, seen_sure = _content_field(values)
        if named and seen == named:
            guesses[column] = Guess(named, min(0.99, max(sure, seen_sure) + 0.04), "header+contents")
        elif named in ("location", "dimensions") and seen in ("dimensions", "location"):
            guesses[column] = Guess(seen, seen_sure, "contents")
        elif words_of(header) == "gia" and values and all(len(v) <= 3 for v in values):
            guesses[column] = Guess("location", 0.5, "contents")  # "Giá" is both price and shelf
        elif named and not (seen in ("isbn", "issn", "url") and seen_sure > sure):
            guesses[column] = Guess(named, sure, "header" if sure >= 0.75 else "header-part")
        elif seen:
            guesses[column] = Guess(seen, seen_sure, "contents")
    return _one_column_each(guesses)


def _one_column_each(guesses: Mapping[int, Guess]) -> dict[int, Guess]:
    taken: set[str] = set()
    kept: dict[int, Guess] = {}
    for column, guess in sorted(guesses.items(), key=lambda item: (-item[1].confidence, item[0])):
        if guess.field in taken and guess.field not in _REPEATABLE:
            if guess.field != "author":
                continue
            guess = guess._replace(field="other_authors", confidence=guess.confidence * 0.8)
        taken.add(guess.field)
        kept[column] = guess
    return dict(sorted(kept.items()))


def chosen(guesses: Mapping[int, Guess], at_least: float = 0.5) -> dict[int, str]:
    """The guesses that are sure enough, as the mapping that `row_to_record` takes."""
    return {column: guess.field for column, guess in guesses.items() if guess.confidence >= at_least}
