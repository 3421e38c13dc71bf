"""Results of full text as plain JSON values, the same on the web interface and on the command line."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from lienthu.domain.discovery.fulltext.query import FoundPage, FoundVolume, PageResult


def pages_answer(result: PageResult) -> dict[str, Any]:
    """A search in the text of all pages as FulltextOut."""
    q = result.request.q
    return {
        "total": result.total,
        "pages_total": result.pages_total,
        "took_ms": result.took_ms,
        "volumes": [volume_answer(v, q) for v in result.volumes],
        "facets": {
            facet: [
                {
                    "value": v.value,
                    "label": result.labels.get(facet, {}).get(v.value, v.value),
                    "count": v.count,
                    "selected": v.selected,
                }
                for v in values
            ]
            for facet, values in result.facets.items()
        },
        "years": [{"year": year, "count": count} for year, count in result.years],
        "query": {
            "typed": q,
            "read_as": result.read_as,
            "accented": result.accented,
            "decoded": [{"typed": typed, "meant": meant} for typed, meant in result.decoded],
            "relaxed": result.relaxed,
            "page": result.request.page,
            "size": result.request.size,
            "index_ready": result.index_ready,
        },
    }


def volume_answer(volume: FoundVolume, q: str) -> dict[str, Any]:
    """A volume as VolumeOut."""
    return {
        "id": volume.public_id,
        "title": volume.title,
        "kind": volume.kind,
        "year": volume.year or None,
        "library": {"code": volume.library_code, "name": volume.library_name},
        "collection": volume.collection,
        "record": volume.cluster_id,
        "readable": volume.readable,
        "pages": volume.pages,
        "url": reading_url(volume, None, q),
        "best": [
            {
                "page": p.seq,
                "label": p.label,
                "layer": p.snippet.layer if p.snippet else "",
                "snippet": [{"text": text, "match": match} for text, match in p.snippet.parts] if p.snippet else [],
                "url": reading_url(volume, p, q),
            }
            for p in volume.best
        ],
    }


def reading_url(volume: FoundVolume, page: FoundPage | None, q: str) -> str:
    """Where the volume is read: at the page, with the words marked."""
    pairs = {"page": str(page.seq)} if page else {}
    if q:
        pairs["q"] = q
    address = f"/read/{volume.public_id}"
    return f"{address}?{urlencode(pairs)}" if pairs else address
