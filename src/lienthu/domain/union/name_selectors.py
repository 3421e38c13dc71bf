"""The names that authorities say are one person's, read when they changed (MAT-26)."""

from __future__ import annotations

import time
from typing import Final

from lienthu.domain.catalog.authority_selectors import names_stamp, other_names
from lienthu.domain.union.known_names import KnownNames

_SECONDS: Final = 60.0  # merged authorities do not change the stamp
_kept: tuple[tuple[int, int], float, KnownNames] | None = None


def known_names() -> KnownNames:
    """The known names, at most a minute old."""
    global _kept
    stamp, now = names_stamp(), time.monotonic()
    if _kept is None or _kept[0] != stamp or now - _kept[1] > _SECONDS:
        _kept = (stamp, now, KnownNames.of(other_names()))
    return _kept[2]
