"""What the page editor asks for, read strictly from JSON, and what it is told back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.db.models.expressions import RawSQL
from django.utils.translation import gettext as _

from lienthu.domain.digital.errors import PagesRefused
from lienthu.domain.digital.models import Page
from lienthu.domain.digital.paging.arranging import Entry
from lienthu.domain.digital.paging.numbering import Numbering, Scheme
from lienthu.domain.digital.problems import sentence_of
from lienthu.domain.digital.services import paging
from lienthu.domain.digital.services.paging import Done
from lienthu.platform.actor import Actor

TILE = ("seq", "label", "state", "closed", "version", "width", "height", "problem")


def tile(row: tuple[Any, ...]) -> list[Any]:
    """A page as the editor draws it; problems are sentences."""
    seq, label, state, closed, version, width, height, problem = row
    return [seq, label, state, int(closed), version, width, height, sentence_of(problem) if problem else ""]


def tiles(object_id: int, seqs: list[int] | None = None) -> list[list[Any]]:
    """Pages of an object in their order: one query."""
    found = Page.objects.filter(object_id=object_id)
    if seqs is not None:
        found = found.filter(seq__in=RawSQL("SELECT unnest(%s::int[])", [seqs]))  # one parameter, not 1,500
    return [tile(row) for row in found.order_by("position").values_list(*TILE)]


def _int(said: Mapping[str, Any], name: str) -> int:
    value = said.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) >= 2**31:
        raise PagesRefused(_("This cannot be understood: %(name)s.") % {"name": name})
    return value


def _perhaps(said: Mapping[str, Any], name: str) -> int | None:
    return None if said.get(name) is None else _int(said, name)


def _seqs(said: Mapping[str, Any]) -> list[int]:
    value = said.get("seqs")
    if not isinstance(value, list) or not all(type(n) is int and 0 < n < 2**31 for n in value):
        raise PagesRefused(_("This cannot be understood: %(name)s.") % {"name": "seqs"})
    return value


def numbering_of(said: Mapping[str, Any]) -> Numbering:
    """The scheme that a person chose. Raises PagesRefused."""
    try:
        return Numbering(
            Scheme(str(said.get("scheme"))),
            _int(said, "start"),
            sides=str(said.get("sides", "ab")),
            second_side=said.get("second_side") is True,
            prefix=str(said.get("prefix", "")),
        )
    except ValueError as error:
        raise PagesRefused(_("So many pages cannot be numbered in this way.")) from error


def entries_of(said: Mapping[str, Any]) -> list[Entry]:
    """The contents as a person wrote them. Raises PagesRefused."""
    lines = said.get("entries")
    if not isinstance(lines, list) or not all(isinstance(line, dict) for line in lines):
        raise PagesRefused(_("This cannot be understood: %(name)s.") % {"name": "entries"})
    return [
        Entry(str(line.get("title", "")), _int(line, "level"), _perhaps(line, "page"), _day(line.get("issued")))
        for line in lines
    ]


def _day(value: Any) -> date | None:
    if value in (None, ""):
        return None
    try:
        return date.fromisoformat(str(value))
    except ValueError as error:
        raise PagesRefused(_("The date of an issue is written as day, month and year.")) from error


Asked = Mapping[str, Any]
ACTS: dict[str, Callable[[str, Asked, int | None, Actor], Done]] = {
    "move": lambda o, a, seen, by: paging.move(o, _seqs(a), before=_perhaps(a, "before"), seen=seen, actor=by),
    "rotate": lambda o, a, seen, by: paging.rotate(o, _seqs(a), degrees=_int(a, "degrees"), seen=seen, actor=by),
    "split": lambda o, a, seen, by: paging.split(o, _seqs(a), at=_int(a, "percent") / 100, seen=seen, actor=by),
    "missing": lambda o, a, seen, by: paging.add_missing(
        o, after=_perhaps(a, "after"), count=_int(a, "count"), seen=seen, actor=by
    ),
    "remove": lambda o, a, seen, by: paging.remove(o, _seqs(a), seen=seen, actor=by),
    "close": lambda o, a, seen, by: paging.close_pages(o, _seqs(a), closed=True, seen=seen, actor=by),
    "open": lambda o, a, seen, by: paging.close_pages(o, _seqs(a), closed=False, seen=seen, actor=by),
    "number": lambda o, a, seen, by: paging.number_pages(o, _seqs(a), numbering_of(a), seen=seen, actor=by),
    "label": lambda o, a, seen, by: paging.set_label(
        o, _int(a, "seq"), str(a.get("label", "")), seen=seen, actor=by
    ),
    "contents": lambda o, a, seen, by: paging.set_contents(o, entries_of(a), seen=seen, actor=by),
}  # fmt: skip
