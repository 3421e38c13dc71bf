"""Make a backup; restore one into an empty install."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
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
        _tool(
            "pg_restore",
            ["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges",
             f"--dbname={connection.settings_dict['NAME']}", str(folder / DUMP)],
        )  # fmt: skip
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
