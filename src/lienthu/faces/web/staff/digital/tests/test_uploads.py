"""Uploading by the tus protocol, and what the files become."""

from __future__ import annotations

import base64
import hashlib
import io
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import pyvips
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lienthu.domain.digital import store
from lienthu.domain.digital.models import Collection, DeliveredFile, Delivery, DigitalObject, MasterFile
from lienthu.domain.digital.services import deliveries, pipeline
from lienthu.domain.digital.services.telling import Notes, Step, Told
from lienthu.domain.digital.tests.cast import make_object
from lienthu.domain.network.models import Library
from lienthu.domain.network.tests.factories import make_admin

pytestmark = pytest.mark.django_db
V = {"Tus-Resumable": "1.0.0"}


@pytest.fixture(autouse=True)
def _own_store(settings: Any, tmp_path: Path) -> None:
    settings.DIGITAL_DIR = tmp_path / "digital"


def picture(shade: int = 200) -> bytes:
    image = pyvips.Image.black(60, 80, bands=3) + shade
    return bytes(image.cast("uchar").write_to_buffer(".png"))


def begun(client: Client, library: Library, title: str = "Địa chí") -> Delivery:
    said = {"library": library.pk, "title": title, "kind": "book", "languages": ["vie"]}
    answer = client.post(reverse("staff_digital:upload"), said)
    assert answer.status_code == 302, answer.content.decode()[:3000]
    return Delivery.objects.latest("pk")


def announce(client: Client, delivery: Delivery, name: str, size: int) -> Any:
    meta = "relativePath " + base64.b64encode(name.encode()).decode()
    return client.post(
        reverse("staff_digital:upload_create", args=[delivery.token]),
        headers={**V, "Upload-Length": str(size), "Upload-Metadata": meta},
    )


def patch(client: Client, where: str, offset: int, data: bytes, **more: str) -> Any:
    return client.patch(
        where, data, content_type="application/offset+octet-stream",
        headers={**V, "Upload-Offset": str(offset), **{k.replace("_", "-"): v for k, v in more.items()}},
    )  # fmt: skip


def sent(client: Client, delivery: Delivery, name: str, data: bytes) -> str:
    where: str = announce(client, delivery, name, len(data)).headers["Location"]
    assert patch(client, where, 0, data).status_code == 204
    return where


def test_a_file_comes_in_pieces_and_goes_on_where_it_stopped(librarian: Client, home: Library) -> None:
    """WFL-11."""
    delivery, data = begun(librarian, home), picture()
    answer = announce(librarian, delivery, "quyển 1/001.png", len(data))
    assert (answer.status_code, answer.headers["Tus-Resumable"]) == (201, "1.0.0")
    assert "Upload-Expires" in answer.headers
    where = answer.headers["Location"]
    assert patch(librarian, where, 0, data[:50]).headers["Upload-Offset"] == "50"
    head = librarian.head(where, headers=V)
    assert (head.headers["Upload-Offset"], head.headers["Upload-Length"]) == ("50", str(len(data)))
    assert head.headers["Cache-Control"].startswith("no-store") or "no-store" in head.headers["Cache-Control"]
    assert patch(librarian, where, 10, data[50:]).status_code == 409
    assert patch(librarian, where, 50, data[50:] + b"x").status_code == 413
    assert patch(librarian, where, 50, data[50:]).status_code == 204
    file = DeliveredFile.objects.get()
    assert (deliveries.folder_of(delivery) / f"{file.token}.part").read_bytes() == data


