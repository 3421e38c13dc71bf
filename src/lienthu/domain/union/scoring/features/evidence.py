"""What stands behind a title: a title alone proves nothing, however well it agrees."""

from __future__ import annotations

from typing import Final

from rapidfuzz.fuzz import token_set_ratio

from lienthu.domain.union.fingerprint import Fingerprint
from lienthu.domain.union.scoring.levels import agrees, nearly, silent

NAME: Final = "evidence"
LEVELS: Final = {
    "4": agrees("four or more statements behind the title agree"),
    "3": agrees("three statements behind the title agree"),
    "2": agrees("two statements behind the title agree"),
    "brief-1": agrees("brief records: everything they state beside the title agrees"),
    "brief-short": agrees("brief records: a title that says little and all else they state agree"),
    "brief-0": silent("two records that state nothing but the same title"),
    "1": nearly("one statement behind the title agrees"),
    "0": silent("nothing behind the title agrees"),
}


def level(a: Fingerprint, b: Fingerprint) -> str:
    """How many of names, year, publisher, extent, host, series and identifiers agree (rule MAT-23): "0" to "4"; two
    records that are equally brief and agree in all they state are one."""
    count = _names(a, b) + _publishers(a.publisher, b.publisher)
    if a.year is not None and b.year is not None and (a.year == b.year or a.year in b.years or b.year in a.years):
        count += 1
    if a.pages is not None and b.pages is not None:
        count += abs(a.pages - b.pages) <= 2
    elif a.volumes is not None and a.volumes == b.volumes:
        count += 1
    if a.host and b.host and token_set_ratio(a.host, b.host) >= 85:
        count += 1
    if a.series and a.series == b.series and a.series_volume and a.series_volume == b.series_volume:
        count += 1
    if a.isbns and not set(a.isbns).isdisjoint(b.isbns):
        count += 1
    if count < 2 and _stated(a) == _stated(b) and count == sum(_stated(a)):
        return "brief-short" if count and (_says_little(a) or _says_little(b)) else f"brief-{count}"
    return str(min(count, 4))


def _says_little(f: Fingerprint) -> bool:
    """A title of one word, and one of a collection or the like: "Thơ", "Tuyển tập", "Toán nâng cao"."""
    return " " not in f.whole_folded or bool(f.kind)


def _stated(f: Fingerprint) -> tuple[bool, bool, bool, bool]:
    return bool(f.names or f.said), f.year is not None, bool(f.publisher), bool(f.host)


def _names(a: Fingerprint, b: Fingerprint) -> bool:
    if a.names_folded and b.names_folded and not set(a.names_folded).isdisjoint(b.names_folded):
        return True
    left = [*a.names_folded[:2], *([a.said] if a.said else [])]
    right = [*b.names_folded[:2], *([b.said] if b.said else [])]
    return any(token_set_ratio(x, y) >= 75 for x in left for y in right)


def _publishers(left: str, right: str) -> bool:
    if not left or not right:
        return False
    return left == right or token_set_ratio(left, right) >= 85


def shown(f: Fingerprint) -> str:
    """What is compared, for people."""
    said = ("names" if f.names else "", "year" if f.year else "", "publisher" if f.publisher else "")
    return ", ".join(s for s in (*said, "extent" if f.pages or f.volumes else "", "host" if f.host else "") if s)
