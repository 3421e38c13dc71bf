"""Pictures over HTTP: both ways in, whoever asks. Rules IMG-5 to IMG-8 and RGT-5."""

from __future__ import annotations

import json
import os
from datetime import timedelta
from typing import Any

import pytest
from django.core.wsgi import get_wsgi_application
from django.test import Client
from django.utils import timezone

from lienthu.domain.digital import store
from lienthu.domain.digital.models import DigitalObject, MasterFile, Page, PageWork, PremisesNetwork
from lienthu.domain.digital.pictures import Losses
from lienthu.domain.digital.policy import Status
from lienthu.domain.digital.services.publishing import lift_takedown, take_down, withdraw
from lienthu.domain.digital.tests.cast import CLERK, make_object
from lienthu.domain.network.policy import Role
from lienthu.domain.network.tests.factories import make_library, make_person
from lienthu.faces.protocols.iiif.image import answers, lean
from lienthu.faces.protocols.iiif.image.lean import LeanImages
from lienthu.faces.protocols.iiif.image.tests.pages import Got, connection_of_the_test, draw, get, with_pictures
from lienthu.foundation.imaging.tests.making import pattern
from lienthu.platform.cost_limit import Limiter
from lienthu.platform.models import AuditEntry

pytestmark = pytest.mark.django_db

TILE = "0,0,512,512/512,512/0/default.jpg"
REQUESTS = ["info.json", TILE, "full/max/0/default.jpg", "full/100,/0/gray.png", "square/50,/90/bitonal.webp"]


class Handed(Exception):
    """The lean way handed the request on."""


@pytest.fixture
def images() -> LeanImages:
    """The lean way, with Django behind it."""
    return LeanImages(get_wsgi_application())


@pytest.fixture
def only_lean() -> LeanImages:
    def nobody(environ: Any, start: Any) -> Any:
        raise Handed

    return LeanImages(nobody)


def url(obj: DigitalObject, rest: str, version: int = 3, seq: int = 1) -> str:
    return f"/iiif/image/{version}/{obj.public_id}.{seq}/{rest}".rstrip("/")


def test_a_tile_goes_the_lean_way_and_is_the_stored_one(only_lean: LeanImages, django_assert_num_queries: Any) -> None:
    obj = with_pictures(make_library())
    edge = "1024,1536,213,217/213,217/0/default.jpg"
    for version, path in ((3, TILE), (2, "0,0,512,512/512,/0/default.jpg"), (3, edge)):
        found = get(only_lean, url(obj, path, version))
        assert found.status == 200
        assert found.headers["Content-Type"] == "image/jpeg"
        assert found.headers["Access-Control-Allow-Origin"] == "*"
        assert found.headers["Cache-Control"] == "public, max-age=60, s-maxage=0"
        assert int(found.headers["Content-Length"]) == len(found.body)
        assert f"http://iiif.io/api/image/{version}/level2.json" in found.headers["Link"]
        assert found.image.size == tuple(int(part) for part in path.split("/")[0].split(",")[2:])
        assert get(only_lean, url(obj, path, version), "HEAD").body == b""
    with django_assert_num_queries(0):  # remembered
        assert get(only_lean, url(obj, TILE)).status == 200


def test_the_short_reading_of_tiles_says_what_the_whole_grammar_says() -> None:
    from lienthu.foundation.imaging.request import read

    obj = with_pictures(make_library())
    from lienthu.domain.digital.pictures import EVERYONE, picture

    pyramid = answers.PYRAMIDS.get(picture(obj.public_id, 1, EVERYONE).path)
    assert pyramid is not None
    tried = 0
    for level in pyramid.levels:
        for column in range(level.columns):
            for row in range(level.rows):
                x, y, w, h = pyramid.region(level.index, column, row)
                size = pyramid.size_at(level.index, column, row)
                for version in (2, 3):
                    path = f"{x},{y},{w},{h}/{size.w},{size.h}/0/default.jpg"
                    short = answers._aligned(version, path, pyramid)
                    whole = read(version, path, pyramid.width, pyramid.height)
                    assert short is not None
                    assert (short.region, short.size, short.canonical) == (whole.region, whole.size, whole.canonical)
                    tried += 1
    assert tried > 30


def test_the_same_answer_by_both_ways(images: LeanImages, client: Client) -> None:
    obj = with_pictures(make_library())
    for version in (2, 3):
        for rest in REQUESTS:
            by_lean = get(images, url(obj, rest, version))
            by_django = client.get(url(obj, rest, version))
            assert by_lean.status == by_django.status_code == 200
            assert by_lean.body == by_django.content
            for name in ("Content-Type", "Cache-Control", "Link", "Access-Control-Allow-Origin"):
                assert by_lean.headers[name] == by_django[name]


