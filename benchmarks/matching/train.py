"""Learn the weights of the matching rule from labelled pairs, and print how good they are.

    python benchmarks/matching/train.py --english ../shared/data/matching --vietnamese benchmarks/matching/vietnamese \
        --out src/lienthu/domain/union/scoring/rules_shipped/4.json

The model is additive: a logistic regression over the levels of the features, one weight a level (rule MAT-3), in which
no level that agrees more weighs less than one that agrees less (`scoring/order.py`). It is judged by five-fold
cross-validation in which records of one cluster, or of one family of publications, never stand on both sides. Needs
numpy and scipy (requirements/train.in), which the running system does not.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy.optimize import minimize

from lienthu.domain.union.fingerprint import Fingerprint, fingerprint
from lienthu.domain.union.scoring.model import FEATURES
from lienthu.domain.union.scoring.order import steps_of
from lienthu.foundation.marc.describe import describe
from lienthu.foundation.marc.marcjson import read
from lienthu.foundation.marc.normalise import normalise

# A contradiction that no agreement outweighs (rule MAT-4): not learned, because pairs made by chance hardly hold it.
CAPS = {
    "part": {"differ": 0.2, "one": 0.85},
    "title": {"marks": 0.8},
    "material": {"differ": 0.3, "online": 0.8, "text": 0.85},
    "host": {"differ": 0.3},
    "persons": {"other-student": 0.3, "other": 0.8},
    "edition": {"differ": 0.85},
    "language": {"vietnamese": 0.85},
    "evidence": {"0": 0.5, "1": 0.85, "brief-0": 0.85, "brief-short": 0.85},
    "extent": {"volumes-other": 0.85},
    "scale": {"differ": 0.2},
    "succession": {"differ": 0.3},
    "kind": {"one": 0.85, "differ": 0.5},
    "imprint": {"rival/same": 0.85, "rival/silent": 0.85, "rival/differ": 0.85},
}
# The level of each feature that says nothing either way: its weight is made 0, so that signs can be read.
NEUTRAL = {
    "title": "near-70", "year": "one", "part": "none", "persons": "one", "material": "same", "extent": "silent",
    "imprint": "silent/silent", "wording": "extra", "numbers": "none", "edition": "none", "identifiers": "silent",
    "language": "same", "height": "silent", "host": "none", "series": "silent", "responsibility": "silent",
    "evidence": "2",
    "kind": "none", "scale": "silent", "succession": "none",
}  # fmt: skip


class Pairs(NamedTuple):
    """Labelled pairs: levels of each, 1 for the same publication, and a group that must not be divided."""

    levels: list[list[str]]
    labels: list[int]
    groups: list[str]


def read_english(folder: Path) -> Pairs:
    """The validation split of marc-ai. ``CID`` is taken out before a record is read; it only tells the groups."""
    with zipfile.ZipFile(folder / "validation.json.zip") as archive:
        lines = archive.read(archive.namelist()[0]).splitlines()
    prints, clusters = [], []
    for line in lines:
        value = json.loads(line)
        clusters.append(next(f["CID"]["subfields"][0]["a"] for f in value["fields"] if "CID" in f))
        value["fields"] = [f for f in value["fields"] if "CID" not in f]
        prints.append(_fingerprint(json.dumps(value).encode()))
    labels = [int(row["label"]) for row in csv.DictReader((folder / "validation_labels.csv").open())]
    return Pairs(_levels(prints), labels, _united(clusters))


def read_vietnamese(folder: Path, split: str) -> Pairs:
    """Our own pairs; families that pairs have in common stay together by the group that the builder wrote."""
    prints = [_fingerprint(line) for line in (folder / f"{split}.jsonl").read_bytes().splitlines()]
    rows = list(csv.DictReader((folder / f"{split}_labels.csv").open()))
    return Pairs(_levels(prints), [int(row["label"]) for row in rows], [row["group"] for row in rows])


def _fingerprint(line: bytes) -> Fingerprint:
    piece = next(iter(read(io.BytesIO(line))))
    if piece.record is None:
        raise SystemExit(f"unreadable record: {line[:80]!r}")
    return fingerprint(describe(normalise(piece.record)))


def _levels(prints: Sequence[Fingerprint]) -> list[list[str]]:
    return [[f.level(a, b) for f in FEATURES] for a, b in zip(prints[::2], prints[1::2], strict=True)]


def _united(clusters: Sequence[str]) -> list[str]:
    """One group a pair: pairs that share a cluster, directly or through others, have the same."""
    parent: dict[str, str] = {}

    def root(x: str) -> str:
        parent.setdefault(x, x)
        while parent[x] != x:
            parent[x] = parent[parent[x]]
            x = parent[x]
        return x

    for a, b in zip(clusters[::2], clusters[1::2], strict=True):
        parent[root(a)] = root(b)
    return [root(c) for c in clusters[::2]]


def matrix(levels: Iterable[Sequence[str]]) -> np.ndarray:
    """One column for each level of each feature."""
    columns = {(f.name, level): i for i, (f, level) in enumerate((f, lv) for f in FEATURES for lv in f.levels)}
    rows = [[columns[f.name, level] for f, level in zip(FEATURES, found, strict=True)] for found in levels]
    out = np.zeros((len(rows), len(columns)), dtype=np.float32)
    for i, row in enumerate(rows):
        out[i, row] = 1
    return out


def caps_of(levels: Iterable[Sequence[str]]) -> np.ndarray:
    """The highest score that each pair's contradictions allow."""
    return np.array(
        [min(CAPS.get(f.name, {}).get(lv, 1.0) for f, lv in zip(FEATURES, found, strict=True)) for found in levels]
    )


