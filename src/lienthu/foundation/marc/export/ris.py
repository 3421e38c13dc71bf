"""RIS, the exchange format of reference managers (2001 specification with the 2011 types)."""

from __future__ import annotations

from typing import Final

from lienthu.foundation.marc.describe.values import Description
from lienthu.foundation.marc.export.contributors import contributors
from lienthu.foundation.marc.export.parts import full_title, is_newspaper, place_in_host, safe, thesis_note

_TYPES: Final = {
    "book": "BOOK",
    "serial": "JFULL",
    "article": "JOUR",
    "map": "MAP",
    "score": "MUSIC",
    "audio": "SOUND",
    "audiobook": "SOUND",
    "video": "VIDEO",
    "picture": "ART",
    "electronic": "ELEC",
    "thesis": "THES",
    "manuscript": "MANSCPT",
}


def to_ris(desc: Description) -> str:
    """``desc`` as one RIS entry, lines ended by CR LF, closed by ``ER``.

    Vietnamese names and bodies stand whole without a comma, so that no program keeps "Nguyễn" and makes
    initials of the rest.
    """
    people = contributors(desc)
    host = desc.host if desc.material_type == "article" else None
    kind = _TYPES.get(desc.material_type, "GEN")
    if host and is_newspaper(host.title):
        kind = "NEWS"
    lines: list[tuple[str, str]] = [("TY", kind), ("ID", desc.control_number)]
    lines += [("AU", name.inverted) for name in people.authors]
    lines += [("A2", name.inverted) for name in people.editors]
    lines += [("A4", name.inverted) for name in people.translators]
    lines += [("TI", full_title(desc))]
    if host:
        place = place_in_host(host.part)
        first, _, last = place.pages.partition("–")
        lines += [("T2", host.title), ("VL", place.volume), ("IS", place.issue), ("SP", first), ("EP", last)]
        if not (place.issue or place.pages):
            lines.append(("N1", host.part))
        lines.append(("SN", host.issn or host.isbn))
    elif desc.series:
        lines += [("T3", desc.series[0]), ("VL", desc.series_volume)]
    lines += [
        ("PY", str(desc.year) if desc.year is not None else ""),
        ("PB", desc.publisher),
        ("CY", desc.place),
        ("ET", desc.edition),
    ]
    if desc.material_type == "thesis":
        lines.append(("M3", thesis_note(desc)))
    lines += [("SN", number) for number in desc.isbns + desc.issns]
    lines += [("LA", code) for code in desc.languages]
    lines += [("KW", subject) for subject in desc.subjects]
    lines += [("AB", desc.summary)]
    lines += [("UR", link.url) for link in desc.links]
    text = "".join([f"{tag}  - {value}\r\n" for tag, raw in lines if (value := safe(raw))])
    return text + "ER  - \r\n"
