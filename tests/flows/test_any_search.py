"""Any input gives an answer, never an error; what libraries wrote is text, never markup (rule SEA-8)."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from lienthu.domain.catalog.services import batches
from lienthu.domain.discovery.query import FACETS
from lienthu.domain.discovery.services.indexing import Indexer
from lienthu.domain.network.selectors import library_by_code
from lienthu.domain.union.services.conduct import run_batch
from lienthu.platform.actor import Actor
from lienthu.platform.cost_limit import LIMITER

_TOKENS = [
    '"', "'", ":", "-", "*", "(", ")", "[", "]", "{", "}", "^", "~", "\\", "/", "AND", "OR", "NOT", "TO", "+", "&&",
    "||",
    "title:", "author:", "isbn:", "id:", "tg:", "nd:", "any_x:", "đ", "Đ", "ð", "truyện", "kieu", "truyeenj", "Hạ Long",
    "\x00", "\x1f", "\x1d", "¶", "␟", "\u200b", "\ufeff", "\u202e", "\ud7ff", "\uffff", "\U0010ffff", "水滸傳", "אבג",
    "978-604-1-00000-0", "9786041000000", "%", "%00", "<script>", "&amp;", "\u0301", "a\u0301\u0301\u0301", "½", "①",
    "٣",     "𝕏", "👩‍👩‍👧", "ﬁ", "İ", "ß", "-\"", "\"\"", "--", "- ", "**", "*", " ", "\t", "\n",
]  # fmt: skip
_TEXT = st.one_of(
    st.text(max_size=60),
    st.lists(st.sampled_from(_TOKENS), max_size=12).map("".join),
    st.lists(st.sampled_from(_TOKENS), max_size=12).map(" ".join),
    st.sampled_from(["a " * 3000, '"' * 5000, "truyện " * 900, "-" * 9000, "ế" * 9000, "x" * 20000, "title:" * 2000]),
)
_VALUE = st.one_of(
    st.text(max_size=30), st.sampled_from([*_TOKENS, "1", "0", "-1", "9" * 30, "1e9", "NaN", "1_0", "VN-QNTV"])
)
_PARAMS = st.fixed_dictionaries(
    {},
    optional={
        name: st.lists(_VALUE, min_size=1, max_size=3)
        for name in (*FACETS, "page", "size", "sort", "year_from", "year_to", "expand", "facet", "format", "limit")
    },
)
_SETTINGS = settings(
    max_examples=100, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip


@pytest.fixture
def client(province: Any) -> Client:
    return Client(raise_request_exception=True)


def _sendable(text: str) -> bool:
    return not any("\ud800" <= c <= "\udfff" for c in text)


@_SETTINGS
@given(q=_TEXT, params=_PARAMS)
def test_the_search_api_always_answers(client: Client, q: str, params: dict[str, list[str]]) -> None:
    assume(_sendable(q))
    LIMITER.clear()
    response = client.get("/api/v1/search", {"q": q, **params})
    assert response.status_code == 200, response.content[:300]
    answer = json.loads(response.content)
    assert len(answer["hits"]) <= 100
    assert answer["total"] >= len(answer["hits"]) or answer["total"] == 0


@settings(_SETTINGS, max_examples=60)
@given(q=_TEXT, params=_PARAMS)
def test_the_search_page_always_answers(client: Client, q: str, params: dict[str, list[str]]) -> None:
    assume(_sendable(q))
    LIMITER.clear()
    response = client.get("/search/", {"q": q, **params}, follow=True)
    assert response.status_code in (200, 404) if params.get("page") else response.status_code == 200
    assert b"<script>" not in response.content.replace(b"<script ", b"")


@_SETTINGS
@given(q=_TEXT, limit=_VALUE)
def test_suggestions_always_answer(client: Client, q: str, limit: str) -> None:
    assume(_sendable(q + limit))
    LIMITER.clear()
    response = client.get("/api/v1/suggest", {"q": q, "limit": limit})
    assert response.status_code == 200
    assert len(json.loads(response.content)["suggestions"]) <= 30


@settings(_SETTINGS, max_examples=30)
@given(raw=st.binary(max_size=40))
def test_bytes_that_are_no_text_are_answered(client: Client, raw: bytes) -> None:
    LIMITER.clear()
    quoted = "".join(f"%{b:02x}" for b in raw)
    for path in ("/api/v1/search", "/search/", "/api/v1/suggest"):
        assert client.get(f"{path}?q={quoted}&library={quoted}&page={quoted}").status_code == 200


@settings(_SETTINGS, max_examples=60)
@given(number=_VALUE)
def test_addresses_of_nothing_are_not_found(client: Client, number: str) -> None:
    from urllib.parse import quote

    assume(_sendable(number))
    for path in ("/api/v1/records/{}", "/records/{}/", "/libraries/{}/"):
        assert client.get(path.format(quote(number, safe=""))).status_code in (200, 301, 302, 404)


def test_markup_in_records_is_shown_as_text(client: Client, tmp_path: Path, marc_record: Any) -> None:
    evil = "<script>alert(1)</script><img src=x onerror=alert(2)> \"Đất\" & 'mỏ' </title></textarea>"
    path = tmp_path / "evil.mrc"
    path.write_bytes(
        marc_record(
            "evil<b>1", evil, ("100", "1 ", f"$aTác giả {evil}"), ("260", "  ", f"$aHà Nội$bNxb {evil}$c2001"),
            ("520", "  ", f"$aTóm tắt {evil}"), ("650", " 7", f"$aChủ đề {evil}"), ("250", "  ", f"$a{evil}"),
            ("856", "40", "$ujavascript:alert(3)$yĐọc"),
            ("856", "40", "$uhttps://x.example/?a=\"><script>$yĐọc " + evil),
            ("852", "  ", f"$bKho {evil}$h{evil}$p{evil[:20]}"), ("500", "  ", f"$a{evil}"), ("490", "0 ", f"$a{evil}"),
        )
    )  # fmt: skip
    actor = Actor.system("test")
    batch = batches.receive(path, library=library_by_code("VN-QNTV"), actor=actor)
    batch = run_batch(batch.pk, actor=actor)
    assert batch.created == 1
    with Indexer() as indexer:
        assert indexer.acquire()
        indexer.drain()
    hits: list[Any] = []
    try:
        LIMITER.clear()
        hits = json.loads(client.get("/api/v1/search", {"q": "alert onerror script"}).content)["hits"]
        assert [h["title"] for h in hits if "alert(1)" in h["title"]], hits
        id_ = hits[0]["id"]
        pages = [
            "/search/?q=alert+onerror+script", "/search/?q=%3Cscript%3Ealert(1)%3C/script%3E",
            "/search/?person=" + evil,
            hits[0]["url"], f"{hits[0]['url']}?view=marc", "/", "/libraries/", f"/api/v1/records/{id_}",
        ]  # fmt: skip
        for page in pages:
            LIMITER.clear()
            response = client.get(page, follow=True)
            if page.startswith("/api/"):
                assert response["Content-Type"].startswith("application/json")
                continue
            assert response.status_code == 200, page
            body = response.content.decode()
            assert "<script>alert" not in body, page
            assert not re.search(r"<img[^>]+onerror", body), page
            assert not re.search(r"""href=["']?\s*javascript:""", body, re.IGNORECASE), page
            assert "</title></textarea>" not in body, page
        record_page = client.get(hits[0]["url"], follow=True).content.decode()
        assert "<script>alert(1)</script>" in html.unescape(record_page), "it is shown, as text"
        for fmt in ("marcxml", "dc", "ris", "bibtex", "json", "marc"):
            assert client.get(f"/api/v1/records/{id_}", {"format": fmt}).status_code == 200
    finally:  # the index is the session's: what the database forgets, it must forget too
        from django.db import transaction

        transaction.set_rollback(False)
        with Indexer() as indexer:
            assert indexer.acquire()
            indexer.step()
            assert indexer._writer is not None
            indexer._writer.remove([h["id"] for h in hits if "alert(1)" in h["title"]])
            indexer._writer.commit()
