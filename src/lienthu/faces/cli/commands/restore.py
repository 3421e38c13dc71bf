"""``lienthu restore``: a backup into an empty data folder."""

from __future__ import annotations

import argparse
from pathlib import Path

MIGRATES = False  # the database must still be empty


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """FILE."""
    parser.add_argument("file", type=Path)


def run(options: argparse.Namespace) -> int:
    """Check, restore, upgrade to this version, build the index."""
    from lienthu.domain.discovery.services.indexing import Indexer
    from lienthu.faces.cli.ground import Refusal, bring_up_to_date
    from lienthu.platform.backup.archive import BackupRefused
    from lienthu.platform.backup.service import restore

    if not options.file.is_file():
        raise Refusal(f"There is no file {options.file}.")
    try:
        manifest = restore(options.file)
    except BackupRefused as e:
        raise Refusal(str(e)) from e
    bring_up_to_date()
    with Indexer() as indexer:
        indexer.acquire()
        total = indexer.rebuild()
        indexer.drain()
    print(f"Restored the backup of {manifest.made_at}: {total} publications in the index.")
    return 0
