"""The front page, the directory of libraries, a library, what machines read, and errors."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from datetime import date

import pytest
from django.test import RequestFactory

from lienthu.domain.network.selectors import closed_library_ids, public_libraries
from lienthu.domain.union import selectors as union
from lienthu.faces.web.portal import sitemap
from lienthu.faces.web.portal.views import errors

LOC = "{http://www.sitemaps.org/schemas/sitemap/0.9}loc"


def get(client, path: str, **params: str) -> str:
    response = client.get(path, params)
    assert response.status_code == 200
    return response.content.decode()


def test_the_front_page_leads_into_the_collections(client, province) -> None:
    html = get(client, "/")
    assert 'name="q"' in html
    assert 'data-suggest="/api/v1/suggest"' in html
    for way in ("?collection=local-history", "?collection=children", "?sort=newest", "?online=online"):
        assert f'href="/search/{way}"' in html
    assert html.count('class="work-tile"') == 12
    assert 'href="/libraries/"' in html


def test_the_front_page_takes_few_statements(client, province, django_assert_max_num_queries) -> None:
    with django_assert_max_num_queries(8):
        get(client, "/")


def test_doors_that_open_on_nothing_are_not_shown() -> None:
    from lienthu.faces.web.portal.home_page import ways_in

    urls = [way["url"] for way in ways_in({"collection": {"local-history": 3}}, titles=9, libraries=2)]
    assert urls == ["/search/?collection=local-history", "/search/?sort=newest", "/libraries/"]


def test_the_front_page_stands_without_an_index(client, province, settings, tmp_path) -> None:
    settings.INDEX_DIR = tmp_path / "none"
    assert "đang được dựng" in get(client, "/")


def test_the_directory_shows_public_libraries_only(client, province) -> None:
    html = get(client, "/libraries/")
    assert 'href="/libraries/VN-QNTV/"' in html
    assert "VN-QNLV01" not in html
    assert closed_library_ids()
    assert html.count('class="directory__line"') == len(public_libraries())


def test_the_directory_of_a_past_day_shows_the_libraries_of_that_day(client, province) -> None:
    past = get(client, "/libraries/", day="2024-06-30")
    assert "Thư viện thành phố Hạ Long" in past
    assert "30/06/2024" in past
    assert "Thư viện thành phố Hạ Long" not in get(client, "/libraries/")
    assert past.count('class="directory__line"') == len(public_libraries(date(2024, 6, 30)))


def test_the_directory_can_be_narrowed(client, province) -> None:
    html = get(client, "/libraries/", q="van don")
    assert "Thư viện đặc khu Vân Đồn" in html
    assert 'href="/libraries/VN-QNTV/"' not in html
    assert "Không có thư viện nào phù hợp" in get(client, "/libraries/", q="zzzz")


@pytest.mark.parametrize("params", [{"day": "hôm qua"}, {"day": "0001-01-01"}, {"type": "armed_forces"}, {"area": "x"}])
def test_a_directory_question_that_makes_no_sense_is_422(client, province, params) -> None:
    response = client.get("/libraries/", params)
    assert response.status_code == 422
    assert 'role="alert"' in response.content.decode()


def test_the_directory_takes_few_statements(client, province, django_assert_max_num_queries) -> None:
    with django_assert_max_num_queries(10):
        get(client, "/libraries/")


def test_a_library(client, province) -> None:
    html = get(client, "/libraries/VN-QNTV/")
    assert "<h1>Thư viện tỉnh Quảng Ninh</h1>" in html
    assert '<input type="hidden" name="library" value="VN-QNTV">' in html
    assert "Giờ mở cửa" in html
    assert html.count('class="work-tile"') == 6
    assert 'class="timeline"' in html


def test_a_library_takes_few_statements(client, province, django_assert_max_num_queries) -> None:
    with django_assert_max_num_queries(16):
        get(client, "/libraries/VN-QNTV/")


def test_another_spelling_of_the_code_leads_to_the_right_one(client, province) -> None:
    response = client.get("/libraries/vn-qntv/")
    assert response.status_code == 301
    assert response["Location"] == "/libraries/VN-QNTV/"


def test_a_library_that_was_merged_names_its_successor(client, province) -> None:
    html = get(client, "/libraries/VN-QN193/")
    assert "không còn tồn tại" in html
    assert 'href="/libraries/VN-QNTV/"' in html


@pytest.mark.parametrize("code", ["VN-QNLV01", "VN-KHONGCO", "a/b", "%3Cb%3E"])
def test_closed_and_unknown_libraries_are_404(client, province, code: str) -> None:
    response = client.get(f"/libraries/{code}/")
    assert response.status_code == 404
    assert "Bộ Chỉ huy" not in response.content.decode()


def test_robots_may_read_plain_searches_only(client) -> None:
    text = client.get("/robots.txt").content.decode()
    assert "Disallow: /search/?*&\n" in text
    assert "Disallow: /search/?library=\n" in text
    assert "Disallow: /search/\n" not in text
    assert "Sitemap: http://testserver/sitemap.xml" in text


def test_the_sitemap_lists_every_public_publication_once(client, province) -> None:
    index = ET.fromstring(client.get("/sitemap.xml").content)
    files = [e.text or "" for e in index.iter(LOC)]
    assert files[0].endswith("/sitemaps/pages.xml")
    listed: list[int] = []
    for address in files[1:]:
        body = b"".join(client.get(address.removeprefix("http://testserver")).streaming_content)
        listed += [int(re.findall(r"/records/(\d+)/$", e.text or "")[0]) for e in ET.fromstring(body).iter(LOC)]
    every = union.cluster_ids_after(0, 100_000)
    assert listed == sorted(union.members_of(every))
    assert len(listed) < len(every)


def test_sitemap_files_have_ranges_that_never_move(province, monkeypatch) -> None:
    every = union.cluster_ids_after(0, 100_000)
    monkeypatch.setattr(sitemap, "PER_FILE", 100)
    monkeypatch.setattr(sitemap, "_CHUNK", 7)
    numbers = sitemap.file_numbers()
    assert numbers == sorted({(id_ - 1) // 100 for id_ in every})
    visible = union.members_of(every)
    for number in numbers:
        text = "".join(sitemap.records_xml("https://x", number))
        ids = [int(id_) for id_ in re.findall(r"/records/(\d+)/<", text)]
        assert ids == [id_ for id_ in every if (id_ - 1) // 100 == number and id_ in visible]


def test_the_sitemap_of_pages_has_no_closed_library(client, province) -> None:
    text = client.get("/sitemaps/pages.xml").content.decode()
    assert "/libraries/VN-QNTV/" in text
    assert "VN-QNLV01" not in text


def test_about(client) -> None:
    assert "Cách tìm" in get(client, "/about/")


def test_errors_have_pages_of_their_own(client, rf: RequestFactory) -> None:
    request = client.get("/about/").wsgi_request
    assert "Không có gì ở địa chỉ này" in errors.not_found(request, Exception()).content.decode()
    assert errors.permission_denied(request, Exception()).status_code == 403
    assert errors.bad_request(request, Exception()).status_code == 400
    assert errors.csrf_failure(request).status_code == 403
    assert errors.server_error(rf.get("/")).status_code == 500


def test_an_error_takes_the_whole_page_when_htmx_asked_for_a_part(client) -> None:
    request = client.get("/about/").wsgi_request
    for response in (errors.not_found(request, Exception()), errors.too_many(request, 3)):
        assert response["HX-Retarget"] == response["HX-Reselect"] == "#main"
        assert b'<main id="main"' in response.content


def test_the_page_for_server_errors_needs_no_database(rf: RequestFactory) -> None:
    html = errors.server_error(rf.get("/")).content.decode()
    assert "<h1" in html
    assert "<style" not in html
    assert "<script" not in html
