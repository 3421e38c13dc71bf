"""``lienthu generate``: plausible Vietnamese MARC for volume, labelled synthetic."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

NEEDS_DJANGO = False


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """--records N --seed S [FILE]."""
    parser.add_argument("file", nargs="?", type=Path, help="ISO 2709 in UTF-8; standard output without it")
    parser.add_argument("--records", type=int, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--duplicates", type=float, default=0.2, help="share of records that describe another's book")


def run(options: argparse.Namespace) -> int:
    """Write the records."""
    from lienthu.faces.cli.sample.generator import generate_iso2709

    records = generate_iso2709(options.records, options.seed, duplicate_share=options.duplicates)
    if options.file is None:
        sys.stdout.buffer.writelines(records)
        sys.stdout.buffer.flush()
        return 0
    with options.file.open("wb") as out:
        out.writelines(records)
    return 0
