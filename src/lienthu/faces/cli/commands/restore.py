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
    from lienthu.domain.digital.services.rebuilding import remake_lost_pictures
    from lienthu.domain.discovery.services.indexing import Indexer
    from lienthu.faces.cli.ground import Refusal, bring_up_to_date
    from lienthu.platform.backup.errors import BackupRefused
    from lienthu.platform.backup.service import restore

    if not options.file.is_file():
        raise Refusal(f"There is no file {options.file}.")
    try:
        manifest = restore(options.file)
    except BackupRefused as e:
        raise Refusal(str(e)) from e
    bring_up_to_date()
    again = remake_lost_pictures()
    with Indexer() as indexer:
        indexer.acquire()
        total = indexer.rebuild()
        indexer.drain()
    print(f"Restored the backup of {manifest.made_at}: {total} publications in the index.")
    if again:
        print(f"{again:,} pictures of pages are made again by the worker: they are not part of a backup.")
    if manifest.objects is None:
        print("The backup was made without the preservation store: copy it to digital/ocfl in the data folder.")
    return 0
