"""Lists in several parts, each with headings of its own: which of its columns is which of the first part's
(IMP-8)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import NamedTuple

from lienthu.foundation.marc.tabular.headers import IGNORED, LEXICON, words_of


class Places(NamedTuple):
    """For each column of a part the column of the table, and how many columns that makes."""

    columns: tuple[int, ...]
    width: int

    def moved(self, cells: Sequence[str]) -> tuple[str, ...]:
        """The cells of a row of the part, under the headings of the table."""
        found = [""] * max(self.width, len(cells))
        for column, text in zip(self.columns, cells, strict=False):
            found[column] = text
        found += cells[len(self.columns) :]
        while found and not found[-1]:
            found.pop()
        return tuple(found)


def is_heading(cells: Sequence[str], own: AbstractSet[str]) -> bool:
    """Whether a row below the header is headings again: all its cells are known headings, two of them of the table,
    whose words are ``own``. Asked of every row, so it ends at the first cell that is none.
    """
    found = []
    for cell in cells:
        if cell:
            words = words_of(cell) if len(cell) <= 60 else ""
            if not words or not (words in own or words in LEXICON or words in IGNORED):
                return False
            found.append(words)
    return len(own & set(found)) >= 2


def same_columns(some: Sequence[str], others: Sequence[str]) -> bool:
    """Whether two headers name the same columns, in whatever order, running numbers and sums aside."""
    mine, theirs = _named(some), _named(others)
    return bool(mine) and mine == theirs and max(mine.values()) == 1


def places(part: Sequence[str], headers: Sequence[str]) -> Places | None:
    """Where the columns of a part stand in the table; None where each is in its place already.

    A column that the table does not have goes beyond its headings, where its cells are reported.
    """
    known = [words_of(h) for h in headers]
    claimed = {known.index(words) for words in map(words_of, part) if words and known.count(words) == 1}
    columns: list[int] = []
    for i, heading in enumerate(part):
        words = words_of(heading)
        here = known[i] if i < len(known) else ""
        if words == here:
            column = i
        elif words and known.count(words) == 1 and known.index(words) not in columns:
            column = known.index(words)
        elif not words and i not in claimed:
            column = i  # no heading: the lower of two rows of headings says nothing of most columns
        else:
            column = max(len(headers), len(part)) + i if i < len(headers) else i
        columns.append(len(headers) + len(part) + i if column in columns else column)
    if columns == list(range(len(part))):
        return None
    return Places(tuple(columns), max(*columns, len(headers) - 1) + 1)


def _named(headers: Sequence[str]) -> Counter[str]:
    return Counter(words for h in headers if (words := words_of(h)) and words not in IGNORED)
