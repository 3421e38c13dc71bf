"""Compile every .po file beside itself. Needs no gettext programs: Babel does it."""

from __future__ import annotations

import sys
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

SOURCES = Path(__file__).resolve().parents[1] / "src"


def compile_messages() -> int:
    """Compile all catalogues; returns how many."""
    count = 0
    for po in sorted(SOURCES.rglob("*.po")):
        with po.open("rb") as f:
            catalog = read_po(f, locale=po.parents[1].name)
        with po.with_suffix(".mo").open("wb") as out:
            write_mo(out, catalog)
        count += 1
    return count


if __name__ == "__main__":
    sys.stderr.write(f"{compile_messages()} message catalogues compiled.\n")
