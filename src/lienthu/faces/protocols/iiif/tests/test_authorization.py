"""Signing in through viewers: access, token, probe, signing out. PRE-5."""

from __future__ import annotations

import base64
import json
import time
from html import unescape
from typing import Any

import pytest
from django.test import Client

from lienthu.domain.digital.models import DigitalObject, PremisesNetwork
from lienthu.domain.digital.policy import Access, Status
from lienthu.domain.network.policy import Role
from lienthu.domain.network.tests.factories import make_library, make_person
from lienthu.faces.protocols.iiif import who
from lienthu.faces.protocols.iiif.tests.cast import make_volume, write_text
from lienthu.faces.protocols.iiif.who import COOKIE

pytestmark = pytest.mark.django_db
ORIGIN = "https://viewer.example"


@pytest.fixture
def volume() -> DigitalObject:
    return make_volume(make_library(), status=Status.PERMITTED, permission=Access.SIGNED)


def told(client: Client, obj: DigitalObject, version: int = 2, origin: str = ORIGIN, status: int = 200) -> Any:
    """What the token page tells the viewer's window, and the origin it is told to."""
    response = client.get(f"/iiif/auth/{version}/token/{obj.public_id}", {"origin": origin, "messageId": "1"})
    assert response.status_code == status
    html = unescape(response.content.decode())
    assert 'data-origin="' + (origin if status == 200 else "") + '"' in html
    return json.loads(html.split('data-message="')[1].split('" data-origin')[0])


def probed(obj: DigitalObject, token: str = "", **extra: Any) -> Any:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    response = Client().get(f"/iiif/auth/2/probe/{obj.public_id}/1", headers=headers, **extra)
    assert response.status_code == 200
    return json.loads(response.content)


def reader_of(obj: DigitalObject) -> Client:
    client = Client()
    client.force_login(make_person("", (Role.READER, obj.library)))
    return client


def test_the_window_leads_to_signing_in_and_back(volume: DigitalObject) -> None:
    response = Client().get(f"/iiif/auth/2/access/{volume.public_id}")
    assert response.status_code == 302
    assert response["Location"].startswith("/account/sign-in/?next=%2Fiiif%2Fauth%2F2%2Faccess%2F")
    signed = reader_of(volume)
    assert signed.post(f"/iiif/auth/2/access/{volume.public_id}").status_code == 200
    cookie = signed.cookies[COOKIE]
    assert (cookie["path"], cookie["httponly"]) == ("/iiif/", True)
    signed.get(f"/iiif/auth/2/logout/{volume.public_id}")
    assert signed.cookies[COOKIE].value == ""


def test_signing_out_of_the_site_ends_the_way_in_for_viewers(volume: DigitalObject) -> None:
    """PRE-5: at a computer that others use, nobody goes on reading in the name of who left."""
    write_text(volume, 1)
    signed = reader_of(volume)
    signed.post(f"/iiif/auth/2/access/{volume.public_id}")
    lines = f"/iiif/presentation/3/{volume.public_id}/text/1/original"
    assert signed.get(lines).status_code == 200
    signed.post("/account/sign-out/")
    assert signed.cookies[COOKIE].value == ""
    assert signed.get(lines).status_code == 403


def test_nothing_is_given_by_opening_an_address(volume: DigitalObject) -> None:
    """PRE-7: any page can make the browser of somebody who is signed in open it."""
    address = f"/iiif/auth/2/access/{volume.public_id}?origin={ORIGIN}"
    signed = Client(enforce_csrf_checks=True)
    signed.force_login(make_person("", (Role.READER, volume.library)))
    asked = signed.get(address)
    assert asked.status_code == 200
    assert f"Trình xem tại {ORIGIN}" in asked.content.decode()
    assert COOKIE not in signed.cookies
    assert signed.post(address).status_code == 403, "a form of another site"
    assert COOKIE not in signed.cookies
    token = signed.cookies["csrftoken"].value
    assert signed.post(address, {"csrfmiddlewaretoken": token}).status_code == 200
    assert signed.cookies[COOKIE].value
    script = reader_of(volume).get(f"/iiif/auth/2/access/{volume.public_id}?origin=javascript:alert(1)//x")
    assert "Trình xem tại" not in script.content.decode(), "no origin: nobody is named"


