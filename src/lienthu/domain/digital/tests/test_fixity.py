"""Rule PRS-10: the store is read through a piece at a time, damage is found and told, and stands until it is gone."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from lienthu.domain.digital import store
from lienthu.domain.digital.access import SYSTEM
from lienthu.domain.digital.models import DigitalObject, FixityProblem, FixityRun, Preservation
from lienthu.domain.digital.policy import PUBLIC, SIGNED, STAFF_EVERYWHERE, Reader, member, staff
from lienthu.domain.digital.preservation import room
from lienthu.domain.digital.selectors.preservation import damage_for, keeping
from lienthu.domain.digital.services import fixity, preserving
from lienthu.domain.digital.tests.cast import CLERK, make_object
from lienthu.domain.network.models import Library
from lienthu.domain.network.tests.factories import make_library
from lienthu.platform.models import AuditEntry

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 22, tzinfo=UTC)
SIZE = 1000


@pytest.fixture(autouse=True)
def own_folder(settings: Any, tmp_path: Path) -> None:
    settings.DIGITAL_DIR = tmp_path / "digital"


@pytest.fixture
def library() -> Library:
    return make_library()


def kept(library: Library, title: str, files: int = 3) -> DigitalObject:
    obj = make_object(library, title)
    masters = {f"masters/{n}.tif": f"{title}{n}".encode().ljust(SIZE, b"x") for n in range(files)}
    store.preservation_store().create(store.store_id(obj), masters, message="", user="", at=AT)
    return obj


def damage(obj: DigitalObject, path: str = "masters/1.tif") -> bytes:
    place = store.preservation_store().path_of(store.store_id(obj), path)
    good = place.read_bytes()
    place.chmod(0o600)
    place.write_bytes(b"y" + good[1:])
    return good


def mend(obj: DigitalObject, good: bytes, path: str = "masters/1.tif") -> None:
    store.preservation_store().path_of(store.store_id(obj), path).write_bytes(good)


def read(**budget: Any) -> FixityRun:
    return fixity.go_on(fixity.begin(actor=CLERK, **budget), actor=CLERK)


def test_everything_is_read_and_found_sound(library: Library) -> None:
    objects = [kept(library, title) for title in "abc"]
    run = read()
    assert (run.objects_read, run.files, run.bytes, run.damaged, run.whole) == (3, 9, 9 * SIZE, 0, True)
    assert run.ended_at is not None
    assert keeping().never_checked == 0
    assert AuditEntry.objects.get(action="digital.fixity_checked").detail["bytes"] == 9 * SIZE
    assert len(objects) == Preservation.objects.exclude(checked_at=None).count()


def test_a_budget_is_kept_and_the_next_run_goes_on_where_it_stopped(library: Library) -> None:
    for title in "abc":
        kept(library, title)
    runs = [read(budget_bytes=2 * SIZE) for _ in range(5)]
    assert [run.files for run in runs] == [2, 2, 2, 2, 2], "the last one ended the round and began the next"
    assert [run.objects_read for run in runs] == [0, 1, 1, 0, 1]
    assert not any(run.whole for run in runs)
    assert keeping().never_checked == 0


def test_a_run_goes_on_in_turns(library: Library) -> None:
    kept(library, "a")
    run = fixity.begin(actor=CLERK, budget_seconds=60)
    run = fixity.go_on(run, actor=CLERK, seconds=0)
    assert (run.ended_at, run.files) == (None, 0)
    assert fixity.begin(actor=CLERK).pk == run.pk, "one run at a time"
    assert fixity.go_on(run, actor=CLERK).whole


def test_damage_is_found_told_and_gone_when_it_is_mended(library: Library) -> None:
    sound, hurt = kept(library, "sound"), kept(library, "hurt")
    good = damage(hurt)
    assert read().damaged == 1
    row = FixityProblem.objects.get()
    assert (row.object, row.path, row.code) == (hurt, "v1/content/masters/1.tif", "content-damaged")
    assert [(d.object, d.places) for d in damage_for(SYSTEM)] == [(hurt, 1)]
    assert read().damaged == 1
    assert FixityProblem.objects.count() == 1, "the same damage is told once"
    mend(hurt, good)
    assert read().damaged == 0
    assert damage_for(SYSTEM) == []
    actions = AuditEntry.objects.filter(action__startswith="digital.damage").order_by("pk")
    assert [a.action for a in actions] == ["digital.damage_found", "digital.damage_gone"]
    assert {a.library_id for a in actions} == {library.pk}
    assert sound.fixity_problems.count() == 0


def test_damage_found_in_one_turn_still_stands_after_the_next(library: Library) -> None:
    hurt = kept(library, "hurt")
    damage(hurt, "masters/0.tif")
    for _ in range(3):
        read(budget_bytes=SIZE)
    assert FixityProblem.objects.get().resolved_at is None


def test_missing_files_and_objects_are_damage(library: Library) -> None:
    first, second = kept(library, "a"), kept(library, "b")
    place = store.preservation_store()
    place.path_of(store.store_id(first), "masters/0.tif").unlink()
    shutil.rmtree(place.folder_of(store.store_id(second)))
    read()
    assert set(FixityProblem.objects.values_list("object__title", "code")) == {
        ("a", "content-missing"),
        ("b", "object-missing"),
    }


def test_a_changed_inventory_is_damage(library: Library) -> None:
    obj = kept(library, "a")
    path = store.preservation_store().folder_of(store.store_id(obj)) / "inventory.json"
    path.write_bytes(path.read_bytes().replace(b"masters/0", b"masters/9"))
    read()
    assert FixityProblem.objects.get().code == "object-unreadable"


def test_what_belongs_to_no_object_is_read_too(library: Library) -> None:
    preserving.preserve(kept(library, "a").public_id, actor=CLERK)
    place = store.preservation_store().path_of(room.STORE_ID, room.TOLD)
    place.chmod(0o600)
    place.write_bytes(b"{}")
    assert read().damaged == 1
    assert FixityProblem.objects.get().object is None
    assert [d.object for d in damage_for(SYSTEM)] == [None]


def test_damage_is_told_to_those_who_work_on_it_and_to_nobody_else(library: Library) -> None:
    secret = make_library(code="VN-LVVT")
    Library.objects.filter(pk=secret.pk).update(closed=True)
    for house in (library, secret):
        damage(kept(house, house.code))
    read()

    def told(*tokens: str) -> set[str]:
        return {d.object.title for d in damage_for(Reader(frozenset({PUBLIC, SIGNED, *tokens}))) if d.object}

    assert told(staff(library.pk)) == {library.code}
    assert told(staff(secret.pk)) == {secret.code}
    assert told(STAFF_EVERYWHERE) == {library.code}, "what is hidden is there for its own people only"
    assert told() == told(member(library.pk)) == set()
