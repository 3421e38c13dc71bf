"""What a change of the dated rules of access closes and opens, and what is wrong with rules. Pure. RGT-12, RGT-13."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Final

from lienthu.domain.digital.policy import Access, RightsFacts, Rule, Status, decide_access
from lienthu.domain.digital.shipped.reading import StatedRule

CERTAINTIES: Final = ("found", "secondary", "unverified")
RULED: Final = tuple(status for status in Status if status is not Status.PERMITTED)
"""The statuses that rules speak of: what a holder permits stands in the rights record itself."""
MOST_RULES: Final = 30
_EARLIEST, _LATEST = date(1800, 1, 1), date(2999, 12, 31)
_DAYS_TOLD: Final = 12


class RuleFault(StrEnum):
    """Why rules cannot be put in force."""

    NONE = "none"
    TOO_MANY = "too_many"
    NO_BASIS = "no_basis"
    CERTAINTY = "certainty"
    ODD_DAY = "odd_day"
    BACKWARDS = "backwards"
    OVERLAP = "overlap"


def fault_of(rules: Sequence[StatedRule]) -> RuleFault | None:
    """What is wrong with the rules of one status; None: nothing. Every day has at most one rule."""
    if not rules:
        return RuleFault.NONE
    if len(rules) > MOST_RULES:
        return RuleFault.TOO_MANY
    for stated in rules:
        begins, ends = stated.rule.valid_from, stated.rule.valid_until
        if not stated.basis.strip():
            return RuleFault.NO_BASIS
        if stated.certainty not in CERTAINTIES:
            return RuleFault.CERTAINTY
        if not _EARLIEST <= begins <= _LATEST or (ends is not None and ends > _LATEST):
            return RuleFault.ODD_DAY
        if ends is not None and ends < begins:
            return RuleFault.BACKWARDS
    in_order = sorted((stated.rule for stated in rules), key=lambda rule: rule.valid_from)
    for earlier, later in pairwise(in_order):
        if earlier.valid_until is None or earlier.valid_until >= later.valid_from:
            return RuleFault.OVERLAP
    return None


def gaps_of(rules: Iterable[Rule], today: date) -> list[tuple[date, date | None]]:
    """Runs of days from today on of which no rule speaks: then everything of that status is closed (RGT-2).

    First and last day of each; None: for ever.
    """
    gaps: list[tuple[date, date | None]] = []
    free_from: date | None = today
    for rule in sorted(rules, key=lambda rule: rule.valid_from):
        if free_from is None:
            break
        if rule.valid_until is not None and rule.valid_until < free_from:
            continue
        if rule.valid_from > free_from:
            gaps.append((free_from, rule.valid_from - timedelta(days=1)))
        free_from = None if rule.valid_until is None else rule.valid_until + timedelta(days=1)
    if free_from is not None:
        gaps.append((free_from, None))
    return gaps


@dataclass(frozen=True, slots=True)
class Alike:
    """Objects whose rights are alike as far as rules can tell them apart: how many, and some of them."""

    rights: RightsFacts
    count: int
    some: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Shift:
    """Objects that go from one class of access to another; ``some``: ids of a few of them."""

    before: Access
    after: Access
    count: int
    some: tuple[int, ...] = ()

    @property
    def opens(self) -> bool:
        """Whether more people than before may read."""
        return _strictness(self.after) < _strictness(self.before)


@dataclass(frozen=True, slots=True)
class Effect:
    """What a change means from that day on."""

    on: date
    shifts: tuple[Shift, ...]


def effects(
    alike: Sequence[Alike], before: Sequence[Rule], after: Sequence[Rule], today: date, *, examples: int = 5
) -> list[Effect]:
    """What changes when these rules stand in place of those: today, and on each later day on which that changes."""
    days = {today}
    for rule in (*before, *after):
        days.add(rule.valid_from)
        if rule.valid_until is not None and rule.valid_until < date.max:
            days.add(rule.valid_until + timedelta(days=1))
    told: list[Effect] = []
    last: tuple[Shift, ...] = ()
    for day in sorted(day for day in days if day >= today)[:_DAYS_TOLD]:
        found = _shifts(alike, before, after, day, examples)
        if found != last:
            told.append(Effect(day, found))
        last = found
    return told


def _shifts(
    alike: Sequence[Alike], before: Sequence[Rule], after: Sequence[Rule], on: date, examples: int
) -> tuple[Shift, ...]:
    found: dict[tuple[Access, Access], Shift] = {}
    for group in alike:
        key = decide_access(group.rights, before, on), decide_access(group.rights, after, on)
        if key[0] is key[1]:
            continue
        so_far = found.get(key, Shift(*key, 0))
        some = tuple(dict.fromkeys((*so_far.some, *group.some)))[:examples]
        found[key] = Shift(*key, so_far.count + group.count, some)
    return tuple(sorted(found.values(), key=lambda s: (s.opens, -s.count, s.before, s.after)))


def _strictness(access: Access) -> int:
    return list(Access).index(access)
