"""The screens of administrative units, and the day on the pages of a library."""

from __future__ import annotations

from datetime import date, time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from lienthu.domain.network.models import AdministrativeUnit, UnitKind
from lienthu.domain.network.policy import Role
from lienthu.domain.network.services.offers import Opening, set_hours
from lienthu.domain.network.tests.factories import TESTS, make_admin, make_branch, make_library, make_person, make_unit
from lienthu.faces.web.staff.network.tests.cast import page
from lienthu.faces.web.staff.tests.cast import of

pytestmark = pytest.mark.django_db


def test_reg_5_everybody_on_the_staff_looks_and_the_administrator_writes() -> None:
    ward = make_unit("Hồng Gai", title="Phường")
    home = make_library("VN-A", unit=ward)
    librarian, reader = of(make_person("hoa", (Role.LIBRARIAN, home))), of(make_person("an", (Role.READER, home)))
    admin = of(make_admin())
    looking = [page("units"), page("unit", ward.pk), page("export") + "?kind=units"]
    writing = [page("unit_new"), *(page(f"unit_{act}", ward.pk) for act in ("edit", "rename", "end"))]
    for url in looking + writing:
        assert Client().get(url).status_code == 302, url
        assert reader.get(url).status_code == 403, url
        assert admin.get(url).status_code == 200, url
        assert librarian.get(url).status_code == (200 if url in looking else 403), url
    assert librarian.post(page("unit_edit", ward.pk), {"name": "X", "kind": "ward"}).status_code == 403
    assert "Thư viện VN-A" in librarian.get(page("unit", ward.pk)).content.decode()
    assert admin.get(page("unit", ward.pk + 1000)).status_code == 404


def test_a_closed_library_is_not_named_to_others() -> None:
    ward = make_unit("Hồng Gai")
    make_library("VN-LV", "Thư viện doanh trại", type="armed_forces", unit=ward)
    librarian = of(make_person("hoa", (Role.LIBRARIAN, make_library("VN-A"))))
    assert "doanh trại" not in librarian.get(page("unit", ward.pk)).content.decode()
    assert "doanh trại" in of(make_admin()).get(page("unit", ward.pk)).content.decode()


def test_a_unit_is_entered_renamed_and_ended_on_screen() -> None:
    admin = of(make_admin())
    district = make_unit("Hạ Long", kind=UnitKind.FORMER_DISTRICT)
    told = {"code": "X1", "title": "Phường", "name": "Hồng Gai", "kind": "ward", "former_district": district.pk}
    assert admin.post(page("unit_new"), told).status_code == 302
    unit = AdministrativeUnit.objects.get(code="X1")
    library = make_library("VN-A", unit=unit)
    refused = admin.post(page("unit_rename", unit.pk), told | {"on": "2026-03-01"})
    assert refused.status_code == 422  # the code is taken
    renamed = admin.post(page("unit_rename", unit.pk), told | {"code": "X2", "name": "Hòn Gai", "on": "2026-03-01"})
    new = AdministrativeUnit.objects.get(code="X2")
    assert renamed.headers["Location"] == page("unit", new.pk)
    library.refresh_from_db()
    assert library.unit == new
    heirs = [make_unit("Một").pk, make_unit("Hai").pk]
    ended = admin.post(page("unit_end", new.pk), {"on": "2026-05-01", "successors": heirs}, follow=True)
    assert "1 library still stands in it" in ended.content.decode()
    body = admin.get(page("units"), {"as_of": "2026-04-01", "q": "phuong hon"}).content.decode()
    assert "Phường Hòn Gai" in body
    assert "Phường Hòn Gai" not in admin.get(page("units")).content.decode()
    assert admin.get(page("unit", new.pk)).context["day"] == date(2026, 4, 30)  # the last day it was there


def test_a_file_of_units_is_tried_out_and_written() -> None:
    admin = of(make_admin())
    file = SimpleUploadedFile("units.csv", "code,name,kind\nX1,Hồng Gai,ward\n".encode())
    sent = admin.post(page("import"), {"kind": "units", "file": file})
    url = sent.headers["Location"]
    assert "Hồng Gai" in admin.get(url).content.decode()
    assert not AdministrativeUnit.objects.exists()
    assert admin.post(url).status_code == 302
    assert AdministrativeUnit.objects.get().code == "X1"
    assert admin.get(page("export_all")).headers["Content-Type"] == "application/zip"


def test_reg_9_services_hours_and_branches_are_those_of_the_day() -> None:
    library = make_library("VN-A", valid_from=date(2000, 1, 1))
    branch = make_branch(library, "CS2", "Cơ sở cũ")
    admin = of(make_admin())
    change = {"code": "CS2", "name": "Cơ sở mới", "kind": "branch", "since": "2026-01-01"}
    assert admin.post(page("branch_edit", library.pk, branch.pk), change).status_code == 302
    for year, opens in ((2001, 7), (2026, 9)):
        week = [Opening(1, time(opens), time(11))]
        set_hours(library_id=library.pk, openings=week, since=date(year, 1, 1), actor=TESTS)
    past = admin.get(page("services", library.pk), {"as_of": "2025-12-31"})
    html = past.content.decode()
    assert ("Cơ sở cũ" in html, "Cơ sở mới" in html, "07:00–11:00" in html) == (True, False, True)
    assert page("branch_new", library.pk) not in html  # the past is not changed from here
    assert page("library", library.pk) + "?as_of=2025-12-31" in html
    now = admin.get(page("services", library.pk)).content.decode()
    assert ("Cơ sở mới" in now, "09:00–11:00" in now, page("branch_new", library.pk) in now) == (True, True, True)
