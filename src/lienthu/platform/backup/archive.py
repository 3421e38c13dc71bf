"""The backup file: a tar with the database dump, the kept files, and a manifest of checksums as its last member.

database.dump      pg_dump, custom format: one consistent snapshot
files/ab/abcd…     the files people handed over, by digest; written once, so copying them needs no lock
manifest.json      version, time, and SHA-256 and size of every member before it
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Final

FORMAT_VERSION: Final = 1
MANIFEST: Final = "manifest.json"
DUMP: Final = "database.dump"
_BLOCK = 1 << 20


class BackupRefused(Exception):
    """The backup cannot be made, or the file is not a whole and sound backup. The message says what to do."""


@dataclass(slots=True)
class Manifest:
    """What a backup holds."""

    made_at: str
    app_version: str
    members: dict[str, tuple[str, int]] = field(default_factory=dict)

    def dumps(self) -> bytes:
        """As JSON."""
        return json.dumps(
            {
                "format": FORMAT_VERSION,
                "made_at": self.made_at,
                "app_version": self.app_version,
                "members": {name: {"sha256": s, "size": n} for name, (s, n) in self.members.items()},
            },
            indent=1,
        ).encode()

    @classmethod
    def loads(cls, data: bytes) -> Manifest:
        """What ``dumps`` wrote. Raises BackupRefused for anything else."""
        try:
            raw: dict[str, Any] = json.loads(data)
            if raw["format"] != FORMAT_VERSION:
                raise BackupRefused(f"The backup has format {raw['format']}; this program reads {FORMAT_VERSION}.")
            members = {name: (m["sha256"], int(m["size"])) for name, m in raw["members"].items()}
            return cls(raw["made_at"], raw["app_version"], members)
        except (ValueError, KeyError, TypeError, AttributeError) as e:
            raise BackupRefused("The manifest of the backup cannot be read; take another backup file.") from e


class ArchiveWriter:
    """Writes a backup beside its final name and renames it when it is whole."""

    def __init__(self, path: Path, manifest: Manifest) -> None:
        self._path, self._manifest = path, manifest
        self._partial = path.with_name(path.name + ".partial")
        self._tar = tarfile.open(self._partial, "w", format=tarfile.PAX_FORMAT)  # noqa: SIM115  # closed in close()
        os.chmod(self._partial, 0o600)

    def add(self, name: str, source: Path) -> None:
        """Add a file, its checksum taken while it is copied."""
        info = tarfile.TarInfo(name)
        info.size, info.mode = source.stat().st_size, 0o600
        with source.open("rb") as f:
            hashed = _Hashed(f)
            self._tar.addfile(info, hashed)
        self._manifest.members[name] = (hashed.digest.hexdigest(), info.size)

    def close(self) -> None:
        """Write the manifest, sync, and give the file its name."""
        data = self._manifest.dumps()
        info = tarfile.TarInfo(MANIFEST)
        info.size, info.mode = len(data), 0o600
        self._tar.addfile(info, io.BytesIO(data))
        self._tar.close()
        with self._partial.open("rb") as f:
            os.fsync(f.fileno())
        os.replace(self._partial, self._path)

    def abandon(self) -> None:
        """Leave nothing behind."""
        self._tar.close()
        self._partial.unlink(missing_ok=True)


class _Hashed:
    def __init__(self, source: IO[bytes]) -> None:
        self._source = source
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        block = self._source.read(size)
        self.digest.update(block)
        return block


def unpack(path: Path, into: Path) -> Manifest:
    """Unpack and check a backup into an empty folder. Raises BackupRefused when anything is missing or differs.

    Names are taken from no one: only the dump and files named by their own digest are unpacked.
    """
    found: dict[str, tuple[str, int]] = {}
    manifest: Manifest | None = None
    try:
        with tarfile.open(path, "r") as tar:
            for member in tar:
                source = tar.extractfile(member) if member.isreg() else None
                if source is None or not _expected(member.name):
                    raise BackupRefused(f"The backup holds something that does not belong there: {member.name[:80]}")
                if member.name == MANIFEST:
                    manifest = Manifest.loads(source.read(64 * _BLOCK))
                    continue
                target = into / member.name
                target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                found[member.name] = _copy(source, target)
                if member.name != DUMP and found[member.name][0] != target.name:
                    raise BackupRefused(f"The backup is damaged: {member.name} has another content than its name says.")
    except (tarfile.TarError, EOFError, OSError) as e:
        raise BackupRefused(f"The backup cannot be read to its end ({e}); take another backup file.") from e
    if manifest is None:
        raise BackupRefused("The backup is not complete: its manifest is missing. Take another backup file.")
    if DUMP not in manifest.members:
        raise BackupRefused("The backup is not complete: the database is missing. Take another backup file.")
    if found != manifest.members:
        wrong = sorted({*found.items()} ^ {*manifest.members.items()})
        raise BackupRefused(f"The backup is damaged: checksum of {wrong[0][0]} differs. Take another backup file.")
    return manifest


def _expected(name: str) -> bool:
    if name in (DUMP, MANIFEST):
        return True
    parts = name.split("/")
    return (
        len(parts) == 3
        and parts[0] == "files"
        and len(parts[2]) == 64
        and set(parts[2]) <= set("0123456789abcdef")
        and parts[2].startswith(parts[1])
        and len(parts[1]) == 2
    )


def _copy(source: IO[bytes], target: Path) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    with target.open("wb") as out:
        while block := source.read(_BLOCK):
            digest.update(block)
            size += len(block)
            out.write(block)
    return digest.hexdigest(), size


def kept_files(folder: Path) -> Iterator[tuple[str, Path]]:
    """Member name and path of every kept file."""
    for path in sorted(folder.glob("??/*")):
        name = f"files/{path.parent.name}/{path.name}"
        if path.is_file() and _expected(name):
            yield name, path
