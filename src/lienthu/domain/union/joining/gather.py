"""Gather the facts of a joining report while a rehearsal runs, chunk by chunk (rules REP-1 to REP-6).

What is kept in memory does not grow with the file but for eight bytes a record: its number, by which at the end the
clusters are looked at once more, before everything is rolled back.
"""

from __future__ import annotations

import heapq
import random
from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from lienthu.domain.catalog.content import Arrival
from lienthu.domain.catalog.models import ImportBatch
from lienthu.domain.catalog.services.apply import Applied
from lienthu.domain.catalog.trial_selectors import former_states, holders_of
from lienthu.domain.union.joining import placed
from lienthu.domain.union.joining.findings import EXAMPLES, PAIRS, Conflict, Findings, Kind, Lack
from lienthu.domain.union.joining.overlap import other_work
from lienthu.domain.union.rule_selectors import rule_in_force
from lienthu.foundation.marc.describe import describe
from lienthu.foundation.marc.model import Record
from lienthu.foundation.marc.normalise import from_canonical
from lienthu.foundation.marc.quality import IMPORTANT, missing, not_asked

_SLICE = 2000  # records looked at in one statement
_UNTOLD = frozenset({"005"})  # every save changes it


class Gatherer:
    """Told of every chunk by ``observe``; asked for the report at the end, still inside the rehearsal's transaction."""

    def __init__(self, batch: ImportBatch) -> None:
        self._batch = batch
        self._found = Findings(rule=rule_in_force().version, quality={name: Lack() for name in IMPORTANT})
        self._written = array("q")
        self._taken: list[tuple[Arrival, str]] = []

    # -------------------------------------------------------------------------------------------------- chunk by chunk

    def observe(self, arrivals: Sequence[Arrival], applied: Applied) -> None:
        """What a chunk brought, and what its records became."""
        self._written.extend(w.record_id for w in applied.written)
        for a, outcome in zip(arrivals, applied.outcomes, strict=True):
            kind = self._found.kinds.setdefault(a.content.material_type, Kind())
            setattr(kind, outcome, getattr(kind, outcome) + 1)
            self._look_at(a)
        self._found.barcodes_taken += len(applied.barcodes_taken)
        self._taken += applied.barcodes_taken[: EXAMPLES - len(self._taken)]
        self._found.numbers_repeated += len(applied.repeated)
        for a in applied.repeated[: EXAMPLES - len(self._found.number_examples)]:
            claim = Conflict(a.content.control_number, a.ordinal + 1, a.content.label, other_in_file=True)
            self._found.number_examples.append(claim)
        self._compare_changed(arrivals, applied)

    def _look_at(self, a: Arrival) -> None:
        content = a.content
        record = from_canonical(content.marc)
        lacks = missing(record, describe(record), has_copies=bool(content.items or content.statements))
        excused = not_asked(content.material_type)
        for name, lack in self._found.quality.items():
            if name not in excused:
                lack.asked += 1
        for name in lacks:
            lack = self._found.quality[name]
            lack.missing += 1
            if len(lack.examples) < EXAMPLES:
                lack.examples.append([a.ordinal + 1, content.label])

    def _compare_changed(self, arrivals: Sequence[Arrival], applied: Applied) -> None:
        changed = [w for w in applied.written if not w.is_new]
        if not changed:
            return
        last = {a.content.identity: a for a in arrivals}
        before = former_states([w.record_id for w in changed], self._batch.pk)
        tags: Counter[str] = Counter(self._found.changed_fields)
        for w in changed:
            if w.record_id not in before:
                continue
            a = last[w.content.identity]
            old, new = from_canonical(before[w.record_id]), from_canonical(a.content.marc)
            touched = changed_tags(old, new)
            tags.update(touched)
            self._found.changed_records += 1
            if len(self._found.changed_examples) < EXAMPLES:
                self._found.changed_examples.append([a.ordinal + 1, a.content.label, " ".join(touched)])
            was, now = describe(old), describe(new)
            if other_work(was.title_proper or was.title, now.title_proper or now.title):
                self._found.numbers_reused += 1
                if len(self._found.reused_examples) < EXAMPLES:
                    claim = Conflict(
                        a.content.control_number, a.ordinal + 1, a.content.label, was.title, record_id=w.record_id
                    )
                    self._found.reused_examples.append(claim)
        self._found.changed_fields = dict(tags)

    # ------------------------------------------------------------------------------------------------------ at the end

    def finish(self, breathe: Callable[[], None]) -> Findings:
        """The report. ``breathe`` is called between statements; it may raise when somebody waits for our locks."""
        self._name_holders()
        ours = array("q", sorted(set(self._written)))
        found = self._found
        matched, doubtful, twins = _Examples(self._batch.pk), _Examples(self._batch.pk), _Examples(self._batch.pk)
        libraries: Counter[str] = Counter()
        for ids in _slices(ours):
            breathe()
            at = placed.clusters_of(ids)
            mates = placed.mates_in({c for c, size in at.values() if size > 1}, self._batch.library_id)
            foreign: list[int] = []
            together: list[int] = []
            for record_id, (cluster_id, size) in at.items():
                found.placed += 1
                if size == 1:
                    found.new += 1
                    found.new_publications += 1
                    continue
                here = mates[cluster_id]
                own = [r for r in here.own if _among(r, ours)]
                first = own[0] == record_id
                if here.libraries:
                    found.matched += 1
                    found.matched_publications += first
                    libraries.update(map(str, here.libraries))
                    foreign.append(record_id)
                elif len(own) < len(here.own):
                    found.beside_own += 1
                else:
                    found.new += 1
                    found.new_publications += first
                if len(own) > 1:
                    found.repeated_records += 1
                    found.repeated_publications += first
                    if not first:
                        together.append(record_id)
            matched.offer(placed.best_links(foreign, self._batch.library_id, own=False))
            twins.offer(e for e in placed.best_links(together, self._batch.library_id, own=True) if _among(e[1], ours))
            review = placed.doubtful_links(ids)
            found.doubtful += len(review)
            doubtful.offer(review)
        found.matched_by_library = dict(libraries)
        found.matched_examples = placed.side_by_side(matched.chosen(), ours)
        found.doubtful_examples = placed.side_by_side(doubtful.chosen(), ours)
        found.repeated_examples = placed.side_by_side(twins.chosen(), ours)
        return found

    def _name_holders(self) -> None:
        """Whose copy has the barcodes that copies of this file claim as well."""
        holders = holders_of([barcode for _, barcode in self._taken], self._batch.library_id)
        sides = placed.sides_of(list(holders.values()))
        ours = array("q", sorted(set(self._written)))
        for a, barcode in self._taken:
            holder = holders.get(barcode, 0)
            side = sides.get(holder)
            claim = Conflict(barcode, a.ordinal + 1, a.content.label, side.title if side else "")
            if side is not None:
                claim.other_in_file = _among(holder, ours)
                claim.record_id = None if claim.other_in_file else holder
            self._found.barcode_examples.append(claim)


