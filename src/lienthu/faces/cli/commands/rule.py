"""``lienthu rule``: versions of the matching rule: try one on the whole catalogue aside, switch it on, drop it."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """list | try FILE_OR_VERSION | on VERSION | drop VERSION."""
    parser.add_argument("what", choices=["list", "try", "on", "drop"])
    parser.add_argument("rule", nargs="?", default="", help="a version; to try also a file with a rule in JSON")
    parser.add_argument("--json", action="store_true", help="try only: the report as one JSON object")


def run(options: argparse.Namespace) -> int:
    """Do it, to the end; what is killed is gone on with by the worker. Exit code 2 for what cannot be done."""
    from lienthu.domain.union.errors import RuleRefused
    from lienthu.domain.union.rule_selectors import rule_versions
    from lienthu.domain.union.services import renewal, ruling
    from lienthu.faces.cli.ground import Refusal
    from lienthu.faces.cli.indexing import catch_up
    from lienthu.platform.actor import Actor
    from lienthu.platform.processes import tune_for_bulk

    actor = Actor.system("cli")
    if options.what == "list":
        for r in rule_versions():
            report = f"  {r.report['would_merge']} merge, {r.report['would_split']} split" if r.report else ""
            print(f"{r.version:>5}  {r.status:<8} {r.note[:60]}{report}")
        return 0
    tune_for_bulk()
    try:
        if options.what == "try":
            version = _drafted(options.rule)
            rerun = ruling.begin_trial(version, actor=actor)
            _work_off(lambda: ruling.try_chunk(rerun.pk))
            _tell(version, as_json=options.json)
        elif options.what == "on":
            begun = ruling.switch_on(_version(options.rule), actor=actor)
            if begun is not None:
                _work_off(lambda: renewal.renew_chunk(begun.pk))
            catch_up()
            print(f"Rule {options.rule} is in force.")
        else:
            ruling.drop(_version(options.rule), actor=actor)
            print(f"Rule {options.rule} is dropped.")
    except RuleRefused as e:
        raise Refusal(e.message) from e
    return 0


def _drafted(text: str) -> int:
    """The version to be tried; a file's rule is written down first, unless it was."""
    from lienthu.domain.union.rule_selectors import rule_of
    from lienthu.domain.union.scoring.rules import Rule
    from lienthu.domain.union.services import ruling
    from lienthu.faces.cli.ground import Refusal
    from lienthu.platform.actor import Actor

    if text.isdecimal():
        return int(text)
    try:
        rule = Rule.from_json(json.loads(Path(text).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError, KeyError) as e:
        raise Refusal(f"{text or 'No file'} holds no rule: {e}") from e
    if rule_of(rule.version) != rule:
        ruling.draft_rule(rule, actor=Actor.system("cli"), note=Path(text).name)
    return rule.version


def _version(text: str) -> int:
    from lienthu.faces.cli.ground import Refusal

    if not text.isdecimal():
        raise Refusal("Which rule? Give its version; `lienthu rule list` shows them.")
    return int(text)


def _work_off(step: Callable[[], bool]) -> None:
    from lienthu.domain.union.rule_selectors import reruns

    while step():
        if sys.stderr.isatty():
            for r in reruns()[:1]:
                print(f"\r{r.phase}: {r.done} of {r.total} records ", end="", file=sys.stderr, flush=True)


def _tell(version: int, *, as_json: bool) -> None:
    from lienthu.domain.union.rule_selectors import rule_versions

    report = next(r.report for r in rule_versions() if r.version == version)
    if as_json:
        print(json.dumps(report))
        return
    for name, value in report.items():
        if isinstance(value, int):
            print(f"{name.replace('_', ' '):<20} {value}")
    for sample in report.get("merge_samples", [])[:5]:
        print("would merge          publications", ", ".join(str(c) for c in sample["clusters"]))
    for sample in report.get("split_samples", [])[:5]:
        print(f"would split          publication {sample['cluster']} in {len(sample['first_of_each'])}")
