"""The way of an object along the board: which step is allowed, and what still stands before it. Pure. Rule WFL-9."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

STAGES: Final = ("planned", "scanned", "checked", "recognised", "described", "published")


class Hindrance(StrEnum):
    """Why a step is not allowed."""

    NO_PAGES = "no_pages"
    PICTURES_WAIT = "pictures_wait"
    PAGES_FAILED = "pages_failed"
    TEXTS_WAIT = "texts_wait"
    NOT_DESCRIBED = "not_described"
    BY_PUBLISHING = "by_publishing"
    BY_WITHDRAWING = "by_withdrawing"
    REASON_NEEDED = "reason_needed"
    SAME = "same"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class StageFacts:
    """What the decision needs to know of an object."""

    stage: str
    pages: int = 0
    pictures_waiting: int = 0
    failed: int = 0
    texts_waiting: int = 0
    described: bool = False


def decide_move(facts: StageFacts, to: str, *, reason: str = "") -> Hindrance | None:
    """None: the step is allowed. Forward over several stages counts as every step between.

    Back is always allowed with a reason; publishing and withdrawing have acts of their own.
    """
    if to not in STAGES or facts.stage not in STAGES:
        return Hindrance.UNKNOWN
    if to == facts.stage:
        return Hindrance.SAME
    if to == "published":
        return Hindrance.BY_PUBLISHING
    if facts.stage == "published":
        return Hindrance.BY_WITHDRAWING
    here, there = STAGES.index(facts.stage), STAGES.index(to)
    if there < here:
        return None if reason.strip() else Hindrance.REASON_NEEDED
    for stage in STAGES[here + 1 : there + 1]:
        if (hindrance := _before(stage, facts)) is not None:
            return hindrance
    return None


def _before(stage: str, facts: StageFacts) -> Hindrance | None:
    if not facts.pages:
        return Hindrance.NO_PAGES
    if stage in ("checked", "recognised") and facts.pictures_waiting:
        return Hindrance.PICTURES_WAIT
    if stage == "checked" and facts.failed:
        return Hindrance.PAGES_FAILED
    if stage == "recognised" and facts.texts_waiting:
        return Hindrance.TEXTS_WAIT
    if stage == "described" and not facts.described:
        return Hindrance.NOT_DESCRIBED
    return None


@dataclass(frozen=True, slots=True)
class Share:
    """How much of a declared list is done. ``declared`` None: nobody said how many there are."""

    done: int
    declared: int | None

    @property
    def percent(self) -> int | None:
        """Whole percent, rounded down so that 100 means all; None where it is not known: never zero in its place."""
        if not self.declared:
            return None
        return min(100, self.done * 100 // self.declared)


def shares(counts: Sequence[tuple[str, int]], declared: int | None) -> dict[str, Share]:
    """For each stage, how many titles have reached it or more, against the declared list (WFL-10)."""
    reached = dict.fromkeys(STAGES, 0)
    for stage, count in counts:
        for earlier in STAGES[: STAGES.index(stage) + 1]:
            reached[earlier] += count
    return {stage: Share(reached[stage], declared) for stage in STAGES}
