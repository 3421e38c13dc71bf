"""What a search costs, in plain searches: the same for the pages and for the interface (rule SEA-19). Pure."""

from __future__ import annotations

from typing import Final

from lienthu.domain.discovery.fulltext.query import PageSearch
from lienthu.domain.discovery.query import SearchRequest

_MANY_FILTERS: Final = 3
INSIDE: Final = 1.0
"""What a search inside one volume costs: it reads the texts of the pages that it tells of."""
IN_TEXTS: Final = 1.0
"""What a search of titles costs more when the texts of volumes are asked too (SEA-27)."""
_DEEP_UNIT: Final = 500  # hits: every so many before the page cost as much as a search


def cost_of(request: SearchRequest) -> float:
    """What a search costs: 1; half as much again with a filter; double from three filter values; more when deep."""
    chosen = sum(len(values) for values in request.filters.values())
    chosen += request.year_from is not None or request.year_to is not None
    cost = 1.5 if chosen else 1.0
    if chosen >= _MANY_FILTERS:
        cost *= 2
    return cost + request.offset // _DEEP_UNIT


def cost_of_pages(request: PageSearch) -> float:
    """What a search in full text costs: twice a search of the catalogue, more when deep."""
    return 2.0 + request.offset / 50
