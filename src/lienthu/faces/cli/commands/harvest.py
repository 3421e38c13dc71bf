"""``lienthu harvest``: fetch the records of a source now, with a report; also sets up and lists sources."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from typing import Any

from lienthu.faces.cli.ground import Refusal

_FACTS = ("kind", "address", "set", "prefix", "username", "schedule", "overlap", "stale", "source", "name")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """SOURCE [--full], --list, or SOURCE --address … --library CODE to set one up."""
    parser.add_argument("code", nargs="?", metavar="SOURCE", help="code of the source; see --list")
    parser.add_argument("--list", action="store_true", help="list the sources")
    parser.add_argument("--full", action="store_true", help="fetch everything, not only what changed")
    parser.add_argument(
        "--patience", type=float, default=600, metavar="SECONDS", help="longest wait that is waited for"
    )
    parser.add_argument("--json", action="store_true", help="the last line is one JSON object")
    making = parser.add_argument_group("set up a source, or change it")
    making.add_argument("--address", help="https://…, sftp://host/folder, or the path of a folder")
    making.add_argument("--library", metavar="CODE", help="the library whose records these are")
    making.add_argument("--kind", choices=["oai", "folder", "sftp"], help="without it the address decides")
    making.add_argument("--name", help="how people call it")
    making.add_argument("--source", help="which of the library's systems the records are from (default main)")
    making.add_argument("--set", help="OAI-PMH: only this set")
    making.add_argument("--prefix", help="OAI-PMH: metadata format (default marcxml)")
    making.add_argument("--username", help="the password is read from standard input when --password-stdin is given")
    making.add_argument("--password-stdin", action="store_true", help="read the password from standard input")
    making.add_argument("--schedule", help="24h, five fields of cron, or manual")
    making.add_argument("--overlap", type=int, metavar="MINUTES", help="how far a list reaches back (default 15)")
    making.add_argument("--stale", type=int, metavar="HOURS", help="alert after so long without a whole harvest")
    making.add_argument("--private", action="store_true", default=None, help="the address may be in a private network")
    making.add_argument("--only-save", action="store_true", help="save the source, fetch nothing")


def run(options: argparse.Namespace) -> int:
    """Exit code 0 when everything was fetched and read, 1 when it stopped or something was quarantined."""
    from lienthu.domain.catalog.services import batches
    from lienthu.domain.union.harvesting.selectors import report_of, source_by_code
    from lienthu.domain.union.harvesting.services import runs
    from lienthu.faces.cli.indexing import catch_up
    from lienthu.platform.actor import Actor
    from lienthu.platform.processes import tune_for_bulk

    if options.list:
        return _list(options.json)
    if not options.code:
        raise Refusal("Name a source: lienthu harvest SOURCE. `lienthu harvest --list` shows them.")
    actor = Actor.system("cli")
    if options.address or any(getattr(options, name) is not None for name in _FACTS) or options.password_stdin:
        _save(options, actor)
    if options.only_save:
        return 0
    tune_for_bulk()
    batches.note_interrupted(actor=actor)
    harvest = source_by_code(options.code)
    began = time.monotonic()
    opened = runs.open_run(harvest.pk, reason="command", actor=actor, full=options.full)
    try:
        done = runs.work(opened.pk, actor=actor, patience=options.patience, tell=None if options.json else _progress)
    finally:
        in_step = catch_up()
    report = {**report_of(done), "seconds": round(time.monotonic() - began, 3)}
    if options.json:
        print(json.dumps(report, ensure_ascii=False))
    else:
        _print(report)
    complaints = report["quarantined"] or report["failed_files"]
    return 0 if done.status == "done" and not complaints and in_step else 1


def _save(options: argparse.Namespace, actor: Any) -> None:
    from lienthu.domain.network.selectors import library_by_code
    from lienthu.domain.union.harvesting.models import HarvestSource
    from lienthu.domain.union.harvesting.services import sources

    known = HarvestSource.objects.select_related("source").filter(code=options.code.lower()).first()
    address = options.address or (known.address if known else "")
    if not address or not (known or options.library):
        raise Refusal("A new source needs --address and --library.")
    if known and options.library and known.library.code != options.library:
        raise Refusal("A source keeps its library. Set up another source for the other library.")

    def said(name: str, stored: Any) -> Any:
        given = getattr(options, name)
        return stored if given is None else given

    schedule = said("schedule", known.schedule if known else "24h")
    facts = sources.SourceFacts(
        name=said("name", known.name if known else options.code),
        kind=said("kind", known.kind if known and not options.address else _kind(address)),
        address=address,
        source_code=said("source", known.source.code if known else "main"),
        set_spec=said("set", known.set_spec if known else ""),
        prefix=said("prefix", known.prefix if known else "marcxml"),
        username=said("username", known.username if known else ""),
        secret=sys.stdin.readline().rstrip("\n") if options.password_stdin else None,
        schedule="" if schedule == "manual" else schedule,
        overlap_minutes=said("overlap", known.overlap_minutes if known else 15),
        stale_hours=options.stale,
        private_allowed=said("private", known.private_allowed if known else False),
    )
    if known:
        sources.amend_source(known.pk, facts=facts, actor=actor)
    else:
        sources.create_source(code=options.code, library=library_by_code(options.library), facts=facts, actor=actor)


def _kind(address: str) -> str:
    return "folder" if address.startswith(os.sep) else "sftp" if address.startswith("sftp:") else "oai"


def _list(as_json: bool) -> int:
    from lienthu.domain.union.harvesting.models import HarvestSource

    rows = [
        {
            "source": h.code, "kind": h.kind, "library": h.library.code, "address": h.address, "set": h.set_spec,
            "schedule": h.schedule or "manual", "active": h.active, "stale": h.stale_since is not None,
            "last": h.last_done_at.isoformat() if h.last_done_at else None,
        }
        for h in HarvestSource.objects.select_related("library").order_by("code")
    ]  # fmt: skip
    if as_json:
        print(json.dumps(rows, ensure_ascii=False))
        return 0
    for row in rows:
        state = "paused" if not row["active"] else "stale" if row["stale"] else row["schedule"]
        print(f"{row['source']:<20} {row['kind']:<7} {row['library']:<14} {state:<12} {row['address']}")
    return 0


def _progress(run: Any) -> None:
    if sys.stderr.isatty():
        size = f" of {run.complete_size}" if run.complete_size else ""
        print(f"\r{run.listed}{size} records, {run.pages} pages", end="", file=sys.stderr, flush=True)


def _print(r: dict[str, Any]) -> None:
    print(
        f"{r['source']} (run {r['run']}): {r['listed']} listed on {r['pages']} pages, {r['echoed']} of our own left out"
    )
    print(f"  {r['read']} read = {r['created']} created + {r['updated']} updated + {r['unchanged']} unchanged"
          f" + {r['withdrawn']} withdrawn + {r['quarantined']} quarantined")  # fmt: skip
    if r["stopped"]:
        print(f"  stopped after page {r['stopped']['page']}: {r['stopped']['reason']} ({r['stopped']['detail']})")
    elif r["wait_until"]:
        print(f"  it was asked to wait until {r['wait_until']}; the same command goes on then")
