"""The staff screens of the network: who gets in, what they show, what they write."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from lienthu.domain.network import selectors
from lienthu.domain.network.models import Library, LineageEvent, RoleAssignment
from lienthu.domain.network.policy import Permission, Role
from lienthu.domain.network.services.libraries import Particulars
from lienthu.domain.network.services.lineage import rename_library
from lienthu.domain.network.tests.factories import TESTS, make_admin, make_branch, make_library, make_person
from lienthu.faces.web.staff.network.tests.cast import page
from lienthu.faces.web.staff.tests.cast import of

pytestmark = pytest.mark.django_db


def every_page(library: Library) -> list[str]:
    one = "library services history roles edit event branch_new service_new hours closed_day_new address_new".split()
    return (
        [page(n) for n in ("libraries", "new", "import", "export", "audit", "province_roles")]
        + [page(n, library.pk) for n in one]
        + [
            page("event_record", library.pk, kind)
            for kind in ("renamed", "moved", "merged", "split", "dissolved", "founded")
        ]
    )


def test_every_page_opens_for_the_administrator(admin: Client, home: Library) -> None:
    rename_library(library_id=home.pk, on=date(2025, 10, 30), name="Bảo tàng – Thư viện tỉnh", actor=TESTS)
    make_branch(home)
    for url in every_page(home):
        response = admin.get(url)
        assert response.status_code == 200, url
        if "export" not in url:
            assert "Bảo tàng – Thư viện tỉnh" in response.content.decode() or "<h1" in response.content.decode()


def test_no_page_opens_for_a_visitor_or_a_reader(client: Client, home: Library) -> None:
    reader = of(make_person("an", (Role.READER, home)))
    for url in every_page(home):
        assert client.get(url).headers["Location"].startswith(reverse("accounts:sign_in")), url
        assert reader.get(url).status_code == 403, url


def test_a_librarian_reads_but_changes_nothing(home: Library) -> None:
    librarian = of(make_person("hoa", (Role.LIBRARIAN, home)))
    opened = {url for url in every_page(home) if librarian.get(url).status_code == 200}
    assert opened == {page(n) for n in ("libraries", "export")} | {
        page(n, home.pk) for n in ("library", "services", "history")
    }
    assert librarian.post(page("edit", home.pk), {"phone": "1"}).status_code == 403


def test_a_manager_changes_the_own_library_only_and_not_its_name(home: Library) -> None:
    other = make_library("VN-B")
    manager = of(make_person("hoa", (Role.LIBRARY_MANAGER, home)))
    response = manager.post(page("edit", home.pk), {"phone": "0203 3825 123", "name": "Tên tự đặt", "closed": "on"})
    assert response.status_code == 302
    home.refresh_from_db()
    assert (home.phone, home.name, home.closed) == ("0203 3825 123", "Thư viện tỉnh Quảng Ninh", False)
    for url in (page("edit", other.pk), page("hours", other.pk), page("roles", other.pk)):
        assert manager.get(url).status_code == 403
    assert manager.post(page("edit", other.pk), {"phone": "1"}).status_code == 403
    assert manager.get(page("audit"), {"library": other.pk}).status_code == 403
    assert manager.get(page("audit")).status_code == 200  # the own trail
    for url in (page("new"), page("import"), page("event", home.pk), page("province_roles")):
        assert manager.get(url).status_code == 403


def test_rows_of_another_library_cannot_be_reached_through_the_own_one(home: Library) -> None:
    other = make_library("VN-B")
    branch = make_branch(other)
    manager = of(make_person("hoa", (Role.LIBRARY_MANAGER, home)))
    assert manager.post(page("branch_close", home.pk, branch.pk), {"on": "2026-01-01"}).status_code == 404
    assert manager.get(page("branch_edit", home.pk, branch.pk)).status_code == 404
    branch.refresh_from_db()
    assert branch.valid_to is None


def test_a_closed_library_does_not_exist_for_outsiders(home: Library, admin: Client) -> None:
    barracks = make_library("VN-LV", "Thư viện doanh trại", particulars=Particulars(closed=True))
    librarian = of(make_person("hoa", (Role.LIBRARIAN, home)))
    own = of(make_person("binh", (Role.LIBRARIAN, barracks)))
    assert "doanh trại" not in librarian.get(page("libraries")).content.decode()
    for name in ("library", "services", "history"):
        assert librarian.get(page(name, barracks.pk)).status_code == 404
        assert own.get(page(name, barracks.pk)).status_code == 200
        assert admin.get(page(name, barracks.pk)).status_code == 200
    assert "VN-LV" not in librarian.get(page("export")).content.decode()


def test_the_list_shows_the_day_that_was_asked_for(admin: Client, home: Library) -> None:
    rename_library(library_id=home.pk, on=date(2025, 10, 30), name="Bảo tàng – Thư viện", actor=TESTS)
    before = admin.get(page("libraries"), {"as_of": "2025-10-29"}).content.decode()
    after = admin.get(page("libraries"), {"as_of": "2025-10-30"}).content.decode()
    assert ("Thư viện tỉnh Quảng Ninh" in before, "Bảo tàng" in before) == (True, False)
    assert "Bảo tàng – Thư viện" in after
    nothing = admin.get(page("libraries"), {"q": "không có", "as_of": "rubbish", "type": "castle"})
    assert nothing.status_code == 200


def test_the_list_asks_the_same_number_of_questions_for_many(
    admin: Client,
    home: Library,
    django_assert_max_num_queries,
) -> None:
    for _ in range(20):
        make_library()
    with django_assert_max_num_queries(10):
        admin.get(page("libraries"))


def test_an_invalid_form_is_422_with_the_focus_on_the_first_error(admin: Client, home: Library) -> None:
    response = admin.post(page("new"), {"code": "không phải mã", "name": "", "type": "public"})
    html = response.content.decode()
    assert response.status_code == 422
    assert "autofocus" in html
    assert 'role="alert"' in html
    taken = admin.post(page("new"), {"code": "VN-QNTV", "name": "Khác", "type": "public"})
    assert taken.status_code == 422
    assert "code" in taken.context["form"].errors


def test_a_library_is_entered_with_its_founding(admin: Client) -> None:
    response = admin.post(
        page("new"), {"code": "VN-MOI", "name": "Thư viện mới", "type": "community", "valid_from": "01/07/2025"}
    )
    library = Library.objects.get(code="VN-MOI")
    assert response.headers["Location"] == page("library", library.pk)
    assert [s.event.kind for s in selectors.lineage_of(library.pk)] == ["founded"]


def test_a_change_with_a_day_keeps_the_past(admin: Client, home: Library) -> None:
    form = {"name": "Bảo tàng – Thư viện", "type": "public", "since": "2025-10-30", "assumed": ""}
    assert admin.post(page("edit", home.pk), form).status_code == 302
    before = selectors.library_as_of(home.pk, date(2025, 10, 29))
    assert before is not None
    assert before.name == "Thư viện tỉnh Quảng Ninh"


def test_an_event_is_shown_before_it_is_recorded(admin: Client, home: Library) -> None:
    district = make_library("VN-QN193", "Thư viện thành phố Hạ Long")
    form = {"day": "2025-07-01", "into": home.pk, "as_branches": "on", "source": "NQ 1679"}
    url = page("event_record", district.pk, "merged")
    plan = admin.post(url, form)
    assert plan.status_code == 200
    told = [line.text for line in plan.context["lines"]]
    assert told[0].startswith("Thư viện thành phố Hạ Long (VN-QN193) ends")
    assert told[1].startswith("Thư viện tỉnh Quảng Ninh (VN-QNTV) gets a new branch")
    assert not LineageEvent.objects.exists()
    again = admin.post(url, {**form, "back": "1"})
    assert again.context["form"]["source"].value() == "NQ 1679"
    done = admin.post(url, {**form, "confirm": "1"})
    assert done.headers["Location"] == page("history", district.pk)
    assert selectors.successor_of(district, date(2025, 7, 1)) == home
    assert home.branches.get().name == "Thư viện thành phố Hạ Long"


@pytest.mark.parametrize(
    ("kind", "form"),
    [
        ("renamed", {"day": "", "name": "X"}),
        ("merged", {"day": "2025-07-01"}),
        ("split", {"day": "2025-07-01", "into": []}),
        ("dissolved", {"day": "1500-01-01", "into": "999999"}),
        ("moved", {"day": "32/13/2025"}),
    ],
)
def test_an_event_that_does_not_fit_is_422(admin: Client, home: Library, kind: str, form: dict[str, Any]) -> None:
    response = admin.post(page("event_record", home.pk, kind), {**form, "confirm": "1"})
    assert response.status_code == 422
    assert not LineageEvent.objects.exists()


def test_hours_are_written_as_people_write_them(admin: Client, home: Library) -> None:
    week = {"day1": "7:30-11:30, 13h30-17h", "day6": "8–11.30", "since": "2025-01-01"}
    assert admin.post(page("hours", home.pk), week).status_code == 302
    hours = selectors.opening_hours([home.pk])[home.pk]
    assert [(s.opens.isoformat("minutes"), s.closes.isoformat("minutes")) for s in hours.week[0].spans] == [
        ("07:30", "11:30"),
        ("13:30", "17:00"),
    ]
    assert "07:30–11:30" in admin.get(page("services", home.pk)).content.decode()
    for wrong in ("25:00-26:00", "sáng", "11:30-7:30", "7-12, 11-17"):
        bad = admin.post(page("hours", home.pk), {"day2": wrong, "since": "2025-01-01"})
        assert bad.status_code == 422, wrong


def test_services_days_and_addresses_come_and_go(admin: Client, home: Library) -> None:
    assert admin.post(page("service_new", home.pk), {"kind": "loan", "note": "Mang thẻ"}).status_code == 302
    offer = home.service_offers.get()
    assert admin.post(page("service_end", home.pk, offer.pk)).status_code == 302
    assert selectors.service_offers([home.pk]) == {}
    admin.post(page("closed_day_new", home.pk), {"date": "2099-02-16", "note": "Tết"})
    day = home.closed_days.get()
    admin.post(page("closed_day_remove", home.pk, day.pk))
    assert not home.closed_days.exists()
    for url in ("javascript:alert(1)", "java.script:1/alert(1)x y", "data:text/html,x"):
        bad = admin.post(page("address_new", home.pk), {"kind": "website", "url": url})
        assert bad.status_code == 422, url
    admin.post(page("address_new", home.pk), {"kind": "website", "url": "https://thuvien.example"})
    assert admin.post(page("address_end", home.pk, home.online_addresses.get().pk)).status_code == 302
    assert admin.get(page("service_end", home.pk, offer.pk)).status_code == 405


def test_a_file_is_tried_out_and_then_written(admin: Client, home: Library) -> None:
    text = "code,name,type,phone\nVN-QNTV,,,0203\nVN-NEW,Thư viện mới,public,\n"
    uploaded = admin.post(page("import"), {"file": SimpleUploadedFile("t.csv", text.encode())})
    report = uploaded.headers["Location"]
    seen = admin.get(report)
    assert [row.action for row in seen.context["report"].rows] == ["updated", "created"]
    assert Library.objects.count() == 1
    assert admin.post(report).headers["Location"] == page("libraries")
    assert Library.objects.filter(code="VN-NEW").exists()
    manager = of(make_person("hoa", (Role.LIBRARY_MANAGER, home)))
    assert manager.get(report).status_code == 403


def test_a_bad_file_is_explained_and_never_written(admin: Client) -> None:
    text = "code,name,type\n<script>alert(1)</script>,X,castle\nVN-OK,Ok,public\n"
    report = admin.post(page("import"), {"file": SimpleUploadedFile("t.csv", text.encode())}).headers["Location"]
    html = admin.get(report).content.decode()
    assert "<script>alert" not in html
    assert admin.post(report).status_code == 422
    assert not Library.objects.exists()
    assert admin.post(page("import"), {}).status_code == 422
    for nonsense in ("abc", "f" * 64, "..%2f..%2fetc"):
        assert admin.get(f"{page('import')}{nonsense}/").status_code == 404


def test_roles_are_given_and_taken_within_bounds(home: Library) -> None:
    boss, an = make_person("hoa", (Role.LIBRARY_MANAGER, home)), make_person("an")
    manager = of(boss)
    url = page("roles", home.pk)
    assert manager.post(url, {"username": "an", "role": "librarian"}).status_code == 302
    assert selectors.allowed(an, Permission.IMPORT_RECORDS, home.pk)
    for wrong in ({"username": "an", "role": "library_manager"}, {"username": "ai", "role": "librarian"}):
        assert manager.post(url, wrong).status_code == 422
    given = RoleAssignment.objects.get(user=an)
    assert manager.post(page("role_revoke", home.pk, given.pk)).status_code == 302
    assert not selectors.allowed(an, Permission.VIEW_STAFF)
    own = RoleAssignment.objects.get(user=boss)
    assert manager.post(page("role_revoke", home.pk, own.pk)).status_code == 403


def test_the_last_administrator_is_told_why_not(home: Library) -> None:
    lan = make_admin()
    admin = of(lan)
    own = RoleAssignment.objects.get(user=lan)
    response = admin.post(page("province_role_revoke", own.pk), follow=True)
    assert "last provincial administrator" in response.content.decode()
    assert selectors.allowed(lan, Permission.MANAGE_ROLES)


def test_the_trail_pages_through_and_belongs_to_a_library(admin: Client, home: Library) -> None:
    for n in range(60):
        admin.post(page("edit", home.pk), {"name": home.name, "type": "public", "phone": str(n)})
    first = admin.get(page("audit"), {"library": home.pk})
    assert len(first.context["rows"]) == 50
    second = admin.get(first.context["next_url"])
    assert 0 < len(second.context["rows"]) < 50
    assert admin.get(page("audit"), {"library": "999999"}).status_code == 404
    assert admin.get(page("audit"), {"before": "²"}).status_code == 200
