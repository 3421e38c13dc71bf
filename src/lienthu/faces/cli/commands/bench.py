"""``lienthu bench``: measure import, single changes, search, harvesting, memory, matching, OCR, full text, editor.

Asserts nothing.
"""

from __future__ import annotations

import argparse
from pathlib import Path

NEEDS_DJANGO = False

_BENCHES = ("import", "attach", "search", "oai", "memory", "matching", "ocr", "tiles", "fulltext", "editor")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to measure, how many records."""
    parser.add_argument("what", choices=_BENCHES)
    parser.add_argument("--records", "--pages", type=int, default=100_000)
    parser.add_argument("--queries", type=int, default=1000, help="search, attach: how many; of attach at most 500")
    parser.add_argument("--web-workers", type=int, default=1, help="memory only: one is enough for a commune library")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--pairs", type=Path, metavar="FILE", help="matching only: records of labelled pairs")
    parser.add_argument("--labels", type=Path, metavar="FILE", help="matching only: their labels, as of union evaluate")
    parser.add_argument(
        "--publication-field", metavar="TAG", default="",
        help="matching only: a field that names the publication of each record; it judges in place of the labels",
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help="the last line is one JSON object")
    parser.add_argument(
        "--keep", metavar="FOLDER", default="", help="use this scratch folder, and keep it for the next run"
    )


def run(options: argparse.Namespace) -> int:
    """Run the benchmark in processes of its own."""
    from lienthu.faces.cli.bench_attach import bench_attach
    from lienthu.faces.cli.bench_editor import bench_editor
    from lienthu.faces.cli.bench_fulltext import bench_fulltext
    from lienthu.faces.cli.bench_matching import bench_matching
    from lienthu.faces.cli.bench_memory import bench_memory
    from lienthu.faces.cli.bench_oai import bench_oai
    from lienthu.faces.cli.bench_ocr import bench_ocr
    from lienthu.faces.cli.bench_tiles import bench_tiles
    from lienthu.faces.cli.benchmarks import bench_import, bench_search

    benches = {
        "import": bench_import,
        "attach": bench_attach,
        "search": bench_search,
        "oai": bench_oai,
        "memory": bench_memory,
        "matching": bench_matching,
        "ocr": bench_ocr,
        "tiles": bench_tiles,
        "fulltext": bench_fulltext,
        "editor": bench_editor,
    }
    return benches[options.what](options)
