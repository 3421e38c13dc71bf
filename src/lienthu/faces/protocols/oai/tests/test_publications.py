"""Publications for search services: what they are made of, and when they change (OAI-16, OAI-17)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from lxml import etree

from lienthu.domain.catalog.tests.cast import CLERK, book
from lienthu.domain.network.models import Library
from lienthu.domain.network.services.libraries import Particulars, update_library
from lienthu.domain.network.tests.factories import make_library
from lienthu.domain.union.models import PublicationStamp
from lienthu.domain.union.services.conduct import undo_batch
from lienthu.domain.union.services.stamping import stamp_publications
from lienthu.domain.union.services.touch import touch_libraries
from lienthu.domain.union.tests.cast import cluster_of, imported
from lienthu.faces.protocols.oai import verbs
from lienthu.faces.protocols.oai.tests.asking import LONG_AGO, NAME, NS, ask, error, identifiers, token, values
from lienthu.foundation.marc.model import Field

pytestmark = pytest.mark.django_db
KIEU = {"by": "Nguyễn Du", "year": 1999, "publisher": "Văn học", "isbn": "9786041000018"}


def union(client: Client, **arguments: Any) -> etree._Element:
    return ask(client, path="/oai/union", **arguments)


def told_long_ago() -> None:
    stamp_publications()
    PublicationStamp.objects.update(datestamp=LONG_AGO)


def link(url: str) -> Field:
    return Field("856", "4", "0", (("u", url),))


def test_a_publication_has_the_copies_of_all_libraries(client: Client, tinh: Library, shared_data: Any) -> None:
    other = make_library("VN-HL", "Hạ Long")
    imported(tinh, book("Truyện Kiều", number="1", barcodes=["B1", "B2"], more=[link("https://a.vn/1")], **KIEU))
    imported(other, book("Truyện Kiều", number="X9", shelf="895", more=[link("https://b.vn/2")], **KIEU))
    cluster = cluster_of(tinh, "1")
    assert cluster == cluster_of(other, "X9")
    told_long_ago()
    tree = union(client, verb="ListRecords", metadataPrefix="marcxml")
    assert identifiers(tree) == [f"oai:{NAME}:union/{cluster}"]
    assert values(tree, ".//m:controlfield[@tag='001']") == [str(cluster)]
    assert values(tree, ".//m:datafield[@tag='852']/m:subfield[@code='a']") == ["VN-QNTV", "VN-QNTV", "VN-HL"]
    assert values(tree, ".//m:datafield[@tag='852']/m:subfield[@code='p']") == ["B1", "B2"]
    assert values(tree, ".//m:datafield[@tag='035']/m:subfield") == ["(VN-QNTV)1", "(VN-HL)X9"]
    assert set(values(tree, ".//m:datafield[@tag='856']/m:subfield")) == {"https://a.vn/1", "https://b.vn/2"}
    schema = etree.XMLSchema(etree.parse(shared_data / "schemas/marcxml/MARC21slim.xsd"))
    schema.assertValid(tree.xpath(".//m:record", namespaces=NS)[0])
    dc = union(client, verb="GetRecord", metadataPrefix="oai_dc", identifier=f"oai:{NAME}:union/{cluster}")
    assert values(dc, ".//dc:identifier")[-1] == f"https://{NAME}/records/{cluster}/"


def test_what_changes_is_told_again_and_what_goes_is_told_as_deleted(client: Client, tinh: Library) -> None:
    first = imported(tinh, book("Truyện Kiều", number="1", **KIEU), book("Đất mỏ", number="2"))
    told_long_ago()
    imported(tinh, book("Truyện Kiều", number="1", barcodes=["B1"], **KIEU), book("Đất mỏ", number="2"))
    assert stamp_publications() == 1
    assert list(PublicationStamp.objects.filter(datestamp=LONG_AGO).values_list("pk", flat=True)) == [
        cluster_of(tinh, "2")
    ]
    gone = cluster_of(tinh, "2")
    undo_batch(first.pk, actor=CLERK)
    stamp_publications()
    PublicationStamp.objects.update(datestamp=LONG_AGO)
    tree = union(client, verb="GetRecord", metadataPrefix="marcxml", identifier=f"oai:{NAME}:union/{gone}")
    assert values(tree, ".//o:header/@status") == ["deleted"]
    assert not values(tree, ".//o:setSpec")


def test_what_only_closed_libraries_have_is_never_seen(client: Client, tinh: Library) -> None:
    barracks = make_library("VN-KIN", "Kín", particulars=Particulars(closed=True))
    imported(barracks, book("Mật", number="1"))
    imported(barracks, book("Truyện Kiều", number="2", barcodes=["K2"], **KIEU))
    imported(tinh, book("Truyện Kiều", number="1", **KIEU))
    told_long_ago()
    tree = union(client, verb="ListRecords", metadataPrefix="marcxml")
    assert len(identifiers(tree)) == 1
    text = etree.tostring(tree, encoding="unicode")
    assert "VN-KIN" not in text
    assert "K2" not in text
    secret = f"oai:{NAME}:union/{cluster_of(barracks, '1')}"
    assert error(union(client, verb="GetRecord", metadataPrefix="marcxml", identifier=secret)) == "idDoesNotExist"
    told = Particulars.of(Library.objects.get(pk=tinh.pk))
    update_library(library_id=tinh.pk, actor=CLERK, particulars=replace(told, closed=True))
    tree = union(client, verb="ListIdentifiers", metadataPrefix="marcxml")
    assert values(tree, ".//o:header/@status") == ["deleted"], "at once"
    touch_libraries([tinh.pk])  # as the indexer does for a library that was closed
    stamp_publications()
    assert PublicationStamp.objects.get().deleted
    assert PublicationStamp.objects.get().datestamp > LONG_AGO


def test_there_are_no_sets(client: Client, tinh: Library) -> None:
    for told in ({"verb": "ListSets"}, {"verb": "ListRecords", "metadataPrefix": "oai_dc", "set": "type:book"}):
        assert error(union(client, **told)) == "noSetHierarchy"
    assert values(union(client, verb="Identify"), ".//o:baseURL") == [f"https://{NAME}/oai/union"]


@pytest.mark.parametrize("identifier", ["union/0", "union/99999999999999999999", "VN-QNTV/1", "union/1x", ""])
def test_what_is_no_publication_does_not_exist(client: Client, identifier: str) -> None:
    tree = union(client, verb="GetRecord", metadataPrefix="marcxml", identifier=f"oai:{NAME}:{identifier}")
    assert error(tree) == "idDoesNotExist"


def test_page_by_page_and_never_with_a_token_of_the_other(
    client: Client, tinh: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verbs, "RECORDS_A_PAGE", 3)
    imported(tinh, *[book(f"Sách thứ {i}", number=str(i)) for i in range(8)])
    told_long_ago()
    found: list[str] = []
    tree = union(client, verb="ListRecords", metadataPrefix="marcxml")
    first = token(tree)
    while True:
        found += identifiers(tree)
        if not token(tree):
            break
        tree = union(client, verb="ListRecords", resumptionToken=token(tree))
    assert len(found) == len(set(found)) == 8
    assert error(ask(client, verb="ListRecords", resumptionToken=first)) == "badResumptionToken"


@pytest.mark.parametrize("verb", ["ListRecords", "ListIdentifiers"])
def test_the_number_of_statements_does_not_depend_on_the_page(client: Client, tinh: Library, verb: str) -> None:
    counts = []
    for n in range(2):
        imported(tinh, *[book(f"Sách thứ {n} {i}", number=f"{n}-{i}") for i in range(20)])
        told_long_ago()
        union(client, verb="Identify")
        with CaptureQueriesContext(connection) as queries:
            union(client, verb=verb, metadataPrefix="oai_dc")
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 12


def test_stamping_again_changes_nothing(tinh: Library) -> None:
    imported(tinh, book("Đất mỏ", number="1"))
    assert stamp_publications() == 1
    assert stamp_publications() == 0
