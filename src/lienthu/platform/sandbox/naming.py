"""Which functions may be named: those of a ``work.py`` in a room of the foundation, and the tests' own bombs."""

from __future__ import annotations

import re
from typing import Final

_NAME: Final = re.compile(
    r"(lienthu\.(?:foundation\.[a-z]+|platform\.sandbox\.tests)\.work):([a-z][a-z0-9_]*)", re.ASCII
)


def parted(name: str) -> tuple[str, str]:
    """Module and function of a name like ``lienthu.foundation.imaging.work:probe``; ValueError for any other."""
    if not (found := _NAME.fullmatch(name)):
        raise ValueError(f"Only functions of foundation/*/work.py run in the sandbox, not {name!r}.")
    return found[1], found[2]
