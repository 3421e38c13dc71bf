"""The files of what libraries offer: services, opening hours and online addresses."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from datetime import date, time
from typing import Any, Final

from django.db.models import F, Q
from django.utils.translation import gettext as _

from lienthu.domain.network.models import (
    OnlineAddress,
    OnlineAddressKind,
    OpeningHours,
    ServiceKind,
    ServiceOffer,
)
from lienthu.domain.network.services.exchange.table import (
    Cells,
    RowRefused,
    Table,
    Written,
    branch_in,
    day_in,
    iso,
    library_in,
    of_libraries,
    one_of,
    put_on,
    yes,
    yes_in,
)
from lienthu.domain.network.services.offers import Opening, check_week
from lienthu.domain.network.services.periods import check

_DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SPAN: Final = re.compile(r"(\d{1,2})[:hg.](\d{2})\s*(?:-|–|đến|to)\s*(\d{1,2})[:hg.](\d{2})\Z")


class Services(Table):
    """One service a row, found by its library, branch and kind, and for the kind “other” by its note."""

    kind = "services"
    action = "services.imported"
    headings = ("library", "branch", "kind", "online", "url", "note", "valid_from", "valid_to")
    required = frozenset({"library", "kind"})
    identity = ("library", "branch", "kind", "note", "url")
    spoken = {
        "mã thư viện": "library",
        "mã cơ sở": "branch",
        "dịch vụ": "kind",
        "trực tuyến": "online",
        "địa chỉ trên mạng": "url",
        "ghi chú": "note",
        "hiệu lực từ": "valid_from",
        "chấm dứt ngày": "valid_to",
    }

    @classmethod
    def rows(cls, day: date, library_ids: Collection[int] | None, *, whole: bool = False) -> Iterator[dict[str, str]]:
        """Services in force on the day. One query."""
        found = ServiceOffer.objects.filter(of_libraries(day, library_ids, whole)).select_related("library", "branch")
        for row in found.order_by("library__code", "branch__code", "kind", "note", "pk"):
            yield {
                "library": row.library.code,
                "branch": row.branch.code if row.branch else "",
                "kind": row.kind,
                "online": yes(row.online),
                "url": row.url,
                "note": row.note,
                "valid_from": iso(row.valid_from),
                "valid_to": iso(row.valid_to),
            }

    def write(self, cells: Cells) -> Written:
        library = library_in(cells)
        branch = branch_in(cells, library)
        kind = one_of(cells, "kind", ServiceKind)
        days = {name: day_in(cells, name) for name in ("valid_from", "valid_to")}
        told: dict[str, Any] = {
            "online": yes_in(cells, "online"),
            "url": cells.get("url"),
            "note": cells.get("note"),
            **days,
        }
        code = f"{library.code} {branch.code}" if branch else library.code
        same = library.service_offers.select_for_update().filter(branch=branch, kind=kind)
        if kind == ServiceKind.OTHER:
            same = same.filter(note=cells.get("note", ""))
        alike = list(same.filter(Q(valid_to__isnull=True) | Q(valid_to=days["valid_to"])))
        if len(alike) > 1:
            alike = [row for row in alike if (row.url, row.note) == (cells.get("url", ""), cells.get("note", ""))]
            if len(alike) != 1:
                text = _("This library has several services of this kind: change them on its page.")
                raise RowRefused("kind", text)
        if alike:
            return Written(code, str(alike[0]), put_on(alike[0], told), {library.pk})
        offer = ServiceOffer(library=library, branch=branch, kind=kind)
        put_on(offer, told)
        return Written(code, str(offer), None, {library.pk})


class Hours(Table):
    """One week a row: of a library, or of a branch of it, from a day on. An empty day is a closed one (REG-12)."""

    kind = "hours"
    action = "hours.imported"
    headings = ("library", "branch", "valid_from", "valid_to", *_DAYS)
    required = frozenset({"library"})
    identity = ("library", "branch", "valid_from")
    spoken = {
        "mã thư viện": "library",
        "mã cơ sở": "branch",
        "hiệu lực từ": "valid_from",
        "chấm dứt ngày": "valid_to",
        "thứ hai": "monday",
        "thứ ba": "tuesday",
        "thứ tư": "wednesday",
        "thứ năm": "thursday",
        "thứ sáu": "friday",
        "thứ bảy": "saturday",
        "chủ nhật": "sunday",
    }

    @classmethod
    def rows(cls, day: date, library_ids: Collection[int] | None, *, whole: bool = False) -> Iterator[dict[str, str]]:
        """The weeks in force on the day. One query."""
        found = OpeningHours.objects.filter(of_libraries(day, library_ids, whole)).select_related("library", "branch")
        weeks: dict[tuple[str, str, str, str], dict[str, str]] = {}
        for row in found.order_by("library__code", F("branch__code").asc(nulls_first=True), "weekday", "opens"):
            branch = row.branch.code if row.branch else ""
            key = (row.library.code, branch, iso(row.valid_from), iso(row.valid_to))
            week = weeks.setdefault(key, dict(zip(("library", "branch", "valid_from", "valid_to"), key, strict=True)))
            span, name = f"{row.opens:%H:%M}-{row.closes:%H:%M}", _DAYS[row.weekday - 1]
            week[name] = f"{week[name]}, {span}" if name in week else span
        yield from weeks.values()

    def write(self, cells: Cells) -> Written:
        library = library_in(cells)
        branch = branch_in(cells, library)
        since, until = day_in(cells, "valid_from"), day_in(cells, "valid_to")
        week = [
            Opening(number, opens, closes)
            for number, name in enumerate(_DAYS, 1)
            for opens, closes in spans_in(cells, name)
        ]
        check_week(sorted(week, key=lambda o: (o.weekday, o.opens)))
        told = Written(f"{library.code} {branch.code}" if branch else library.code, str(library), None, {library.pk})
        rows = OpeningHours.objects.filter(library=library, branch=branch)
        begun = Q(valid_from__isnull=True) if since is None else Q(valid_from=since)
        known = list(rows.filter(begun))
        later = rows.exclude(begun).filter(Q(valid_from__gt=since) if since else Q(valid_from__isnull=False))
        following = [day for day in later.values_list("valid_from", flat=True) if day is not None]
        kept = [until] if until else [row.valid_to for row in known if row.valid_to]  # an empty cell changes nothing
        end = min([*following, *kept], default=None)
        fresh = {(o.weekday, o.opens, o.closes, end) for o in week}
        if known:
            if {(row.weekday, row.opens, row.closes, row.valid_to) for row in known} == fresh:
                told.changed = set()
                return told
            told.changed = {"hours"}
            rows.filter(begun).delete()
        if since is not None:
            before = rows.filter(Q(valid_from__isnull=True) | Q(valid_from__lt=since))
            before.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=since)).update(valid_to=since)
        for o in week:
            row = OpeningHours(
                library=library,
                branch=branch,
                weekday=o.weekday,
                opens=o.opens,
                closes=o.closes,
                valid_from=since,
                valid_to=end,
            )
            check(row)
            row.save()
        return told


def spans_in(cells: Cells, heading: str) -> Iterator[tuple[time, time]]:
    """The spans of time in a cell, as 7:30-11:30, 13:30-17:00. Raises RowRefused."""
    for part in filter(None, (part.strip() for part in re.split(r"[,;]", cells.get(heading, "")))):
        found = _SPAN.match(part)
        try:
            if found is None:
                raise ValueError(part)
            opens, closes = (time(int(h), int(m)) for h, m in (found.group(1, 2), found.group(3, 4)))
        except ValueError:
            raise RowRefused(heading, _("Write it as 7:30-11:30, 13:30-17:00.")) from None
        yield opens, closes


class Addresses(Table):
    """One online address a row, found by its library, kind and address. A ``valid_to`` ends it."""

    kind = "online_addresses"
    action = "online_addresses.imported"
    headings = ("library", "kind", "url", "label", "valid_from", "valid_to")
    required = frozenset({"library", "kind", "url"})
    identity = ("library", "kind", "url")
    spoken = {
        "mã thư viện": "library",
        "loại": "kind",
        "địa chỉ": "url",
        "nhãn": "label",
        "hiệu lực từ": "valid_from",
        "chấm dứt ngày": "valid_to",
    }

    @classmethod
    def rows(cls, day: date, library_ids: Collection[int] | None, *, whole: bool = False) -> Iterator[dict[str, str]]:
        """Addresses in force on the day. One query."""
        found = OnlineAddress.objects.filter(of_libraries(day, library_ids, whole)).select_related("library")
        for row in found.order_by("library__code", "kind", "url", "pk"):
            yield {
                "library": row.library.code,
                "kind": row.kind,
                "url": row.url,
                "label": row.label,
                "valid_from": iso(row.valid_from),
                "valid_to": iso(row.valid_to),
            }

    def write(self, cells: Cells) -> Written:
        library = library_in(cells)
        kind = one_of(cells, "kind", OnlineAddressKind)
        valid_from, valid_to = day_in(cells, "valid_from"), day_in(cells, "valid_to")
        known = library.online_addresses.select_for_update().filter(kind=kind, url=cells["url"])
        row = known.filter(valid_to__isnull=True).first() or known.filter(valid_to=valid_to).first()
        code = f"{library.code} {kind}"
        if row is None:
            row = OnlineAddress(
                library=library,
                kind=kind,
                url=cells["url"],
                label=cells.get("label", ""),
                valid_from=valid_from,
                valid_to=valid_to,
            )
            check(row)
            row.save()
            return Written(code, row.url, None, {library.pk})
        told: dict[str, Any] = {"label": cells.get("label"), "valid_from": valid_from, "valid_to": valid_to}
        return Written(code, row.url, put_on(row, told), {library.pk})
