"""The cluster on disk: created whole or not at all, its settings brought up to date before every start."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

from lienthu.platform.postgres import binaries, processes, settings
from lienthu.platform.postgres.accounts import Account, account_for
from lienthu.platform.postgres.errors import CannotStart
from lienthu.platform.postgres.logs import explain

ROLE = "lienthu"


@dataclass(frozen=True, slots=True)
class Layout:
    """Where things lie in the folder of an embedded server."""

    folder: Path

    @property
    def data(self) -> Path:
        """PGDATA."""
        return self.folder / "data"

    @property
    def run(self) -> Path:
        """The socket's folder, closed to others: who can enter it needs no password."""
        return self.folder / "run"

    @property
    def log(self) -> Path:
        return self.folder / "log"


def environment() -> dict[str, str]:
    """Our environment without what would change the mind of the server or of a tool."""
    locale = ("LANG", "LANGUAGE")
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PG", "LC_")) and k not in locale}
    return kept | {"LC_ALL": "C"}


def major_of(data: Path) -> int | None:
    """Major version of the cluster on disk; None when there is none. Raises CannotStart."""
    try:
        return int((data / "PG_VERSION").read_text())
    except FileNotFoundError:
        return None
    except ValueError:
        raise CannotStart(
            "damaged", f"{data / 'PG_VERSION'} is not a version number.", "Restore the last backup."
        ) from None


def prepare(layout: Layout) -> tuple[Account, int]:
    """Folders, account, cluster and settings as a start needs them.

    Returns the account that runs the server and the major version. Raises CannotStart, OSError.
    """
    major = _usable_major(layout.data)
    account = account_for(layout.folder, layout.data, binaries.binary("postgres", major))
    if account.owner and layout.folder.stat().st_uid != account.owner[0]:
        layout.folder.chmod(0o711)
        if layout.data.exists() and layout.data.stat().st_uid != account.owner[0]:
            account.hand_over_tree(layout.data)
    for folder in (layout.run, layout.log):
        folder.mkdir(mode=0o700, exist_ok=True)
        folder.chmod(0o700)
        account.hand_over(folder)
    if not layout.data.exists():
        _initialise(layout, account, major)
    _configure(layout, account, major)
    return account, major


def _usable_major(data: Path) -> int:
    newest = binaries.newest_major()
    major = major_of(data)
    if major is None:
        if data.exists():
            raise CannotStart(
                "damaged",
                f"{data} is not a PostgreSQL data folder.",
                "Move it away, or restore the last backup.",
            )
        return newest
    if major not in binaries.bin_folders():
        raise CannotStart(
            "other-version",
            f"The database in {data} was made by PostgreSQL {major}, and this version of Liên Thư "
            f"brings PostgreSQL {newest}, which cannot read it.",
            "Install the former version of Liên Thư again and make a backup with it (pg_dump); "
            "then move the folder away and restore the backup with this version.",
        )
    return major


def _initialise(layout: Layout, account: Account, major: int) -> None:
    for stale in layout.folder.glob("data.new-*"):
        processes.send(processes.servers_in(stale), signal.SIGKILL)
        shutil.rmtree(stale, ignore_errors=True)
    fresh = layout.folder / f"data.new-{os.getpid()}-{secrets.token_hex(4)}"
    fresh.mkdir(mode=0o700)
    account.hand_over(fresh)
    command = account.command(
        binaries.binary("initdb", major),
        f"--pgdata={fresh}",
        f"--username={ROLE}",
        "--encoding=UTF8",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--locale=C",
        "--auth-local=trust",
        "--auth-host=reject",
        "--data-checksums",
        "--no-instructions",
    )
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            env=environment(),
            cwd="/",
            start_new_session=True,
        )
        if done.returncode != 0:
            raise explain("The database could not be created.", done.stdout + done.stderr, layout.folder)
        with (fresh / "postgresql.conf").open("a", encoding="utf-8") as conf:
            conf.write(f"\n{settings.INCLUDE}\n")
        fresh.rename(layout.data)
        _sync_folder(layout.folder)
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise


def _configure(layout: Layout, account: Account, major: int) -> None:
    text = settings.render(memory=settings.memory_bytes(), log_folder=str(layout.log), major=major)
    fresh = layout.data / (settings.FILE_NAME + ".new")
    fresh.write_text(text, encoding="utf-8", errors="surrogateescape")
    account.hand_over(fresh)
    fresh.replace(layout.data / settings.FILE_NAME)
    main = layout.data / "postgresql.conf"
    if settings.INCLUDE not in main.read_text(encoding="utf-8", errors="surrogateescape").splitlines():
        with main.open("a", encoding="utf-8") as conf:
            conf.write(f"\n{settings.INCLUDE}\n")


def _sync_folder(folder: Path) -> None:
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
