"""The sample network in the register: it loads, once, and moves on to another install (REG-11)."""

from __future__ import annotations

import io
from datetime import date

import pytest
from django.utils import timezone

from lienthu.domain.network import selectors
from lienthu.domain.network.models import (
    AdministrativeUnit,
    Branch,
    ClosedDay,
    Library,
    LineageEvent,
    OnlineAddress,
    OpeningHours,
    ServiceOffer,
)
from lienthu.domain.network.services.exchange import TABLES, export_csv, export_zip, import_upload
from lienthu.domain.network.services.offers import set_closed_day
from lienthu.domain.network.services.sample import load_sample
from lienthu.domain.network.services.units import load_shipped_units
from lienthu.domain.network.tests.factories import TESTS
from lienthu.faces.cli.sample.network import load_network

pytestmark = pytest.mark.django_db


def test_the_sample_network_shows_the_reform() -> None:
    network = load_network()
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


def test_reg_11_the_whole_register_moves_to_another_install() -> None:
    load_shipped_units(actor=TESTS)
    load_sample(load_network(), actor=TESTS)
    today = timezone.localdate()
    for library in Library.objects.order_by("pk")[:3]:
        set_closed_day(library_id=library.pk, day=today, note="Nghỉ lễ", actor=TESTS)
    archive = export_zip(today)
    files = {kind: export_csv(today, kind=kind) for kind in TABLES}
    assert all(text.count("\n") > 3 for text in files.values())
    same = import_upload(io.BytesIO(archive), kind="libraries", actor=TESTS, dry_run=False)
    assert (same.errors, {row.action for row in same.rows}) == ((), {"unchanged"})
    counts = [
        model.objects.count()
        for model in (Library, Branch, ServiceOffer, OpeningHours, ClosedDay, OnlineAddress, LineageEvent)
    ]
    for model in (LineageEvent, ClosedDay, OnlineAddress, OpeningHours, ServiceOffer, Branch, Library):
        model.objects.all().delete()
    AdministrativeUnit.objects.update(parent=None, former_district=None)
    AdministrativeUnit.objects.all().delete()
    moved = import_upload(io.BytesIO(archive), kind="libraries", actor=TESTS, dry_run=False)
    assert (moved.errors, moved.applied, {row.action for row in moved.rows}) == ((), True, {"created"})
    assert [
        model.objects.count()
        for model in (Library, Branch, ServiceOffer, OpeningHours, ClosedDay, OnlineAddress, LineageEvent)
    ] == counts
    assert {kind: export_csv(today, kind=kind) for kind in TABLES} == files
    ended = selectors.library_by_code("VN-QN193")
    assert [s.code for s in selectors.successors_of(ended.pk, today)] != []
