"""The labelled Vietnamese record pairs are what their builder makes, and keep what their README promises."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from lienthu.foundation.marc.marcjson import read
from lienthu.foundation.marc.normalise import normalise

HOME = Path(__file__).resolve().parents[2] / "benchmarks" / "matching"
SET = HOME / "vietnamese"
SPLITS = ("train", "test")
NAMES = [name for split in SPLITS for name in (f"{split}.jsonl", f"{split}_labels.csv")]
TEST_ONLY = {"vni", "viqr", "utf8-twice", "eth-for-d", "question-marks"}
PAIRS, PUBLICATIONS, BY_HAND = 1600, 500, 145


@cache
def labels(split: str) -> list[dict[str, str]]:
    return list(csv.DictReader((SET / f"{split}_labels.csv").open(encoding="utf-8", newline="")))


@cache
def records(split: str) -> list[dict[str, list[Any]]]:
    return [json.loads(line) for line in (SET / f"{split}.jsonl").read_text(encoding="utf-8").splitlines()]


def keys(split: str) -> set[str]:
    """The base publications: a note is one or two of ``family.line``, or ``family number: …`` if written by hand."""
    found: set[str] = set()
    for row in labels(split):
        words = row["note"].split(" ")
        found |= set(words[:1] if row["kind"].startswith("hand-") else words)
    return found


def families(split: str) -> set[str]:
    return {key.rpartition(".")[0] or key for key in keys(split)}


def test_the_builder_makes_the_same_files_again(tmp_path: Path) -> None:
    command = [sys.executable, str(HOME / "build_vietnamese_pairs.py"), "--into", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    changed = [name for name in NAMES if (tmp_path / name).read_bytes() != (SET / name).read_bytes()]
    assert not changed, f"run benchmarks/matching/build_vietnamese_pairs.py: {changed} are not what it makes"


def test_identifiers_are_unique_and_stand_in_the_order_of_the_labels() -> None:
    seen: list[str] = []
    for split in SPLITS:
        numbers = [record["fields"][0]["001"] for record in records(split)]
        assert numbers == [row[side] for row in labels(split) for side in ("id1", "id2")]
        seen += numbers
    assert len(set(seen)) == len(seen)


def test_no_work_stands_in_both_halves() -> None:
    assert not families("train") & families("test")


def test_there_is_as_much_as_promised() -> None:
    rows = labels("train") + labels("test")
    same = sum(row["label"] == "1" for row in rows)
    assert len(rows) >= PAIRS
    assert 0.45 <= same / len(rows) <= 0.55
    assert 0.55 <= len(labels("train")) / len(rows) <= 0.65
    easy = {"stranger", "same-author", "same-series", "same-publisher-year"}
    hard = sum(row["label"] == "0" and row["kind"] not in easy for row in rows)
    assert hard >= 0.5 * (len(rows) - same)
    assert len({key for split in SPLITS for key in keys(split) if "." in key}) >= PUBLICATIONS
    assert sum(row["kind"].startswith("hand-") for row in rows) >= BY_HAND
    assert sum((SET / name).stat().st_size for name in NAMES) < 3_000_000


def test_kinds_of_damage_in_test_only_and_all_other_ways_in_both() -> None:
    kinds = {split: Counter(row["kind"] for row in labels(split)) for split in SPLITS}
    assert not TEST_ONLY & set(kinds["train"])
    assert set(kinds["test"]) >= TEST_ONLY
    ways = {
        split: {kind for kind in found if not kind.startswith("hand-")} - TEST_ONLY for split, found in kinds.items()
    }
    assert ways["train"] == ways["test"]


@pytest.mark.parametrize("split", SPLITS)
def test_every_record_is_read_whole_by_our_own_parser(split: str) -> None:
    pieces = list(read(io.BytesIO((SET / f"{split}.jsonl").read_bytes())))
    assert len(pieces) == 2 * len(labels(split))
    for piece in pieces:
        assert piece.record is not None, piece.problem
        assert not piece.repairs, piece.repairs
        assert normalise(piece.record).first("245") is not None


def figures(record: dict[str, list[Any]], codes: dict[str, str]) -> list[str]:
    """All numbers of two and more digits in some subfields, given as codes by tag."""
    fields = [(tag, field) for entry in record["fields"] for tag, field in entry.items() if tag in codes]
    values = [pair[c] for tag, field in fields for pair in field["subfields"] for c in codes[tag] if c in pair]
    return re.findall(r"\d{2,}", " ".join(values))


@pytest.mark.parametrize("split", SPLITS)
def test_years_and_extents_of_the_same_agree_unless_the_kind_says_otherwise(split: str) -> None:
    """Pairs written by hand are left out: they hold print runs and sheets."""
    meant = {"year": {"year-off-by-one", "year-unsure", "year-words"}, "extent": {"pages-differ"}}
    where = {"year": {"260": "c", "264": "c"}, "extent": {"300": "a"}}
    wrong = []
    for row, left, right in zip(labels(split), records(split)[::2], records(split)[1::2], strict=True):
        if row["label"] == "0" or row["kind"].startswith("hand-"):
            continue
        for name, codes in where.items():
            here, there = figures(left, codes), figures(right, codes)
            if here and there and here != there and row["kind"] not in meant[name]:
                wrong.append((row["kind"], row["note"], here, there))
    assert not wrong, wrong


@pytest.mark.parametrize("split", SPLITS)
def test_the_records_of_a_pair_are_never_equal(split: str) -> None:
    text = [json.dumps(record["fields"][1:], ensure_ascii=False) for record in records(split)]
    assert not [left for left, right in zip(text[::2], text[1::2], strict=True) if left == right]


def test_the_readme_tells_the_numbers_there_are() -> None:
    readme = (HOME / "README.md").read_text(encoding="utf-8")
    for name, split in (("training", "train"), ("test", "test")):
        same = sum(row["label"] == "1" for row in labels(split))
        total = len(labels(split))
        assert f"| {name} | {total:,} | {same:,} | {total - same:,} |" in readme