def test_etags_are_strong_and_change_with_the_picture(only_lean: LeanImages) -> None:
    obj = with_pictures(make_library())
    first = get(only_lean, url(obj, TILE))
    etag = first.headers["ETag"]
    assert etag.startswith('"')
    again = get(only_lean, url(obj, TILE), HTTP_IF_NONE_MATCH=etag)
    assert (again.status, again.body, again.headers["ETag"]) == (304, b"", etag)
    assert get(only_lean, url(obj, TILE), HTTP_IF_NONE_MATCH=f'"x", W/{etag}').status == 304
    assert get(only_lean, url(obj, TILE), HTTP_IF_NONE_MATCH='"x"').status == 200
    assert get(only_lean, url(obj, "512,0,512,512/512,512/0/default.jpg")).headers["ETag"] != etag
    Page.objects.filter(object=obj, seq=1).update(version=2)
    draw(obj, 1, pattern(1237, 1753))
    fresh = LeanImages(lambda environ, start: [])
    assert get(fresh, url(obj, TILE)).headers["ETag"] != etag


def test_a_take_down_hides_at_once_what_was_remembered(
    images: LeanImages, django_capture_on_commit_callbacks: Any
) -> None:
    """RGT-8, IMG-7: in this process and in every other one of this machine."""
    obj = with_pictures(make_library())
    other = LeanImages(get_wsgi_application())  # as another process remembers for itself
    for application in (images, other):
        assert get(application, url(obj, TILE)).status == 200
    with django_capture_on_commit_callbacks(execute=True):
        take_down(obj.public_id, reason="Gia đình yêu cầu", actor=CLERK)
    for application in (images, other):
        for rest in REQUESTS:
            for version in (2, 3):
                assert get(application, url(obj, rest, version)).status == 410
    with django_capture_on_commit_callbacks(execute=True):
        lift_takedown(obj.public_id, reason="Đã thống nhất", actor=CLERK)
    assert get(images, url(obj, TILE)).status == 200
    with django_capture_on_commit_callbacks(execute=True):
        withdraw(obj.public_id, reason="thiếu trang", actor=CLERK)
    assert get(images, url(obj, TILE)).status == 404


def test_what_nobody_told_of_is_seen_after_a_second() -> None:
    from lienthu.domain.digital.pictures import PublicPictures

    now = [100.0]
    remembered = PublicPictures(clock=lambda: now[0])
    obj = with_pictures(make_library())
    with connection_of_the_test():
        assert remembered.get(obj.public_id, 1) is not None
    DigitalObject.objects.filter(pk=obj.pk).update(taken_down=True)  # on another machine
    now[0] += 0.4
    assert remembered.get(obj.public_id, 1) is not None
    now[0] += 0.6
    with connection_of_the_test():
        assert remembered.get(obj.public_id, 1) is None


def test_restricted_pictures_go_to_whoever_may_have_them_and_are_kept_by_nobody(
    images: LeanImages, only_lean: LeanImages, client: Client
) -> None:
    home = make_library()
    PremisesNetwork.objects.create(library=home, cidr="10.20.0.0/16")
    obj = with_pictures(home, Status.UNKNOWN)  # in the rooms only
    for rest in REQUESTS:
        with pytest.raises(Handed):
            get(only_lean, url(obj, rest))
    for rest in REQUESTS[1:]:
        outside = get(images, url(obj, rest), REMOTE_ADDR="203.0.113.9")
        assert outside.status == 403
        assert outside.headers["Cache-Control"] == "no-store"
        inside = get(images, url(obj, rest), REMOTE_ADDR="10.20.1.1")
        assert (inside.status, inside.headers["Cache-Control"]) == (200, "private, no-store")
    staff = make_person("", (Role.DIGITISER if hasattr(Role, "DIGITISER") else Role.LIBRARIAN, home))
    client.force_login(staff)
    assert client.get(url(obj, TILE)).status_code == 200


def test_who_must_sign_in_is_told_so(images: LeanImages, client: Client) -> None:
    obj = with_pictures(make_library(), Status.IN_COPYRIGHT, copies_held=1)
    assert get(images, url(obj, TILE)).status == 401
    assert get(images, url(obj, "info.json", 2)).status == 401
    info = get(images, url(obj, "info.json", 3))
    assert (info.status, json.loads(info.body)["width"]) == (200, 1237)
    assert info.headers["Cache-Control"] == "private, no-store"
    (way_in,) = json.loads(info.body)["service"]
    assert way_in["type"] == "AuthProbeService2"
    client.force_login(make_person("", (Role.READER, make_library())))
    assert client.get(url(obj, TILE)).status_code == 403  # no seat taken


