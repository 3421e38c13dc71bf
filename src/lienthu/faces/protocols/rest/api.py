"""The REST interface, version 1: search, suggest, records, libraries. Open to read, no account needed."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

import orjson
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import NinjaAPI, Query, Schema

from lienthu.domain.digital.access import who_asks
from lienthu.domain.digital.policy import PUBLIC, Reader
from lienthu.domain.discovery import selectors as discovery
from lienthu.domain.discovery.answers import record_answer, search_answer, together_answer
from lienthu.domain.discovery.cost import IN_TEXTS, cost_of, cost_of_pages
from lienthu.domain.discovery.fulltext.answers import pages_answer
from lienthu.domain.discovery.fulltext.query import page_search_from
from lienthu.domain.discovery.fulltext.selectors import search_pages
from lienthu.domain.discovery.publications import publication
from lienthu.domain.discovery.together import asks_texts, search_together
from lienthu.domain.union.selectors import is_gone, where_is
from lienthu.faces.protocols.rest.formats import FORMATS, rendered
from lienthu.faces.protocols.rest.libraries import library_answers
from lienthu.faces.protocols.rest.schemas import ErrorOut, FulltextOut, LibrariesOut, RecordOut, SearchOut, SuggestOut
from lienthu.platform.cost_limit import charge

api = NinjaAPI(
    title="Liên Thư",
    version="1",
    description="The holdings of all libraries of the province. No account is needed; please cache, and use the bulk "
    "exports instead of walking through facets.",
    docs_url=None,
    openapi_url="/openapi.json",
    urls_namespace="api-1",
)


class SearchParams(Schema):
    """Any value is accepted: what cannot be understood is left out. A facet may be given several times (any of)."""

    q: str = ""
    page: str = "1"
    size: str = "20"
    sort: str = "relevance"
    library: list[str] = []
    area: list[str] = []
    material_type: list[str] = []
    language: list[str] = []
    subject: list[str] = []
    person: list[str] = []
    online: list[str] = []
    collection: list[str] = []
    year_from: str = ""
    year_to: str = ""
    texts: str = ""


def json_response(value: Any, status: int = 200) -> HttpResponse:
    """A JSON answer that anyone's pages may read."""
    response = HttpResponse(orjson.dumps(value), content_type="application/json; charset=utf-8", status=status)
    response["Access-Control-Allow-Origin"] = "*"
    return response


@api.get("/search", response={200: SearchOut, 429: ErrorOut}, summary="Search publications", tags=["search"])
def search(request: HttpRequest, params: Query[SearchParams]) -> HttpResponse:
    """Search with facets. Words with diacritics are answered exactly, words without completely.

    With ``texts=1`` one list with the volumes in whose text the words stand: these are in ``text_hits`` and under their
    publications, and fewer hits are on a page. What is found then depends on who asks, and where.
    """
    wanted = discovery.request_from({k: request.GET.getlist(k) for k in request.GET})
    with_texts = request.GET.get("texts") == "1" and asks_texts(wanted)
    if wait := charge(request, cost_of(wanted) + (IN_TEXTS if with_texts else 0)):
        message = f"Too many searches from this address; ask again in {wait} s. For everything, use the exports."
        response = json_response({"error": "too-many-requests", "message": message}, 429)
        response["Retry-After"] = str(wait)
        return response
    if not with_texts:
        return json_response(search_answer(discovery.search(wanted)))
    reader = who_asks(request).reader
    return _of_one_reader(json_response(together_answer(search_together(wanted, reader))), reader)


def _of_one_reader(response: HttpResponse, reader: Reader) -> HttpResponse:
    response["Cache-Control"] = "private, no-store"  # another reader may find less
    if reader.tokens != {PUBLIC}:
        # known by session or, in the rooms of a library, by the address alone: not for pages of other sites to read
        del response["Access-Control-Allow-Origin"]
    return response


