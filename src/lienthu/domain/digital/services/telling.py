"""How far the taking in of files is, for people who wait for it. Rule WFL-23.

It is told as it goes and kept nowhere else: the rows of an object come at the end, in one transaction, and nothing that
is written in it is seen by others before.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final


class Step(StrEnum):
    """What is being done; the figures of a step are its own: bytes, files, or pages."""

    UNPACKING = "unpacking"  # nothing is known of how much it is
    READING = "reading"  # bytes, for the digests
    CHECKING = "checking"  # files, opened in the sandbox: pages are counted, every picture is decoded
    KEEPING = "keeping"  # copied into the preservation store, then pages are entered


@dataclass(frozen=True, slots=True)
class Told:
    """One step and how far it is; ``total`` 0: not known. ``pages``: found so far."""

    step: Step
    done: int = 0
    total: int = 0
    pages: int = 0


Tell = Callable[[Told], None]
_EVERY: Final = 0.4


def silent(_told: Told) -> None:
    """For whoever waits for nothing."""


class Notes:
    """Writes what is told into a file beside what is being taken in, a few times a second; reads it for others."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._last: tuple[Step | None, float] = (None, 0.0)

    def __call__(self, told: Told) -> None:
        now = time.monotonic()
        if told.step == self._last[0] and now - self._last[1] < _EVERY and told.done < told.total:
            return
        self._last = (told.step, now)
        part = self._path.with_suffix(".part")
        try:
            part.write_text(json.dumps([told.step.value, told.done, told.total, told.pages]))
            os.replace(part, self._path)
        except OSError:  # a full disk is found out by what matters, not by this
            return


def told_in(path: Path) -> Told | None:
    """What was written last; None where nothing was, or nothing that can be read."""
    try:
        step, done, total, pages = json.loads(path.read_text())
        return Told(Step(step), int(done), int(total), int(pages))
    except (OSError, ValueError, TypeError):
        return None
