"""Series and the number in it."""

from __future__ import annotations

from typing import Final

from rapidfuzz.fuzz import ratio

from lienthu.domain.union.fingerprint import Fingerprint
from lienthu.domain.union.scoring.levels import agrees, differs, silent

NAME: Final = "series"
LEVELS: Final = {
    "numbered": agrees("the same series and number"),
    "same": agrees("the same series"),
    "silent": silent("not on both sides"),
    "differ": differs("another series"),
    "number-differs": differs("the same series, another number"),
}


def level(a: Fingerprint, b: Fingerprint) -> str:
    """How far two series statements agree (rule MAT-19)."""
    if not a.series or not b.series:
        return "silent"
    if a.series != b.series and not (
        a.series.startswith(b.series) or b.series.startswith(a.series) or ratio(a.series, b.series) >= 85
    ):
        return "differ"
    if a.series_volume and b.series_volume:
        return "numbered" if a.series_volume == b.series_volume else "number-differs"
    return "same"


def shown(f: Fingerprint) -> str:
    """What is compared, for people."""
    return f"{f.series} ; {f.series_volume}" if f.series_volume else f.series
