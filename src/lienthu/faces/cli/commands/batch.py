"""``lienthu batch``: look at imports, go on with an interrupted one, undo one."""

from __future__ import annotations

import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """list | resume ID | undo ID."""
    parser.add_argument("what", choices=["list", "resume", "undo"])
    parser.add_argument("batch", type=int, nargs="?", help="number of the import")
    parser.add_argument("--library", default="", metavar="CODE", help="list only: of this library")


def run(options: argparse.Namespace) -> int:
    """Do it; the index is in step afterwards. Exit code 2 when the import is not in a state for it."""
    from lienthu.domain.catalog.models import ImportBatch
    from lienthu.domain.catalog.selectors import batches_of
    from lienthu.domain.catalog.services.batches import note_interrupted
    from lienthu.domain.catalog.services.waiting_parts import ask_waiting
    from lienthu.domain.network.selectors import library_by_code
    from lienthu.domain.union.services.conduct import run_batch, undo_batch
    from lienthu.domain.union.services.copies import read_all_copies
    from lienthu.faces.cli.ground import Refusal
    from lienthu.faces.cli.indexing import catch_up
    from lienthu.platform.actor import Actor
    from lienthu.platform.processes import tune_for_bulk

    note_interrupted(actor=Actor.system("cli"))
    if options.what == "list":
        ids = [library_by_code(options.library).pk] if options.library else None
        for b in batches_of(ids):
            print(
                f"{b.pk:>7}  {b.status:<9} {b.library.code:<14} {b.filename:<40} {b.read} read, {b.created} created,"
                f" {b.updated} updated, {b.unchanged} unchanged, {b.withdrawn} withdrawn, {b.quarantined} quarantined"
            )
        return 0
    if not ImportBatch.objects.filter(pk=options.batch).exists():
        raise Refusal("Which import? Give its number; `lienthu batch list` shows them.")
    tune_for_bulk()
    act = run_batch if options.what == "resume" else undo_batch
    batch = act(options.batch, actor=Actor.system("cli"))
    if options.what == "resume" and not batch.dry_run:
        ask_waiting()
        read_all_copies(batch.source_id, actor=Actor.system("cli"))
    catch_up()
    print(f"Import {batch.pk} is {batch.status}: {batch.read} read, {batch.quarantined} quarantined.")
    return 0
