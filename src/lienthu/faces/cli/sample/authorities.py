"""Sample authority records, read from ``authorities.jsonl``: real authors and the pen names everybody knows.

What is not commonly known is left out; every record says in 667 that it is a sample.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from lienthu.foundation.marc import iso2709
from lienthu.foundation.marc.model import Field, Record
from lienthu.foundation.marc.normalise import normalise

LIBRARY: Final = "VN-QNTV"
SOURCE: Final = "tieu-de-chuan"
FILENAME: Final = "tieu-de-chuan-mau.mrc"
_FILE: Final = Path(__file__).with_name("authorities.jsonl")
_TAGS: Final = {"person": ("100", "400", "500"), "place": ("151", "451", "551")}


def sample_authorities() -> bytes:
    """The records as an ISO 2709 file; the same bytes each time."""
    lines = _FILE.read_text(encoding="utf-8").splitlines()
    return b"".join(iso2709.write(_record(n, json.loads(line))) for n, line in enumerate(lines, 1))


def _record(number: int, said: dict[str, Any]) -> Record:
    main, other, also = _TAGS[str(said.get("kind", "person"))]
    first = "1" if main == "100" else " "
    dates = str(said["dates"])
    heading = (("a", f"{said['heading']}," if dates else str(said["heading"])), *((("d", dates),) if dates else ()))
    fields = [
        Field("001", data=f"mau-tdc-{number:03}"),
        Field("003", data=LIBRARY),
        Field("040", subfields=(("a", LIBRARY), ("b", "vie"))),
        Field(main, first, " ", heading),
    ]
    fields += [Field(other, first, " ", (("a", str(v)),)) for v in said.get("variants", ())]
    for text in said.get("see_also", ()):
        name, _, years = str(text).partition(", ")
        fields.append(Field(also, first, " ", (("a", f"{name},"), ("d", years))))
    fields.append(Field("667", subfields=(("a", "Biểu ghi mẫu của Liên Thư"),)))
    return normalise(Record("00000nz  a2200000n  4500", tuple(fields)))
