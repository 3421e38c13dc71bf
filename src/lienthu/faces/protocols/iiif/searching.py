"""Search inside an object for viewers: Content Search 2 and 1, with completion of words (PRE-6)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import urlencode

import orjson
from django.http import HttpRequest, HttpResponse

from lienthu.domain.digital.access import Opened, open_object
from lienthu.domain.digital.errors import NoSuchObject
from lienthu.domain.digital.policy import Act
from lienthu.domain.discovery.cost import INSIDE
from lienthu.domain.discovery.fulltext.inside import Inside, InsideHit, hits_in
from lienthu.domain.discovery.fulltext.terms import terms_in
from lienthu.faces.protocols.iiif.addresses import Addresses, site_of
from lienthu.faces.protocols.iiif.answers import for_its_reader, packed, served, too_many
from lienthu.faces.protocols.iiif.authorization import SEARCH_1_CONTEXT
from lienthu.faces.protocols.iiif.presentation import is_public
from lienthu.faces.protocols.iiif.who import reader as reader_behind
from lienthu.platform.cost_limit import charge

Json = dict[str, Any]
SEARCH_2_CONTEXT: Final = "http://iiif.io/api/search/2/context.json"
_PAGES: Final = 50
_QUERY: Final = 300
_KNOWN: Final = frozenset({"q", "after"})


@packed
@served
def search(request: HttpRequest, version: int, public_id: str) -> HttpResponse:
    """Where the words stand: ``q``; ``after`` is the position of the page to go on behind."""
    opened = _opened(request, version, public_id)
    opened.require(Act.FIND)
    if wait := charge(request, INSIDE):
        return too_many(wait)
    query = request.GET.get("q", "")[:_QUERY]
    after = request.GET.get("after", "")
    found = hits_in(opened, query, after=int(after) if after.isdecimal() and len(after) < 8 else -1, pages=_PAGES)
    address = f"{site_of(request)}{request.get_full_path()}"
    at = Addresses(site_of(request), public_id, 3 if version == 2 else 2)
    following = ""
    if found.next is not None:
        following = f"{at.search(version)}?{urlencode({'q': query, 'after': found.next})}"
    ignored = sorted(set(request.GET) - _KNOWN)
    form = _version2 if version == 2 else _version1
    return _answer(form(found, address, following, ignored, at), opened)


@packed
@served
def autocomplete(request: HttpRequest, version: int, public_id: str) -> HttpResponse:
    """Words of the volume that begin so, and how often they stand there: for those who may read it."""
    opened = _opened(request, version, public_id)
    opened.require(Act.READ)
    if wait := charge(request, INSIDE):
        return too_many(wait)
    begun = request.GET.get("q", "")[:60]
    least = request.GET.get("min", "1")
    terms = terms_in(opened, begun, least=int(least) if least.isdecimal() and len(least) < 8 else 1)
    at = Addresses(site_of(request), public_id)
    address = f"{site_of(request)}{request.get_full_path()}"
    if version == 2:
        items = [{"value": term, "total": count} for term, count in terms]
        return _answer({"@context": SEARCH_2_CONTEXT, "id": address, "type": "TermPage", "items": items}, opened)
    listed = [
        {"match": term, "url": f"{at.search(1)}?{urlencode({'q': term})}", "count": count} for term, count in terms
    ]
    return _answer({"@context": SEARCH_1_CONTEXT, "@id": address, "@type": "search:TermList", "terms": listed}, opened)


def _opened(request: HttpRequest, version: int, public_id: str) -> Opened:
    if version not in (1, 2):
        raise NoSuchObject(f"search {version}")
    return open_object(public_id, reader_behind(request))


def _answer(value: Json, opened: Opened) -> HttpResponse:
    response = HttpResponse(orjson.dumps(value), content_type="application/ld+json")
    response["Cache-Control"] = "public, no-cache" if is_public(opened) else "private, no-cache"
    return for_its_reader(response, opened)


def _targets(hit: InsideHit, at: Addresses) -> list[str]:
    """Where it stands: a box for each line it runs through, the whole page where boxes may not be told."""
    canvas = at.canvas(hit.seq)
    return [f"{canvas}#xywh={','.join(map(str, box))}" for box in hit.boxes] or [canvas]


def _version2(found: Inside, address: str, following: str, ignored: Sequence[str], at: Addresses) -> Json:
    items: list[Json] = []
    contexts: list[Json] = []
    for number, hit in enumerate(found.hits, start=1):
        for part, target in enumerate(_targets(hit, at), start=1):
            name = f"{at.search(2)}/hit/{hit.seq}-{hit.layer or 'page'}-{number}-{part}"
            one: Json = {"id": name, "type": "Annotation", "motivation": "highlighting", "target": target}
            if hit.text:
                one["body"] = {"type": "TextualBody", "value": hit.text, "format": "text/plain"}
                selector = {"type": "TextQuoteSelector", "prefix": hit.before, "exact": hit.text, "suffix": hit.after}
                contexts.append(
                    {
                        "id": f"{name}/context",
                        "type": "Annotation",
                        "motivation": "contextualizing",
                        "target": {"type": "SpecificResource", "source": name, "selector": [selector]},
                    }
                )
            items.append(one)
    result: Json = {"@context": SEARCH_2_CONTEXT, "id": address, "type": "AnnotationPage"}
    if ignored:
        result["ignored"] = list(ignored)
    if following:
        first = f"{at.search(2)}?{urlencode({'q': found.query})}"
        result["partOf"] = {"id": f"{first}#all", "type": "AnnotationCollection", "first": {"id": first}}
        result["next"] = {"id": following, "type": "AnnotationPage"}
    result["items"] = items
    if contexts:
        result["annotations"] = [{"id": f"{address}#contexts", "type": "AnnotationPage", "items": contexts}]
    return result


def _version1(found: Inside, address: str, following: str, ignored: Sequence[str], at: Addresses) -> Json:
    resources: list[Json] = []
    hits: list[Json] = []
    for number, hit in enumerate(found.hits, start=1):
        names = []
        for part, target in enumerate(_targets(hit, at), start=1):
            names.append(f"{at.search(1)}/hit/{hit.seq}-{hit.layer or 'page'}-{number}-{part}")
            resources.append(
                {
                    "@id": names[-1],
                    "@type": "oa:Annotation",
                    "motivation": "sc:painting",
                    "resource": {"@type": "cnt:ContentAsText", "chars": hit.text},
                    "on": target,
                }
            )
        if hit.text:
            hits.append(
                {
                    "@type": "search:Hit",
                    "annotations": names,
                    "match": hit.text,
                    "before": hit.before,
                    "after": hit.after,
                }
            )
    result: Json = {
        "@context": ["http://iiif.io/api/presentation/2/context.json", SEARCH_1_CONTEXT],
        "@id": address,
        "@type": "sc:AnnotationList",
        "within": {"@type": "sc:Layer", **({"ignored": list(ignored)} if ignored else {})},
        "resources": resources,
        "hits": hits,
    }
    if following:
        result["next"] = following
    return result
