"""The acts of ``lienthu digital`` that keep objects: preserve, fixity, rebuild, export, import; and erase."""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from lienthu.faces.cli import digital_export
from lienthu.faces.cli.ground import Refusal

_UNITS: Final = {"": 1, "KB": 1 << 10, "MB": 1 << 20, "GB": 1 << 30, "TB": 1 << 40}


def add_arguments(acts: Any) -> None:
    """One sub-command each."""
    preserve = acts.add_parser("preserve", help="tell the preservation store what changed, without waiting for rest")
    preserve.add_argument("object", nargs="*", metavar="OBJECT", help="only these; none: everything that waits")
    fixity = acts.add_parser("fixity", help="read the preservation store through, from where the last reading stopped")
    fixity.add_argument("--budget", type=size, metavar="SIZE", help="how much is read, e.g. 10GB (default: all)")
    fixity.add_argument("--minutes", type=float, metavar="N", help="how long is read")
    fixity.add_argument("--show", action="store_true", help="read nothing; say how the store stands")
    rebuild = acts.add_parser("rebuild", help="restore objects that the database has lost, from the store alone")
    rebuild.add_argument("object", nargs="*", metavar="OBJECT", help="only these (default: all that are not there)")
    digital_export.add_arguments(acts)
    import_ = acts.add_parser("import", help="have an object from a bag that this system packed; unpublished")
    import_.add_argument("path", type=Path, help="a bag: a folder, a ZIP or a tar")
    import_.add_argument("--library", required=True, metavar="CODE")
    erase = acts.add_parser("erase", help="delete an object for good, masters and history included: by law or judgment")
    erase.add_argument("object", metavar="OBJECT")
    erase.add_argument("--reason", required=True, help="the law, the judgment, the request: it is kept")
    erase.add_argument("--yes", action="store_true", help="do not ask again")
    for sub in (preserve, fixity, rebuild, import_, erase):
        sub.add_argument("--json", action="store_true", help="the last line is one JSON object")