def test_closed_pages_and_drafts_do_not_exist_for_readers(images: LeanImages) -> None:
    obj = with_pictures(make_library())
    Page.objects.filter(object=obj, seq=1).update(closed=True)
    for rest in REQUESTS:
        assert get(images, url(obj, rest)).status == 403
    draft = make_object(make_library())
    draw(draft, 1, pattern(300, 300))
    for rest in REQUESTS:
        assert get(images, url(draft, rest)).status == 404


@pytest.mark.parametrize("path", [
    "/iiif/image/", "/iiif/image/3", "/iiif/image/4/aaaaaaaaaaaa.1/info.json", "/iiif/image/3/aaaaaaaaaaaa.1/info.json",
    "/iiif/image/3/aaaaaaaaaaaa/info.json", "/iiif/image/3/../../etc/passwd/full/max/0/default.jpg",
    "/iiif/image/3/aaaaaaaaaaaa.1%2Finfo.json%00", "/iiif/image/3/AAAAAAAAAAAA.1/full/max/0/default.jpg",
])  # fmt: skip
def test_addresses_of_nothing(images: LeanImages, path: str) -> None:
    found = get(images, path)
    assert found.status == 404
    assert found.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("rest", [
    "full/max/0/default.tif", "full/max/0/native.jpg", "full/max/400/default.jpg", "9999,9999,1,1/max/0/default.jpg",
    "full/9999,/0/default.jpg", "full/max/0", "full/full/0/default.jpg", "x", "0,0,0,0/0,0/0/default.jpg", "info.xml",
])  # fmt: skip
def test_requests_that_cannot_be_answered(images: LeanImages, rest: str) -> None:
    obj = with_pictures(make_library(), image=pattern(300, 200))
    found = get(images, url(obj, rest))
    assert found.status == 400
    assert found.headers["Content-Type"].startswith("text/plain")
    assert found.headers["Cache-Control"] == "no-store"


def test_pages_without_a_picture_yet(images: LeanImages) -> None:
    obj = with_pictures(make_library(), image=pattern(300, 200))
    assert get(images, url(obj, TILE, seq=3)).status == 404
    Page.objects.filter(object=obj, seq=1).update(state=Page.State.WAITING)
    assert get(LeanImages(get_wsgi_application()), url(obj, TILE)).status == 404


def _with_master(obj: DigitalObject) -> Page:
    """Page 1, made of a file that was handed over, long ago."""
    page = Page.objects.get(object=obj, seq=1)
    page.file = MasterFile.objects.create(object=obj, sha256="0" * 64, path="masters/1.tif", name="1.tif", size=1)
    page.save()
    PageWork.objects.create(object=obj, page=page, stage=PageWork.Stage.PICTURE, state=PageWork.State.DONE)
    PageWork.objects.update(at=timezone.now() - timedelta(days=1))
    return page


@pytest.mark.parametrize(
    ("kept", "opened_before"),
    [(0, True), (7, True), (2000, True), (0, False), (7, False), (2000, False), (-2000, False), (-12, False)],
)
def test_a_picture_that_is_cut_off_is_a_refusal_and_is_made_again(
    images: LeanImages, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, kept: int,
    opened_before: bool, django_capture_on_commit_callbacks: Any,
) -> None:  # fmt: skip
    """IMG-9: wherever it ends, whatever is asked of it, whoever had it open."""
    monkeypatch.setattr(answers, "LOSSES", Losses())
    obj = with_pictures(make_library())
    page = _with_master(obj)
    file = store.picture_of(page, obj.public_id)
    if opened_before:
        assert get(images, url(obj, TILE)).status == 200
    os.truncate(file, kept % file.stat().st_size)
    asked = [TILE, "1024,1536,213,217/213,217/0/default.jpg", "full/100,/0/gray.png", "full/max/0/default.jpg"]
    with django_capture_on_commit_callbacks(execute=True):
        found = [get(images, url(obj, rest, version)) for rest in asked for version in (3, 2)]
    assert {one.status for one in found} <= {200, 503, 404, 400}  # 200: what can still be read; 404: it waits by now
    lost = [one for one in found if one.status == 503]
    assert lost
    assert all(one.headers["Cache-Control"] == "no-store" and int(one.headers["Retry-After"]) for one in lost)
    assert len([r for r in caplog.records if "cannot be read" in r.message]) == 1, "one line, not one a tile"
    page.refresh_from_db()
    assert page.state == Page.State.WAITING
    assert PageWork.objects.get(page=page).state == PageWork.State.WAITING
    assert AuditEntry.objects.filter(action="digital.picture_lost", detail__page=1).count() == 1
    assert get(images, url(obj, TILE)).status == 404