class _Examples:
    """Pairs to show, of any number: half of them the least certain, the others drawn evenly, the same every time."""

    def __init__(self, seed: int) -> None:
        self._least: list[tuple[float, int, int]] = []
        self._drawn: list[placed.Link] = []
        self._seen = 0
        self._dice = random.Random(seed)  # noqa: S311 -- a sample, no secret

    def offer(self, links: Iterator[placed.Link] | Sequence[placed.Link]) -> None:
        for record_id, other, score in links:
            self._seen += 1
            entry = (-score, -record_id, other)
            if len(self._least) < PAIRS // 2:
                heapq.heappush(self._least, entry)
            elif entry > self._least[0]:
                heapq.heapreplace(self._least, entry)
            if len(self._drawn) < PAIRS:
                self._drawn.append((record_id, other, score))
            elif (at := self._dice.randrange(self._seen)) < PAIRS:
                self._drawn[at] = (record_id, other, score)

    def chosen(self) -> list[placed.Link]:
        least = sorted((-score, -record_id, other) for score, record_id, other in self._least)
        out = {record_id: (record_id, other, score) for score, record_id, other in least}
        for link in sorted(self._drawn):
            if len(out) < PAIRS:
                out.setdefault(link[0], link)
        return list(out.values())


def changed_tags(old: Record, new: Record) -> list[str]:
    """Tags of the fields that two states of a record do not have in common, in order."""
    difference = Counter(old.fields) - Counter(new.fields)
    difference += Counter(new.fields) - Counter(old.fields)
    leader = ["LDR"] if old.leader != new.leader else []
    return leader + sorted({f.tag for f in difference} - _UNTOLD)


def _slices(ids: array[int]) -> Iterator[list[int]]:
    for start in range(0, len(ids), _SLICE):
        yield list(ids[start : start + _SLICE])


def _among(record_id: int, ids: array[int]) -> bool:
    at = bisect_left(ids, record_id)
    return at < len(ids) and ids[at] == record_id
