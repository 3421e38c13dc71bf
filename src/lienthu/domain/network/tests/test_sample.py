"""The sample network of the command line loads, once."""

from __future__ import annotations

from datetime import date

import pytest

from lienthu.domain.network import selectors
from lienthu.domain.network.models import Library
from lienthu.domain.network.services.sample import load_sample
from lienthu.domain.network.services.units import load_shipped_units
from lienthu.domain.network.tests.factories import TESTS

pytestmark = pytest.mark.django_db


def test_the_sample_network_shows_the_reform() -> None:
    network = pytest.importorskip("lienthu.faces.cli.sample.network").load_network()
    load_shipped_units(actor=TESTS)
    first = load_sample(network, actor=TESTS)
    assert first.libraries == len(network.libraries)
    Library.objects.filter(code="VN-QNTV").update(phone="0203")
    again = load_sample(network, actor=TESTS)
    assert (again.libraries, again.events) == (0, 0)
    province = selectors.library_by_code("VN-QNTV")
    assert province.phone == "0203"  # what people entered stays
    for day in (date(2025, 6, 30), date(2025, 7, 1), date(2025, 10, 30)):
        expected = {library.code for library in network.libraries_on(day)}
        assert {view.code for view in selectors.libraries_as_of(day)} == expected
    closed = {library.code for library in network.libraries if library.closed}
    assert closed
    assert closed.isdisjoint(view.code for view in selectors.public_libraries(date(2025, 7, 1)))
    bodies = [
        view.parent_body
        for day in (date(2025, 10, 29), date(2025, 10, 30))
        if (view := selectors.library_as_of(province.pk, day))
    ]
    assert bodies[0] != bodies[1] == "Bảo tàng – Thư viện tỉnh Quảng Ninh"
    assert len(selectors.units_as_of(date(2025, 7, 1)).exclude(kind="province")) == 54
    assert len(selectors.areas(date(2025, 7, 1))) == 13
