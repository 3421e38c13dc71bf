"""What belongs to no object: collections, projects, profiles, rules of access, networks of premises, erasures.

Without them an object cannot be restored: it would lose what keeps it closed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import orjson
from django.db.models import Model

from lienthu.domain.digital.models import AccessRule, Collection, Erasure, PremisesNetwork, Project, QualityProfile
from lienthu.domain.digital.preservation.rows import CannotRestore, Names, Told, make, ordered, put

STORE_ID: Final = "urn:lienthu:room:digital"
TOLD: Final = "room.json"
_FORMAT: Final = 1
_TABLES: Final[Mapping[str, type[Model]]] = {
    "collections": Collection,
    "projects": Project,
    "quality_profiles": QualityProfile,
    "access_rules": AccessRule,
    "premises_networks": PremisesNetwork,
    "erasures": Erasure,
}
_NOT_TOLD: Final[Mapping[str, frozenset[str]]] = {"erasures": frozenset({"object_key"})}
_NAMED_BY: Final[Mapping[type[Model], str]] = {
    Collection: "code", Project: "code", QualityProfile: "code", Erasure: "public_id",
}  # fmt: skip


def dumps() -> bytes:
    """The rows as JSON; the same rows give the same bytes."""
    names = Names()
    told: dict[str, object] = {
        name: ordered(model._default_manager.order_by("pk"), names, without=_NOT_TOLD.get(name, ()))
        for name, model in _TABLES.items()
    }
    told["format"] = _FORMAT
    return orjson.dumps(told, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS) + b"\n"


def restore(data: bytes) -> int:
    """Put back the rows that are not there; the number of rows. Raises CannotRestore.

    A name that is there is left as it is; rules and networks are put back only where there are none at all: half of
    the administrator's rules beside half of the old ones would be a law that nobody made.
    """
    told = orjson.loads(data)
    if told.get("format") != _FORMAT:
        raise CannotRestore("format", str(told.get("format")))
    names, count = Names(), 0
    for name, model in _TABLES.items():
        rows: list[Told] = told.get(name, [])
        if (named_by := _NAMED_BY.get(model)) is not None:
            there = set(model._default_manager.values_list(named_by, flat=True))
            rows = [row for row in rows if row[named_by] not in there]
        elif model._default_manager.exists():
            continue
        count += len(put([make(model, row, names) for row in rows]))
    return count
