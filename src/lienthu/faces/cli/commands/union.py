"""``lienthu union``: how the matching rule compares records, and how good it is on labelled pairs. Writes nothing."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path

import orjson

NEEDS_DJANGO = False


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """score-pairs LEFT RIGHT, evaluate PAIRS LABELS."""
    commands = parser.add_subparsers(dest="union_command", metavar="WHAT", required=True)
    score = commands.add_parser("score-pairs", help="compare record i of one file with record i of the other")
    score.add_argument("left", type=Path)
    score.add_argument("right", type=Path)
    score.add_argument("--json", action="store_true", help="one JSON line a pair, with its reasons")
    score.set_defaults(do=_score_pairs)
    judge = commands.add_parser("evaluate", help="precision, recall, F1 and the worst errors on labelled pairs")
    judge.add_argument("pairs", type=Path, help="records; 2k and 2k+1 are pair k")
    judge.add_argument("labels", type=Path, help="CSV with a column label, 1 = the same")
    judge.add_argument("--errors", type=int, default=10, metavar="N", help="how many of the worst errors to show")
    judge.add_argument("--json", action="store_true", help="the last line is one JSON object")
    judge.set_defaults(do=_evaluate)
    for command in (score, judge):
        command.add_argument(
            "--rule", type=Path, metavar="FILE", help="a rule in JSON (default: the one that is shipped)"
        )


def run(options: argparse.Namespace) -> int:
    """Run the sub-command; exit code 2 for files that cannot be compared."""
    from lienthu.domain.catalog.reading import UnknownFormat
    from lienthu.domain.union.evaluation import PairsRefused

    do: Callable[[argparse.Namespace], int] = options.do
    try:
        return do(options)
    except (PairsRefused, UnknownFormat) as e:
        print(f"lienthu: {e}", file=sys.stderr)
        return 2


def _rule(options: argparse.Namespace):  # type: ignore[no-untyped-def]  # its type would load what --help need not load
    from lienthu.domain.union.scoring.rules import Rule, shipped

    return Rule.from_json(orjson.loads(options.rule.read_bytes())) if options.rule else shipped()


def _score_pairs(options: argparse.Namespace) -> int:
    from lienthu.domain.union.evaluation import as_json, compared_files

    rule = _rule(options)
    for pair in compared_files(options.left, options.right, rule):
        if options.json:
            sys.stdout.buffer.write(orjson.dumps(as_json(pair, rule), option=orjson.OPT_APPEND_NEWLINE))
        else:
            print(f"{pair.number}\t{pair.scored.verdict}\t{pair.scored.score:.3f}\t{pair.scored.levels}")
    sys.stdout.flush()
    return 0


def _evaluate(options: argparse.Namespace) -> int:
    from lienthu.domain.union.evaluation import as_json, evaluated

    rule = _rule(options)
    began = time.monotonic()
    result = evaluated(options.pairs, options.labels, rule)
    seconds = time.monotonic() - began
    for pair in result.errors[: options.errors]:
        told = as_json(pair, rule)
        labelled = "same" if pair.label else "different"
        print(f"pair {pair.number}: said {told['verdict']} ({told['score']}), labelled {labelled}")
        for reason in told["reasons"]:
            if abs(reason["weight"]) >= 0.3 or reason["left"] != reason["right"]:
                print(f"  {reason['weight']:+.2f} {reason['feature']}: {reason['note']}")
                print(f"        {reason['left']!r} | {reason['right']!r}")
    print(
        f"{result.pairs} pairs in {seconds:.1f} s: precision {result.precision:.4f}, recall {result.recall:.4f},"
        f" F1 {result.f1:.4f}; {result.wrong} wrongly joined, {result.missed} not joined, {result.review} for review"
    )
    if options.json:
        figures = {
            "pairs": result.pairs, "precision": result.precision, "recall": result.recall, "f1": result.f1,
            "wrong": result.wrong, "missed": result.missed, "review": result.review, "seconds": round(seconds, 2),
        }  # fmt: skip
        print(orjson.dumps(figures).decode())
    return 0
