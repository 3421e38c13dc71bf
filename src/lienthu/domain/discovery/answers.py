"""Results as plain JSON values, the same on the web interface and on the command line."""

from __future__ import annotations

from typing import Any

from lienthu.domain.discovery.fulltext.answers import volume_answer
from lienthu.domain.discovery.publications import PublicationView, Related
from lienthu.domain.discovery.selectors import SearchResult
from lienthu.domain.discovery.together import Together
from lienthu.domain.network.selectors.facts import LibraryFacts, library_facts


def search_answer(result: SearchResult) -> dict[str, Any]:
    """A search result as SearchOut."""
    labels = facet_labels() if result.facets else {}
    u = result.understanding
    return {
        "total": result.total,
        "took_ms": result.took_ms,
        "hits": [
            {
                "id": h.id,
                "title": h.description.title,
                "authors": [a.name for a in h.description.authors],
                "year": h.description.year,
                "publisher": h.description.publisher,
                "material_type": h.description.material_type,
                "languages": list(h.description.languages),
                "libraries": [_library(lib) for lib in h.libraries],
                "copies": h.copies,
                "available": h.available,
                "on_loan": h.on_loan,
                "online": h.description.online,
                "score": round(h.score, 4),
                "url": record_url(h.id),
            }
            for h in result.hits
        ],
        "facets": {
            facet: [
                {
                    "value": v.value,
                    "label": labels.get(facet, {}).get(v.value, v.value),
                    "count": v.count,
                    "selected": v.selected,
                }
                for v in values
            ]
            for facet, values in result.facets.items()
        },
        "years": [{"year": year, "count": count} for year, count in result.years],
        "query": {
            "typed": u.typed,
            "read_as": u.read_as,
            "accented": u.accented,
            "decoded": [{"typed": d.typed, "meant": d.meant} for d in u.decoded],
            "relaxed": u.relaxed,
            "words_required": u.needed,
            "words_asked": u.asked,
            "did_you_mean": u.did_you_mean,
            "page": result.request.page,
            "size": result.request.size,
            "sort": result.request.sort,
            "index_ready": result.index_ready,
        },
    }


def together_answer(found: Together) -> dict[str, Any]:
    """A page of the one list as SearchOut: ``hits`` are its titles, ``text_hits`` the volumes that stand by themselves.

    Their places from 1 on say how they stand among each other (SEA-26).
    """
    request, texts = found.titles.request, found.texts
    answer = search_answer(found.titles)
    places = dict(enumerate(found.entries, request.offset + 1))
    under = {e.hit.id: (n, e) for n, e in places.items() if e.hit}
    for hit in answer["hits"]:
        hit["place"], entry = under[hit["id"]]
        hit["volumes"] = [volume_answer(v, request.q) for v in entry.volumes]
    alone = ((n, v) for n, e in places.items() if e.hit is None for v in e.volumes)
    listed = texts is not None and texts.listed
    return {
        **answer,
        "text_hits": [{"place": n, **volume_answer(v, request.q)} for n, v in alone],
        "texts": {
            "entries": found.total,
            "volumes": texts.total if texts is not None and listed else 0,
            "at_least": texts is not None and listed and not texts.exact,
            "order": texts.order.value if texts is not None else "woven",
            "relaxed": texts.relaxed if texts is not None else "",
            "asked": texts is not None,
        },
    }


def facet_labels() -> dict[str, dict[str, str]]:
    """Names for the facet values that are codes of the network."""
    facts = library_facts().values()
    return {
        "library": {f.code: f.name for f in facts},
        "area": {code: name for f in facts for code, name in f.area_names.items()},
    }


def record_answer(view: PublicationView) -> dict[str, Any]:
    """A publication as RecordOut."""
    d = view.description
    return {
        "id": view.id,
        "url": record_url(view.id),
        "title": d.title,
        "other_titles": list(d.other_titles),
        "responsibility": d.responsibility,
        "authors": [{"name": a.name, "role": a.role, "dates": a.dates} for a in d.authors],
        "publisher": d.publisher,
        "place": d.place,
        "year": d.year,
        "date": d.date_text,
        "edition": d.edition,
        "extent": d.extent,
        "series": list(d.series),
        "languages": list(d.languages),
        "material_type": d.material_type,
        "subjects": list(d.subjects),
        "places": list(d.places),
        "classification": list(d.classification),
        "isbns": list(d.isbns),
        "issns": list(d.issns),
        "summary": d.summary,
        "contents": d.contents,
        "links": [{"url": link.url, "label": link.label} for link in d.links],
        "holdings": [
            {
                "library": _library(h.library),
                "control_number": h.control_number,
                "copies": [
                    {
                        "branch": c.branch,
                        "branch_name": c.branch_name,
                        "location": c.location,
                        "call_number": c.call_number,
                        "barcode": c.barcode,
                        "copies": c.copies,
                        "status": c.status,
                        "note": c.note,
                    }
                    for c in h.copies
                ],
                "statements": list(h.statements),
            }
            for h in view.holdings
        ],
        "host": _related(view.host) if view.host else None,
        "parts": [_related(r) for r in view.parts],
        "editions": [_related(r) for r in view.editions],
    }


def record_url(cluster_id: int) -> str:
    """The permanent address of a publication."""
    return f"/records/{cluster_id}/"


def _library(facts: LibraryFacts) -> dict[str, str]:
    return {"code": facts.code, "name": facts.name}


def _related(r: Related) -> dict[str, Any]:
    return {"id": r.id, "title": r.description.title, "url": record_url(r.id)}
