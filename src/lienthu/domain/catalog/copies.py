"""The copies of a record as rows, and which row a copy is that was read again by other rules. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from lienthu.foundation.marc.holdings import ItemData

MAX_BARCODE: Final = 120  # longer is no barcode; the record itself keeps it whole


class Copy(NamedTuple):
    """A copy, or holdings in words, as it is kept: all that its record says, in the order of COLUMNS."""

    branch_id: int | None = None
    branch_text: str = ""
    location: str = ""
    call_number: str = ""
    barcode: str = ""
    copy_number: str = ""
    copies: int = 1
    status: str = "unknown"
    note: str = ""
    acquired: str = ""
    statement: str = ""


COLUMNS: Final = ", ".join(Copy._fields)


def copies_in(items: Iterable[ItemData], statements: Iterable[str], branches: Mapping[str, int]) -> list[Copy]:
    """What a record says of its copies, as rows. ``branches``: code in small letters → the library's branch."""
    rows = [
        Copy(
            branches.get(i.branch.lower()), i.branch, i.location, i.call_number, i.barcode[:MAX_BARCODE],
            i.copy_number[:40], max(0, min(i.copies, 100_000)), i.status, i.note, i.acquired[:40], "",
        )
        for i in items
    ]  # fmt: skip
    rows += [Copy(copies=0, statement=statement) for statement in statements]
    return rows


class Held(NamedTuple):
    """A row that is there: its number, whether another copy has its barcode, and what it says."""

    id: int
    barcode_taken: bool
    copy: Copy


class Difference(NamedTuple):
    """What must be written so that the rows of a record are its copies: rows that change, that go, that come."""

    changed: list[tuple[Held, Copy]]
    gone: list[Held]
    fresh: list[Copy]


def difference(held: Sequence[Held], wanted: Sequence[Copy]) -> Difference | None:
    """Which row becomes which copy; None where they are what they should be.

    A copy is who it is by its barcode; then what is the same in everything is the same; the rest goes one after
    another, as a record names them. So whoever remembers the number of a copy still finds the copy.
    """
    if [h.copy for h in held] == list(wanted):
        return None
    left = {h.id: h for h in held}
    open_: list[Copy | None] = list(wanted)
    pairs: list[tuple[Held, Copy]] = []

    def settle(same: Mapping[object, list[Held]], key: object, at: int, copy: Copy) -> None:
        if rows := same.get(key):
            row = rows.pop(0)
            del left[row.id]
            open_[at] = None
            if row.copy != copy:
                pairs.append((row, copy))

    by_barcode = _by([(h.copy.barcode, h) for h in held if h.copy.barcode])
    for at, copy in enumerate(wanted):
        if copy.barcode:
            settle(by_barcode, copy.barcode, at, copy)
    alike = _by([(h.copy, h) for h in left.values()])
    for at, copy in enumerate(wanted):
        if open_[at] is not None:
            settle(alike, copy, at, copy)
    kinds = _by([(bool(h.copy.statement), h) for h in left.values()])
    for at, copy in enumerate(wanted):
        if open_[at] is not None:
            settle(kinds, bool(copy.statement), at, copy)
    fresh = [copy for copy in open_ if copy is not None]
    return Difference(pairs, list(left.values()), fresh) if pairs or left or fresh else None


def _by(rows: Iterable[tuple[object, Held]]) -> dict[object, list[Held]]:
    out: dict[object, list[Held]] = {}
    for key, row in rows:
        out.setdefault(key, []).append(row)
    return out
