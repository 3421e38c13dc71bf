"""Branches through time: what a branch was called and where it stood on a day."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from lienthu.domain.network import selectors
from lienthu.domain.network.errors import InvalidData, NotInForce
from lienthu.domain.network.models import Branch, BranchPeriod
from lienthu.domain.network.services.branches import BranchData, close_branch, update_branch
from lienthu.domain.network.services.libraries import bring_up_to_date
from lienthu.domain.network.services.lineage import dissolve_library
from lienthu.domain.network.tests.factories import TESTS, make_branch, make_library, make_unit
from lienthu.platform.models import AuditEntry

pytestmark = pytest.mark.django_db


def seen(branch: Branch, day: date) -> list[tuple[str, str]]:
    return [
        (view.name, view.place)
        for view in selectors.branches_as_of([branch.library_id], day).get(branch.library_id, [])
    ]


def test_reg_10_a_change_with_a_day_keeps_the_past_and_one_without_corrects_it() -> None:
    branch = make_branch(make_library(), "CS2", "Cơ sở Hồng Gai", address="Phố cũ", valid_from=date(2010, 1, 1))
    moved = BranchData(code="CS2", name="Cơ sở Bãi Cháy")
    unit = make_unit("Bãi Cháy", title="Phường")
    update_branch(branch_id=branch.pk, data=moved, unit=unit, since=date(2025, 7, 1), actor=TESTS)
    assert seen(branch, date(2025, 6, 30)) == [("Cơ sở Hồng Gai", "Phố cũ")]
    assert seen(branch, date(2025, 7, 1)) == [("Cơ sở Bãi Cháy", "Phường Bãi Cháy")]
    assert seen(branch, date(2009, 12, 31)) == []
    branch.refresh_from_db()
    assert (branch.name, branch.unit) == ("Cơ sở Bãi Cháy", unit)
    corrected = BranchData(code="CS2", name="Cơ sở Bãi Cháy 1")
    update_branch(branch_id=branch.pk, data=corrected, unit=unit, actor=TESTS)
    assert [name for name, _place in seen(branch, date(2026, 1, 1))] == ["Cơ sở Bãi Cháy 1"]
    assert seen(branch, date(2025, 6, 30)) == [("Cơ sở Hồng Gai", "Phố cũ")]
    entry = AuditEntry.objects.latest("id")
    assert (entry.action, entry.detail["fields"]) == ("branch.updated", ["name"])
    update_branch(branch_id=branch.pk, data=corrected, unit=unit, actor=TESTS)
    assert AuditEntry.objects.latest("id") == entry  # nothing changed, nothing told


def test_reg_10_periods_never_overlap_and_end_with_the_branch() -> None:
    branch = make_branch(make_library(), valid_from=date(2010, 1, 1))
    with pytest.raises(IntegrityError), transaction.atomic():
        BranchPeriod.objects.create(branch=branch, name="Chồng", valid_from=date(2020, 1, 1))
    data = BranchData(code=branch.code, name="Mới")
    for outside in (date(2009, 1, 1), date(1800, 1, 1)):
        with pytest.raises(NotInForce):
            update_branch(branch_id=branch.pk, data=data, since=outside, actor=TESTS)
    with pytest.raises(InvalidData):
        update_branch(branch_id=branch.pk, data=BranchData(code=branch.code, name=""), actor=TESTS)
    update_branch(branch_id=branch.pk, data=data, since=date(2020, 1, 1), actor=TESTS)
    close_branch(branch_id=branch.pk, on=date(2019, 1, 1), actor=TESTS)
    assert (seen(branch, date(2018, 12, 31)), seen(branch, date(2021, 1, 1))) == ([("Cơ sở 2", "")], [])
    assert list(BranchPeriod.objects.values_list("name", "valid_to")) == [("Cơ sở 2", date(2019, 1, 1))]


def test_a_change_entered_ahead_arrives_on_its_day() -> None:
    branch = make_branch(make_library())
    data = BranchData(code=branch.code, name="Sau này")
    update_branch(branch_id=branch.pk, data=data, since=date(2099, 1, 1), actor=TESTS)
    branch.refresh_from_db()
    assert branch.name == "Cơ sở 2"
    assert bring_up_to_date(actor=TESTS, today=date(2099, 1, 1)) == 1
    branch.refresh_from_db()
    assert branch.name == "Sau này"


def test_branches_end_with_their_library() -> None:
    library = make_library(valid_from=date(2000, 1, 1))
    branch = make_branch(library)
    dissolve_library(library_id=library.pk, on=date(2025, 7, 1), actor=TESTS)
    assert (len(seen(branch, date(2025, 6, 30))), seen(branch, date(2025, 7, 1))) == (1, [])


def test_branches_of_many_libraries_take_one_query(django_assert_num_queries) -> None:
    libraries = [make_library() for _ in range(3)]
    for library in libraries:
        make_branch(library, unit=make_unit())
    with django_assert_num_queries(1):
        found = selectors.branches_as_of([library.pk for library in libraries])
        assert [view.place for views in found.values() for view in views] == ["Hồng Gai"] * 3
