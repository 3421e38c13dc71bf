"""``lienthu digital``: take files in, work on their pages, publish, take down, keep."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lienthu.faces.cli import digital_keeping
from lienthu.faces.cli.ground import Refusal
from lienthu.faces.cli.progress import ProgressLine

if TYPE_CHECKING:
    from lienthu.domain.digital.models import DigitalObject
    from lienthu.domain.digital.services.telling import Told

_RIGHTS = ("official", "public_domain", "licensed", "permitted", "in_copyright", "unknown")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """One sub-command each for what can be done with digital objects."""
    acts = parser.add_subparsers(dest="act", metavar="ACT", required=True)
    ingest = acts.add_parser("ingest", help="take in images, PDFs, a ZIP or a bag, and make them readable")
    ingest.add_argument("path", type=Path, help="a folder, a file, a ZIP or tar, a bag")
    ingest.add_argument("--library", required=True, metavar="CODE")
    ingest.add_argument("--title", help="what it is called; with --record taken from there")
    ingest.add_argument("--record", type=int, metavar="ID", help="the catalogue record it belongs to")
    ingest.add_argument("--rights", choices=_RIGHTS, help="without them it is kept unpublished")
    ingest.add_argument("--basis", help="what the rights rest on (default: the law behind the rule)")
    ingest.add_argument("--basis-date", type=date.fromisoformat, metavar="YYYY-MM-DD")
    ingest.add_argument("--copies", type=int, metavar="N", help="lawful copies held: so many may read at once")
    ingest.add_argument("--protected-until", type=date.fromisoformat, metavar="YYYY-MM-DD")
    ingest.add_argument("--licence", default="", metavar="URI")
    ingest.add_argument("--download", action="store_true", help="readers may take it away as a file")
    ingest.add_argument(
        "--kind", default="book", help="book, document, newspaper, manuscript, map, photographs, thesis"
    )
    ingest.add_argument("--languages", default="vie", help="for recognising text, e.g. vie+fra")
    ingest.add_argument("--collection", metavar="CODE")
    ingest.add_argument("--again", action="store_true", help="take it in although the same files are here already")
    ingest.add_argument("--draft", action="store_true", help="do not publish")
    ingest.add_argument("--later", action="store_true", help="leave the pages to the worker")
    ingest.add_argument("--json", action="store_true", help="the last line is one JSON object")
    digital_keeping.add_arguments(acts)
    work = acts.add_parser("work", help="prepare pages and recognise text until nothing waits")
    work.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    work.add_argument("--seconds", type=float)
    for name, help_ in (
        ("status", "how far an object is"),
        ("publish", "open an object to readers, as far as its rights go"),
        ("take-down", "hide an object everywhere at once"),
        ("lift", "bring back what was taken down"),
    ):
        sub = acts.add_parser(name, help=help_)
        sub.add_argument("object", metavar="OBJECT")
        if name in ("take-down", "lift"):
            sub.add_argument("--reason", required=True)
        sub.add_argument("--json", action="store_true", help="the last line is one JSON object")


def run(options: argparse.Namespace) -> int:
    """Exit code 0 when all went well, 1 when some page could not be done."""
    return _ACTS[options.act](options)


def _ingest(options: argparse.Namespace) -> int:
    from lienthu.domain.digital.models import Collection, Kind
    from lienthu.domain.digital.services import intake, pipeline, publishing
    from lienthu.domain.digital.services.gathering import gathered
    from lienthu.domain.network.selectors import library_by_code
    from lienthu.faces.cli.indexing import catch_up

    if not options.path.exists():
        raise Refusal(f"There is no file or folder {options.path}.")
    if options.kind not in Kind.values:
        raise Refusal(f"Unknown kind {options.kind}. Known: {', '.join(Kind.values)}.")
    collection = None
    if options.collection and (collection := Collection.objects.filter(code=options.collection).first()) is None:
        raise Refusal(f"There is no collection {options.collection}.")
    actor = _actor()
    description = intake.Description(
        title=_title(options),
        record_id=options.record,
        kind=Kind(options.kind),
        languages=options.languages.split("+"),
        collection=collection,
    )
    library = library_by_code(options.library)
    with ProgressLine() as line:
        line.say("opening", now=True)
        with gathered(options.path) as files:
            obj = intake.take_in(
                files, description, library=library, actor=actor, allow_again=options.again,
                tell=lambda told: line.say(_told(told)),
            )  # fmt: skip
    if options.rights:
        publishing.record_rights(obj.public_id, _rights(options), actor=actor)
    if options.later:
        from lienthu.domain.digital.jobs import enqueue_pages

        enqueue_pages()
    else:
        with ProgressLine() as line:
            pages = obj.last_seq
            pipeline.run(
                workers=os.cpu_count() or 1, object_id=obj.pk,
                tell=lambda tally: line.say(
                    f"pictures {tally.pictures:,} of {pages:,} pages, texts {tally.texts:,}"
                    + (f", {tally.failed:,} failed" if tally.failed else "")
                ),
            )  # fmt: skip
    if options.rights and not options.draft and not options.later:
        publishing.publish(obj.public_id, actor=actor)
    catch_up()
    return _status_of(obj.public_id, as_json=options.json)


def _told(told: Told) -> str:
    """How far the taking in is, in words."""
    from lienthu.domain.digital.services.telling import Step

    found = f", {told.pages:,} pages" if told.pages else ""
    match told.step:
        case Step.READING:
            return f"reading {told.done >> 20:,} of {told.total >> 20:,} MB"
        case Step.CHECKING:
            return f"checking {told.done:,} of {told.total:,} files{found}"
        case Step.KEEPING:
            return f"keeping{found}"
    return "unpacking"


def _title(options: argparse.Namespace) -> str:
    from lienthu.domain.catalog.selectors import title_of

    if options.record is not None:
        title = title_of(options.record)
        if title is None:
            raise Refusal(f"There is no record {options.record}.")
        return options.title or title
    if not options.title:
        raise Refusal("Say what it is: --title TITLE, or --record ID.")
    return str(options.title)


def _rights(options: argparse.Namespace) -> Any:
    from django.utils import timezone

    from lienthu.domain.digital.policy import Status
    from lienthu.domain.digital.services.publishing import Rights
    from lienthu.domain.digital.shipped.reading import shipped_rules

    status = Status(options.rights)
    today = timezone.localdate()
    law = next((s.basis for s in shipped_rules() if s.rule.status is status and s.rule.holds(today)), "")
    if not (basis := options.basis or law):
        raise Refusal("Say what the rights rest on: --basis TEXT.")
    return Rights(
        status=status,
        basis=basis,
        basis_date=options.basis_date or today,
        copies_held=options.copies,
        protected_until=options.protected_until,
        licence=options.licence,
        download=options.download,
    )


def _work(options: argparse.Namespace) -> int:
    from lienthu.domain.digital.services import pipeline
    from lienthu.faces.cli.indexing import catch_up

    with ProgressLine() as line:
        tally = pipeline.run(
            workers=options.workers, seconds=options.seconds,
            tell=lambda tally: line.say(f"pictures {tally.pictures:,}, texts {tally.texts:,}, {tally.failed:,} failed"),
        )  # fmt: skip
    catch_up()
    print(f"{tally.done} done, {tally.failed} not; {'work is left' if tally.left else 'nothing waits'}.")
    return 1 if tally.failed else 0


def _status(options: argparse.Namespace) -> int:
    return _status_of(options.object, as_json=options.json)


def _publish(options: argparse.Namespace) -> int:
    from lienthu.domain.digital.services import publishing

    return _after(publishing.publish(options.object, actor=_actor()).public_id, options)


def _take_down(options: argparse.Namespace) -> int:
    from lienthu.domain.digital.services import publishing

    publishing.take_down(options.object, reason=options.reason, actor=_actor())
    return _after(options.object, options)


def _lift(options: argparse.Namespace) -> int:
    from lienthu.domain.digital.services import publishing

    publishing.lift_takedown(options.object, reason=options.reason, actor=_actor())
    return _after(options.object, options)


def _after(public_id: str, options: argparse.Namespace) -> int:
    from lienthu.faces.cli.indexing import catch_up

    catch_up()
    return _status_of(public_id, as_json=options.json)


def _status_of(public_id: str, *, as_json: bool) -> int:
    from lienthu.domain.digital import access
    from lienthu.domain.digital.selectors.objects import progress_of

    opened = access.open_object(public_id, access.SYSTEM)
    obj: DigitalObject = opened.object
    progress = progress_of(obj.pk)
    facts = {
        "object": obj.public_id,
        "title": obj.title,
        "library": obj.library.code,
        "stage": obj.stage,
        "access": opened.audiences.access if obj.published_at and not obj.taken_down else "closed",
        "taken_down": obj.taken_down,
        "pages": progress.pages,
        "ready": progress.ready,
        "failed": progress.failed,
        "waiting": progress.pictures_waiting + progress.texts_waiting,
    }
    if as_json:
        print(json.dumps(facts, ensure_ascii=False))
    else:
        for name, value in facts.items():
            print(f"{name:>12}  {value}")
    complaints = progress.failed + progress.texts_failed
    if complaints and not as_json:
        print(f"{complaints} pages could not be done.", file=sys.stderr)
    return 1 if complaints else 0


def _actor() -> Any:
    from lienthu.platform.actor import Actor

    return Actor.system("cli")


_ACTS: dict[str, Callable[[argparse.Namespace], int]] = {
    "ingest": _ingest,
    "work": _work,
    "status": _status,
    "publish": _publish,
    "take-down": _take_down,
    "lift": _lift,
    **digital_keeping.ACTS,
}
