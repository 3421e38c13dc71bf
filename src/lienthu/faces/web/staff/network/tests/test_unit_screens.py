"""The screens of administrative units."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from lienthu.domain.network.models import AdministrativeUnit, UnitKind
from lienthu.domain.network.policy import Role
from lienthu.domain.network.tests.factories import PASSWORD, make_admin, make_library, make_person, make_unit
from lienthu.platform.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def quick(settings, tmp_path) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.FILES_DIR = tmp_path / "files"
    settings.LANGUAGE_CODE = "en"


def of(user: User) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.post(reverse("accounts:sign_in"), {"username": user.username, "password": PASSWORD})
    return client


def page(name: str, *args: Any) -> str:
    return reverse(f"staff_network:{name}", args=args)


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
    body = admin.get(page("units"), {"as_of": "2026-04-01", "q": "hòn"}).content.decode()
    assert "Phường Hòn Gai" in body
    assert "Phường Hòn Gai" not in admin.get(page("units")).content.decode()


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
