"""``lienthu export``: every current record of a library, in a format other systems read."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """--library CODE --format F [FILE]."""
    parser.add_argument("file", nargs="?", type=Path, help="written in one step; standard output without it")
    parser.add_argument("--library", required=True, metavar="CODE")
    parser.add_argument("--format", default="iso2709", choices=["iso2709", "marcxml", "json"])


def run(options: argparse.Namespace) -> int:
    """Write the records. Exit code 1 when some were too long for ISO 2709 (they are named on standard error)."""
    from lienthu.domain.catalog.exporting import write_export
    from lienthu.domain.catalog.selectors import export_records
    from lienthu.domain.network.selectors import library_by_code

    library = library_by_code(options.library)
    if options.file is None:
        report = write_export(export_records(library.pk), options.format, sys.stdout.buffer)
        sys.stdout.buffer.flush()
    else:
        partial = options.file.with_name(options.file.name + ".partial")
        try:
            with partial.open("wb") as out:
                report = write_export(export_records(library.pk), options.format, out)
            os.replace(partial, options.file)
        finally:
            partial.unlink(missing_ok=True)
    print(f"{report.written} records exported.", file=sys.stderr)
    for number in report.too_long:
        print(
            f"Too long for ISO 2709, left out: {number}. Export as marcxml or json to keep it.",
            file=sys.stderr,
        )
    return 1 if report.too_long else 0
