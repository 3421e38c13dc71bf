"""``lienthu digital``: take files in, work on their pages, publish, take down, keep."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from typing import Any

from lienthu.faces.cli import digital_collections, digital_ingest, digital_keeping
from lienthu.faces.cli.digital_ingest import status_of
from lienthu.faces.cli.progress import ProgressLine


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """One sub-command each for what can be done with digital objects."""
    acts = parser.add_subparsers(dest="act", metavar="ACT", required=True)
    digital_ingest.add_arguments(acts)
    digital_keeping.add_arguments(acts)
    digital_collections.add_arguments(acts)
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
        if name == "publish":
            sub.add_argument("--even-so", action="store_true", help=digital_ingest.EVEN_SO)
        sub.add_argument("--json", action="store_true", help="the last line is one JSON object")


def run(options: argparse.Namespace) -> int:
    """Exit code 0 when all went well, 1 when some page could not be done."""
    return _ACTS[options.act](options)


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
    return status_of(options.object, as_json=options.json)


def _publish(options: argparse.Namespace) -> int:
    from lienthu.domain.digital.policy import Concern
    from lienthu.domain.digital.services import publishing

    even_so = tuple(Concern) if options.even_so else ()
    return _after(publishing.publish(options.object, even_so=even_so, actor=_actor()).public_id, options)


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
    return status_of(public_id, as_json=options.json)


def _actor() -> Any:
    from lienthu.platform.actor import Actor

    return Actor.system("cli")


_ACTS: dict[str, Callable[[argparse.Namespace], int]] = {
    **digital_ingest.ACTS,
    "work": _work,
    "status": _status,
    "publish": _publish,
    "take-down": _take_down,
    "lift": _lift,
    **digital_keeping.ACTS,
    **digital_collections.ACTS,
}
