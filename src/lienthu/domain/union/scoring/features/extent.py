"""Pages and volumes: what a cataloguer counts with the book in hand."""

from __future__ import annotations

from typing import Final

from lienthu.domain.union.fingerprint import Fingerprint
from lienthu.domain.union.scoring.levels import agrees, differs, nearly, silent

NAME: Final = "extent"
LEVELS: Final = {
    "pages": agrees("the same number of pages"),
    "pages-2": nearly("up to two pages apart"),
    "volumes": agrees("the same number of volumes"),
    "pages-3": nearly("within three per cent"),
    "silent": silent("not on both sides"),
    "pages-15": differs("within fifteen per cent"),
    "set": differs("one describes a set, the other a volume"),
    "volumes-differ": differs("another number of volumes"),
    "volumes-other": differs("another number of volumes of a Vietnamese set"),
    "pages-far": differs("another number of pages"),
}
_VIETNAMESE: Final = frozenset({"vie", ""})


def level(a: Fingerprint, b: Fingerprint) -> str:
    """How far two extents agree (rule MAT-17)."""
    if a.pages is not None and b.pages is not None:
        apart = abs(a.pages - b.pages)
        if apart == 0:
            return "pages"
        if apart <= 2:
            return "pages-2"
        share = apart / max(a.pages, b.pages)
        return "pages-3" if share <= 0.03 else "pages-15" if share <= 0.15 else "pages-far"
    if a.volumes is not None and b.volumes is not None:
        if a.volumes == b.volumes:
            return "volumes"
        # elsewhere sets are often described while they still grow
        return "volumes-other" if a.language in _VIETNAMESE and b.language in _VIETNAMESE else "volumes-differ"
    many_a, many_b = (a.volumes or 0) > 1, (b.volumes or 0) > 1
    if (many_a and b.pages is not None) or (many_b and a.pages is not None):
        return "set"
    return "silent"


def shown(f: Fingerprint) -> str:
    """What is compared, for people."""
    return " ".join(f"{n} {unit}" for n, unit in ((f.volumes, "v."), (f.pages, "p.")) if n is not None)
