"""The page of a library as of another day than today."""

from __future__ import annotations

from datetime import date, time

import pytest
from django.test import Client

from lienthu.domain.network.services.branches import BranchData, update_branch
from lienthu.domain.network.services.libraries import Particulars
from lienthu.domain.network.services.lineage import rename_library
from lienthu.domain.network.services.offers import Opening, offer_service, set_hours
from lienthu.domain.network.tests.factories import TESTS, make_branch, make_library, make_unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def library():
    made = make_library(
        "VN-A",
        "Thư viện huyện cũ",
        unit=make_unit("Hồng Gai", title="Phường"),
        valid_from=date(2000, 1, 1),
        particulars=Particulars(phone="0203 3825 123"),
    )
    branch = make_branch(made, "CS2", "Cơ sở cũ")
    offer_service(library_id=made.pk, kind="children", valid_from=date(2026, 1, 1), actor=TESTS)
    for year, opens in ((2001, 7), (2026, 9)):
        week = [Opening(1, time(opens), time(11))]
        set_hours(library_id=made.pk, openings=week, since=date(year, 1, 1), actor=TESTS)
    rename_library(library_id=made.pk, on=date(2026, 1, 1), name="Thư viện phường mới", actor=TESTS)
    data = BranchData(code="CS2", name="Cơ sở mới")
    update_branch(branch_id=branch.pk, data=data, since=date(2026, 1, 1), actor=TESTS)
    return made


def test_reg_9_a_past_day_shows_name_branches_services_and_hours_of_that_day(library, client: Client) -> None:
    page = client.get("/libraries/VN-A/", {"day": "2025-12-31"})
    past, now = page.content.decode(), client.get("/libraries/VN-A/", {"day": "2026-01-01"}).content.decode()
    for before, after in (
        ("<h1>Thư viện huyện cũ</h1>", "<h1>Thư viện phường mới</h1>"),
        ("Cơ sở cũ", "Cơ sở mới"),
        ("7:00", "9:00"),
    ):
        assert (before in past, after in past) == (True, False)
        assert (before in now, after in now) == (False, True)
    assert ("Phục vụ thiếu nhi" in past) is False
    assert ("0203" in past, 'name="robots" content="noindex' in past) == (False, True)
    assert page.context["services"] == []


def test_reg_9_links_of_a_past_directory_take_the_day_along(library, client: Client) -> None:
    assert "/libraries/VN-A/?day=2025-12-31" in client.get("/libraries/", {"day": "2025-12-31"}).content.decode()
    moved = client.get("/libraries/vn-a/", {"day": "2025-12-31"})
    assert moved.headers["Location"] == "/libraries/VN-A/?day=2025-12-31"


def test_reg_9_a_day_outside_its_life_says_so_and_nonsense_is_refused(library, client: Client) -> None:
    page = client.get("/libraries/VN-A/", {"day": "1999-12-31"})
    assert (page.status_code, page.context["existing"], page.context["begun"]) == (200, False, False)
    for nonsense in ("yesterday", "9999-12-31", "0001-01-01", "\x00"):
        assert client.get("/libraries/VN-A/", {"day": nonsense}).status_code == 422
