"""How the same bytes of a file read in each character set: what people choose by."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from lienthu.domain.catalog.encoding import AUTO, CHOICES, EncodingPlan, find_decoder
from lienthu.domain.catalog.models import ImportBatch
from lienthu.domain.catalog.reading import ReadPiece, pieces, plan_for
from lienthu.domain.catalog.selectors import plan_of
from lienthu.faces.web.staff.words import Label, encoding_label
from lienthu.foundation.marc.split import split_iso2709

_LOOKED_AT = 60
_VALUES = 3
_LONGEST = 110
_LIKELY = 4
_PARTS = re.compile(rb"[\x1d\x1e]..?\x1f.|\x1f.|[\x1d\x1e]", re.DOTALL)


@dataclass(frozen=True, slots=True)
class EncodingOption:
    """One character set to choose, with the reading it gives. ``value`` is what the form sends."""

    value: str
    label: Label
    readings: tuple[str, ...]
    current: bool
    detected: bool
    likely: bool


def telling_values(path: Path, fmt: str) -> list[bytes]:
    """A few pieces of text whose reading depends on the character set; none when the file is plain ASCII."""
    found: list[bytes] = []
    for values in _values_of(path, fmt):
        best = max((v for v in values if not v.isascii() and len(v) <= _LONGEST), key=_telling, default=b"")
        if best and best not in found:
            found.append(best)
            if len(found) == _VALUES:
                break
    return found


def _telling(value: bytes) -> int:
    return sum(1 for byte in value if byte > 0x7F)


def _values_of(path: Path, fmt: str) -> list[list[bytes]]:
    if fmt == "iso2709":
        with path.open("rb") as f:
            return [[v.strip() for v in _PARTS.split(p.raw[24:])] for p in islice(split_iso2709(f), _LOOKED_AT)]
    if fmt == "csv":
        with path.open("rb") as f:
            lines = f.read(65_536).splitlines()[: _LOOKED_AT * 2]
        return [[v.strip() for v in re.split(rb'[;,\t|"]', line)] for line in lines]
    found: list[list[bytes]] = []
    for piece in islice(pieces(path, fmt, EncodingPlan("utf-8"), {}), _LOOKED_AT):
        if piece.record is not None:
            found.append([v.encode() for f in piece.record.fields for _code, v in f.subfields])
    return found


def encoding_options(batch: ImportBatch, path: Path) -> list[EncodingOption]:
    """Every character set, the detected one first, then the other guesses, best first, then the rest."""
    plan = plan_of(batch)
    detection = plan_for(path, batch.format, AUTO)
    values = telling_values(path, batch.format)
    guessed = [g.encoding for g in detection.guesses]
    rest = [name for name in CHOICES if name != AUTO and name not in guessed]
    best = _read(values, detection.plan.name)
    first = EncodingOption(AUTO, encoding_label(detection.plan.name), best, not plan.forced, True, True)
    likely = [name for name in guessed if (read := _read(values, name)) != best and all(read)][:_LIKELY]
    if plan.forced:
        likely.append(plan.name)
    others = [
        EncodingOption(name, encoding_label(name), _read(values, name), plan.forced and plan.name == name, False,
                       name in likely)
        for name in [*dict.fromkeys(guessed), *rest]
    ]  # fmt: skip
    return [first, *others]


def _read(values: Sequence[bytes], name: str) -> tuple[str, ...]:
    decode = find_decoder(name)
    out = []
    for value in values:
        try:
            out.append(decode(value))
        except ValueError:
            out.append("")
    return tuple(out)


def first_records(batch: ImportBatch, path: Path, mapping: dict[str, str], count: int) -> list[ReadPiece]:
    """The first pieces of a batch's file, read as the import will read them. Raises TabularRefused, ValueError."""
    return list(islice(pieces(path, batch.format, plan_of(batch), mapping), count))