def test_of_thousands_what_is_missing_stands_first_and_none_is_forgotten(
    librarian: Client, home: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    """WFL-11: after a reload the page knows every file, though it lists only some by name."""
    monkeypatch.setattr("lienthu.faces.web.staff.digital.views.uploads._NAMED", 2)
    delivery, data = begun(librarian, home), picture()
    for n in range(4):
        sent(librarian, delivery, f"{n}.png", data)
    where = announce(librarian, delivery, "9.png", len(data)).headers["Location"]
    page = reverse("staff_digital:delivery", args=[delivery.token])
    shown = librarian.get(page)
    assert [f.path for f, _ in shown.context["files"]] == ["9.png", "0.png"]
    assert json.loads(shown.context["rest"]) == [[f"{n}.png", len(data), len(data)] for n in (1, 2, 3)]
    assert "disabled" in shown.content.decode().split("data-finish")[1].split(">")[0]
    assert patch(librarian, where, 0, data).status_code == 204
    assert "disabled" not in librarian.get(page).content.decode().split("data-finish")[1].split(">")[0]


def test_a_damaged_piece_counts_for_nothing(librarian: Client, home: Library) -> None:
    """WFL-11."""
    delivery, data = begun(librarian, home), picture()
    where = announce(librarian, delivery, "1.png", len(data)).headers["Location"]
    right = "sha256 " + base64.b64encode(hashlib.sha256(data).digest()).decode()
    assert patch(librarian, where, 0, data[:-1] + b"\x00", Upload_Checksum=right).status_code == 460
    assert librarian.head(where, headers=V).headers["Upload-Offset"] == "0"
    assert patch(librarian, where, 0, data, Upload_Checksum="md4 xx").status_code == 400
    assert patch(librarian, where, 0, data, Upload_Checksum=right).status_code == 204


def test_what_is_no_tus_is_refused(librarian: Client, home: Library, settings: Any) -> None:
    delivery = begun(librarian, home)
    url = reverse("staff_digital:upload_create", args=[delivery.token])
    assert librarian.options(url).headers["Tus-Extension"] == "creation,expiration,termination,checksum"
    assert librarian.post(url, headers={"Upload-Length": "1"}).status_code == 412
    for length in ("", "-1", "x", "9" * 20, "１"):
        assert librarian.post(url, headers={**V, "Upload-Length": length.encode().decode("latin-1")}).status_code == 400
    settings.MAX_IMPORT_FILE_BYTES = 100
    assert announce(librarian, delivery, "a.png", 101).status_code == 413
    where = announce(librarian, delivery, "a.png", 10).headers["Location"]
    assert (
        librarian.patch(where, b"x", content_type="text/plain", headers={**V, "Upload-Offset": "0"}).status_code == 415
    )
    assert librarian.delete(where, headers=V).status_code == 204
    assert librarian.head(where, headers=V).status_code == 404


def test_a_full_disk_is_told(librarian: Client, home: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    delivery = begun(librarian, home)
    where = announce(librarian, delivery, "a.png", 10).headers["Location"]
    monkeypatch.setattr(deliveries, "_RESERVE", 2**60)
    assert announce(librarian, delivery, "b.png", 10).status_code == 507
    assert patch(librarian, where, 0, b"0123456789").status_code == 507, "others filled it meanwhile"


def test_only_who_began_an_upload_goes_on_with_it(
    librarian: Client, stranger: Client, manager: Client, home: Library
) -> None:
    delivery = begun(librarian, home)
    where = announce(librarian, delivery, "a.png", 10).headers["Location"]
    for other in (stranger, manager):
        assert other.get(reverse("staff_digital:delivery", args=[delivery.token])).status_code == 404
        assert patch(other, where, 0, b"0123456789").status_code == 404
    assert stranger.post(reverse("staff_digital:upload"), {"library": home.pk, "title": "x"}).status_code == 403


def test_the_files_become_an_object_in_the_order_of_their_names(
    librarian: Client, home: Library, django_capture_on_commit_callbacks: Any
) -> None:
    """WFL-11: hostile names are only names."""
    delivery = begun(librarian, home, "Địa chí Quảng Ninh")
    names = ["q/trang 10.png", "q/trang 2.png", "../../etc/passwd", "q/trang 1.png"]
    for n, name in enumerate(names):
        sent(librarian, delivery, name, picture(50 + n))
    half = announce(librarian, delivery, "z.png", 10).headers["Location"]
    librarian.post(reverse("staff_digital:delivery_finish", args=[delivery.token]))
    delivery.refresh_from_db()
    assert delivery.state == "open", "one file has not come whole"
    librarian.delete(half, headers=V)
    librarian.post(reverse("staff_digital:delivery_finish", args=[delivery.token]))
    deliveries.take(delivery.pk)
    deliveries.take(delivery.pk)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.problem) == ("done", "")
    obj = DigitalObject.objects.get()
    assert (obj.title, obj.stage) == ("Địa chí Quảng Ninh", "scanned")
    assert [p.file.name for p in obj.pages.order_by("position")] == [
        "passwd", "trang 1.png", "trang 2.png", "trang 10.png"
    ]  # fmt: skip
    assert not deliveries.folder_of(delivery).exists()


def test_files_are_inserted_after_a_page_and_a_page_is_scanned_anew(librarian: Client, home: Library) -> None:
    """WFL-4, WFL-11."""
    delivery = begun(librarian, home)
    for n in (1, 2):
        sent(librarian, delivery, f"{n}.png", picture(n))
    deliveries.finish(delivery.token, actor=deliveries.Actor.system("tests"))
    deliveries.take(delivery.pk)
    obj = DigitalObject.objects.get()

    def more(where: str, name: str, data: bytes) -> Delivery:
        librarian.post(f"{reverse('staff_digital:upload')}?object={obj.public_id}&{where}")
        found = Delivery.objects.latest("pk")
        sent(librarian, found, name, data)
        deliveries.finish(found.token, actor=deliveries.Actor.system("tests"))
        deliveries.take(found.pk)
        found.refresh_from_db()
        return found

    assert more("after=1", "1b.png", picture(3)).state == "done"
    assert [p.file.name for p in obj.pages.order_by("position")] == ["1.png", "1b.png", "2.png"]
    assert more("replace=2", "2-mới.png", picture(4)).state == "done"
    assert [p.file.name for p in obj.pages.order_by("position")] == ["1.png", "1b.png", "2-mới.png"]
    assert MasterFile.objects.filter(object=obj).count() == 4
    broken = more("replace=2", "x.png", b"not a picture")
    assert (broken.state, bool(broken.problem)) == ("failed", True)
    assert obj.pages.get(seq=2).file.name == "2-mới.png"
    kept = store.preservation_store().inventory(store.store_id(obj)).files()
    assert sum(path.startswith("masters/") for path in kept) == 4, "what was not taken is not kept"
    again = begun(librarian, home)
    for n in (1, 2):
        sent(librarian, again, f"{n}.png", picture(n))
    deliveries.finish(again.token, actor=deliveries.Actor.system("tests"))
    deliveries.take(again.pk)
    again.refresh_from_db()
    assert (again.state, again.object) == ("failed", obj), "the same files are here already"
    assert obj.title in again.problem
    # who may not know of it is told neither its name nor its number (RGT-3)
    closed = Collection.objects.create(library=home, code="rieng", name="Riêng", closed=True)
    DigitalObject.objects.filter(pk=obj.pk).update(collection=closed)
    Delivery.objects.filter(pk=again.pk).update(state="queued", owner=make_admin(), object=None)
    deliveries.take(again.pk)
    again.refresh_from_db()
    assert (again.state, again.object, obj.title in again.problem) == ("failed", None, False)


def test_a_file_that_lost_its_last_piece_opens_the_upload_again(librarian: Client, home: Library) -> None:
    """WFL-11: the piece was damaged, and taken back after the end of the upload had been told."""
    delivery, data = begun(librarian, home), picture()
    where = sent(librarian, delivery, "1.png", data)
    deliveries.finish(delivery.token, actor=deliveries.Actor.system("tests"))
    assert patch(librarian, where, len(data), b"").status_code == 410, "it is being taken in"
    file = DeliveredFile.objects.select_related("delivery").get()
    with pytest.raises(deliveries.UploadRefused):
        deliveries.write(file, len(data), io.BytesIO(b"").read, None)
    place = deliveries.folder_of(delivery) / f"{file.token}.part"
    place.write_bytes(data[:-7])
    deliveries.take(delivery.pk)
    delivery.refresh_from_db()
    assert (delivery.state, DigitalObject.objects.count()) == ("open", 0)
    page = librarian.get(reverse("staff_digital:delivery", args=[delivery.token])).content.decode()
    assert "1.png” has not come whole yet" in page or "1.png” chưa" in page
    assert patch(librarian, where, len(data) - 7, data[-7:]).status_code == 204
    deliveries.finish(delivery.token, actor=deliveries.Actor.system("tests"))
    deliveries.take(delivery.pk)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.problem, DigitalObject.objects.count()) == ("done", "", 1)


