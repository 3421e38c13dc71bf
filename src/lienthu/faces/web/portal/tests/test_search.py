"""The page of results over the sample province."""

from __future__ import annotations

import re

import pytest

WORK = re.compile(r'class="work__title"><a href="(/records/\d+/)">(.*?)</a>', re.DOTALL)


def page(client, **params) -> str:
    response = client.get("/search/", params)
    assert response.status_code == 200
    return response.content.decode()


def titles(html: str) -> list[str]:
    return [re.sub(r"<[^>]+>", "", title) for _, title in WORK.findall(html)]


@pytest.mark.parametrize("query", ["truyện kiều", "truyen kieu", "TRUYỆN KIỀU"])
def test_finds_with_and_without_diacritics(client, province, query: str) -> None:
    html = page(client, q=query)
    assert "Truyện Kiều" in titles(html)
    assert "<mark>Truyện Kiều</mark>" in html


def test_an_accented_query_is_not_answered_with_other_accents(client, province) -> None:
    assert all("đỏ" in title.lower() for title in titles(page(client, q="số đỏ", material_type="book")))


def test_says_how_telex_was_read(client, province) -> None:
    html = page(client, q="truyeenj kieeuf")
    assert "truyeenj" in html
    assert "<strong>truyện</strong>" in html
    assert "Truyện Kiều" in titles(html)


def test_says_that_accents_were_given_up(client, province) -> None:
    html = page(client, q="trũyẹn kìẽu")
    assert "khớp khi bỏ qua dấu" in html
    assert "<mark>Truyện Kiều</mark>" in html


def test_says_that_fewer_words_were_enough(client, province) -> None:
    html = page(client, q="truyện kiều zzyzx")
    assert "ít nhất" in html
    assert titles(html)


def test_offers_a_correction_as_a_link(client, province) -> None:
    html = page(client, q="kieuu")
    assert re.search(r'Có phải bạn muốn tìm\s*<a href="/search/\?q=kieu"', html)


def test_nothing_found_gives_advice(client, province) -> None:
    html = page(client, q="xyzzyqw plughh")
    assert "chưa thư viện nào trong tỉnh" in html
    assert 'href="/libraries/"' in html


def test_what_is_typed_is_never_markup(client, province) -> None:
    html = page(client, q='<script>alert(1)</script>"><b>')
    assert "<script>alert" not in html
    assert "&lt;script&gt;" in html


def test_facets_are_links_that_search_engines_do_not_follow(client, province) -> None:
    html = page(client, q="quảng ninh")
    facets = re.findall(r'<a class="facet[^"]*" href="([^"]+)"([^>]*)>', html)
    assert len(facets) > 10
    assert all('rel="nofollow"' in rest for _, rest in facets)
    assert "Thư viện tỉnh Quảng Ninh" in html
    assert ">vie<" not in html


def test_a_chosen_facet_can_be_taken_away(client, province) -> None:
    html = page(client, q="quảng ninh", library="VN-QNTV")
    assert re.search(r'class="chip chip--on" href="/search/\?q=qu%E1%BA%A3ng\+ninh" rel="nofollow"', html)
    assert 'aria-current="true"' in html


def test_a_filter_that_nothing_fits_keeps_the_way_out(client, province) -> None:
    html = page(client, q="truyện kiều", material_type="map")
    assert "Không có tài liệu nào hợp với mọi bộ lọc" in html
    assert "chip--on" in html


def test_pages_lead_on_and_past_the_end_leads_to_the_last(client, province) -> None:
    html = page(client, collection="local-history")
    assert 'rel="next" href="?collection=local-history&amp;page=2"' in html
    assert 'aria-current="page">1<' in html
    response = client.get("/search/", {"collection": "local-history", "page": "400"})
    assert response.status_code == 302
    assert re.fullmatch(r"/search/\?collection=local-history&page=\d+", response["Location"])


def test_pages_do_not_repeat_titles(client, province) -> None:
    first = WORK.findall(page(client, collection="local-history", sort="title"))
    second = WORK.findall(page(client, collection="local-history", sort="title", page="2"))
    assert len(first) == len(second) == 20
    assert not {url for url, _ in first} & {url for url, _ in second}


def test_the_page_size_is_ours(client, province) -> None:
    assert len(WORK.findall(page(client, collection="local-history", size="100"))) == 20


def test_plain_pages_may_be_indexed_and_others_point_to_them(client, province) -> None:
    plain = page(client, q="truyện kiều")
    assert "noindex" not in plain
    faceted = page(client, q="truyện kiều", library="VN-QNTV")
    assert '<meta name="robots" content="noindex, follow">' in faceted
    canonical = re.search(r'<link rel="canonical" href="([^"]+)"', faceted)
    assert canonical
    assert canonical[1] == "http://testserver/search/?q=truy%E1%BB%87n+ki%E1%BB%81u"


@pytest.mark.parametrize("params", [{"q": "quảng ninh"}, {"q": "truyện kiều"}, {"collection": "local-history"}, {}])
def test_few_statements_however_many_hits(client, province, django_assert_max_num_queries, params) -> None:
    with django_assert_max_num_queries(9):  # one of them counts editions, three are for the text of pages
        page(client, **params)


def test_closed_libraries_never_appear(client, province) -> None:
    html = page(client, library="VN-QNLV01")
    assert not WORK.findall(html)
    assert "Bộ Chỉ huy" not in html


@pytest.mark.parametrize(
    "query",
    [
        "page=-1",
        "page=x",
        "year_from=abc",
        "sort=nonsense",
        "library=" + "x" * 5000,
        "q=" + "%FF%FE",
        "q=%00",
        "more=evil",
    ],
)
def test_any_address_gives_a_page(client, province, query: str) -> None:
    assert client.get(f"/search/?{query}").status_code == 200


def test_without_an_index_it_says_so(client, province, settings, tmp_path) -> None:
    settings.INDEX_DIR = tmp_path / "none"
    response = client.get("/search/", {"q": "kiều"})
    assert response.status_code == 503
    assert "Mục lục tìm kiếm đang được dựng" in response.content.decode()


def test_english(client, province) -> None:
    html = client.get("/search/", {"q": "quảng ninh"}, headers={"accept-language": "en"}).content.decode()
    assert "Type of material" in html
    assert 'lang="en"' in html
