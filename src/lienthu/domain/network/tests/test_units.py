"""Administrative units: the shipped list, renaming, merging, splitting, and the file of units."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from lienthu.domain.network import selectors
from lienthu.domain.network.errors import InvalidData, NotInForce, UnknownUnit
from lienthu.domain.network.models import AdministrativeUnit, UnitKind, UnitSuccession
from lienthu.domain.network.services.exchange import TABLES, Report, export_csv, import_csv
from lienthu.domain.network.services.units import (
    SHIPPED,
    UnitData,
    correct_unit,
    create_unit,
    end_unit,
    load_shipped_units,
    rename_unit,
    waiting_units,
)
from lienthu.domain.network.tests.factories import TESTS, make_branch, make_library, make_unit
from lienthu.platform.models import AuditEntry, Change

pytestmark = pytest.mark.django_db

LAST_DAY_OF_DISTRICTS = date(2025, 6, 30)
FIRST_DAY_OF_COMMUNES = date(2025, 7, 1)
PUBLISHED = Path(__file__).resolve().parents[6] / "shared/data/quang-ninh-units.csv"


def unit(code: str) -> AdministrativeUnit:
    return AdministrativeUnit.objects.get(code=code)


def load(text: str, *, dry_run: bool = False) -> Report:
    return import_csv(io.BytesIO(text.encode()), kind="units", actor=TESTS, dry_run=dry_run)


def test_reg_1_thirteen_districts_give_way_to_fifty_four_units() -> None:
    assert load_shipped_units(actor=TESTS) == 70
    below = selectors.units_as_of(LAST_DAY_OF_DISTRICTS).exclude(kind=UnitKind.PROVINCE)
    assert {row.kind for row in below} == {UnitKind.FORMER_DISTRICT}
    assert below.count() == 13
    now = selectors.units_as_of(FIRST_DAY_OF_COMMUNES).exclude(kind=UnitKind.PROVINCE)
    assert Counter(row.kind for row in now) == {"ward": 30, "commune": 22, "special_zone": 2}
    assert {row.former_district for row in now} == set(below)
    assert len(selectors.areas(FIRST_DAY_OF_COMMUNES)) == 13
    for district in below:
        heirs = {step.successor.code for step in selectors.unit_lineage(district.pk).after}
        assert heirs == {row.code for row in now if row.former_district_id == district.pk}


def test_the_shipped_units_are_those_of_the_published_list() -> None:
    if not PUBLISHED.exists():
        pytest.skip("the published list of units is not on this machine")
    with PUBLISHED.open(encoding="utf-8-sig") as stream:
        published = {(r["unit_code"], r["unit_kind"], r["unit_name"]) for r in csv.DictReader(stream)}
    load_shipped_units(actor=TESTS)
    ours = selectors.units_as_of(FIRST_DAY_OF_COMMUNES).exclude(kind=UnitKind.PROVINCE)
    assert {(u.official_code, u.title, u.name) for u in ours} == published
    assert unicodedata.is_normalized("NFC", SHIPPED.read_text(encoding="utf-8"))


def test_reg_1_shipping_again_changes_nothing_and_keeps_what_people_made() -> None:
    load_shipped_units(actor=TESTS)
    renamed = unit("06685")
    correct_unit(unit_id=renamed.pk, data=UnitData(name="Hòn Gai", kind="ward", title="Phường"), actor=TESTS)
    UnitSuccession.objects.filter(successor=renamed).delete()
    assert (waiting_units(), load_shipped_units(actor=TESTS)) == ([], 0)
    assert unit("06685").name == "Hòn Gai"
    assert not UnitSuccession.objects.filter(successor=renamed).exists()
    AdministrativeUnit.objects.filter(code="07192").delete()
    assert load_shipped_units(actor=TESTS) == 1
    assert unit("07192").former_district == unit("207")


def test_reg_3_a_renamed_unit_takes_its_libraries_along_and_the_past_keeps_the_name() -> None:
    district = make_unit("Hạ Long", kind=UnitKind.FORMER_DISTRICT)
    old = make_unit("Hồng Gai", title="Phường", former_district=district, valid_from=date(2025, 7, 1))
    library = make_library("VN-A", unit=old, valid_from=date(2000, 1, 1))
    branch = make_branch(library, unit=old)
    Change.objects.all().delete()
    new = rename_unit(
        unit_id=old.pk,
        code="MOI",
        data=UnitData(name="Hòn Gai", kind="ward", title="Phường", former_district=district),
        on=date(2026, 3, 1),
        actor=TESTS,
    )
    places = [selectors.library_as_of(library.pk, day).unit for day in (date(2026, 2, 28), date(2026, 3, 1))]
    assert places == [old, new]
    library.refresh_from_db()
    branch.refresh_from_db()
    assert (library.unit, branch.unit) == (new, new)
    by_day = [selectors.branches_as_of([library.pk], day)[library.pk] for day in (date(2026, 2, 28), date(2026, 3, 1))]
    assert [branch.unit for (branch,) in by_day] == [old, new]
    assert [area.unit_codes for area in selectors.areas(date(2026, 3, 1))] == [("MOI",)]
    assert [step.successor for step in selectors.unit_lineage(old.pk).after] == [new]
    assert AuditEntry.objects.latest("id").action == "unit.renamed"
    assert Change.objects.filter(topic="library.changed", key=str(library.pk)).exists()


def test_reg_4_a_merger_takes_libraries_along_and_a_split_names_those_that_wait() -> None:
    one, two, both = make_unit("Một"), make_unit("Hai"), make_unit("Cả hai")
    first, second = make_library("VN-A", unit=one), make_library("VN-B", unit=two)
    merged = end_unit(unit_id=one.pk, on=date(2026, 3, 1), successors=[both.pk], actor=TESTS)
    assert (merged.moved, merged.waiting) == ((first.pk,), ())
    assert selectors.libraries_in(both.pk, date(2026, 3, 1)) == [first.pk]
    assert selectors.libraries_in(one.pk, date(2026, 2, 28)) == [first.pk]
    split = end_unit(unit_id=two.pk, on=date(2026, 3, 1), successors=[both.pk, make_unit("Ba").pk], actor=TESTS)
    assert (split.moved, split.waiting) == ((), (second.pk,))
    assert selectors.library_as_of(second.pk, date(2026, 3, 1)).unit == two
    with pytest.raises(NotInForce):
        end_unit(unit_id=two.pk, on=date(2026, 4, 1), actor=TESTS)


def test_reg_4_parts_go_over_to_the_unit_that_a_province_merges_into() -> None:
    province = make_unit("Quảng Ninh", kind=UnitKind.PROVINCE)
    ward, old = make_unit("A", parent=province), make_unit("B", parent=province, valid_to=date(2025, 1, 1))
    larger = make_unit("Đông Bắc", kind=UnitKind.PROVINCE)
    end_unit(unit_id=province.pk, on=date(2026, 3, 1), successors=[larger.pk], actor=TESTS)
    ward.refresh_from_db()
    old.refresh_from_db()
    assert (ward.parent, old.parent) == (larger, province)


def test_reg_2_bad_units_are_refused_with_the_field() -> None:
    ward = make_unit("A", code="A")
    for field, act in {
        "code": lambda: create_unit(code="A", data=UnitData(name="B", kind="ward"), actor=TESTS),
        "kind": lambda: create_unit(code="B", data=UnitData(name="B", kind="castle"), actor=TESTS),
        "parent": lambda: correct_unit(unit_id=ward.pk, data=UnitData(name="A", kind="ward", parent=ward), actor=TESTS),
        "former_district": lambda: create_unit(
            code="C", data=UnitData(name="C", kind="ward", former_district=ward), actor=TESTS
        ),
    }.items():
        with pytest.raises(InvalidData) as refused:
            act()
        assert list(refused.value.errors) == [field]
    with pytest.raises(UnknownUnit):
        end_unit(unit_id=ward.pk + 1000, on=date(2026, 1, 1), actor=TESTS)
    with pytest.raises(InvalidData):
        end_unit(unit_id=ward.pk, on=date(2026, 1, 1), successors=[ward.pk], actor=TESTS)
    assert AdministrativeUnit.objects.get(code="A").valid_to is None


def test_reg_7_the_file_of_units_goes_out_and_comes_in_unchanged() -> None:
    load_shipped_units(actor=TESTS)
    text = export_csv(date(2026, 1, 1), kind="units")
    report = load(text)
    assert (report.applied, report.errors) == (True, ())
    assert {row.action for row in report.rows} == {"unchanged"}
    AdministrativeUnit.objects.update(parent=None, former_district=None)
    AdministrativeUnit.objects.all().delete()
    again = load(text)
    assert (again.errors, again.count("created")) == ((), 70)
    assert export_csv(date(2026, 1, 1), kind="units") == text
    assert SHIPPED.read_text(encoding="utf-8").splitlines()[0].split(",") == list(TABLES["units"].headings)


def test_a_file_ends_a_unit_and_what_it_names_may_stand_further_down() -> None:
    old = make_unit("Cũ", code="CU")
    library = make_library("VN-A", unit=old)
    report = load(
        "Mã,Tên,Loại,Trực thuộc,Hiệu lực từ,Chấm dứt ngày,Đơn vị kế tiếp\n"
        "CU,,,,,01/03/2026,MOI\nMOI,Mới,ward,TINH,2026-03-01,,\nTINH,Tỉnh,province,,,,\n"
    )
    assert report.errors == ()
    assert [row.action for row in report.rows] == ["updated", "created", "created"]
    assert unit("MOI").parent == unit("TINH")
    assert selectors.libraries_in(unit("MOI").pk, date(2026, 3, 1)) == [library.pk]


def test_errors_of_the_file_of_units_are_named_by_row() -> None:
    make_unit("Cũ", code="CU", valid_to=date(2025, 7, 1))
    report = load(
        "code,name,kind,parent,valid_to,successors,assumed\n"
        "A,A,castle,,,,\nB,B,ward,NOWHERE,,,\nC,C,ward,,,CU,\nD,D,ward,,2026-01-01,NOWHERE,\nCU,,,,2024-01-01,,\n"
        "E,E,ward,,,,perhaps\nF,,ward,,,,\n"
    )
    assert {(e.row, e.field) for e in report.errors} == {
        (2, "kind"),
        (3, "parent"),
        (4, "successors"),
        (5, "successors"),
        (6, "valid_to"),
        (7, "assumed"),
        (8, "name"),
    }
    assert AdministrativeUnit.objects.count() == 1
