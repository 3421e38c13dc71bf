"""The queue of doubtful pairs by what the records are: kinds of material, obvious series. Reading only (CLU-13).

What is not a column of the queue is read from the fingerprints, page by page; so much at a time that an answer never
takes long, with the place from which to go on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from lienthu.domain.catalog.models import BibRecord
from lienthu.domain.union.fingerprint import Fingerprint
from lienthu.domain.union.models import Membership
from lienthu.domain.union.review import Filters, PairView, Place, ReviewRow, next_reviews, pair_views, review_queue

_PAGE: Final = 1000
SEARCHED: Final = 5000
"""Pairs looked through for one answer, at most."""


class Series(StrEnum):
    """What makes a doubtful pair an obvious case: both of one title, but not the same thing."""

    VOLUMES = "volumes"
    SET = "set"


@dataclass(frozen=True, slots=True)
class Found:
    """Pairs, and from where to go on: None when the queue was read to its end."""

    pairs: tuple[PairView, ...]
    onward: Place | None


@dataclass(frozen=True, slots=True)
class SeriesGroup:
    """Doubtful pairs of one kind between the same two libraries (the smaller id first; equal: within one library)."""

    kind: Series
    libraries: tuple[int, int]
    pairs: int


@dataclass(frozen=True, slots=True)
class SeriesPair:
    """A pair of an obvious series, as it is compared."""

    row: ReviewRow
    title: str
    left_part: str
    right_part: str
    left_year: int | None
    right_year: int | None


def find_pairs(
    after: Place | None = None, limit: int = 10, filters: Filters | None = None, *, material: str = "",
    series_only: bool = False,
) -> Found:  # fmt: skip
    """The next pairs of the queue of a kind of material (of either record), or of obvious series."""
    filters = filters or Filters()
    if not material and not series_only:
        pairs = next_reviews(after, limit, filters)
        return Found(tuple(pairs), pairs[-1].row.place if len(pairs) == limit else None)
    found: list[ReviewRow] = []
    onward: Place | None = None
    for row, left, right in _compared(after, filters):
        onward = row.place
        if (not material or material in (left.material, right.material)) and (
            not series_only or series_of(left, right) is not None
        ):
            found.append(row)
            if len(found) == limit:
                break
    else:
        onward = onward if _cut_short(filters, onward) else None
    return Found(tuple(pair_views(found)), onward)


def series_of(left: Fingerprint, right: Fingerprint) -> Series | None:
    """Two volumes of one title, or a set and one of its volumes; None for anything less obvious."""
    if not left.title_folded or left.title_folded != right.title_folded or left.part == right.part:
        return None
    return Series.VOLUMES if left.part and right.part else Series.SET


def series_groups(filters: Filters | None = None) -> list[SeriesGroup]:
    """What obvious series wait among the first SEARCHED pairs, the largest groups first."""
    counts: Counter[tuple[Series, tuple[int, int]]] = Counter()
    for row, left, right in _compared(None, filters or Filters()):
        if kind := series_of(left, right):
            counts[kind, _libraries(row)] += 1
    groups = [SeriesGroup(kind, libraries, n) for (kind, libraries), n in counts.items()]
    return sorted(groups, key=lambda g: (-g.pairs, g.kind, g.libraries))


def series_pairs(
    kind: Series, libraries: tuple[int, int], filters: Filters | None = None, limit: int = 500
) -> list[SeriesPair]:
    """The pairs of a group, by title, to be looked through before they are decided at one go."""
    wanted = (min(libraries), max(libraries))
    out: list[SeriesPair] = []
    for row, left, right in _compared(None, filters or Filters()):
        if _libraries(row) == wanted and series_of(left, right) == kind:
            out.append(SeriesPair(row, left.title or left.title_folded, left.part, right.part, left.year, right.year))
            if len(out) == limit:
                break
    return sorted(out, key=lambda p: (p.title, p.left_part, p.right_part, p.row.left))


def libraries_of(record_ids: Collection[int]) -> dict[int, int]:
    """Record → library, of records that stand in the union. One query."""
    found = BibRecord.objects.filter(pk__in=record_ids, deleted=False)
    return dict(found.values_list("pk", "library_id"))


def _compared(after: Place | None, filters: Filters) -> Iterator[tuple[ReviewRow, Fingerprint, Fingerprint]]:
    """The queue with what its records are compared by. Two queries a page."""
    for _ in range(SEARCHED // _PAGE):
        rows = review_queue(after, _PAGE, filters)
        prints = _fingerprints(rows)
        for row in rows:
            if row.left in prints and row.right in prints:
                yield row, prints[row.left], prints[row.right]
        if len(rows) < _PAGE:
            return
        after = rows[-1].place


def _cut_short(filters: Filters, last: Place | None) -> bool:
    return last is not None and bool(review_queue(last, 1, filters))


def _fingerprints(rows: Sequence[ReviewRow]) -> dict[int, Fingerprint]:
    ids = {r for row in rows for r in (row.left, row.right)}
    stored = Membership.objects.filter(record_id__in=ids).values_list("record_id", "fingerprint")
    return {record_id: Fingerprint.loads(text) for record_id, text in stored}


def _libraries(row: ReviewRow) -> tuple[int, int]:
    return min(row.left_library, row.right_library), max(row.left_library, row.right_library)
