"""Build the labelled Vietnamese record pairs: ``.venv/bin/python benchmarks/matching/build_vietnamese_pairs.py``.

With ``--into FOLDER`` the files go elsewhere; with ``--read KIND`` pairs of one kind are printed for reading instead.
"""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path

from vnpairs.building import Pair, build, files


def main() -> None:
    """Write the files, or print pairs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--into", type=Path, default=Path(__file__).parent / "vietnamese")
    parser.add_argument("--read", metavar="KIND", help="print pairs of this kind (or 'all') and write nothing")
    parser.add_argument("--first", type=int, default=10_000, help="how many to print")
    asked = parser.parse_args()
    pairs = build()
    if asked.read:
        for pair in [p for p in pairs if asked.read in ("all", p.kind)][: asked.first]:
            show(pair)
        return
    asked.into.mkdir(parents=True, exist_ok=True)
    for name, text in files(pairs).items():
        (asked.into / name).write_text(text, encoding="utf-8")
    for (split, label), count in sorted(Counter((p.split, p.label) for p in pairs).items()):
        print(f"{split}: {count} pairs labelled {label}")


def show(pair: Pair) -> None:
    """One pair as a reader sees it."""
    print(f"[{pair.label}] {pair.kind} ({pair.split}) {pair.note}")
    for record in (pair.left, pair.right):
        cells = []
        for entry in record["fields"]:
            for tag, content in entry.items():
                if tag in ("001", "008", "082"):
                    continue
                pairs = content["subfields"]
                cells.append(tag + " " + " ".join(f"${code} {value}" for p in pairs for code, value in p.items()))
        print("    " + " | ".join(cells))


if __name__ == "__main__":
    main()
