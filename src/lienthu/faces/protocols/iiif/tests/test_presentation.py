"""Manifests of both versions: valid, few queries, kept, and honest about rights. PRE-1 to PRE-4."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from lienthu.domain.catalog.tests.cast import book, bring, held
from lienthu.domain.digital.models import Collection, DigitalObject, Kind, Page
from lienthu.domain.digital.policy import Access, Status
from lienthu.domain.digital.services.publishing import lift_takedown, take_down
from lienthu.domain.digital.tests.cast import CLERK
from lienthu.domain.network.policy import Role
from lienthu.domain.network.services.libraries import Particulars
from lienthu.domain.network.tests.factories import make_library, make_person
from lienthu.faces.protocols.iiif import presentation
from lienthu.faces.protocols.iiif.answers import KEPT
from lienthu.faces.protocols.iiif.tests.cast import LINES, add_contents, make_volume, write_text

pytestmark = pytest.mark.django_db
Json = dict[str, Any]


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    KEPT.clear()


def get(path: str, client: Client | None = None, status: int = 200) -> Json:
    response = (client or Client()).get(path)
    assert response.status_code == status, response.content[:500]
    assert response["Access-Control-Allow-Origin"] == "*"
    found: Json = json.loads(response.content)
    return found


def manifest(obj: DigitalObject, version: int = 3, client: Client | None = None) -> Json:
    return get(f"/iiif/presentation/{version}/{obj.public_id}/manifest", client)


def images(canvas: Json) -> list[Json]:
    return [annotation["body"] for annotation in canvas["items"][0]["items"]]


def inside(value: Any) -> Iterator[Any]:
    """Every value in a JSON value."""
    yield value
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from inside(part)


@pytest.fixture
def volume() -> DigitalObject:
    """A book with everything: text, contents, a missing page and a closed one."""
    obj = make_volume(
        make_library(name="Thư viện tỉnh"),
        description={"creator": ["Nguyễn Văn A"], "date": ["1995"], "description": ["Về đất và người."], "odd": 3},
        licence="https://creativecommons.org/licenses/by/4.0/deed.vi",
        download=True,
    )
    Page.objects.filter(object=obj, seq=4).update(state=Page.State.MISSING, width=0, height=0)
    Page.objects.filter(object=obj, seq=5).update(closed=True)
    write_text(obj, 2)
    add_contents(obj, (1, "Phần một", 1, None), (2, "Chương 1", 2, None), (1, "Phần hai", 5, None))
    return obj


def schema_errors(document: Json, shared_data: Path) -> list[str]:
    from jsonschema import Draft7Validator

    schema = shared_data / "schemas/iiif/iiif_3_0.json"
    if not schema.is_file():
        pytest.skip("the schema of IIIF is not beside the checkout")
    return [
        f"{list(e.path)}: {e.message[:200]}"
        for e in Draft7Validator(json.loads(schema.read_text())).iter_errors(document)
    ]


def test_a_manifest_3_is_valid(volume: DigitalObject, shared_data: Path) -> None:
    """PRE-2."""
    from iiif_prezi3 import Manifest

    made = manifest(volume)
    assert not schema_errors(made, shared_data)
    assert len(Manifest(**made).items) == 6


@pytest.mark.parametrize("status", list(Status))
def test_manifests_of_every_kind_of_rights_are_valid(status: Status, shared_data: Path) -> None:
    """PRE-2, PRE-5."""
    obj = make_volume(make_library(), status=status, copies_held=1, permission=Access.SIGNED)
    write_text(obj, 1)
    assert not schema_errors(manifest(obj), shared_data)


def test_a_manifest_says_what_the_object_is(volume: DigitalObject) -> None:
    """PRE-2."""
    made = manifest(volume)
    assert made["label"] == {"none": ["Địa chí Quảng Ninh"]}
    pairs = {m["label"]["en"][0]: m["value"]["none"] for m in made["metadata"]}
    assert pairs["Creator"] == ["Nguyễn Văn A"]
    assert {m["label"]["vi"][0] for m in made["metadata"]} >= {"Nhan đề", "Tác giả", "Số trang"}
    assert made["rights"] == "http://creativecommons.org/licenses/by/4.0/"
    assert made["requiredStatement"]["value"] == {"none": ["Thư viện tỉnh"]}
    assert made["thumbnail"][0]["id"].endswith(f"/iiif/image/3/{volume.public_id}.1/full/200,/0/default.jpg")
    assert made["viewingDirection"] == "left-to-right"
    assert made["homepage"][0]["id"].endswith(f"/read/{volume.public_id}")
    (image,) = images(made["items"][0])
    assert [s.get("type") or s["@type"] for s in image["service"]] == ["ImageService3", "ImageService2"]
    first, second = made["structures"]
    assert [part["id"].rsplit("/", 1)[1] for part in first["items"] if part["type"] == "Canvas"] == list("1234")
    assert [part["label"]["none"] for part in first["items"] if part["type"] == "Range"] == [["Chương 1"]]
    assert [part["id"].rsplit("/", 1)[1] for part in second["items"]] == ["5", "6"]


def test_missing_and_closed_pages_are_canvases_without_picture(volume: DigitalObject) -> None:
    """PRE-2, RGT-6."""
    made = manifest(volume)
    missing, closed = made["items"][3], made["items"][4]
    assert (images(missing), images(closed)) == ([], [])
    assert missing["label"]["vi"] == ["4 – bản gốc thiếu trang"]
    assert closed["label"]["en"] == ["[5] – closed page"]
    assert not [v for v in inside(made) if isinstance(v, str) and f"{volume.public_id}.5/" in v]
    clerk = Client()
    clerk.force_login(make_person("", (Role.LIBRARIAN, volume.library)))
    assert len(images(manifest(volume, client=clerk)["items"][4])) == 1, "who digitises there sees it"
    older = manifest(volume, 2)["sequences"][0]["canvases"]
    assert [len(canvas["images"]) for canvas in older] == [1, 1, 1, 0, 0, 1]


def test_the_lines_of_a_page_are_annotations_where_they_stand(volume: DigitalObject, shared_data: Path) -> None:
    """PRE-2."""
    (reference,) = manifest(volume)["items"][1]["annotations"]
    lines = get(reference["id"].removeprefix("http://testserver"))
    assert [line["body"]["value"] for line in lines["items"]] == list(LINES)
    assert lines["items"][1]["target"].endswith("/canvas/2#xywh=100,160,560,40")
    assert lines["items"][0]["body"]["language"] == "vi"
    assert not schema_errors(lines, shared_data)
    (older,) = manifest(volume, 2)["sequences"][0]["canvases"][1]["otherContent"]
    assert get(older["@id"].removeprefix("http://testserver"))["resources"][0]["resource"]["chars"] == LINES[0]


def test_a_manifest_2_says_the_same(volume: DigitalObject) -> None:
    """PRE-2."""
    made = manifest(volume, 2)
    assert made["@context"] == "http://iiif.io/api/presentation/2/context.json"
    assert (made["@type"], made["label"]) == ("sc:Manifest", "Địa chí Quảng Ninh")
    assert made["license"] == "http://creativecommons.org/licenses/by/4.0/"
    canvases = {c["@id"] for c in made["sequences"][0]["canvases"]}
    assert len(canvases) == 6
    top, *ranges = made["structures"]
    assert top["ranges"] == [ranges[0]["@id"], ranges[2]["@id"]]
    assert ranges[0]["ranges"] == [ranges[1]["@id"]]
    assert all(set(r["canvases"]) <= canvases for r in ranges)
    for resource in (v for v in inside(made) if isinstance(v, dict) and v.get("@type") == "dctypes:Image"):
        assert resource["service"]["profile"] == "http://iiif.io/api/image/2/level2.json"
        assert resource["@id"] == f"{resource['service']['@id']}/full/full/0/default.jpg"
    identifiers = [v["@id"] for v in inside(made) if isinstance(v, dict) and "@id" in v and "@type" in v]
    assert all(address.startswith("http://testserver/iiif/") for address in identifiers)


def test_the_issues_of_a_newspaper_have_their_dates(shared_data: Path) -> None:
    """PRE-2."""
    obj = make_volume(make_library(), "Báo Quảng Ninh", kind=Kind.NEWSPAPER, right_to_left=True)
    add_contents(obj, (1, "Số 1", 1, date(1964, 1, 3)), (1, "Số 2", 4, date(1964, 1, 10)))
    made = manifest(obj)
    assert made["viewingDirection"] == "right-to-left"
    assert [c.get("navDate") for c in made["items"][:4]] == ["1964-01-03T00:00:00Z", None, None, "1964-01-10T00:00:00Z"]
    assert made["structures"][1]["navDate"] == "1964-01-10T00:00:00Z"
    assert not schema_errors(made, shared_data)


def test_what_needs_signing_in_says_how(volume: DigitalObject) -> None:
    """PRE-5."""
    library = make_library()
    obj = make_volume(library, status=Status.PERMITTED, permission=Access.SIGNED)
    write_text(obj, 1)
    made = manifest(obj)
    (access,) = made["services"]
    assert (access["type"], access["profile"]) == ("AuthAccessService2", "active")
    (image,) = images(made["items"][0])
    (probe,) = [s for s in image["service"] if s.get("type") == "AuthProbeService2"]
    assert probe["service"][0]["id"] == access["id"]
    assert "annotations" not in made["items"][0], "the text is for those who may read"
    reader = Client()
    reader.force_login(make_person("", (Role.READER, library)))
    assert "annotations" in manifest(obj, client=reader)["items"][0]
    on_site = make_volume(library, status=Status.UNKNOWN)
    assert manifest(on_site)["services"][0]["profile"] == "external"
    closed = make_volume(library, status=Status.IN_COPYRIGHT, copies_held=0)
    assert not [c for c in manifest(closed)["items"] if images(c)]


def test_what_may_not_be_known_of_is_not_there(volume: DigitalObject) -> None:
    """PRE-4, RGT-3, RGT-8."""
    hidden = make_volume(make_library(type="armed_forces", particulars=Particulars(closed=True)))
    address = f"/iiif/presentation/3/{volume.public_id}/manifest"
    take_down(volume.public_id, reason="yêu cầu", actor=CLERK)
    assert get(address, status=410)["error"] == "access-denied"
    lift_takedown(volume.public_id, reason="xong", actor=CLERK)
    get(address)
    get(f"/iiif/presentation/3/{volume.public_id}/text/2/original")
    closed = get(f"/iiif/presentation/3/{hidden.public_id}/manifest", status=404)
    nothing = get("/iiif/presentation/3/khongcogiday/manifest", status=404)
    assert closed["error"] == nothing["error"]
    assert closed["message"].replace(hidden.public_id, "") == nothing["message"].replace("khongcogiday", "")
    house, nowhere = (
        get(f"/iiif/presentation/3/library/{code}", status=404) for code in (hidden.library.code, "KHONG-CO")
    )
    assert house["message"].replace(hidden.library.code, "") == nowhere["message"].replace("KHONG-CO", "")
    get(f"/iiif/presentation/3/{volume.public_id}/text/5/original", status=403)
    get(f"/iiif/presentation/3/{volume.public_id}/text/1/original", status=404)
    get(f"/iiif/presentation/4/{volume.public_id}/manifest", status=404)


def test_a_large_volume_takes_few_queries_and_then_none_to_build() -> None:
    """PRE-3."""
    obj = make_volume(make_library(), pages=300)
    small = make_volume(make_library(), pages=3)
    counts = []
    for one in (obj, small, obj):
        with CaptureQueriesContext(connection) as queries:
            manifest(one)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 9
    assert counts[2] <= 5, "kept: only the door and the key are asked"


def test_an_answer_is_kept_until_something_changes() -> None:
    """PRE-3."""
    obj = make_volume(make_library())
    address = f"/iiif/presentation/3/{obj.public_id}/manifest"
    first = Client().get(address)
    again = Client().get(address, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert first["Cache-Control"] == "public, no-cache"
    write_text(obj, 1)
    changed = Client().get(address, headers={"If-None-Match": first["ETag"]})
    assert changed.status_code == 200
    packed = Client().get(address, headers={"Accept-Encoding": "gzip"})
    assert packed["Content-Encoding"] == "gzip"
    assert len(packed.content) < len(changed.content) / 3
    asked = Client().options(address, headers={"Origin": "https://example.org"})
    assert (asked.status_code, asked["Access-Control-Allow-Origin"]) == (204, "*")
    assert "Authorization" in asked["Access-Control-Allow-Headers"]
    assert Client().post(address).status_code == 405


def test_collections_hold_what_the_reader_may_know_of(shared_data: Path) -> None:
    """PRE-2, RGT-3."""
    library = make_library()
    shelf = Collection._default_manager.create(library=library, code="dia-chi", name="Địa chí")
    secret = Collection._default_manager.create(library=library, code="rieng", name="Riêng", closed=True)
    inside_it = make_volume(library, collection=shelf)
    make_volume(library, "Bí mật", collection=secret)
    loose = make_volume(library, "Lẻ")
    made = get("/iiif/presentation/3/collection/dia-chi")
    assert [part["id"] for part in made["items"]] == [
        f"http://testserver/iiif/presentation/3/{inside_it.public_id}/manifest"
    ]
    assert not schema_errors(made, shared_data)
    get("/iiif/presentation/3/collection/rieng", status=404)
    everything = get("/iiif/presentation/3/collections")
    assert [part["label"]["none"] for part in everything["items"]] == [["Địa chí"]]
    own = get(f"/iiif/presentation/3/library/{library.code}")
    assert [part["type"] for part in own["items"]] == ["Collection", "Manifest"]
    assert own["items"][1]["id"].endswith(f"{loose.public_id}/manifest")
    older = get("/iiif/presentation/2/collection/dia-chi")
    assert older["manifests"][0]["@type"] == "sc:Manifest"
    insider = Client()
    insider.force_login(make_person("", (Role.READER, library)))
    assert len(get("/iiif/presentation/3/collections", insider)["items"]) == 2


def test_a_manifest_tells_the_record_and_follows_it(volume: DigitalObject) -> None:
    """WFL-25, PRE-3: both versions, and the ETag is another when the record is."""
    bring(volume.library, book("Kế hoạch", number="1", by="Vũ Văn Hiếu", subjects=["Thư viện"]))
    DigitalObject.objects.filter(pk=volume.pk).update(
        record=held(volume.library, "1"), description={"title": ["計劃"], "subject": ["Số hóa"]}
    )
    address = f"/iiif/presentation/3/{volume.public_id}/manifest"
    before = Client().get(address)
    told = [pair["value"]["none"] for pair in json.loads(before.content)["metadata"]]
    assert ["Vũ Văn Hiếu"] in told
    assert ["計劃"] in told
    assert ["Số hóa"] in told
    assert ["Thư viện"] not in told, "its own subjects stand in place of the record's"
    assert "Vũ Văn Hiếu" in [pair["value"] for pair in manifest(volume, 2)["metadata"]]
    bring(volume.library, book("Kế hoạch", number="1", by="Nguyễn Thị Hoa"))
    after = Client().get(address, headers={"If-None-Match": before["ETag"]})
    assert after.status_code == 200
    assert "Nguyễn Thị Hoa" in after.content.decode()


def test_a_long_collection_stands_in_parts(shared_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """PRE-8."""
    monkeypatch.setattr(presentation, "_LISTED", 2)
    library = make_library()
    shelf = Collection._default_manager.create(library=library, code="dia-chi", name="Địa chí")
    made = [make_volume(library, f"tập {n}", collection=shelf) for n in range(5)]
    make_volume(library, "chưa công bố", collection=shelf)
    DigitalObject.objects.filter(title="chưa công bố").update(published_at=None)
    loose = [make_volume(library, f"lẻ {n}") for n in range(3)]
    for address, objects, before in (
        ("collection/dia-chi", made, []), (f"library/{library.code}", loose, ["Địa chí"]),
    ):  # fmt: skip
        whole = get(f"/iiif/presentation/3/{address}")
        assert not schema_errors(whole, shared_data)
        assert {part["type"] for part in whole["items"]} == {"Collection"}
        assert [part["label"]["none"][0] for part in whole["items"]][: len(before)] == before
        found = []
        for part in whole["items"][len(before) :]:
            inside_it = get(part["id"].removeprefix("http://testserver"))
            assert not schema_errors(inside_it, shared_data)
            assert (inside_it["id"], inside_it["partOf"][0]["id"]) == (part["id"], whole["id"])
            assert len(inside_it["items"]) <= 2
            found += [one["id"].split("/")[-2] for one in inside_it["items"]]
        assert found == [o.public_id for o in reversed(objects)]
        older = get(f"/iiif/presentation/2/{address}")
        assert len(older["collections"]) == len(whole["items"])
        last = get(older["collections"][-1]["@id"].removeprefix("http://testserver"))
        assert (last["within"], len(last["manifests"])) == (older["@id"], 1)
