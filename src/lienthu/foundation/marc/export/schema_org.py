"""A description in the terms of schema.org, for search engines and programs that read pages. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from lienthu.foundation.marc.describe import Description
from lienthu.foundation.vietnamese.names import direct_form

TYPES: Final[Mapping[str, str]] = {
    "book": "Book",
    "serial": "Periodical",
    "article": "Article",
    "map": "Map",
    "score": "SheetMusic",
    "audio": "AudioObject",
    "audiobook": "Audiobook",
    "video": "VideoObject",
    "picture": "VisualArtwork",
    "electronic": "DigitalDocument",
    "thesis": "Thesis",
    "manuscript": "Manuscript",
}
"""Material type → type of schema.org; everything else is a CreativeWork."""


def to_schema_org(d: Description, *, url: str) -> dict[str, Any]:
    """The work as a schema.org object under its address. What the record does not say is left out."""
    people = [_agent(p.heading_tag, direct_form(p.name) or p.name) for p in d.authors]
    said: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": TYPES.get(d.material_type, "CreativeWork"),
        "@id": url,
        "url": url,
        "name": f"{d.title}. {d.part}" if d.part and d.part not in d.title else d.title or d.title_original_script,
        "alternateName": list(d.other_titles),
        "author": people[:1],
        "contributor": people[1:],
        "publisher": {"@type": "Organization", "name": d.publisher} if d.publisher else None,
        "datePublished": str(d.year) if d.year else "",
        "inLanguage": list(d.languages),
        "isbn": list(d.isbns),
        "issn": list(d.issns),
        "bookEdition": d.edition if d.material_type in ("book", "audiobook") else "",
        "description": d.summary,
        "about": [{"@type": "Thing", "name": s.replace(" -- ", " – ")} for s in d.subjects],
        "spatialCoverage": [{"@type": "Place", "name": place} for place in d.places],
        "isPartOf": _host(d),
    }
    return {key: value for key, value in said.items() if value}


def _agent(tag: str, name: str) -> dict[str, str]:
    return {"@type": "Person" if tag.endswith("00") else "Organization", "name": name}


def _host(d: Description) -> list[dict[str, str]]:
    hosts = [{"@type": "CreativeWork", "name": d.host.title}] if d.host and d.host.title else []
    return hosts + [{"@type": "BookSeries", "name": series} for series in d.series]
