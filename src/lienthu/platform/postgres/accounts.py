"""As whom the server runs: PostgreSQL refuses to be root.

Not root: as we are. Root, with a folder that belongs to somebody else: as that user. Root, with a
folder of root's: as root seen from inside a user namespace, where it goes by the name `nobody`; no
file changes hands and closed parent folders stay closed. Where such namespaces are forbidden: as an
unprivileged user of the machine, who then owns the data folder.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from lienthu.platform.postgres.errors import CannotStart

NAMESPACE_UID = 65534
FALLBACK_USERS = ("postgres", "nobody")

_ADVICE = (
    "Run the program as an ordinary user who owns the state folder, or allow user namespaces "
    "(sysctl user.max_user_namespaces above 0), or set DATABASE_URL to a PostgreSQL server of your own."
)


@dataclass(frozen=True, slots=True)
class Account:
    """How to run a server program; `owner` (uid, gid) is set where its files must belong to another user."""

    prefix: tuple[str, ...] = ()
    owner: tuple[int, int] | None = None

    def command(self, program: Path, *args: str) -> list[str]:
        """The command line that runs the program as this account."""
        return [*self.prefix, str(program), *args]

    def hand_over(self, path: Path) -> None:
        """Give a file or folder of ours to the account, where it is another user's."""
        if self.owner:
            os.chown(path, *self.owner, follow_symlinks=False)

    def hand_over_tree(self, top: Path) -> None:
        """`hand_over` for everything below a folder, and the folder."""
        for root, _, files in os.walk(top):
            self.hand_over(Path(root))
            for name in files:
                self.hand_over(Path(root, name))


def account_for(folder: Path, data: Path, program: Path) -> Account:
    """The account that runs `program` on the cluster `data` (it need not exist yet) in `folder`.

    Raises CannotStart with what to do when nobody can.
    """
    owner = (data if data.exists() else folder).stat()
    if (me := os.geteuid()) != 0:
        if owner.st_uid != me:
            raise CannotStart(
                "wrong-owner",
                f"The database folder {data} belongs to {_name(owner.st_uid)}, not to {_name(me)}.",
                f"Run the command as {_name(owner.st_uid)}.",
            )
        return Account()
    if owner.st_uid != 0:
        return _as_user(owner.st_uid, owner.st_gid, folder, program)
    if prefix := namespace_prefix(folder):
        return Account(prefix)
    for name in FALLBACK_USERS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return _as_user(entry.pw_uid, entry.pw_gid, folder, program)
    raise CannotStart(
        "root", "PostgreSQL does not run as root, and this machine has no other user to run it as.", _ADVICE
    )


def namespace_prefix(folder: Path) -> tuple[str, ...] | None:
    """The `unshare` command by which root is somebody else who can still write `folder`, if it works."""
    unshare = shutil.which("unshare")
    if not unshare:
        return None
    prefix = (unshare, "--user", f"--map-user={NAMESPACE_UID}", "--")
    probe = 'test "$(id -u)" != 0 && test -w "$1" && test -x "$1"'
    return prefix if _succeeds([*prefix, "/bin/sh", "-c", probe, "sh", str(folder)]) else None


def user_prefix(uid: int, gid: int) -> tuple[str, ...] | None:
    """The `setpriv` command that becomes a user for good, if it works."""
    setpriv = shutil.which("setpriv")
    if not setpriv:
        return None
    prefix = (setpriv, f"--reuid={uid}", f"--regid={gid}", "--clear-groups", "--")
    return prefix if _succeeds([*prefix, "/bin/sh", "-c", 'test "$(id -u)" = "$1"', "sh", str(uid)]) else None


def _as_user(uid: int, gid: int, folder: Path, program: Path) -> Account:
    prefix = user_prefix(uid, gid)
    if not prefix:
        raise CannotStart(
            "root",
            f"PostgreSQL does not run as root, and becoming {_name(uid)} with setpriv failed.",
            _ADVICE,
        )
    for path in (folder.parent, program):
        if not _succeeds([*prefix, "/bin/sh", "-c", 'test -x "$1"', "sh", str(path)]):
            raise CannotStart(
                "closed-folder",
                f"PostgreSQL does not run as root, and {_name(uid)}, as whom it would run, "
                f"may not enter {_closed_folder(path, uid, gid)}.",
                "Put the state folder and the program where that user can reach them "
                f"(for example below /var/lib and /opt). Or: {_ADVICE}",
            )
    return Account(prefix, (uid, gid))


def _closed_folder(path: Path, uid: int, gid: int) -> Path:
    """The highest folder on the way to `path` that the user may not enter, judged by its mode bits."""
    for folder in (*reversed(path.parents), path):
        info = folder.stat()
        shift = 6 if info.st_uid == uid else 3 if info.st_gid == gid else 0
        if not (info.st_mode >> shift) & 1:
            return folder
    return path


def _succeeds(command: list[str]) -> bool:
    quiet = subprocess.DEVNULL
    try:
        done = subprocess.run(command, stdin=quiet, stdout=quiet, stderr=quiet, timeout=20, cwd="/")
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def _name(uid: int) -> str:
    try:
        return f"the user {pwd.getpwuid(uid).pw_name}"
    except KeyError:
        return f"the user with number {uid}"
