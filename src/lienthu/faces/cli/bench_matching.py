"""``lienthu bench matching``: the rule on a whole catalogue, where nearly all pairs of candidates are different.

Records are compared by their candidates, in memory: no database, no index. They are synthetic ones with a known share
of duplicates (`sample.generator`), of which nothing was learned; or, with ``--pairs FILE --labels FILE``, all records
of labelled pairs taken as one catalogue.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lienthu.domain.union.fingerprint import Fingerprint


def bench_matching(options: argparse.Namespace) -> int:
    """Print how many pairs are candidates, how many of the true ones, how precise "same" is, and what a pair costs.

    Exit code 2 for files that cannot be read as labelled pairs.
    """
    from lienthu.domain.catalog.reading import UnknownFormat
    from lienthu.domain.union.evaluation import PairsRefused, blocked, catalogue_of
    from lienthu.domain.union.scoring.rules import shipped

    if (options.pairs is None) != (options.labels is None):
        print("lienthu: --pairs and --labels belong together", file=sys.stderr)
        return 2
    try:
        if options.pairs:
            prints, truth = catalogue_of(options.pairs, options.labels, options.publication_field)
        else:
            prints, truth = _synthetic(options)
    except (PairsRefused, UnknownFormat, OSError) as e:
        print(f"lienthu: {e}", file=sys.stderr)
        return 2
    began = time.process_time()
    found = blocked(prints, truth, shipped())
    seconds = time.process_time() - began
    judged = found.evaluation
    print(
        f"{found.records} records, {found.pairs} pairs of candidates, {found.found} of {found.truths} true pairs among"
        f" them; {judged.wrong} wrongly joined, {judged.missed} not joined, {judged.review} for review"
    )
    figures = {
        "rule": shipped().version,
        "records": found.records,
        "candidate_pairs": found.pairs,
        "true_pairs": found.truths,
        "true_pairs_found": found.found,
        "precision": round(judged.precision, 5),
        "recall_of_candidates": round(judged.recall, 5),
        "recall": round(judged.right / found.truths if found.truths else 1.0, 5),
        "review": judged.review,
        "microseconds_per_pair": round(seconds / max(1, found.pairs) * 1e6, 1),
    }
    print(json.dumps(figures))
    return 0


def _synthetic(options: argparse.Namespace) -> tuple[list[Fingerprint], list[str]]:
    from lienthu.domain.union.fingerprint import fingerprint
    from lienthu.faces.cli.sample.generator import generate_labelled
    from lienthu.foundation.marc.describe import describe
    from lienthu.foundation.marc.normalise import normalise

    prints, truth = [], []
    for record, number in generate_labelled(options.records, options.seed):
        prints.append(fingerprint(describe(normalise(record))))
        truth.append(str(number))
    return prints, truth
