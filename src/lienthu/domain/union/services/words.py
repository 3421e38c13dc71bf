"""The standing decisions around given records, and whether another one can stand beside them (CLU-11)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from lienthu.domain.union.errors import DecisionContradicts
from lienthu.domain.union.models import PairDecision
from lienthu.domain.union.partition import Pair

SAME, DIFFERENT = PairDecision.Verdict.SAME, PairDecision.Verdict.DIFFERENT


@dataclass(frozen=True, slots=True)
class Word:
    """One decision on a pair. ``id`` 0: it is being made."""

    id: int
    verdict: str
    decided_by: str
    at: datetime | None
    act_id: int


class Words:
    """Decisions on pairs, with all that is forced together with the records given, and all they are kept apart from."""

    def __init__(self, records: Collection[int]) -> None:
        self.of: dict[Pair, Word] = {}
        self._beside: dict[int, set[int]] = {}
        frontier, read = set(records), set[int]()
        while frontier:
            read |= frontier
            onward: set[int] = set()
            for left, right, word in _standing(frontier):
                self.put((left, right), word)
                if word.verdict == SAME:
                    onward |= {left, right}
            frontier = onward - read

    def put(self, pair: Pair, word: Word) -> None:
        """Let ``word`` stand for the pair."""
        self.of[pair] = word
        for one, other in (pair, pair[::-1]):
            self._beside.setdefault(one, set()).add(other)

    def drop(self, pair: Pair) -> None:
        """Let nothing stand for the pair."""
        self.of.pop(pair, None)
        for one, other in (pair, pair[::-1]):
            self._beside.get(one, set()).discard(other)

    def say(self, pair: Pair, word: Word) -> None:
        """Let ``word`` stand for the pair, in place of an earlier one; raises DecisionContradicts."""
        self.drop(pair)
        if word.verdict == SAME:
            left, right = self._together(pair[0]), self._together(pair[1])
            for record_id in left:
                for other in self._beside.get(record_id, set()) & right.keys():
                    self._refuse((min(record_id, other), max(record_id, other)), DIFFERENT)
        elif word.verdict == DIFFERENT and pair[1] in (reached := self._together(pair[0])):
            came = reached[pair[1]]
            self._refuse((min(came, pair[1]), max(came, pair[1])), SAME)
        self.put(pair, word)

    def partners(self, record_id: int) -> set[int]:
        """The records it was called the same as, directly."""
        return {o for o in self._beside.get(record_id, ()) if self._verdict(record_id, o) == SAME}

    def _verdict(self, one: int, other: int) -> str:
        return self.of[min(one, other), max(one, other)].verdict

    def _together(self, record_id: int) -> dict[int, int]:
        """All that is forced together with the record, each with whom it was reached from."""
        reached, waiting = {record_id: record_id}, [record_id]
        while waiting:
            here = waiting.pop()
            for other in self.partners(here):
                if other not in reached:
                    reached[other] = here
                    waiting.append(other)
        return reached

    def _refuse(self, pair: Pair, verdict: str) -> None:
        word = self.of[pair]
        if word.verdict == verdict:
            raise DecisionContradicts(*pair, word.verdict, word.decided_by, word.at, word.act_id)


def _standing(records: Iterable[int]) -> list[tuple[int, int, Word]]:
    ids = list(records)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT left_id, right_id, id, verdict, decided_by, decided_at, act_id FROM union_pairdecision"
            " WHERE withdrawn_by_id IS NULL AND (left_id = ANY(%s) OR right_id = ANY(%s))",
            [ids, ids],
        )
        return [(left, right, Word(*rest)) for left, right, *rest in cursor.fetchall()]
