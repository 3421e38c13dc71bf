"""What a publication is shown by: elected field by field from its records (CLU-17). Pure.

Fields that only make sense together (place, publisher and year of one imprint) are elected together, as a unit. Each
unit comes from the record that is best at it: by what has kept its diacritics, by what people said which library is
best at, by headings linked to authorities, by how much is said, by how complete the record is, and last by age.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from lienthu.foundation.marc.describe import Description
from lienthu.foundation.vietnamese.fold import has_diacritics

Unit = tuple[str, ...]

GROUPS: Final[Mapping[str, tuple[Unit, ...]]] = {
    "title": (("title", "title_proper", "subtitle", "part"), ("title_original_script",), ("responsibility",)),
    "persons": (("authors",), ("other_names",)),
    "imprint": (("publisher", "place"), ("year", "date_text")),
    "edition": (("edition",),),
    "extent": (("extent",),),
    "series": (("series", "series_volume"),),
    "subjects": (("subjects",), ("places",)),
    "classification": (("classification",),),
    "numbers": (("isbns",), ("isbns_other",), ("issns",), ("national_numbers",)),
    "contents": (("summary",), ("contents",), ("notes",)),
    "links": (("links",),),
    "language": (("languages",),),
    "other_titles": (("other_titles",),),
}
"""Field group, for which a library can be ranked → its units of fields of Description.

What is in no group (kind of material, host, control number and the like) is the most complete record's.
"""

FIELDS: Final = tuple(name for units in GROUPS.values() for unit in units for name in unit)
_UNRANKED: Final = 1000
_ASKED: Final = 12
"""Of many records the most complete are asked; the others would hardly say anything better."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A record of the publication. ``linked``: groups whose headings are linked to authorities.

    ``ranks``: group → place of its library among those that are good at it, 1 the best; a group not named is unranked.
    """

    record_id: int
    description: Description
    linked: frozenset[str] = frozenset()
    ranks: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Elected:
    """The composite description, and for each field that says anything the record it is from."""

    description: Description
    origins: Mapping[str, int]


def elect(candidates: Sequence[Candidate]) -> Elected:
    """Elect from the records of one publication, given the most complete first (at least one)."""
    first = candidates[0]
    if len(candidates) == 1:
        return Elected(first.description, dict.fromkeys(_said(first.description), first.record_id))
    asked = candidates[:_ASKED]
    alike = not any(c.ranks or c.linked for c in asked)
    origins = dict.fromkeys(_said(first.description), first.record_id)
    changed: dict[str, Any] = {}
    for group, units in GROUPS.items():
        for unit in units:
            if alike and _agree(asked, unit):
                continue  # most units of most publications: nothing to elect, the most complete record stands for all
            chosen = _best(asked, group, unit)
            for name in unit:
                origins.pop(name, None)
                value = getattr(chosen.description, name)
                if value:
                    origins[name] = chosen.record_id
                if value != getattr(first.description, name):
                    changed[name] = value
    return Elected(first.description._replace(**changed) if changed else first.description, origins)


def _agree(candidates: Sequence[Candidate], unit: Unit) -> bool:
    first = candidates[0].description
    return all(getattr(c.description, name) == getattr(first, name) for name in unit for c in candidates[1:])


def _best(candidates: Sequence[Candidate], group: str, unit: Unit) -> Candidate:
    speaking = [c for c in candidates if getattr(c.description, unit[0])] or [
        c for c in candidates if any(getattr(c.description, name) for name in unit)
    ]
    if len(speaking) < 2:
        return speaking[0] if speaking else candidates[0]
    order = {c.record_id: at for at, c in enumerate(candidates)}

    def quality(c: Candidate) -> tuple[bool, int, bool, int, int]:
        values = [_text(getattr(c.description, name)) for name in unit]
        return (
            not has_diacritics(" ".join(values)),
            c.ranks.get(group, _UNRANKED),
            group not in c.linked,
            -_fullness(c.description, unit),
            order[c.record_id],
        )

    return min(speaking, key=quality)


def _fullness(d: Description, unit: Unit) -> int:
    """How much a unit says: fields that are filled, and how many values lists have; longer texts are not better."""
    filled = 0
    for name in unit:
        value = getattr(d, name)
        filled += len(value) if isinstance(value, tuple) else bool(value)
    return filled


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, tuple):
        return " ".join(_text(v[0] if isinstance(v, tuple) else v) for v in value)
    return ""


def _said(d: Description) -> list[str]:
    return [name for name in FIELDS if getattr(d, name)]
