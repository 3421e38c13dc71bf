"""``lienthu bench matching``: the rule on a whole catalogue, where nearly all pairs of candidates are different.

Synthetic records with a known share of duplicates (`sample.generator`) are compared by their candidates, in memory: no
database, no index. Nothing of them was learned from.
"""

from __future__ import annotations

import argparse
import json
import time


def bench_matching(options: argparse.Namespace) -> int:
    """Print how many pairs are candidates, how many of the true ones, how precise "same" is, and what a pair costs."""
    from lienthu.domain.union.evaluation import blocked
    from lienthu.domain.union.fingerprint import fingerprint
    from lienthu.domain.union.scoring.rules import shipped
    from lienthu.faces.cli.sample.generator import generate_labelled
    from lienthu.foundation.marc.describe import describe
    from lienthu.foundation.marc.normalise import normalise

    prints, truth = [], []
    for record, number in generate_labelled(options.records, options.seed):
        prints.append(fingerprint(describe(normalise(record))))
        truth.append(str(number))
    began = time.process_time()
    found = blocked(prints, truth, shipped())
    seconds = time.process_time() - began
    judged = found.evaluation
    print(
        f"{found.records} records, {found.pairs} pairs of candidates, {found.found} of {found.truths} true pairs among"
        f" them; {judged.wrong} wrongly joined, {judged.missed} not joined, {judged.review} for review"
    )
    figures = {
        "records": found.records,
        "candidate_pairs": found.pairs,
        "true_pairs": found.truths,
        "true_pairs_found": found.found,
        "precision": round(judged.precision, 5),
        "recall": round(judged.right / found.truths if found.truths else 1.0, 5),
        "review": judged.review,
        "microseconds_per_pair": round(seconds / max(1, found.pairs) * 1e6, 1),
    }
    print(json.dumps(figures))
    return 0
