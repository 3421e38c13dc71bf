"""The page of a publication, its MARC view, its cover, and where old addresses lead."""

from __future__ import annotations

import json
import re
import struct

import pytest
from django.urls import reverse

from lienthu.domain.catalog.models import BibRecord
from lienthu.domain.catalog.services.withdraw import take_out
from lienthu.domain.catalog.tests.cast import CLERK, book
from lienthu.domain.discovery.publications import PublicationView
from lienthu.domain.discovery.query import SearchRequest
from lienthu.domain.discovery.selectors import search
from lienthu.domain.discovery.services.indexing import documents_of
from lienthu.domain.network.models import Library
from lienthu.domain.network.tests.factories import make_branch
from lienthu.domain.union.models import Cluster
from lienthu.domain.union.selectors import clusters_of, members_of
from lienthu.domain.union.services.attach import remove
from lienthu.domain.union.services.conduct import undo_batch
from lienthu.domain.union.tests.cast import imported
from lienthu.faces.web.portal import sitemap
from lienthu.faces.web.portal.structured import structured_data
from lienthu.foundation.marc.describe import Description
from lienthu.foundation.marc.model import Field


def id_of(query: str, **filters: str) -> int:
    request = SearchRequest(q=query, filters={name: (value,) for name, value in filters.items()}, facets=False)
    return search(request).hits[0].id


def html_of(client, id_: int, **params: str) -> str:
    response = client.get(f"/records/{id_}/", params)
    assert response.status_code == 200
    return response.content.decode()


def test_a_publication_of_several_libraries(client, province) -> None:
    html = html_of(client, id_of("địa chí quảng ninh", library="VN-QNTV"))
    assert re.search(r'<h1 class="record-head__title"[^>]*>Địa chí Quảng Ninh', html)
    assert 'href="/libraries/VN-QNTV/"' in html
    assert "Ký hiệu xếp giá" in html
    assert "được gộp thành một tài liệu" in html
    assert "Độ chắc chắn" in html


def test_the_call_number_is_shown_to_the_letter(client, province) -> None:
    from lienthu.domain.discovery.publications import publication

    id_ = id_of("số đỏ", library="VN-QNTV")
    view = publication(id_)
    assert view
    call_numbers = [copy.call_number for holding in view.holdings for copy in holding.copies]
    assert call_numbers
    html = html_of(client, id_)
    assert all(number in html for number in call_numbers)


def test_people_and_subjects_lead_to_searches_that_find_the_work_again(client, province) -> None:
    id_ = id_of("số đỏ", library="VN-QNTV")
    html = html_of(client, id_)
    links = re.findall(r'href="(/search/\?(?:person|subject)=[^"]+)"', html)
    assert links
    for link in links:
        found = client.get(link.replace("&amp;", "&") + "&q=số đỏ")
        assert f'href="/records/{id_}/"' in found.content.decode()


def test_citations_and_exports(client, province) -> None:
    id_ = id_of("số đỏ", library="VN-QNTV")
    html = html_of(client, id_)
    for style in ("apa", "mla", "chicago", "iso690"):
        assert f'id="cite-{style}"' in html
    for name in ("ris", "bibtex", "marc", "marcxml", "dc", "json"):
        assert f'href="/api/v1/records/{id_}?format={name}"' in html


def test_an_article_names_its_host(client, province) -> None:
    request = SearchRequest(filters={"material_type": ("article",)}, facets=False, size=50)
    article = next(hit for hit in search(request).hits if hit.description.host)
    assert article.description.host
    assert article.description.host.title in html_of(client, article.id)


def test_online_copies_are_outward_links(client, province) -> None:
    id_ = id_of("", online="online")
    links = re.findall(r'<a class="btn" href="(https?://[^"]+)" rel="([^"]+)"', html_of(client, id_))
    assert links
    assert all("noopener" in rel for _, rel in links)


def test_nothing_inline_in_the_page(client, province) -> None:
    html = html_of(client, id_of("truyện kiều"))
    assert not re.search(r'<script(?![^>]*\bsrc=)(?! type="application/ld\+json">)', html), "data blocks are never run"
    assert "<style" not in html
    assert not re.search(r"\son\w+=", html)
    assert not re.search(r'<(?!svg|g|path|rect|text)[a-z]+[^>]*\sstyle="', html)


def test_head_for_sharing_and_engines(client, province) -> None:
    id_ = id_of("số đỏ", library="VN-QNTV")
    html = html_of(client, id_)
    assert f'<link rel="canonical" href="http://testserver/records/{id_}/">' in html
    assert '<meta property="og:title" content="Số đỏ' in html


def test_the_marc_view_shows_every_library_s_record(client, province) -> None:
    id_ = id_of("địa chí quảng ninh", library="VN-QNTV")
    html = html_of(client, id_, view="marc")
    assert html.count('class="marc-record"') == len(search_members(id_))
    assert ">245<" in html
    assert "$a" in html
    assert "noindex" in html


def search_members(id_: int) -> list[object]:
    from lienthu.domain.union.selectors import members_of

    return list(members_of([id_])[id_])


