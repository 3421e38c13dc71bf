"""The copies of a row: one 852 for each barcode, one for the copies that have none."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from lienthu.foundation.marc.model import Field
from lienthu.foundation.marc.problems import Problem, seen

_SEPARATOR: Final = re.compile(r"[;,\n]")
_RANGE: Final = re.compile(r"(.*?)([0-9]+)\s*(?:-|–|—|->|đến|=>)\s*(?:\1)?([0-9]+)")
_MOST: Final = 500


def _whole(text: str) -> int:
    match = re.match(r"\s*([0-9]{1,4})(?![0-9])", text)
    return int(match.group(1)) if match else 0


def barcodes_of(texts: list[str], copies: int) -> list[str]:
    """The barcodes in cells. A range ("VL.1001-1005") counts as its members only if the number of copies
    agrees.
    """
    found = [part for text in texts for piece in _SEPARATOR.split(text) if (part := " ".join(piece.split()))]
    if len(found) == 1 and copies > 1 and (match := _RANGE.fullmatch(found[0])):
        prefix, first, last = match.groups()
        if len(last) < len(first):
            last = first[: len(first) - len(last)] + last
        span = int(last) - int(first) + 1
        if span == copies and span <= _MOST:
            return [f"{prefix}{n:0{len(first)}}" for n in range(int(first), int(last) + 1)]
    return list(dict.fromkeys(found))


def item_fields(values: Mapping[str, list[str]], problems: list[Problem]) -> list[Field]:
    """852 fields: $b branch, $c location, $h call number, $p barcode, $9 the copies of a lot without barcodes.

    More copies than barcodes give one more 852 for the rest; fewer are reported as "copies-differ".
    """

    def one(name: str) -> str:
        return " ".join(values[name][0].split()) if values.get(name) else ""

    copies = _whole(one("copies"))
    if copies > _MOST:
        problems.append(Problem("copies-differ", seen("copies-one-row", copies)))
    barcodes = barcodes_of(values.get("barcode", []), copies)
    shared = tuple(
        (code, text) for code, text in (("b", one("branch")), ("c", one("location")), ("h", one("call_number"))) if text
    )
    fields = [Field("852", "8", " ", (*shared, ("p", barcode))) for barcode in barcodes]
    without = copies - len(barcodes)
    if without > 0 and (copies or shared):
        fields.append(Field("852", "8", " ", (*shared, ("9", str(without)))))
    elif barcodes and copies and without < 0:
        problems.append(Problem("copies-differ", seen("copies-barcodes", copies, len(barcodes))))
    elif not barcodes and shared:
        fields.append(Field("852", "8", " ", shared))
    return fields
