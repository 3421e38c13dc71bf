"""Numbers given to publications: ISBN, ISSN, national bibliography numbers; the wrong and cancelled ones too."""

from __future__ import annotations

from typing import Final

from lienthu.domain.union.fingerprint import Fingerprint
from lienthu.domain.union.scoring.levels import agrees, differs, nearly, silent

NAME: Final = "identifiers"
LEVELS: Final = {
    "isbn-pages": agrees("the same ISBN and the same number of pages"),
    "isbn": agrees("the same ISBN"),
    "national": agrees("the same national bibliography number"),
    "issn": agrees("the same ISSN"),
    "isbn-other": nearly("the same number, on one side as a wrong or cancelled one"),
    "silent": silent("not on both sides"),
    "differ": differs("different numbers"),
}


def level(a: Fingerprint, b: Fingerprint) -> str:
    """How far the numbers of two records agree (rule MAT-5)."""
    if a.isbns and b.isbns and not set(a.isbns).isdisjoint(b.isbns):
        return "isbn-pages" if a.pages is not None and a.pages == b.pages else "isbn"
    if a.national and b.national and not set(a.national).isdisjoint(b.national):
        return "national"
    if a.issns and b.issns and not set(a.issns).isdisjoint(b.issns):
        return "issn"
    if a.isbns_other or b.isbns_other:
        left, right = {*a.isbns, *a.isbns_other}, {*b.isbns, *b.isbns_other}
        if left & right:
            return "isbn-other"
    return "differ" if (a.isbns and b.isbns) or (a.issns and b.issns) else "silent"


def shown(f: Fingerprint) -> str:
    """What is compared, for people."""
    return " ".join([*f.isbns, *f.issns, *f.national, *(f"({n})" for n in f.isbns_other)])
