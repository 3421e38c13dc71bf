"""The rooms of a library on the net: the readers."""

from __future__ import annotations

from collections.abc import Collection

from lienthu.domain.digital.models import PremisesNetwork, ReadingStation
from lienthu.domain.digital.policy import Reader
from lienthu.domain.digital.selectors.shelves import houses_of
from lienthu.domain.network.selectors.facts import library_facts
from lienthu.domain.network.selectors.libraries import public_libraries
from lienthu.foundation.vietnamese.collation import sort_key


def networks_of(library_id: int) -> list[PremisesNetwork]:
    """Ranges of addresses, in the order they were entered."""
    return list(PremisesNetwork.objects.filter(library_id=library_id).order_by("id"))


def rooms_known(reader: Reader, library_id: int, chosen: Collection[int]) -> dict[int, str]:
    """Libraries that this person may name as places to read an object of that library, by name (RGT-17).

    Those of today, and of ``chosen`` also those that are no more; closed ones for their own people only.
    """
    own = houses_of(reader) | {library_id}
    today = {view.id for view in public_libraries()} | set(chosen)
    facts = [f for f in library_facts().values() if f.id in own or (f.id in today and not f.closed)]
    return {f.id: f.name for f in sorted(facts, key=lambda f: sort_key(f.name))}


def stations_of(library_id: int) -> list[ReadingStation]:
    """Open stations, by name."""
    return list(ReadingStation.objects.filter(library_id=library_id, closed_at=None).order_by("name", "id"))
