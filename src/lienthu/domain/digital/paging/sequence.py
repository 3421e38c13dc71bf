"""Whether the numbers of pages run on: what is missing, twice, out of order, or numbered otherwise. Rule WFL-21.

Two witnesses: the label that a person gave, and the number that is printed on the page, as far as it was read. A number
that was read counts only where pages near it bear it out, so that a year at the end of a page is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from lienthu.domain.digital.paging.numbering import roman

_NEAR: Final = 4  # so many pages on both sides bear a number out
_LONGEST_LINE: Final = 80  # a running title with its number; a longer line is text
_LABEL = re.compile(r"(?P<prefix>\D*?)\s*(?P<number>\d{1,5})(?P<side>[abrv]?)")
_ROMAN = re.compile(r"[ivxlcdm]{1,15}")
_VALUES: Final = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100, "d": 500, "m": 1000}
_AROUND: Final = " \t.,:;|[](){}<>*~_-–—·•"


class Number(NamedTuple):
    """A number of a page. ``kind``: pages of one kind count together; ``value`` rises by one from page to page."""

    kind: str
    value: int


@dataclass(frozen=True, slots=True)
class Leaf:
    """A page as the sequence sees it; ``lines``: the first and the last line of its text."""

    seq: int
    label: str = ""
    missing: bool = False
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Break:
    """Where numbers do not run on, at the page after the break. ``told``: the two numbers between which it is."""

    code: str  # gap, double, order, label
    told: str


@dataclass(slots=True)
class _Run:
    """The last page of a kind: where it stands, its number, and what it is called."""

    place: int
    value: int
    said: str


def number_of(label: str) -> Number | None:
    """The number in a label: 12, xii, 12b, 12v, “Hình 3”; None where it is none."""
    label = label.strip().casefold()
    if label in ("l", "c", "d", "m"):
        return None  # the third plate rather than page 100
    if _ROMAN.fullmatch(label) and (value := _from_roman(label)):
        return Number("roman", value)
    found = _LABEL.fullmatch(label)
    if found is None:
        return None
    number, side = int(found["number"]), found["side"]
    if side:
        return Number(f"leaf {found['prefix']}", number * 2 + (side in "bv"))
    return Number(f"page {found['prefix']}", number)


def _from_roman(letters: str) -> int:
    """The value of small roman numerals, 0 for what is none."""
    values = [_VALUES[letter] for letter in letters]
    total = sum(-v if v < w else v for v, w in zip(values, [*values[1:], 0], strict=True))
    return total if 0 < total < 4000 and roman(total) == letters else 0


def breaks_in(leaves: Sequence[Leaf]) -> dict[int, list[Break]]:
    """Breaks by the seq of the page at which they are seen; the leaves in their order."""
    found: dict[int, list[Break]] = {}
    printed = _printed(leaves)
    # a page without a number of its own may bear the one that is missing: it takes one up, as a missing page does
    for place, one in [*_of_labels(leaves), *_of_print(leaves, printed), *_disagreeing(leaves, printed)]:
        at = found.setdefault(leaves[place].seq, [])
        if all(known.code != one.code for known in at):
            at.append(one)
    return found


def _of_labels(leaves: Sequence[Leaf]) -> Iterator[tuple[int, Break]]:
    yield from _breaks((place, number_of(leaf.label), leaf.label) for place, leaf in enumerate(leaves))


def _of_print(leaves: Sequence[Leaf], printed: Sequence[Number | None]) -> Iterator[tuple[int, Break]]:
    yield from _breaks((place, number, _said(number)) for place, number in enumerate(printed))


def _breaks(numbered: Iterator[tuple[int, Number | None, str]]) -> Iterator[tuple[int, Break]]:
    last: dict[str, _Run] = {}
    between: dict[str, int] = {}  # pages since the last of the kind that bear a number of another kind
    for place, number, said in numbered:
        if number is None:
            continue
        for kind in between:
            between[kind] += kind != number.kind
        before = last.get(number.kind)
        last[number.kind] = _Run(place, number.value, said)
        others, between[number.kind] = between.get(number.kind, 0), 0
        if before is None:
            continue
        steps = place - before.place - others
        told = f"{before.said} → {said}"
        if number.value == before.value:
            yield place, Break("double", told)
        elif number.value > before.value + steps:
            yield place, Break("gap", told)
        elif number.value < before.value and number.value > max(steps, _first_of(number.kind)):
            yield place, Break("order", told)  # a small number begins anew: the next part, the next issue


def _first_of(kind: str) -> int:
    """The value with which a count begins."""
    return 3 if kind.startswith("leaf") else 1


def _said(number: Number | None) -> str:
    if number is None:
        return ""
    if number.kind == "roman":
        return roman(number.value)
    if number.kind.startswith("leaf"):
        return f"{number.value // 2}{'ab'[number.value % 2]}"
    return str(number.value)


def _printed(leaves: Sequence[Leaf]) -> list[Number | None]:
    """For each page the number that is printed on it, where pages near it bear it out."""
    read = [frozenset(_candidates(leaf)) for leaf in leaves]
    answer: list[Number | None] = []
    for place, candidates in enumerate(read):
        best: tuple[int, Number] | None = None
        for number in sorted(candidates):
            borne = sum(
                Number(number.kind, number.value + way) in read[place + way]
                for way in range(-_NEAR, _NEAR + 1)
                if way and 0 <= place + way < len(read)
            )
            if borne and (best is None or borne > best[0]):
                best = borne, number
        answer.append(best[1] if best else None)
    return answer


def _candidates(leaf: Leaf) -> Iterator[Number]:
    """What may be the page's number: the outermost words of its first and last line."""
    for line in leaf.lines:
        words = line.strip(_AROUND).split() if len(line) <= _LONGEST_LINE else []
        for word in {words[0], words[-1]} if words else ():
            number = number_of(word.strip(_AROUND))
            # a number with a word before it is no page's, and front matter ends before page 50
            if number and (number.kind in ("page ", "leaf ") or (number.kind == "roman" and number.value < 50)):
                yield number


def _disagreeing(leaves: Sequence[Leaf], printed: Sequence[Number | None]) -> Iterator[tuple[int, Break]]:
    """Where another number is printed than the label says: the first page of each stretch that is off by as much."""
    off = 0
    for place, (leaf, read) in enumerate(zip(leaves, printed, strict=True)):
        given = number_of(leaf.label)
        if read is None or given is None or given.kind != read.kind:
            continue
        if (now := read.value - given.value) != off and now:
            yield place, Break("label", f"{leaf.label} ≠ {_said(read)}")
        off = now
