"""The preservation store in a backup: unpacked object by object, each checked by its own inventory as it comes."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import IO, Final

from lienthu.foundation.kernel.refusal import Refused
from lienthu.foundation.preservation.ocfl.errors import ObjectDamaged
from lienthu.foundation.preservation.ocfl.inventory import NAME as INVENTORY
from lienthu.foundation.preservation.ocfl.inventory import Inventory
from lienthu.foundation.preservation.ocfl.layout import TUPLES, object_path
from lienthu.foundation.preservation.ocfl.store import STORE_FILES
from lienthu.foundation.preservation.ocfl.validation import problems_of
from lienthu.foundation.preservation.unpacking import safe_name
from lienthu.platform.backup.errors import BackupRefused

_BLOCK: Final = 1 << 20


class UnpackedObjects:
    """Takes the files of the store as they come. The files of an object come together, its inventory among the last."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._place = ""
        self._digests: dict[str, str] = {}
        self._inventories: dict[str, str] = {}

    def take(self, name: str, source: IO[bytes]) -> None:
        """Unpack one file. Raises BackupRefused for a name that does not belong into a store."""
        try:
            if safe_name(name) != name:
                raise Refused("unsafe-name")
        except Refused as e:
            raise BackupRefused(f"The backup holds something that does not belong there: {name[:80]!r}") from e
        parts = name.split("/")
        if name not in STORE_FILES:
            if len(parts) < TUPLES + 2:
                raise BackupRefused(f"The backup holds something that does not belong there: {name[:80]!r}")
            self._turn_to("/".join(parts[: TUPLES + 1]))
        target = self._root / name
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        digest = hashlib.sha512()
        with target.open("xb") as out:
            while block := source.read(_BLOCK):
                digest.update(block)
                out.write(block)
        if name not in STORE_FILES:
            target.chmod(0o400)
            self._digests["/".join(parts[TUPLES + 1 :])] = digest.hexdigest()

    def finish(self, told: dict[str, str]) -> None:
        """All has come: compare with what the manifest tells of objects. Raises BackupRefused."""
        self._turn_to("")
        if self._inventories != told:
            wrong = sorted({*self._inventories.items()} ^ {*told.items()})
            raise BackupRefused(f"The backup is damaged: object {wrong[0][0]} differs. Take another backup file.")

    def _turn_to(self, place: str) -> None:
        if place == self._place:
            return
        if self._place:
            self._check()
        if place in self._inventories:
            raise BackupRefused(f"The backup is damaged: {place} comes twice. Take another backup file.")
        self._place, self._digests = place, {}

    def _check(self) -> None:
        folder = self._root / self._place
        try:
            inventory = Inventory.loads((folder / INVENTORY).read_bytes())
        except (OSError, ObjectDamaged) as e:
            raise BackupRefused(f"The backup is damaged: {self._place} is unreadable. Take another backup file.") from e
        problems = problems_of(folder, inventory.object_id, deep=False)
        unlike = [path for path, digest in inventory.digests.items() if self._digests.get(path) != digest]
        if problems or unlike or object_path(inventory.object_id) != self._place:
            what = problems[0].path if problems else unlike[0] if unlike else INVENTORY
            raise BackupRefused(f"The backup is damaged: {self._place}/{what} is wrong. Take another backup file.")
        self._inventories[self._place] = self._digests[INVENTORY]
