"""Rules PRS-8 and PRS-9: what the rows say is in the store, and the rows come again from the store alone."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lienthu.domain.digital import store
from lienthu.domain.digital.access import open_object
from lienthu.domain.digital.errors import DigitalRefused
from lienthu.domain.digital.models import (
    AccessRule,
    Collection,
    DigitalObject,
    Erasure,
    Layer,
    MasterFile,
    Page,
    PageText,
    PageWork,
    PremisesNetwork,
    Preservation,
    Project,
    QualityProfile,
    RightsRecord,
    Section,
    StageMove,
    Takedown,
)
from lienthu.domain.digital.policy import Access, Act, Reader, Rule, Status, decide_preservation
from lienthu.domain.digital.preservation import room, snapshot
from lienthu.domain.digital.selectors.rules import rules_of
from lienthu.domain.digital.services import describing, paging, preserving, publishing, rebuilding
from lienthu.domain.digital.services.collecting import close_collection, reopen_collection
from lienthu.domain.digital.services.premises import add_network
from lienthu.domain.digital.services.rules import set_rules
from lienthu.domain.digital.services.texts import set_text
from lienthu.domain.digital.shipped.reading import StatedRule
from lienthu.domain.digital.tests.cast import CLERK, make_object
from lienthu.domain.digital.tests.whole import AT, rights, volume, words
from lienthu.domain.network.models import Library
from lienthu.domain.network.tests.factories import make_library
from lienthu.foundation.pagetext.alto import read_alto
from lienthu.foundation.preservation import mets
from lienthu.foundation.preservation.tests.mets_xsd import complaints as of_the_schema
from lienthu.foundation.preservation.tests.ocfl_py import complaints as of_ocfl_py
from lienthu.platform.models import AuditEntry
from lienthu.platform.services import changes

pytestmark = pytest.mark.django_db

# Every table of the room is one of these: a new one has to be thought of here.
OF_AN_OBJECT = {DigitalObject, MasterFile, Page, PageText, PageWork, RightsRecord, Section, StageMove, Takedown}
OF_THE_ROOM = {Collection, Project, QualityProfile, AccessRule, PremisesNetwork, Erasure}
OF_THE_MOMENT = {
    "ReadingSeat", "SeatRequest",  # who reads just now
    "ReadingStation",  # known by a secret, which does not belong into the store: paired again
    "PageAct", "ShelvedPage",  # what could be undone
    "Delivery", "DeliveredFile",  # on its way in: what came of it is an object
    "Preservation", "FixityRun", "FixityProblem",  # what is said of the store itself
}  # fmt: skip


@pytest.fixture(autouse=True)
def own_folder(settings: Any, tmp_path: Path) -> None:
    settings.DIGITAL_DIR = tmp_path / "digital"


@pytest.fixture
def library() -> Library:
    return make_library()


def everything() -> dict[str, list[Any]]:
    """All rows of the room; what a row points at in the room is told by its lasting name, not by its key."""
    names: dict[str, dict[int, Any]] = {
        "object": dict(DigitalObject.objects.values_list("pk", "public_id")),
        "page": {p.pk: p.seq for p in Page.objects.all()},
        "file": dict(MasterFile.objects.values_list("pk", "path")),
        "collection": dict(Collection.objects.values_list("pk", "code")),
        "project": dict(Project.objects.values_list("pk", "code")),
    }
    found: dict[str, list[Any]] = {}
    for table in OF_AN_OBJECT | OF_THE_ROOM:
        rows = []
        for row in table._default_manager.values():
            del row["id"]
            for name, keys in names.items():
                if row.get(f"{name}_id") is not None:
                    row[f"{name}_id"] = keys[row[f"{name}_id"]]
            rows.append({k: bytes(v) if isinstance(v, memoryview) else v for k, v in row.items()})
        found[table.__name__] = sorted(rows, key=repr)
    return found


def wipe() -> None:
    """What a lost database is to the room."""
    for table in (Takedown, RightsRecord, StageMove, Section, PageWork, PageText, Page, MasterFile, Preservation):
        table._default_manager.all().delete()
    DigitalObject.objects.all().delete()
    for table in (Project, Collection, QualityProfile, AccessRule, PremisesNetwork, Erasure):
        table._default_manager.all().delete()
    assert not any(everything().values())


def test_every_table_of_the_room_is_kept_or_known_to_be_of_the_moment() -> None:
    tables = {m for m in apps.get_app_config("digital").get_models() if m.__name__ not in OF_THE_MOMENT}
    assert tables == OF_AN_OBJECT | OF_THE_ROOM


def test_all_rows_come_again_from_the_store(library: Library) -> None:
    other = make_library(code="VN-QN-2")
    QualityProfile.objects.create(code="map", name="Bản đồ", limits={"min_dpi": 300})
    AccessRule.objects.create(
        status="unknown", access="closed", valid_from=date(2026, 1, 1), basis="?", certainty="found"
    )
    PremisesNetwork.objects.create(library=other, cidr="10.0.0.0/8")
    obj = volume(library)
    rights(obj, Status.UNKNOWN)
    rights(obj, Status.PERMITTED, permission=Access.PREMISES, permission_until=date(2030, 1, 1), premises=(other.pk,))
    publishing.publish(obj.public_id, actor=CLERK)
    page = Page.objects.get(seq=3)
    set_text(page, words("Họ Vũ trang ba", "corrected"), actor=CLERK)
    set_text(page, words("武族", "typed"), layer=Layer.TRANSCRIPTION, actor=CLERK)
    publishing.take_down(obj.public_id, reason="gia đình yêu cầu", actor=CLERK)
    publishing.lift_takedown(obj.public_id, reason="đã đồng ý", actor=CLERK)
    publishing.take_down(obj.public_id, reason="lại yêu cầu", actor=CLERK)
    preserving.preserve(obj.public_id, actor=CLERK)
    before = everything()
    wipe()
    changes.discard("discovery.volumes")
    changes.discard("discovery.pages")
    report = rebuilding.rebuild(actor=CLERK)
    assert (report.restored, report.failed, report.there) == ([obj.public_id], {}, 0)
    assert everything() == before
    assert (changes.waiting("discovery.volumes"), changes.waiting("discovery.pages")) == (1, 3)
    assert AuditEntry.objects.filter(action="digital.rebuilt").count() == 1
    again = rebuilding.rebuild(actor=CLERK)
    assert (again.restored, again.there, again.rows_of_the_room) == ([], 1, 0)
    assert everything() == before


def test_what_is_told_is_sound_for_others(library: Library) -> None:
    obj = volume(library)
    rights(obj, Status.PUBLIC_DOMAIN, protected_until=date(2000, 1, 1))
    preserving.preserve(obj.public_id, actor=CLERK)
    kept = store.preservation_store()
    document = kept.read(store.store_id(obj), snapshot.METS)
    assert of_the_schema(document) == []
    told = mets.read(document)
    assert [(p.seq, p.label, p.kind) for p in told.pages] == [(3, "i", "page"), (1, "1", "page"), (4, "", "missing")]
    assert [(d.label, [e.label for e in d.parts]) for d in told.parts] == [("Số 1", ["Chi thứ nhất"]), ("Số 2", [])]
    assert told.rights[0].status == "publicdomain"
    files = kept.inventory(store.store_id(obj))
    assert told.pages[0].files == ("masters/0002-b.tif", "alto/00003-original-1.xml")
    assert all((f.sha256, f.path in files.files()) == (files.sha256_of(f.path), True) for f in told.files)
    assert read_alto(kept.read(store.store_id(obj), "alto/00003-original-1.xml")).text == "Họ Vu trang 3"
    assert of_ocfl_py(kept.root) == []


def test_only_what_is_new_is_written(library: Library) -> None:
    obj = volume(library)
    kept, store_id = store.preservation_store(), store.store_id(obj)
    assert preserving.preserve(obj.public_id, actor=CLERK).head == 2
    assert preserving.preserve(obj.public_id, actor=CLERK).head == 2, "nothing differs"
    set_text(Page.objects.get(seq=3), words("Họ Vũ", "corrected"), actor=CLERK)
    assert preserving.preserve(obj.public_id, actor=CLERK).head == 3
    new = {path for path in kept.inventory(store_id).digests if path.startswith("v3/")}
    texts = ("text/00003-original-2.json", "alto/00003-original-2.xml")
    assert new == {f"v3/content/{path}" for path in (snapshot.TOLD, snapshot.METS, *texts)}
    assert "alto/00003-original-1.xml" not in kept.inventory(store_id).files()
    assert AuditEntry.objects.filter(action="digital.preserved").count() == 2
    obj.refresh_from_db()
    assert obj.preserved_version == obj.version


def test_what_came_to_rest_is_preserved_by_itself(library: Library) -> None:
    obj = volume(library)
    rights(obj, Status.OFFICIAL)
    assert preserving.preserve_due(actor=CLERK, seconds=5) == 0, "somebody is at work on it"
    earlier = Preservation.objects.get().changed_last - timedelta(minutes=11)
    Preservation.objects.update(changed_first=earlier, changed_last=earlier)
    assert preserving.preserve_due(actor=CLERK, seconds=5) == 1
    keeping = Preservation.objects.get()
    assert (keeping.changed_first, keeping.head, keeping.problem) == (None, 2, "")
    set_text(Page.objects.get(seq=3), words("Họ Vũ", "corrected"), actor=CLERK)
    assert preserving.note_changes() == 1
    assert preserving.preserve_due(actor=CLERK, seconds=5, everything=True) == 1


@pytest.mark.parametrize("act", ["taken down", "withdrawn", "page closed", "rights", "into a closed collection"])
def test_what_is_closed_is_closed_in_the_store_at_once(library: Library, act: str) -> None:
    """PRS-8: a database that is built anew from the store some minutes later opens nothing again."""
    obj = volume(library)
    DigitalObject.objects.update(collection=None, project=None)
    rights(obj, Status.OFFICIAL)
    publishing.publish(obj.public_id, actor=CLERK)
    preserving.preserve_due(actor=CLERK, seconds=5, everything=True)
    assert open_object(obj.public_id, Reader()).may(Act.READ, Page.objects.get(seq=3))
    obj.refresh_from_db()
    if act == "taken down":
        publishing.take_down(obj.public_id, reason="gia đình yêu cầu", actor=CLERK)
    elif act == "withdrawn":
        publishing.withdraw(obj.public_id, reason="nhầm", actor=CLERK)
    elif act == "page closed":
        paging.close_pages(obj.public_id, [3], closed=True, seen=None, actor=CLERK)
    elif act == "rights":
        rights(obj, Status.UNKNOWN)
    else:
        facts = describing.Facts(obj.title, collection=Collection.objects.get(code="gia-pha"))
        describing.describe(obj.public_id, facts, actor=CLERK)
    assert preserving.preserve_due(actor=CLERK, seconds=5) == 1, "it waits for no rest"
    assert not Preservation.objects.get().restricted
    before = everything()
    wipe()
    rebuilding.rebuild(actor=CLERK)
    assert everything() == before
    with pytest.raises(DigitalRefused):
        open_object(obj.public_id, Reader()).require(Act.READ, Page.objects.get(seq=3))


def test_what_closes_no_single_object_is_told_to_the_store_without_one(library: Library) -> None:
    """PRS-8: collections, rules of access and reading rooms do not wait until some object is preserved."""
    obj = volume(library)
    rights(obj, Status.OFFICIAL)
    collection = Collection.objects.get(code="gia-pha")
    reopen_collection(collection.pk, actor=CLERK)
    preserving.preserve_due(actor=CLERK, seconds=5, everything=True)
    close_collection(collection.pk, actor=CLERK)
    closed = StatedRule(Rule(Status.OFFICIAL, Access.CLOSED, date(2026, 1, 1)), "x", "found")
    set_rules(Status.OFFICIAL, [closed], seen=rules_of(Status.OFFICIAL).stamp, actor=CLERK)
    add_network(library.pk, "10.0.0.0/16", actor=CLERK)
    assert preserving.preserve_due(actor=CLERK, seconds=5) == 0, "no object changed"
    before = everything()
    wipe()
    rebuilding.rebuild(actor=CLERK)
    assert everything() == before
    assert Collection.objects.get(code="gia-pha").closed


def test_a_large_volume_takes_no_more_questions_than_a_small_one(library: Library) -> None:
    counts = []
    for size in (2, 40):
        obj = make_object(library, "Địa chí", pages=size)
        master = {"masters/1.tif": b"II*"}
        store.preservation_store().create(store.store_id(obj), master, message="", user="", at=AT)
        for page in Page.objects.filter(object=obj):
            set_text(page, words("Họ Vũ"), actor=CLERK)
        with CaptureQueriesContext(connection) as asked:
            preserving.preserve(obj.public_id, actor=CLERK)
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_when_an_object_is_told_to_the_store() -> None:
    def due(first: int, last: int) -> bool:
        return decide_preservation(AT, AT + timedelta(minutes=last - first), AT + timedelta(minutes=-first))

    assert not due(-9, -9)
    assert due(-10, -10)
    assert not due(-119, -1)
    assert due(-120, -1)


def test_an_object_the_store_does_not_hold_is_said_and_keeps_nobody_waiting(library: Library) -> None:
    obj = volume(library)
    lost = DigitalObject.objects.create(public_id="lost", library=library, title="Mất", created_by="x")
    rights(lost, Status.OFFICIAL)
    rights(obj, Status.OFFICIAL)
    assert preserving.preserve_due(actor=CLERK, seconds=5, everything=True) == 1
    assert "not in the store" in Preservation.objects.get(object=lost).problem


def test_a_lost_picture_is_made_again_and_the_words_stay(library: Library) -> None:
    obj = volume(library)
    preserving.preserve(obj.public_id, actor=CLERK)
    store.picture_of(Page.objects.get(seq=3), obj.public_id).unlink()
    wipe()
    rebuilding.rebuild(actor=CLERK)
    assert Page.objects.get(seq=3).state == "waiting"
    assert Page.objects.get(seq=1).state == "ready"
    assert set(PageWork.objects.filter(state="waiting").values_list("page__seq", "stage")) == {(3, "picture")}
    assert PageText.objects.get(page__seq=3).text == "Họ Vu trang 3"


@pytest.mark.parametrize("what", ["library", "told", "text", "collection"])
def test_what_cannot_be_restored_whole_is_not_restored_at_all(library: Library, what: str) -> None:
    obj = volume(library)
    preserving.preserve(obj.public_id, actor=CLERK)
    kept, store_id = store.preservation_store(), store.store_id(obj)
    wipe()
    if what == "library":
        Library.objects.filter(pk=library.pk).update(code="VN-OTHER")
    elif what == "collection":
        kept.update(room.STORE_ID, add={room.TOLD: b'{"format": 1}'}, message="", user="", at=AT)
    else:
        path = kept.path_of(store_id, snapshot.TOLD if what == "told" else "text/00003-original-1.json")
        path.chmod(0o600)
        path.write_bytes(path.read_bytes().replace(b"V", b"W", 1))
    if what == "library":
        with pytest.raises(rebuilding.CannotRestore, match="library-missing"):
            rebuilding.rebuild(actor=CLERK)
    else:
        report = rebuilding.rebuild(actor=CLERK)
        assert list(report.failed) == [obj.public_id]
    assert not DigitalObject.objects.exists()
    assert not Page.objects.exists()


def test_masters_nobody_told_of_are_named(library: Library) -> None:
    obj = volume(library)
    wipe()
    assert "never-told" in rebuilding.rebuild(actor=CLERK).failed[obj.public_id]
