"""The screens on which accounts are looked after, and the first sign-in of the people they are for."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lienthu.domain.network.models import Library, RoleAssignment
from lienthu.domain.network.policy import Role
from lienthu.domain.network.tests.factories import PASSWORD, make_admin, make_library, make_person
from lienthu.faces.web.staff.tests.cast import of
from lienthu.platform.models import AuditEntry, User

pytestmark = pytest.mark.django_db
NEW = "mưa trên vịnh Bái Tử Long"


def page(name: str, *args: int) -> str:
    return reverse(f"staff_accounts:{name}", args=args)


def sign_in(client: Client, name: str, password: str, **data: str):
    return client.post(reverse("accounts:sign_in"), {"username": name, "password": password, **data})


def at_work(user: User) -> Client:
    """Signed in as people do it, with the password."""
    client = Client(headers={"accept-language": "en"})
    assert sign_in(client, user.username, PASSWORD).status_code == 302
    return client


@pytest.fixture
def other() -> Library:
    return make_library("VN-HL", "Thư viện Hạ Long")


@pytest.fixture
def manager(home: Library) -> Client:
    return of(make_person("minh", (Role.LIBRARY_MANAGER, home)))


def shown_password(html: str) -> str:
    found = re.search(r"one-time__password\">([a-z0-9-]+)<", html)
    assert found is not None
    return found[1]


def test_from_a_new_account_to_the_first_day_at_work(manager: Client, home: Library) -> None:
    form = manager.get(page("new")).content.decode()
    assert "Librarian" in form
    assert "Library manager" not in form
    given = {"username": "hoa", "display_name": "Trần Thị Hoa", "role": "librarian", "library": home.pk}
    answer = manager.post(page("new"), given)
    assert answer.status_code == 200
    assert "no-store" in answer.headers["Cache-Control"]
    password = shown_password(answer.content.decode())
    hoa = User.objects.get(username="hoa")
    assert password not in manager.get(page("account", hoa.pk)).content.decode(), "shown only once"

    client = Client(headers={"accept-language": "en"})
    change = reverse("accounts:password_change")
    assert sign_in(client, "hoa", password, next="/staff/imports/")["Location"] == change
    for address in (
        reverse("staff:home"),
        reverse("staff:import_new"),
        reverse("staff_network:libraries"),
        page("list"),
    ):
        assert client.get(address)["Location"] == change, address
    assert client.post(reverse("staff:import_new"), {"library": home.pk})["Location"] == change
    assert client.get("/").status_code == 200, "the search is everyone's"
    same = {"old_password": password, "new_password1": password, "new_password2": password}
    assert client.post(change, same).status_code == 422
    own = {"old_password": password, "new_password1": NEW, "new_password2": NEW}
    assert client.post(change, own)["Location"] == reverse("staff:home")
    assert client.get(reverse("staff:home")).status_code == 200
    hoa.refresh_from_db()
    assert hoa.one_time_until is None
    assert "account.password_changed" in AuditEntry.objects.values_list("action", flat=True)


def test_a_one_time_password_is_good_for_a_week(manager: Client, home: Library) -> None:
    hoa = make_person("hoa", (Role.LIBRARIAN, home))
    password = shown_password(manager.post(page("password", hoa.pk)).content.decode())
    User.objects.filter(pk=hoa.pk).update(one_time_until=timezone.now() - timedelta(seconds=1))
    answer = sign_in(Client(headers={"accept-language": "en"}), "hoa", password)
    assert answer.status_code == 422
    assert "no longer good" in answer.content.decode()


def test_a_reset_signs_out_everywhere(manager: Client, home: Library) -> None:
    hoa = make_person("hoa", (Role.LIBRARIAN, home))
    hers = at_work(hoa)
    assert hers.get(reverse("staff:home")).status_code == 200
    manager.post(page("password", hoa.pk))
    assert hers.get(reverse("staff:home"))["Location"].startswith(reverse("accounts:sign_in"))


def test_switched_off_one_is_out_at_once_and_comes_back_with_everything(manager: Client, home: Library) -> None:
    hoa = make_person("hoa", (Role.LIBRARIAN, home))
    hers = at_work(hoa)
    assert manager.post(page("switch", hoa.pk), {"on": "0"})["Location"] == page("account", hoa.pk)
    assert hers.get(reverse("staff:home"))["Location"].startswith(reverse("accounts:sign_in"))
    assert "switched off" in manager.get(page("list")).content.decode()
    manager.post(page("switch", hoa.pk), {"on": "1"})
    assert at_work(hoa).get(reverse("staff:home")).status_code == 200


def test_a_lock_is_seen_and_ended(manager: Client, home: Library, settings) -> None:
    hoa = make_person("hoa", (Role.LIBRARIAN, home))
    thumbs = Client(headers={"accept-language": "en"})
    for _ in range(settings.AXES_FAILURE_LIMIT):
        answer = sign_in(thumbs, "hoa", "sai")
    assert answer.status_code == 429
    assert sign_in(thumbs, "hoa", PASSWORD).status_code == 429
    shown = manager.get(page("account", hoa.pk)).content.decode()
    assert "End the lock" in shown
    assert manager.post(page("release", hoa.pk)).status_code == 302
    assert "End the lock" not in manager.get(page("account", hoa.pk)).content.decode()
    assert sign_in(thumbs, "hoa", PASSWORD).status_code == 302


def test_roles_are_given_and_taken_on_the_page_of_the_account(manager: Client, admin: Client, home: Library) -> None:
    hoa = make_person("hoa", (Role.READER, home))
    manager.post(page("account", hoa.pk), {"role": "librarian", "library": home.pk})
    row = RoleAssignment.objects.get(user=hoa, role=Role.LIBRARIAN)
    manager.post(page("revoke", hoa.pk, row.pk))
    row.refresh_from_db()
    assert row.valid_to == timezone.localdate()
    wide = {"role": "union_editor", "library": home.pk}
    assert admin.post(page("account", hoa.pk), wide).status_code == 422
    assert admin.post(page("account", hoa.pk), {"role": "librarian", "library": ""}).status_code == 422
    assert admin.post(page("account", hoa.pk), {"role": "union_editor", "library": ""}).status_code == 302


def test_a_manager_reaches_for_no_more_than_the_own_house(manager: Client, home: Library, other: Library) -> None:
    boss = make_admin()
    stranger = make_person("xa", (Role.LIBRARIAN, other))
    colleague = make_person("thu", (Role.LIBRARY_MANAGER, home))
    names = manager.get(page("list")).content.decode()
    assert "thu" in names
    assert "xa</span>" not in names
    for hidden in (boss, stranger):
        assert manager.get(page("account", hidden.pk)).status_code == 404
        for act in ("password", "switch", "release"):
            assert manager.post(page(act, hidden.pk), {"on": "0"}).status_code == 404
        assert manager.post(page("account", hidden.pk), {"role": "reader", "library": home.pk}).status_code == 404
    for act in ("password", "switch", "release"):
        assert manager.post(page(act, colleague.pk), {"on": "0"}).status_code == 403
    theirs = RoleAssignment.objects.get(user=colleague)
    assert manager.post(page("revoke", colleague.pk, theirs.pk)).status_code == 403
    foreign = RoleAssignment.objects.get(user=stranger)
    assert manager.post(page("revoke", colleague.pk, foreign.pk)).status_code == 404
    for role, library in (("library_manager", home.pk), ("provincial_admin", ""), ("librarian", other.pk)):
        asked = {"username": "moi", "display_name": "Mới", "role": role, "library": library}
        assert manager.post(page("new"), asked).status_code == 422
        assert manager.post(page("account", colleague.pk), {"role": role, "library": library}).status_code == 422
    assert not User.objects.filter(username="moi").exists()
    assert RoleAssignment.objects.count() == 4
    for person in (boss, stranger, colleague):
        person.refresh_from_db()
        assert person.is_active
        assert person.check_password(PASSWORD)


@pytest.mark.parametrize("role", [None, Role.READER, Role.LIBRARIAN, Role.UNION_EDITOR])
def test_nobody_else_gets_in(home: Library, role: Role | None) -> None:
    someone = make_person("ai", *([(role, home)] if role else []))
    hoa = make_person("hoa", (Role.READER, home))
    client = at_work(someone)
    assert "/staff/accounts/" not in client.get("/").content.decode()
    pages = [page("list"), page("new"), page("account", hoa.pk)]
    acts = [page("new"), *(page(act, hoa.pk) for act in ("account", "password", "switch", "release"))]
    assert {client.get(address).status_code for address in pages} == {403}
    assert {client.post(address).status_code for address in acts} == {403}
    visitor = Client()
    assert {visitor.get(address).status_code for address in pages} == {302}
    assert {visitor.post(address).status_code for address in acts} == {302}


def test_one_sees_but_does_not_change_the_own_account(admin: Client) -> None:
    me = User.objects.get(username="lan")
    shown = admin.get(page("account", me.pk)).content.decode()
    assert "This is your own account" in shown
    assert admin.post(page("password", me.pk)).status_code == 403
    assert admin.post(page("switch", me.pk), {"on": "0"}).status_code == 403
    own = RoleAssignment.objects.get(user=me)
    assert admin.post(page("revoke", me.pk, own.pk)).status_code == 302
    own.refresh_from_db()
    assert own.valid_to is None, "the last administrator stays"


def test_accounts_are_found_by_a_part_of_their_names(admin: Client, home: Library) -> None:
    make_person("hoa", (Role.LIBRARIAN, home), display_name="Trần Thị Hoa")
    make_person("binh", (Role.LIBRARIAN, home), display_name="Lê Bình")
    found = admin.get(page("list"), {"q": "trần thị"}).content.decode()
    assert "Trần Thị Hoa" in found
    assert "Lê Bình" not in found
    assert "No account fits" in admin.get(page("list"), {"q": "zzz"}).content.decode()
    assert admin.get(page("list"), {"q": "\x00", "after": "\x00"}).status_code == 200
