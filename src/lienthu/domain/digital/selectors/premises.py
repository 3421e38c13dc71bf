"""The rooms of a library on the net: the readers."""

from __future__ import annotations

from lienthu.domain.digital.models import PremisesNetwork, ReadingStation


def networks_of(library_id: int) -> list[PremisesNetwork]:
    """Ranges of addresses, in the order they were entered."""
    return list(PremisesNetwork.objects.filter(library_id=library_id).order_by("id"))


def stations_of(library_id: int) -> list[ReadingStation]:
    """Open stations, by name."""
    return list(ReadingStation.objects.filter(library_id=library_id, closed_at=None).order_by("name", "id"))
