"""The repository at /oai: records as the libraries contributed them (rules OAI-3, OAI-4, OAI-7 to OAI-10, OAI-14)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from typing import Final

from lienthu.domain.catalog import harvest_selectors as catalog
from lienthu.domain.catalog.collections import CHILDREN, LOCAL_HISTORY
from lienthu.domain.catalog.harvest_selectors import Told, Wanted
from lienthu.domain.catalog.origin_selectors import origin_of, repositories
from lienthu.domain.catalog.words import COLLECTIONS, MATERIALS
from lienthu.domain.network.selectors import LibraryFacts, library_facts
from lienthu.domain.union.selectors import clusters_of
from lienthu.faces.protocols.oai.bases import Entry, Selection, Set
from lienthu.faces.protocols.oai.provenance import provenance
from lienthu.faces.protocols.oai.sets import OWN_NAME, OWN_ORIGIN, library_spec, split_spec

_LOCAL: Final = re.compile(r"([^\s]{1,16})/([1-9][0-9]{0,17})")


class Contributed:
    """Made for one request: what it has read once it knows."""

    key = "c"
    path = "/oai"

    def __init__(self, name: str, site: str) -> None:
        """``name``: of the repository in identifiers; ``site``: address of the portal without a slash at its end."""
        self._prefix = f"oai:{name}:"
        self._site = site

    @cached_property
    def _libraries(self) -> dict[int, LibraryFacts]:
        return library_facts()

    @cached_property
    def _origins(self) -> dict[int, str]:
        return repositories()

    def sample(self) -> str:
        """An identifier such as those of the items."""
        return f"{self._prefix}VN-QNTV/4711"

    def sets(self) -> Iterable[Set]:
        """Those of the public libraries, material types, collections and origins."""
        for library in sorted(self._libraries.values(), key=lambda f: f.code):
            if not library.closed:
                yield Set(library_spec(library.code), library.name)
        for value, name in MATERIALS.items():
            yield Set(f"type:{value}", str(name))
        for value, name in COLLECTIONS.items():
            yield Set(f"collection:{value}", str(name))
        yield Set(f"origin:{OWN_ORIGIN}", str(OWN_NAME))
        for repository in self._origins.values():
            yield Set(f"origin:{repository}", repository)

    def earliest(self) -> datetime | None:
        """The lowest datestamp."""
        return catalog.earliest_datestamp()

    def _wanted(self, wanted: Selection) -> Wanted | None:
        """What to ask the catalogue for; None for a set that cannot have records."""
        bare = Wanted(wanted.since, wanted.before)
        if not wanted.set_spec:
            return bare
        kind, value = split_spec(wanted.set_spec)
        if kind == "library":
            found = next((f.id for f in self._libraries.values() if f.code == value), None)
            return replace(bare, library_id=found) if found is not None else None
        if kind == "type" and value in MATERIALS:
            return replace(bare, material_type=value)
        if kind == "collection" and value in COLLECTIONS:
            return replace(bare, collection=value)
        if kind == "origin":
            named = {name: id_ for id_, name in self._origins.items()} | {OWN_ORIGIN: 0}
            return replace(bare, origin=named[value.lower()]) if value.lower() in named else None
        return None

    def page(
        self, wanted: Selection, after: tuple[datetime, int] | None, limit: int, *, content: bool, links: bool
    ) -> list[Entry]:
        """Records in the order of their changes."""
        asked = self._wanted(wanted)
        return self._entries(catalog.harvest(asked, after, limit, content=content), links) if asked else []

    def how_many(self, wanted: Selection) -> int | None:
        """How long the list is."""
        asked = self._wanted(wanted)
        return catalog.how_many(asked) if asked else 0

    def one(self, identifier: str, *, links: bool) -> Entry | None:
        """The record with this identifier, if the public may know or once knew it."""
        match = _LOCAL.fullmatch(identifier.removeprefix(self._prefix))
        if not match or not identifier.startswith(self._prefix):
            return None
        told = catalog.harvestable(int(match[2]))
        if told is None or self._libraries[told.library_id].code != match[1]:
            return None
        return self._entries([told], links)[0]

    def _entries(self, told: Sequence[Told], links: bool) -> list[Entry]:
        living = [t.id for t in told if t.record is not None]
        clusters = clusters_of(living) if links and living else {}
        foreign = [t.id for t in told if t.origin and t.record is not None]
        origins = origin_of(foreign) if foreign else {}
        return [
            Entry(
                id=t.id,
                identifier=f"{self._prefix}{self._libraries[t.library_id].code}/{t.id}",
                datestamp=t.datestamp,
                deleted=t.deleted,
                sets=self._sets_of(t),
                record=t.record,
                link=f"{self._site}/records/{clusters[t.id]}/" if t.id in clusters else "",
                about=provenance(origins[t.id]) if t.id in origins else "",
            )
            for t in told
        ]

    def _sets_of(self, t: Told) -> tuple[str, ...]:
        specs = [library_spec(self._libraries[t.library_id].code)]
        if t.material_type in MATERIALS:
            specs.append(f"type:{t.material_type}")
        if t.local_history:
            specs.append(f"collection:{LOCAL_HISTORY}")
        if t.children:
            specs.append(f"collection:{CHILDREN}")
        specs.append(f"origin:{self._origins.get(t.origin, OWN_ORIGIN) if t.origin else OWN_ORIGIN}")
        return tuple(specs)
