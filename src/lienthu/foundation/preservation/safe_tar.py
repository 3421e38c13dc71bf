"""Taking files out of a tar, plain or gzipped, that anybody may have made. Further refusal: ``not-a-tar``."""

from __future__ import annotations

import tarfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from lienthu.foundation.kernel.refusal import Refused
from lienthu.foundation.preservation.unpacking import BLOCK, Folder, Limits, Unpacked, is_junk, safe_name, told


def unpack(archive: Path, into: Path, limits: Limits | None = None) -> list[Unpacked]:
    """Take all files out into an empty folder as streams. Raises Refused; the caller clears away."""
    limits = limits or Limits()
    folder = Folder(into, limits, archive_size=archive.stat().st_size)
    with archive.open("rb") as f:
        mode = "r|gz" if f.read(2) == b"\x1f\x8b" else "r|"
    try:
        with tarfile.open(archive, mode) as source:  # type: ignore[call-overload]  # two literal modes
            for number, member in enumerate(source):
                if number >= limits.files * 2:
                    raise Refused("too-many-files", limit=limits.files)
                _take(source, member, folder)
    except tarfile.ReadError as e:
        raise Refused("archive-damaged" if folder.files else "not-a-tar", said=str(e)[:200]) from e
    except (tarfile.TarError, zlib.error, EOFError, UnicodeError, ValueError, OverflowError) as e:
        raise Refused("archive-damaged", said=str(e)[:200]) from e
    return folder.files


def _take(source: tarfile.TarFile, member: tarfile.TarInfo, folder: Folder) -> None:
    if member.isdir():
        return
    if not member.isreg() or member.issparse():
        raise Refused("not-a-file", name=told(member.name))
    if is_junk(safe_name(member.name)):
        return
    stream = source.extractfile(member)
    if stream is None:
        raise Refused("not-a-file", name=told(member.name))
    folder.take(folder.name(member.name), _chunks(stream))


def _chunks(stream: IO[bytes]) -> Iterator[bytes]:
    while block := stream.read(BLOCK):
        yield block
