"""Managers keep the rooms of their own library; a station is paired from the station itself."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from lienthu.domain.digital.access import STATION_COOKIE
from lienthu.domain.digital.models import PremisesNetwork, ReadingStation
from lienthu.domain.digital.policy import Status
from lienthu.domain.digital.tests.cast import published
from lienthu.domain.network.models import Library
from lienthu.domain.network.policy import Role
from lienthu.domain.network.tests.factories import make_library, make_person

pytestmark = pytest.mark.django_db


def signed_in(role: Role, library: Library) -> Client:
    client = Client()
    client.force_login(make_person("", (role, library)))
    return client


def test_a_manager_enters_and_removes_ranges_of_the_own_library_only() -> None:
    home, other = make_library(), make_library()
    manager = signed_in(Role.LIBRARY_MANAGER, home)
    assert manager.get("/staff/premises/").status_code == 302
    page = manager.post(f"/staff/premises/{home.pk}/", {"cidr": "10.1.0.0/16", "note": "Phòng đọc"}, follow=True)
    assert "10.1.0.0/16" in page.content.decode()
    wrong = manager.post(f"/staff/premises/{home.pk}/", {"cidr": "0.0.0.0/0"})
    assert wrong.status_code == 422
    assert manager.post(f"/staff/premises/{other.pk}/", {"cidr": "10.2.0.0/16"}).status_code == 403
    assert signed_in(Role.LIBRARIAN, home).get(f"/staff/premises/{home.pk}/").status_code == 403
    network = PremisesNetwork.objects.get()
    manager.post(f"/staff/premises/{home.pk}/networks/{network.pk}/remove/")
    assert not PremisesNetwork.objects.exists()


def test_a_station_reads_what_is_for_the_rooms_until_it_is_closed() -> None:
    """RGT-11, through the pages."""
    home = make_library()
    orphan = published(home, "Hồi ký không rõ chủ quyền", Status.UNKNOWN)
    manager, station = signed_in(Role.LIBRARY_MANAGER, home), Client()
    shown = manager.post(f"/staff/premises/{home.pk}/stations/", {"name": "Máy 1"}).content.decode()
    address = re.search(r"http://testserver(/station/[^<]+/)", shown)
    assert address is not None
    assert "Máy 1" in shown
    assert station.get(address[1]).status_code == 200
    assert STATION_COOKIE not in station.cookies, "looking does not pair"
    assert station.post(address[1]).status_code == 200
    assert station.cookies[STATION_COOKIE]["httponly"]
    assert Client().post(address[1]).status_code == 409
    row = ReadingStation.objects.get()
    assert row.paired_at is not None
    manager.post(f"/staff/premises/{home.pk}/stations/{row.pk}/close/")
    row.refresh_from_db()
    assert row.closed_at is not None
    assert orphan.pk
