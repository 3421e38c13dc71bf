"""What somebody hands over, as files in their order: a file, a folder, a ZIP or tar, a bag (ING-8, ING-9)."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lienthu.domain.digital import store
from lienthu.domain.digital.errors import ArchiveRefused
from lienthu.domain.digital.problems import problem_of, sentence_of
from lienthu.foundation.imaging.formats import MEDIA_TYPES, head_of, sniff
from lienthu.platform.sandbox import Failed, Limits, Sandbox

_PROMISED = frozenset({".tif", ".tiff", ".jpg", ".jpeg", ".png", ".jp2", ".j2k", ".jpx", ".webp", ".pdf"})
_ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz")
_PACKED = (*_ARCHIVES, ".rar", ".7z")
_LEFTOVERS = frozenset({"thumbs.db", "desktop.ini"})  # what systems write beside pictures; nobody misses it
_WORK = "lienthu.foundation.preservation.work"
_LIMITS = Limits(memory_mb=600, seconds=3600)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A file that becomes no page: its name with folders, and a code of ``problems`` that says why."""

    name: str
    code: str

    def told(self) -> dict[str, str]:
        """As it stands in reports."""
        return {"name": self.name, "code": self.code, "message": sentence_of(self.code)}


@dataclass(frozen=True, slots=True)
class Gathered:
    """Files that become pages, in their order, and those that do not."""

    files: tuple[Path, ...]
    left_out: tuple[LeftOut, ...] = ()


def natural(name: str) -> tuple[tuple[int, int, str], ...]:
    """A key under which page2 comes before page10."""
    return tuple(
        (0, int(part), "") if part.isdecimal() else (1, 0, part.casefold()) for part in re.split(r"(\d+)", name) if part
    )


@contextmanager
def gathered(path: Path) -> Iterator[Gathered]:
    """What lies at ``path``; what was unpacked goes when the block ends. Raises ArchiveRefused."""
    path = path.absolute()  # the sandbox stands in a folder of its own
    if path.is_dir():
        yield _payload(path) if _is_bag(path) else files_in(path)
    elif path.name.lower().endswith(_ARCHIVES) and _format_of(path) not in MEDIA_TYPES:
        with tempfile.TemporaryDirectory(dir=store.scratch_folder(), prefix="unpacked-") as scratch:
            _call("unpack", path, Path(scratch))
            yield _payload(Path(scratch)) if _is_bag(Path(scratch)) else files_in(Path(scratch))
    else:
        yield _sorted_out([(path.name, path)])


def files_in(folder: Path) -> Gathered:
    """Pictures and PDFs in a folder, in the order of their names. Hidden files are no part of it."""
    found = [(str(p.relative_to(folder)), p) for p in folder.rglob("*") if p.is_symlink() or p.is_file()]
    return _sorted_out(
        [(name, p) for name, p in found if not any(part.startswith((".", "__MACOSX")) for part in Path(name).parts)]
    )


def _sorted_out(named: Iterable[tuple[str, Path]]) -> Gathered:
    """Which files become pages: what is one by its content, whatever it is called (ING-9)."""
    files, left_out = [], []
    for name, path in sorted(named, key=lambda n: natural(n[0])):
        if path.name.lower() in _LEFTOVERS:
            continue
        if code := _why_no_page(path):
            left_out.append(LeftOut(name, code))
        else:
            files.append(path)
    return Gathered(tuple(files), tuple(left_out))


def _why_no_page(path: Path) -> str:
    """Why a file is left out; "" for one that becomes a page, if only one that says what is wrong with it (ING-3)."""
    if path.is_symlink():
        return "link"
    if path.suffix.lower() in _PROMISED or _format_of(path) in MEDIA_TYPES:
        return ""
    return "nested-archive" if path.name.lower().endswith(_PACKED) else "unsupported"


def _format_of(path: Path) -> str:
    return sniff(head_of(path))


def _is_bag(folder: Path) -> bool:
    return (folder / "bagit.txt").is_file() or any(
        (inner / "bagit.txt").is_file() for inner in folder.iterdir() if inner.is_dir() and not inner.is_symlink()
    )


def _payload(bag: Path) -> Gathered:
    """The payload of a bag whose every digest is right."""
    answer = _call("open_bag", bag, bag)
    root = Path(answer["root"])
    return _sorted_out([(file["path"], root / file["place"]) for file in answer["files"]])


def _call(function: str, path: Path, into: Path) -> Any:
    try:
        with Sandbox(_LIMITS) as box:
            return box.call(f"{_WORK}:{function}", path=str(path), into=str(into))
    except Failed as failure:
        raise ArchiveRefused(problem_of(failure), failure.facts) from failure
