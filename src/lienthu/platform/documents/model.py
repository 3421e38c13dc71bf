"""A report as values: sections of paragraphs, tiles, tables and comparisons. Pages, PDF and XLSX are made of it.

All text is translated already and plain: whoever writes it out escapes it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Cell = str | int | float
Kind = Literal["", "ok", "warning", "danger"]


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph; with a kind, one that stands out."""

    text: str
    kind: Kind = ""


@dataclass(frozen=True, slots=True)
class Tile:
    """A number that people look for first."""

    label: str
    value: int
    kind: Kind = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Tiles:
    """Numbers beside each other."""

    tiles: Sequence[Tile]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table. ``share``: numbers 0 to 1, drawn as bars."""

    label: str
    kind: Literal["text", "number", "share", "code"] = "text"


@dataclass(frozen=True, slots=True)
class Table:
    """A table; the first column names the row."""

    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    note: str = ""
    keys: Sequence[str] = ()
    """For each row the name of the list behind it, "" for none: pages make a link of it."""

    @property
    def keyed_rows(self) -> list[tuple[str, Sequence[Cell]]]:
        """Rows with their keys."""
        return [(self.keys[i] if i < len(self.keys) else "", row) for i, row in enumerate(self.rows)]


@dataclass(frozen=True, slots=True)
class Party:
    """One of two records that stand side by side."""

    heading: str
    title: str
    lines: Sequence[str]


@dataclass(frozen=True, slots=True)
class Reason:
    """How one feature of a comparison came out. ``kind``: ok agrees, warning differs, "" neither."""

    feature: str
    left: str
    right: str
    outcome: str
    kind: Kind = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two records side by side."""

    certainty: str
    left: Party
    right: Party
    reasons: Sequence[Reason]

    @property
    def sides(self) -> tuple[Party, Party]:
        """Left and right."""
        return self.left, self.right


@dataclass(frozen=True, slots=True)
class Comparisons:
    """Pairs of records."""

    title: str
    pairs: Sequence[Comparison]
    note: str = ""


Block = Text | Tiles | Table | Comparisons


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a report. ``key`` is short, ASCII and the same in all languages: an anchor, a sheet."""

    key: str
    title: str
    blocks: Sequence[Block]


@dataclass(frozen=True, slots=True)
class Document:
    """A report. ``facts``: what it is about, as label and value."""

    title: str
    subtitle: str
    facts: Sequence[tuple[str, str]]
    sections: Sequence[Section]
    language: str
    made_at: datetime
    footer: str = ""
