"""``lienthu digital ingest``: files become an object; and what is said of an object afterwards (ING-8 to ING-10)."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from lienthu.faces.cli.ground import Refusal
from lienthu.faces.cli.progress import ProgressLine

if TYPE_CHECKING:
    from lienthu.domain.digital.models import Collection
    from lienthu.domain.digital.services.gathering import LeftOut
    from lienthu.domain.digital.services.intake import Description
    from lienthu.domain.digital.services.publishing import Rights
    from lienthu.domain.digital.services.telling import Told
    from lienthu.domain.network.models import Library

EVEN_SO: Final = "publish although pages fail or wait, or no page is closed where people are named"
_RIGHTS: Final = ("official", "public_domain", "licensed", "permitted", "in_copyright", "unknown")
_ACCESS: Final = ("open", "signed", "premises", "seats", "closed")


def add_arguments(acts: Any) -> None:
    """What ``ingest`` takes."""
    ingest = acts.add_parser("ingest", help="take in images, PDFs, a ZIP or a bag, and make them readable")
    ingest.add_argument("path", type=Path, help="a folder, a file, a ZIP or tar, a bag")
    ingest.add_argument("--library", required=True, metavar="CODE")
    ingest.add_argument("--title", help="what it is called; with --record taken from there")
    ingest.add_argument("--record", type=int, metavar="ID", help="the catalogue record it belongs to")
    ingest.add_argument(
        "--kind", default="book", help="book, document, newspaper, manuscript, map, photographs, thesis"
    )
    ingest.add_argument("--languages", default="vie", help="for recognising text, e.g. vie+fra")
    ingest.add_argument("--collection", metavar="CODE", help="a collection of the same library")
    ingest.add_argument("--again", action="store_true", help="take it in although the same files are here already")
    ingest.add_argument("--draft", action="store_true", help="do not publish")
    ingest.add_argument("--even-so", action="store_true", help=EVEN_SO)
    ingest.add_argument("--later", action="store_true", help="leave the pages to the worker")
    ingest.add_argument("--json", action="store_true", help="the last line is one JSON object")
    _add_rights(ingest.add_argument_group("rights"))


def _add_rights(rights: Any) -> None:
    rights.add_argument("--rights", choices=_RIGHTS, help="without them it is kept unpublished")
    rights.add_argument("--basis", help="what the rights rest on (default: the law behind the rule)")
    rights.add_argument("--basis-date", type=date.fromisoformat, metavar="YYYY-MM-DD")
    rights.add_argument("--copies", type=int, metavar="N", help="lawful copies held: so many may read at once")
    rights.add_argument("--protected-until", type=date.fromisoformat, metavar="YYYY-MM-DD")
    rights.add_argument("--permission", choices=_ACCESS, help="what the holder allows; with --rights permitted")
    rights.add_argument("--permission-until", type=date.fromisoformat, metavar="YYYY-MM-DD")
    rights.add_argument(
        "--premises", action="append", default=[], metavar="CODE",
        help="a library in whose rooms it may be read; may be given several times (default: the library itself)",
    )  # fmt: skip
    rights.add_argument("--licence", default="", metavar="URI")
    rights.add_argument("--personal-data", action="store_true", help="names people who may be alive: close those pages")
    rights.add_argument("--watermark", action="store_true", help="pictures are shown with a watermark")
    rights.add_argument("--download", action="store_true", help="readers may take it away as a file")


def _ingest(options: argparse.Namespace) -> int:
    from lienthu.domain.digital.errors import CannotPublish, DigitalRefused, PublishingDoubtful
    from lienthu.domain.digital.policy import Concern
    from lienthu.domain.digital.services import intake, pipeline, publishing
    from lienthu.domain.digital.services.gathering import gathered
    from lienthu.domain.network.selectors import library_by_code
    from lienthu.faces.cli.indexing import catch_up
    from lienthu.platform.actor import Actor

    if not options.path.exists():
        raise Refusal(f"There is no file or folder {options.path}.")
    actor, library = Actor.system("cli"), library_by_code(options.library)
    description, rights = _description(options), _rights(options)
    with ProgressLine() as line:
        line.say("opening", now=True)
        with gathered(options.path) as found:
            obj = intake.take_in(
                found.files, description, library=library, actor=actor, allow_again=options.again,
                tell=lambda told: line.say(_told(told)),
            )  # fmt: skip
    _tell_left_out(found.left_out)
    refused: DigitalRefused | None = None
    if rights is not None:
        publishing.record_rights(obj.public_id, rights, actor=actor)
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
    if rights is not None and not options.draft and not options.later:
        try:
            publishing.publish(obj.public_id, even_so=tuple(Concern) if options.even_so else (), actor=actor)
        except (CannotPublish, PublishingDoubtful) as error:
            refused = error  # the object is here all the same: whoever asked must learn its name
            print(f"lienthu: {error}", file=sys.stderr)
    catch_up()
    more = {
        "left_out": [one.told() for one in found.left_out],
        "refused": None if refused is None else {"code": refused.code, "message": str(refused)},
    }
    return max(status_of(obj.public_id, as_json=options.json, more=more), 0 if refused is None else 1)


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


def _tell_left_out(left_out: tuple[LeftOut, ...]) -> None:
    for one in left_out:
        print(f"Left out: {one.name}: {one.told()['message']}", file=sys.stderr)


def _description(options: argparse.Namespace) -> Description:
    from lienthu.domain.digital.models import Kind
    from lienthu.domain.digital.services import intake

    if options.kind not in Kind.values:
        raise Refusal(f"Unknown kind {options.kind}. Known: {', '.join(Kind.values)}.")
    return intake.Description(
        title=_title(options),
        record_id=options.record,
        kind=Kind(options.kind),
        languages=options.languages.split("+"),
        collection=_collection(options.collection),
    )


def _collection(code: str | None) -> Collection | None:
    from lienthu.domain.digital.models import Collection

    found = Collection.objects.filter(code=code).first() if code else None
    if code and found is None:
        raise Refusal(f"There is no collection {code}.")
    return found


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


def _rights(options: argparse.Namespace) -> Rights | None:
    """What is stated, looked at before anything is taken in; None where nothing is stated."""
    from django.utils import timezone

    from lienthu.domain.digital.policy import Access, Status
    from lienthu.domain.digital.services.publishing import Rights
    from lienthu.domain.digital.shipped.reading import shipped_rules
    from lienthu.domain.network.selectors import library_by_code

    if not options.rights:
        return None
    status = Status(options.rights)
    if (options.permission is not None) != (status is Status.PERMITTED):
        raise Refusal("--rights permitted and --permission (what the holder allows) belong together.")
    today = timezone.localdate()
    law = next((s.basis for s in shipped_rules() if s.rule.status is status and s.rule.holds(today)), "")
    if not (basis := options.basis or law):
        raise Refusal("Say what the rights rest on: --basis TEXT.")
    houses: list[Library] = [library_by_code(code) for code in options.premises]
    return Rights(
        status=status,
        basis=basis,
        basis_date=options.basis_date or today,
        copies_held=options.copies,
        protected_until=options.protected_until,
        permission=Access(options.permission) if options.permission else None,
        permission_until=options.permission_until,
        licence=options.licence,
        personal_data=options.personal_data,
        watermark=options.watermark,
        download=options.download,
        premises=tuple(house.pk for house in houses),
    )


def status_of(public_id: str, *, as_json: bool, more: Mapping[str, Any] | None = None) -> int:
    """Say how far an object is; 1 where some page of it cannot be shown or read, otherwise 0."""
    from lienthu.domain.digital import access
    from lienthu.domain.digital.selectors.objects import pages_unread, progress_of

    opened = access.open_object(public_id, access.SYSTEM)
    obj, progress = opened.object, progress_of(opened.object.pk)
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
    unread = [one.told() for one in pages_unread(obj.pk)] if progress.failed else []
    if as_json:
        print(json.dumps(facts | {"unread": unread} | dict(more or {}), ensure_ascii=False))
    else:
        for name, value in facts.items():
            print(f"{name:>12}  {value}")
        for one in unread:
            print(f"Page {one['page']} ({one['file']}): {one['message']}", file=sys.stderr)
    complaints = progress.failed + progress.texts_failed
    if complaints and not as_json:
        print(f"{complaints} pages could not be done.", file=sys.stderr)
    return 1 if complaints else 0


ACTS: Final[dict[str, Callable[[argparse.Namespace], int]]] = {"ingest": _ingest}
