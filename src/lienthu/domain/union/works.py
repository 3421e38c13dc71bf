"""Which work a publication is an edition of: a key that its editions and translations share (CLU-18). Pure."""

from __future__ import annotations

import hashlib
from typing import Final

from lienthu.foundation.marc.describe import Description
from lienthu.foundation.vietnamese.names import name_key
from lienthu.foundation.vietnamese.tokens import folded_tokens

_WITHOUT: Final = frozenset({"serial", "article", "picture", "object"})
_ARTICLES: Final = frozenset({"the", "a", "an", "le", "la", "les", "l", "un", "une", "der", "die", "das"})
_TELLING: Final = 3
"""A title of fewer words says too little without a person: every "Tuyển tập" would be one work."""


def work_key(d: Description) -> int | None:
    """A 62-bit number for the work, negative when the record states the original title; None when it cannot be told.

    The work is the original or uniform title, else the title proper, with the volume and the first person.
    """
    if d.material_type in _WITHOUT:
        return None
    words = folded_tokens(d.original_title or d.title_proper or d.title)
    if len(words) > 1 and words[0] in _ARTICLES and (d.original_title or d.languages[:1] != ("vie",)):
        words = words[1:]
    person = " ".join(sorted(name_key(d.authors[0].name))) if d.authors else ""
    if not words or (not person and len(words) < _TELLING):
        return None
    text = "\x1f".join((" ".join(words), " ".join(folded_tokens(d.part)), person))
    number = int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big") >> 2 or 1
    return -number if d.original_title else number


def elect_work(keys: list[tuple[int, int | None]]) -> int | None:
    """The work of a publication from (record id, key) of its records: what is stated first, then what most say."""
    votes: dict[int, tuple[bool, int, int]] = {}
    for record_id, key in keys:
        if key is not None:
            stated, count, oldest = votes.get(abs(key), (False, 0, record_id))
            votes[abs(key)] = (stated or key < 0, count + 1, min(oldest, record_id))
    return max(votes, key=lambda k: (votes[k][0], votes[k][1], -votes[k][2])) if votes else None