def test_tokens_and_cookies_tell_nothing_of_who_carries_them(volume: DigitalObject) -> None:
    """PRE-7."""
    person = make_person("tranthithu", (Role.READER, volume.library))
    client = Client()
    client.force_login(person)
    client.post(f"/iiif/auth/2/access/{volume.public_id}")
    for value in (told(client, volume)["accessToken"], client.cookies[COOKIE].value):
        for part in (value, *value.replace(".", ":").split(":")):
            for form in (part, part + "=", part + "=="):
                try:
                    read = base64.urlsafe_b64decode(form)
                except ValueError:
                    continue
                assert person.get_session_auth_hash().encode() not in read
                with pytest.raises(ValueError):
                    json.loads(read)
    first, second = (told(client, volume)["accessToken"] for _ in range(2))
    assert first != second


def test_tokens_end(volume: DigitalObject, monkeypatch: pytest.MonkeyPatch) -> None:
    """PRE-5: a token after ten minutes, the cookie with the session's time; nonsense is nobody."""
    client = reader_of(volume)
    write_text(volume, 1)
    token = told(client, volume)["accessToken"]
    client.post(f"/iiif/auth/2/access/{volume.public_id}")
    bare = Client()
    bare.cookies[COOKIE] = client.cookies[COOKIE].value
    lines = f"/iiif/presentation/3/{volume.public_id}/text/1/original"
    assert bare.get(lines).status_code == 200
    now = time.time()
    monkeypatch.setattr(who.time, "time", lambda: now + who.TOKEN_SECONDS + 2)
    assert probed(volume, token)["status"] == 401
    assert bare.get(lines).status_code == 200
    monkeypatch.setattr(who.time, "time", lambda: now + 13 * 3600)
    assert bare.get(lines).status_code == 403
    for nonsense in ("x", "gAAAAA" * 50, "premises", "é", "A" * 5000):
        assert probed(volume, nonsense)["status"] == 401


def test_a_token_answers_the_probe_and_nothing_else(volume: DigitalObject) -> None:
    """PRE-5."""
    token = told(reader_of(volume), volume)["accessToken"]
    assert probed(volume, token)["status"] == 200
    assert probed(volume)["status"] == 401
    assert probed(volume, "x" + token)["status"] == 401
    other = make_volume(volume.library, status=Status.PERMITTED, permission=Access.SIGNED)
    assert probed(other, token)["status"] == 401, "a token is for one object"
    bearing = {"Authorization": f"Bearer {token}"}
    made = Client().get(f"/iiif/presentation/3/{volume.public_id}/text/1/original", headers=bearing)
    assert made.status_code == 403


def test_a_changed_password_ends_a_token(volume: DigitalObject) -> None:
    person = make_person("", (Role.READER, volume.library))
    client = Client()
    client.force_login(person)
    token = told(client, volume)["accessToken"]
    person.set_password("mật khẩu khác hẳn")
    person.save()
    assert probed(volume, token)["status"] == 401


def test_strangers_get_an_error_of_the_version_they_speak(volume: DigitalObject) -> None:
    assert told(Client(), volume)["profile"] == "missingAspect"
    assert told(Client(), volume, 1)["error"] == "missingCredentials"
    assert told(reader_of(volume), volume, origin="javascript:alert(1)", status=400)["profile"] == "invalidOrigin"
    plain = Client().get(f"/iiif/auth/1/token/{volume.public_id}")
    assert (plain.status_code, plain.json()["error"]) == (401, "missingCredentials")
    framed = reader_of(volume).get(f"/iiif/auth/2/token/{volume.public_id}", {"origin": ORIGIN, "messageId": "1"})
    assert "frame-ancestors *" in framed["Content-Security-Policy"]
    assert "X-Frame-Options" not in framed


def test_in_the_rooms_of_the_library_nobody_signs_in() -> None:
    obj = make_volume(make_library(), status=Status.UNKNOWN)
    PremisesNetwork.objects.create(library=obj.library, cidr="10.1.0.0/16")
    assert probed(obj, REMOTE_ADDR="10.1.2.3")["status"] == 200
    elsewhere = probed(obj, REMOTE_ADDR="203.0.113.7")
    assert elsewhere["status"] == 403
    assert next(iter(elsewhere["note"].values()))
