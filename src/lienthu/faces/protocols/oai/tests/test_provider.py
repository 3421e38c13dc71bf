"""The provider verb by verb and error by error; every answer is checked against the shape of the protocol."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from lxml import etree

from lienthu.domain.catalog.models import BibRecord
from lienthu.domain.catalog.provenance import Provenance
from lienthu.domain.catalog.services.origins import note_origins
from lienthu.domain.catalog.services.undo import take_back
from lienthu.domain.catalog.tests.cast import CLERK, book, bring, held
from lienthu.domain.network.models import Library
from lienthu.domain.network.services.libraries import Particulars, update_library
from lienthu.domain.network.tests.factories import make_library
from lienthu.domain.union.tests.cast import imported
from lienthu.faces.protocols.oai.tests.asking import (
    LONG_AGO,
    NAME,
    NS,
    age,
    ask,
    checked,
    error,
    identifiers,
    oai,
    token,
    values,
    walk,
)  # fmt: skip

pytestmark = pytest.mark.django_db


# ---------------------------------------------------------------------------------------------------- the six verbs


def test_identify_says_who_we_are(client: Client, ten: list[BibRecord], settings: Any) -> None:
    tree = ask(client, verb="Identify")
    assert values(tree, "o:Identify/o:baseURL") == [f"https://{NAME}/oai"]
    assert values(tree, "o:Identify/o:earliestDatestamp") == ["2020-05-01T12:00:00Z"]
    assert values(tree, "o:Identify/o:adminEmail") == [f"postmaster@{NAME}"]
    assert values(tree, ".//i:repositoryIdentifier") == [NAME]
    assert values(tree, "o:request/@verb") == ["Identify"]
    settings.ADMIN_EMAIL = "thuvien@example.vn"
    assert values(ask(client, verb="Identify"), "o:Identify/o:adminEmail") == ["thuvien@example.vn"]


def test_identify_of_an_empty_catalogue(client: Client) -> None:
    tree = ask(client, verb="Identify")
    assert values(tree, "o:Identify/o:earliestDatestamp") == values(tree, "o:responseDate")


def test_formats_of_all_and_of_one(client: Client, ten: list[BibRecord]) -> None:
    for told in ({}, {"identifier": oai(ten[0])}):
        tree = ask(client, verb="ListMetadataFormats", **told)
        assert values(tree, ".//o:metadataPrefix") == ["oai_dc", "marcxml", "marc21"]
    assert error(ask(client, verb="ListMetadataFormats", identifier="oai:x.y:z")) == "idDoesNotExist"


def test_sets_are_those_of_public_libraries_types_collections_and_origins(client: Client, tinh: Library) -> None:
    make_library("VN-KIN", "Kín", particulars=Particulars(closed=True))
    make_library("VN-A:B/C", "Lạ & <lạ>")
    specs = values(ask(client, verb="ListSets"), ".//o:setSpec")
    assert {"library:VN-QNTV", "library:VN-A!3AB!2FC", "type:map", "collection:children", "origin:own"} <= set(specs)
    assert "library:VN-KIN" not in specs
    assert len(specs) == len(set(specs))


def test_one_record_in_each_format(client: Client, tinh: Library) -> None:
    imported(tinh, book("Đất mỏ", number="7", by="Nguyễn Văn A", barcodes=["B7"]))
    record = held(tinh, "7")
    for prefix in ("marcxml", "marc21"):
        tree = ask(client, verb="GetRecord", metadataPrefix=prefix, identifier=oai(record))
        assert values(tree, ".//m:controlfield[@tag='001']") == ["7"]
        assert values(tree, ".//m:datafield[@tag='852']/m:subfield[@code='p']") == ["B7"], "copies as the library says"
        assert values(tree, ".//o:header/o:identifier") == [oai(record)]
    tree = ask(client, verb="GetRecord", metadataPrefix="oai_dc", identifier=oai(record))
    assert values(tree, ".//dc:title") == ["Đất mỏ"]
    link = values(tree, ".//dc:identifier")[-1]
    assert link == f"https://{NAME}/records/{record.membership.cluster_id}/"
    assert client.get(link.removeprefix(f"https://{NAME}")).status_code == 200


def test_marcxml_is_valid(client: Client, tinh: Library, shared_data: Any) -> None:
    bring(tinh, book("Đất mỏ", number="7", by="Nguyễn Văn A", barcodes=["B7"]))
    tree = ask(client, verb="GetRecord", metadataPrefix="marcxml", identifier=oai(held(tinh, "7")))
    schema = etree.XMLSchema(etree.parse(shared_data / "schemas/marcxml/MARC21slim.xsd"))
    schema.assertValid(tree.xpath(".//m:record", namespaces=NS)[0])


@pytest.mark.parametrize("verb", ["ListRecords", "ListIdentifiers"])
@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.usefixtures("small_pages")
def test_a_list_is_told_page_by_page(client: Client, ten: list[BibRecord], verb: str, method: str) -> None:
    first = ask(client, method, verb=verb, metadataPrefix="oai_dc")
    assert values(first, ".//o:resumptionToken/@completeListSize") == ["10"]
    pages = walk(client, verb, metadataPrefix="oai_dc")
    assert [i for page in pages for i in identifiers(page)] == [oai(r) for r in ten]
    cursors = [values(page, ".//o:resumptionToken/@cursor") for page in pages]
    size = 3 if verb == "ListRecords" else 4
    assert cursors == [[str(n)] for n in range(0, 10, size)]
    assert token(pages[-1]) == ""
    assert len(values(pages[-1], ".//o:resumptionToken")) == 1, "an empty one ends a list in pieces"


@pytest.mark.usefixtures("small_pages")
def test_a_list_that_ends_with_a_full_page_ends_there(client: Client, ten: list[BibRecord]) -> None:
    BibRecord.objects.filter(pk__gte=ten[6].pk).update(exposed=False)
    pages = walk(client, metadataPrefix="marcxml")
    assert [len(identifiers(page)) for page in pages] == [3, 3]
    BibRecord.objects.filter(pk__gte=ten[3].pk).update(exposed=False)
    assert not values(ask(client, verb="ListRecords", metadataPrefix="marcxml"), ".//o:resumptionToken")


# ------------------------------------------------------------------------------------------- selective harvesting


def test_from_and_until_to_the_second_and_by_days(client: Client, ten: list[BibRecord]) -> None:
    for i, record in enumerate(ten):
        BibRecord.objects.filter(pk=record.pk).update(datestamp=LONG_AGO + timedelta(hours=6 * i))

    def told(**period: str) -> list[int]:
        tree = ask(client, verb="ListIdentifiers", metadataPrefix="oai_dc", **period)
        if error(tree) == "noRecordsMatch":
            return []
        return [[oai(r) for r in ten].index(i) for i in identifiers(tree)]

    assert told(from_="2020-05-01T18:00:00Z", until="2020-05-02T00:00:00Z") == [1, 2], "both ends belong to it"
    assert told(from_="2020-05-01T18:00:01Z", until="2020-05-01T23:59:59Z") == []
    assert told(until="2020-05-01") == [0, 1]
    assert told(from_="2020-05-02", until="2020-05-02") == [2, 3, 4, 5]
    assert told(from_="2020-05-03") == [6, 7, 8, 9]
    assert told(until="9999-12-31") == list(range(10))
    assert told(from_="0001-01-01") == list(range(10))
    assert told(from_="2999-01-01") == []


def test_a_list_stops_at_the_running_second(client: Client, tinh: Library) -> None:
    bring(tinh, book("Mới", number="1"))
    BibRecord.objects.update(datestamp=datetime.now(UTC) + timedelta(seconds=3))
    assert error(ask(client, verb="ListRecords", metadataPrefix="marcxml")) == "noRecordsMatch"


def test_sets_choose(client: Client, tinh: Library) -> None:
    other = make_library("VN-A:B/C", "Lạ")
    bring(tinh, book("Than", number="1", subjects=["Quảng Ninh"]))
    bring(other, book("Báo", number="2", leader="00000nas a2200000 a 4500"))
    age()

    def told(spec: str) -> list[str]:
        tree = ask(client, verb="ListRecords", metadataPrefix="marcxml", set=spec)
        return values(tree, ".//m:controlfield[@tag='001']") or [error(tree)]

    assert told("library:VN-QNTV") == ["1"]
    assert told("library:VN-A!3AB!2FC") == ["2"]
    assert told("type:serial") == ["2"]
    assert told("collection:local-history") == ["1"]
    assert told("origin:own") == ["1", "2"]
    for nothing in ("library", "library:VN-NO", "type:x", "collection:x", "origin:x.y", "a:b:c", "x", "library:!ZZ"):
        assert told(nothing) == ["noRecordsMatch"], nothing
    specs = values(ask(client, verb="ListRecords", metadataPrefix="marcxml"), ".//o:setSpec")
    assert "collection:local-history" in specs
    assert "library:VN-A!3AB!2FC" in specs


# -------------------------------------------------------------------------------------------------------- deletions


def test_deleted_records_are_told_and_keep_their_sets(client: Client, tinh: Library) -> None:
    bring(tinh, book("Đất mỏ", number="1"))
    record = held(tinh, "1")
    take_back(tinh.batches.get(), [record.pk])
    age()
    for verb, told in (("ListRecords", {}), ("ListIdentifiers", {}), ("GetRecord", {"identifier": oai(record)})):
        tree = ask(client, verb=verb, metadataPrefix="marcxml", **told)
        assert values(tree, ".//o:header/@status") == ["deleted"]
        assert "library:VN-QNTV" in values(tree, ".//o:setSpec")
        assert not values(tree, ".//o:metadata")


def test_closed_libraries_are_never_seen(client: Client, tinh: Library) -> None:
    barracks = make_library("VN-KIN", "Kín", particulars=Particulars(closed=True))
    bring(barracks, book("Mật", number="1"))
    bring(tinh, book("Mở", number="2"))
    age()
    assert len(identifiers(ask(client, verb="ListRecords", metadataPrefix="marcxml"))) == 1
    assert error(ask(client, verb="ListRecords", metadataPrefix="marcxml", set="library:VN-KIN")) == "noRecordsMatch"
    secret = ask(client, verb="GetRecord", metadataPrefix="marcxml", identifier=oai(held(barracks, "1")))
    assert error(secret) == "idDoesNotExist"
    known = held(tinh, "2")
    told = Particulars.of(Library.objects.get(pk=tinh.pk))
    update_library(library_id=tinh.pk, actor=CLERK, particulars=replace(told, closed=True))
    tree = ask(client, verb="GetRecord", metadataPrefix="marcxml", identifier=oai(known))
    assert values(tree, ".//o:header/@status") == ["deleted"]
    assert b"M\xe1\xbb\x9f" not in etree.tostring(tree, encoding="utf-8")


# ------------------------------------------------------------------------------------------------ changes meanwhile


@pytest.mark.usefixtures("small_pages")
def test_what_changes_during_a_harvest_is_not_missed(client: Client, tinh: Library, ten: list[BibRecord]) -> None:
    """Deleted, changed and new records while pages are being asked for: in the end the harvester has what we have."""
    seen: dict[str, str] = {}

    def take(page: etree._Element) -> str:
        for record in page.xpath(".//o:record", namespaces=NS):
            status = record.xpath("string(o:header/@status)", namespaces=NS)
            seen[identifiers(record)[0]] = status or values(record, ".//m:subfield[@code='a']")[0]
        return token(page)

    first = ask(client, verb="ListRecords", metadataPrefix="marcxml")
    going_on = take(first)
    bring(tinh, book("Sách 1 mới", number="1"), book("Sách 8 mới", number="8"), book("Thêm", number="new"))
    take_back(open_and_write(tinh), [ten[0].pk, ten[9].pk])
    while going_on:
        going_on = take(ask(client, verb="ListRecords", resumptionToken=going_on))
    BibRecord.objects.filter(datestamp__gt=LONG_AGO).update(datestamp=LONG_AGO + timedelta(days=1))
    take(ask(client, verb="ListRecords", metadataPrefix="marcxml", from_="2020-05-02T00:00:00Z"))
    for page in walk(client, metadataPrefix="marcxml", from_="2020-05-02T00:00:00Z"):
        take(page)
    assert seen[oai(ten[1])] == "Sách 1 mới"
    assert seen[oai(ten[8])] == "Sách 8 mới"
    assert seen[oai(held(tinh, "new"))] == "Thêm"
    assert seen[oai(ten[0])] == seen[oai(ten[9])] == "deleted"
    assert len(seen) == 11


def open_and_write(library: Library) -> Any:
    return library.batches.order_by("id")[0]


@pytest.mark.usefixtures("small_pages")
def test_a_token_outlives_restarts_and_the_deletion_of_its_own_place(client: Client, ten: list[BibRecord]) -> None:
    first = ask(client, verb="ListRecords", metadataPrefix="marcxml")
    BibRecord.objects.filter(pk=ten[2].pk).update(datestamp=LONG_AGO + timedelta(days=9))
    again = Client().get("/oai", {"verb": "ListRecords", "resumptionToken": token(first)})
    assert identifiers(checked(again.content)) == [oai(r) for r in ten[3:6]]


# ------------------------------------------------------------------------------------------------------- provenance


def test_a_harvested_record_tells_its_way_and_is_in_the_set_of_its_origin(client: Client, tinh: Library) -> None:
    bring(tinh, book("Của ta", number="1"), book("Của người", number="2"))
    before = {
        "harvestDate": "2019-01-01T00:00:00Z", "altered": "false", "baseURL": "https://c.vn/oai?a=1&b=<2>",
        "identifier": "oai:c.vn:VN-C/9", "datestamp": "2018-01-01", "metadataNamespace": "http://www.loc.gov/MARC21/slim",
    }  # fmt: skip
    way = Provenance(
        held(tinh, "2").pk, "https://b.vn/oai", "oai:b.vn:VN-B/5", "2019-06-01T00:00:00Z",
        "http://www.loc.gov/MARC21/slim", LONG_AGO, altered=False, earlier=(before,),
    )  # fmt: skip
    note_origins([way])
    age()
    tree = ask(client, verb="ListRecords", metadataPrefix="marcxml")
    assert values(tree, ".//p:originDescription/p:identifier") == ["oai:b.vn:VN-B/5", "oai:c.vn:VN-C/9"]
    assert values(tree, ".//p:originDescription/@altered") == ["false", "false"]
    assert values(tree, ".//p:originDescription/@harvestDate") == ["2020-05-01T12:00:00Z", "2019-01-01T00:00:00Z"]
    assert values(tree, ".//p:originDescription//p:originDescription/p:baseURL") == ["https://c.vn/oai?a=1&b=<2>"]
    assert len(values(tree, ".//o:about")) == 1, "what is our own has no way behind it"
    own = ask(client, verb="ListRecords", metadataPrefix="marcxml", set="origin:own")
    assert values(own, ".//m:controlfield[@tag='001']") == ["1"]
    theirs = ask(client, verb="ListRecords", metadataPrefix="marcxml", set="origin:c.vn")
    assert values(theirs, ".//m:controlfield[@tag='001']") == ["2"]
    assert "origin:c.vn" in values(ask(client, verb="ListSets"), ".//o:setSpec")


# ------------------------------------------------------------------------------------------------------- human page


def test_the_human_page_shows_where_and_what(client: Client, tinh: Library, ten: list[BibRecord]) -> None:
    age(datetime(2026, 2, 1, tzinfo=UTC))
    page = client.get("/api/oai/")
    assert page.status_code == 200
    html = page.content.decode()
    assert f"https://{NAME}/oai" in html
    assert "library:VN-QNTV" in html
    for link in {part.split('"')[0].replace("&amp;", "&") for part in html.split('href="/oai?')[1:]}:
        assert error(checked(client.get(f"/oai?{link}").content)) == "", link
    assert 'href="/api/oai/"' in client.get("/api/").content.decode()
