"""One publication: what its page shows, splitting, merging, taking back."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lienthu.domain.catalog.tests.cast import book, held
from lienthu.domain.network.models import Library
from lienthu.domain.network.tests.factories import make_admin
from lienthu.domain.union.models import Act
from lienthu.domain.union.tests.cast import cluster_of, imported
from lienthu.faces.web.staff.tests.cast import of

pytestmark = pytest.mark.django_db
SAID: dict[str, Any] = {"title": "Số đỏ", "by": "Vũ Trọng Phụng", "year": 1998, "publisher": "Văn học"}


@pytest.fixture
def joined(tinh: Library, ha_long: Library) -> int:
    """A publication of two records, and another of one."""
    imported(tinh, book(number="1", **SAID), book("Giông tố", number="2", by="Vũ Trọng Phụng", year=1999))
    imported(ha_long, book(number="a", **SAID))
    assert cluster_of(tinh, "1") == cluster_of(ha_long, "a")
    return cluster_of(tinh, "1")


def page(name: str, cluster: int) -> str:
    return reverse(f"staff_union:{name}", args=[cluster])


def test_the_page_shows_members_edges_and_where_to_decide(editor: Client, joined: int, tinh: Library) -> None:
    text = editor.get(page("cluster", joined)).content.decode()
    left, right = sorted(int(n) for n in re.findall(r'name="record" value="(\d+)"', text))
    assert reverse("staff_union:pair", args=[left, right]) in text
    why = editor.get(reverse("staff_union:why", args=[left, right]))
    assert "<html" not in why.content.decode()
    assert "Publisher" in why.content.decode()
    two = editor.get(reverse("staff_union:two"), {"record": [left, right]})
    assert two.headers["Location"] == reverse("staff_union:pair", args=[left, right])
    assert editor.get(reverse("staff_union:two"), {"record": [left], "cluster": joined}).headers["Location"] == page(
        "cluster", joined
    )


def test_split_merge_and_take_back(editor: Client, joined: int, tinh: Library, ha_long: Library) -> None:
    own = held(ha_long, "a").pk
    editor.post(page("split", joined), {"record": [own], "note": "bản in khác"})
    assert cluster_of(ha_long, "a") != joined
    apart = cluster_of(ha_long, "a")
    text = editor.get(page("cluster", apart)).content.decode()
    assert "bản in khác" in text
    assert reverse("staff_union:act_revert", args=[Act.objects.get().pk]) in text
    editor.post(reverse("staff_union:act_revert", args=[Act.objects.get().pk]), {"back": page("cluster", joined)})
    assert cluster_of(ha_long, "a") == joined
    other = cluster_of(tinh, "2")
    seen = editor.get(page("merge", joined), {"with": f"http://x/records/{other}/"}).content.decode()
    assert "Giông tố" in seen
    editor.post(page("merge", joined), {"with": str(other)})
    assert cluster_of(tinh, "2") == joined
    assert editor.get(page("cluster", other)).headers["Location"] == page("cluster", joined)


def test_nothing_is_split_without_ticks_or_with_all(
    editor: Client, joined: int, tinh: Library, ha_long: Library
) -> None:
    all_ = [held(tinh, "1").pk, held(ha_long, "a").pk]
    for ticked in ([], all_, [held(tinh, "2").pk], ["x"]):
        assert editor.post(page("split", joined), {"record": ticked}).status_code == 302
    assert not Act.objects.exists()


@pytest.mark.parametrize("asked", ["999999999", "zzz không có", "9" * 40])
def test_what_is_not_found_is_said(editor: Client, joined: int, asked: str) -> None:
    answer = editor.get(page("merge", joined), {"with": asked})
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.content.decode()
    assert editor.get(page("merge", joined), {"with": str(joined)}).status_code == 422


def test_closed_libraries_are_hidden_with_every_trace(editor: Client, joined: int, ha_long: Library) -> None:
    hidden = held(ha_long, "a").pk
    Library.objects.filter(pk=ha_long.pk).update(closed=True)
    text = editor.get(page("cluster", joined)).content.decode()
    assert "and 1 of a closed library" in text
    assert f'value="{hidden}"' not in text
    assert f"-{hidden}/" not in text
    assert ha_long.name not in text
    assert editor.post(page("split", joined), {"record": [hidden]}).status_code == 302
    assert not Act.objects.exists()
    assert f'value="{hidden}"' in of(make_admin()).get(page("cluster", joined)).content.decode()
    assert editor.get(page("cluster", 999_999)).status_code == 404


def test_the_page_costs_the_same_however_many_members(editor: Client, joined: int, tinh: Library) -> None:
    with CaptureQueriesContext(connection) as few:
        editor.get(page("cluster", joined))
    imported(tinh, *(book(number=f"n{n}", **SAID) for n in range(6)))
    with CaptureQueriesContext(connection) as many:
        text = editor.get(page("cluster", joined)).content.decode()
    assert text.count('name="record"') >= 8
    assert len(many) <= len(few) + 3


def test_where_each_statement_comes_from_is_told(editor: Client, tinh: Library, ha_long: Library) -> None:
    said = {"by": "Vũ Trọng Phụng", "year": 1998, "isbn": "9786049573224"}
    imported(tinh, book("So do", number="khong-dau", publisher="Văn học", **said))
    imported(ha_long, book("Số đỏ", number="co-dau", **said))
    cluster = cluster_of(tinh, "khong-dau")
    assert cluster == cluster_of(ha_long, "co-dau")
    found = editor.get(page("cluster", cluster)).context["page"].origins
    assert {str(o.label): o.control_number for o in found if str(o.label) in ("Title", "Publisher and place")} == {
        "Title": "co-dau", "Publisher and place": "khong-dau",
    }  # fmt: skip
    text = Client(headers={"accept-language": "en"}).get(f"/records/{cluster}/").content.decode()
    told = text.partition("Where each statement comes from")[2]
    assert re.search(r"Title</th><td[^>]*>Thư viện Hạ Long co-dau", told)
    assert re.search(r"Publisher and place</th><td[^>]*>Thư viện tỉnh khong-dau", told)