def test_a_forgotten_upload_is_thrown_away(librarian: Client, home: Library) -> None:
    delivery = begun(librarian, home)
    sent(librarian, delivery, "1.png", picture())
    assert deliveries.sweep() == 0
    Delivery.objects.update(touched_at=Delivery.objects.get().touched_at - deliveries.KEPT * 2)
    assert deliveries.sweep() == 1
    assert not deliveries.folder_of(delivery).exists()


def test_reading_stops_where_the_connection_breaks(librarian: Client, home: Library) -> None:
    """WFL-11: what came counts."""
    delivery = begun(librarian, home)
    announce(librarian, delivery, "1.bin", 1000)
    file = DeliveredFile.objects.select_related("delivery").get()
    stream = io.BytesIO(b"x" * 300)

    def read(n: int) -> bytes:
        if stream.tell() >= 300:
            raise ConnectionResetError
        return stream.read(100)

    with pytest.raises(ConnectionResetError):
        deliveries.write(file, 0, read, None)
    assert deliveries.offset_of(file) == 300
    assert deliveries.write(file, 300, io.BytesIO(b"y" * 700).read, None) == 1000


def test_what_broke_down_for_good_is_told_and_can_be_tried_again(home: Library) -> None:
    """Neither waiting for ever nor thrown away: its owner sees it and lets it be taken in again."""
    delivery = Delivery.objects.create(
        library=home, owner_name="tests", token="x" * 20, state=Delivery.State.WORKING, wish={"title": "Kế hoạch"}
    )
    deliveries.sweep()
    delivery.refresh_from_db()
    assert delivery.state == Delivery.State.WORKING, "it may still be at work"
    Delivery.objects.update(touched_at=timezone.now() - timedelta(hours=7))
    deliveries.sweep()
    delivery.refresh_from_db()
    assert (delivery.state, bool(delivery.problem)) == (Delivery.State.FAILED, True)


