"""Libraries through time: periods, as-of views, units and areas."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from lienthu.domain.network import selectors
from lienthu.domain.network.errors import InvalidData, NotInForce, UnknownLibrary
from lienthu.domain.network.models import Library, LibraryPeriod, UnitKind
from lienthu.domain.network.services.libraries import Particulars, bring_up_to_date, update_library
from lienthu.domain.network.services.offers import Opening, set_closed_day, set_hours
from lienthu.domain.network.services.periods import Description
from lienthu.domain.network.tests.factories import TESTS, make_branch, make_library, make_unit
from lienthu.platform.models import AuditEntry, Change

pytestmark = pytest.mark.django_db
REFORM = date(2025, 7, 1)
MERGER = date(2025, 10, 30)


def provincial_library() -> Library:
    city = make_unit("Hạ Long", kind=UnitKind.FORMER_DISTRICT, code="193", title="Thành phố", valid_to=REFORM)
    ward = make_unit("Hồng Gai", code="06685", title="Phường", former_district=city, valid_from=REFORM)
    library = make_library("VN-QNTV", "Thư viện tỉnh Quảng Ninh", parent_body="Sở Văn hóa, Thể thao", unit=city)
    described = Description("Thư viện tỉnh Quảng Ninh", "public", parent_body="Sở Văn hóa, Thể thao", unit=ward)
    update_library(library_id=library.pk, description=described, since=REFORM, actor=TESTS)
    described = Description(
        "Bảo tàng – Thư viện tỉnh Quảng Ninh", "public", parent_body="Ủy ban nhân dân tỉnh", unit=ward
    )
    update_library(library_id=library.pk, description=described, since=MERGER, actor=TESTS)
    return library


@pytest.mark.parametrize(
    ("day", "name", "unit"),
    [
        (date(2025, 6, 30), "Thư viện tỉnh Quảng Ninh", "Thành phố Hạ Long"),
        (REFORM, "Thư viện tỉnh Quảng Ninh", "Phường Hồng Gai"),
        (date(2025, 10, 29), "Thư viện tỉnh Quảng Ninh", "Phường Hồng Gai"),
        (MERGER, "Bảo tàng – Thư viện tỉnh Quảng Ninh", "Phường Hồng Gai"),
    ],
)
def test_a_library_is_shown_as_it_was_on_the_day(day: date, name: str, unit: str) -> None:
    library = provincial_library()
    view = selectors.library_as_of(library.pk, day)
    assert view is not None
    assert (view.name, str(view.unit)) == (name, unit)
    library.refresh_from_db()
    assert library.name == "Bảo tàng – Thư viện tỉnh Quảng Ninh"


def test_an_area_holds_the_units_of_the_day() -> None:
    provincial_library()
    before, after = selectors.areas(date(2025, 6, 30)), selectors.areas(REFORM)
    assert [(a.full_name, a.unit_codes) for a in before] == [("Thành phố Hạ Long", ())]
    assert [(a.full_name, a.unit_codes) for a in after] == [("Thành phố Hạ Long", ("06685",))]
    assert [u.code for u in selectors.units_as_of(REFORM)] == ["06685"]
    found = selectors.libraries_as_of(REFORM, area_code="193")
    assert [view.code for view in found] == ["VN-QNTV"]


def test_a_district_that_left_no_units_is_no_area() -> None:
    make_unit("Quảng Hà", kind=UnitKind.FORMER_DISTRICT, code="QH", valid_to=date(2001, 8, 29))
    assert selectors.areas(REFORM) == []


def test_the_database_refuses_overlapping_periods() -> None:
    library = make_library(valid_from=date(2000, 1, 1))
    overlapping = LibraryPeriod(
        library=library, name="Tên khác", type="public", valid_from=date(2010, 1, 1), name_sort="x"
    )
    with pytest.raises(IntegrityError, match="libraryperiod_no_overlap"), transaction.atomic():
        LibraryPeriod.objects.bulk_create([overlapping])
    other = make_library(valid_from=date(2000, 1, 1))
    assert other.periods.count() == 1  # another library's periods do not count


def test_a_correction_changes_the_period_in_force_and_makes_no_new_one() -> None:
    library = make_library(name="Thư viện Ha Long")
    update_library(library_id=library.pk, description=Description("Thư viện Hạ Long", "public"), actor=TESTS)
    assert [p.name for p in library.periods.all()] == ["Thư viện Hạ Long"]


def test_a_description_between_two_others_ends_where_the_next_begins() -> None:
    library = make_library(name="A")
    for name, since in (("C", date(2020, 1, 1)), ("B", date(2010, 1, 1))):
        update_library(library_id=library.pk, description=Description(name, "public"), since=since, actor=TESTS)
    periods = [(p.name, p.valid_from, p.valid_to) for p in library.periods.all()]
    assert periods == [
        ("A", None, date(2010, 1, 1)),
        ("B", date(2010, 1, 1), date(2020, 1, 1)),
        ("C", date(2020, 1, 1), None),
    ]


def test_a_change_entered_ahead_arrives_on_its_day() -> None:
    library = make_library(name="Trước")
    tomorrow = timezone.localdate() + timedelta(days=1)
    update_library(library_id=library.pk, description=Description("Sau", "public"), since=tomorrow, actor=TESTS)
    library.refresh_from_db()
    assert library.name == "Trước"
    assert bring_up_to_date(actor=TESTS, today=tomorrow) == 1
    assert bring_up_to_date(actor=TESTS, today=tomorrow) == 0
    library.refresh_from_db()
    assert library.name == "Sau"


def test_nothing_is_described_outside_its_existence() -> None:
    library = make_library(valid_from=date(2010, 1, 1), valid_to=date(2020, 1, 1))
    for day in (date(2009, 12, 31), date(2020, 1, 1)):
        assert selectors.library_as_of(library.pk, day) is None
        with pytest.raises(NotInForce):
            update_library(library_id=library.pk, description=Description("X", "public"), since=day, actor=TESTS)


def test_a_library_of_the_armed_forces_is_closed_whatever_is_asked_for() -> None:
    barracks = make_library(type="armed_forces", particulars=Particulars(closed=False))
    assert barracks.closed
    assert selectors.public_libraries() == []
    assert selectors.closed_library_ids() == {barracks.pk}
    with pytest.raises(IntegrityError, match="library_armed_forces_closed"), transaction.atomic():
        Library.objects.filter(pk=barracks.pk).update(closed=False)


def test_codes_are_found_in_any_case_and_taken_once() -> None:
    library = make_library("VN-QNTV")
    assert selectors.library_by_code("vn-qntv") == library
    for wrong in ("vn-QNTV", "VN-qntv", "QNTV", "VN-QNTV\n<b>", "VN-123456789012"):
        with pytest.raises(InvalidData) as refused:
            make_library(wrong)
        assert "code" in refused.value.errors or "" in refused.value.errors
    for missing in ("", "VN-X"):
        with pytest.raises(UnknownLibrary):
            selectors.library_by_code(missing)


def test_text_is_cleaned_and_libraries_stand_in_vietnamese_order() -> None:
    for name in (
        "Thư viện Đông Triều",
        "Thư viện Dương Huy",
        "Thư  viện\u200b Đầm Hà",
        "Thu\u031b viện Ba Chẽ",
    ):
        make_library(name=name)
    names = [view.name for view in selectors.public_libraries()]
    assert names == ["Thư viện Ba Chẽ", "Thư viện Dương Huy", "Thư viện Đầm Hà", "Thư viện Đông Triều"]


@pytest.mark.parametrize("text", ["dam ha", "Đầm Hà", "ĐẦM", "t-dh"])
def test_a_library_is_found_with_and_without_diacritics(text: str) -> None:
    make_library("VN-T-DH", "Thư viện Đầm Hà")
    make_library("VN-T-BC", "Thư viện Ba Chẽ")
    assert [v.code for v in selectors.libraries_as_of(timezone.localdate(), text=text)] == ["VN-T-DH"]


def test_every_act_leaves_an_audit_row_and_news() -> None:
    library = make_library("VN-A")
    Change.objects.all().delete()
    update_library(library_id=library.pk, particulars=Particulars(phone="0203 3825 123"), actor=TESTS, description=None)
    entry = AuditEntry.objects.latest("id")
    assert (entry.action, entry.library_id, entry.detail["fields"]) == (
        "library.updated",
        library.pk,
        ["phone"],
    )
    assert list(Change.objects.values_list("topic", "key").distinct()) == [("library.changed", library.pk)]
    update_library(library_id=library.pk, particulars=Particulars(phone="0203 3825 123"), actor=TESTS)
    assert AuditEntry.objects.latest("id") == entry  # nothing changed, nothing told


def test_hours_of_many_libraries_take_two_queries(django_assert_num_queries) -> None:
    libraries = [make_library() for _ in range(5)]
    branch = make_branch(libraries[0])
    week = [Opening(1, time(7, 30), time(11, 30)), Opening(1, time(13, 30), time(17))]
    for library in libraries[:4]:
        set_hours(library_id=library.pk, openings=week, since=date(2020, 1, 1), actor=TESTS)
    set_hours(
        library_id=libraries[0].pk,
        branch_id=branch.pk,
        openings=week[:1],
        since=date(2020, 1, 1),
        actor=TESTS,
    )
    with django_assert_num_queries(2):
        hours = selectors.opening_hours([library.pk for library in libraries])
    assert [hours[library.pk].known for library in libraries] == [True] * 4 + [False]
    assert len(hours[libraries[0].pk].week[0].spans) == 2
    assert len(hours[libraries[0].pk].branches[branch.pk][0].spans) == 1
    assert hours[libraries[0].pk].week[6].spans == ()


def test_new_hours_keep_the_old_week() -> None:
    library = make_library()
    set_hours(
        library_id=library.pk,
        openings=[Opening(1, time(7), time(11))],
        since=date(2020, 1, 1),
        actor=TESTS,
    )
    set_hours(library_id=library.pk, openings=[Opening(1, time(8), time(12))], since=date(2025, 1, 1), actor=TESTS)
    before = selectors.opening_hours([library.pk], date(2024, 12, 31))[library.pk]
    after = selectors.opening_hours([library.pk], date(2025, 1, 1))[library.pk]
    assert (before.week[0].spans[0].opens, after.week[0].spans[0].opens) == (time(7), time(8))


@pytest.mark.parametrize(
    "openings",
    [
        [Opening(1, time(9), time(9))],
        [Opening(8, time(9), time(10))],
        [Opening(2, time(7), time(12)), Opening(2, time(11), time(17))],
    ],
)
def test_impossible_hours_are_refused(openings: list[Opening]) -> None:
    library = make_library()
    with pytest.raises(InvalidData):
        set_hours(library_id=library.pk, openings=openings, since=date(2025, 1, 1), actor=TESTS)


def test_a_closed_day_counts_before_the_usual_week() -> None:
    library = make_library()
    monday = date(2026, 2, 16)
    set_hours(library_id=library.pk, openings=[Opening(1, time(8), time(17))], since=date(2020, 1, 1), actor=TESTS)
    set_closed_day(library_id=library.pk, day=monday, note="Tết Nguyên đán", actor=TESTS)
    hours = selectors.opening_hours([library.pk], monday)[library.pk]
    assert hours.spans_on(monday) == ()
    assert hours.spans_on(monday + timedelta(days=7)) != ()
    noon = timezone.make_aware(timezone.datetime(2026, 2, 23, 12))
    assert hours.open_at(noon) is True


def test_lists_do_not_ask_per_library(django_assert_num_queries) -> None:
    unit = make_unit()
    for _ in range(5):
        make_library(unit=unit)
    with django_assert_num_queries(1):
        assert [str(view.unit) for view in selectors.public_libraries()] == ["Hồng Gai"] * 5
