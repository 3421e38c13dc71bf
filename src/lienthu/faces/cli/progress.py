"""A line on the terminal that says how far long work is. Where nobody looks (a pipe, a log) nothing is said.

It goes to standard error: standard output holds what the command answers, the JSON for programs above all.
"""

from __future__ import annotations

import sys
import time
from typing import TextIO

_EVERY = 0.2


class ProgressLine:
    """Written over and over in one place; gone when the block ends."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream if stream is not None else sys.stderr
        self._on = self._stream.isatty()
        self._last = 0.0
        self._shown = False

    def __enter__(self) -> ProgressLine:
        return self

    def __exit__(self, *_exception: object) -> None:
        if self._shown:
            print("\r\x1b[K", end="", file=self._stream, flush=True)

    def say(self, text: str, *, now: bool = False) -> None:
        """Show this instead of what stands there, a few times a second; ``now``: in any case."""
        moment = time.monotonic()
        if not self._on or (not now and moment - self._last < _EVERY):
            return
        self._last, self._shown = moment, True
        print(f"\r{text}\x1b[K", end="", file=self._stream, flush=True)
