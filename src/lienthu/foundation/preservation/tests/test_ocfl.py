"""Rules PRS-1 to PRS-4 of docs/specs/preservation.md: versions that survive anything and that others can read."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lienthu.foundation.preservation.ocfl import (
    NoSuchFile,
    NoSuchObject,
    ObjectBusy,
    ObjectDamaged,
    ObjectExists,
    PathRefused,
    SourceRefused,
    Store,
    StoreError,
)
from lienthu.foundation.preservation.ocfl.disk import locked
from lienthu.foundation.preservation.tests.ocfl_py import complaints

AT = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)
OBJECT = "urn:lienthu:digital:abcdefghijkl"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "ocfl")


def create(store: Store, files: dict[str, bytes | Path], object_id: str = OBJECT) -> None:
    store.create(object_id, files, message="Nhập kho", user="chi", at=AT)


def update(store: Store, add: dict[str, bytes], remove: tuple[str, ...] = (), object_id: str = OBJECT) -> int:
    return store.update(object_id, add=add, remove=remove, message="Sửa", user="an", at=AT).head


def test_an_object_is_kept_and_read(store: Store, tmp_path: Path) -> None:
    page = tmp_path / "page.tif"
    page.write_bytes(b"II*\x00" + b"x" * 3_000_000)
    create(store, {"masters/0001.tif": page, "văn bản/trang 1.txt": "Hạ Long".encode()})
    assert store.path_of(OBJECT, "masters/0001.tif").read_bytes() == page.read_bytes()
    with store.open(OBJECT, "văn bản/trang 1.txt") as f:
        assert f.read().decode() == "Hạ Long"
    inventory = store.inventory(OBJECT)
    assert inventory.head == 1
    assert inventory.files()["masters/0001.tif"] == hashlib.sha512(page.read_bytes()).hexdigest()
    assert inventory.sha256_of("masters/0001.tif") == hashlib.sha256(page.read_bytes()).hexdigest()
    assert (inventory.version().created, inventory.version().user) == ("2026-11-22T08:30:00Z", "chi")
    assert page.exists(), "the source stays where it was"
    assert list(store.objects()) == [OBJECT]
    assert complaints(store.root) == []


def test_bytes_are_written_once_whatever_they_are_called(store: Store) -> None:
    create(store, {"a": b"same", "b": b"same", "c": b"other"})
    assert update(store, {"d": b"same", "e": b"new"}, remove=("c",)) == 2
    kept = [p for p in store.folder_of(OBJECT).rglob("*") if p.is_file() and "content" in p.parts]
    assert len(kept) == 3
    assert set(store.inventory(OBJECT).files()) == {"a", "b", "d", "e"}
    assert store.path_of(OBJECT, "c", version=1).read_bytes() == b"other"
    with pytest.raises(NoSuchFile):
        store.path_of(OBJECT, "c")
    assert complaints(store.root) == []


def test_a_version_without_a_difference_is_none(store: Store) -> None:
    create(store, {"a": b"1"})
    assert update(store, {"a": b"1"}) == 1
    assert update(store, {"a": b"2"}) == 2
    assert update(store, {"a": b"1"}) == 3, "what was there two versions ago is a difference, and needs no new bytes"
    assert store.path_of(OBJECT, "a").parts[-3] == "v1"
    assert complaints(store.root) == []


def test_kept_bytes_cannot_be_written_again(store: Store) -> None:
    create(store, {"a": b"1"})
    assert store.path_of(OBJECT, "a").stat().st_mode & 0o222 == 0


def test_refusals(store: Store, tmp_path: Path) -> None:
    create(store, {"a": b"1"})
    with pytest.raises(ObjectExists):
        create(store, {"a": b"1"})
    with pytest.raises(NoSuchObject):
        update(store, {"a": b"1"}, object_id="urn:lienthu:digital:none")
    with pytest.raises(NoSuchFile):
        update(store, {}, remove=("b",))
    (tmp_path / "link").symlink_to("/etc/passwd")
    os.mkfifo(tmp_path / "pipe")
    for source in (tmp_path / "link", tmp_path / "pipe", tmp_path, tmp_path / "nothing"):
        with pytest.raises(SourceRefused):
            store.update(OBJECT, add={"b": source}, message="", user="", at=AT)
    assert store.inventory(OBJECT).head == 1
    assert complaints(store.root) == []


@pytest.mark.parametrize(
    "path",
    ["", "/etc/passwd", "../a", "a/../../b", "a//b", "a/./b", "a\x00b", "a\nb", "a\\b", "C:a", "a ", "x" * 201,
     "a\u200bb", "e\u0302", "a/" * 600 + "b", "a.", "\u202eb"],
)  # fmt: skip
def test_no_path_leads_astray_or_cannot_be_kept_elsewhere(store: Store, path: str) -> None:
    with pytest.raises(PathRefused):
        create(store, {path: b"1"})
    assert list(store.objects()) == []


@pytest.mark.parametrize("paths", [("a", "a/b"), ("A", "a"), ("x/Trang", "x/trang/1"), ("Đ.txt", "đ.txt")])
def test_files_that_would_be_one_on_some_system_are_refused(store: Store, paths: tuple[str, str]) -> None:
    with pytest.raises(PathRefused):
        create(store, dict.fromkeys(paths, b"1"))
    create(store, {paths[0]: b"1"})
    with pytest.raises(PathRefused):
        update(store, {paths[1]: b"2"})
    assert update(store, {paths[1]: b"2"}, remove=(paths[0],)) == 2
    assert complaints(store.root) == []


def test_damage_is_found(store: Store) -> None:
    create(store, {"a": b"1" * 1000, "b": b"2" * 1000})
    assert store.validate(OBJECT, deep=True) == []
    damaged = store.path_of(OBJECT, "a")
    damaged.chmod(0o600)
    damaged.write_bytes(b"1" * 999 + b"3")
    assert store.validate(OBJECT, deep=False) == [], "the quick look reads no content"
    assert [(p.code, p.path) for p in store.validate(OBJECT, deep=True)] == [("content-damaged", "v1/content/a")]
    damaged.unlink()
    store.path_of(OBJECT, "b").with_name("c").write_bytes(b"")
    assert {p.code for p in store.validate(OBJECT, deep=False)} == {"content-missing", "unexpected"}
    assert complaints(store.root)


def test_a_changed_inventory_is_not_believed(store: Store) -> None:
    create(store, {"a": b"1"})
    path = store.folder_of(OBJECT) / "inventory.json"
    value = json.loads(path.read_bytes())
    value["versions"]["v1"]["message"] = "another"
    path.write_text(json.dumps(value))
    with pytest.raises(ObjectDamaged):
        store.inventory(OBJECT)
    value["manifest"] = {digest: ["v1/content/../../../../../etc/passwd"] for digest in value["manifest"]}
    data = json.dumps(value).encode()
    path.write_bytes(data)
    (path.parent / "inventory.json.sha512").write_text(f"{hashlib.sha512(data).hexdigest()} inventory.json\n")
    with pytest.raises(ObjectDamaged):
        store.path_of(OBJECT, "a")
    assert [p.code for p in store.validate(OBJECT, deep=True)] == ["inventory-unreadable"]


def test_one_writer_at_a_time(tmp_path: Path) -> None:
    store = Store(tmp_path / "ocfl", patience=0.1)
    create(store, {"a": b"1"})
    share = hashlib.sha256(OBJECT.encode()).hexdigest()[:2]
    with locked(store.staging / f"{share}.lock", patience=0):
        with pytest.raises(ObjectBusy):
            update(store, {"a": b"2"})
        assert store.inventory(OBJECT).head == 1, "readers do not wait"
    assert update(store, {"a": b"2"}) == 2


def test_an_object_never_published_can_be_discarded(store: Store) -> None:
    create(store, {"a": b"1"})
    create(store, {"a": b"1"}, object_id=OBJECT + "2")
    store.discard(OBJECT)
    assert not store.exists(OBJECT)
    with pytest.raises(NoSuchObject):
        store.inventory(OBJECT)
    assert list(store.objects()) == [OBJECT + "2"]
    assert complaints(store.root) == []


def test_a_folder_that_is_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "ocfl").mkdir()
    (tmp_path / "ocfl" / "photo.jpg").write_bytes(b"")
    with pytest.raises(StoreError):
        Store(tmp_path / "ocfl")


def test_a_long_or_odd_identifier_is_found_again(store: Store) -> None:
    for object_id in ("https://example.vn/" + "à" * 90, "..", "a/b", OBJECT):
        create(store, {"a": b"1"}, object_id=object_id)
        assert store.path_of(object_id, "a").read_bytes() == b"1"
    assert sorted(store.objects()) == sorted(["https://example.vn/" + "à" * 90, "..", "a/b", OBJECT])
    assert complaints(store.root) == []


NAMES = st.sampled_from(["a", "b", "t/1", "t/2", "Sách/trang 1.tif", "metadata/mets.xml"])
STEPS = st.lists(
    st.tuples(st.dictionaries(NAMES, st.binary(max_size=3), max_size=4), st.sets(NAMES, max_size=3)), max_size=6
)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(first=st.dictionaries(NAMES, st.binary(max_size=3), min_size=1), steps=STEPS)
def test_every_version_ever_made_reads_as_it_was(first: dict[str, bytes], steps: list) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder) / "ocfl")
        create(store, first)
        history, now = [first], first
        for add, remove in steps:
            gone = tuple(remove & set(now))
            then = {k: v for k, v in now.items() if k not in gone} | add
            assert update(store, add, gone) == len(history) + (then != now)
            if then != now:
                history.append(then)
                now = then
        again = Store(Path(folder) / "ocfl")
        for number, state in enumerate(history, 1):
            files = again.inventory(OBJECT).files(number)
            assert {path: again.path_of(OBJECT, path, number).read_bytes() for path in files} == state
        assert again.validate(OBJECT, deep=True) == []
        assert complaints(again.root) == []
