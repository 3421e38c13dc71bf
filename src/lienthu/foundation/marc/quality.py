"""How complete a record is, and whether its dates can be true. Pure. Rules QUA-1 and QUA-2, docs/specs/joining.md."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from lienthu.foundation.marc.describe import Description
from lienthu.foundation.marc.model import Record
from lienthu.foundation.marc.problems import Problem

IMPORTANT: Final[dict[str, str]] = {
    "title": "245",
    "creator": "100 110 111 700 710",
    "publication": "260 264",
    "year": "260 264 008",
    "extent": "300",
    "number": "020 022",
    "classification": "080 082 084",
    "subjects": "600-651",
    "keywords": "653",
    "language": "041 008",
    "copies": "852 866",
}
"""What a good record says → the MARC fields it stands in. The order is the one of bits: new ones go to the end."""

_BITS: Final = {name: 1 << i for i, name in enumerate(IMPORTANT)}
_WITHOUT_IMPRINT: Final = frozenset({"publication", "number"})
_NOT_ASKED: Final[dict[str, frozenset[str]]] = {
    "article": frozenset({"publication", "number", "extent", "classification", "copies"}),
    "serial": frozenset({"creator", "extent", "year"}),
    "manuscript": _WITHOUT_IMPRINT,
    "object": _WITHOUT_IMPRINT,
    "picture": _WITHOUT_IMPRINT,
    "kit": frozenset({"number"}),
    "map": frozenset({"number", "creator"}),
    "score": frozenset({"number"}),
    "audio": frozenset({"number"}),
    "video": frozenset({"number"}),
    "thesis": frozenset({"number", "publication"}),
    "electronic": frozenset({"number", "extent", "copies"}),
    "mixed": _WITHOUT_IMPRINT,
}
"""What nobody misses in a record of this kind: an article has no ISBN."""

_NOTHING: Final[frozenset[str]] = frozenset()
_YEAR: Final = re.compile(r"(?<!\d)\d{4}(?!\d)", re.ASCII)
_EARLIEST: Final = 1000
_TWO_DATES: Final = frozenset("cdimkq")


def not_asked(material_type: str) -> frozenset[str]:
    """Names of ``IMPORTANT`` that a record of this kind may leave out."""
    return _NOT_ASKED.get(material_type, _NOTHING)


def missing(record: Record, d: Description, *, has_copies: bool) -> tuple[str, ...]:
    """Rule QUA-1: the names of ``IMPORTANT`` that the record does not say, although one of its kind should."""
    has_subject = has_keyword = False
    for f in record.fields:
        tag = f.tag
        if tag == "653":
            has_keyword = True
        elif "600" <= tag <= "651":
            has_subject = True
    said = (
        d.title, d.authors, d.publisher or d.place, d.year, d.extent, d.isbns or d.isbns_other or d.issns,
        d.classification, has_subject, has_keyword, d.languages, has_copies,
    )  # fmt: skip
    if all(said):
        return ()
    excused = not_asked(d.material_type)
    return tuple(name for name, value in zip(IMPORTANT, said, strict=True) if not value and name not in excused)


def bits_of(names: Iterable[str]) -> int:
    """Names of ``IMPORTANT`` as one number."""
    return sum(_BITS[name] for name in names)


def names_in(bits: int) -> tuple[str, ...]:
    """The names in a number made by ``bits_of``."""
    return tuple(name for name, bit in _BITS.items() if bits & bit)


def impossible_dates(record: Record, this_year: int) -> tuple[Problem, ...]:
    """Rule QUA-2: dates of publication that cannot be: after the year to come, before 1000, ending before they begin.

    A date that is given twice (2568 [2025]) counts as what can be true of it.
    """
    latest = this_year + 1
    found = []
    for f in record.fields:
        if f.tag == "008":
            if len(f.data) < 15:
                continue
            first, last = f.data[7:11], f.data[11:15]
            if first.isdigit() and first.isascii() and first != "9999" and not _EARLIEST <= int(first) <= latest:
                found.append(Problem("impossible-date", f"008 {first}"))
            elif (
                f.data[6] in _TWO_DATES and first.isdigit() and last.isdigit() and first.isascii() and last.isascii()
                and int(last) < int(first)
            ):  # fmt: skip
                found.append(Problem("impossible-date", f"008 {first}-{last}"))
        elif f.tag in ("260", "264"):
            for code, value in f.subfields:
                years = _YEAR.findall(value) if code == "c" else []
                if years and not any(_EARLIEST <= int(y) <= latest for y in years):
                    found.append(Problem("impossible-date", f"{f.tag} {value[:40]}"))
    return tuple(found)


FAULTS: Final = (
    "no-title", "repeated-title", "empty-title", "repeated-main-entry", "no-control-number", "repeated-control-field",
    "record-type", "bibliographic-level", "no-008", "008-length", "008-date", "008-language", "impossible-date",
    "indicator-value", "nonfiling", "isbn", "issn", "linkage", "unknown-tag", "lost-characters",
)  # fmt: skip
"""What may be wrong with a record, as ``validate`` and ``impossible_dates`` name it. New ones go to the end."""

_FAULT_BITS: Final = {code: 1 << i for i, code in enumerate(FAULTS)}


def fault_bits(problems: Iterable[Problem]) -> int:
    """The kinds of problems as one number; each kind once."""
    bits = 0
    for problem in problems:
        bits |= _FAULT_BITS.get(problem.code, 0)
    return bits
