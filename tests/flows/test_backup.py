"""A backup taken while an import runs is one consistent state; what is not a sound backup is refused untouched."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow


def _checksums(install: Any) -> dict[str, tuple[int, str]]:
    """Rows and a checksum over the ordered rows of every table, and the state of every sequence."""
    out = {}
    with install.database() as c:
        tables = c.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1").fetchall()
        for (table,) in tables:
            out[table] = c.execute(
                f"SELECT count(*), coalesce(md5(string_agg(md5(t::text), '' ORDER BY t::text COLLATE \"C\")), '')"
                f' FROM "{table}" t'
            ).fetchone()
        for name, value in c.execute(
            "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public' ORDER BY 1"
        ).fetchall():
            out[f"sequence {name}"] = (value or 0, "")
        for table, constraint in c.execute(
            "SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE connamespace = 'public'::regnamespace"
        ).fetchall():
            out[f"constraint {constraint} of {table}"] = (0, "")
        for index, definition in c.execute("SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"):
            out[f"index {index}"] = (0, definition)
    out.pop("platform_change")  # news for the index: the restored install has built its own
    out.pop("sequence platform_change_id_seq")
    return out


def _files(install: Any) -> dict[str, str]:
    folder = install.folder / "files"
    return {
        str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in folder.rglob("*")
        if p.is_file() and not p.name.startswith(".")
    }


def _answers(install: Any) -> list[Any]:
    """What the portal finds, for a few searches: ids, order, facets."""
    return list(
        install.probe(
            "from lienthu.domain.discovery import selectors\n"
            "from lienthu.domain.discovery.answers import search_answer\n"
            "out = []\n"
            "for q in ('', 'truyện kiều', 'ha long', 'nguyen du', '\"quảng ninh\"', 'tieng viet*', 'khong co gi'):\n"
            "    a = search_answer(selectors.search(selectors.request_from({'q': [q], 'size': ['100']})))\n"
            "    ids = sorted(h['id'] for h in a['hits']) if a['total'] <= 100 else []\n"
            "    out.append([q, a['total'], ids, a['facets'], a['years']])\n"
            "print(json.dumps(out))"
        )
    )


def _tree(folder: Path) -> set[str]:
    """Everything a refused restore must not have made: all but the empty database and its locks."""
    found = {str(p.relative_to(folder)) for p in folder.rglob("*")} if folder.exists() else set()
    return {
        p
        for p in found
        if not p.startswith(("postgres", "tmp", "secret-key", "index", "files", "static"))
        or (p.count("/") > 0 and p.startswith("files"))
    }


@pytest.fixture(scope="module")
def sound(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small sound backup."""
    install = request.getfixturevalue("shared_install")
    path = tmp_path_factory.mktemp("backup") / "sound.tar"
    assert install.lienthu("backup", path).code == 0
    return path


def test_backup_and_restore_give_the_same(seeded: Any, folders: Callable[..., Any], tmp_path: Path) -> None:
    done = seeded.lienthu("backup", tmp_path / "whole.tar")
    assert done.code == 0, done.err
    restored = folders("new")
    done = restored.lienthu("restore", tmp_path / "whole.tar")
    assert done.code == 0, done.err
    assert _checksums(restored) == _checksums(seeded)
    assert _files(restored) == _files(seeded) != {}
    assert _answers(restored) == _answers(seeded)
    restored.assert_index_agrees()
    restored.assert_counts_reconcile()
    mode = (tmp_path / "whole.tar").stat().st_mode
    assert mode & 0o077 == 0, "a backup holds accounts: nobody else reads it"
    # a second restore is refused, and says why; the install goes on as it was
    before = _checksums(restored)
    restored.lienthu("restore", tmp_path / "whole.tar").refused()
    assert _checksums(restored) == before
    assert restored.lienthu("search", "truyện kiều", "--json").json["total"] > 0


def test_a_backup_during_an_import_is_one_state(
    install: Any, folders: Callable[..., Any], synthetic: Callable[..., Path], tmp_path: Path, wait_until: Any
) -> None:
    records = 2100
    with install.database() as c:
        command = install.start("import", synthetic(records, 31), "--library", "VN-A", "--json")
        wait_until(lambda: c.execute("SELECT count(*) FROM catalog_importbatch").fetchone()[0] > 0, 60)
        backup = install.lienthu("backup", tmp_path / "during.tar")
        assert backup.code == 0, backup.err
        _out, err = command.communicate(timeout=120)
        assert command.returncode == 0, err
    restored = folders("new")
    done = restored.lienthu("restore", tmp_path / "during.tar")
    assert done.code == 0, done.err
    restored.assert_counts_reconcile()
    restored.assert_index_agrees()
    held = restored.sql("SELECT count(*) FROM catalog_bibrecord")[0][0]
    print(f"{held} of {records} records were committed when the backup was taken")
    assert 0 <= held <= records
    for sha, size in restored.sql("SELECT sha256, size FROM catalog_importbatch"):
        assert (restored.folder / "files" / sha[:2] / sha).stat().st_size == size, "the file a batch was read from"
    # the import that was under way goes on to the same end
    report = restored.load(synthetic(records, 31))
    assert report["created"] + report["unchanged"] == records
    left, right = restored.content(), install.content()
    assert left["records"] == right["records"]
    assert left["items"] == right["items"]
    assert left["clusters"] == right["clusters"]


