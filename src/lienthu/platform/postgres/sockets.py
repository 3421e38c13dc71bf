"""The server's Unix socket and how a client names it.

The socket always lies in the state folder. A socket address holds 107 bytes and libpq reads commas as
a list, so for a long or odd path both sides go through a symbolic link in a private folder of /tmp. A
link and not the socket itself: a service with a /tmp of its own (systemd PrivateTmp) makes its own
link and still meets the same server.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import socket
import stat
import struct
from contextlib import suppress
from pathlib import Path

from lienthu.platform.postgres.errors import CannotStart

PORT = 5432
SOCKET_NAME = f".s.PGSQL.{PORT}"
LONGEST_ADDRESS = 107
SHORT_BASE = Path("/tmp")  # noqa: S108  # the folder made in it is private, its ownership is checked


def fits(folder: Path) -> bool:
    """Whether the socket in `folder` can be named directly."""
    address = os.fsencode(folder / SOCKET_NAME)
    return len(address) <= LONGEST_ADDRESS and not any(byte < 32 or byte in b",\"'\\" for byte in address)


def short_folder(folder: Path, uid: int) -> Path:
    """The private folder that stands for a long `folder`: the same in every process of the user."""
    digest = hashlib.blake2b(os.fsencode(folder), digest_size=9).hexdigest()
    return SHORT_BASE / f"lienthu-{uid}-{digest}"


def client_folder(folder: Path) -> Path:
    """The folder to name in a connection string, for the existing socket folder `folder`.

    Makes the short link when it is needed. Raises CannotStart when somebody else has its place.
    """
    if fits(folder):
        return folder
    owner = folder.stat()
    private = short_folder(folder, owner.st_uid)
    with suppress(FileExistsError):
        private.mkdir(mode=0o700)
        if os.geteuid() == 0:
            os.chown(private, owner.st_uid, owner.st_gid, follow_symlinks=False)
    info = private.lstat()
    if not stat.S_ISDIR(info.st_mode) or info.st_uid not in (owner.st_uid, 0) or info.st_mode & 0o077:
        raise CannotStart(
            "socket-folder",
            f"{private} should be a private folder of ours, but it is not.",
            "Remove it, or put the state folder at a path of less than 80 characters.",
        )
    link = private / "s"
    if not link.is_symlink() or os.readlink(link) != str(folder):
        fresh = private / f"s.{os.getpid()}.{secrets.token_hex(4)}"
        fresh.symlink_to(folder)
        fresh.replace(link)
    return link


def clear(folder: Path) -> None:
    """Remove what a killed server left: its socket lock would be believed like `postmaster.pid`."""
    for name in (SOCKET_NAME, SOCKET_NAME + ".lock"):
        with suppress(FileNotFoundError):
            (folder / name).unlink()


def listener_pid(fd: int) -> int | None:
    """Process id of the server at the other end of a connected Unix socket, told by the kernel."""
    if not hasattr(socket, "SO_PEERCRED"):
        return None
    with socket.socket(fileno=os.dup(fd)) as end:
        raw = end.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    pid: int = struct.unpack("3i", raw)[0]
    return pid or None
