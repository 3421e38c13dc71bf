"""The files of branches, services, hours, online addresses and events."""

from __future__ import annotations

import io
from datetime import date, time

import pytest

from lienthu.domain.network import selectors
from lienthu.domain.network.models import ClosedDay, LineageEvent
from lienthu.domain.network.services.exchange import Report, export_csv, import_csv
from lienthu.domain.network.services.lineage import dissolve_library
from lienthu.domain.network.services.offers import Opening, offer_service, set_hours
from lienthu.domain.network.tests.factories import TESTS, make_branch, make_library, make_unit

pytestmark = pytest.mark.django_db


def load(kind: str, text: str, *, dry_run: bool = False) -> Report:
    return import_csv(io.BytesIO(text.encode()), kind=kind, actor=TESTS, dry_run=dry_run)


def faults(kind: str, text: str) -> set[tuple[int, str]]:
    report = load(kind, text)
    assert not report.applied
    return {(error.row, error.field) for error in report.errors}


def test_a_file_of_branches_opens_changes_and_closes_them() -> None:
    library = make_library("VN-A")
    make_unit("Bãi Cháy", code="U1")
    text = "Mã thư viện,Mã cơ sở,Tên,Loại,Mã đơn vị hành chính,Hiệu lực từ\nVN-A,CS2,Cơ sở 2,branch,U1,2010-01-01\n"
    assert load("branches", text).count("created") == 1
    assert load("branches", text).count("unchanged") == 1
    load("branches", "library,code,name,since\nVN-A,cs2,Cơ sở Bãi Cháy,2025-07-01\n")
    names = [
        selectors.branches_as_of([library.pk], day)[library.pk][0].name for day in (date(2025, 6, 30), date(2025, 7, 1))
    ]
    assert names == ["Cơ sở 2", "Cơ sở Bãi Cháy"]
    closed = load("branches", "library,code,valid_to\nVN-A,CS2,2026-01-01\n")
    assert [row.fields for row in closed.rows] == [("valid_to",)]
    assert selectors.branches_as_of([library.pk], date(2026, 1, 1)) == {}
    assert faults(
        "branches",
        "library,code,name,kind,unit_code,valid_from\nVN-X,A,A,,,\nVN-A,B,,,,\nVN-A,C,C,castle,,\nVN-A,D,D,,NO,\n"
        "VN-A,CS2,,,,2000-01-01\nVN-A,,E,,,\nVN-A,F,F,,,yesterday\n",
    ) == {(2, "library"), (3, "name"), (4, "kind"), (5, "unit_code"), (6, "valid_from"), (7, "code"), (8, "valid_from")}


def test_a_file_of_services_enters_changes_and_ends_them() -> None:
    library = make_library("VN-A")
    make_branch(library, "CS2")
    text = (
        "library,branch,kind,online,url,note,valid_from\nVN-A,,loan,no,,,2020-01-01\nVN-A,CS2,children,có,,Thứ bảy,\n"
    )
    assert load("services", text).count("created") == 2
    assert load("services", text).count("unchanged") == 2
    changed = load("services", "library,branch,kind,url,valid_to\nVN-A,,loan,https://a.example/,2099-01-01\n")
    assert [row.fields for row in changed.rows] == [("url", "valid_to")]
    offer_service(library_id=library.pk, kind="training", note="Một", actor=TESTS)
    offer_service(library_id=library.pk, kind="training", note="Hai", actor=TESTS)
    assert faults(
        "services",
        "library,branch,kind,online,url\nVN-A,NO,loan,,\nVN-A,,castle,,\nVN-A,,loan,perhaps,\nVN-A,,events,,javascript:x\n"
        "VN-A,,training,,\n",
    ) == {(2, "branch"), (3, "kind"), (4, "online"), (5, "url"), (6, "kind")}


def test_reg_12_a_row_of_hours_is_a_week_and_the_weeks_before_and_after_it_stay() -> None:
    library = make_library("VN-A")
    for year, opens in ((2020, 7), (2026, 9)):
        week = [Opening(1, time(opens), time(11))]
        set_hours(library_id=library.pk, openings=week, since=date(year, 1, 1), actor=TESTS)
    text = 'library,valid_from,monday,tuesday\nVN-A,01/01/2023,"8:00-11:30, 13h30–17h00",\n'
    assert load("hours", text).count("created") == 1
    assert load("hours", text).count("unchanged") == 1
    opened = [
        [span.opens.hour for span in selectors.opening_hours([library.pk], day)[library.pk].week[0].spans]
        for day in (date(2022, 12, 31), date(2023, 1, 1), date(2025, 12, 31), date(2026, 1, 1))
    ]
    assert opened == [[7], [8, 13], [8, 13], [9]]
    assert faults(
        "hours",
        'library,branch,valid_from,monday\nVN-A,,2021-01-01,morning\nVN-A,,2021-01-02,"8:00-12:00, 11:00-13:00"\n'
        "VN-A,,2021-01-03,9:00-8:00\nVN-A,NO,,8:00-9:00\nVN-A,,2021-01-04,25:00-26:00\n",
    ) == {(2, "monday"), (3, "hours"), (4, "hours"), (5, "branch"), (6, "monday")}


