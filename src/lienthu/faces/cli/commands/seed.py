"""``lienthu seed``: load the sample province."""

from __future__ import annotations

import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """--volumes also loads what is digitised."""
    parser.add_argument("--volumes", action="store_true", help="also the digitised sample volumes, with their text")


def run(options: argparse.Namespace) -> int:
    """Load it, or bring it up to date: running it again changes nothing."""
    from lienthu.faces.cli.seeding import sample_accounts, seed_province

    report = seed_province(progress=lambda line: print(line, flush=True))
    print(f"{report.libraries} libraries, {report.records} records of them, {report.publications} publications.")
    if options.volumes:
        from lienthu.faces.cli.digitised import load_volumes
        from lienthu.faces.cli.indexing import catch_up

        load_volumes(progress=lambda line: print(line, flush=True))
        catch_up()
    for account in sample_accounts():
        print(f"  {account.username:<12} {account.password:<16} {account.what}")
    return 0
