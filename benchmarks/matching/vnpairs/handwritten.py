"""Pairs written by hand, record for record.

A pair has three lines: ``label | family | kind | note``, then the two records as fields with ``$`` subfields, parted by
`` | ``: ``100 0_$aNguyễn Du | 245 10$aTruyện Kiều``. Indicators may be left out. The leader may come first as
``LDR em`` (its positions 6 and 7; ``am`` if it is missing).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).parent / "handwritten"
_FIELD = re.compile(r"(\d{3}) (?:([\d_])([\d_]))?(\$.*)", re.S)


class Written(NamedTuple):
    """One pair; the records have no 001 yet."""

    label: int
    family: str
    kind: str
    note: str
    left: dict[str, object]
    right: dict[str, object]


def written() -> Iterator[Written]:
    """All pairs written by hand, in the order of the files."""
    for path in sorted(FOLDER.glob("*.txt")):
        lines = [s for s in path.read_text(encoding="utf-8").splitlines() if s.strip() and not s.startswith("#")]
        if len(lines) % 3:
            raise ValueError(f"{path.name}: lines are not in threes")
        for head, left, right in zip(lines[::3], lines[1::3], lines[2::3], strict=True):
            label, family, kind, note = [cell.strip() for cell in head.split("|")]
            yield Written(int(label), family, kind, note, _record(left), _record(right))


def _record(line: str) -> dict[str, object]:
    kind = "am"
    fields: list[dict[str, object]] = []
    for cell in line.split(" | "):
        if cell.startswith("LDR "):
            kind = cell[4:6]
            continue
        if cell[:3] < "010" and cell[:3].isdigit():
            fields.append({cell[:3]: cell[4:].replace("_", " ")})
            continue
        match = _FIELD.fullmatch(cell.strip("\n"))
        if not match:
            raise ValueError(f"no field: {cell!r} in {line}")
        tag, ind1, ind2, content = match.groups()
        pairs = [{part[0]: part[1:]} for part in content.split("$")[1:]]
        fields.append(
            {
                tag: {
                    "ind1": (ind1 or " ").replace("_", " "),
                    "ind2": (ind2 or " ").replace("_", " "),
                    "subfields": pairs,
                }
            }
        )
    return {"leader": f"00000n{kind} a2200000 a 4500", "fields": fields}
