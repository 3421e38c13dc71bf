"""What an object is in Dublin Core: its own elements, beneath them those of its record. Pure (WFL-25)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from lienthu.foundation.marc.describe import Description

ELEMENTS: Final = frozenset(
    "title creator subject description publisher contributor date type format identifier source language relation"
    " coverage rights".split()
)
"""The fifteen elements of Dublin Core. What is an object's own may use them all."""
OTHER_TITLES: Final = "alternative"
"""Under this name come the titles besides the one an object goes by: in another script, of its record, parallel."""

Elements = Mapping[str, Sequence[str]]


def own_elements(description: Mapping[str, Any]) -> dict[str, list[str]]:
    """What lies in the column, as text only, whatever it is."""
    found: dict[str, list[str]] = {}
    for name in description:
        said = description[name]
        values = [said] if isinstance(said, str) else said if isinstance(said, list) else []
        if texts := [value for value in values if isinstance(value, str) and value.strip()]:
            found[name] = texts
    return found


def of_record(described: Description) -> dict[str, list[str]]:
    """A record in the elements that readers of its digital copy are shown.

    Not told: notes on the copy and on its use (540), numbers of classes, links. They speak of the printed thing.
    """
    title = f"{described.title}. {described.part}" if described.part else described.title
    host = described.host
    said: dict[str, Iterable[str]] = {
        "title": (title, described.title_original_script, *described.other_titles, described.original_title),
        "creator": (p.name for p in described.authors if p.heading_tag.startswith("1")),
        "contributor": (
            *(p.name for p in described.authors if not p.heading_tag.startswith("1")), *described.other_names
        ),
        "publisher": (" : ".join(part for part in (described.place, described.publisher) if part),),
        "date": (str(described.year) if described.year is not None else described.date_text,),
        "subject": described.subjects,
        "coverage": described.places,
        "description": (described.summary,),
        "language": described.languages,
        "format": (described.extent,),
        "source": (", ".join(part for part in (host.title, host.part) if part),) if host else (),
        "relation": described.series,
        "identifier": (*described.isbns, *described.issns),
    }  # fmt: skip
    kept = {name: list(dict.fromkeys(value for value in values if value)) for name, values in said.items()}
    return {name: values for name, values in kept.items() if values}


def merged(title: str, own: Elements, record: Elements) -> dict[str, list[str]]:
    """Element → values: its own where it has any, otherwise the record's; titles but ``title`` as OTHER_TITLES."""
    names = [*own, *(name for name in record if name not in own)]
    found = {name: list(own.get(name) or record.get(name) or ()) for name in names}
    others = [*found.pop("title", []), *found.pop(OTHER_TITLES, [])]
    if others := [other for other in dict.fromkeys(others) if other.casefold() != title.casefold()]:
        found[OTHER_TITLES] = others
    return {name: values for name, values in found.items() if values}
