"""Where fetched pages wait until they are handed over as a batch: one file a source, cut to what the run counts."""

from __future__ import annotations

import os
from pathlib import Path

from django.conf import settings

from lienthu.domain.union.harvesting.models import HarvestRun


def spool_of(run: HarvestRun) -> Path:
    """The spool file of the run's source."""
    folder = Path(settings.FILES_DIR) / "harvest"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder / f"{run.harvest_id}.spool"


class Lost(Exception):
    """The file holds less than was written to it, or is gone: nothing of it may be believed."""


def append(run: HarvestRun, block: bytes) -> int:
    """Write a page behind what counts, surely on the disk; returns how much counts once the run says so.

    What a killed process wrote beyond ``run.spool_bytes`` is cut off first. Raises Lost, OSError when the disk is full.
    """
    with spool_of(run).open("ab") as out:
        _cut(out.fileno(), run.spool_bytes)
        out.write(block)
        out.flush()
        os.fsync(out.fileno())
    return run.spool_bytes + len(block)


def keep(run: HarvestRun) -> Path:
    """The file with exactly what counts. Raises Lost."""
    path = spool_of(run)
    with path.open("ab") as out:
        _cut(out.fileno(), run.spool_bytes)
    return path


def _cut(file: int, size: int) -> None:
    if os.fstat(file).st_size < size:
        raise Lost
    os.truncate(file, size)
