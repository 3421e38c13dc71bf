"""Publications as result lists show them, read from the database: the index finds, it does not tell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lienthu.domain.catalog import selectors as catalog
from lienthu.domain.catalog.authority_selectors import RecordHeadings, headings_of, records_under
from lienthu.domain.network.selectors.facts import LibraryFacts, library_facts
from lienthu.domain.union import selectors as union
from lienthu.domain.union.election import elected_of
from lienthu.domain.union.selectors import MemberRow
from lienthu.foundation.marc.describe import Description, describe, describe_canonical
from lienthu.foundation.marc.normalise import from_canonical


@dataclass(frozen=True, slots=True)
class Hit:
    """One publication in a result list."""

    id: int
    score: float
    description: Description
    libraries: tuple[LibraryFacts, ...]
    copies: int
    available: int
    on_loan: int

    @property
    def all_on_loan(self) -> bool:
        """Whether every copy is known to be out (SEA-23). A copy of no recorded state is not."""
        return 0 < self.copies == self.on_loan


def hits_of(found: Sequence[tuple[int, float]]) -> tuple[Hit, ...]:
    """The publications as a list shows them, from the database (SEA-9): a few statements whatever their number."""
    members = union.members_of([id_ for id_, _ in found])
    libraries = library_facts() if members else {}
    record_ids = [m.record_id for rows in members.values() for m in rows]
    copies = catalog.copy_counts(record_ids)
    headings = headings_of(record_ids)
    out = []
    for id_, score in found:
        rows = members.get(id_)
        if not rows:
            continue  # withdrawn a moment ago; the index will follow
        held = list(dict.fromkeys(m.library_id for m in rows))
        counts = [copies.get(m.record_id, (0, 0, 0)) for m in rows]
        out.append(
            Hit(
                id_,
                score,
                elected_of(rows, described(rows, headings)).description,
                tuple(libraries[i] for i in held),
                sum(c for c, _, _ in counts),
                sum(a for _, a, _ in counts),
                sum(out for _, _, out in counts),
            )
        )
    return tuple(out)


def works_under(authority_id: int, after: int = 0, limit: int = 30) -> tuple[tuple[Hit, ...], int]:
    """Publications under an authority, by their records in order after ``after``, and where the next page begins (0:
    nowhere). Live, from the database.
    """
    record_ids = records_under(authority_id, after, limit + 1)
    clusters = union.clusters_of(record_ids[:limit])
    hits = hits_of([(cluster, 0.0) for cluster in dict.fromkeys(clusters.values())])
    return hits, record_ids[limit - 1] if len(record_ids) > limit else 0


def under_headings(record_id: int, marc: str, headings: Mapping[int, RecordHeadings]) -> Description:
    """What a record says, under its authorised headings (AUT-11)."""
    under = headings.get(record_id)
    return describe(under.applied(from_canonical(marc))) if under else describe_canonical(marc)


def described(members: Sequence[MemberRow], headings: Mapping[int, RecordHeadings]) -> list[Description]:
    """What each of these records says, under its authorised headings."""
    return [under_headings(m.record_id, m.marc, headings) for m in members]
