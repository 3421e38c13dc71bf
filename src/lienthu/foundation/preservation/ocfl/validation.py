"""What is wrong with an object on disk. ocfl-py, which others use, is asked the same in the tests."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from lienthu.foundation.preservation.ocfl.disk import digests_of
from lienthu.foundation.preservation.ocfl.errors import ObjectDamaged
from lienthu.foundation.preservation.ocfl.inventory import (
    DECLARATION,
    NAME,
    SIDECAR,
    Inventory,
    sidecar_of,
    version_number,
)
from lienthu.foundation.preservation.ocfl.port import Content, Problem

_AT_TOP: Final = frozenset({DECLARATION, NAME, SIDECAR})


def contents_of(folder: Path, inventory: Inventory) -> Iterator[Content]:
    """Every kept file; a missing one has the size 0."""
    for path, digest in sorted(inventory.digests.items()):
        try:
            size = (folder / path).lstat().st_size
        except FileNotFoundError:
            size = 0
        yield Content(path, size, digest, inventory.sha256.get(path))


def check_content(folder: Path, content: Content) -> Problem | None:
    """Read one kept file through and compare both digests."""
    try:
        if not stat.S_ISREG((folder / content.path).lstat().st_mode):
            return Problem("not-a-file", content.path, "something else lies where the file should be")
        sha512, sha256 = digests_of(folder / content.path)
    except FileNotFoundError:
        return Problem("content-missing", content.path, "the file is missing")
    except OSError as e:
        return Problem("content-unreadable", content.path, f"the file cannot be read: {e.strerror}")
    if sha512 != content.sha512:
        return Problem("content-damaged", content.path, "the bytes are not those that were kept (SHA-512)")
    if content.sha256 is not None and sha256 != content.sha256:
        return Problem("fixity-differs", content.path, "the second digest (SHA-256) was not taken from these bytes")
    return None


def problems_of(folder: Path, object_id: str, *, deep: bool) -> list[Problem]:
    """All problems of an object, those of its shape first."""
    found: list[Problem] = []
    _check_declaration(folder, found)
    try:
        data = (folder / NAME).read_bytes()
        inventory = Inventory.loads(data)
    except (OSError, ObjectDamaged) as e:
        return [*found, Problem("inventory-unreadable", NAME, str(e))]
    if inventory.object_id != object_id:
        found.append(Problem("wrong-object", NAME, f"this is {inventory.object_id}"))
    _check_inventories(folder, inventory, data, found)
    expected = inventory.digests
    _check_names(folder, inventory, set(expected), found)
    for content in contents_of(folder, inventory):
        problem = check_content(folder, content) if deep else _is_there(folder, content)
        if problem:
            found.append(problem)
    return found


def _check_declaration(folder: Path, found: list[Problem]) -> None:
    try:
        said = (folder / DECLARATION).read_bytes()
    except OSError:
        said = b""
    if said != f"{DECLARATION[2:]}\n".encode():
        found.append(Problem("declaration-wrong", DECLARATION, "the file that says what this folder is, is not right"))


def _check_inventories(folder: Path, head: Inventory, data: bytes, found: list[Problem]) -> None:
    for number in range(1, head.head + 1):
        path = f"v{number}/{NAME}"
        try:
            own = (folder / path).read_bytes()
            told = (folder / f"v{number}/{SIDECAR}").read_bytes()
            version = Inventory.loads(own)
        except (OSError, ObjectDamaged) as e:
            found.append(Problem("inventory-unreadable", path, str(e)))
            continue
        if told != sidecar_of(hashlib.sha512(own).hexdigest()):
            found.append(Problem("inventory-damaged", path, "it is not what its digest says"))
        elif version.versions != head.versions[:number] or version.object_id != head.object_id:
            found.append(Problem("history-differs", path, "the newest inventory tells another history"))
        elif number == head.head and own != data:
            found.append(Problem("inventory-damaged", NAME, "it is not the one of the newest version"))
    try:
        told = (folder / SIDECAR).read_bytes()
    except OSError:
        told = b""
    if told != sidecar_of(hashlib.sha512(data).hexdigest()):
        vouched = (folder / f"v{head.head}" / NAME).exists() and (folder / f"v{head.head}" / NAME).read_bytes() == data
        found.append(Problem("digest-not-told", SIDECAR, "it tells another digest", repairable=vouched))


def _check_names(folder: Path, inventory: Inventory, expected: set[str], found: list[Problem]) -> None:
    """Whatever lies in the folder and belongs to no version."""
    for name in sorted(os.listdir(folder)):
        number = version_number(name)
        if number and number > inventory.head:
            found.append(Problem("leftover", name, "a version that was never finished", repairable=True))
        elif number:
            _check_version_folder(folder, name, expected, found)
        elif name not in _AT_TOP:
            found.append(Problem("unexpected", name, "no version names it"))


def _check_version_folder(folder: Path, name: str, expected: set[str], found: list[Problem]) -> None:
    for path, below, files in os.walk(folder / name):
        where = Path(path).relative_to(folder).as_posix()
        for file in files:
            full = f"{where}/{file}"
            if full not in expected and full not in (f"{name}/{NAME}", f"{name}/{SIDECAR}"):
                found.append(Problem("unexpected", full, "no version names it"))
        for inner in below:
            if (folder / where / inner).is_symlink() or not os.listdir(folder / where / inner):
                found.append(Problem("unexpected", f"{where}/{inner}", "a link or an empty folder"))


def _is_there(folder: Path, content: Content) -> Problem | None:
    try:
        mode = (folder / content.path).lstat().st_mode
    except FileNotFoundError:
        return Problem("content-missing", content.path, "the file is missing")
    if not stat.S_ISREG(mode):
        return Problem("not-a-file", content.path, "something else lies where the file should be")
    return None
