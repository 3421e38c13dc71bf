"""Completion of words inside one object: which words of it begin so (PRE-6)."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from itertools import islice

from lienthu.domain.digital.access import Opened
from lienthu.domain.digital.policy import Act
from lienthu.domain.digital.selectors.texts import pages_with_text, texts_of_pages
from lienthu.domain.digital.selectors.volumes import newest_text
from lienthu.foundation.vietnamese.fold import fold
from lienthu.foundation.vietnamese.text import clean
from lienthu.foundation.vietnamese.tokens import tokenise

_SHOWN = 20
_AT_ONCE = 200


def terms_in(opened: Opened, begun: str, *, least: int = 1) -> list[tuple[str, int]]:
    """The most frequent words that begin so, at least ``least`` times each, with how often: of readable pages only."""
    begun = clean(begun).lower()
    if not begun or not opened.may(Act.READ):
        return []
    counted = _words(opened.object.pk, newest_text(opened.object.pk), opened.object.version, _Pages(opened))
    found = ((word, n) for word, n in counted if n >= least and _begins(word, begun))
    return list(islice(found, _SHOWN))


def _begins(word: str, begun: str) -> bool:
    """Letter by letter: one typed with its marks is that letter, one without is every letter of its kind."""
    return len(word) >= len(begun) and all(t in (w, fold(w)) for w, t in zip(word, begun, strict=False))


class _Pages:
    """The pages that a reader may read; equal for readers who may read the same."""

    def __init__(self, opened: Opened) -> None:
        self.opened, self.staff = opened, opened.may(Act.WORK)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Pages) and other.staff == self.staff

    def __hash__(self) -> int:
        return hash(self.staff)


@lru_cache(maxsize=16)
def _words(object_id: int, newest: int, version: int, pages: _Pages) -> tuple[tuple[str, int], ...]:
    """Every word of the object, the most frequent first: counted once for each state of its texts."""
    counts: Counter[str] = Counter()
    readable = [p.pk for p in pages_with_text(object_id) if pages.opened.may(Act.READ, p)]
    for start in range(0, len(readable), _AT_ONCE):
        for rows in texts_of_pages(readable[start : start + _AT_ONCE]).values():
            for row in rows:
                counts.update(token.text.lower() for token in tokenise(row.text))
    return tuple(counts.most_common())
