"""What somebody hands over, as files in their order: a file, a folder, a ZIP or tar, a bag (ING-8)."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from lienthu.domain.digital import store
from lienthu.domain.digital.errors import ArchiveRefused
from lienthu.domain.digital.problems import problem_of
from lienthu.platform.sandbox import Failed, Limits, Sandbox

PICTURES = frozenset({".tif", ".tiff", ".jpg", ".jpeg", ".png", ".jp2", ".j2k", ".jpx", ".webp", ".pdf"})
_ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz")
_WORK = "lienthu.foundation.preservation.work"
_LIMITS = Limits(memory_mb=600, seconds=3600)


def natural(name: str) -> tuple[tuple[int, int, str], ...]:
    """A key under which page2 comes before page10."""
    return tuple(
        (0, int(part), "") if part.isdecimal() else (1, 0, part.casefold()) for part in re.split(r"(\d+)", name) if part
    )


@contextmanager
def gathered(path: Path) -> Iterator[list[Path]]:
    """The files of what lies at ``path``; what was unpacked goes when the block ends. Raises ArchiveRefused."""
    if path.is_dir():
        yield _payload(path) if _is_bag(path) else files_in(path)
    elif path.name.lower().endswith(_ARCHIVES):
        with tempfile.TemporaryDirectory(dir=store.scratch_folder(), prefix="unpacked-") as scratch:
            _call("unpack", path, Path(scratch))
            yield _payload(Path(scratch)) if _is_bag(Path(scratch)) else files_in(Path(scratch))
    else:
        yield [path]


def files_in(folder: Path) -> list[Path]:
    """Pictures and PDFs in a folder, in the order of their names. Links and hidden files are left alone."""
    found = [
        p
        for p in folder.rglob("*")
        if p.is_file()
        and not p.is_symlink()
        and p.suffix.lower() in PICTURES
        and not any(part.startswith((".", "__MACOSX")) for part in p.relative_to(folder).parts)
    ]
    return sorted(found, key=lambda p: natural(str(p.relative_to(folder))))


def _is_bag(folder: Path) -> bool:
    return (folder / "bagit.txt").is_file() or any(
        (inner / "bagit.txt").is_file() for inner in folder.iterdir() if inner.is_dir() and not inner.is_symlink()
    )


def _payload(bag: Path) -> list[Path]:
    """The payload of a bag whose every digest is right."""
    answer = _call("open_bag", bag, bag)
    root = Path(answer["root"])
    named = [(file["path"], root / file["place"]) for file in answer["files"]]
    return [place for name, place in sorted(named, key=lambda n: natural(n[0])) if place.suffix.lower() in PICTURES]


def _call(function: str, path: Path, into: Path) -> Any:
    try:
        with Sandbox(_LIMITS) as box:
            return box.call(f"{_WORK}:{function}", path=str(path), into=str(into))
    except Failed as failure:
        raise ArchiveRefused(problem_of(failure), failure.facts) from failure
