"""Other editions and translations on the page of a publication, and how many there are in lists (CLU-18)."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from lienthu.domain.catalog.tests.cast import book
from lienthu.domain.network.models import Library
from lienthu.domain.network.services.libraries import Particulars
from lienthu.domain.network.tests.factories import make_library
from lienthu.domain.union.selectors import edition_counts
from lienthu.domain.union.tests.cast import cluster_of, imported
from lienthu.foundation.marc.model import Field

HUGO = "Victor Hugo"
LINES = re.compile(r'<li><span class="parts__number num">([^<]+)</span> <a href="/records/(\d+)/">(.*?)</li>')


def section(client: Client, id_: int) -> str:
    html = client.get(f"/records/{id_}/").content.decode()
    found = re.search(r'<section id="editions".*?</section>', html, re.DOTALL)
    return unescape(found[0]) if found else ""


@pytest.fixture
def tinh(db: None) -> Library:
    return make_library("VN-QNTV", "Thư viện tỉnh")


@pytest.fixture
def works(tinh: Library) -> None:
    """A work: the original and 13 translations, one of them in two libraries; another in a closed one; another work."""
    stated = [Field("765", "0 ", subfields=(("t", "Les misérables"),))]
    said: dict[str, Any] = {"by": HUGO, "more": stated}
    houses = ["Văn học", "Trẻ", "Kim Đồng", "Phụ nữ", "Hội Nhà văn", "Thế giới", "Lao động"]
    imported(
        tinh,
        book("Les misérables", number="fr", by=HUGO, year=1930, publisher="Hachette", language="fre"),
        *(book("Những người khốn khổ", number=str(n), year=1950 + 5 * n, publisher=houses[n % 7], **said)
          for n in range(13)),
        book("Nhà thờ Đức Bà Paris", number="x", by=HUGO, year=2001),
    )  # fmt: skip
    army = make_library("VN-KIN", "Thư viện quân đội", particulars=Particulars(closed=True))
    imported(army, book("Những người khốn khổ", number="k", year=1975, publisher="Quân đội Nhân dân", **said))
    ha_long = make_library("VN-HL", "Thư viện Hạ Long")
    imported(ha_long, book("Những người khốn khổ", number="2", year=1960, publisher=houses[2], **said))


def test_editions_and_translations_stand_newest_first(works: None, tinh: Library, client: Client) -> None:
    html = section(client, cluster_of(tinh, "fr"))
    lines = LINES.findall(html)
    assert [year for year, *_ in lines] == [str(1950 + 5 * n) for n in reversed(range(13))]
    assert [int(id_) for _, id_, _ in lines] == [cluster_of(tinh, str(n)) for n in reversed(range(13))]
    shown, rest = html.split("<details")
    assert (len(LINES.findall(shown)), len(LINES.findall(rest))) == (12, 1)
    assert "Xem cả 13" in rest
    held = next(text for year, _, text in lines if year == "1960")
    assert "Những người khốn khổ" in held
    assert "Kim Đồng · Tiếng Việt" in held
    assert "2 thư viện" in held


def test_what_only_a_closed_library_has_is_no_edition(works: None, tinh: Library, client: Client) -> None:
    military = Library.objects.get(code="VN-KIN")
    html = section(client, cluster_of(tinh, "fr"))
    assert "Quân đội Nhân dân" not in html
    assert f"/records/{cluster_of(military, 'k')}/" not in html


def test_the_only_edition_has_no_such_part(works: None, tinh: Library, client: Client) -> None:
    assert section(client, cluster_of(tinh, "x")) == ""


def test_editions_cost_two_statements_however_many(works: None, tinh: Library, client: Client) -> None:
    """What they say and under which headings; which they are is asked of every publication."""
    spent = []
    for number in ("x", "fr", "5"):
        with CaptureQueriesContext(connection) as statements:
            client.get(f"/records/{cluster_of(tinh, number)}/")
        spent.append(len(statements))
    assert spent[1] == spent[2] == spent[0] + 2


def test_lists_lead_to_the_editions(client: Client, province: Any) -> None:
    html = client.get("/search/", {"q": "truyện kiều"}).content.decode()
    links = {int(id_): int(n) for id_, n in re.findall(r'href="/records/(\d+)/#editions">(\d+) ấn bản<', html)}
    hits = [int(id_) for id_ in re.findall(r'<h3 class="work__title"><a href="/records/(\d+)/">', html)]
    assert links
    assert links == edition_counts(hits)
    id_, count = next(iter(links.items()))
    assert len(LINES.findall(section(client, id_))) == count - 1