def test_files_that_cannot_be_shown_are_named_when_an_upload_ends(
    django_user_model: Any, librarian: Client, home: Library
) -> None:
    """WFL-11: who scanned learns it there, and not from a reader."""
    obj = make_object(home, "Hương ước")
    page = obj.pages.get(seq=2)
    page.file = MasterFile.objects.create(
        object=obj, sha256="a" * 64, path="masters/x.txt", name="ghi chú.txt", size=3, problem="unsupported"
    )
    page.save()
    MasterFile.objects.create(
        object=obj, sha256="b" * 64, path="masters/y.txt", name="đã bỏ.txt", size=3, problem="unsupported"
    )
    me = django_user_model.objects.get(username="hoa")
    made = Delivery.objects.create(token="t0ken", library=home, owner=me, object=obj, state=Delivery.State.DONE)
    shown = librarian.get(reverse("staff_digital:delivery", args=[made.token])).content.decode()
    assert "1 file cannot be shown" in shown
    assert "ghi chú.txt" in shown
    assert f"/pages/?page={page.seq}" in shown
    assert "đã bỏ.txt" not in shown, "its page was removed"


def test_an_upload_says_how_far_it_is(librarian: Client, home: Library) -> None:
    """WFL-23: while files are taken in, and after that while pictures and texts are made."""
    delivery = begun(librarian, home, "Địa chí")
    sent(librarian, delivery, "1.png", picture())
    where = reverse("staff_digital:delivery", args=[delivery.token])
    deliveries.finish(delivery.token, actor=deliveries.Actor.system("tests"))
    Delivery.objects.update(state=Delivery.State.WORKING)
    assert "being taken in" in librarian.get(where).content.decode(), "nothing is known yet"
    notes = Notes(deliveries.folder_of(delivery) / "progress.json")
    for told, said in (
        (Told(Step.READING, 30 << 20, 1500 << 20), ("Reading the files, in megabytes", "30 / 1,500")),
        (Told(Step.CHECKING, 312, 1500, 1312), ("Checking the files", "312 / 1,500", "1,312 pages found")),
        (Told(Step.KEEPING, pages=1500), ("Storing the files", "1,500 pages found")),
    ):
        notes(told)
        shown = librarian.get(where, headers={"HX-Request": "true"}).content.decode()
        assert all(one in shown for one in said), (said, shown)
    Delivery.objects.update(state=Delivery.State.QUEUED)
    deliveries.take(delivery.pk)
    obj = DigitalObject.objects.get()
    making = reverse("staff_digital:making", args=[obj.public_id])
    shown = librarian.get(where).content.decode()
    assert making in shown
    assert "0 / 1" in shown
    assert "hx-trigger" in librarian.get(making).content.decode()
    pipeline.run(object_id=obj.pk)
    ended = librarian.get(making)
    assert "hx-trigger" not in ended.content.decode()
    assert ended.headers["HX-Reswap"] == "outerHTML"
    assert "All pictures and texts are made." in librarian.get(where).content.decode()


