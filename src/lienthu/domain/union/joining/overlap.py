"""Whether a file's control numbers stand for other works in its source: is it from another system? (IMP-35, REP-4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from lienthu.domain.catalog.content import identity_of
from lienthu.domain.catalog.source_selectors import stored_under
from lienthu.domain.union.joining.findings import EXAMPLES
from lienthu.foundation.marc.describe import describe, describe_canonical
from lienthu.foundation.marc.model import Record
from lienthu.foundation.vietnamese.tokens import folded_tokens

_SAME_TITLE: Final = 0.34  # share of common words below which two titles are of different works
_MANY: Final = 10  # one in so many common numbers: more than a librarian uses anew


@dataclass(frozen=True, slots=True)
class Reused:
    """A control number with the title it has in the file and the one it has in the catalogue."""

    number: str
    here: str
    there: str


@dataclass(slots=True)
class Overlap:
    """What the first records of a file have in common with its source. ``other``: numbers with quite another title."""

    looked_at: int = 0
    numbered: int = 0
    common: int = 0
    other: int = 0
    examples: list[Reused] = field(default_factory=list)

    @property
    def doubtful(self) -> bool:
        """Whether a person must say that the file is from this system, before records are replaced."""
        return self.other > 0 and self.other * _MANY >= self.common


def overlap_of(source_id: int, records: Sequence[Record]) -> Overlap:
    """Compare these records with those that the source has under their numbers. One statement."""
    out = Overlap(looked_at=len(records))
    numbered = {identity_of(r.control_number, r): r for r in records if r.control_number}
    out.numbered = len(numbered)
    stored = stored_under(source_id, numbered.keys())
    for identity, record in numbered.items():
        if identity not in stored:
            continue
        out.common += 1
        now, was = describe(record), describe_canonical(stored[identity])
        if other_work(was.title_proper or was.title, now.title_proper or now.title):
            out.other += 1
            if len(out.examples) < EXAMPLES:
                out.examples.append(Reused(record.control_number, now.title, was.title))
    return out


def other_work(old_title: str, new_title: str) -> bool:
    """Whether two titles have so little in common that a control number must have been used for another book."""
    old, new = set(folded_tokens(old_title)), set(folded_tokens(new_title))
    return bool(old and new) and len(old & new) / min(len(old), len(new)) < _SAME_TITLE
