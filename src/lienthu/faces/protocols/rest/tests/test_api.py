"""The open interface on the sample province: shapes as documented, formats others read, any parameters answered."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pymarc
import pytest
from django.db import connection
from django.db.models import Count
from django.test import Client
from django.test.utils import CaptureQueriesContext
from lxml import etree
from ninja import Schema
from pydantic import ConfigDict, ValidationError, create_model

from lienthu.domain.catalog.models import BibRecord
from lienthu.domain.catalog.tests.cast import book
from lienthu.domain.network.models import Library
from lienthu.domain.union.models import Cluster, Membership
from lienthu.domain.union.services.decide import bring_together
from lienthu.domain.union.tests.cast import imported_file
from lienthu.faces.protocols.rest import schemas
from lienthu.faces.protocols.rest.api import api
from lienthu.faces.protocols.rest.formats import FORMATS
from lienthu.foundation.marc import marcjson
from lienthu.foundation.marc.model import Field
from lienthu.foundation.marc.normalise import from_canonical
from lienthu.platform.actor import Actor
from lienthu.platform.cost_limit import LIMITER

SEARCHES = (
    "", "q=hạ+long", "q=ha+long&size=5&page=2", "q=vieejt+nam", "q=khôngcógìcả", "q=nguyễn+du&sort=title",
    "q=-mỏ&library=VN-QNTV&language=vie&year_from=1990&year_to=2010", "q=tg:phụng&facet=x", "q=hã+lòng",
)  # fmt: skip
HOSTILE = (
    "q=%00", "q=%ff%fe", "q=%ed%a0%80", "page=99999999999999999999", "page=-1&size=0", "size=1e9", "sort='; DROP x",
    "year_from=abc&year_to=%F0%9F%92%A9", "library=%22%5D&library=" + "x" * 3000, "q=" + "%22" * 400, "q=*&q=",
    "q=" + "a%20" * 2000, "online=yes&online=no", "collection[]=1", "q=%25s%25n", "q=isbn:", "q=" + "-" * 500,
)  # fmt: skip


@pytest.fixture
def client(province: Any) -> Client:
    LIMITER.clear()
    return Client()


def strict(schema: type[Schema]) -> type[Schema]:
    """The same shape, but nothing may be there that the documentation does not know, nor of another type."""
    fields: dict[str, Any] = {
        name: (_strict_type(f.annotation), ... if f.is_required() else f.default)
        for name, f in schema.model_fields.items()
    }
    rule = ConfigDict(extra="forbid", strict=True)
    return create_model(f"Strict{schema.__name__}", __config__=rule, **fields)


def _strict_type(annotation: Any) -> Any:
    if isinstance(annotation, type) and not hasattr(annotation, "__origin__") and issubclass(annotation, Schema):
        return strict(annotation)
    arguments = getattr(annotation, "__args__", ())
    if not arguments:
        return annotation
    inner = tuple(_strict_type(a) for a in arguments)
    if type(annotation).__name__ == "UnionType":
        made = inner[0]
        for other in inner[1:]:
            made = made | other
        return made
    return annotation.__origin__[inner]


def get(client: Client, path: str, status: int = 200) -> dict[str, Any]:
    response = client.get(f"/api/v1/{path}")
    assert response.status_code == status, response.content[:500]
    assert response["Access-Control-Allow-Origin"] == "*"
    answer: dict[str, Any] = json.loads(response.content)
    return answer


def widest() -> int:
    """The publication of the most libraries."""
    return Membership.objects.values("cluster").annotate(n=Count("pk")).order_by("-n", "cluster")[0]["cluster"]


# --------------------------------------------------------------------------------------------- shapes as documented


def test_the_check_itself_finds_what_is_not_documented() -> None:
    good = {"query": "mỏ", "suggestions": [{"kind": "title", "text": "Đất mỏ", "count": 1, "url": "/"}]}
    shape = strict(schemas.SuggestOut)
    shape.model_validate(good)
    first = good["suggestions"][0]
    for bad in ({**good, "more": 1}, {"query": "mỏ"}, {**good, "suggestions": [{**first, "more": 1}]},
                {**good, "suggestions": [{**first, "count": "1"}]}):  # fmt: skip
        with pytest.raises(ValidationError):
            shape.model_validate(bad)


@pytest.mark.parametrize("query", SEARCHES)
def test_a_search_has_the_documented_shape(client: Client, query: str) -> None:
    answer = get(client, f"search?{query}")
    strict(schemas.SearchOut).model_validate(answer, strict=True)
    assert answer["query"]["index_ready"] is True
    assert len(answer["hits"]) <= answer["query"]["size"]
    assert answer["total"] >= len(answer["hits"])


def test_every_publication_has_the_documented_shape(client: Client) -> None:
    shape = strict(schemas.RecordOut)
    ids = list(Cluster.objects.filter(size__gt=0).order_by("pk").values_list("pk", flat=True))
    shown = 0
    for number in [*ids[::40], widest()]:
        response = client.get(f"/api/v1/records/{number}")
        if response.status_code == 200:
            shape.model_validate(json.loads(response.content), strict=True)
            shown += 1
    assert shown > 8


def test_suggestions_and_libraries_have_the_documented_shape(client: Client) -> None:
    strict(schemas.SuggestOut).model_validate(get(client, "suggest?q=nguyen"), strict=True)
    strict(schemas.LibrariesOut).model_validate(get(client, "libraries"), strict=True)
    strict(schemas.LibrariesOut).model_validate(get(client, "libraries?as_of=2025-06-30"), strict=True)


@pytest.mark.parametrize(("path", "status"), [("records/0", 404), ("records/abc", 404), ("records/" + "9" * 40, 404),
                                              ("libraries?as_of=hôm-qua", 400)])  # fmt: skip
def test_refusals_have_the_documented_shape(client: Client, path: str, status: int) -> None:
    strict(schemas.ErrorOut).model_validate(get(client, path, status), strict=True)


def test_the_openapi_document_names_what_is_there(client: Client) -> None:
    document = json.loads(client.get("/api/v1/openapi.json").content)
    paths = ("search", "fulltext", "suggest", "records/{record_id}", "libraries")
    assert set(document["paths"]) == {f"/api/v1/{p}" for p in paths}
    assert document == json.loads(json.dumps(api.get_openapi_schema(), default=str))
    known = document["components"]["schemas"]
    for name in ("SearchOut", "FulltextOut", "RecordOut", "SuggestOut", "LibrariesOut", "ErrorOut"):
        assert set(known[name]["properties"]) == set(getattr(schemas, name).model_fields)


# ------------------------------------------------------------------------------------------------ what is answered


def test_a_search_finds_what_its_hits_say(client: Client) -> None:
    answer = get(client, "search?q=s%E1%BB%91+%C4%91%E1%BB%8F")
    hit = answer["hits"][0]
    assert hit["title"].startswith("Số đỏ")
    whole = get(client, f"records/{hit['id']}")
    assert (whole["title"], whole["year"]) == (hit["title"], hit["year"])
    assert {h["library"]["code"] for h in whole["holdings"]} == {lib["code"] for lib in hit["libraries"]}
    assert sum(c["copies"] for h in whole["holdings"] for c in h["copies"]) == hit["copies"]


def test_a_facet_value_found_in_an_answer_can_be_asked_for(client: Client) -> None:
    facets = get(client, "search?q=quang+ninh")["facets"]
    for facet in ("library", "language", "material_type", "area"):
        first = facets[facet][0]
        narrowed = get(client, f"search?q=quang+ninh&{facet}={first['value']}")
        assert narrowed["total"] == first["count"]
        assert [v["selected"] for v in narrowed["facets"][facet] if v["value"] == first["value"]] == [True]


@pytest.mark.parametrize("query", HOSTILE)
def test_hostile_parameters_are_answered(client: Client, query: str) -> None:
    for path in ("search", "suggest"):
        response = client.get(f"/api/v1/{path}?{query}")
        assert response.status_code == 200, (path, response.content[:300])
        json.loads(response.content)
    assert client.get(f"/api/v1/libraries?{query}").status_code == 200
    assert client.get(f"/api/v1/records/{widest()}?{query}").status_code in (200, 400)


def test_suggestions_lead_to_searches_that_find(client: Client) -> None:
    found = get(client, "suggest?q=ph%E1%BB%A5ng")["suggestions"]
    assert {"person"} <= {s["kind"] for s in found}
    for s in found[:4]:
        assert client.get(s["url"].replace("/search/", "/api/v1/search")).json()["total"] >= s["count"]


def test_as_many_suggestions_as_asked_for(client: Client) -> None:
    assert len(get(client, "suggest?q=n&limit=3")["suggestions"]) == 3
    assert len(get(client, "suggest?q=n&limit=abc")["suggestions"]) <= 10
    assert len(get(client, "suggest?q=n&limit=9999")["suggestions"]) <= 30


def test_libraries_as_of_a_day(client: Client) -> None:
    now, then = get(client, "libraries"), get(client, "libraries?as_of=2025-06-30")
    assert then["as_of"] == "2025-06-30"
    assert {lib["code"] for lib in now["libraries"]} != {lib["code"] for lib in then["libraries"]}


def test_closed_libraries_are_nowhere(client: Client) -> None:
    closed = Library.objects.filter(closed=True)
    assert closed
    codes = {lib["code"] for lib in get(client, "libraries")["libraries"]}
    only = Membership.objects.filter(record__library__in=closed, cluster__size=1).first()
    for library in closed:
        assert library.code not in codes
        assert get(client, f"search?library={library.code}")["total"] == 0
    if only:
        assert client.get(f"/api/v1/records/{only.cluster_id}").status_code == 404


# ------------------------------------------------------------------------------------------------------ formats


def preferred(number: int) -> Any:
    member = Cluster.objects.get(pk=number).preferred
    assert member is not None
    return from_canonical(member.revisions.get(number=member.revision).marc)


def in_format(client: Client, number: int, fmt: str) -> Any:
    response = client.get(f"/api/v1/records/{number}?format={fmt}")
    assert response.status_code == 200
    assert response["Access-Control-Allow-Origin"] == "*"
    assert f"lienthu-{number}." in response["Content-Disposition"]
    return response


def test_marc_is_read_by_another_program(client: Client) -> None:
    number = widest()
    (theirs,) = pymarc.MARCReader(in_format(client, number, "marc").content)
    ours = preferred(number)
    assert theirs["245"]["a"] == ours.first("245").first("a")
    assert [f.tag for f in theirs.fields] == [f.tag for f in ours.fields]


def test_marcxml_is_valid(client: Client, shared_data: Path) -> None:
    schema = etree.XMLSchema(etree.parse(next((shared_data / "schemas" / "marcxml").rglob("MARC21slim*.xsd"))))
    for number in (widest(), *Cluster.objects.filter(size=1).values_list("pk", flat=True)[:5]):
        response = client.get(f"/api/v1/records/{number}?format=marcxml")
        if response.status_code != 200:
            continue
        tree = etree.fromstring(response.content)
        schema.assertValid(tree)
        (theirs,) = pymarc.parse_xml_to_array(io.BytesIO(response.content))
        assert theirs["245"]["a"] == preferred(number).first("245").first("a")


def test_json_is_read_by_another_program(client: Client) -> None:
    number = widest()
    (theirs,) = pymarc.JSONReader(f"[{in_format(client, number, 'json').content.decode()}]")
    assert theirs["245"]["a"] == preferred(number).first("245").first("a")


def test_ris_bibtex_and_dublin_core_name_the_title(client: Client) -> None:
    number = widest()
    title = preferred(number).first("245").first("a").rstrip(" /:")
    ris = in_format(client, number, "ris").content.decode()
    assert ris.splitlines()[0].startswith("TY  - ")
    assert ris.rstrip().splitlines()[-1].startswith("ER  -")
    assert title in ris
    assert in_format(client, number, "bibtex").content.decode().lstrip().startswith("@")
    tree = etree.fromstring(in_format(client, number, "dc").content)
    (told,) = tree.findall("{http://purl.org/dc/elements/1.1/}title")
    assert title in str(told.text)


def test_a_record_too_long_for_iso_2709_comes_as_marcxml(client: Client) -> None:
    library = Library.objects.get(code="VN-QNTV")
    notes = [Field("500", subfields=(("a", "x" * 9000),)) for _ in range(12)]
    data = marcjson.write(book("Tổng mục lục", number="huge", more=notes))
    imported_file(library, b"[" + data + b"]", name="sach.json", source_code="thử")
    response = in_format(client, Membership.objects.get(record__control_number="huge").cluster_id, "marc")
    assert response["Content-Type"].startswith("application/marcxml+xml")
    assert response["Content-Disposition"].endswith('.xml"')


def test_an_unknown_format_is_refused_with_the_known_ones(client: Client) -> None:
    answer = get(client, f"records/{widest()}?format=pdf", 400)
    assert all(name in answer["message"] for name in FORMATS)


# ---------------------------------------------------------------------------------------------- addresses, cost


def test_a_publication_that_went_into_another_leads_there(client: Client) -> None:
    alone = Membership.objects.filter(cluster__size=1, record__library__closed=False)
    other, one = alone.order_by("cluster_id")[:2]  # the older address stays
    bring_together(one.record_id, other.cluster_id, actor=Actor.system("test"))
    response = client.get(f"/api/v1/records/{one.cluster_id}?format=ris")
    assert (response.status_code, response["Location"]) == (301, f"/api/v1/records/{other.cluster_id}?format=ris")
    assert client.get(response["Location"]).status_code == 200


def test_statements_do_not_grow_with_the_number_of_hits(client: Client) -> None:
    client.get("/api/v1/search?q=quang+ninh")
    spent = []
    for size in (1, 100):
        with CaptureQueriesContext(connection) as statements:
            client.get(f"/api/v1/search?q=quang+ninh&size={size}")
        spent.append(len(statements))
    assert spent[0] == spent[1] <= 6


def test_statements_do_not_grow_with_the_number_of_libraries(client: Client) -> None:
    alone = Membership.objects.filter(cluster__size=1, record__library__closed=False).order_by("pk")[0].cluster_id
    spent = []
    for number in (alone, widest()):
        with CaptureQueriesContext(connection) as statements:
            client.get(f"/api/v1/records/{number}")
        spent.append(len(statements))
    assert max(spent) <= 14


def test_too_many_searches_are_refused_for_a_while(client: Client, settings: Any) -> None:
    settings.COST_LIMITS = True
    answers = [client.get(f"/api/v1/search?q=m{n}&page=500", REMOTE_ADDR="203.0.113.9") for n in range(6)]
    refused = [a for a in answers if a.status_code == 429]
    assert refused
    assert int(refused[0]["Retry-After"]) >= 1
    strict(schemas.ErrorOut).model_validate(json.loads(refused[0].content), strict=True)
    LIMITER.clear()


def test_writing_is_not_possible(client: Client) -> None:
    before = BibRecord.objects.count()
    for method in (client.post, client.put, client.patch, client.delete):
        assert method(f"/api/v1/records/{widest()}").status_code == 405
    assert BibRecord.objects.count() == before


def test_the_page_for_people_names_every_operation(client: Client) -> None:
    page = client.get("/api/").content.decode()
    for path in api.get_openapi_schema()["paths"]:
        assert path in page


def test_reg_13_libraries_tell_what_they_offer_in_a_fixed_number_of_queries(
    client: Client, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(6):
        libraries = get(client, "libraries")["libraries"]
    (province,) = [library for library in libraries if library["code"] == "VN-QNTV"]
    assert province["unit"]["former_district"] == "193"
    assert all(branch["code"] and branch["name"] for branch in province["branches"])
    assert province["branches"]
    assert {service["kind"] for service in province["services"]} >= {"loan"}
    assert {opening["weekday"] for opening in province["hours"]} <= set(range(1, 8))
    assert province["online_addresses"][0]["url"].startswith("https://")
    assert not [library for library in libraries if library["type"] == "armed_forces"]
    document = client.get("/api/v1/openapi.json").json()
    assert {"branches", "services", "hours", "online_addresses", "official_isil", "phone", "email"} <= set(
        document["components"]["schemas"]["LibraryOut"]["properties"]
    )
