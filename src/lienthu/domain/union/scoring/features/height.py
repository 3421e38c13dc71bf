"""Height in centimetres: reprints and facsimiles often differ in nothing else."""

from __future__ import annotations

from typing import Final

from lienthu.domain.union.fingerprint import Fingerprint
from lienthu.domain.union.scoring.levels import agrees, differs, nearly, silent

NAME: Final = "height"
LEVELS: Final = {
    "same": agrees("the same height"),
    "near": nearly("a centimetre apart"),
    "silent": silent("not on both sides"),
    "differ": differs("another height"),
}


def level(a: Fingerprint, b: Fingerprint) -> str:
    """How far two heights agree (rule MAT-18)."""
    if a.height is None or b.height is None:
        return "silent"
    apart = abs(a.height - b.height)
    return "same" if apart == 0 else "near" if apart == 1 else "differ"


def shown(f: Fingerprint) -> str:
    """What is compared, for people."""
    return f"{f.height} cm" if f.height else ""
