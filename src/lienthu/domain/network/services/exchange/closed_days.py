"""The file of exceptions: days on which a library is closed or open at other times than usual."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date

from django.db.models import F
from django.utils.translation import gettext as _

from lienthu.domain.network.models import ClosedDay
from lienthu.domain.network.services.exchange.offers import spans_in
from lienthu.domain.network.services.exchange.table import (
    Cells,
    RowRefused,
    Table,
    Written,
    branch_in,
    day_in,
    library_in,
)
from lienthu.domain.network.services.periods import check


class ClosedDays(Table):
    """One day a row, of a library or of a branch of it. Without hours it is closed all day (REG-14)."""

    kind = "closed_days"
    action = "closed_days.imported"
    headings = ("library", "branch", "date", "hours", "note")
    required = frozenset({"library", "date"})
    identity = ("library", "branch", "date")
    spoken = {
        "mã thư viện": "library",
        "mã cơ sở": "branch",
        "ngày": "date",
        "giờ mở cửa": "hours",
        "ghi chú": "note",
    }

    @classmethod
    def rows(cls, day: date, library_ids: Collection[int] | None, *, whole: bool = False) -> Iterator[dict[str, str]]:
        """The exceptions of the day and of those after it; ``whole``: of all days. One query."""
        found = ClosedDay.objects.select_related("library", "branch")
        if not whole:
            found = found.filter(date__gte=day)
        if library_ids is not None:
            found = found.filter(library_id__in=library_ids)
        for row in found.order_by("library__code", F("branch__code").asc(nulls_first=True), "date"):
            yield {
                "library": row.library.code,
                "branch": row.branch.code if row.branch else "",
                "date": row.date.isoformat(),
                "hours": f"{row.opens:%H:%M}-{row.closes:%H:%M}" if row.opens and row.closes else "",
                "note": row.note,
            }

    def write(self, cells: Cells) -> Written:
        library = library_in(cells)
        branch = branch_in(cells, library)
        day = day_in(cells, "date")
        assert day is not None  # a required cell
        spans = list(spans_in(cells, "hours"))
        if len(spans) > 1:
            raise RowRefused("hours", _("Give one span of time, or none for a closed day."))
        opens, closes = spans[0] if spans else (None, None)
        if opens and closes and closes <= opens:
            raise RowRefused("hours", _("Closing must be later than opening."))
        known = ClosedDay.objects.select_for_update().filter(library=library, branch=branch, date=day).first()
        row = known or ClosedDay(library=library, branch=branch, date=day)
        told = {"opens": opens, "closes": closes, "note": cells.get("note") or row.note}
        changed = {name for name, value in told.items() if getattr(row, name) != value}
        for name in changed:
            setattr(row, name, told[name])
        if known is None or changed:
            check(row)
            row.save()
        code = f"{library.code} {branch.code}" if branch else library.code
        return Written(code, str(row), changed if known else None, {library.pk})
