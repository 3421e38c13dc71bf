"""Learn the weights of the matching rule from labelled pairs, and print how good they are.

    python benchmarks/matching/train.py --english ../shared/data/matching --vietnamese benchmarks/matching/vietnamese \
        --out src/lienthu/domain/union/scoring/rules_shipped/3.json

The model is additive: a logistic regression over the levels of the features, one weight a level (rule MAT-3), with a
penalty where a level that agrees more would weigh less than one that agrees less (ORDER). It is judged by five-fold
cross-validation in which records of one cluster never stand on both sides. Needs numpy and scipy
(requirements/train.in), which the running system does not.
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
    "evidence": {"0": 0.5, "1": 0.85},
    "extent": {"volumes-other": 0.85},
    "scale": {"differ": 0.2},
    "kind": {"one": 0.85, "differ": 0.5},
    "imprint": {"rival/same": 0.85, "rival/silent": 0.85, "rival/differ": 0.85},
}
# Chains from the level that agrees most to the one that agrees least.
ORDER = {
    "title": [
        "whole-long proper-long near-70", "whole proper remainder-near remainder-differs far",
        "whole near-97 near-92 near-85 near-70 near-50 far",
        "whole-short proper-short near-70", "proper within near-70",
        "proper begins near-70", "near-97 marks-typo marks", "begins-long near-70", "near-85 variant near-50",
    ],
    "year": ["same stated stated-far near far", "same stated off-1 near", "same unsure near", "same silent one near"],
    "part": ["same none one-named one differ", "same numbered one", "same near one"],
    "persons": [
        "same initials near", "same shared within near some differ other", "shared shared-later some",
        "shared-later other-student", "same named one differ", "near marks differ", "silent-part silent differ",
    ],
    "material": ["same like text differ", "same online differ"],
    "extent": ["pages pages-2 pages-3 pages-15 pages-far",
               "volumes silent pages-15", "silent set", "silent volumes-differ volumes-other"],
    "imprint": [
        *(f"same/{q} within/{q} some/{q} differ/{q} rival/{q}" for q in ("same", "silent", "differ")),
        *(f"within/{q} one/{q} differ/{q}" for q in ("same", "silent", "differ")),
        *(f"{p}/same {p}/silent {p}/differ" for p in ("same", "within", "some", "one", "silent", "differ", "rival")),
    ],
    "wording": ["same joined typo extra-1 extra replaced other", "extra-1 replaced-1 replaced"],
    "numbers": ["same within one differ", "none one"],
    "edition": ["same kind one differ", "none first one"],
    "identifiers": ["isbn-pages isbn isbn-other silent differ", "national silent", "issn silent"],
    "language": ["same silent differ vietnamese"],
    "evidence": ["4 3 2 1 0", "2 brief-1 1", "brief-1 brief-0 0"],
    "kind": ["same none one differ"],
    "scale": ["same silent differ"],
    "height": ["same near differ", "same silent differ"],
    "host": ["same none one differ"],
    "series": ["numbered same silent differ number-differs"],
    "responsibility": ["same near some differ", "near silent differ"],
}  # fmt: skip
ORDER_PENALTY = 30.0
# The level of each feature that says nothing either way: its weight is made 0, so that signs can be read.
NEUTRAL = {
    "title": "near-70", "year": "one", "part": "none", "persons": "one", "material": "same", "extent": "silent",
    "imprint": "silent/silent", "wording": "extra", "numbers": "none", "edition": "none", "identifiers": "silent",
    "language": "same", "height": "silent", "host": "none", "series": "silent", "responsibility": "silent",
    "evidence": "2",
    "kind": "none", "scale": "silent",
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
    """Our own pairs; records of one base publication stay together by the group that the builder wrote, if any."""
    prints = [_fingerprint(line) for line in (folder / f"{split}.jsonl").read_bytes().splitlines()]
    rows = list(csv.DictReader((folder / f"{split}_labels.csv").open()))
    groups = [row.get("group") or f"vi{i}" for i, row in enumerate(rows)]
    return Pairs(_levels(prints), [int(row["label"]) for row in rows], groups)


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
    """The regression itself: weighted log-loss, ridge, and the penalty on violated order."""
    better, worse = _ordered_columns()

    def loss(theta: np.ndarray) -> tuple[float, np.ndarray]:
        w, bias = theta[:-1], theta[-1]
        z = x @ w + bias
        value = float(np.sum(weights * (np.logaddexp(0, z) - y * z))) * strength + 0.5 * float(w @ w)
        error = weights * (1 / (1 + np.exp(-z)) - y) * strength
        gradient = np.append(x.T @ error + w, error.sum())
        violated = np.maximum(0, w[worse] - w[better])
        value += ORDER_PENALTY * float(violated @ violated)
        np.add.at(gradient, worse, 2 * ORDER_PENALTY * violated)
        np.add.at(gradient, better, -2 * ORDER_PENALTY * violated)
        return value, gradient

    found = minimize(loss, np.zeros(x.shape[1] + 1), jac=True, method="L-BFGS-B", options={"maxiter": 3000})
    return Model(found.x[:-1], float(found.x[-1]))


def _ordered_columns() -> tuple[np.ndarray, np.ndarray]:
    columns = {(f.name, level): i for i, (f, level) in enumerate((f, lv) for f in FEATURES for lv in f.levels)}
    pairs = [
        (columns[name, better], columns[name, worse])
        for name, chains in ORDER.items()
        for chain in chains
        for better, worse in zip(chain.split(), chain.split()[1:], strict=False)
    ]
    return np.array([p[0] for p in pairs]), np.array([p[1] for p in pairs])


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
    parser.add_argument("--version", type=int, default=3)
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
