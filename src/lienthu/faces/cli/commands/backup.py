"""``lienthu backup``: database and files into one file, while everything runs."""

from __future__ import annotations

import argparse
from pathlib import Path

from lienthu.faces.cli.ground import Refusal


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """FILE [--without-store]."""
    parser.add_argument("file", type=Path)
    parser.add_argument(
        "--without-store",
        action="store_true",
        help="leave the preservation store of digitised objects out, where it is copied by other means",
    )


def run(options: argparse.Namespace) -> int:
    """Write the backup and say what is in it."""
    from lienthu.platform.backup.service import back_up

    if options.file.is_dir() or not options.file.resolve().parent.is_dir():
        raise Refusal(f"{options.file} is not the name of a file in an existing folder.")
    try:
        manifest = back_up(options.file, with_store=not options.without_store)
    except OSError as e:
        raise Refusal(f"The backup cannot be written: {e}. Nothing was left behind.") from e
    size = options.file.stat().st_size
    objects = f"{len(manifest.objects):,} digitised objects" if manifest.objects is not None else "no digitised objects"
    print(f"{options.file}: {len(manifest.members) - 1} files, {objects} and the database, {size:,} bytes.")
    return 0
