"""``lienthu backup``: database and files into one file, while everything runs."""

from __future__ import annotations

import argparse
from pathlib import Path

from lienthu.faces.cli.ground import Refusal


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """FILE."""
    parser.add_argument("file", type=Path)


def run(options: argparse.Namespace) -> int:
    """Write the backup and say what is in it."""
    from lienthu.platform.backup.service import back_up

    if options.file.is_dir() or not options.file.resolve().parent.is_dir():
        raise Refusal(f"{options.file} is not the name of a file in an existing folder.")
    try:
        manifest = back_up(options.file)
    except OSError as e:
        raise Refusal(f"The backup cannot be written: {e}. Nothing was left behind.") from e
    size = options.file.stat().st_size
    print(f"{options.file}: {len(manifest.members) - 1} files and the database, {size:,} bytes.")
    return 0
