"""Judging the rule on labelled pairs and on whole catalogues: what the commands ``lienthu union`` print."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from lienthu.domain.catalog.encoding import AUTO, UTF_8, EncodingPlan
from lienthu.domain.catalog.reading import find_format, pieces, plan_for
from lienthu.domain.union.fingerprint import (
    OUTDATED,
    Fingerprint,
    fingerprint,
    match_keys,
)
from lienthu.domain.union.scoring.model import Scored, Verdict, explain, score_pair
from lienthu.domain.union.scoring.rules import Rule
from lienthu.foundation.kernel.refusal import Refused
from lienthu.foundation.marc.describe import describe
from lienthu.foundation.marc.model import Record
from lienthu.foundation.preservation.safe_zip import unpack
from lienthu.foundation.preservation.unpacking import Limits

_ZIPPED: Final = Limits(files=1, file_mb=2048, total_mb=2048)


class PairsRefused(Exception):
    """Files that cannot be compared pair by pair; the message says why."""


@dataclass(frozen=True, slots=True)
class ComparedPair:
    """A pair with its score; ``label`` is True for the same publication, None where nobody said."""

    number: int
    left: Fingerprint
    right: Fingerprint
    scored: Scored
    label: bool | None = None

    @property
    def wrong(self) -> bool:
        """Joined though different, or not joined though the same."""
        return self.label is not None and (self.scored.verdict is Verdict.SAME) != self.label


@dataclass(frozen=True, slots=True)
class Evaluation:
    """How well "same" is said: counts of pairs, precision, recall and F1 (0..1), the worst errors first."""

    pairs: int
    right: int
    wrong: int
    missed: int
    review: int
    errors: tuple[ComparedPair, ...]

    @property
    def precision(self) -> float:
        """Share of the pairs said to be the same that are."""
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        """Share of the pairs that are the same which were said to be."""
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


def compared_files(left: Path, right: Path, rule: Rule) -> Iterator[ComparedPair]:
    """Record i of one file against record i of the other. Raises PairsRefused where the files are of unequal length."""
    for number, (x, y) in enumerate(zip_longest(prints_of(left), prints_of(right))):
        if x is None or y is None:
            raise PairsRefused(f"{left} and {right} are of unequal length: one of them ends after {number} records.")
        yield ComparedPair(number, x, y, score_pair(x, y, rule, full=True))


def as_json(pair: ComparedPair, rule: Rule) -> dict[str, Any]:
    """A pair in the form of ``lienthu union score-pairs --json``."""
    reasons = [r.as_dict() for r in explain(pair.left, pair.right, rule, pair.scored.levels)]
    for reason in reasons:
        del reason["says"]  # the form is agreed, and the note says it
    return {"score": round(pair.scored.score, 6), "verdict": pair.scored.verdict.value, "reasons": reasons}


def evaluated(pairs: Path, labels: Path, rule: Rule) -> Evaluation:
    """Judge the rule on a file of records, 2k and 2k+1 being pair k, and a CSV with a column "label" (1 = the same).

    Raises PairsRefused where counts differ or a label is missing.
    """
    prints, rows = _labelled(pairs, labels)
    compared = []
    for number, row in enumerate(rows):
        x, y = prints[2 * number], prints[2 * number + 1]
        compared.append(ComparedPair(number, x, y, score_pair(x, y, rule, full=True), _is_same(row)))
    return judged(compared)


def _labelled(pairs: Path, labels: Path) -> tuple[list[Fingerprint], list[dict[str, str]]]:
    prints = list(prints_of(pairs))
    with labels.open(encoding="utf-8-sig", newline="") as f:
        rows = list(csv.DictReader(f))
    if rows and "label" not in rows[0]:
        raise PairsRefused(f"{labels} has no column named label.")
    if len(prints) != 2 * len(rows):
        raise PairsRefused(f"{len(prints)} records make {len(prints) / 2:g} pairs, but there are {len(rows)} labels.")
    return prints, rows


def _is_same(row: Mapping[str, str]) -> bool:
    return str(row["label"]).strip() in ("1", "true", "same")


def judged(compared: Sequence[ComparedPair]) -> Evaluation:
    """The figures of labelled pairs."""
    right = sum(1 for p in compared if p.label and p.scored.verdict is Verdict.SAME)
    wrong = sum(1 for p in compared if p.label is False and p.scored.verdict is Verdict.SAME)
    missed = sum(1 for p in compared if p.label and p.scored.verdict is not Verdict.SAME)
    review = sum(1 for p in compared if p.scored.verdict is Verdict.REVIEW)
    errors = sorted((p for p in compared if p.wrong), key=lambda p: -abs(p.scored.score - bool(p.label)))
    return Evaluation(len(compared), right, wrong, missed, review, tuple(errors))


@dataclass(frozen=True, slots=True)
class Blocked:
    """A whole catalogue compared with itself by its candidates (rule MAT-2)."""

    records: int
    pairs: int
    truths: int
    found: int
    evaluation: Evaluation


def blocked(prints: Sequence[Fingerprint], truth: Sequence[str], rule: Rule) -> Blocked:
    """Compare every record with its candidates; ``truth`` names the publication each record describes.

    As records that come one after the other are: each with the oldest that have one of its keys, as many as the union
    looks at. ``found`` of ``truths`` same pairs stand among the candidates; the evaluation judges all candidate pairs.
    """
    by_key: dict[int, list[int]] = defaultdict(list)
    candidates: set[tuple[int, int]] = set()
    for i, f in enumerate(prints):
        keys = match_keys(f)
        candidates.update((a, i) for a in keys.candidates(by_key))
        for key in keys.every:
            by_key[key].append(i)
    compared = [
        ComparedPair(n, prints[a], prints[b], score_pair(prints[a], prints[b], rule), truth[a] == truth[b])
        for n, (a, b) in enumerate(sorted(candidates))
    ]
    together: dict[str, list[int]] = defaultdict(list)
    for i, name in enumerate(truth):
        together[name].append(i)
    truths = sum(len(m) * (len(m) - 1) // 2 for m in together.values())
    return Blocked(len(prints), len(candidates), truths, sum(1 for p in compared if p.label), judged(compared))


def catalogue_of(pairs: Path, labels: Path, field: str = "") -> tuple[list[Fingerprint], list[str]]:
    """Labelled pairs as one catalogue for ``blocked``: every record once, and the publication it describes.

    Records are one where the labels have one id for them. Publications are what pairs labelled the same hold together:
    two records that no chain of such pairs connects count as different, also where no label speaks of them. Where the
    records name their publication in a ``field``, that counts instead; it only judges, nothing compares it.
    """
    prints, rows = _labelled(pairs, labels)
    ids = [row.get(f"id{side}") or f"{n}.{side}" for n, row in enumerate(rows) for side in (1, 2)]
    once = dict(zip(ids, prints, strict=True))
    if field:
        said = [_named(record, field) for record in _records_of(pairs)]
        if "" in said:
            raise PairsRefused(f"{pairs} has records without field {field}.")
        return list(once.values()), list(dict(zip(ids, said, strict=True)).values())
    group: dict[str, str] = {}

    def root(record: str) -> str:
        while (up := group.setdefault(record, record)) != record:
            group[record] = group.setdefault(up, up)
            record = up
        return record

    for n, row in enumerate(rows):
        if _is_same(row):
            group[root(ids[2 * n])] = root(ids[2 * n + 1])
    return list(once.values()), [root(record) for record in once]


def prints_of(path: Path) -> Iterator[Fingerprint]:
    """The fingerprints of a file in any format that can be imported; an unreadable record is one that says nothing.

    Also of one that is alone in a ZIP. Raises PairsRefused for a ZIP that holds anything else, or too much.
    """
    for record in _records_of(path):
        yield OUTDATED if record is None else fingerprint(describe(record))


def _named(record: Record | None, field: str) -> str:
    found = next((f for f in record.fields if f.tag == field), None) if record else None
    return (found.data or "".join(value for _, value in found.subfields)) if found else ""


def _records_of(path: Path) -> Iterator[Record | None]:
    with _unpacked(path) as file:
        fmt = find_format(file)
        # pairs are records of many histories: what is read wrongly in one is mended record by record (MAT-1)
        plan = EncodingPlan(UTF_8) if fmt in ("json", "marcxml") else plan_for(file, fmt, AUTO).plan
        for piece in pieces(file, fmt, plan, {}):
            yield piece.record


@contextmanager
def _unpacked(path: Path) -> Iterator[Path]:
    if path.suffix.lower() != ".zip":
        yield path
        return
    with TemporaryDirectory(prefix="lienthu-pairs-") as folder:
        try:
            [taken] = unpack(path, Path(folder), _ZIPPED)
        except Refused as refusal:
            raise PairsRefused(f"{path}: {refusal}") from refusal
        except ValueError:
            raise PairsRefused(f"{path} must hold one file.") from None
        yield Path(folder) / taken.name