def test_reg_14_a_file_of_closed_days_enters_and_changes_them() -> None:
    library = make_library("VN-A")
    branch = make_branch(library, "CS2")
    text = "Mã thư viện,Mã cơ sở,Ngày,Giờ mở cửa,Ghi chú\nVN-A,,30/04/2026,,Nghỉ lễ\nVN-A,CS2,2026-05-01,8:00-11:30,\n"
    assert load("closed_days", text).count("created") == 2
    assert load("closed_days", text).count("unchanged") == 2
    days = ClosedDay.objects.order_by("date").values_list("branch", "date", "opens", "closes", "note")
    assert list(days) == [
        (None, date(2026, 4, 30), None, None, "Nghỉ lễ"),
        (branch.pk, date(2026, 5, 1), time(8), time(11, 30), ""),
    ]
    assert export_csv(date(2026, 5, 1), kind="closed_days").count("VN-A") == 1, "days that are over are left out"
    changed = load("closed_days", "library,date,hours\nVN-A,2026-04-30,7:30-11:00\n")
    assert [row.fields for row in changed.rows] == [("closes", "opens")]
    assert ClosedDay.objects.get(branch=None).note == "Nghỉ lễ", "an empty cell changes no text"
    assert faults(
        "closed_days",
        "library,date,hours\nVN-A,,\nVN-A,someday,\nVN-A,2026-06-01,9:00-8:00\n"
        'VN-A,2026-06-02,"7:00-8:00, 9:00-10:00"\n'
        "VN-X,2026-06-03,\n",
    ) == {(2, "date"), (3, "date"), (4, "hours"), (5, "hours"), (6, "library")}


def test_a_file_of_online_addresses_enters_and_ends_them() -> None:
    library = make_library("VN-A")
    text = "library,kind,url,label\nVN-A,website,https://a.example/,Trang nhà\n"
    assert load("online_addresses", text).count("created") == 1
    assert load("online_addresses", text).count("unchanged") == 1
    load("online_addresses", "library,kind,url,valid_to\nVN-A,website,https://a.example/,2026-01-01\n")
    assert selectors.online_addresses([library.pk], date(2026, 1, 1)) == {}
    assert faults(
        "online_addresses", "library,kind,url\nVN-A,website,javascript:alert(1)\nVN-A,castle,https://a.example/\n"
    ) == {
        (2, "url"),
        (3, "kind"),
    }


def test_reg_11_a_file_of_events_tells_history_and_ends_nothing() -> None:
    one, two = make_library("VN-A", valid_from=date(2000, 1, 1)), make_library("VN-B", valid_from=date(2000, 1, 1))
    assert faults(
        "events",
        "kind,date,before,after,branch\nmerged,2025-07-01,VN-A,VN-B,\nfounded,2000-01-01,,VN-X,\nmerged,2025-07-01,,,\n"
        "castle,2025-07-01,VN-A,,\nrenamed,,VN-A,VN-A,\nmoved,2025-07-01,VN-A,VN-A,NO\n",
    ) == {(2, "before"), (3, "after"), (4, "after"), (5, "kind"), (6, "date"), (7, "branch")}
    dissolve_library(library_id=one.pk, on=date(2025, 7, 1), actor=TESTS)
    LineageEvent.objects.all().delete()
    text = "Sự kiện,Ngày,Trước,Sau,Nguồn,Giả định\nmerged,01/07/2025,VN-A VN-B,VN-B,QĐ 1,có\n"
    assert load("events", text).count("created") == 1
    assert load("events", text).count("unchanged") == 1
    corrected = load("events", "kind,date,before,after,source\nmerged,2025-07-01,VN-A;VN-B,VN-B,QĐ 2\n")
    assert [row.fields for row in corrected.rows] == [("source",)]
    assert selectors.successors_of(one.pk, date(2026, 1, 1)) == [two]
    closed = make_library("VN-LV", type="armed_forces")
    load("events", "kind,date,after\nfounded,2001-01-01,VN-LV\n")
    assert closed.code not in export_csv(date(2026, 1, 1), kind="events", library_ids={one.pk, two.pk})
