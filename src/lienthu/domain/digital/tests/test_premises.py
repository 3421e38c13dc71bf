"""Rooms on the net: ranges of addresses and paired stations."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory

from lienthu.domain.digital import access, policy
from lienthu.domain.digital.errors import DigitalRefused
from lienthu.domain.digital.models import PremisesNetwork, ReadingStation
from lienthu.domain.digital.services import premises
from lienthu.domain.digital.tests.cast import CLERK
from lienthu.domain.network.tests.factories import make_library
from lienthu.foundation.kernel.digests import holder_key

pytestmark = pytest.mark.django_db


def asking(cookie: str = "", address: str = "203.0.113.9") -> access.Asking:
    request = RequestFactory().get("/", REMOTE_ADDR=address)
    request.user = AnonymousUser()
    if cookie:
        request.COOKIES[access.STATION_COOKIE] = cookie
    return access.who_asks(request)


def test_a_range_is_a_building_and_no_country() -> None:
    """RGT-11."""
    library = make_library()
    row = premises.add_network(library.pk, " 203.113.10.7/24 ", note="Phòng đọc", actor=CLERK)
    assert row.cidr == "203.113.10.0/24"
    for wrong in ("0.0.0.0/0", "::/0", "nhà", "203.113.10.0/24", "127.0.0.1", "127.16.0.0/12", "::/32"):
        with pytest.raises(DigitalRefused):
            premises.add_network(library.pk, wrong, actor=CLERK)
    assert policy.premises(library.pk) in asking(address="203.113.10.200").reader.tokens
    premises.remove_network(library.pk, row.pk, actor=CLERK)
    assert not PremisesNetwork.objects.exists()
    assert policy.premises(library.pk) not in asking(address="203.113.10.200").reader.tokens


def test_a_station_is_paired_once_and_closed_at_once() -> None:
    """RGT-11: the address for pairing works one time; what the station carries is kept as a digest only."""
    library = make_library()
    row, secret = premises.open_station(library.pk, "Máy 1, phòng địa chí", actor=CLERK)
    token = policy.premises(library.pk)
    assert token not in asking(access.station_cookie(secret)).reader.tokens, "not paired yet"
    station, carried = premises.pair_station(secret)
    assert station.pk == row.pk
    with pytest.raises(DigitalRefused):
        premises.pair_station(secret)
    cookie = access.station_cookie(carried)
    here = asking(cookie)
    assert token in here.reader.tokens
    assert here.holder == holder_key("station", str(row.pk))
    assert token not in asking(cookie[:-1] + ("A" if cookie[-1] != "A" else "B")).reader.tokens
    assert carried not in ReadingStation.objects.get().secret
    premises.close_station(library.pk, row.pk, actor=CLERK)
    assert token not in asking(cookie).reader.tokens
    assert asking().holder == ""
