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

from lienthu.platform.backup.archive import DUMP, ArchiveWriter, BackupRefused, Manifest, kept_files, unpack
from lienthu.platform.postgres import ToolFailed, binary


def back_up(path: Path) -> Manifest:
    """Write database and files into one file, while everything runs. Raises BackupRefused, ToolFailed, OSError.

    The dump is one snapshot; a file is never changed once it is kept, so every file the dump names is there.
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
            writer.close()
        except BaseException:
            writer.abandon()
            raise
    return manifest


def restore(path: Path) -> Manifest:
    """Restore a backup into this install, which must be empty. Nothing is written before the file has been checked.

    The search index is not part of a backup: the caller builds it. Raises BackupRefused, ToolFailed, OSError.
    """
    if not _database_is_empty():
        raise BackupRefused(
            "This install is not empty. Restore into a new data folder: lienthu --data FOLDER restore …"
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
        _tool(
            "pg_restore",
            ["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges",
             f"--dbname={connection.settings_dict['NAME']}", str(folder / DUMP)],
        )  # fmt: skip
    return manifest


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