def size(text: str) -> int:
    """Bytes of "10GB", "500 MB", "1.5TB" or a plain number."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([KMGT]?B)?", text.strip().upper())
    if not found:
        raise argparse.ArgumentTypeError(f"{text!r} is no size; write it like 10GB")
    return int(float(found[1]) * _UNITS[found[2] if found[2] and found[2] != "B" else ""])


def _preserve(options: argparse.Namespace) -> int:
    from lienthu.domain.digital.selectors.preservation import keeping
    from lienthu.domain.digital.services import preserving

    if options.object:
        versions = {name: preserving.preserve(name, actor=_actor()).head for name in options.object}
        _say(options, {"preserved": len(versions), "versions": versions}, f"{len(versions)} objects are in the store.")
        return 0
    done = preserving.preserve_due(actor=_actor(), seconds=float("inf"), everything=True)
    waiting = keeping().waiting
    _say(options, {"preserved": done, "waiting": waiting}, f"{done} objects preserved, {waiting} wait.")
    return 1 if waiting else 0


def _fixity(options: argparse.Namespace) -> int:
    """Exit code 1 when damage stands."""
    from lienthu.domain.digital.selectors.preservation import keeping, standing_problems
    from lienthu.domain.digital.services import fixity

    report: dict[str, Any] = {}
    if not options.show:
        seconds = None if options.minutes is None else int(options.minutes * 60)
        run = fixity.begin(actor=_actor(), budget_bytes=options.budget, budget_seconds=seconds)
        run = fixity.go_on(run, actor=_actor())
        report = {
            "bytes": run.bytes, "files": run.files, "objects": run.objects_read, "whole": run.whole,
            "seconds": round(run.seconds, 3),
        }  # fmt: skip
    stands, problems = keeping(), standing_problems()
    report |= {
        "in_store": stands.objects,
        "never_read": stands.never_checked,
        "all_read_since": stands.checked_since.isoformat() if stands.checked_since else None,
        "waiting_to_be_preserved": stands.waiting,
        "damaged": [
            {
                "object": p.object.public_id if p.object else None,
                "path": p.path,
                "code": p.code,
                "since": _day(p.found_at),
            }
            for p in problems
        ],
    }
    if options.json:
        print(json.dumps(report, ensure_ascii=False))
        return 1 if problems else 0
    if not options.show:
        print(f"{report['files']:,} files of {report['objects']:,} objects read, {report['bytes']:,} bytes.")
    print(
        f"{stands.objects:,} objects; {stands.never_checked:,} never read through; {stands.waiting:,} to be preserved."
    )
    for p in problems:
        print(f"  {p.object.public_id if p.object else '-':12}  {p.code:18}  {p.path}", file=sys.stderr)
    print("Nothing is damaged." if not problems else f"Damaged: {len(problems)}. Put these files back from a copy.")
    return 1 if problems else 0


def _rebuild(options: argparse.Namespace) -> int:
    """Exit code 1 when an object could not be restored."""
    from lienthu.domain.digital.preservation.rows import CannotRestore
    from lienthu.domain.digital.services import pipeline, rebuilding
    from lienthu.faces.cli.indexing import catch_up

    try:
        report = rebuilding.rebuild(actor=_actor(), only=options.object)
    except CannotRestore as e:
        raise Refusal(f"What belongs to no object (collections, rules of access) cannot be restored: {e}.") from e
    if pipeline.waiting():
        from lienthu.domain.digital.jobs import enqueue_pages

        enqueue_pages()
    in_step = catch_up()
    _say(
        options,
        {"restored": report.restored, "there": report.there, "failed": report.failed},
        f"{len(report.restored)} objects restored; {report.there} were there.",
    )
    if not options.json:
        for name, why in report.failed.items():
            print(f"  {name}: {why}", file=sys.stderr)
    return 1 if report.failed or not in_step else 0


def _import(options: argparse.Namespace) -> int:
    from lienthu.domain.digital.jobs import enqueue_pages
    from lienthu.domain.digital.services.packages import import_bag
    from lienthu.domain.network.selectors import library_by_code
    from lienthu.faces.cli.indexing import catch_up

    if not options.path.exists():
        raise Refusal(f"There is no bag at {options.path}.")
    obj = import_bag(options.path, library=library_by_code(options.library), actor=_actor())
    enqueue_pages()
    catch_up()
    _say(options, {"object": obj.public_id, "title": obj.title}, f"{obj.public_id}  {obj.title} (not published)")
    return 0


def _erase(options: argparse.Namespace) -> int:
    from lienthu.domain.digital import access
    from lienthu.domain.digital.services.erasing import erase
    from lienthu.faces.cli.indexing import catch_up

    obj = access.open_object(options.object, access.SYSTEM).object
    if not options.yes:
        print(f"{obj.public_id}  {obj.title}  ({obj.library.code})")
        print("Its masters, texts, pictures and history are deleted. This cannot be undone.")
        print("Type the name of the object to go on: ", end="", flush=True)
        if sys.stdin.readline().strip() != obj.public_id:
            raise Refusal("Nothing was erased: the name of the object was not typed.")
    erasure = erase(options.object, reason=options.reason, actor=_actor())
    catch_up()
    pages, files = erasure.facts["pages"], erasure.facts["files"]
    sentence = f"{erasure.public_id} is erased: {pages} pages, {files} files. Erase its copies elsewhere too:"
    sentence += " backups, bags that were exported, the scanner's folder."
    _say(options, {"erased": erasure.public_id, "pages": pages, "files": files}, sentence)
    return 0


def _say(options: argparse.Namespace, report: dict[str, Any], sentence: str) -> None:
    print(json.dumps(report, ensure_ascii=False) if options.json else sentence)


def _day(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")


def _actor() -> Any:
    from lienthu.platform.actor import Actor

    return Actor.system("cli")


ACTS: Final[dict[str, Callable[[argparse.Namespace], int]]] = {
    "preserve": _preserve,
    "fixity": _fixity,
    "rebuild": _rebuild,
    "export": digital_export.export,
    "import": _import,
    "erase": _erase,
}
