"""The ``lienthu`` command. Every sub-command works on its own: database started, data folder prepared."""

from __future__ import annotations

import argparse
import errno
import importlib
import os
import signal
import sys
from collections.abc import Sequence
from types import ModuleType
from typing import Final

# name -> (module, one line of help); modules are loaded only when they are asked for
COMMANDS: Final[dict[str, tuple[str, str]]] = {
    "run": ("run", "start web, worker and indexer; Ctrl-C stops them"),
    "seed": ("seed", "load the sample province"),
    "import": ("import_", "import files of a library"),
    "harvest": ("harvest", "fetch the records of a repository, a watched folder or an SFTP server"),
    "batch": ("batch", "list imports; go on with an interrupted one; undo one"),
    "export": ("export", "export the records of a library"),
    "digital": ("digital", "digitised documents: take in, prepare, publish, take down"),
    "search": ("search", "search the province"),
    "union": ("union", "compare records as the union does; judge the matching rule"),
    "generate": ("generate", "write synthetic Vietnamese MARC records"),
    "reindex": ("reindex", "build the search index anew, beside the live one"),
    "backup": ("backup", "write database and files into one file"),
    "restore": ("restore", "restore a backup into an empty data folder"),
    "rule": ("rule", "versions of the matching rule: try one aside, switch it on, drop it"),
    "account": ("account", "create an account, set a password, give a role"),
    "bench": ("bench", "measure import and search"),
    "status": ("status", "what is running, what is waiting"),
    "worker": ("worker", "run background jobs (started by run)"),
    "indexer": ("indexer", "keep the index in step (started by run)"),
    "prepare": ("prepare", "prepare or upgrade the data folder, and nothing else"),
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code: 0 done, 1 done with complaints, 2 refused, 130 interrupted."""
    parser = argparse.ArgumentParser(prog="lienthu", description="One system for all libraries of a province.")
    parser.add_argument("--data", metavar="FOLDER", help="the data folder (default: LIENTHU_DATA, or var/)")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    arguments = list(sys.argv[1:] if argv is None else argv)
    wanted = next((a for a in arguments if a in COMMANDS), None)
    for name, (file, help_) in COMMANDS.items():
        sub = commands.add_parser(name, help=help_, description=help_)
        if name == wanted:
            _load(file).add_arguments(sub)
    options = parser.parse_args(arguments)
    if options.data:
        os.environ["LIENTHU_DATA"] = options.data
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lienthu.config.settings")
    module = _load(COMMANDS[options.command][0])
    # SIGTERM skips the clean-up at exit (leases, scratch files) unless it becomes an exception
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        if getattr(module, "NEEDS_DJANGO", True):
            from lienthu.faces.cli.ground import prepare

            prepare(migrate=getattr(module, "MIGRATES", True))
        return int(module.run(options) or 0)
    except KeyboardInterrupt:
        print("Interrupted.", file=sys.stderr)
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as e:
        if (message := _refusal(e)) is None:
            raise
        print(f"lienthu: {message}", file=sys.stderr)
        return 2


def _load(module: str) -> ModuleType:
    return importlib.import_module(f"lienthu.faces.cli.commands.{module}")


def _refusal(e: Exception) -> str | None:
    """The sentence of a refusal, or None for a fault of ours, which deserves its traceback."""
    from lienthu.faces.cli.ground import Refusal
    from lienthu.platform.postgres import CannotStart, ToolFailed

    if (full := _disk_is_full(e)) is not None:
        return full
    known: tuple[type[Exception], ...] = (
        Refusal,
        CannotStart,
        ToolFailed,
        FileNotFoundError,
        PermissionError,
    )
    if "django" in sys.modules and isinstance(e, _django_refusals()):
        return str(e)
    return str(e) if isinstance(e, known) else None


def _disk_is_full(e: BaseException) -> str | None:
    """The sentence for a full disk, wherever it was met: in a file, in the database, in the index."""
    cause: BaseException | None = e
    while cause is not None:
        full = isinstance(cause, OSError) and cause.errno in (errno.ENOSPC, errno.EDQUOT)
        if full or type(cause).__name__ == "DiskFull" or "No space left on device" in str(cause):
            return "The disk is full. Make room and give the same command again: what was done so far is kept."
        cause = cause.__cause__ or cause.__context__
    if type(e).__name__ == "OperationalError":
        return f"The database went away ({str(e).strip()}). Give the same command again: what was done so far is kept."
    return None


def _django_refusals() -> tuple[type[Exception], ...]:
    from django.apps import apps

    if not apps.ready:
        return ()
    from lienthu.domain.catalog.errors import CatalogRefused
    from lienthu.domain.digital.errors import DigitalRefused
    from lienthu.domain.network.errors import Refused
    from lienthu.domain.union.harvesting.errors import HarvestRefused
    from lienthu.foundation.marc.tabular import TabularRefused
    from lienthu.foundation.vietnamese.encodings import UnknownEncoding

    return (CatalogRefused, DigitalRefused, Refused, HarvestRefused, UnknownEncoding, TabularRefused)


if __name__ == "__main__":
    sys.exit(main())
