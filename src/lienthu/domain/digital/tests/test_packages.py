"""Rule PRS-11: an object leaves as a bag and is had again from it, and no bag opens anything by what it says."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import bagit
import pytest

from lienthu.domain.digital import store
from lienthu.domain.digital.errors import AlreadyHere, BagRefused, CannotPublish, NotPreserved
from lienthu.domain.digital.models import DigitalObject, Page, PageText, RightsRecord, Section
from lienthu.domain.digital.policy import Status
from lienthu.domain.digital.preservation import snapshot
from lienthu.domain.digital.services import publishing
from lienthu.domain.digital.services.packages import export_bag, import_bag
from lienthu.domain.digital.tests.cast import CLERK
from lienthu.domain.digital.tests.test_preservation import wipe
from lienthu.domain.digital.tests.whole import rights, volume
from lienthu.domain.network.models import Library
from lienthu.domain.network.tests.factories import make_library
from lienthu.foundation.preservation import bag
from lienthu.platform.models import AuditEntry

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_folder(settings: Any, tmp_path: Path) -> None:
    settings.DIGITAL_DIR = tmp_path / "digital"


@pytest.fixture
def library() -> Library:
    return make_library()


def packed(library: Library, target: Path) -> DigitalObject:
    obj = volume(library)
    rights(obj, Status.PUBLIC_DOMAIN, protected_until=date(2000, 1, 1))
    publishing.publish(obj.public_id, actor=CLERK)
    export_bag(obj.public_id, target, actor=CLERK)
    return obj


def elsewhere(settings: Any, tmp_path: Path) -> None:
    """Another install: no rows, another store."""
    wipe()
    settings.DIGITAL_DIR = tmp_path / "elsewhere"


@pytest.mark.parametrize("name", ["bag", "bag.zip"])
def test_an_object_travels_as_a_bag(library: Library, tmp_path: Path, settings: Any, name: str) -> None:
    obj = packed(library, tmp_path / name)
    if name == "bag":
        assert bagit.Bag(str(tmp_path / name)).validate()
    texts = sorted(PageText.objects.values_list("page__seq", "layer", "number", "text", "content"))
    elsewhere(settings, tmp_path)
    other = make_library(code="VN-OTHER")
    came = import_bag(tmp_path / name, library=other, actor=CLERK)
    assert (came.public_id, came.title, came.library) == (obj.public_id, obj.title, other)
    assert (came.stage, came.published_at, came.collection, came.assignee) == ("described", None, None, None)
    assert sorted(PageText.objects.values_list("page__seq", "layer", "number", "text", "content")) == texts
    assert Section.objects.filter(object=came).count() == 3
    assert RightsRecord.objects.get(object=came).status == "public_domain"
    master = store.preservation_store().path_of(store.store_id(came), "masters/0001-a.tif")
    assert master.read_bytes() == b"masters/0001-a.tif" * 500
    assert set(Page.objects.filter(object=came).values_list("state", flat=True)) == {"waiting", "missing"}
    assert list(AuditEntry.objects.filter(action__in=["digital.exported", "digital.imported"]).values_list("action"))
    with pytest.raises(AlreadyHere):
        import_bag(tmp_path / name, library=other, actor=CLERK)
    with pytest.raises(CannotPublish):
        publishing.publish(came.public_id, actor=CLERK)


def rewritten(folder: Path, change: Callable[[dict[str, Any]], object]) -> Path:
    """The bag with other rows in it, whole as a bag: made by somebody who knows how."""
    found = bag.check(folder)
    files: dict[str, Any] = {p.path: folder / p.place for p in found.payload}
    told = json.loads(files[snapshot.TOLD].read_bytes())
    change(told)
    bag.write(folder.parent / "other", files | {snapshot.TOLD: json.dumps(told).encode()}, info=[])
    return folder.parent / "other"


HOSTILE: dict[str, Callable[[dict[str, Any]], object]] = {
    "name": lambda t: t["object"].update(public_id="../../../etc"),
    "no name": lambda t: t["object"].pop("public_id"),
    "format": lambda t: t.update(format=99),
    "kind": lambda t: t["object"].update(kind="<script>"),
    "length": lambda t: t["object"].update(title="x" * 1001),
    "type": lambda t: t["pages"][0].update(seq="one"),
    "twice": lambda t: t["pages"].append(t["pages"][0]),
    "master": lambda t: t["files"][0].update(path="../../../etc/passwd"),
    "text": lambda t: t["texts"][0].update(path="masters/0001-a.tif"),
    "page": lambda t: t["texts"][0].update(page=77),
    "huge": lambda t: t["pages"][0].update(seq=2**70),
    "missing": lambda t: t.pop("pages"),
    "list": lambda t: t.update(object=[]),
    "library": lambda t: t["rights"][0].update(premises=["VN-NOBODY"]),
    "nul": lambda t: t["object"].update(title="a\x00b"),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_rows_that_cannot_be_are_refused_and_leave_nothing(
    library: Library, tmp_path: Path, settings: Any, what: str
) -> None:
    packed(library, tmp_path / "bag")
    elsewhere(settings, tmp_path)
    with pytest.raises(BagRefused):
        import_bag(rewritten(tmp_path / "bag", HOSTILE[what]), library=library, actor=CLERK)
    assert not DigitalObject.objects.exists()
    assert list(store.preservation_store().objects()) == []


@pytest.mark.parametrize("name", ["bag", "bag.zip"])
def test_damage_is_not_packed(library: Library, tmp_path: Path, name: str) -> None:
    obj = volume(library)
    place = store.preservation_store().path_of(store.store_id(obj), "masters/0001-a.tif")
    place.chmod(0o600)
    place.write_bytes(place.read_bytes().replace(b"a", b"b", 1))
    with pytest.raises(NotPreserved):
        export_bag(obj.public_id, tmp_path / name, actor=CLERK)
    assert not list(tmp_path.glob("bag*"))


def test_what_a_bag_says_opens_nothing(library: Library, tmp_path: Path, settings: Any) -> None:
    packed(library, tmp_path / "bag")
    elsewhere(settings, tmp_path)
    claimed = rewritten(
        tmp_path / "bag", lambda t: t["object"].update(published_at="2020-01-01T00:00:00+00:00", library="VN-NOBODY")
    )
    came = import_bag(claimed, library=library, actor=CLERK)
    assert (came.published_at, came.library) == (None, library)


def test_other_bags_are_told_to_be_taken_in_as_files(library: Library, tmp_path: Path) -> None:
    bag.write(tmp_path / "bag", {"a.tif": b"II*"}, info=[])
    with pytest.raises(BagRefused, match="ingest"):
        import_bag(tmp_path / "bag", library=library, actor=CLERK)
