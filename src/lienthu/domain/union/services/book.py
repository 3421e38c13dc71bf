"""What one act of joining knows of records: fingerprints read on first use, pairs scored once."""

from __future__ import annotations

from collections.abc import Callable

from lienthu.domain.union.fingerprint import Fingerprint
from lienthu.domain.union.known_names import NONE, KnownNames
from lienthu.domain.union.partition import Pair
from lienthu.domain.union.scoring.model import Scored, Verdict, score_pair
from lienthu.domain.union.scoring.rules import Rule

CONTRADICTS_BELOW = 0.1
"""Records scored below this are not merely unlike: they contradict each other (CLU-4)."""


class Book:
    """Records by id, with the cluster they stand in, and the scores of pairs of them."""

    def __init__(self, rule: Rule, names: KnownNames = NONE) -> None:
        self.rule = rule
        self._names = names
        self.cluster: dict[int, int | None] = {}
        self._texts: dict[int, str] = {}
        self._fingerprints: dict[int, Fingerprint] = {}
        self._compared: dict[int, Fingerprint] = {}
        self._scored: dict[Pair, Scored] = {}
        self._contradict: dict[Pair, bool] = {}

    def __contains__(self, record_id: int) -> bool:
        return record_id in self.cluster

    def add(self, record_id: int, cluster_id: int | None, text: str) -> None:
        """Know a stored record."""
        self.cluster[record_id] = cluster_id
        self._texts[record_id] = text

    def arrive(self, record_id: int, cluster_id: int | None, fingerprint: Fingerprint) -> None:
        """Know a record as it comes in; what was stored of it counts no more."""
        self.cluster[record_id] = cluster_id
        self._fingerprints[record_id] = fingerprint
        self._compared.pop(record_id, None)

    def fingerprint(self, record_id: int) -> Fingerprint:
        """The fingerprint of a known record."""
        found = self._fingerprints.get(record_id)
        if found is None:
            found = self._fingerprints[record_id] = Fingerprint.loads(self._texts[record_id])
        return found

    def compared(self, record_id: int) -> Fingerprint:
        """What is compared of a known record: its fingerprint, names of one person under one heading (MAT-26)."""
        found = self._compared.get(record_id)
        if found is None:
            found = self._compared[record_id] = self._names.settled(self.fingerprint(record_id))
        return found

    def scored(self, one: int, other: int) -> Scored:
        """The score of two known records, the older one on the left."""
        pair = (one, other) if one < other else (other, one)
        found = self._scored.get(pair)
        if found is None:
            found = score_pair(self.compared(pair[0]), self.compared(pair[1]), self.rule)
            self._scored[pair] = found
        return found

    def contradict(self, one: int, other: int) -> bool:
        """Whether two known records contradict each other."""
        pair = (one, other) if one < other else (other, one)
        found = self._contradict.get(pair)
        if found is None:
            found = self._contradict[pair] = contradict(self.scored(*pair), lambda: self._in_full(pair), self.rule)
        return found

    def _in_full(self, pair: Pair) -> Scored:
        return score_pair(self.compared(pair[0]), self.compared(pair[1]), self.rule, full=True)


def contradict(scored: Scored, in_full: Callable[[], Scored], rule: Rule) -> bool:
    """Whether a pair so scored contradicts (CLU-4). A score that is not in full is the highest it might be.

    A pair that a cap of the rule holds down contradicts too, however much else agrees: "Hạ Long" and "Hà Long" are both
    the same as "Ha Long", and yet not each other. Too little evidence is no contradiction.
    """
    if scored.verdict is Verdict.SAME:
        return False
    if scored.score < CONTRADICTS_BELOW:
        return True
    full = in_full() if scored.verdict is Verdict.DIFFERENT else scored
    return full.score < CONTRADICTS_BELOW or any(
        level in rule.caps.get(feature, {})
        for feature, _, level in (part.partition("=") for part in full.levels.split())
        if feature != "evidence"
    )