def test_a_merged_publication_leads_to_where_it_went(client, province) -> None:
    target = id_of("số đỏ", library="VN-QNTV")
    gone = Cluster.objects.create(size=0, merged_into_id=target)
    response = client.get(f"/records/{gone.pk}/")
    assert response.status_code == 301
    assert response["Location"] == f"/records/{target}/"
    assert client.get(f"/covers/{gone.pk}.svg")["Location"] == f"/covers/{target}.svg"


@pytest.mark.parametrize("path", ["/records/999999999/", "/covers/999999999.svg"])
def test_what_never_was_is_404(client, province, path: str) -> None:
    assert client.get(path).status_code == 404


def closed_only() -> int:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT m.cluster_id FROM union_membership m JOIN catalog_bibrecord r ON r.id = m.record_id"
            " JOIN network_library l ON l.id = r.library_id GROUP BY 1 HAVING bool_and(l.closed) LIMIT 1"
        )
        return int(cursor.fetchone()[0])


def test_what_only_a_closed_library_holds_is_not_there(client, province) -> None:
    id_ = closed_only()
    assert client.get(f"/records/{id_}/").status_code == 404
    assert client.get(f"/records/{id_}/", {"view": "marc"}).status_code == 404
    assert client.get(f"/covers/{id_}.svg").status_code == 404


def test_a_closed_library_is_not_named_among_the_reasons(client, province) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT m.cluster_id FROM union_membership m JOIN catalog_bibrecord r ON r.id = m.record_id"
            " JOIN network_library l ON l.id = r.library_id GROUP BY 1"
            " HAVING bool_or(l.closed) AND count(*) FILTER (WHERE NOT l.closed) > 1"
        )
        shared = [row[0] for row in cursor.fetchall()]
    assert shared
    for id_ in shared[:5]:
        html = html_of(client, id_)
        assert "VN-QNLV01" not in html
        assert "quân sự" not in html.lower() or "quân sự" in html.split("</h1>")[0].lower()


def test_a_record_page_takes_few_statements(client, province, django_assert_max_num_queries) -> None:
    id_ = id_of("địa chí quảng ninh", library="VN-QNTV")
    with django_assert_max_num_queries(18):  # three of them ask for the headings of its records, parts and editions
        html_of(client, id_)


def test_a_cover_is_an_inert_cached_picture(client, province) -> None:
    id_ = id_of("truyện kiều")
    response = client.get(f"/covers/{id_}.svg")
    assert response["Content-Type"] == "image/svg+xml; charset=utf-8"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "max-age" in response["Cache-Control"]
    assert b"<script" not in response.content
    again = client.get(f"/covers/{id_}.svg", headers={"if-none-match": response["ETag"]})
    assert again.status_code == 304


def test_a_librarian_s_decision_is_told_as_such(client, province) -> None:
    from lienthu.domain.union.models import Edge, Membership
    from lienthu.domain.union.services.decide import decide_pairs
    from lienthu.platform.actor import Actor

    id_ = id_of("địa chí quảng ninh", library="VN-QNTV")
    first, *others = Membership.objects.filter(cluster_id=id_).order_by("record_id").values_list("record_id", flat=True)
    decide_pairs([(first, other, "same") for other in others], actor=Actor(None, "Lan"))
    Edge.objects.filter(left_id__in=[first, *others], right_id__in=others).delete()
    assert "Thủ thư đã xếp biểu ghi này vào đây." in html_of(client, id_)


def test_nothing_is_told_of_the_closed_record_that_another_was_compared_with(client, province) -> None:
    from lienthu.domain.catalog.models import BibRecord
    from lienthu.domain.network.models import Library
    from lienthu.domain.union.selectors import reasons_in

    id_ = id_of("địa chí quảng ninh", library="VN-QNTV")
    matched = [r.matched_record_id for r in reasons_in(id_) if r.matched_record_id]
    before = html_of(client, id_).count("So từng yếu tố")
    assert before == len(matched)
    library = Library.objects.get(records=BibRecord.objects.get(pk=matched[0]))
    Library.objects.filter(pk=library.pk).update(closed=True)
    html = html_of(client, id_)
    assert library.name not in html
    assert library.code not in html
    assert html.count("So từng yếu tố") == before - matched.count(matched[0])


def test_structured_data_says_what_it_is_and_who_lends_it(client, province) -> None:
    id_ = id_of("số đỏ", library="VN-QNTV")
    html = html_of(client, id_)
    [text] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html)
    said = json.loads(text)
    assert (said["@type"], said["@id"]) == ("Book", f"http://testserver/records/{id_}/")
    assert said["name"].startswith("Số đỏ")
    assert said["author"][0] == {"@type": "Person", "name": "Vũ Trọng Phụng"}
    lenders = [offer["offeredBy"]["url"] for offer in said["offers"]]
    assert "http://testserver/libraries/VN-QNTV/" in lenders
    assert len(lenders) == len(html.split('class="holding"')) - 1


