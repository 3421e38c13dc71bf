"""Make a backup; restore one into an empty install."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone

from lienthu.foundation.preservation.ocfl import NoSuchObject, ObjectDamaged, Store
from lienthu.foundation.preservation.ocfl.layout import object_path
from lienthu.foundation.preservation.ocfl.store import ROOT_DECLARATION, STORE_FILES
from lienthu.platform.backup.archive import DUMP, STORE, ArchiveWriter, Manifest, kept_files, unpack
from lienthu.platform.backup.errors import BackupRefused
from lienthu.platform.postgres import ToolFailed, binary


def back_up(path: Path, *, with_store: bool = True) -> Manifest:
    """Write database, files and preservation store into one file, while everything runs.

    The dump is one snapshot, taken first; a file is never changed once it is kept, so every file the dump names is
    there. What is made of masters is left out and made again. Raises BackupRefused, ToolFailed, OSError.
    """
    manifest = Manifest(timezone.now().isoformat(timespec="seconds"), version("lienthu"))
    with tempfile.TemporaryDirectory(prefix="lienthu-backup-", dir=path.resolve().parent) as scratch:
        dump = Path(scratch) / DUMP
        _tool("pg_dump", ["--format=custom", "--compress=6", "--no-owner", "--no-privileges", f"--file={dump}"])
        writer = ArchiveWriter(path, manifest)
        try:
            writer.add(DUMP, dump)
            for name, source in kept_files(Path(settings.FILES_DIR)):
                writer.add(name, source)
            if with_store:
                _add_store(writer)
            else:
                manifest.objects = None
            writer.close()
        except BaseException:
            writer.abandon()
            raise
    return manifest


def _store_folder() -> Path:
    return Path(settings.DIGITAL_DIR) / "ocfl"


def _add_store(writer: ArchiveWriter) -> None:
    """The preservation store: objects come and get versions meanwhile, each is copied as it is at one moment."""
    if not (_store_folder() / ROOT_DECLARATION).exists():
        return
    store = Store(_store_folder())
    writer.add_object("", ((name, store.root / name) for name in STORE_FILES))
    for object_id in store.objects():
        try:
            writer.add_object(object_path(object_id), store.everything_of(object_id))
        except NoSuchObject:
            continue  # discarded meanwhile, never published
        except ObjectDamaged as e:
            raise BackupRefused(f"{e}. Restore it from an older backup: a backup of damage would be none.") from e


def restore(path: Path) -> Manifest:
    """Restore a backup into this install, which must be empty. Nothing is written before the file has been checked.

    The search index is not part of a backup: the caller builds it. Raises BackupRefused, ToolFailed, OSError.
    """
    if not _database_is_empty():
        raise BackupRefused(
            "This install is not empty. Restore into a new data folder: lienthu --data FOLDER restore …"
        )
    if next(Store(_store_folder()).objects(), None) if _store_folder().exists() else None:
        raise BackupRefused(
            f"There are digitised objects in {_store_folder()}. Restore into a new data folder, or move them away."
        )
    with tempfile.TemporaryDirectory(prefix="restore-", dir=settings.DATA_DIR) as scratch:
        folder = Path(scratch)
        manifest = unpack(path, folder)
        # the files first: named by digest they harm nobody, and an install whose database is empty can be tried again
        files = Path(settings.FILES_DIR)
        files.mkdir(parents=True, exist_ok=True, mode=0o700)
        for name in manifest.members:
            if name.startswith("files/"):
                target = files / name.removeprefix("files/")
                target.parent.mkdir(exist_ok=True, mode=0o700)
                shutil.move(str(folder / name), target)
        if (folder / STORE).exists():
            _put_store(folder / STORE)
        _replay(folder / DUMP)
    return manifest


def _put_store(unpacked: Path) -> None:
    target = _store_folder()
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if target.exists():
        shutil.rmtree(target)  # without any object in it, as was made sure
    shutil.move(str(unpacked), target)


def _database_is_empty() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
        return int(cursor.fetchone()[0]) == 0


def _tool(name: str, arguments: Sequence[str]) -> None:
    """Run a PostgreSQL client program on this install's database; the password is in its environment only."""
    done = subprocess.run([str(binary(name)), *arguments], env={**os.environ, **_connection()}, capture_output=True)
    if done.returncode:
        raise ToolFailed(name, done.returncode, done.stderr[-4000:].decode("utf-8", "replace"))


_HEAD = 100
"""Within so many lines of the head of a script pg_restore sends its settings."""


def _replay(dump: Path) -> None:
    """Write a dump into the empty database, as a whole or not at all.

    pg_restore sends settings of its own version. One of them, `transaction_timeout`, is unknown to servers older than
    17, which would refuse the whole: so the script goes through here, without that line where the server is older.
    It is committed only once pg_restore has said that it was everything.
    """
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        older = int(cursor.fetchone()[0]) < 17_00_00
    environment = {**os.environ, **_connection()}
    with tempfile.TemporaryFile() as reader_said, tempfile.TemporaryFile() as writer_said:
        reader = subprocess.Popen(
            [str(binary("pg_restore")), "--no-owner", "--no-privileges", "--file=-", str(dump)],
            stdout=subprocess.PIPE, stderr=reader_said,
        )  # fmt: skip
        writer = subprocess.Popen(
            [str(binary("psql")), "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1"],
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=writer_said, env=environment,
        )  # fmt: skip
        assert reader.stdout is not None
        assert writer.stdin is not None
        try:
            writer.stdin.write(b"BEGIN;\n")
            for number, line in enumerate(reader.stdout):
                if older and number < _HEAD and line.startswith(b"SET transaction_timeout"):
                    continue
                writer.stdin.write(line)
            if reader.wait() == 0:
                writer.stdin.write(b"COMMIT;\n")
        except BrokenPipeError:
            pass  # psql has stopped at an error, which it tells below
        finally:
            with suppress(BrokenPipeError):
                writer.stdin.close()  # without the word above the server takes everything back
            reader.stdout.close()
            ended = {"psql": (writer.wait(), writer_said), "pg_restore": (reader.wait(), reader_said)}
        for name, (code, said) in ended.items():
            if code:
                said.seek(0)
                raise ToolFailed(name, code, said.read()[-4000:].decode("utf-8", "replace"))


def _connection() -> dict[str, str]:
    s: dict[str, Any] = connection.settings_dict
    given = {
        "PGDATABASE": s["NAME"],
        "PGUSER": s["USER"],
        "PGPASSWORD": s["PASSWORD"],
        "PGHOST": s["HOST"],
        "PGPORT": str(s["PORT"] or ""),
        "PGSSLMODE": s["OPTIONS"].get("sslmode", ""),
        "PGSSLROOTCERT": s["OPTIONS"].get("sslrootcert", ""),
    }
    return {name: value for name, value in given.items() if value}