class Model(NamedTuple):
    """Learned coefficients, one a column of `matrix`."""

    coefficients: np.ndarray
    bias: float

    def scores(self, x: np.ndarray) -> np.ndarray:
        """Probability of "same" for each row."""
        return 1 / (1 + np.exp(-(x @ self.coefficients + self.bias)))


def fit(x: np.ndarray, y: np.ndarray, weights: np.ndarray, strength: float) -> Model:
    """The regression itself: weighted log-loss and ridge, the order of the levels kept exactly.

    The problem is convex. Order is kept by an augmented Lagrangian: a multiplier for each pair of levels, raised until
    none is violated by more than rounding, which `in_order` then removes.
    """
    better, worse, apart = ordered()
    multipliers, stiffness = np.zeros(len(better)), 100.0
    theta = np.zeros(x.shape[1] + 1)

    def loss(theta: np.ndarray) -> tuple[float, np.ndarray]:
        w, bias = theta[:-1], theta[-1]
        z = x @ w + bias
        value = float(np.sum(weights * (np.logaddexp(0, z) - y * z))) * strength + 0.5 * float(w @ w)
        error = weights * (1 / (1 + np.exp(-z)) - y) * strength
        gradient = np.append(x.T @ error + w, error.sum())
        pressed = np.maximum(0, multipliers + stiffness * (w[worse] + apart - w[better]))
        value += float(pressed @ pressed) / (2 * stiffness)
        np.add.at(gradient, worse, pressed)
        np.add.at(gradient, better, -pressed)
        return value, gradient

    for _ in range(30):
        theta = minimize(loss, theta, jac=True, method="L-BFGS-B", options={"maxiter": 3000}).x
        violated = theta[worse] + apart - theta[better]
        if violated.max() < 1e-3:
            break
        multipliers = np.maximum(0, multipliers + stiffness * violated)
    return Model(in_order(theta[:-1]), float(theta[-1]))


def in_order(coefficients: np.ndarray) -> np.ndarray:
    """The same, rounded, every level at least what the levels that it must not fall below weigh."""
    out = np.round(coefficients, 3)
    better, worse, apart = ordered()
    while (low := out[better] < out[worse] + apart - 1e-9).any():
        np.maximum.at(out, better[low], np.round(out[worse[low]] + apart[low], 3))
    return out


