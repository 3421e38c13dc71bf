"""Which of the province's own collections a record belongs to. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Final

from lienthu.foundation.marc.describe import Description
from lienthu.foundation.vietnamese.tokens import folded_tokens

LOCAL_HISTORY: Final = "local-history"
CHILDREN: Final = "children"
COLLECTIONS: Final = (LOCAL_HISTORY, CHILDREN)
_LOCAL: Final = frozenset(
    {
        ("quang", "ninh"), ("ha", "long"), ("hon", "gai"), ("hong", "gai"), ("cam", "pha"), ("uong", "bi"),
        ("mong", "cai"), ("yen", "tu"), ("van", "don"), ("co", "to"), ("dong", "trieu"), ("quang", "yen"),
        ("bach", "dang"), ("tien", "yen"), ("binh", "lieu"), ("dam", "ha"), ("ba", "che"), ("hai", "ha"),
        ("hoanh", "bo"), ("tra", "co"),
    }
)  # fmt: skip
"""The province and places in it, in folded words: all of their names have two."""


def names_the_province(folded: Sequence[str]) -> bool:
    """Whether a text, given in folded words, names the province or a place in it."""
    return not _LOCAL.isdisjoint(pairwise(folded))


def is_local_history(d: Description) -> bool:
    """Whether a publication is about the province, by its subjects, places and title (rule SEA-9)."""
    # unlike titles, headings come again and again
    return any(map(_named, (*d.subjects, *d.places))) or names_the_province(folded_tokens(d.title))


@lru_cache(maxsize=60_000)
def _named(heading: str) -> bool:
    return names_the_province(folded_tokens(heading))
