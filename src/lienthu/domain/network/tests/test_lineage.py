"""What becomes of libraries: planned first, then done as planned."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from lienthu.domain.network import selectors
from lienthu.domain.network.errors import InvalidData, NotInForce
from lienthu.domain.network.models import LineageEvent, LineageKind
from lienthu.domain.network.policy import Role
from lienthu.domain.network.services.lineage import (
    Happening,
    dissolve_library,
    merge_libraries,
    move_library,
    plan_event,
    record_event,
    rename_library,
    split_library,
)
from lienthu.domain.network.tests.factories import TESTS, give_role, make_library, make_person

pytestmark = pytest.mark.django_db
REFORM = date(2025, 7, 1)
EVE = REFORM - timedelta(days=1)


def test_a_district_library_becomes_a_branch_of_the_provincial_library() -> None:
    province = make_library("VN-QNTV", "Thư viện tỉnh Quảng Ninh")
    district = make_library("VN-QN193", "Thư viện thành phố Hạ Long", address="Phường Hồng Hải")
    event = merge_libraries(
        library_ids=[district.pk],
        into=province.pk,
        on=REFORM,
        as_branches=True,
        actor=TESTS,
        source="NQ 1679",
    )
    assert selectors.library_as_of(district.pk, EVE) is not None
    assert selectors.library_as_of(district.pk, REFORM) is None
    branch = province.branches.get()
    assert (branch.name, branch.address, branch.valid_from) == (district.name, "Phường Hồng Hải", REFORM)
    assert event.branch == branch
    assert selectors.successor_of(district, REFORM) == province
    assert selectors.successor_of(district, EVE) == district
    step = selectors.lineage_of(district.pk)[0]
    assert ([x.code for x in step.before], [x.code for x in step.after]) == (["VN-QN193"], ["VN-QNTV"])


def test_two_universities_merge_into_one_of_them_under_a_new_name() -> None:
    first, second = make_library(name="Đại học A"), make_library(name="Đại học B")
    plan_day = date(2027, 1, 1)
    described = selectors.library_as_of(first.pk, EVE)
    assert described is not None
    happening = Happening(
        LineageKind.MERGED,
        plan_day,
        (first.pk, second.pk),
        into=(first.pk,),
        description=plan_description("Đại học AB"),
    )
    plan = plan_event(happening)
    assert [library.pk for library in plan.ends] == [second.pk]
    record_event(happening=happening, actor=TESTS)
    merged = selectors.library_as_of(first.pk, plan_day)
    assert merged is not None
    assert merged.name == "Đại học AB"
    assert [x.name for x in selectors.lineage_of(second.pk)[0].before] == ["Đại học A", "Đại học B"]


def plan_description(name: str):
    from lienthu.domain.network.services.periods import Description

    return Description(name, "higher_education")


def test_a_plan_writes_nothing_and_says_what_will_happen() -> None:
    province, district = make_library(), make_library()
    librarian = make_person("hoa")
    give_role(librarian, Role.LIBRARIAN, district)
    plan = plan_event(Happening(LineageKind.MERGED, REFORM, (district.pk,), into=(province.pk,), as_branches=True))
    assert ([x.pk for x in plan.ends], len(plan.branches), plan.roles) == ([district.pk], 1, 1)
    assert not LineageEvent.objects.exists()
    assert selectors.library_as_of(district.pk, REFORM) is not None


def test_a_library_is_divided_among_two() -> None:
    old = make_library(name="Thư viện huyện Quảng Hà")
    parts = [make_library(name=n, valid_from=date(2001, 8, 29)) for n in ("Hải Hà", "Đầm Hà")]
    split_library(library_id=old.pk, into=[p.pk for p in parts], on=date(2001, 8, 29), actor=TESTS)
    assert {x.pk for x in selectors.successors_of(old.pk, REFORM)} == {p.pk for p in parts}
    assert selectors.successor_of(old, REFORM) is None  # two of them: no single one


def test_successors_are_followed_through_several_events() -> None:
    first, second, third = make_library(), make_library(), make_library()
    merge_libraries(library_ids=[first.pk], into=second.pk, on=date(2020, 1, 1), actor=TESTS)
    dissolve_library(library_id=second.pk, receiver=third.pk, on=REFORM, actor=TESTS)
    assert selectors.successor_of(first, EVE) == second
    assert selectors.successor_of(first, REFORM) == third


def test_a_dissolved_library_without_a_receiver_has_no_successor() -> None:
    library = make_library()
    dissolve_library(library_id=library.pk, on=REFORM, actor=TESTS)
    assert selectors.successors_of(library.pk, REFORM) == []


def test_a_name_and_a_body_change_on_their_days() -> None:
    library = make_library(name="Thư viện tỉnh", parent_body="Sở Văn hóa")
    move_library(library_id=library.pk, on=date(2025, 3, 1), parent_body="Sở VHTTDL", actor=TESTS)
    rename_library(library_id=library.pk, on=date(2025, 10, 30), name="Bảo tàng – Thư viện", actor=TESTS)
    view = selectors.library_as_of(library.pk, date(2025, 10, 30))
    assert view is not None
    assert (view.name, view.parent_body) == ("Bảo tàng – Thư viện", "Sở VHTTDL")
    assert [step.event.kind for step in selectors.lineage_of(library.pk)] == ["moved", "renamed"]


def test_a_merger_with_bodies_that_are_no_libraries() -> None:
    library = make_library(name="Thư viện tỉnh")
    alone = Happening(LineageKind.MERGED, REFORM, (library.pk,), into=(library.pk,))
    with pytest.raises(InvalidData):
        plan_event(alone)
    event = merge_libraries(
        library_ids=[library.pk], into=library.pk, on=REFORM, other_bodies="Bảo tàng tỉnh", actor=TESTS
    )
    assert event.other_bodies == "Bảo tàng tỉnh"
    assert selectors.successor_of(library, REFORM) == library


def test_events_that_do_not_fit_are_refused_before_anything_is_written() -> None:
    ended = make_library(valid_to=date(2020, 1, 1))
    alive, other = make_library(), make_library()
    wrong = [
        Happening(LineageKind.MERGED, REFORM, (alive.pk,)),
        Happening(LineageKind.SPLIT, REFORM, (alive.pk,), into=(other.pk,)),
        Happening(LineageKind.DISSOLVED, REFORM, (alive.pk,), into=(alive.pk,)),
        Happening(LineageKind.RENAMED, REFORM, (alive.pk,)),
        Happening(LineageKind.DISSOLVED, REFORM, ()),
    ]
    for happening in wrong:
        with pytest.raises(InvalidData):
            record_event(happening=happening, actor=TESTS)
    with pytest.raises(NotInForce):
        dissolve_library(library_id=ended.pk, on=REFORM, actor=TESTS)
    with pytest.raises(NotInForce):
        merge_libraries(library_ids=[alive.pk], into=ended.pk, on=REFORM, actor=TESTS)
    assert not LineageEvent.objects.exists()


def test_a_history_is_read_in_a_fixed_number_of_queries(django_assert_num_queries) -> None:
    province = make_library()
    for _ in range(4):
        merge_libraries(library_ids=[make_library().pk], into=province.pk, on=REFORM, actor=TESTS)
    with django_assert_num_queries(4):
        assert len(selectors.lineage_of(province.pk)) == 4
