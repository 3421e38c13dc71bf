"""Which of the province's own collections a record belongs to. Pure."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from lienthu.foundation.marc.describe import Description
from lienthu.foundation.vietnamese.tokens import folded_tokens

LOCAL_HISTORY: Final = "local-history"
CHILDREN: Final = "children"
COLLECTIONS: Final = (LOCAL_HISTORY, CHILDREN)
_LOCAL: Final = re.compile(
    r"\b(?:quang ninh|ha long|hon gai|hong gai|cam pha|uong bi|mong cai|yen tu|van don|co to|dong trieu|quang yen"
    r"|bach dang|tien yen|binh lieu|dam ha|ba che|hai ha|hoanh bo|tra co)\b"
)


def names_the_province(folded: str) -> bool:
    """Whether a folded text (words joined by spaces) names the province or a place in it."""
    return _LOCAL.search(folded) is not None


def is_local_history(d: Description) -> bool:
    """Whether a publication is about the province, by its subjects, places and title (rule SEA-9)."""
    return any(_named(text) for text in (*d.subjects, *d.places, d.title))


@lru_cache(maxsize=60_000)  # subjects and places come again and again
def _named(text: str) -> bool:
    return names_the_province(" ".join(folded_tokens(text)))
