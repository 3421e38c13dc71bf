"""The file of what became of libraries (REG-11)."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from lienthu.domain.network.models import Branch, Library, LineageEvent, LineageKind, LineageParty, LineageSide
from lienthu.domain.network.services.exchange.table import (
    Cells,
    RowRefused,
    Table,
    Written,
    codes_in,
    day_in,
    iso,
    joined,
    one_of,
    put_on,
    yes,
    yes_in,
)
from lienthu.domain.network.services.periods import check

_ENDING = {LineageKind.MERGED, LineageKind.SPLIT, LineageKind.DISSOLVED}


class Events(Table):
    """One event a row, found by kind, day and libraries. A file tells history; it ends, founds and renames nothing.

    So a library that an event ends must have ended: its end is in the file of libraries or recorded on its page.
    """

    kind = "events"
    action = "events.imported"
    headings = ("kind", "date", "before", "after", "branch", "other_bodies", "source", "note", "assumed", "sample")
    required = frozenset({"kind", "date"})
    identity = ("kind", "date", "before", "after", "note")
    spoken = {
        "sự kiện": "kind",
        "ngày": "date",
        "trước": "before",
        "sau": "after",
        "thành cơ sở": "branch",
        "cơ quan khác": "other_bodies",
        "nguồn": "source",
        "ghi chú": "note",
        "giả định": "assumed",
        "dữ liệu mẫu": "sample",
    }

    @classmethod
    def rows(cls, day: date, library_ids: Collection[int] | None, *, whole: bool = False) -> Iterator[dict[str, str]]:
        """Events until the day, all of whose libraries are among these. Three queries."""
        events = LineageEvent.objects.filter(date__lte=day).select_related("branch")
        for event in events.order_by("date", "pk").prefetch_related("parties__library"):
            parties = list(event.parties.all())
            if library_ids is not None and any(party.library_id not in library_ids for party in parties):
                continue
            sides = {
                side: joined(sorted(party.library.code for party in parties if party.side == side))
                for side in LineageSide
            }
            yield {
                "kind": event.kind,
                "date": iso(event.date),
                "before": sides[LineageSide.FROM],
                "after": sides[LineageSide.TO],
                "branch": event.branch.code if event.branch else "",
                "other_bodies": event.other_bodies,
                "source": event.source,
                "note": event.note,
                "assumed": yes(event.assumed),
                "sample": yes(event.sample),
            }

    def write(self, cells: Cells) -> Written:
        kind, day = one_of(cells, "kind", LineageKind), day_in(cells, "date")
        assert day is not None  # a required cell
        before, after = _libraries(cells, "before"), _libraries(cells, "after")
        if not before and not after:
            raise RowRefused("after", _("Name at least one library."))
        if kind in _ENDING:
            for library in before:
                if library not in after and library.holds(day + timedelta(days=1)):
                    text = _("%(library)s still exists after that day: record the event on its page.")
                    raise RowRefused("before", text % {"library": library.code})
        branch = _branch(cells, after)
        told: dict[str, Any] = {
            **{name: cells.get(name) for name in ("other_bodies", "source", "note")},
            **{name: yes_in(cells, name) for name in ("assumed", "sample")},
            "branch": branch,
        }
        concerned = {library.pk for library in (*before, *after)}
        code = joined(dict.fromkeys(library.code for library in (*before, *after)))
        event = _known(kind, day, before, after, cells.get("note", ""))
        if event is not None:
            return Written(code, str(event), put_on(event, told), concerned)
        event = LineageEvent(kind=kind, date=day)
        for name, value in told.items():
            if value not in (None, ""):
                setattr(event, name, value)
        check(event)
        event.save()
        parties = [LineageParty(event=event, library=library, side=LineageSide.FROM) for library in before]
        parties += [LineageParty(event=event, library=library, side=LineageSide.TO) for library in after]
        LineageParty.objects.bulk_create(parties)
        return Written(code, str(event), None, concerned)


def _libraries(cells: Cells, heading: str) -> list[Library]:
    codes = list(dict.fromkeys(codes_in(cells, heading)))
    found = {library.code.upper(): library for library in Library.objects.filter(code__in=codes)}
    for code in codes:
        if code.upper() not in found:
            raise RowRefused(heading, _("There is no library %(code)s.") % {"code": code})
    return [found[code.upper()] for code in codes]


def _branch(cells: Cells, after: list[Library]) -> Branch | None:
    code = cells.get("branch", "")
    if not code:
        return None
    branch = Branch.objects.filter(library__in=after, code__iexact=code).first()
    if branch is None:
        raise RowRefused("branch", _("None of the libraries after the event has the branch %(code)s.") % {"code": code})
    return branch


def _known(kind: str, day: date, before: list[Library], after: list[Library], note: str) -> LineageEvent | None:
    wanted = {(library.pk, side) for side, given in (("from", before), ("to", after)) for library in given}
    events = LineageEvent.objects.filter(kind=kind, date=day).prefetch_related("parties")
    alike = [e for e in events if {(party.library_id, party.side) for party in e.parties.all()} == wanted]
    return next((event for event in alike if event.note == note), alike[0] if len(alike) == 1 else None)