class FulltextParams(Schema):
    """Any value is accepted: what cannot be understood is left out. A facet may be given several times (any of)."""

    q: str = ""
    page: str = "1"
    size: str = "10"
    library: list[str] = []
    collection: list[str] = []
    kind: list[str] = []
    owner_group: list[str] = []
    year_from: str = ""
    year_to: str = ""


@api.get("/fulltext", response={200: FulltextOut, 429: ErrorOut}, summary="Search in digitised pages", tags=["search"])
def fulltext(request: HttpRequest, params: Query[FulltextParams]) -> HttpResponse:
    """Volumes in whose text all words stand, with the best pages. What is found depends on who asks, and where."""
    wanted = page_search_from({k: request.GET.getlist(k) for k in request.GET})
    if wait := charge(request, cost_of_pages(wanted)):
        message = f"Too many searches from this address; ask again in {wait} s."
        response = json_response({"error": "too-many-requests", "message": message}, 429)
        response["Retry-After"] = str(wait)
        return response
    reader = who_asks(request).reader
    return _of_one_reader(json_response(pages_answer(search_pages(wanted, reader))), reader)


@api.get("/suggest", response=SuggestOut, summary="Complete what is being typed", tags=["search"])
def suggest(request: HttpRequest, q: str = "", limit: str = "10") -> HttpResponse:
    """Titles, people and subjects that begin so, most held first."""
    size = int(limit) if limit.isascii() and limit.isdigit() and len(limit) < 4 else 10
    found = discovery.suggest(q, min(max(size, 1), 30))
    scope = {"person": "person", "subject": "subject"}
    return json_response(
        {
            "query": q,
            "suggestions": [
                {
                    "kind": s.kind,
                    "text": s.text,
                    "count": s.count,
                    "url": "/search/?" + urlencode({scope[s.kind]: s.text} if s.kind in scope else {"q": s.text}),
                }
                for s in found
            ],
        }
    )


@api.get(
    "/records/{record_id}",
    response={200: RecordOut, 404: ErrorOut, 410: ErrorOut},
    summary="One publication",
    tags=["records"],
)
def record(request: HttpRequest, record_id: str, format: str = "") -> HttpResponse:
    """A publication with the holdings of all libraries; ``format``: marc, marcxml, json, ris, bibtex or dc."""
    number = int(record_id) if record_id.isascii() and record_id.isdigit() and len(record_id) < 19 else 0
    view = publication(number) if number else None
    if view is None:
        moved = where_is(number) if number else None
        if moved and moved != number:
            response = HttpResponse(status=301)
            suffix = f"?{urlencode({'format': format})}" if format else ""
            response["Location"] = f"/api/v1/records/{moved}{suffix}"
            return response
        if number and is_gone(number):
            text = f"The publication {number} has been withdrawn by its libraries."
            return json_response({"error": "gone", "message": text}, 410)
        return json_response({"error": "not-found", "message": f"No publication has the number {record_id[:40]}."}, 404)
    if format in FORMATS:
        answer = rendered(view, format)
        response = HttpResponse(answer.body, content_type=answer.content_type)
        response["Content-Disposition"] = f'attachment; filename="lienthu-{view.id}.{answer.extension}"'
        response["Access-Control-Allow-Origin"] = "*"
        return response
    if format:
        return json_response({"error": "unknown-format", "message": f"Formats are: {', '.join(FORMATS)}."}, status=400)
    return json_response(record_answer(view))


@api.get("/libraries", response=LibrariesOut, summary="Libraries of the network", tags=["libraries"])
def libraries(request: HttpRequest, as_of: str = "") -> HttpResponse:
    """The public libraries as they were on a day (yyyy-mm-dd, today without one), with branches, services and hours.

    Telephone, e-mail, website and about are today's.
    """
    try:
        day = date.fromisoformat(as_of) if as_of else timezone.localdate()
    except ValueError:
        return json_response({"error": "bad-date", "message": "as_of is a date such as 2025-06-30."}, status=400)
    return json_response({"as_of": day.isoformat(), "libraries": library_answers(day)})
