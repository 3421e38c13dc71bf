"""How good the shipped rule is on labelled pairs: a change that makes it worse is seen here."""

from __future__ import annotations

import csv
import json
import zipfile
from pathlib import Path

import pytest

from lienthu.domain.union.evaluation import Evaluation, blocked, evaluated, judged
from lienthu.domain.union.fingerprint import fingerprint
from lienthu.domain.union.scoring.rules import Rule, shipped
from lienthu.faces.cli.sample.generator import generate_labelled
from lienthu.foundation.marc.describe import describe
from lienthu.foundation.marc.normalise import normalise

ROOT = Path(__file__).resolve().parents[2]
VIETNAMESE = ROOT / "benchmarks" / "matching" / "vietnamese"
ENGLISH = ROOT.parent / "shared" / "data" / "matching"


def on(split: str) -> Evaluation:
    return evaluated(VIETNAMESE / f"{split}.jsonl", VIETNAMESE / f"{split}_labels.csv", shipped())


def test_vietnamese_pairs_that_were_learned_from() -> None:
    result = on("train")
    assert result.precision >= 0.99
    assert result.recall >= 0.94


def test_vietnamese_pairs_that_were_never_learned_from() -> None:
    result = on("test")
    assert result.precision >= 0.985
    assert result.recall >= 0.89


def test_english_pairs_without_identifiers(tmp_path: Path) -> None:
    """The rule never sees the pseudo-field that tells the answer: it is taken out here, and it is no MARC field."""
    if not (ENGLISH / "validation.json.zip").exists():
        pytest.skip("the labelled English pairs are not beside the checkout (../shared/data/matching)")
    with zipfile.ZipFile(ENGLISH / "validation.json.zip") as archive:
        lines = archive.read(archive.namelist()[0]).splitlines()
    labels = list(csv.reader((ENGLISH / "validation_labels.csv").open()))
    some = 3000  # pairs: enough to notice, and quick
    pairs, few = tmp_path / "pairs.json", tmp_path / "labels.csv"
    with pairs.open("w") as out:
        for line in lines[: 2 * some]:
            record = json.loads(line)
            record["fields"] = [f for f in record["fields"] if "CID" not in f]
            out.write(json.dumps(record) + "\n")
    few.write_text("\n".join(",".join(row) for row in labels[: some + 1]))
    result = evaluated(pairs, few, shipped())
    assert result.pairs == some
    assert result.precision >= 0.995
    assert result.recall >= 0.95


def test_a_whole_catalogue_compared_with_itself() -> None:
    """Where nearly all candidates are different, nothing is joined wrongly, and hardly anything missed."""
    labelled = list(generate_labelled(3000, 11))
    prints = [fingerprint(describe(normalise(record))) for record, _ in labelled]
    found = blocked(prints, [str(number) for _, number in labelled], shipped())
    assert found.found == found.truths > 500
    assert found.evaluation.wrong == 0
    assert found.evaluation.recall >= 0.98


def test_the_rule_survives_being_stored() -> None:
    again = Rule.from_json(json.loads(json.dumps(shipped().as_json())))
    assert again == shipped()
    assert hash(again) == hash(shipped())


@pytest.mark.parametrize(("same", "review"), [(0.5, 0.6), (1.0, 0.5), (0.5, 0.0)])
def test_thresholds_that_make_no_sense_are_refused(same: float, review: float) -> None:
    with pytest.raises(ValueError):
        Rule(9, 0.0, {}, same_from=same, review_from=review)


def test_figures_of_nothing() -> None:
    nothing = judged([])
    assert (nothing.precision, nothing.recall, nothing.f1) == (1.0, 1.0, 1.0)
