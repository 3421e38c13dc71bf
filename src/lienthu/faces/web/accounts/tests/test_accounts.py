"""Signing in and out, lockout, redirects, and what the audit trail keeps."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client, RequestFactory
from django.urls import reverse

from lienthu.domain.network.policy import Role
from lienthu.domain.network.tests.factories import PASSWORD, make_library, make_person
from lienthu.faces.web.accounts.context import signed_in
from lienthu.faces.web.accounts.lockout import client_ip
from lienthu.faces.web.accounts.views import home_of
from lienthu.platform.models import AuditEntry, User

pytestmark = pytest.mark.django_db
SIGN_IN = "accounts:sign_in"


@pytest.fixture(autouse=True)
def real_addresses_only(settings) -> None:
    settings.AXES_CLIENT_IP_CALLABLE = "lienthu.faces.web.accounts.lockout.client_ip"


@pytest.fixture
def hoa() -> User:
    return make_person("hoa", (Role.LIBRARIAN, make_library()), display_name="Trần Thị Hoa")


def sign_in(client: Client, password: str = PASSWORD, **data: str):
    return client.post(reverse(SIGN_IN), {"username": "hoa", "password": password, **data})


def test_signing_in_leads_to_where_one_wanted_to_go(client: Client, hoa: User) -> None:
    response = sign_in(client, next="/staff/network/?as_of=2025-06-30")
    assert (response.status_code, response["Location"]) == (302, "/staff/network/?as_of=2025-06-30")
    assert client.session["_auth_user_id"] == str(hoa.pk)
    assert AuditEntry.objects.latest("id").action == "account.signed_in"


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example",
        "javascript:alert(1)",
        "/\\evil.example",
        "http:///evil.example",
    ],
)
def test_nobody_is_sent_to_a_stranger(client: Client, hoa: User, target: str) -> None:
    response = sign_in(client, next=target)
    assert response["Location"] == home_of(hoa)


def test_readers_begin_at_the_portal(hoa: User) -> None:
    reader = make_person("an", (Role.READER, make_library()))
    assert home_of(reader) == home_of(AnonymousUser())


def test_a_wrong_password_tells_nothing_and_is_told_to_the_trail(client: Client, hoa: User) -> None:
    wrong = sign_in(client, "sai mật khẩu")
    unknown = client.post(reverse(SIGN_IN), {"username": "ai-do", "password": "sai mật khẩu"})
    assert (wrong.status_code, unknown.status_code) == (422, 422)
    assert wrong.context["form"].errors == unknown.context["form"].errors
    rows = AuditEntry.objects.filter(action="account.sign_in_failed").order_by("id")
    assert [row.object_id for row in rows] == [str(hoa.pk), ""]


def test_nothing_typed_is_stored(client: Client, hoa: User) -> None:
    secret = "mật-khẩu-gõ-nhầm-ô"
    client.post(reverse(SIGN_IN), {"username": secret, "password": secret})
    stored = [(row.actor_name, row.object_id, str(row.detail)) for row in AuditEntry.objects.all()]
    assert stored
    assert all(secret not in part for row in stored for part in row)


def test_an_account_that_was_switched_off_stays_out(client: Client, hoa: User) -> None:
    User.objects.update(is_active=False)
    assert sign_in(client).status_code == 422
    assert "_auth_user_id" not in client.session


def test_guessing_is_stopped_and_told_when_to_come_back(client: Client, hoa: User, settings) -> None:
    settings.AXES_FAILURE_LIMIT = 3
    statuses = [sign_in(client, f"đoán {n}").status_code for n in range(3)]
    assert statuses == [422, 422, 429]
    right = sign_in(client)
    assert right.status_code == 429  # the right password does not help either
    assert "accounts/locked.html" in [t.name for t in right.templates]
    assert "_auth_user_id" not in client.session
    assert AuditEntry.objects.filter(action="account.locked").exists()
    elsewhere = Client(REMOTE_ADDR="192.0.2.7")
    assert sign_in(elsewhere).status_code == 302  # its owner, from elsewhere, is not locked out


@pytest.mark.parametrize(
    ("address", "stored"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:DB8::1", "2001:db8::1"),
        ("fe80::1%eth0", "fe80::1"),
        ("", None),
        ("unix:", None),
    ],
)
def test_only_real_addresses_reach_the_lockout(rf: RequestFactory, address: str, stored: str | None) -> None:
    assert client_ip(rf.get("/", REMOTE_ADDR=address)) == stored


def test_guessing_is_stopped_behind_a_socket_too(client: Client, hoa: User, settings) -> None:
    settings.AXES_FAILURE_LIMIT = 2
    behind = Client(REMOTE_ADDR="")
    assert [sign_in(behind, f"đoán {n}").status_code for n in range(3)] == [422, 429, 429]


def test_signing_out_takes_a_post(client: Client, hoa: User) -> None:
    client.force_login(hoa, "django.contrib.auth.backends.ModelBackend")
    assert client.get(reverse("accounts:sign_out")).status_code == 405
    assert client.post(reverse("accounts:sign_out")).status_code == 302
    assert "_auth_user_id" not in client.session


def test_a_new_password_keeps_this_session_and_ends_the_others(client: Client, hoa: User) -> None:
    other = Client()
    for each in (client, other):
        each.force_login(hoa, "django.contrib.auth.backends.ModelBackend")
    url = reverse("accounts:password_change")
    new = "trang sách thơm mùi mực"
    bad = client.post(url, {"old_password": PASSWORD, "new_password1": new, "new_password2": "khác"})
    assert bad.status_code == 422
    good = client.post(url, {"old_password": PASSWORD, "new_password1": new, "new_password2": new})
    assert good.status_code == 302
    assert client.get(url).status_code == 200
    assert other.get(url).status_code == 302


def test_the_page_is_not_cached_and_needs_no_account(client: Client) -> None:
    response = client.get(reverse(SIGN_IN))
    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]
    assert client.get(reverse("accounts:password_change")).status_code == 302


def test_a_visitor_costs_no_query(django_assert_num_queries, rf: RequestFactory) -> None:
    request = rf.get("/")
    request.user = AnonymousUser()
    with django_assert_num_queries(0):
        person = signed_in(request)["signed_in"]
        assert not person
        assert (person.name, person.may_view_staff, person.may_edit_network) == ("", False, False)


def test_a_person_costs_one_query_a_page(django_assert_num_queries, rf: RequestFactory, hoa: User) -> None:
    request = rf.get("/")
    request.user = hoa
    with django_assert_num_queries(1):
        person = signed_in(request)["signed_in"]
        assert (bool(person), person.name) == (True, "Trần Thị Hoa")
        assert (person.may_view_staff, person.may_edit_network, person.may_edit_union) == (True, False, False)
