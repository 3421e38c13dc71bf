"""Rule PRS-13: what has to go goes for good, and does not come back."""

from __future__ import annotations

import io
import os
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.utils import timezone

from lienthu.domain.digital import access, store
from lienthu.domain.digital.errors import BagRefused, DigitalRefused, NoSuchObject
from lienthu.domain.digital.models import Delivery, DigitalObject, Erasure, Page
from lienthu.domain.digital.policy import Status
from lienthu.domain.digital.preservation import room
from lienthu.domain.digital.services import deliveries, erasing, paging, preserving, publishing, rebuilding
from lienthu.domain.digital.services.packages import export_bag, import_bag
from lienthu.domain.digital.services.texts import set_text
from lienthu.domain.digital.tests.cast import CLERK
from lienthu.domain.digital.tests.whole import rights, volume, words
from lienthu.domain.network.models import Library
from lienthu.domain.network.tests.factories import make_library
from lienthu.foundation.preservation.ocfl import Store
from lienthu.platform.models import AuditEntry, Change

pytestmark = pytest.mark.django_db
WHY = "Bản án 12/2026, TAND tỉnh"
SECRET = "Vũ Thị Kín".encode()
# What is of the room and not of one object: these rows stay.
OF_THE_ROOM = {"Collection", "Project", "QualityProfile", "AccessRule", "PremisesNetwork", "Erasure"}


@pytest.fixture
def library() -> Library:
    return make_library()


@pytest.fixture
def chronicle(library: Library) -> DigitalObject:
    """A published family chronicle with a history: texts, acts, rights, an upload that was not taken in."""
    obj = volume(library)
    rights(obj, Status.PUBLIC_DOMAIN, protected_until=date(2000, 1, 1))
    publishing.publish(obj.public_id, actor=CLERK)
    set_text(Page.objects.get(seq=3), words("Vũ Thị Kín", "corrected"), actor=CLERK)
    preserving.preserve(obj.public_id, actor=CLERK)
    paging.remove(obj.public_id, [3], seen=None, actor=CLERK)
    publishing.take_down(obj.public_id, reason="gia đình yêu cầu", actor=CLERK)
    late = deliveries.open_delivery(library, {"title": "Gia phả họ Vũ", "after": 1}, target=obj, actor=CLERK)
    file = deliveries.announce(late, "trang.png", len(SECRET))
    deliveries.write(file, 0, io.BytesIO(SECRET).read, None)
    return obj


def left() -> dict[str, int]:
    """How many rows each table has that holds something of objects."""
    tables = [m for m in apps.get_app_config("digital").get_models() if m.__name__ not in OF_THE_ROOM]
    return {m.__name__: n for m in tables if (n := m._default_manager.count())}


def files_with(secret: bytes) -> list[Path]:
    return [p for p in Path(settings.DIGITAL_DIR).rglob("*") if p.is_file() and secret in p.read_bytes()]


def test_nothing_is_left_of_an_erased_object_but_that_it_was(chronicle: DigitalObject, library: Library) -> None:
    """PRS-13."""
    assert files_with(SECRET)
    pages = set(Page.objects.values_list("pk", flat=True))
    Change.objects.all().delete()
    with pytest.raises(DigitalRefused):
        erasing.erase(chronicle.public_id, reason="  ", actor=CLERK)
    assert DigitalObject.objects.exists(), "no reason, no erasure"
    key = chronicle.pk
    erasure = erasing.erase(chronicle.public_id, reason=WHY, actor=CLERK)
    assert left() == {}
    assert (erasure.public_id, erasure.library, erasure.reason) == (chronicle.public_id, library, WHY)
    assert (erasure.facts["pages"], erasure.facts["files"], erasure.purged_at is None) == (2, 2, False)
    assert files_with(SECRET) == []
    assert [p for p in Path(settings.DIGITAL_DIR).rglob("*") if p.is_file() and b"masters/0001" in p.read_bytes()] == []
    kept = store.preservation_store()
    assert list(kept.objects()) == [room.STORE_ID]
    assert kept.validate(room.STORE_ID, deep=True) == []
    assert chronicle.public_id.encode() in kept.read(room.STORE_ID, room.TOLD), "the store knows that it was"
    assert set(Change.objects.filter(consumer="discovery.pages").values_list("key", flat=True)) == pages
    assert list(Change.objects.filter(consumer="discovery.volumes").values_list("key", flat=True)) == [key]
    entry = AuditEntry.objects.get(action="digital.erased")
    assert (entry.object_id, entry.detail["reason"]) == (str(key), WHY)
    with pytest.raises(NoSuchObject):
        access.open_object(chronicle.public_id, access.SYSTEM)
    with pytest.raises(NoSuchObject):
        erasing.erase(chronicle.public_id, reason=WHY, actor=CLERK)


def test_a_killed_purge_is_taken_up_again_and_nothing_comes_back(
    chronicle: DigitalObject, library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PRS-13."""
    preserving.preserve(chronicle.public_id, actor=CLERK)
    export_bag(chronicle.public_id, tmp_path / "bag", actor=CLERK)

    def broken(*_given: Any) -> None:
        raise OSError("the disk is gone")

    with monkeypatch.context() as patch:
        patch.setattr(Store, "discard", broken)
        with pytest.raises(OSError, match="disk"):
            erasing.erase(chronicle.public_id, reason=WHY, actor=CLERK)
        assert erasing.purge_left() == 0
    assert left() == {}, "for readers it is gone all the same"
    assert files_with(SECRET)
    assert Erasure.objects.get().purged_at is None
    report = rebuilding.rebuild(actor=CLERK)
    assert (report.restored, report.failed) == ([], {})
    assert rebuilding.rebuild(actor=CLERK, only=[chronicle.public_id]).failed == {chronicle.public_id: "erased"}
    assert erasing.purge_left() == 1
    assert files_with(SECRET) == []
    Erasure.objects.all().delete()
    rebuilding.rebuild(actor=CLERK)
    assert Erasure.objects.get().reason == WHY, "the store remembers what the database has lost"
    with pytest.raises(BagRefused):
        import_bag(tmp_path / "bag", library=library, actor=CLERK)
    assert not DigitalObject.objects.exists()


def test_what_killed_workers_left_on_its_way_goes_at_night(library: Library) -> None:
    """PRS-13: what somebody may still be at work on stays."""
    scratch = store.scratch_folder()
    yesterday = time.time() - 90_000
    for name, at in (("unpacked-1", yesterday), ("pdf-2", None)):
        (scratch / name).mkdir()
        (scratch / name / "master.tif").write_bytes(SECRET)
        if at is not None:
            os.utime(scratch / name, (at, at))
    (scratch / "bag-3").write_bytes(SECRET)
    os.utime(scratch / "bag-3", (yesterday, yesterday))
    done = deliveries.open_delivery(library, {"title": "Gia phả"}, actor=CLERK)
    folder = deliveries.folder_of(done)
    folder.mkdir(parents=True, exist_ok=True)
    Delivery.objects.update(state=Delivery.State.DONE, touched_at=timezone.now() - timedelta(days=1))
    assert store.sweep_scratch() == 2
    assert [entry.name for entry in scratch.iterdir()] == ["pdf-2"]
    deliveries.sweep()
    assert not folder.exists()
    assert Delivery.objects.count() == 1, "that it was taken in is still told"