def _members(path: Path) -> list[tuple[tarfile.TarInfo, bytes]]:
    with tarfile.open(path) as tar:
        return [(m, tar.extractfile(m).read()) for m in tar]


def _write(path: Path, members: list[tuple[tarfile.TarInfo, bytes]]) -> Path:
    with tarfile.open(path, "w", format=tarfile.PAX_FORMAT) as tar:
        for info, data in members:
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return path


def _truncated(source: Path, to: Path) -> Path:
    to.write_bytes(source.read_bytes()[: source.stat().st_size * 2 // 3])
    return to


def _without_manifest(source: Path, to: Path) -> Path:
    return _write(to, [m for m in _members(source) if m[0].name != "manifest.json"])


def _flipped(source: Path, to: Path) -> Path:
    members = _members(source)
    info, data = members[0]
    assert info.name == "database.dump"
    middle = len(data) // 2
    return _write(to, [(info, data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]), *members[1:]])


def _with_path_outside(source: Path, to: Path) -> Path:
    return _write(to, [(tarfile.TarInfo("../../outside"), b"x"), *_members(source)])


def _with_link(source: Path, to: Path) -> Path:
    link = tarfile.TarInfo("files/ab/" + "ab" * 32)
    link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
    return _write(to, [(link, b""), *_members(source)])


def _without_dump(source: Path, to: Path) -> Path:
    kept = [m for m in _members(source) if m[0].name != "database.dump"]
    manifest = json.loads(kept[-1][1])
    manifest["members"].pop("database.dump")
    return _write(to, [*kept[:-1], (kept[-1][0], json.dumps(manifest).encode())])


def _dump_is_rubbish(source: Path, to: Path) -> Path:
    """Checksums right, but the dump is no dump."""
    kept = _members(source)
    manifest = json.loads(kept[-1][1])
    manifest["members"]["database.dump"] = {"sha256": hashlib.sha256(b"PGDMP no").hexdigest(), "size": 8}
    return _write(to, [(kept[0][0], b"PGDMP no"), *kept[1:-1], (kept[-1][0], json.dumps(manifest).encode())])


def _file_not_its_digest(source: Path, to: Path) -> Path:
    """A kept file is named by its digest; another content under that name is damage, whatever the manifest says."""
    kept = _members(source)
    name = "files/ab/" + "ab" * 32
    manifest = json.loads(kept[-1][1])
    manifest["members"][name] = {"sha256": hashlib.sha256(b"other").hexdigest(), "size": 5}
    return _write(to, [*kept[:-1], (tarfile.TarInfo(name), b"other"), (kept[-1][0], json.dumps(manifest).encode())])


def _newer(source: Path, to: Path) -> Path:
    kept = _members(source)
    manifest = json.loads(kept[-1][1])
    manifest["format"] += 1
    return _write(to, [*kept[:-1], (kept[-1][0], json.dumps(manifest).encode())])


def _foreign(source: Path, to: Path) -> Path:
    info = tarfile.TarInfo("holiday/photo.jpg")
    return _write(to, [(info, b"\xff\xd8\xff")])


def _no_archive(source: Path, to: Path) -> Path:
    to.write_bytes(b"SELECT 1;\n" * 500)
    return to


def _empty(source: Path, to: Path) -> Path:
    to.write_bytes(b"")
    return to


_SPOILT = [
    _truncated, _without_manifest, _flipped, _with_path_outside, _with_link, _file_not_its_digest, _newer, _foreign,
    _no_archive, _empty, _without_dump,
]  # fmt: skip


@pytest.mark.parametrize("spoil", _SPOILT)
def test_what_is_not_a_sound_backup_is_refused(spoil: Any, sound: Path, tmp_path: Path) -> None:
    from lienthu.platform.backup.archive import unpack
    from lienthu.platform.backup.errors import BackupRefused

    path = spoil(sound, tmp_path / "spoilt.tar")
    into = tmp_path / "a" / "b" / "into"
    into.mkdir(parents=True)
    with pytest.raises(BackupRefused) as refused:
        unpack(path, into)
    assert len(str(refused.value).split()) > 4
    assert not list(tmp_path.rglob("outside"))
    assert not any(p.is_symlink() for p in tmp_path.rglob("*"))


def test_refused_backups_leave_the_folder_as_it_was(
    sound: Path, folders: Callable[..., Any], shared_install: Any, tmp_path: Path
) -> None:
    install = folders("new")
    with install.database():
        for spoil in (_truncated, _dump_is_rubbish):
            before = _tree(install.folder)
            install.lienthu("restore", spoil(sound, tmp_path / "spoilt.tar")).refused()
            assert install.sql("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == [(0,)]
            assert _tree(install.folder) == before
        install.lienthu("restore", tmp_path / "absent.tar").refused()
        done = install.lienthu("restore", sound)
        assert done.code == 0, "after all refusals a sound backup is taken"
        assert _checksums(install) == _checksums(shared_install)


def test_a_backup_that_cannot_be_written_is_refused_and_leaves_nothing(shared_install: Any, tmp_path: Path) -> None:
    shared_install.lienthu("backup", tmp_path / "no" / "such" / "folder.tar").refused()
    (tmp_path / "folder").mkdir()
    shared_install.lienthu("backup", tmp_path / "folder").refused()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["folder"]
