"""MARC records as lines for people, and the difference between two of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from lienthu.foundation.marc.model import Record

LEADER = "LDR"


@dataclass(frozen=True, slots=True)
class Line:
    """One field: tag, indicators with blanks shown as #, and either data or subfields."""

    tag: str
    indicators: str
    data: str
    subfields: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class DiffLine:
    """A line of a comparison. ``kind``: same, gone or new."""

    kind: str
    line: Line


def lines_of(record: Record) -> list[Line]:
    """The leader and the fields in their order."""
    lines = [Line(LEADER, "", record.leader, ())]
    for f in record.fields:
        indicators = "" if f.is_control else (f.ind1 + f.ind2).replace(" ", "#")
        lines.append(Line(f.tag, indicators, f.data, f.subfields))
    return lines


def compare(before: Record, after: Record) -> list[DiffLine]:
    """Every line of both, what went before what came."""
    old, new = lines_of(before), lines_of(after)
    return list(_walk(old, new))


def _walk(old: list[Line], new: list[Line]) -> Iterator[DiffLine]:
    for kind, a1, a2, b1, b2 in SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes():
        if kind == "equal":
            yield from (DiffLine("same", line) for line in old[a1:a2])
        else:
            yield from _replaced(old[a1:a2], new[b1:b2])


def _replaced(old: list[Line], new: list[Line]) -> Iterator[DiffLine]:
    """What came stands below what it took the place of, field by field."""
    waiting = list(new)
    for gone in old:
        while waiting and waiting[0].tag < gone.tag:
            yield DiffLine("new", waiting.pop(0))
        yield DiffLine("gone", gone)
        if waiting and waiting[0].tag == gone.tag:
            yield DiffLine("new", waiting.pop(0))
    yield from (DiffLine("new", line) for line in waiting)
