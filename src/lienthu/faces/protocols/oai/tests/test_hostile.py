"""Every error, forged tokens, arguments nobody expects, data XML cannot carry, and manners."""

from __future__ import annotations

import gzip
import json
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given
from hypothesis import settings as bounded
from hypothesis import strategies as st

from lienthu.domain.catalog.models import BibRecord
from lienthu.domain.catalog.provenance import Provenance
from lienthu.domain.catalog.services.origins import note_origins
from lienthu.domain.catalog.tests.cast import book, bring, held
from lienthu.domain.network.models import Library
from lienthu.domain.union.tests.cast import imported
from lienthu.faces.protocols.oai import views
from lienthu.faces.protocols.oai.tests.asking import (
    LONG_AGO,
    age,
    ask,
    checked,
    error,
    identifiers,
    oai,
    token,
    values,
)  # fmt: skip
from lienthu.faces.protocols.oai.tokens import Token
from lienthu.platform.cost_limit import Limiter

pytestmark = pytest.mark.django_db


# ------------------------------------------------------------------------------------------------------- the errors


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("", "badVerb"),
        ("verb=", "badVerb"),
        ("verb=identify", "badVerb"),
        ("verb=Identify&verb=Identify", "badVerb"),
        ("verb=Identify&x=1", "badArgument"),
        ("verb=Identify&resumptionToken=x", "badArgument"),
        ("verb=GetRecord", "badArgument"),
        ("verb=GetRecord&metadataPrefix=oai_dc", "badArgument"),
        ("verb=GetRecord&identifier=oai:x.y:z", "badArgument"),
        ("verb=GetRecord&identifier=a&identifier=a&metadataPrefix=oai_dc", "badArgument"),
        ("verb=GetRecord&identifier=oai:x.y:z&metadataPrefix=oai_dc", "idDoesNotExist"),
        ("verb=GetRecord&identifier=%00%ff%3Cb%3E&metadataPrefix=oai_dc", "idDoesNotExist"),
        ("verb=GetRecord&identifier=RECORD&metadataPrefix=mods", "cannotDisseminateFormat"),
        ("verb=GetRecord&identifier=RECORD0&metadataPrefix=oai_dc", "idDoesNotExist"),
        ("verb=GetRecord&identifier=oai:thuvien.example.vn:VN-X/1&metadataPrefix=oai_dc", "idDoesNotExist"),
        ("verb=GetRecord&identifier=oai:thuvien.example.vn:VN-QNTV/99999999999999999999&metadataPrefix=oai_dc",
         "idDoesNotExist"),
        ("verb=ListRecords", "badArgument"),
        ("verb=ListRecords&metadataPrefix=", "badArgument"),
        ("verb=ListRecords&metadataPrefix=a%20b", "badArgument"),
        ("verb=ListRecords&metadataPrefix=mods", "cannotDisseminateFormat"),
        ("verb=ListRecords&metadataPrefix=oai_dc&identifier=x", "badArgument"),
        ("verb=ListRecords&metadataPrefix=oai_dc&set=", "badArgument"),
        ("verb=ListRecords&metadataPrefix=oai_dc&set=a::b", "badArgument"),
        ("verb=ListRecords&metadataPrefix=oai_dc&from=", "badArgument"),
        ("verb=ListRecords&metadataPrefix=oai_dc&from=2020", "badArgument"),
        ("verb=ListRecords&metadataPrefix=oai_dc&from=2020-02-30", "badArgument"),
        ("verb=ListRecords&metadataPrefix=oai_dc&from=2020-01-01T00:00:00", "badArgument"),
        ("verb=ListRecords&metadataPrefix=oai_dc&from=2020-01-01T24:00:00Z", "badArgument"),
        ("verb=ListRecords&metadataPrefix=oai_dc&from=2020-01-01T00:00:00.5Z", "badArgument"),
        ("verb=ListRecords&metadataPrefix=oai_dc&from=0000-00-00", "badArgument"),
        ("verb=ListRecords&metadataPrefix=oai_dc&until=%D9%A2%D9%A0%D9%A2%D9%A0-01-01", "badArgument"),
        ("verb=ListRecords&metadataPrefix=oai_dc&from=2020-01-01&until=2020-01-02T00:00:00Z", "badArgument"),
        ("verb=ListRecords&metadataPrefix=oai_dc&from=2020-01-02&until=2020-01-01", "badArgument"),
        ("verb=ListRecords&metadataPrefix=oai_dc&until=1999-01-01", "noRecordsMatch"),
        ("verb=ListRecords&resumptionToken=x&metadataPrefix=oai_dc", "badArgument"),
        ("verb=ListRecords&resumptionToken=", "badResumptionToken"),
        ("verb=ListRecords&resumptionToken=abc", "badResumptionToken"),
        ("verb=ListIdentifiers&resumptionToken=%00", "badResumptionToken"),
        ("verb=ListSets&resumptionToken=abc", "badResumptionToken"),
        ("verb=ListSets&set=a", "badArgument"),
        ("verb=ListMetadataFormats&identifier=x", "idDoesNotExist"),
    ],
)  # fmt: skip
def test_every_error_has_its_code(client: Client, ten: list[BibRecord], query: str, code: str) -> None:
    response = client.get("/oai?" + query.replace("RECORD", oai(ten[0])))
    assert response.status_code == 200
    tree = checked(response.content)
    assert error(tree) == code
    assert values(tree, "o:error")[0].endswith(".")


def test_very_long_arguments_are_refused(client: Client) -> None:
    assert error(ask(client, verb="ListRecords", metadataPrefix="oai_dc", set="a" * 2001)) == "badArgument"
    assert error(ask(client, verb="ListRecords", resumptionToken="a" * 2001)) == "badResumptionToken"


