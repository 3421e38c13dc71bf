"""What is marked in a result, and that nothing in a record can become HTML."""

from __future__ import annotations

import pytest

from lienthu.domain.discovery.parsing import parse
from lienthu.faces.web.portal.highlight import Marker, marker_of


def marker(query: str, *, accented: bool | None = None) -> Marker:
    plan = parse(query)
    return marker_of(plan.clauses, accented=plan.accented if accented is None else accented)


@pytest.mark.parametrize(
    ("query", "text", "html"),
    [
        ("truyện kiều", "Truyện Kiều", "<mark>Truyện Kiều</mark>"),
        ("truyen kieu", "Truyện Kiều", "<mark>Truyện Kiều</mark>"),
        ("số đỏ", "Số đỏ và sô đo", "<mark>Số đỏ</mark> và sô đo"),
        ("so do", "Số đỏ và sô đo", "<mark>Số đỏ</mark> và <mark>sô đo</mark>"),
        ("số đỏ", "SO DO", "<mark>SO DO</mark>"),
        ("hoà bình", "Hòa bình", "<mark>Hòa bình</mark>"),
        ("kiều", "Kim-Vân-Kiều", "Kim-Vân-<mark>Kiều</mark>"),
        ("long", "Hạ Long, Long Biên", "Hạ <mark>Long</mark>, <mark>Long</mark> Biên"),
        ("thư*", "Thư viện thủ thư", "<mark>Thư</mark> viện <mark>thủ thư</mark>"),
        ('"hạ long"', "Vịnh Hạ Long", "Vịnh <mark>Hạ Long</mark>"),
        ("hạ -long", "Hạ Long", "<mark>Hạ</mark> Long"),
        ("title:kiều", "Title: Kiều", "Title: <mark>Kiều</mark>"),
        ("金雲翹", "金雲翹傳", "<mark>金雲翹</mark>傳"),
        ("", "Truyện Kiều", "Truyện Kiều"),
        ("9786041234567", "9786041234567", "9786041234567"),
    ],
)
def test_marks_the_words_that_were_asked_for(query: str, text: str, html: str) -> None:
    assert marker(query).html(text) == html


def test_marks_by_folded_form_when_the_accents_were_given_up() -> None:
    assert marker("sò đõ", accented=False).html("Số đỏ") == "<mark>Số đỏ</mark>"


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script> Kiều",
        'Kiều" onmouseover="alert(1)',
        "Kiều <mark>giả</mark> & </mark><b>",
        "<img src=x onerror=alert(1)>Kiều",
        "&lt;Kiều&gt;",
        "Kiều'--\x00<",
        "<Kiều<Kiều>",
    ],
)
def test_nothing_in_a_title_becomes_markup(hostile: str) -> None:
    html = marker("kiều").html(hostile)
    bare = html.replace("<mark>", "").replace("</mark>", "")
    assert "<" not in bare
    assert ">" not in bare
    assert '"' not in bare
    assert html.count("<mark>") == html.count("</mark>") >= 1


def test_the_text_is_all_there_after_marking() -> None:
    from html import unescape

    text = "Kim Vân Kiều <tân> truyện & “thơ” Nôm"
    html = marker("kieu truyen").html(text)
    assert unescape(html.replace("<mark>", "").replace("</mark>", "")) == text


def test_an_excerpt_is_cut_at_words_around_the_first_hit() -> None:
    text = "một hai ba " * 30 + "<b>Hạ Long</b> " + "bốn năm sáu " * 30
    excerpt = marker("hạ long").excerpt(text)
    assert excerpt.startswith("… ")
    assert excerpt.endswith(" …")
    assert "&lt;b&gt;<mark>Hạ Long</mark>&lt;/b&gt;" in excerpt
    assert len(excerpt) < 300


def test_an_excerpt_of_a_text_without_hits_is_empty() -> None:
    assert marker("kiều").excerpt("Số đỏ") == ""