def ordered() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Columns that must not weigh less than others, these, and by how much they must weigh more."""
    columns = {(f.name, level): i for i, (f, level) in enumerate((f, lv) for f in FEATURES for lv in f.levels)}
    steps = [(columns[f.name, a], columns[f.name, b], gap) for f in FEATURES for a, b, gap in steps_of(f)]
    better, worse, apart = zip(*steps, strict=True)
    return np.array(better), np.array(worse), np.array(apart)


def report(name: str, scores: np.ndarray, y: np.ndarray, at: Sequence[float]) -> None:
    """Precision and recall at thresholds, and recall at the precision that is asked for."""
    order = np.argsort(-scores)
    hits = np.cumsum(y[order])
    precision, recall = hits / np.arange(1, len(y) + 1), hits / y.sum()
    for target in (0.999, 0.997, 0.996, 0.995, 0.99):
        reached = np.flatnonzero(precision >= target)
        if len(reached):
            last = reached[-1]
            print(f"{name}: precision {target} at recall {recall[last]:.4f} (threshold {scores[order][last]:.3f})")
    for threshold in at:
        said = scores >= threshold
        print(
            f"{name}: threshold {threshold}: precision {y[said].mean():.4f} recall {y[said].sum() / y.sum():.4f}"
            f" wrong {int((1 - y[said]).sum())} missed {int(y.sum() - y[said].sum())}"
        )


def main() -> None:
    """See the head of this file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--english", type=Path, required=True)
    parser.add_argument("--vietnamese", type=Path)
    parser.add_argument("--weight", type=float, default=3.0, help="how many English pairs a Vietnamese one counts")
    parser.add_argument("--strength", type=float, default=3.0, help="inverse of the regularisation")
    parser.add_argument("--same-from", type=float, default=0.87)
    parser.add_argument("--review-from", type=float, default=0.35)
    parser.add_argument("--version", type=int, default=4)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()

    english = read_english(options.english)
    parts = [(english, 1.0, "en")]
    if options.vietnamese:
        parts.append((read_vietnamese(options.vietnamese, "train"), options.weight, "vi"))
    levels = [row for pairs, _, _ in parts for row in pairs.levels]
    y = np.array([label for pairs, _, _ in parts for label in pairs.labels])
    groups = np.array([f"{tag}:{g}" for pairs, _, tag in parts for g in pairs.groups])
    tags = np.array([tag for pairs, _, tag in parts for _ in pairs.labels])
    weights = np.array([w for pairs, w, _ in parts for _ in pairs.labels])
    x, caps = matrix(levels), caps_of(levels)

    scores = np.zeros(len(y))
    names = {group: i for i, group in enumerate(dict.fromkeys(groups))}
    fold = np.random.default_rng(1).permutation(len(names))[[names[g] for g in groups]] % 5
    for held_out in range(5):
        train, test = fold != held_out, fold == held_out
        model = fit(x[train], y[train], weights[train], options.strength)
        scores[test] = np.minimum(model.scores(x[test]), caps[test])
    thresholds = (options.same_from, options.review_from)
    for tag, name in (("en", "marc-ai, cross-validated"), ("vi", "Vietnamese train, cross-validated")):
        if (tags == tag).any():
            report(name, scores[tags == tag], y[tags == tag], thresholds)

    model = fit(x, y, weights, options.strength)
    if options.vietnamese:
        unseen = read_vietnamese(options.vietnamese, "test")
        held = np.minimum(model.scores(matrix(unseen.levels)), caps_of(unseen.levels))
        report("Vietnamese test", held, np.array(unseen.labels), thresholds)

    bias, learned = model.bias, {}
    column = 0
    for feature in FEATURES:
        found = {}
        for level in feature.levels:
            found[level] = float(model.coefficients[column])
            column += 1
        neutral = found[NEUTRAL[feature.name]]
        bias += neutral
        learned[feature.name] = {lv: round(w - neutral, 3) for lv, w in found.items()}
    rule = {
        "version": options.version,
        "bias": round(bias, 3),
        "same_from": options.same_from,
        "review_from": options.review_from,
        "note": "learned from marc-ai goldfinch 1.1 (validation split, CC0) and the Vietnamese training pairs",
        "weights": learned,
        "caps": CAPS,
    }
    text = json.dumps(rule, ensure_ascii=False, indent=1, sort_keys=False)
    if options.out:
        options.out.write_text(text + "\n", encoding="utf-8")
    else:
        print(text)


if __name__ == "__main__":
    main()
