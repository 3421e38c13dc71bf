"""What the tests of matching share: one novel, described otherwise where a test wants it."""

from __future__ import annotations

from typing import Any

from lienthu.domain.catalog.tests.cast import book
from lienthu.domain.union.fingerprint import Fingerprint, fingerprint
from lienthu.domain.union.scoring.model import Scored, Verdict, score_pair
from lienthu.domain.union.scoring.rules import shipped
from lienthu.foundation.marc.describe import describe
from lienthu.foundation.marc.model import Field, Record

PHUNG = "Vũ Trọng Phụng"
GOOD_ISBN = "9786049573224"
OTHER_ISBN = "9786046998051"
AUDIOBOOK = "00000nim a2200000 a 4500"
THESIS = "00000nam a2200000 a 4500"
MANUSCRIPT = "00000ntm a2200000 a 4500"


def so_do(*, pages: int = 0, **said: Any) -> Record:
    """One edition of "Số đỏ", said otherwise where a test wants it."""
    record = book(**{"title": "Số đỏ", "by": PHUNG, "year": 1998, "publisher": "Văn học", **said})
    extent = Field("300", subfields=(("a", f"{pages} tr."), ("c", "19 cm")))
    return record.with_fields([*record.fields, extent]) if pages else record


def print_of(record: Record) -> Fingerprint:
    """What is compared of a record."""
    return fingerprint(describe(record))


def compared(a: Record, b: Record) -> Scored:
    """The pair by the shipped rule, in full."""
    return score_pair(print_of(a), print_of(b), shipped(), full=True)


def joins(a: Record, b: Record) -> bool:
    """What nobody would contradict is not even for review."""
    return compared(a, b).verdict is not Verdict.DIFFERENT


def same(a: Record, b: Record) -> bool:
    """Whether the pair is joined unseen."""
    return compared(a, b).verdict is Verdict.SAME


def level(scored: Scored, feature: str) -> str:
    """How a feature came out."""
    return dict(part.split("=", 1) for part in scored.levels.split())[feature]
