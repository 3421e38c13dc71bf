"""The sample works, read from ``works.jsonl``: real works, described only by what is commonly known of them.

A detail that is not commonly known is left out. Whatever had to be composed (articles, archival papers,
recordings that let every material type appear) carries ``composed`` and the subject "Biểu ghi mẫu".
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

WORKS_FILE = Path(__file__).with_name("works.jsonl")


@dataclass(frozen=True, slots=True)
class Contributor:
    """Somebody responsible for a work: name in direct order, role in Vietnamese, years of life if known."""

    name: str
    role: str
    dates: str
    corporate: bool


@dataclass(frozen=True, slots=True)
class Work:
    """One publication. ``edition_of`` and ``host`` are keys of other works; ``year`` is None where unknown.

    For classics ``year`` is the year of first publication or writing. ``original_script`` is the title in Hán
    or Nôm; ``original_title`` the title of the original of a translation. ``online`` is a sample address
    under ``.example``.
    """

    key: str
    title: str
    subtitle: str
    part: str
    responsibility: str
    authors: tuple[Contributor, ...]
    original_title: str
    original_script: str
    original_language: str
    year: int | None
    year_end: int | None
    publisher: str
    place: str
    edition: str
    language: str
    material_type: str
    ddc: str
    subjects: tuple[str, ...]
    keywords: tuple[str, ...]
    places: tuple[str, ...]
    host: str
    volumes: int
    scale: str
    edition_of: str
    children: bool
    local_history: bool
    composed: bool
    online: str


def _work(row: Mapping[str, Any]) -> Work:
    return Work(
        key=row["key"],
        title=row["title"],
        subtitle=row.get("subtitle", ""),
        part=row.get("part", ""),
        responsibility=row.get("responsibility", ""),
        authors=tuple(
            Contributor(a["name"], a["role"], a.get("dates", ""), a.get("corporate", False)) for a in row["authors"]
        ),
        original_title=row.get("original_title", ""),
        original_script=row.get("original_script", ""),
        original_language=row.get("original_language", ""),
        year=row.get("year"),
        year_end=row.get("year_end"),
        publisher=row.get("publisher", ""),
        place=row.get("place", ""),
        edition=row.get("edition", ""),
        language=row["language"],
        material_type=row["material_type"],
        ddc=row.get("ddc", ""),
        subjects=tuple(row["subjects"]),
        keywords=tuple(row["keywords"]),
        places=tuple(row["places"]),
        host=row.get("host", ""),
        volumes=row.get("volumes", 1),
        scale=row.get("scale", ""),
        edition_of=row.get("edition_of", ""),
        children=row["children"],
        local_history=row["local_history"],
        composed=row["composed"],
        online=row.get("online", ""),
    )


@cache
def load_works() -> tuple[Work, ...]:
    """The sample works in the order of the file, read once."""
    lines = WORKS_FILE.read_text(encoding="utf-8").splitlines()
    return tuple(_work(json.loads(line)) for line in lines if line)
