"""Search inside for viewers: Content Search 2 and 1. PRE-6."""

from __future__ import annotations

import gzip
from typing import Any

import pytest
from django.test import Client

from lienthu.domain.digital.models import DigitalObject, Page
from lienthu.domain.digital.policy import Status
from lienthu.domain.network.policy import Role
from lienthu.domain.network.tests.factories import make_library, make_person
from lienthu.faces.protocols.iiif.tests.cast import make_volume, write_text
from lienthu.platform import cost_limit

pytestmark = pytest.mark.django_db
Json = dict[str, Any]


@pytest.fixture
def volume() -> DigitalObject:
    obj = make_volume(make_library(), pages=3)
    write_text(obj, 1, "văn hóa đọc ở Hạ Long", "đọc sách mỗi ngày")
    write_text(obj, 3, "phát triển văn hóa đọc")
    return obj


def ask(obj: DigitalObject, version: int, q: str, client: Client | None = None, **more: str) -> Json:
    response = (client or Client()).get(f"/iiif/search/{version}/{obj.public_id}", {"q": q, **more})
    assert response.status_code == 200, response.content
    assert (response.get("Access-Control-Allow-Origin") == "*") == (client is None)  # PRE-4: what everybody reads
    found: Json = response.json()
    return found


def test_hits_stand_where_the_words_stand(volume: DigitalObject) -> None:
    """PRE-6."""
    found = ask(volume, 2, "văn hóa đọc", motivation="highlighting")
    targets = [item["target"] for item in found["items"]]
    assert [t.split("/canvas/")[1].split("#xywh=")[0] for t in targets] == ["1", "1", "3"]
    assert targets[0].startswith(f"http://testserver/iiif/presentation/3/{volume.public_id}/canvas/1#xywh=100,100,")
    first = found["annotations"][0]["items"][0]["target"]
    assert first["source"] == found["items"][0]["id"]
    assert first["selector"][0]["exact"] == "văn hóa đọc"
    assert first["selector"][0]["suffix"].startswith(" ở Hạ Long")
    assert found["ignored"] == ["motivation"]
    older = ask(volume, 1, "van hoa doc")
    assert [hit["match"] for hit in older["hits"]] == ["văn hóa đọc", "đọc", "văn hóa đọc"]
    assert older["hits"][0]["annotations"] == [older["resources"][0]["@id"]]
    assert older["resources"][0]["on"].startswith(f"http://testserver/iiif/presentation/2/{volume.public_id}/canvas/1#")
    assert ask(volume, 2, "không có từ này")["items"] == []
    assert ask(volume, 1, "")["resources"] == []


def test_the_rest_is_asked_for_behind_a_page(volume: DigitalObject) -> None:
    """PRE-6."""
    assert {i["target"].split("/canvas/")[1][0] for i in ask(volume, 2, "đọc", after="1")["items"]} == {"3"}
    assert ask(volume, 2, "đọc", after="9x")["items"]


def test_searching_inside_has_a_limit_for_each_address(
    volume: DigitalObject, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """FTS-12."""
    settings.COST_LIMITS = True
    monkeypatch.setattr(cost_limit.LIMITER, "_refill", 1e-6)
    far = {"REMOTE_ADDR": "203.0.113.77"}
    cost_limit.LIMITER.take(far["REMOTE_ADDR"], cost_limit.BURST - 2)
    address = f"/iiif/search/2/{volume.public_id}?q=đọc"
    given = [Client().get(address, **far) for _ in range(3)]
    assert [one.status_code for one in given] == [200, 200, 429]
    assert int(given[-1]["Retry-After"]) >= 1
    reader = f"/read/{volume.public_id}"
    assert Client().get(f"{reader}/search.json?q=đọc", **far).status_code == 429
    assert Client().get(f"{reader}?q=đọc", **far).status_code == 429
    assert Client().get(reader, **far).status_code == 200, "reading goes on"
    assert Client().get(address, REMOTE_ADDR="203.0.113.78").status_code == 200
    cost_limit.LIMITER.clear()


def test_answers_go_compressed(volume: DigitalObject) -> None:
    """PRE-3."""
    for n in range(3):
        write_text(volume, n + 1, *["văn hóa đọc"] * 30)
    for address in (f"/iiif/search/2/{volume.public_id}?q=đọc", f"/iiif/search/1/{volume.public_id}?q=đọc"):
        response = Client().get(address, headers={"Accept-Encoding": "gzip"})
        assert response["Content-Encoding"] == "gzip"
        assert len(response.content) < len(gzip.decompress(response.content)) / 4


def test_who_may_find_but_not_read_gets_pages_without_words(volume: DigitalObject) -> None:
    """PRE-6, RGT-6, RGT-7."""
    library = make_library()
    scarce = make_volume(library, status=Status.IN_COPYRIGHT, copies_held=1)
    write_text(scarce, 2, "văn hóa đọc")
    assert Client().get(f"/iiif/search/2/{scarce.public_id}", {"q": "đọc"}).status_code == 403
    reader = Client()
    reader.force_login(make_person("", (Role.READER, library)))
    found = ask(scarce, 2, "đọc", reader)
    assert [(item["target"].rsplit("/", 1)[1], "body" in item) for item in found["items"]] == [("2", False)]
    assert "annotations" not in found
    assert reader.get(f"/iiif/search/2/{scarce.public_id}/autocomplete", {"q": "đ"}).status_code == 403
    Page.objects.filter(object=volume, seq=1).update(closed=True)
    assert {i["target"].split("/canvas/")[1][0] for i in ask(volume, 2, "đọc")["items"]} == {"3"}


def test_words_are_completed_from_readable_pages(volume: DigitalObject) -> None:
    """PRE-6."""
    Page.objects.filter(object=volume, seq=3).update(closed=True)
    address = f"/iiif/search/2/{volume.public_id}/autocomplete"
    assert Client().get(address, {"q": "đo"}).json()["items"] == [{"value": "đọc", "total": 2}]
    assert Client().get(address, {"q": "ph"}).json()["items"] == [], "that page is closed"
    assert {t["value"] for t in Client().get(address, {"q": "ho"}).json()["items"]} == {"hóa"}
    older = Client().get(address.replace("/2/", "/1/"), {"q": "d", "min": "2"}).json()
    assert [(t["match"], t["count"]) for t in older["terms"]] == [("đọc", 2)]
    assert older["terms"][0]["url"].endswith(f"/iiif/search/1/{volume.public_id}?q=%C4%91%E1%BB%8Dc")
    clerk = Client()
    clerk.force_login(make_person("", (Role.LIBRARIAN, volume.library)))
    assert clerk.get(address, {"q": "ph"}).json()["items"] == [{"value": "phát", "total": 1}]
    assert Client().get(address.replace("/2/", "/7/"), {"q": "d"}).status_code == 404
