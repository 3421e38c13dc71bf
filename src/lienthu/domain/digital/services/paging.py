"""Acts on the pages of an object: each is one transaction of a few statements, however many pages there are.

Every act is remembered with its opposite (`PageAct`), so that the last ones can be undone one after the other. Rules
WFL-1 to WFL-8, docs/specs/workflow.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from lienthu.domain.digital.errors import Conflict, PagesRefused
from lienthu.domain.digital.models import DigitalObject, Page, PageAct, Section
from lienthu.domain.digital.paging.arranging import Crop, Entry, flaw_in, halves, moved, places_of, turned
from lienthu.domain.digital.paging.numbering import LONGEST, Numbering
from lienthu.domain.digital.services import page_rows, text_rows, work_rows
from lienthu.domain.digital.services.acts import lock, note
from lienthu.foundation.vietnamese.text import clean
from lienthu.platform.actor import Actor
from lienthu.platform.services import changes

REMEMBERED: Final = 50
"""So many acts of an object can be undone."""
MOST: Final = 20_000
RESTRICTING: Final = frozenset({"closed", "removed"})
"""After these, what the store told before would show again what is closed or gone now."""
_BULK: Final = 200  # news of more pages than this waits behind other news


@dataclass(slots=True)
class Done:
    """What became of an act, for a screen that shows the pages."""

    version: int
    changed: list[int] = field(default_factory=list)  # seqs that look different or are new
    order: list[int] | None = None  # all seqs, where the order or number of pages changed


def refuse_too_many(pages: int) -> None:
    """Raises PagesRefused for more pages than one object takes."""
    if pages > MOST:
        raise PagesRefused(_("One object takes %(max)s pages. Split it into volumes.") % {"max": MOST})


def refuse_gone(obj: DigitalObject, seq: int) -> None:
    """Raises PagesRefused for a page that is not there, or not any more."""
    if not obj.pages.filter(seq=seq).exists():
        raise PagesRefused(_("Page %(seq)s is not there any more. Load the page again.") % {"seq": seq})


class Volume:
    """The locked object and its pages in their order, as ids and seqs."""

    def __init__(self, public_id: str, seen: int | None) -> None:
        self.obj: DigitalObject = lock(public_id)
        if seen is not None and seen != self.obj.pages_version:
            raise Conflict
        found = page_rows.places(self.obj.pk)
        self.ids: list[int] = [key for key, _ in found]
        self.seq_of: dict[int, int] = dict(found)
        self.id_of: dict[int, int] = {seq: key for key, seq in found}
        self.stood: dict[int, int] = {key: place for place, key in enumerate(self.ids, 1)}
        self.act: int | None = None

    def keys(self, seqs: Sequence[int]) -> list[int]:
        """The ids of these pages, in the order of the volume. Raises PagesRefused."""
        if not seqs:
            raise PagesRefused(_("Choose a page first."))
        wanted = {self.key(seq) for seq in seqs}
        return [key for key in self.ids if key in wanted]

    def key(self, seq: int) -> int:
        """The id of one page. Raises PagesRefused."""
        if seq not in self.id_of:
            raise PagesRefused(_("Page %(seq)s is not there any more. Load the page again.") % {"seq": seq})
        return self.id_of[seq]

    def number(self, keys: Sequence[int]) -> None:
        """Know pages that were just added, under the last numbers of the object."""
        first = self.obj.last_seq - len(keys) + 1
        self.seq_of.update((key, first + n) for n, key in enumerate(keys))

    def remember(self, kind: str, keys: Iterable[int], *, actor: Actor) -> None:
        """Keep pages as they are, before the act changes them; ``close`` ends the act."""
        self.act = page_rows.remember(self.obj, kind, keys, actor.name)

    def close(
        self,
        kind: str,
        undo: dict[str, Any],
        *,
        actor: Actor,
        changed: Sequence[int] = (),
        order: Sequence[int] | None = None,
        told: Sequence[int] = (),
        **detail: Any,
    ) -> Done:
        """Remember the act, tell those who listen, and say what changed. ``changed``, ``order``, ``told`` are ids.

        ``order``: the new order, which was written already.

        ``told``: pages that are found otherwise now, with other words or by other people. What is only shown otherwise
        is no news for the page index.
        """
        obj = self.obj
        obj.pages_version += 1
        detail.setdefault("pages", len(changed) or len(told))
        if self.act is not None:
            PageAct.objects.filter(pk=self.act).update(detail=detail, undo=undo)
        else:
            PageAct.objects.create(
                object=obj, number=obj.pages_version, kind=kind, detail=detail, undo=undo, by=actor.name[:120]
            )
        page_rows.forget_acts(obj, obj.pages_version - REMEMBERED)
        note(f"digital.pages_{kind}", obj, actor=actor, restricts=kind in RESTRICTING, **detail)
        changes.publish("digital.page_of_act", told, bulk=len(told) > _BULK)
        return Done(
            obj.pages_version,
            [self.seq_of[key] for key in changed],
            [self.seq_of[key] for key in order] if order is not None else None,
        )


@transaction.atomic
def move(public_id: str, seqs: Sequence[int], *, before: int | None, seen: int | None, actor: Actor) -> Done:
    """Put pages before another one (None: at the end), keeping their own order (WFL-1)."""
    volume = Volume(public_id, seen)
    keys = volume.keys(seqs)
    order = moved(volume.ids, keys, volume.key(before) if before is not None else None)
    if order == volume.ids:
        return Done(volume.obj.pages_version)
    page_rows.put_in_order(volume.stood, places_of(order))
    return volume.close("moved", {"order": volume.ids}, actor=actor, order=order, pages=len(keys))


@transaction.atomic
def rotate(public_id: str, seqs: Sequence[int], *, degrees: int, seen: int | None, actor: Actor) -> Done:
    """Turn pages clockwise by 90, 180 or 270 degrees; a cut turns with its page (WFL-4)."""
    if degrees not in (90, 180, 270):
        raise PagesRefused(_("Pages are turned by quarters."))
    volume = Volume(public_id, seen)
    new: list[list[Any]] = []
    for key, crop in page_rows.read("crop", volume.keys(seqs), with_file=True):
        cut = turned(Crop(*crop) if crop else None, degrees)
        new.append([key, list(cut) if cut else None])
    if not new:
        raise PagesRefused(_("A missing page cannot be turned."))
    fields = ["crop"] if any(cut for _key, cut in new) else []
    _new_pictures(volume, "turned", fields, new, turn=degrees, actor=actor)
    changed = [key for key, _cut in new]
    return volume.close("turned", {"set": page_rows.PICTURE}, actor=actor, changed=changed, degrees=degrees)


@transaction.atomic
def split(public_id: str, seqs: Sequence[int], *, at: float, seen: int | None, actor: Actor) -> Done:
    """Make two pages of each double page, cut at a part of its width; undoing joins them (WFL-4).

    The half that is read first keeps the number of the page; the other gets a new one.
    """
    volume = Volume(public_id, seen)
    obj = volume.obj
    old = page_rows.read("crop", volume.keys(seqs), with_file=True)
    if not old:
        raise PagesRefused(_("A missing page cannot be split."))
    refuse_too_many(len(volume.ids) + len(old))
    cut = frozenset(key for key, _crop in old)
    places, place = dict[int, int](), 0
    for key in volume.ids:
        places[key] = place + 1
        place += 2 if key in cut else 1
    crops: dict[int, Sequence[float]] = {}
    other: list[tuple[int, int, Sequence[float]]] = []
    for key, crop in old:
        try:
            left, right = halves(Crop(*crop) if crop else None, at)
        except ValueError as error:
            raise PagesRefused(_("Cut between a tenth and nine tenths of the width.")) from error
        first, second = (right, left) if obj.right_to_left else (left, right)
        crops[key] = first
        other.append((key, places[key] + 1, second))
    volume.remember("split", crops, actor=actor)
    page_rows.cut(volume.stood, places, crops, obj.version + 1)
    work_rows.await_pictures(obj, list(crops))
    keys = page_rows.add_halves(obj, other)
    volume.number(keys)
    work_rows.await_pictures(obj, keys, new=True)
    half_of = {key: half for (key, _crop), half in zip(old, keys, strict=True)}
    texts = text_rows.part_texts(half_of)
    order = [k for key in volume.ids for k in ([key, half_of[key]] if key in cut else [key])]
    undo = {"added": keys, "texts": texts, "set": page_rows.CUT, "joined": True}
    changed = [half for key in volume.ids if key in cut for half in (key, half_of[key])]
    return volume.close("split", undo, actor=actor, changed=changed, order=order, told=list(half_of))


@transaction.atomic
def replace(public_id: str, seq: int, *, file_id: int, frame: int, seen: int | None, actor: Actor) -> Done:
    """Show another file on a page, or the first one on a missing page. The old master is kept (WFL-4)."""
    volume = Volume(public_id, seen)
    key = volume.key(seq)
    if not volume.obj.files.filter(pk=file_id).exists():
        raise PagesRefused(_("The file is not one of this object."))
    fields = ["file_id", "frame", "rotation", "crop"]
    _new_pictures(volume, "replaced", fields, [[key, file_id, frame, 0, None]], actor=actor)
    # what a machine read on the other scan is in force no more, also if this one cannot be read
    undo = {"set": page_rows.PICTURE, "read": text_rows.put_readings_aside([key])}
    return volume.close("replaced", undo, actor=actor, changed=[key], told=[key], seq=seq)


def _new_pictures(
    volume: Volume,
    kind: str,
    fields: Sequence[str],
    new: Sequence[list[Any]],
    *,
    actor: Actor,
    turn: int = 0,
) -> None:
    """Pages that look different from now on: another version of each, made by the pipeline.

    The number of the version is the object's next one: an undone and repeated act never meets an old picture.
    """
    version = volume.obj.version + 1
    touched = [row[0] for row in new]
    volume.remember(kind, touched, actor=actor)
    page_rows.write(fields, new, turn=turn, version=version, state=Page.State.WAITING.value, problem="")
    work_rows.await_pictures(volume.obj, touched)


@transaction.atomic
def add_missing(public_id: str, *, after: int | None, count: int = 1, seen: int | None, actor: Actor) -> Done:
    """Put leaves that the original lacks after a page (None: at the beginning), so that readers know (WFL-1)."""
    if not 1 <= count <= 500:
        raise PagesRefused(_("Between 1 and 500 missing pages at once."))
    blanks = [{"state": Page.State.MISSING.value, "numbering": "none"}] * count
    return _insert(Volume(public_id, seen), "missing", blanks, after, actor=actor)


@transaction.atomic
def insert_files(
    public_id: str,
    frames: Sequence[tuple[int, int, str]],
    *,
    after: int | None,
    seen: int | None,
    actor: Actor,
) -> Done:
    """Make pages of files of the object, after a page (None: at the beginning). ``frames``: (file, frame, problem)."""
    volume = Volume(public_id, seen)
    pages = [
        {
            "file_id": file_id,
            "frame": frame,
            "problem": problem[:300],
            "state": (Page.State.FAILED if problem else Page.State.WAITING).value,
        }
        for file_id, frame, problem in frames
    ]
    return _insert(volume, "inserted", pages, after, actor=actor)


def _insert(volume: Volume, kind: str, pages: Sequence[dict[str, Any]], after: int | None, *, actor: Actor) -> Done:
    obj = volume.obj
    at = volume.ids.index(volume.key(after)) + 1 if after is not None else 0
    refuse_too_many(len(volume.ids) + len(pages))
    page_rows.put_in_order(volume.stood, places_of(volume.ids[at:], at + len(pages) + 1))
    keys = page_rows.add(obj, pages, at + 1)
    volume.number(keys)
    if waiting := [key for key, page in zip(keys, pages, strict=True) if page["state"] == Page.State.WAITING]:
        work_rows.await_pictures(obj, waiting, new=True)
    order = [*volume.ids[:at], *keys, *volume.ids[at:]]
    return volume.close(kind, {"added": keys}, actor=actor, changed=keys, order=order)


@transaction.atomic
def remove(public_id: str, seqs: Sequence[int], *, seen: int | None, actor: Actor) -> Done:
    """Take pages out of the object. Their masters stay, their texts are kept while this can be undone (WFL-5)."""
    volume = Volume(public_id, seen)
    keys = volume.keys(seqs)
    gone = frozenset(keys)
    undo = {
        "order": volume.ids,
        "removed": True,
        "sections": list(Section.objects.filter(page_id__in=keys).values_list("pk", "page_id")),
    }
    left = [key for key in volume.ids if key not in gone]
    volume.remember("removed", keys, actor=actor)
    done = volume.close("removed", undo, actor=actor, told=keys)
    page_rows.remove(keys, with_texts=False)
    page_rows.put_in_order(volume.stood, places_of(left))
    done.order = [volume.seq_of[key] for key in left]
    return done


@transaction.atomic
def close_pages(public_id: str, seqs: Sequence[int], *, closed: bool, seen: int | None, actor: Actor) -> Done:
    """Close pages that name people who may be alive, or open them again (RGT-6)."""
    volume = Volume(public_id, seen)
    keys = [key for key, now in page_rows.read("closed", volume.keys(seqs)) if now is not closed]
    if not keys:
        return Done(volume.obj.pages_version)
    kind = "closed" if closed else "opened"
    volume.remember(kind, keys, actor=actor)
    page_rows.write([], [[key] for key in keys], closed=closed)
    return volume.close(kind, {"set": ["closed"]}, actor=actor, changed=keys, told=keys)


@transaction.atomic
def number_pages(public_id: str, seqs: Sequence[int], numbering: Numbering, *, seen: int | None, actor: Actor) -> Done:
    """Number pages by a scheme, in the order in which they stand (WFL-6)."""
    volume = Volume(public_id, seen)
    keys = volume.keys(seqs)
    try:
        labels = numbering.labels(len(keys))
    except ValueError as error:
        raise PagesRefused(_("So many pages cannot be numbered in this way.")) from error
    new = [[key, clean(label)[:LONGEST]] for key, label in zip(keys, labels, strict=True)]
    return _label(volume, new, numbering.scheme.value, actor=actor)


@transaction.atomic
def set_label(public_id: str, seq: int, label: str, *, seen: int | None, actor: Actor) -> Done:
    """Give one page the number that is printed on it."""
    volume = Volume(public_id, seen)
    key = volume.key(seq)
    ((_key, scheme),) = page_rows.read("numbering", [key])
    return _label(volume, [[key, clean(label)[:LONGEST]]], scheme, actor=actor)


def _label(volume: Volume, new: list[list[Any]], scheme: str, *, actor: Actor) -> Done:
    keys = [row[0] for row in new]
    volume.remember("numbered", keys, actor=actor)
    page_rows.write(["label"], new, numbering=scheme)
    return volume.close("numbered", {"set": ["label", "numbering"]}, actor=actor, changed=keys)


@transaction.atomic
def set_contents(public_id: str, entries: Sequence[Entry], *, seen: int | None, actor: Actor) -> Done:
    """Write the contents anew: sections with levels, issues with their dates. ``page`` is a seq (WFL-7)."""
    volume = Volume(public_id, seen)
    if len(entries) > 5000:
        raise PagesRefused(_("The contents take at most 5,000 lines."))
    match flaw_in(entries):
        case "untitled":
            raise PagesRefused(_("Every line of the contents needs a title."))
        case "level":
            raise PagesRefused(_("A line can stand at most one level below the one before it."))
    old = [
        [s.pk, s.position, s.level, s.title, s.page_id, s.issued.isoformat() if s.issued else None]
        for s in volume.obj.sections.order_by("position")
    ]
    volume.obj.sections.all().delete()
    Section.objects.bulk_create(
        Section(
            object=volume.obj, position=n, level=entry.level, title=clean(entry.title)[:500],
            page_id=volume.key(entry.page) if entry.page is not None else None, issued=entry.issued,
        )
        for n, entry in enumerate(entries, 1)
    )  # fmt: skip
    return volume.close("contents", {"contents": old}, actor=actor, lines=len(entries))
