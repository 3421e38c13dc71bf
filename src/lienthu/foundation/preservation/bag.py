"""BagIt 1.0 (RFC 8493): an object packed for another system, and the reading of bags that anybody may have packed.

Refusals beside those of ``unpacking``: ``not-a-bag`` · ``bag-version`` · ``bag-encoding`` · ``bag-fetch`` ·
``bag-no-manifest`` · ``bag-manifest`` · ``bag-file-missing`` · ``bag-file-unexpected`` · ``bag-wrong-digest`` ·
``bag-oxum``.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import stat
import unicodedata
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from lienthu.foundation.kernel.refusal import Refused
from lienthu.foundation.preservation.ocfl.disk import pieces
from lienthu.foundation.preservation.ocfl.port import Source
from lienthu.foundation.preservation.unpacking import BLOCK, Unpacked, is_junk, safe_name, told

DECLARATION: Final = "bagit.txt"
INFO: Final = "bag-info.txt"
FETCH: Final = "fetch.txt"
PAYLOAD: Final = "data/"
WRITTEN: Final = ("sha256", "sha512")
READ: Final = ("md5", "sha1", "sha224", "sha256", "sha384", "sha512")
_LONGEST_TAG_FILE: Final = 64 << 20
_VERSION: Final = re.compile(r"BagIt-Version: ?(\d{1,2})\.(\d{1,3})")
_MANIFEST: Final = re.compile(r"(tag)?manifest-([a-z0-9]+)\.txt")
_ENTRY: Final = re.compile(r"([0-9A-Fa-f]{32,128})[ \t]+\*?(?:\./)?(\S.*)")
Sink = Callable[[str, Iterable[bytes]], None]


@dataclass(frozen=True, slots=True)
class Payload:
    """A file of the payload: its path below data/ in NFC, where it lies in the bag's folder, size, SHA-256 in hex."""

    path: str
    place: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Bag:
    """A bag that was found whole: its version, what bag-info.txt says, and the payload by path."""

    version: str
    info: tuple[tuple[str, str], ...]
    payload: tuple[Payload, ...]


# ----------------------------------------------------------------------------------------------------------- writing


def write(target: Path, files: Mapping[str, Source], *, info: Iterable[tuple[str, str]]) -> None:
    """Pack files by their paths into a bag: a folder, or a ZIP where the name ends so. It appears when it is whole.

    Raises FileExistsError when there is something already, OSError, and whatever a source raises.
    """
    if target.exists():
        raise FileExistsError(target)
    partial = target.with_name(target.name + ".partial")
    _clear(partial)
    try:
        if target.suffix.lower() == ".zip":
            with zipfile.ZipFile(partial, "x", zipfile.ZIP_STORED, strict_timestamps=False) as archive:
                _pack(_into_zip(archive, target.stem), files, info)
        else:
            partial.mkdir(mode=0o700, parents=True)
            _pack(_into_folder(partial), files, info)
        os.rename(partial, target)
    except BaseException:
        _clear(partial)
        raise


