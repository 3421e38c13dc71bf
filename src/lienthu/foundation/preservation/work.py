"""What the sandbox may call of this room: opening archives and bags that people handed over. Values are JSON."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lienthu.foundation.kernel.refusal import Refused
from lienthu.foundation.preservation import bag, safe_tar, safe_zip
from lienthu.foundation.preservation.unpacking import Limits


def unpack(path: str, into: str, limits: dict[str, int] | None = None) -> list[dict[str, Any]]:
    """Take a ZIP or tar out into an empty folder: name and size of every file. Raises Refused."""
    archive, allowed = Path(path), Limits(**limits or {})
    with archive.open("rb") as f:
        is_zip = f.read(2) == b"PK"
    taken = (safe_zip if is_zip else safe_tar).unpack(archive, Path(into), allowed)
    return [{"name": file.name, "size": file.size} for file in taken]


def open_bag(path: str, into: str, limits: dict[str, int] | None = None) -> dict[str, Any]:
    """Check a bag: a folder where it lies, an archive in the empty folder ``into``. Raises Refused.

    Answers where its payload lies (``root``), version, info, and path, place, size and SHA-256 of every payload file.
    """
    if Path(path).is_symlink():
        raise Refused("not-a-file", name=Path(path).name)
    if Path(path).is_dir():
        root = bag.root_of(Path(path))
    else:
        unpack(path, into, limits)
        root = bag.root_of(Path(into))
    found = bag.check(root)
    return {
        "root": str(root),
        "version": found.version,
        "info": [list(pair) for pair in found.info],
        "files": [{"path": p.path, "place": p.place, "size": p.size, "sha256": p.sha256} for p in found.payload],
    }
