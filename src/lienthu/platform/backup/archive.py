"""The backup file: a tar with the database dump, the kept files, and a manifest of checksums as its last member.

database.dump      pg_dump, custom format: one consistent snapshot
files/ab/abcd…     the files people handed over, by digest; written once, so copying them needs no lock
ocfl/…             the preservation store, object by object, each as it was at one moment
manifest.json      version, time, SHA-256 and size of every member before it; of an object the SHA-512 of its
                   inventory, which in turn tells the digests of all its files
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Final

from lienthu.foundation.preservation.ocfl.inventory import NAME as INVENTORY
from lienthu.platform.backup.errors import BackupRefused
from lienthu.platform.backup.objects import UnpackedObjects

FORMAT_VERSION: Final = 2
_READ: Final = (1, 2)  # 1: without a preservation store
MANIFEST: Final = "manifest.json"
DUMP: Final = "database.dump"
STORE: Final = "ocfl/"
_LARGEST_MANIFEST: Final = 512  # MiB: a million objects
_BLOCK = 1 << 20


@dataclass(slots=True)
class Manifest:
    """What a backup holds."""

    made_at: str
    app_version: str
    members: dict[str, tuple[str, int]] = field(default_factory=dict)
    objects: dict[str, str] | None = field(default_factory=dict)
    """Place of an object in the store → SHA-512 of its inventory; None: the store was left out."""

    def dumps(self) -> bytes:
        """As JSON."""
        return json.dumps(
            {
                "format": FORMAT_VERSION,
                "made_at": self.made_at,
                "app_version": self.app_version,
                "members": {name: {"sha256": s, "size": n} for name, (s, n) in self.members.items()},
                "objects": self.objects,
            },
            indent=1,
        ).encode()

    @classmethod
    def loads(cls, data: bytes) -> Manifest:
        """What ``dumps`` wrote. Raises BackupRefused for anything else."""
        try:
            raw: dict[str, Any] = json.loads(data)
            if raw["format"] not in _READ:
                raise BackupRefused(f"The backup has format {raw['format']}; this program reads {FORMAT_VERSION}.")
            members = {name: (m["sha256"], int(m["size"])) for name, m in raw["members"].items()}
            objects = raw.get("objects", {})
            return cls(raw["made_at"], raw["app_version"], members, None if objects is None else dict(objects))
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
        self._manifest.members[name] = (self._copy(name, source, hashlib.sha256()), source.stat().st_size)

    def add_object(self, place: str, files: Iterable[tuple[str, Path]]) -> None:
        """Add an object of the preservation store: paths below the store, and where their bytes are."""
        for name, source in files:
            digest = self._copy(STORE + name, source, hashlib.sha512())
            if self._manifest.objects is not None and name == f"{place}/{INVENTORY}":
                self._manifest.objects[place] = digest

    def _copy(self, name: str, source: Path, digest: hashlib._Hash) -> str:
        info = tarfile.TarInfo(name)
        info.size, info.mode = source.stat().st_size, 0o600
        with source.open("rb") as f:
            self._tar.addfile(info, _Hashed(f, digest))
        return digest.hexdigest()

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
    def __init__(self, source: IO[bytes], digest: hashlib._Hash) -> None:
        self._source, self._digest = source, digest

    def read(self, size: int = -1) -> bytes:
        block = self._source.read(size)
        self._digest.update(block)
        return block


def unpack(path: Path, into: Path) -> Manifest:
    """Unpack and check a backup into an empty folder. Raises BackupRefused when anything is missing or differs.

    Names are taken from no one: only the dump, files named by their own digest and objects that tell the digests of
    all their files are unpacked.
    """
    found: dict[str, tuple[str, int]] = {}
    objects = UnpackedObjects(into / STORE)
    manifest: Manifest | None = None
    try:
        with tarfile.open(path, "r") as tar:
            for member in tar:
                source = tar.extractfile(member) if member.isreg() else None
                if source is None or not _expected(member.name):
                    raise BackupRefused(f"The backup holds something that does not belong there: {member.name[:80]}")
                if member.name == MANIFEST:
                    manifest = Manifest.loads(source.read(_LARGEST_MANIFEST * _BLOCK))
                    continue
                if member.name.startswith(STORE):
                    objects.take(member.name.removeprefix(STORE), source)
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
    objects.finish(manifest.objects or {})
    if found != manifest.members:
        wrong = sorted({*found.items()} ^ {*manifest.members.items()})
        raise BackupRefused(f"The backup is damaged: checksum of {wrong[0][0]} differs. Take another backup file.")
    return manifest


def _expected(name: str) -> bool:
    if name in (DUMP, MANIFEST) or name.startswith(STORE):
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