def _pack(sink: Sink, files: Mapping[str, Source], info: Iterable[tuple[str, str]]) -> None:
    payload = _Manifests()
    for path, source in sorted(files.items()):
        payload.put(sink, PAYLOAD + path, pieces(source))
    tags = _Manifests()
    tags.put(sink, DECLARATION, [b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"])
    lines = [*info, ("Payload-Oxum", f"{payload.size}.{len(files)}")]
    tags.put(sink, INFO, ["".join(f"{label}: {_one_line(value)}\n" for label, value in lines).encode()])
    for algorithm in WRITTEN:
        tags.put(sink, f"manifest-{algorithm}.txt", [payload.told(algorithm)])
    for algorithm in WRITTEN:
        sink(f"tagmanifest-{algorithm}.txt", [tags.told(algorithm)])


class _Manifests:
    """Digests of what went by."""

    def __init__(self) -> None:
        self.size = 0
        self._lines: dict[str, list[str]] = {algorithm: [] for algorithm in WRITTEN}

    def put(self, sink: Sink, path: str, chunks: Iterable[bytes]) -> None:
        digests = {algorithm: hashlib.new(algorithm) for algorithm in WRITTEN}

        def through() -> Iterator[bytes]:
            for chunk in chunks:
                self.size += len(chunk)
                for digest in digests.values():
                    digest.update(chunk)
                yield chunk

        sink(path, through())
        for algorithm, digest in digests.items():
            self._lines[algorithm].append(f"{digest.hexdigest()}  {_encoded(path)}\n")

    def told(self, algorithm: str) -> bytes:
        return "".join(self._lines[algorithm]).encode()


def _into_folder(folder: Path) -> Sink:
    def put(path: str, chunks: Iterable[bytes]) -> None:
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with target.open("xb") as out:
            out.writelines(chunks)

    return put


def _into_zip(archive: zipfile.ZipFile, top: str) -> Sink:
    def put(path: str, chunks: Iterable[bytes]) -> None:
        with archive.open(f"{top}/{path}", "w", force_zip64=True) as out:
            for chunk in chunks:
                out.write(chunk)

    return put


def _clear(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _encoded(path: str) -> str:
    return path.replace("%", "%25").replace("\n", "%0A").replace("\r", "%0D")


def _one_line(value: str) -> str:
    return " ".join(value.split())


# ----------------------------------------------------------------------------------------------------------- reading


def root_of(folder: Path) -> Path:
    """The folder of the bag: this one, or the only one in it, as archives have it. Raises Refused("not-a-bag")."""
    if (folder / DECLARATION).is_file():
        return folder
    inner = [path for path in folder.iterdir() if path.is_dir() and not path.is_symlink()]
    if len(inner) == 1 and (inner[0] / DECLARATION).is_file():
        return inner[0]
    raise Refused("not-a-bag")


def check(folder: Path) -> Bag:
    """Read a bag through: every name, every digest. Raises Refused with the first reason why it is not taken."""
    found = _files_in(folder)
    version = _version(folder, found)
    if found.get(FETCH) and (folder / found[FETCH].name).stat().st_size:
        raise Refused("bag-fetch")  # what is not in the bag would be fetched from where somebody says
    manifests = _manifests(folder, found)
    payload = {path for path in found if path.startswith(PAYLOAD)}
    _check_complete(version, manifests, payload, set(found))
    wanted: dict[str, dict[str, str]] = {}
    for (_, algorithm), entries in manifests.items():
        for path, digest in entries.items():
            wanted.setdefault(path, {})[algorithm] = digest
    told_by = {path: _verified(folder / found[path].name, path, digests) for path, digests in sorted(wanted.items())}
    info = _info(folder, found)
    size = sum(found[path].size for path in payload)
    for label, value in info:
        if label.lower() == "payload-oxum" and value != f"{size}.{len(payload)}":
            raise Refused("bag-oxum", told=told(value), found=f"{size}.{len(payload)}")
    files = tuple(
        Payload(path.removeprefix(PAYLOAD), found[path].name, found[path].size, told_by[path])
        for path in sorted(payload)
    )
    return Bag(f"{version[0]}.{version[1]}", info, files)


def _files_in(folder: Path) -> dict[str, Unpacked]:
    """Every plain file of the bag by its path in NFC, with the name it has on disk."""
    found: dict[str, Unpacked] = {}
    seen: set[str] = set()
    for where, below, files in os.walk(folder):
        for name in (*below, *files):
            path = Path(where, name)
            relative = path.relative_to(folder).as_posix()
            facts = path.lstat()
            if stat.S_ISDIR(facts.st_mode):
                continue
            if not stat.S_ISREG(facts.st_mode):
                raise Refused("not-a-file", name=told(relative))
            clean = safe_name(relative)
            if clean != unicodedata.normalize("NFC", relative):
                raise Refused("unsafe-name", name=told(relative))
            if is_junk(clean):
                continue
            if clean.casefold() in seen:
                raise Refused("name-twice", name=told(relative))
            seen.add(clean.casefold())
            found[clean] = Unpacked(relative, facts.st_size)
    return found


def _version(folder: Path, found: Mapping[str, Unpacked]) -> tuple[int, int]:
    if DECLARATION not in found:
        raise Refused("not-a-bag")
    lines = _text(folder / DECLARATION).splitlines()
    told_version = _VERSION.fullmatch(lines[0].strip()) if lines else None
    if not told_version:
        raise Refused("bag-version", told=told(lines[0]) if lines else "")
    version = (int(told_version[1]), int(told_version[2]))
    if not (0, 93) <= version <= (1, 0):
        raise Refused("bag-version", told=told(lines[0]))
    encoding = [line.partition(":")[2].strip().upper() for line in lines[1:] if line.startswith("Tag-File-Character-")]
    if encoding != ["UTF-8"]:
        raise Refused("bag-encoding", told=told(encoding[0]) if encoding else "")
    return version


def _manifests(folder: Path, found: Mapping[str, Unpacked]) -> dict[tuple[bool, str], dict[str, str]]:
    """Of every manifest with an algorithm we know: whether it is one of tag files, the algorithm, its entries."""
    read: dict[tuple[bool, str], dict[str, str]] = {}
    for name in found:
        match = _MANIFEST.fullmatch(name)
        if match and match[2] in READ:
            read[bool(match[1]), match[2]] = _entries(folder / name, name, of_tags=bool(match[1]))
    if not any(not of_tags for of_tags, _ in read):
        raise Refused("bag-no-manifest")
    return read


def _entries(path: Path, name: str, *, of_tags: bool) -> dict[str, str]:
    entries: dict[str, str] = {}
    for line in _text(path).split("\n"):
        line = line.rstrip("\r")
        if not line.strip():
            continue
        match = _ENTRY.fullmatch(line)
        if not match:
            raise Refused("bag-manifest", name=name, line=told(line))
        written = unicodedata.normalize("NFC", _decoded(match[2]))
        if safe_name(written) != written or written.startswith("~") or written.startswith(PAYLOAD) == of_tags:
            raise Refused("unsafe-name", name=told(written))
        if written in entries:
            raise Refused("name-twice", name=told(written))
        entries[written] = match[1].lower()
    return entries


def _check_complete(
    version: tuple[int, int],
    manifests: Mapping[tuple[bool, str], Mapping[str, str]],
    payload: set[str],
    found: set[str],
) -> None:
    of_payload = [set(entries) for (of_tags, _), entries in manifests.items() if not of_tags]
    for named in manifests.values():
        if missing := sorted(set(named) - found):
            raise Refused("bag-file-missing", name=told(missing[0]), number=len(missing))
    # since 1.0 every manifest names all of the payload; before, all together had to
    for names in of_payload if version >= (1, 0) else [set().union(*of_payload)]:
        if more := sorted(payload - names):
            raise Refused("bag-file-unexpected", name=told(more[0]), number=len(more))


def _verified(place: Path, path: str, digests: Mapping[str, str]) -> str:
    """SHA-256 of a file whose bytes are those that the manifests tell of."""
    running = {algorithm: hashlib.new(algorithm, usedforsecurity=False) for algorithm in {*digests, "sha256"}}
    with place.open("rb") as f:
        while block := f.read(BLOCK):
            for digest in running.values():
                digest.update(block)
    for algorithm, expected in digests.items():
        if running[algorithm].hexdigest() != expected:
            raise Refused("bag-wrong-digest", name=told(path), algorithm=algorithm)
    return running["sha256"].hexdigest()


def _info(folder: Path, found: Mapping[str, Unpacked]) -> tuple[tuple[str, str], ...]:
    if INFO not in found:
        return ()
    pairs: list[tuple[str, str]] = []
    for line in _text(folder / INFO).splitlines():
        if line[:1] in (" ", "\t") and pairs:
            pairs[-1] = (pairs[-1][0], f"{pairs[-1][1]} {line.strip()}")
        elif ":" in line:
            label, _, value = line.partition(":")
            pairs.append((label.strip(), value.strip()))
    return tuple(pairs)


def _text(path: Path) -> str:
    if path.stat().st_size > _LONGEST_TAG_FILE:
        raise Refused("bag-manifest", name=path.name)
    try:
        return path.read_bytes().decode("utf-8-sig" if path.name != DECLARATION else "utf-8")
    except UnicodeDecodeError as e:
        raise Refused("bag-encoding", name=path.name) from e


def _decoded(path: str) -> str:
    return re.sub("%(25|0[AaDd])", lambda m: chr(int(m[1], 16)), path)
