"""Asking the provider in tests: every answer is checked against the shape the protocol gives it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

from django.test import Client
from lxml import etree

from lienthu.domain.catalog.models import BibRecord

NS: Final = {
    "o": "http://www.openarchives.org/OAI/2.0/",
    "m": "http://www.loc.gov/MARC21/slim",
    "dc": "http://purl.org/dc/elements/1.1/",
    "p": "http://www.openarchives.org/OAI/2.0/provenance",
    "i": "http://www.openarchives.org/OAI/2.0/oai-identifier",
}
NAME: Final = "thuvien.example.vn"
LONG_AGO: Final = datetime(2020, 5, 1, 12, 0, 0, tzinfo=UTC)
SHAPE: Final = etree.RelaxNG(etree.parse(Path(__file__).with_name("answers.rng")))
Tree = etree._Element


def checked(body: bytes) -> Tree:
    """An answer that has the shape of the protocol."""
    tree = etree.fromstring(body)
    assert SHAPE.validate(tree), (SHAPE.error_log.last_error, body[:3000])
    return tree


def ask(client: Client, method: str = "get", path: str = "/oai", **arguments: Any) -> Tree:
    """The answer to a request; ``from_`` stands for "from"."""
    told = {name.rstrip("_"): value for name, value in arguments.items()}
    if method == "post":
        response = client.post(path, urlencode(told), "application/x-www-form-urlencoded")
    else:
        response = client.get(path, told)
    assert response.status_code == 200
    assert response["Content-Type"] == "text/xml; charset=utf-8"
    return checked(response.content)


def error(tree: Tree) -> str:
    """The code of an error, or ""."""
    return str(tree.xpath("string(o:error/@code)", namespaces=NS))


def values(tree: Tree, path: str) -> list[str]:
    """The texts or attributes a path leads to."""
    return [x if isinstance(x, str) else x.text or "" for x in tree.xpath(path, namespaces=NS)]


def token(tree: Tree) -> str:
    """The resumption token of a list, or ""."""
    return str(tree.xpath("string(.//o:resumptionToken)", namespaces=NS))


def identifiers(tree: Tree) -> list[str]:
    """What a list tells of."""
    return values(tree, ".//o:header/o:identifier")


def walk(client: Client, verb: str = "ListRecords", **arguments: Any) -> list[Tree]:
    """Every page of a list."""
    pages = [ask(client, verb=verb, **arguments)]
    while following := token(pages[-1]):
        pages.append(ask(client, verb=verb, resumptionToken=following))
    return pages


def age(at: datetime = LONG_AGO) -> None:
    """As if all that is there had been written long ago."""
    BibRecord.objects.update(datestamp=at)


def oai(record: BibRecord) -> str:
    """The identifier of a record."""
    return f"oai:{NAME}:{record.library.code}/{record.pk}"
