"""Words by their beginning, all of them (rules SEA-16, FTS-1)."""

from __future__ import annotations

import re
from typing import Final

import tantivy
from tantivy import Query

_LONGEST: Final = 64  # an automaton for more letters may be refused as too large


def beginning(schema: tantivy.Schema, field: str, letters: str) -> Query:
    """Documents with a word that begins with these letters; each counts alike.

    The engine's own query for prefixes stops silently after fifty words of the dictionary. It is good enough for a
    beginning so long that there cannot be as many.
    """
    if len(letters) > _LONGEST:
        return Query.phrase_prefix_query(schema, field, [letters])
    return Query.regex_query(schema, field, f"{re.escape(letters)}.*")
