"""Facets, chips and years of a search as links: each choice is an address of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from lienthu.domain.catalog.languages import language_name
from lienthu.domain.discovery.query import FacetValue, SearchRequest
from lienthu.domain.discovery.selectors import SearchResult
from lienthu.domain.network.selectors import LibraryFacts
from lienthu.faces.web.portal.addresses import search_url
from lienthu.faces.web.portal.addresses import toggled as toggle
from lienthu.faces.web.portal.labels import COLLECTION_LABELS, FACET_LABELS, MATERIAL_LABELS, ONLINE_LABEL

ORDER: Final = ("online", "collection", "material_type", "library", "area", "language", "person", "subject")
_FOLDED_AWAY: Final = frozenset({"language", "person", "subject"})  # long lists, closed until something is chosen
_SHOWN: Final = 8
_MOST_YEAR_BARS: Final = 12  # more would be narrower than a fingertip on a phone
_DECADE: Final = 10


@dataclass(frozen=True, slots=True)
class FacetNames:
    """Names of libraries and areas by code."""

    libraries: Mapping[str, str]
    areas: Mapping[str, str]

    @classmethod
    def of(cls, facts: Mapping[int, LibraryFacts]) -> FacetNames:
        """Names from the facts of every library; closed libraries are not named."""
        open_ones = [f for f in facts.values() if not f.closed]
        areas = {code: name for f in open_ones for code, name in f.area_names.items()}
        return cls({f.code: f.name for f in open_ones}, areas)

    def label(self, facet: str, value: str) -> str:
        """What a facet value is called; the value itself where it has no name."""
        if facet == "library":
            return self.libraries.get(value, value)
        if facet == "area":
            return self.areas.get(value, value)
        if facet == "material_type":
            return str(MATERIAL_LABELS.get(value, value))
        if facet == "language":
            name = language_name(value, get_language() or "vi")
            return name[:1].upper() + name[1:]
        if facet == "collection":
            return str(COLLECTION_LABELS.get(value, value))
        if facet == "online":
            return str(ONLINE_LABEL)
        return value


def groups_of(result: SearchResult, names: FacetNames, *, expanded: str = "") -> list[dict[str, Any]]:
    """The facet groups that can narrow this result, for ui/components/facets.html."""
    groups = []
    for facet in ORDER:
        values = result.facets.get(facet, ())
        if _narrows(values, result.total):
            groups.append(_group(result.request, facet, values, names, whole=facet == expanded))
    return groups


def _narrows(values: Sequence[FacetValue], total: int) -> bool:
    """One value that everything has offers no choice, unless it is the one chosen."""
    return bool(values) and (len(values) > 1 or values[0].selected or values[0].count < total)


def _group(
    request: SearchRequest, facet: str, values: Sequence[FacetValue], names: FacetNames, *, whole: bool
) -> dict[str, Any]:
    chosen = any(v.selected for v in values)
    shown = values if whole or len(values) <= _SHOWN + 1 else _first(values)
    url = search_url(request)
    more = f"{url}{'&' if '?' in url else '?'}more={facet}#facets" if len(shown) < len(values) else ""
    return {
        "label": FACET_LABELS[facet],
        "closed": facet in _FOLDED_AWAY and not chosen and not whole,
        "more_url": more,
        "entries": [
            {
                "label": names.label(facet, v.value),
                "count": v.count,
                "selected": v.selected,
                "url": search_url(toggle(request, facet, v.value)),
            }
            for v in shown
        ],
    }


def _first(values: Sequence[FacetValue]) -> list[FacetValue]:
    """The most frequent values, and every chosen one."""
    return [v for at, v in enumerate(values) if at < _SHOWN or v.selected]


def chips_of(request: SearchRequest, names: FacetNames) -> list[dict[str, str]]:
    """The chosen filters, each with the address of the search without it, for ui/components/chips.html."""
    chips = [
        {
            "label": "" if facet in ("online", "collection") else str(FACET_LABELS[facet]),
            "value": names.label(facet, value),
            "url": search_url(toggle(request, facet, value)),
        }
        for facet in ORDER
        for value in request.filters.get(facet, ())
    ]
    if years := years_text(request):
        without = replace(request, year_from=None, year_to=None, page=1)
        chips.append({"label": _("Year"), "value": years, "url": search_url(without)})
    return chips


def years_text(request: SearchRequest) -> str:
    """The chosen span of years in words, "" when none is."""
    first, last = request.year_from, request.year_to
    if first is None and last is None:
        return ""
    if first is None:
        return _("until %(year)s") % {"year": last}
    if last is None:
        return _("from %(year)s") % {"year": first}
    return str(first) if first == last else f"{first}–{last}"


def year_bars(result: SearchResult) -> list[dict[str, Any]]:
    """Counts by decade for the histogram: no gaps, at most twelve bars, the oldest decades in the first of them."""
    counts = {decade: count for decade, count in sorted(result.years) if decade > 0}
    if len(counts) < 2:
        return []
    last = max(counts)
    first = max(min(counts), last - _DECADE * (_MOST_YEAR_BARS - 1))
    today = timezone.localdate().year
    bars = []
    for decade in range(first, last + 1, _DECADE):
        start = min(counts) if decade == first else decade
        count = sum(n for d, n in counts.items() if start <= d <= decade)
        end = min(decade + _DECADE - 1, max(decade, today))
        wanted = replace(result.request, year_from=start, year_to=end, page=1)
        bars.append({"from": start, "to": end, "count": count, "url": search_url(wanted)})
    return bars
