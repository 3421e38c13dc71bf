"""Bytes for people: sixteen a row, with what is printable ASCII beside them."""

from __future__ import annotations

from dataclasses import dataclass

ROW = 16
SHOWN = 4096


@dataclass(frozen=True, slots=True)
class HexRow:
    """One row: place in the file or piece (hexadecimal), bytes (hexadecimal), text with dots for the rest."""

    place: str
    octets: str
    text: str


def hex_rows(data: bytes, *, start: int = 0, limit: int = SHOWN) -> list[HexRow]:
    """The first ``limit`` bytes. ``start`` is added to the places shown."""
    out = []
    for at in range(0, min(len(data), limit), ROW):
        row = data[at : min(at + ROW, limit)]
        text = "".join(chr(b) if 0x20 <= b < 0x7F else "·" for b in row)
        out.append(HexRow(f"{start + at:08x}", row.hex(" "), text))
    return out
