"""What the front page shows: ways in, what is new, the province in figures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext as _

from lienthu.domain.catalog.collections import CHILDREN, LOCAL_HISTORY
from lienthu.domain.catalog.selectors import copies_held
from lienthu.domain.digital.selectors.shelves import published_count
from lienthu.domain.discovery import selectors as discovery
from lienthu.domain.discovery.query import SearchRequest
from lienthu.domain.network.selectors import library_facts, public_libraries
from lienthu.faces.web.portal.addresses import filtered_url
from lienthu.faces.web.portal.facets import FacetNames
from lienthu.faces.web.portal.works import work_of_hit

_NEWEST_SHOWN = 12
_AREAS_SHOWN = 14
_SUBJECTS_SHOWN = 16
EXAMPLES: Final = ("truyện kiều", "dia chi quang ninh", "nguyễn tuân", "thuw vieenj")


def home_context() -> dict[str, Any]:
    """The context of portal/home.html: one search for everything, newest first, whose facets the index remembers."""
    result = discovery.search(SearchRequest(size=_NEWEST_SHOWN, sort="newest"))
    counts = {facet: {v.value: v.count for v in values} for facet, values in result.facets.items()}
    names = FacetNames.of(library_facts())
    libraries = public_libraries()
    collections = counts.get("collection", {})
    return {
        "index_ready": result.index_ready,
        "newest": [work_of_hit(hit) for hit in result.hits],
        "ways": ways_in(counts, titles=result.total, libraries=len(libraries), digitised=published_count()),
        "examples": [(text, filtered_url({}, q=text)) for text in EXAMPLES],
        "areas": [
            {"label": names.label("area", code), "count": count, "url": filtered_url({"area": code})}
            for code, count in list(counts.get("area", {}).items())[:_AREAS_SHOWN]
        ],
        "subjects": [
            {"label": value, "count": count, "url": filtered_url({"subject": value})}
            for value, count in list(counts.get("subject", {}).items())[:_SUBJECTS_SHOWN]
        ],
        "stats": [
            {"label": _("publications"), "value": result.total if result.index_ready else None},
            {"label": _("copies"), "value": copies_held()},
            {"label": _("titles on the province itself"), "value": collections.get(LOCAL_HISTORY, 0)},
            {"label": _("can be read online"), "value": counts.get("online", {}).get("online", 0)},
            {"label": _("libraries"), "value": len(libraries)},
        ],
    }


def ways_in(
    counts: Mapping[str, Mapping[str, int]], *, titles: int, libraries: int, digitised: int = 0
) -> list[dict[str, Any]]:
    """The doors into the collections; one that would open on nothing is not shown."""
    collections = counts.get("collection", {})
    doors = [
        {
            "title": _("Local history"),
            "text": _("Books, articles and pictures about Quảng Ninh, its people and places."),
            "icon": "map",
            "url": filtered_url({"collection": LOCAL_HISTORY}),
            "count": collections.get(LOCAL_HISTORY, 0),
        },
        {
            "title": _("Newly added"),
            "text": _("What the libraries have taken in lately."),
            "icon": "star",
            "url": filtered_url({}, sort="newest"),
            "count": titles,
            "hide_count": True,
        },
        {
            "title": _("For children"),
            "text": _("Stories, comics and first knowledge for young readers."),
            "icon": "users",
            "url": filtered_url({"collection": CHILDREN}),
            "count": collections.get(CHILDREN, 0),
        },
        {
            "title": _("Audiobooks"),
            "text": _("Books to listen to."),
            "icon": "headphones",
            "url": filtered_url({"material_type": "audiobook"}),
            "count": counts.get("material_type", {}).get("audiobook", 0),
        },
        {
            "title": _("Read online"),
            "text": _("Full texts, scans and recordings, open at once."),
            "icon": "globe",
            "url": filtered_url({"online": "online"}),
            "count": counts.get("online", {}).get("online", 0),
        },
        {
            "title": _("Digital collections"),
            "text": _("Rare books, newspapers and maps of the libraries, page by page."),
            "icon": "layers",
            "url": reverse("reader:collections"),
            "count": digitised,
        },
        {
            "title": _("Libraries"),
            "text": _("Where they are, when they are open, what they offer."),
            "icon": "library",
            "url": reverse("portal:libraries"),
            "count": libraries,
        },
    ]
    return [door for door in doors if door["count"]]
