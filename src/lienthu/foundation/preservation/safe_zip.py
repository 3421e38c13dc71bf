"""Taking files out of a ZIP that anybody may have made. Further: ``not-a-zip`` · ``encrypted`` · ``method``."""

from __future__ import annotations

import stat
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from lienthu.foundation.kernel.refusal import Refused
from lienthu.foundation.preservation.unpacking import BLOCK, Folder, Limits, Unpacked, is_junk, told

_METHODS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED: Final = 0x1 | 0x40 | 0x2000
_UTF8: Final = 0x800
_LOCAL_HEADER: Final = 30
_UNIX: Final = 3


def unpack(archive: Path, into: Path, limits: Limits | None = None) -> list[Unpacked]:
    """Take all files out into an empty folder as streams. Raises Refused; the caller clears away."""
    limits = limits or Limits()
    size = archive.stat().st_size
    with archive.open("rb") as f:
        # a PDF or a picture with a ZIP behind it is two files to two readers: neither is taken
        if f.read(4) not in (b"PK\x03\x04", b"PK\x05\x06"):
            raise Refused("not-a-zip")
        try:
            with zipfile.ZipFile(f) as source:
                return _unpack(source, Folder(into, limits, archive_size=size), limits)
        except (zipfile.BadZipFile, zlib.error, EOFError, UnicodeError, ValueError, NotImplementedError) as e:
            raise Refused("archive-damaged", said=str(e)[:200]) from e


def _unpack(source: zipfile.ZipFile, folder: Folder, limits: Limits) -> list[Unpacked]:
    members = source.infolist()
    if len(members) > limits.files * 2:
        raise Refused("too-many-files", limit=limits.files)
    _check_apart(members)
    folder.announce(sum(member.file_size for member in members))
    wanted = [(member, name_of(member)) for member in members if _is_file(member)]
    chosen = [(member, folder.name(name)) for member, name in wanted if not is_junk(name.replace("\\", "/"))]
    for member, path in chosen:
        folder.take(path, _chunks(source, member))
    return folder.files


def name_of(member: zipfile.ZipInfo) -> str:
    """The name as it was meant: Vietnamese names are often written in UTF-8 without saying so."""
    if member.flag_bits & _UTF8:
        return member.orig_filename
    try:
        return member.orig_filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return member.orig_filename


def _is_file(member: zipfile.ZipInfo) -> bool:
    """Whether it is a file to be taken; a folder is not. Raises Refused for what is neither, or cannot be read."""
    name = told(name_of(member))
    if member.flag_bits & _ENCRYPTED:
        raise Refused("encrypted", name=name)
    kind = stat.S_IFMT(member.external_attr >> 16) if member.create_system == _UNIX else 0
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise Refused("not-a-file", name=name)
    if kind == stat.S_IFDIR or name.endswith(("/", "\\")):
        return False
    if member.compress_type not in _METHODS:
        raise Refused("method", name=name)
    return True


def _check_apart(members: list[zipfile.ZipInfo]) -> None:
    """Files that share their bytes make an archive of kilobytes unpack to petabytes."""
    end = 0
    for member in sorted(members, key=lambda m: m.header_offset):
        if member.header_offset < end:
            raise Refused("bomb", name=told(member.filename))
        end = member.header_offset + _LOCAL_HEADER + member.compress_size


def _chunks(source: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[bytes]:
    with source.open(member) as stream:
        while block := stream.read(BLOCK):
            yield block
