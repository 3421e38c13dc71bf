"""An OCFL 1.1 storage root in a local folder.

A version is built aside, synced, and moved in: content and its inventory by one rename, then the inventory of the
object, then the file that tells its digest. A writer killed between any two of these leaves the version before, or the
new one, whole; ``settle`` (done before every write) takes away or completes what is left. Readers read through such
leftovers.

    ocfl/                     the storage root: nothing in it that OCFL does not know
    ocfl.staging/<xx>/        what writers build; <xx> is a share of the objects, and its lock belongs to one writer
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import IO, Final

import orjson

from lienthu.foundation.preservation.ocfl import layout
from lienthu.foundation.preservation.ocfl.disk import keep, locked, pieces, replace, sync_folder, sync_tree
from lienthu.foundation.preservation.ocfl.errors import (
    NoSuchObject,
    ObjectBusy,
    ObjectDamaged,
    ObjectExists,
    StoreError,
)
from lienthu.foundation.preservation.ocfl.inventory import (
    DECLARATION,
    NAME,
    SIDECAR,
    Inventory,
    Version,
    sidecar_of,
    version_number,
    written,
)
from lienthu.foundation.preservation.ocfl.paths import check_path, check_together
from lienthu.foundation.preservation.ocfl.port import Content, Problem, Source
from lienthu.foundation.preservation.ocfl.validation import check_content, contents_of, problems_of

ROOT_DECLARATION: Final = "0=ocfl_1.1"
STORE_FILES: Final = (ROOT_DECLARATION, "ocfl_layout.json", f"extensions/{layout.NAME}/config.json")
"""Files of the root that say what the store is."""
_REMEMBERED: Final = 32


class Store:
    """The store in a folder. Rules PRS-1 to PRS-4, docs/specs/preservation.md."""

    def __init__(self, root: Path, *, staging: Path | None = None, patience: float = 30.0) -> None:
        """``staging`` must lie on the same file system as the root; beside it unless told."""
        self.root = root
        self.staging = staging or root.with_name(root.name + ".staging")
        self._patience = patience
        self._read: OrderedDict[str, tuple[tuple[int, int, int], Inventory]] = OrderedDict()
        self._reading = threading.Lock()
        self._begin()

    # ------------------------------------------------------------------------------------------------------- writing

    def create(
        self, object_id: str, files: Mapping[str, Source], *, message: str, user: str, at: datetime
    ) -> Inventory:
        """Keep a new object. Raises ObjectExists, PathRefused, SourceRefused, ObjectBusy, OSError (disk full)."""
        by = Version(written(at), message, user, {})
        with self._writing(object_id) as scratch:
            folder = self.folder_of(object_id)
            if folder.exists():
                raise ObjectExists(f"{object_id} is in the store; give it a new version instead")
            inventory = self._stage(Inventory(object_id, (), {}), files, (), by, scratch / "v1")
            keep([f"{DECLARATION[2:]}\n".encode()], scratch / DECLARATION)
            for name in (NAME, SIDECAR):
                keep([(scratch / "v1" / name).read_bytes()], scratch / name)
            sync_tree(scratch)
            self._move_in(scratch, folder)
        return inventory

    def update(
        self,
        object_id: str,
        *,
        add: Mapping[str, Source],
        remove: Iterable[str] = (),
        message: str,
        user: str,
        at: datetime,
    ) -> Inventory:
        """Give an object a new version: files added or replaced, files removed. Only new content is written.

        When nothing would differ from the newest version there is no new one. Raises NoSuchObject, NoSuchFile,
        PathRefused, SourceRefused, ObjectBusy, ObjectDamaged, OSError.
        """
        by = Version(written(at), message, user, {})
        with self._writing(object_id) as scratch:
            old = self.inventory(object_id)
            gone = [path for path in remove if old.content_path(path)]
            folder, number = self.folder_of(object_id), f"v{old.head + 1}"
            new = self._stage(old, add, gone, by, scratch / number)
            if new.files() == old.files():
                return old
            sync_tree(scratch / number)
            os.rename(scratch / number, folder / number)
            sync_folder(folder)
            self._tell_head(folder, new.head, scratch)
        return new

    def discard(self, object_id: str) -> None:
        """Take an object away with all its versions.

        Only for objects that were never published (what was once shown to readers stays provable), and for those that
        have to be erased. The caller knows, and answers for it. Raises NoSuchObject, ObjectBusy.
        """
        with self._writing(object_id) as scratch:
            folder = self.folder_of(object_id)
            if not folder.exists():
                raise NoSuchObject(f"{object_id} is not in the store")
            os.rename(folder, scratch / "discarded")
            sync_folder(folder.parent)
            with self._reading:
                self._read.pop(object_id, None)
            self._prune(folder.parent)

    def settle(self, object_id: str) -> None:
        """Complete or take away what a killed writer left of an object."""
        with self._writing(object_id):
            pass

    def sweep(self) -> int:
        """Take away what killed writers left anywhere; how many things went. Runs beside readers and writers."""
        swept = 0
        for share in sorted(self.staging.glob("[0-9a-f][0-9a-f]")):
            with suppress(ObjectBusy), locked(self._lock_of(share.name), patience=0):  # who writes tidies up anyway
                swept += self._empty(share)
        return swept + sum(self._prune(folder) for folder in self._folders(self.root, layout.TUPLES))

    # ------------------------------------------------------------------------------------------------------- reading

    def exists(self, object_id: str) -> bool:
        """Whether there is such an object."""
        return (self.folder_of(object_id) / DECLARATION).exists()

    def inventory(self, object_id: str) -> Inventory:
        """What the object holds, its digest checked. Raises NoSuchObject, ObjectDamaged."""
        folder = self.folder_of(object_id)
        try:
            facts = (folder / NAME).stat()
            sign = (facts.st_ino, facts.st_mtime_ns, facts.st_size)
            if (known := self._read.get(object_id)) and known[0] == sign:
                return known[1]
            data = (folder / NAME).read_bytes()
            told = (folder / SIDECAR).read_bytes()
        except FileNotFoundError as e:
            if (folder / DECLARATION).exists():
                raise ObjectDamaged(f"The inventory of {object_id} is missing") from e
            raise NoSuchObject(f"{object_id} is not in the store") from e
        inventory = Inventory.loads(data)
        if inventory.object_id != object_id:
            raise ObjectDamaged(f"Where {object_id} should lie is {inventory.object_id}")
        if told != _sidecar(data) and not _told_by_version(folder, inventory.head, data):
            raise ObjectDamaged(f"The inventory of {object_id} is not what its digest says")
        with self._reading:
            self._read[object_id] = (sign, inventory)
            while len(self._read) > _REMEMBERED:
                self._read.popitem(last=False)
        return inventory

    def path_of(self, object_id: str, logical: str, version: int | None = None) -> Path:
        """Where a logical file lies on disk; only to be read. Raises NoSuchObject, NoSuchFile, ObjectDamaged."""
        return self.folder_of(object_id) / self.inventory(object_id).content_path(logical, version)

    def open(self, object_id: str, logical: str, version: int | None = None) -> IO[bytes]:
        """A logical file, to be read and closed. Raises as ``path_of`` and OSError."""
        return self.path_of(object_id, logical, version).open("rb")

    def read(self, object_id: str, logical: str, version: int | None = None) -> bytes:
        """A logical file whole, its digest checked. Raises as ``path_of``, and OSError."""
        data = self.path_of(object_id, logical, version).read_bytes()
        if hashlib.sha512(data).hexdigest() != self.inventory(object_id).files(version)[logical]:
            raise ObjectDamaged(f"{logical} of {object_id} is not what was kept")
        return data

    def pieces(self, object_id: str, logical: str, version: int | None = None) -> Iterator[bytes]:
        """A logical file as a stream whose digest is checked: raises ObjectDamaged at its end, and as ``path_of``."""
        expected, digest = self.inventory(object_id).version(version).state.get(logical), hashlib.sha512()
        for piece in pieces(self.path_of(object_id, logical, version)):
            digest.update(piece)
            yield piece
        if digest.hexdigest() != expected:
            raise ObjectDamaged(f"{logical} of {object_id} is not what was kept")

    def objects(self) -> Iterator[str]:
        """The ids of all objects, one after the other, in the order of the folders."""
        for folder in self._object_folders(self.root, layout.TUPLES):
            object_id = layout.object_id_of(folder.name)
            yield object_id if object_id is not None else Inventory.loads((folder / NAME).read_bytes()).object_id

    def everything_of(self, object_id: str) -> Iterator[tuple[str, Path]]:
        """All files of an object as it is now, by paths below the root; whole while somebody writes to it."""
        folder, inventory = self.folder_of(object_id), self.inventory(object_id)
        place = folder.relative_to(self.root).as_posix()
        yield f"{place}/{DECLARATION}", folder / DECLARATION
        for number in range(1, inventory.head + 1):
            for name in (NAME, SIDECAR):
                yield f"{place}/v{number}/{name}", folder / f"v{number}" / name
        for path in sorted(inventory.digests):
            yield f"{place}/{path}", folder / path
        # the newest version's own inventory is the object's: the object's file may be of a newer version by now
        for name in (NAME, SIDECAR):
            yield f"{place}/{name}", folder / f"v{inventory.head}" / name

    def folder_of(self, object_id: str) -> Path:
        """Where the object lies, whether it is there or not."""
        return self.root / layout.object_path(object_id)

    # ------------------------------------------------------------------------------------------------------ checking

    def content(self, object_id: str) -> Iterator[Content]:
        """Every kept file of every version, in the order of paths. Raises as ``inventory``."""
        return contents_of(self.folder_of(object_id), self.inventory(object_id))

    def check(self, object_id: str, content: Content) -> Problem | None:
        """Read one kept file through: what is wrong with it, or None."""
        return check_content(self.folder_of(object_id), content)

    def validate(self, object_id: str, *, deep: bool) -> list[Problem]:
        """What is wrong with an object: its shape and inventories; ``deep``: every byte too. Raises NoSuchObject."""
        folder = self.folder_of(object_id)
        if not folder.exists():
            raise NoSuchObject(f"{object_id} is not in the store")
        return problems_of(folder, object_id, deep=deep)

    # -------------------------------------------------------------------------------------------------------- inside

    def _begin(self) -> None:
        """Make an empty store; refuse a folder that is something else."""
        if (self.root / ROOT_DECLARATION).exists():
            return
        with locked(self._lock_of("root"), patience=self._patience):
            if (self.root / ROOT_DECLARATION).exists():
                return
            known = {"extensions", "ocfl_layout.json"}
            if self.root.exists() and {p.name for p in self.root.iterdir()} - known:
                raise StoreError(f"{self.root} is neither empty nor an OCFL 1.1 store")
            extension = self.root / "extensions" / layout.NAME
            extension.mkdir(parents=True, exist_ok=True, mode=0o700)
            for path, value in (
                (extension / "config.json", layout.CONFIG),
                (self.root / "ocfl_layout.json", layout.LAYOUT),
            ):
                replace(path, orjson.dumps(value, option=orjson.OPT_INDENT_2) + b"\n", self.staging)
            sync_tree(self.root)
            # last: a root that declares itself is whole
            replace(self.root / ROOT_DECLARATION, f"{ROOT_DECLARATION[2:]}\n".encode(), self.staging)

    def _lock_of(self, share: str) -> Path:
        return self.staging / f"{share}.lock"

    @contextmanager
    def _writing(self, object_id: str) -> Iterator[Path]:
        """Alone with an object, all leftovers settled; a scratch folder that is gone afterwards."""
        share = hashlib.sha256(object_id.encode()).hexdigest()[:2]
        with locked(self._lock_of(share), patience=self._patience):
            self._empty(self.staging / share)
            self._settle(self.folder_of(object_id), self.staging / share)
            scratch = Path(tempfile.mkdtemp(dir=self.staging / share))
            try:
                yield scratch
            finally:
                shutil.rmtree(scratch, ignore_errors=True)

    def _empty(self, share: Path) -> int:
        share.mkdir(parents=True, exist_ok=True, mode=0o700)
        leftovers = list(share.iterdir())
        for path in leftovers:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        return len(leftovers)

    def _settle(self, folder: Path, scratch: Path) -> None:
        if not (folder / NAME).exists():
            return
        data = (folder / NAME).read_bytes()
        head = Inventory.loads(data).head
        if (folder / SIDECAR).read_bytes() != _sidecar(data) and _told_by_version(folder, head, data):
            replace(folder / SIDECAR, _sidecar(data), scratch)
        for path in folder.iterdir():
            if (version_number(path.name) or 0) > head:
                shutil.rmtree(path)

    def _stage(
        self, old: Inventory, add: Mapping[str, Source], gone: Iterable[str], by: Version, into: Path
    ) -> Inventory:
        """Write the new content of a version and its inventory into a folder; the grown inventory."""
        gone = set(gone)
        check_together([*(p for p in (old.files() if old.head else ()) if p not in gone), *map(check_path, add)])
        added: dict[str, str] = {}
        content: dict[str, str] = {}
        sha256: dict[str, str] = {}
        into.mkdir(mode=0o700)
        for logical, source in add.items():
            target = into / "content" / logical
            digest, fixity = keep(pieces(source), target)
            added[logical] = digest
            if digest in old.manifest or digest in content:
                target.unlink()
                continue
            content[digest] = f"{into.name}/content/{logical}"
            sha256[content[digest]] = fixity
        _remove_empty(into)
        new = old.grown(added=added, removed=gone - set(add), content=content, sha256=sha256, by=by)
        data = new.dumps()
        keep([data], into / NAME)
        keep([_sidecar(data)], into / SIDECAR)
        return new

    def _tell_head(self, folder: Path, head: int, scratch: Path) -> None:
        for name in (NAME, SIDECAR):
            replace(folder / name, (folder / f"v{head}" / name).read_bytes(), scratch)

    def _move_in(self, scratch: Path, folder: Path) -> None:
        while True:
            folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            try:
                os.rename(scratch, folder)
                break
            except FileNotFoundError:  # sweep() took the empty parent away in between
                continue
        for parent in [*folder.parents][: layout.TUPLES + 1]:
            sync_folder(parent)

    def _prune(self, folder: Path) -> bool:
        """Take away an empty folder between root and objects, and those above it that become empty."""
        pruned = False
        while folder != self.root and self.root in folder.parents and "extensions" not in folder.parts:
            try:
                folder.rmdir()
            except OSError:
                break
            pruned, folder = True, folder.parent
        return pruned

    def _object_folders(self, folder: Path, depth: int) -> Iterator[Path]:
        for below in self._folders(folder, depth):
            yield from (path for path in _folders_in(below) if (path / DECLARATION).exists())

    def _folders(self, folder: Path, depth: int) -> Iterator[Path]:
        """The folders of the deepest tuple, and any emptied one above."""
        below = _folders_in(folder) if depth else []
        if not below:
            yield folder
        for path in below:
            if path.name != "extensions":
                yield from self._folders(path, depth - 1)


def _folders_in(folder: Path) -> list[Path]:
    try:
        with os.scandir(folder) as entries:
            return [folder / name for name in sorted(e.name for e in entries if e.is_dir(follow_symlinks=False))]
    except FileNotFoundError:  # sweep() took it away
        return []


def _sidecar(data: bytes) -> bytes:
    return sidecar_of(hashlib.sha512(data).hexdigest())


def _told_by_version(folder: Path, head: int, data: bytes) -> bool:
    """Whether the newest version vouches for an inventory whose digest a killed writer did not come to tell."""
    try:
        return (folder / f"v{head}" / NAME).read_bytes() == data and (
            folder / f"v{head}" / SIDECAR
        ).read_bytes() == _sidecar(data)
    except FileNotFoundError:
        return False


def _remove_empty(folder: Path) -> None:
    for path, _, _ in os.walk(folder, topdown=False):
        if path != str(folder) and not os.listdir(path):
            os.rmdir(path)