def test_a_picture_is_not_made_again_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    """IMG-9: where making it again does not help, once an hour is enough; where there is no file, the page says so."""
    images = LeanImages(get_wsgi_application())
    monkeypatch.setattr(answers, "LOSSES", Losses())
    obj = with_pictures(make_library(), image=pattern(300, 200))
    page = _with_master(obj)
    PageWork.objects.update(at=timezone.now() - timedelta(minutes=5))
    store.picture_of(page, obj.public_id).unlink()
    assert get(images, url(obj, TILE)).status == 503
    page.refresh_from_db()
    assert page.state == Page.State.READY
    assert get(images, url(obj, TILE, seq=2)).status == 503  # ready, but neither its picture nor a master is there
    other = Page.objects.get(object=obj, seq=2)
    assert (other.state, other.problem) == (Page.State.FAILED, "picture-lost")


def test_methods_and_the_way_to_the_description(images: LeanImages) -> None:
    obj = with_pictures(make_library(), image=pattern(300, 200))
    asked = get(images, url(obj, TILE), "OPTIONS")
    assert asked.status == 204
    assert "GET" in asked.headers["Access-Control-Allow-Methods"]
    for method in ("POST", "PUT", "DELETE"):
        assert get(images, url(obj, TILE), method).status == 405
    base = get(images, url(obj, ""))
    assert (base.status, base.headers["Location"]) == (303, f"http://testserver{url(obj, 'info.json')}")


def test_hosts_that_are_not_ours_are_refused(images: LeanImages) -> None:
    obj = with_pictures(make_library(), image=pattern(300, 200))
    assert get(images, url(obj, "info.json"), HTTP_HOST="evil.example").status == 400


def test_descriptions(images: LeanImages) -> None:
    obj = with_pictures(make_library())
    three = json.loads(get(images, url(obj, "info.json")).body)
    assert three["id"] == f"http://testserver{url(obj, '')}"
    assert (three["type"], three["profile"]) == ("ImageService3", "level2")
    assert three["tiles"] == [{"width": 512, "height": 512, "scaleFactors": [1, 2, 4]}]
    assert three["sizes"][0] == {"width": 310, "height": 439}
    two = json.loads(get(images, url(obj, "info.json", 2)).body)
    assert two["@id"] == f"http://testserver{url(obj, '', 2)}"
    assert two["profile"][0] == "http://iiif.io/api/image/2/level2.json"
    for size in three["sizes"]:
        found = get(images, url(obj, f"full/{size['width']},{size['height']}/0/default.jpg"))
        assert found.image.size == (size["width"], size["height"])
    ld = get(images, url(obj, "info.json"), HTTP_ACCEPT="application/ld+json, */*")
    assert ld.headers["Content-Type"].startswith("application/ld+json")


def test_a_watermark_is_on_every_tile_and_on_none_without(images: LeanImages) -> None:
    plain, marked = with_pictures(make_library()), with_pictures(make_library(), watermark=True)
    for path in (TILE, "full/310,439/0/default.jpg", "1024,1536,213,217/213,217/0/default.jpg"):
        one, other = get(images, url(plain, path)), get(images, url(marked, path))
        assert one.image.size == other.image.size
        difference = sum(abs(a - b) for a, b in zip(one.image.tobytes(), other.image.tobytes(), strict=True))
        assert difference / len(one.image.tobytes()) > 0.5


def test_what_must_be_computed_has_a_limit_for_each_address(
    images: LeanImages, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    obj = with_pictures(make_library(), image=pattern(300, 200))
    settings.COST_LIMITS = True
    monkeypatch.setattr(lean, "LIMITER", Limiter(burst=3.5, refill=0.001))
    address = "203.0.113.7"
    given = [get(images, url(obj, f"full/{w},/0/default.png"), REMOTE_ADDR=address) for w in (10, 11, 12, 13)]
    assert [one.status for one in given] == [200, 200, 200, 429]
    assert int(given[-1].headers["Retry-After"]) >= 1
    assert get(images, url(obj, "0,0,300,200/300,200/0/default.jpg"), REMOTE_ADDR=address).status == 200  # stored
    assert get(images, url(obj, "full/13,/0/default.png"), REMOTE_ADDR="203.0.113.8").status == 200


def test_every_answer_tells_browsers_not_to_guess(images: LeanImages, settings: Any) -> None:
    obj = with_pictures(make_library(), image=pattern(300, 200))
    assert "Strict-Transport-Security" not in get(images, url(obj, TILE)).headers
    settings.SECURE_HSTS_SECONDS = 3600
    assert get(images, url(obj, "info.json")).headers["Strict-Transport-Security"] == "max-age=3600"
    seen: list[Got] = [get(images, url(obj, rest)) for rest in (*REQUESTS[2:], "info.json", "x/y")]
    assert all(one.headers["X-Content-Type-Options"] == "nosniff" for one in seen)