def test_no_record_can_break_out_of_the_structured_data() -> None:
    evil = "</script><script>alert(1)</script><!-- & \u2028"
    view = PublicationView(7, Description(title=evil, summary=evil), record=None, members=(), holdings=())
    text = structured_data(view, lambda path: f"https://x{path}")
    assert not set("<>&\u2028") & set(text)
    assert json.loads(text)["name"] == evil


def test_an_address_whose_records_were_withdrawn_is_gone_for_good(client, province) -> None:
    id_ = id_of("số đỏ", library="VN-QNTV")
    members = members_of([id_])[id_]
    take_out(dict.fromkeys([m.record_id for m in members], b""))
    remove([m.record_id for m in members])
    for path in (f"/records/{id_}/", f"/records/{id_}/?view=marc", reverse("portal:cover", args=[id_])):
        response = client.get(path)
        assert response.status_code == 410, path
        assert "Tài liệu này đã được rút khỏi mục lục" in response.content.decode()
    api = client.get(f"/api/v1/records/{id_}")
    assert (api.status_code, api.json()["error"]) == (410, "gone")
    assert client.get("/records/99999999/").status_code == 404
    assert client.get("/api/v1/records/99999999").status_code == 404


def test_of_what_a_closed_library_alone_held_nothing_is_told(client, province) -> None:
    closed = Library.objects.filter(closed=True).first()
    assert closed is not None
    bring = imported(closed, book("Tài liệu mật của kho kín", number="kin-1"))
    record = BibRecord.objects.get(library=closed, identity="001:kin-1")
    id_ = clusters_of([record.pk])[record.pk]
    assert bring.created == 1
    assert client.get(f"/records/{id_}/").status_code == 404
    number = (id_ - 1) // sitemap.PER_FILE
    assert f"/records/{id_}/" not in "".join(sitemap.records_xml("", number))
    undo_batch(bring.pk, actor=CLERK)
    assert client.get(f"/records/{id_}/").status_code == 404
    assert client.get(f"/api/v1/records/{id_}").status_code == 404


def test_branches_are_shown_by_their_names(client, province) -> None:
    library = Library.objects.get(code="VN-QNTV")
    branch = make_branch(library, code="KHO9", name="Phòng đọc Hồng Gai")
    held = Field("852", subfields=(("b", "kho9"), ("h", "K 1")))
    imported(library, book("Sách thử chi nhánh", number="cn-1", more=[held]))
    record = BibRecord.objects.get(library=library, identity="001:cn-1")
    id_ = clusters_of([record.pk])[record.pk]
    assert branch.name in html_of(client, id_)
    copy = client.get(f"/api/v1/records/{id_}").json()["holdings"][0]["copies"][0]
    assert (copy["branch"], copy["branch_name"]) == ("kho9", branch.name)
    branch.delete()
    assert "kho9" in html_of(client, id_), "a code without a branch is shown as it is"


def test_a_set_and_its_volumes_lead_to_each_other_in_their_order(client, province) -> None:
    library = Library.objects.get(code="VN-QNTV")

    def of_set(n: str) -> Field:
        return Field("830", " ", "0", (("a", "Văn chương vùng mỏ toàn tập"), ("v", f"Tập {n}"), ("w", "BO-9")))

    numbers = ["10", "2", "1"]
    volumes = [book(f"Quyển thứ {n}", number=f"BO-9-{n}", year=1990, more=[of_set(n)]) for n in numbers]
    imported(library, *volumes, book("Văn chương vùng mỏ toàn tập", number="BO-9"))
    rows = BibRecord.objects.filter(control_number__startswith="BO-9")
    of = {r.control_number: clusters_of([r.pk])[r.pk] for r in rows}
    html = html_of(client, of["BO-9"])
    shown = html[html.index("Các tập của bộ này") :]
    places = [shown.index(f'href="/records/{of[f"BO-9-{n}"]}/"') for n in ("1", "2", "10")]
    assert places == sorted(places)
    volume = html_of(client, of["BO-9-2"])
    assert re.search(rf'Thuộc bộ: <a href="/records/{of["BO-9"]}/">Văn chương vùng mỏ toàn tập</a>. Tập 2', volume)
    [indexed] = documents_of([of["BO-9-2"]])
    assert "Văn chương vùng mỏ toàn tập" in indexed.rest, "a volume is found by the title of its set"
    api = client.get(f"/api/v1/records/{of['BO-9']}").json()
    assert [part["id"] for part in api["parts"]] == [of[f"BO-9-{n}"] for n in ("1", "2", "10")]


def test_a_shared_address_shows_a_card_of_the_publication(client, province) -> None:
    """Other sites take pictures of 1200 by 630 in PNG; what only a closed library holds has none."""
    id_ = id_of("số đỏ", library="VN-QNTV")
    address = f"/covers/{id_}.png"
    assert f'<meta property="og:image" content="http://testserver{address}">' in html_of(client, id_)
    answer = client.get(address)
    assert answer["Content-Type"] == "image/png"
    assert struct.unpack(">II", answer.content[16:24]) == (1200, 630)
    assert "public" in answer["Cache-Control"]
    assert client.get("/covers/999999999.png").status_code == 404
    assert client.get(f"/covers/{closed_only()}.png").status_code == 404
