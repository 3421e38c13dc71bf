"""``lienthu import``: import files of a library, with a report; the index is in step when it ends."""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

from lienthu.faces.cli.ground import Refusal


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """FILE... --library CODE and how to read them."""
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE", help="may be missing with --holdings")
    parser.add_argument("--library", required=True, metavar="CODE", help="code of the library, e.g. VN-QNTV")
    parser.add_argument("--source", default="main", help="which of the library's systems the file is from")
    parser.add_argument("--encoding", default="", help="character set; without it the bytes decide")
    parser.add_argument("--format", default="", choices=["", "iso2709", "marcxml", "json", "csv", "xlsx"])
    parser.add_argument("--mapping", type=Path, help="JSON file: column heading -> field (CSV and XLSX)")
    parser.add_argument(
        "--holdings",
        metavar="FILE",
        help="JSON file: a list of rules by which copies are read from MARC records, such as"
        ' [{"tag": "949", "barcode": "i", "call_number": "ab", "split": ";"}], or the name of a preset'
        " (marc-852, koha-952, ilib-852, libol-852/900, local-949, standard); saved for the system, not with --dry-run;"
        " the copies of records that are there already follow",
    )
    parser.add_argument("--dry-run", action="store_true", help="report what would happen, write nothing")
    parser.add_argument(
        "--report", type=Path, metavar="FILE", help="with --dry-run: write the joining report (.pdf, .xlsx or .json)"
    )
    parser.add_argument("--json", action="store_true", help="the last line is one JSON object")


def run(options: argparse.Namespace) -> int:
    """Import every file in turn. Exit code 1 when something was quarantined."""
    from lienthu.domain.catalog.services import batches
    from lienthu.domain.catalog.services.linking import sweep
    from lienthu.domain.catalog.services.sources import set_holding_rules
    from lienthu.domain.catalog.services.waiting_parts import ask_waiting
    from lienthu.domain.network.selectors import library_by_code
    from lienthu.domain.union.services.conduct import run_batch
    from lienthu.domain.union.services.copies import read_all_copies
    from lienthu.faces.cli.indexing import catch_up
    from lienthu.platform.actor import Actor
    from lienthu.platform.processes import tune_for_bulk

    _check_report(options)
    tune_for_bulk()
    actor = Actor.system("cli")
    batches.note_interrupted(actor=actor)
    library = library_by_code(options.library)
    mapping = _mapping(options.mapping) if options.mapping else None
    holdings = _holdings(options.holdings) if options.holdings else None
    if not options.files and (holdings is None or options.dry_run):
        raise Refusal("Name a file to import, or --holdings to read the copies of the records that are there again.")
    for path in options.files:
        if not path.is_file():
            raise Refusal(f"There is no file {path}. Nothing has been imported.")
    if holdings is not None:
        _check_formats(options)
    if holdings is not None and not options.dry_run:
        set_holding_rules(batches.source_of(library, options.source), holdings, actor=actor)
    done: list[Any] = []
    copies: list[Any] = []
    began = time.monotonic()
    try:
        for path in options.files:
            batch = batches.receive(
                path,
                library=library,
                actor=actor,
                source_code=options.source,
                encoding=options.encoding,
                fmt=options.format,
                dry_run=options.dry_run,
                options=_options(mapping, holdings if options.dry_run else None),
            )
            batch = run_batch(batch.pk, actor=actor, progress=None if options.json else _progress)
            done.append(batch)
            if options.report:
                _write_report(batch, options.report)
            if not options.json:
                _report(batch)
        if not options.dry_run:
            reading = read_all_copies(batches.source_of(library, options.source).pk, actor=actor)
            copies += [reading] if reading else []
    finally:
        # also after a refused or broken file: what was imported before it is found at once
        if not options.dry_run:
            sweep()
            ask_waiting()
        in_step = options.dry_run or catch_up()
    seconds = round(time.monotonic() - began, 3)
    if options.json:
        print(json.dumps(_summary(done, copies, seconds), ensure_ascii=False))
    elif copies:
        _report_copies(copies[0])
    return 1 if any(b.quarantined for b in done) or not in_step else 0


def _check_report(options: argparse.Namespace) -> None:
    if options.report is None:
        return
    from lienthu.domain.union.joining.exporting import FORMATS

    if not options.dry_run or len(options.files) != 1:
        raise Refusal("--report is of one file and goes with --dry-run. Nothing has been imported.")
    if options.report.suffix.lstrip(".").lower() not in FORMATS:
        raise Refusal(f"{options.report} must end in .pdf, .xlsx or .json. Nothing has been imported.")
    if not options.report.parent.is_dir():
        raise Refusal(f"There is no folder {options.report.parent}. Nothing has been imported.")