def test_files_of_another_object_are_not_taken_for_a_planned_title(librarian: Client, home: Library) -> None:
    """ING-2, WFL-11: the screen names the object that has them."""
    first = begun(librarian, home, "Địa chí")
    sent(librarian, first, "1.png", picture())
    deliveries.finish(first.token, actor=deliveries.Actor.system("tests"))
    deliveries.take(first.pk)
    known = DigitalObject.objects.get()
    planned = make_object(home, "Dự kiến", pages=0, stage="planned")
    librarian.post(f"{reverse('staff_digital:upload')}?object={planned.public_id}")
    again = Delivery.objects.latest("pk")
    sent(librarian, again, "khác tên.png", picture())
    deliveries.finish(again.token, actor=deliveries.Actor.system("tests"))
    deliveries.take(again.pk)
    again.refresh_from_db()
    assert (again.state, again.object) == ("failed", known)
    shown = librarian.get(reverse("staff_digital:delivery", args=[again.token])).content.decode()
    assert reverse("staff_digital:object", args=[known.public_id]) in shown
    assert not planned.files.exists()
    for one in (again, _refused(librarian, home)):  # tried again, the files do not go into the object that has them
        librarian.post(reverse("staff_digital:delivery_finish", args=[one.token]))
        deliveries.take(one.pk)
        one.refresh_from_db()
        assert (one.state, one.object) == ("failed", known)
    assert known.files.count() == known.pages.count() == 1


def _refused(librarian: Client, home: Library) -> Delivery:
    """The same file brought as a new object."""
    delivery = begun(librarian, home, "Lần nữa")
    sent(librarian, delivery, "1.png", picture())
    deliveries.finish(delivery.token, actor=deliveries.Actor.system("tests"))
    deliveries.take(delivery.pk)
    return delivery


def test_what_an_upload_left_out_is_named(librarian: Client, home: Library) -> None:
    """ING-9: a note among the scans is no page, and nobody has to wonder where it went."""
    delivery = begun(librarian, home)
    sent(librarian, delivery, "1.png", picture())
    sent(librarian, delivery, "ghi chú.txt", b"ghi")
    deliveries.finish(delivery.token, actor=deliveries.Actor.system("tests"))
    deliveries.take(delivery.pk)
    delivery.refresh_from_db()
    assert (delivery.state, DigitalObject.objects.get().pages.count()) == ("done", 1)
    page = librarian.get(reverse("staff_digital:delivery", args=[delivery.token])).content.decode()
    assert "1 file was left out" in page
    assert "ghi chú.txt" in page


@pytest.mark.parametrize("damaged", [False, True])
def test_a_bag_that_is_uploaded_as_a_folder_is_held_against_its_digests(
    librarian: Client, home: Library, *, damaged: bool
) -> None:
    """ING-8: its own files of names and digests are no pages."""
    delivery = begun(librarian, home)
    pages = {f"data/trang {n}.png": picture(50 + n) for n in (10, 2)}
    manifest = "".join(f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in pages.items())
    tags = {
        "bagit.txt": b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n",
        "manifest-sha256.txt": manifest.encode(),
        "bag-info.txt": b"Source-Organization: x\n",
    }
    for name, data in {**tags, **pages}.items():
        sent(librarian, delivery, f"tui/{name}", picture() if damaged and "trang 2" in name else data)
    sent(librarian, delivery, "bia.png", picture(9))
    deliveries.finish(delivery.token, actor=deliveries.Actor.system("tests"))
    deliveries.take(delivery.pk)
    delivery.refresh_from_db()
    if damaged:
        assert delivery.state == "failed"
        assert not DigitalObject.objects.exists()
        return
    assert (delivery.state, delivery.left_out) == ("done", [])
    files = [p.file.name for p in DigitalObject.objects.get().pages.order_by("position")]
    assert files == ["bia.png", "trang 2.png", "trang 10.png"]


def test_the_upload_page_knows_how_many_files_are_too_many(librarian: Client, home: Library, monkeypatch: Any) -> None:
    """ING-11: its script refuses them before the first is sent; the server refuses what comes all the same."""
    monkeypatch.setattr(deliveries, "MOST_FILES", 1)
    found = begun(librarian, home)
    page = librarian.get(reverse("staff_digital:delivery", args=[found.token])).content.decode()
    assert 'data-most="1"' in page
    assert announce(librarian, found, "1.png", 5).status_code == 201
    refused = announce(librarian, found, "2.png", 5)
    assert (refused.status_code, refused.content.decode()) == (413, "At most 1 files at once.")
