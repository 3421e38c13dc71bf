"""Rule PRS-12: the preservation store in a backup: each object as it was at one moment, checked as it comes."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lienthu.foundation.preservation.ocfl import Store
from lienthu.foundation.preservation.ocfl.layout import object_path
from lienthu.foundation.preservation.ocfl.store import STORE_FILES
from lienthu.foundation.preservation.tests.ocfl_py import complaints
from lienthu.platform.backup.archive import DUMP, ArchiveWriter, Manifest, unpack
from lienthu.platform.backup.errors import BackupRefused

AT = datetime(2026, 11, 22, tzinfo=UTC)
FIRST, SECOND = "urn:lienthu:digital:abcdefghijkl", "urn:lienthu:digital:mnopqrstuvwx"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    kept = Store(tmp_path / "ocfl")
    for object_id in (FIRST, SECOND):
        kept.create(object_id, {"masters/Trang 1.tif": object_id.encode() * 99, "b": b""}, message="", user="", at=AT)
    kept.update(FIRST, add={"metadata/mets.xml": b"<mets/>"}, message="", user="", at=AT)
    return kept


def backed_up(store: Store, path: Path, meanwhile: Callable[[], object] = lambda: None) -> Path:
    """As ``back_up`` does it, with something going on between two files."""
    dump = path.with_name("dump")
    dump.write_bytes(b"PGDMP")
    writer = ArchiveWriter(path, Manifest("2026-11-22", "1"))
    writer.add(DUMP, dump)
    writer.add_object("", ((name, store.root / name) for name in STORE_FILES))
    for object_id in store.objects():

        def files(object_id: str = object_id):
            for number, file in enumerate(store.everything_of(object_id)):
                if number == 2:
                    meanwhile()
                yield file

        writer.add_object(object_path(object_id), files())
    writer.close()
    return path


def rewritten(path: Path, change: Callable[[str, bytes], tuple[str, bytes] | None]) -> Path:
    """The same backup with files changed, by somebody or by a disk."""
    other = path.with_name("other.tar")
    with tarfile.open(path) as source, tarfile.open(other, "w", format=tarfile.PAX_FORMAT) as target:
        for member in source:
            changed = change(member.name, source.extractfile(member).read())
            if changed is not None:
                info = tarfile.TarInfo(changed[0])
                info.size = len(changed[1])
                target.addfile(info, io.BytesIO(changed[1]))
    return other


def test_the_store_comes_back_sound(store: Store, tmp_path: Path) -> None:
    into = tmp_path / "into"
    into.mkdir()
    manifest = unpack(backed_up(store, tmp_path / "a.tar"), into)
    assert set(manifest.objects or {}) == {object_path(FIRST), object_path(SECOND)}
    assert complaints(into / "ocfl") == []
    again = Store(into / "ocfl")
    assert list(again.objects()) == list(store.objects())
    assert again.path_of(FIRST, "masters/Trang 1.tif").read_bytes() == FIRST.encode() * 99
    assert again.inventory(FIRST).head == 2


def test_a_version_written_meanwhile_is_in_it_whole_or_not_at_all(store: Store, tmp_path: Path) -> None:
    numbers = iter(range(99))

    def write() -> None:
        for object_id in (FIRST, SECOND):
            store.update(object_id, add={"c": b"%d" % next(numbers)}, message="", user="", at=AT)

    (tmp_path / "into").mkdir()
    unpack(backed_up(store, tmp_path / "a.tar", write), tmp_path / "into")
    assert complaints(tmp_path / "into" / "ocfl") == []
    assert {Store(tmp_path / "into" / "ocfl").inventory(o).head for o in (FIRST, SECOND)} < {1, 2, 3}


PLACE = f"ocfl/{object_path(FIRST)}"
SPOILT: dict[str, Callable[[str, bytes], tuple[str, bytes] | None]] = {
    "content changed": lambda n, d: (n, d.replace(b"urn", b"URN") if n.endswith("Trang 1.tif") else d),
    "content missing": lambda n, d: None if n.endswith("mets.xml") else (n, d),
    "inventory changed": lambda n, d: (n, d.replace(b"mets.xml", b"nets.xml") if n.endswith("inventory.json") else d),
    "object missing": lambda n, d: None if n.startswith(PLACE) else (n, d),
    "version missing": lambda n, d: None if n.startswith(f"{PLACE}/v1/") else (n, d),
    "something more": lambda n, d: (n.replace("/b", "/c") if n == f"{PLACE}/v1/content/b" else n, d),
    "object elsewhere": lambda n, d: (n.replace(PLACE, "ocfl/abc/def/012/urn"), d),
    "path outside": lambda n, d: (n.replace("content/b", "content/../../../../../../../x"), d),
    "no place": lambda n, d: (n.replace(f"{PLACE}/0=", "ocfl/0="), d),
}


@pytest.mark.parametrize("what", SPOILT)
def test_a_damaged_store_is_refused(store: Store, tmp_path: Path, what: str) -> None:
    into = tmp_path / "deep" / "into"
    into.mkdir(parents=True)
    with pytest.raises(BackupRefused):
        unpack(rewritten(backed_up(store, tmp_path / "a.tar"), SPOILT[what]), into)
    assert {p.name for p in (tmp_path / "deep").iterdir()} == {"into"}