def _write_report(batch: Any, path: Path) -> None:
    """The joining report of a rehearsal, in the language of the install (REP-6)."""
    from django.conf import settings
    from django.utils import translation

    from lienthu.domain.union.joining.exporting import file_of

    with translation.override(settings.LANGUAGE_CODE):
        made = file_of(batch, path.suffix.lstrip(".").lower())
    if made is None:
        raise Refusal("The dry run ended without a report.")
    path.write_bytes(made)
    print(f"The joining report is in {path}.", file=sys.stderr)


def _mapping(path: Path) -> dict[str, str]:
    try:
        mapping = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as e:
        raise Refusal(f"{path} is not JSON: {e}") from e
    if not isinstance(mapping, dict) or not all(isinstance(v, str) for v in mapping.values()):
        raise Refusal(f'{path} must be an object of texts, such as {{"Nhan đề": "title"}}.')
    return mapping


def _holdings(text: str) -> list[dict[str, str]]:
    """Rules for copies from a file, or those of a preset (IMP-36)."""
    from lienthu.foundation.marc.holdings import (
        MEMBERS,
        PRESETS,
        HoldingRule,
        HoldingRuleInvalid,
        rules_from_list,
        rules_to_list,
    )

    if text == "standard":
        return []
    if text in PRESETS:
        return rules_to_list(PRESETS[text])
    path = Path(text)
    if not path.is_file():
        known = ", ".join(["standard", *PRESETS])
        raise Refusal(f"There is no file {path}, and no preset of that name ({known}). Nothing has been imported.")
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as e:
        raise Refusal(f"{path} is not JSON: {e}") from e
    if not isinstance(data, list) or not data:
        raise Refusal(f'{path} must be a list of rules, such as [{{"tag": "949", "barcode": "i"}}].')
    for number, entry in enumerate(data, 1):
        try:
            rule = HoldingRule.from_dict(entry)
        except HoldingRuleInvalid as e:
            raise Refusal(f"{path}, rule {number}, {e}. Members of a rule: {', '.join(MEMBERS)}.") from e
        if not rule.finds_copies:
            raise Refusal(f"{path}, rule {number}: it names neither barcode, call number, branch, location nor copies.")
    try:
        return rules_to_list(rules_from_list(data))
    except HoldingRuleInvalid as e:
        raise Refusal(f"{path}: {e}.") from e


def _check_formats(options: argparse.Namespace) -> None:
    """Tables say by their columns what a copy is: rules for fields would be passed over in silence."""
    from lienthu.domain.catalog.reading import UnknownFormat, find_format

    for path in options.files:
        try:
            fmt = options.format or find_format(path)
        except UnknownFormat:
            continue  # refused in its turn, with its reason
        if fmt in ("csv", "xlsx"):
            raise Refusal(f"{path} is a table: its copies are told by --mapping, not by --holdings.")


def _options(mapping: dict[str, str] | None, holdings: list[dict[str, str]] | None) -> dict[str, Any] | None:
    said: dict[str, Any] = {}
    if mapping:
        said["mapping"] = mapping
    if holdings is not None:
        said["holding_rules"] = holdings
    return said or None


def _summary(done: list[Any], copies: list[Any], seconds: float) -> dict[str, Any]:
    names = ("read", "created", "updated", "unchanged", "quarantined", "repaired")
    encodings = sorted({b.encoding for b in done})
    counted = ("changed", "added", "removed", "altered", "barcodes_taken")
    return {
        "batch": done[0].pk if len(done) == 1 else [b.pk for b in done],
        **{n: sum(getattr(b, n) for b in done) for n in names},
        "encoding": encodings[0] if len(encodings) == 1 else encodings,
        **({"copies": {"records": copies[0].done, **{n: getattr(copies[0], n) for n in counted}}} if copies else {}),
        "seconds": seconds,
    }


def _progress(batch: Any) -> None:
    if sys.stderr.isatty():
        print(f"\r{batch.filename}: {batch.read} read", end="", file=sys.stderr, flush=True)


def _report_copies(reading: Any) -> None:
    print(f"Copies read again by other rules: {reading.changed} of {reading.done} records changed;"
          f" {reading.added} copies more, {reading.removed} fewer, {reading.altered} altered")  # fmt: skip
    if reading.barcodes_taken:
        print(f"  {reading.barcodes_taken:>7} × barcode-taken: another copy of the library has the barcode")


def _report(batch: Any) -> None:
    from lienthu.foundation.marc.problems import PROBLEMS

    would = "would be " if batch.dry_run else ""
    print(f"\r{batch.filename} (batch {batch.pk}, {batch.format}, {batch.encoding})")
    print(f"  {batch.read} read = {batch.created} {would}created + {batch.updated} {would}updated"
          f" + {batch.unchanged} unchanged + {batch.quarantined} quarantined")  # fmt: skip
    print(f"  {batch.joined} joined a publication already known; {batch.items} copies; {batch.repaired} repaired")
    for code, count in sorted(batch.problem_counts.items(), key=lambda item: -item[1]):
        print(f"  {count:>7} × {code}: {PROBLEMS.get(code, '')}")
