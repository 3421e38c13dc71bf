"""``lienthu backup``: database and files into one file, while everything runs."""

from __future__ import annotations

import argparse
from pathlib import Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """FILE."""
    parser.add_argument("file", type=Path)


def run(options: argparse.Namespace) -> int:
    """Write the backup and say what is in it."""
    from lienthu.platform.backup.service import back_up

    manifest = back_up(options.file)
    size = options.file.stat().st_size
    print(f"{options.file}: {len(manifest.members) - 1} files and the database, {size:,} bytes.")
    return 0