@pytest.mark.usefixtures("small_pages")
def test_a_forged_token_is_none(client: Client, ten: list[BibRecord]) -> None:
    good = token(ask(client, verb="ListRecords", metadataPrefix="marcxml"))
    for at in range(len(good)):
        forged = good[:at] + ("A" if good[at] != "A" else "B") + good[at + 1 :]
        tree = ask(client, verb="ListRecords", resumptionToken=forged)
        assert error(tree) == "badResumptionToken" or identifiers(tree) == [oai(r) for r in ten[3:6]], forged
    assert error(ask(client, verb="ListIdentifiers", resumptionToken=good)) == "badResumptionToken", "of another verb"
    elsewhere = Token("u", "ListRecords", "marcxml", "", "", "", 0, 0, 0).text()
    assert error(ask(client, verb="ListRecords", resumptionToken=elsewhere)) == "badResumptionToken"


_ARGUMENTS = ("verb", "identifier", "metadataPrefix", "from", "until", "set", "resumptionToken", "x")
_VALUES = st.one_of(
    st.text(max_size=30),
    st.sampled_from(["Identify", "ListRecords", "ListIdentifiers", "GetRecord", "ListSets", "oai_dc", "marcxml"]),
    st.sampled_from(["2020-01-01", "2020-05-01T12:00:00Z", "library:VN-QNTV", "oai:thuvien.example.vn:VN-QNTV/1"]),
)


@bounded(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(_ARGUMENTS), _VALUES), max_size=6), st.booleans())
def test_whatever_is_asked_is_answered(client: Client, ten: list[BibRecord], told: Any, post: bool) -> None:
    views.LIMITER.clear()
    query = urlencode([(name, value.encode("utf-8", "replace")) for name, value in told])
    form = "application/x-www-form-urlencoded"
    response = client.post("/oai", query, form) if post else client.get(f"/oai?{query}")
    assert response.status_code == 200
    checked(response.content)


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"verb=Identify", "text/plain"),
        (b"{}", "application/json"),
        (b"", "multipart/form-data; boundary=x"),
        (b"\xff\x00", "application/x-www-form-urlencoded"),
    ],
)
def test_a_body_that_is_no_form_has_no_verb(client: Client, body: bytes, content_type: str) -> None:
    response = client.post("/oai?verb=Identify", body, content_type)
    assert error(checked(response.content)) == "badVerb"


def test_other_methods_are_not_allowed(client: Client) -> None:
    assert [client.put("/oai").status_code, client.delete("/oai").status_code] == [405, 405]
    assert client.head("/oai?verb=Identify").status_code == 200


# --------------------------------------------------------------------------------------------- hostile data, manners


def test_what_xml_cannot_carry_is_left_out(client: Client, tinh: Library) -> None:
    strange = "Sách & <b>\u0001\ufffe]]>\r\n\"'"
    bring(tinh, book("Sách", number="1"))
    record = held(tinh, "1")
    fields = [["001", "1\u0001"], ["245", "00", [["a", strange]]]]
    record.revisions.update(marc=json.dumps(["00000nam a2200000 a 4500", fields]))
    age()
    for prefix in ("marcxml", "oai_dc"):
        tree = ask(client, verb="ListRecords", metadataPrefix=prefix)
        titles = values(tree, ".//m:subfield") or values(tree, ".//dc:title")
        assert titles[0].startswith("Sách & <b>]]>")


def test_a_record_without_anything_can_be_told(client: Client, tinh: Library) -> None:
    bring(tinh, book("x", number="1"))
    held(tinh, "1").revisions.update(marc='["00000nam a2200000 a 4500",[]]')
    age()
    for prefix in ("marcxml", "oai_dc"):
        assert len(identifiers(ask(client, verb="ListRecords", metadataPrefix=prefix))) == 1


def test_gzip_when_asked(client: Client, ten: list[BibRecord]) -> None:
    query = {"verb": "ListRecords", "metadataPrefix": "marcxml"}
    plain = client.get("/oai", query)
    packed = client.get("/oai", query, headers={"accept-encoding": "gzip"})
    assert not plain.has_header("Content-Encoding")
    assert packed["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed["Vary"]
    assert identifiers(checked(gzip.decompress(packed.content))) == identifiers(checked(plain.content))


def test_who_asks_too_fast_is_asked_to_wait(client: Client, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.COST_LIMITS = True
    monkeypatch.setattr(views, "LIMITER", Limiter(burst=3.0, refill=0.5, clock=lambda: 0.0))
    query = {"verb": "ListRecords", "metadataPrefix": "marcxml"}
    answers = [client.get("/oai", query, REMOTE_ADDR="203.0.113.7") for _ in range(5)]
    assert [a.status_code for a in answers] == [200, 200, 200, 503, 503]
    assert answers[3]["Retry-After"] == "2"
    assert client.get("/oai", query, REMOTE_ADDR="203.0.113.8").status_code == 200


@pytest.mark.parametrize("prefix", ["marcxml", "oai_dc"])
@pytest.mark.parametrize("verb", ["ListRecords", "ListIdentifiers"])
def test_the_number_of_statements_does_not_depend_on_the_page(
    client: Client, tinh: Library, verb: str, prefix: str
) -> None:
    counts = []
    for _ in range(2):
        imported(tinh, *[book(f"Sách {i}", number=f"{_}-{i}") for i in range(20)])
        first = held(tinh, f"{_}-0")
        note_origins([Provenance(first.pk, "https://b.vn/oai", "oai:b.vn:x", "2020-01-01", "", LONG_AGO)])
        age()
        ask(client, verb="Identify")
        with CaptureQueriesContext(connection) as queries:
            ask(client, verb=verb, metadataPrefix=prefix)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 12
