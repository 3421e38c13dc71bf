"""The reader without scripts: pages, hits, text, layers, who may read, what is said to others. RDR-1 to RDR-8."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from lienthu.domain.catalog.tests.cast import book, bring, held
from lienthu.domain.digital.access import STATION_COOKIE, station_cookie
from lienthu.domain.digital.models import (
    Collection,
    DigitalObject,
    Kind,
    Page,
    PremisesNetwork,
    ReadingSeat,
    SeatRequest,
    Section,
)
from lienthu.domain.digital.policy import Access, Reader, Status
from lienthu.domain.digital.selectors.shelves import objects_for
from lienthu.domain.digital.services import premises
from lienthu.domain.digital.services.publishing import take_down
from lienthu.domain.digital.services.texts import set_text
from lienthu.domain.digital.tests.cast import CLERK, give_rights, make_object, published
from lienthu.domain.network.policy import Role
from lienthu.domain.network.services.libraries import Particulars
from lienthu.domain.network.tests.factories import make_library, make_person
from lienthu.faces.web.reader.views.shelves import tiles
from lienthu.foundation.pagetext.model import Block, Box, Line, PageText, words_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english(settings: Any) -> None:
    settings.LANGUAGE_CODE = "en"


def volume(pages: int = 5, status: Status = Status.OFFICIAL, **facts: Any) -> DigitalObject:
    obj = make_object(make_library(), "Địa chí Quảng Ninh", pages=pages, published_at=timezone.now())
    give_rights(obj, status, **facts)
    return obj


def write(obj: DigitalObject, seq: int, *lines: str, layer: Any = "original", language: str = "vie") -> None:
    made = tuple(Line(tuple(words_in(line, Box(100, 100 + 60 * n, 500, 40)))) for n, line in enumerate(lines))
    text = PageText(1000, 1400, (Block(made),), (language,), "typed")
    set_text(obj.pages.get(seq=seq), text, layer=layer, actor=CLERK)


def html(obj: DigitalObject, query: str = "", client: Client | None = None, status: int = 200, **extra: Any) -> str:
    response = (client or Client()).get(f"/read/{obj.public_id}{query}", **extra)
    assert response.status_code == status
    return response.content.decode()


def reader(library: Any = None) -> Client:
    client = Client()
    client.force_login(make_person("", (Role.READER, library or make_library())))
    return client


def test_a_page_is_read_without_scripts() -> None:
    """RDR-1."""
    obj = volume()
    write(obj, 2, "văn hóa đọc", "ở Hạ Long")
    page = html(obj, "?page=2")
    assert f"/iiif/image/3/{obj.public_id}.2/full/500,/0/default.jpg" in page, "a level of the pyramid, first small"
    assert '<p data-line="0">văn hóa đọc</p>' in page
    assert f'rel="prev" href="/read/{obj.public_id}?page=1"' in page
    assert f'rel="next" href="/read/{obj.public_id}?page=3"' in page
    assert "style=" not in page
    assert "2 / 5" in page
    for nonsense in ("?page=99", "?page=x&view=odd&xywh=1,2", "?q=%00%F0"):
        assert 'data-page="1"' in html(obj, nonsense)
    assert f'property="og:image" content="http://testserver/iiif/image/3/{obj.public_id}.1/' in page


def test_two_pages_lie_as_in_an_open_book_and_turn_the_other_way_where_they_should() -> None:
    """RDR-1."""
    obj = volume()
    assert html(obj, "?page=3&view=double").count("data-sheet=") == 2
    assert 'data-sheet="2"' in html(obj, "?page=3&view=double")
    assert html(obj, "?page=1&view=double").count("data-sheet=") == 1, "the first page stands alone"
    assert 'dir="rtl"' not in html(obj, "?view=double")
    DigitalObject.objects.filter(pk=obj.pk).update(right_to_left=True)
    assert 'dir="rtl"' in html(obj, "?view=double")
    assert html(obj, "?view=scroll").count("data-sheet=") == 5
    DigitalObject.objects.filter(pk=obj.pk).update(kind=Kind.MAP)
    assert html(obj, "?page=1&view=double").count("data-sheet=") == 2


def test_a_search_opens_at_its_first_hit_with_its_boxes() -> None:
    """RDR-3."""
    obj = volume()
    write(obj, 3, "phát triển văn hóa đọc")
    page = html(obj, "?q=van+hoa+doc")
    assert 'data-page="3"' in page
    assert '<rect class="rd-mark"' in page
    assert "<mark>văn hóa đọc</mark>" in page
    assert f"/read/{obj.public_id}?page=3&amp;q=van+hoa+doc" in page
    assert "Nothing found" in html(obj, "?q=khongco")
    data = json.loads(Client().get(f"/read/{obj.public_id}/search.json?q=đọc").content)
    assert [(hit["page"], hit["text"], len(hit["boxes"])) for hit in data["hits"]] == [(3, "đọc", 1)]


def test_a_link_to_a_part_of_a_page_frames_it() -> None:
    """RDR-2."""
    obj = volume()
    assert '<rect class="rd-region" x="10" y="20" width="300" height="400"/>' in html(obj, "?page=1&xywh=10,20,300,400")
    assert 'width="900"' in html(obj, "?page=1&xywh=100,20,9999,400"), "not beyond the page"
    for nonsense in ("5000,1,10,10", "1,2,0,5", "a,b,c,d", "1,2,3", "-1,2,3,4"):
        assert "rd-region" not in html(obj, f"?page=1&xywh={nonsense}")


def test_layers_stand_side_by_side_line_by_line() -> None:
    """RDR-4."""
    obj = volume()
    write(obj, 1, "南國山河南帝居", "截然定分在天書", language="chi_tra_vert")
    write(obj, 1, "Nam quốc sơn hà Nam đế cư", layer="transcription")
    write(obj, 1, "Sông núi nước Nam vua Nam ở", "Rành rành định phận ở sách trời", layer="translation")
    page = html(obj)
    assert page.count('<tr data-line="') == 2
    assert '<td data-label="original" lang="zh-Hant">南國山河南帝居</td>' in page
    assert '<td data-label="translation" lang="vi">Rành rành định phận ở sách trời</td>' in page
    data = json.loads(Client().get(f"/read/{obj.public_id}/text/1.json").content)
    assert [layer["layer"] for layer in data["layers"]] == ["original", "transcription", "translation"]
    assert data["layers"][0]["lines"][0][1][0][1:5] == [100, 100, 500, 40]


def test_contents_lead_to_their_pages_and_say_where_one_is() -> None:
    """RDR-1."""
    obj = volume()
    for position, (title, seq) in enumerate((("Phần một", 1), ("Phần hai", 4)), start=1):
        Section.objects.create(object=obj, position=position, title=title, page=obj.pages.get(seq=seq))
    Section.objects.create(object=obj, position=3, title="Số 3", page=obj.pages.get(seq=5), issued=date(1990, 1, 7))
    page = html(obj, "?page=4")
    current = page.split('aria-current="true"><span>')[1].split("<")[0]
    assert current == "Phần hai"
    assert "07/01/1990" in page


def test_a_closed_page_gives_nothing_away() -> None:
    """RDR-5, RGT-6."""
    obj = volume()
    write(obj, 2, "bí mật gia đình")
    Page.objects.filter(object=obj, seq=2).update(closed=True)
    page = html(obj, "?page=2")
    assert "closed because it names people" in page
    assert "bí mật" not in page
    assert f"{obj.public_id}.2/" not in page
    assert "bí mật" not in html(obj, "?q=bi+mat").replace('value="bi mat"', "")
    assert Client().get(f"/read/{obj.public_id}/text/2.json").status_code == 403
    rows = json.loads(Client().get(f"/read/{obj.public_id}/pages.json").content)
    assert [row[4] for row in rows] == ["", "closed", "", "", ""]
    clerk = Client()
    clerk.force_login(make_person("", (Role.LIBRARIAN, obj.library)))
    assert "bí mật" in html(obj, "?page=2", clerk)


def test_what_a_closed_page_is_called_is_not_told_either() -> None:
    """RGT-14: a heading in a family chronicle is a name."""
    obj = volume()
    Page.objects.filter(object=obj, seq=2).update(closed=True, label="Chi Vũ Hữu Tài")
    for position, (title, seq) in enumerate((("Tổ đời thứ nhất", 1), ("Vũ Thị Lan, sinh 1990", 2)), start=1):
        Section.objects.create(object=obj, position=position, title=title, page=obj.pages.get(seq=seq))
    clerk = Client()
    clerk.force_login(make_person("", (Role.LIBRARIAN, obj.library)))
    for query in ("?page=1", "?page=2", "?view=scroll", "/pages.json"):
        page, all_of_it = html(obj, query), html(obj, query, clerk)
        assert "Vũ Hữu Tài" not in page, query
        assert "Vũ Thị Lan" not in page, query
        assert "Vũ Hữu Tài" in all_of_it, query
    page = html(obj, "?page=1")
    assert "Tổ đời thứ nhất" in page
    assert "Closed page" in page, "its place in the contents stays"
    assert f"/read/{obj.public_id}?page=2" in page


def test_a_browser_that_many_use_keeps_nothing() -> None:
    """RDR-11."""
    obj = volume()
    library = obj.library
    assert 'data-keep="device"' in html(obj)
    PremisesNetwork.objects.create(library=library, cidr="10.9.0.0/16")
    assert 'data-keep="window"' in html(obj, REMOTE_ADDR="10.9.8.7")
    _row, secret = premises.open_station(library.pk, "Máy 1", actor=CLERK)
    _station, carried = premises.pair_station(secret)
    at_station = reader()
    at_station.cookies[STATION_COOKIE] = station_cookie(carried)
    assert 'data-keep="nothing"' in html(obj, client=at_station), "whoever has signed in there"


def test_who_may_not_read_is_told_why_and_what_to_do() -> None:
    """RDR-6."""
    signed = volume(status=Status.PERMITTED, permission=Access.SIGNED)
    write(signed, 1, "không được lộ")
    page = html(signed, "?page=1", status=403)
    assert f"/account/sign-in/?next=%2Fread%2F{signed.public_id}%3Fpage%3D1" in page
    assert "không được lộ" not in page
    assert "/iiif/image/" not in page
    assert "không được lộ" in html(signed, client=reader())
    on_site = volume(status=Status.UNKNOWN)
    assert on_site.library.name in html(on_site, status=403)
    PremisesNetwork.objects.create(library=on_site.library, cidr="10.9.0.0/16")
    assert html(on_site, REMOTE_ADDR="10.9.8.7")
    for part in ("pages.json", "text/1.json", "search.json?q=không", "text/1.alto.xml", "download/pdf"):
        response = Client().get(f"/read/{signed.public_id}/{part}")
        assert response.status_code == 403, part
        assert "lộ" not in response.content.decode()


def test_seats_are_taken_waited_for_and_left() -> None:
    """RDR-6, RGT-7."""
    obj = volume(status=Status.IN_COPYRIGHT, copies_held=1)
    first, second = reader(), reader()
    assert "1 of 1 seats" in html(obj, client=first, status=403)
    seat = f"/read/{obj.public_id}/seat"
    taken = first.post(seat, {"act": "take", "next": f"/read/{obj.public_id}?page=2"})
    assert taken["Location"] == f"/read/{obj.public_id}?page=2"
    assert "Leave the seat" in html(obj, client=first)
    assert second.get(seat)["Location"] == f"/read/{obj.public_id}", "an address alone puts nobody in the queue"
    assert not SeatRequest.objects.exists()
    away = second.post(seat, {"act": "take", "next": "https://elsewhere.example/"})
    assert away["Location"] == f"{seat}?next=%2Fread%2F{obj.public_id}"
    there = second.post(seat, {"act": "take", "next": f"/read/{obj.public_id}?page=2"})["Location"]
    SeatRequest.objects.update(seen_at=timezone.now() - timedelta(seconds=100))
    waiting = second.get(there)  # as the page does by itself
    assert (waiting.status_code, "All seats are taken" in waiting.content.decode()) == (403, True)
    assert f'name="next" value="/read/{obj.public_id}?page=2"' in waiting.content.decode()
    assert SeatRequest.objects.get().seen_at > timezone.now() - timedelta(seconds=50), "the place in the queue is kept"
    assert "0 of 1 seats" in html(obj, client=second, status=403)
    first.post(seat, {"act": "leave"})
    assert second.get(there)["Location"] == f"/read/{obj.public_id}?page=2"
    assert second.post(seat, {"act": "take", "next": "//elsewhere.example/"})["Location"] == f"/read/{obj.public_id}"
    assert ReadingSeat.objects.filter(object=obj).count() == 1
    assert Client().post(seat, {"act": "take"}).status_code == 403


def test_in_a_room_behind_one_address_everybody_needs_a_seat_of_his_own() -> None:
    """RGT-19."""
    obj = volume(status=Status.IN_COPYRIGHT, copies_held=1)
    PremisesNetwork.objects.create(library=obj.library, cidr="10.9.0.0/16")
    seat, room = f"/read/{obj.public_id}/seat", {"REMOTE_ADDR": "10.9.8.7"}
    first, second = Client(**room), Client(**room)
    assert html(obj, client=first, status=403)
    assert first.post(seat, {"act": "take"})["Location"] == f"/read/{obj.public_id}"
    assert "Leave the seat" in html(obj, client=first)
    assert html(obj, client=second, status=403)
    assert second.post(seat, {"act": "take"})["Location"].startswith(seat)
    second.post(seat, {"act": "leave"})
    assert "Leave the seat" in html(obj, client=first), "nobody gives back the seat of another"
    first.post(seat, {"act": "leave"})
    assert not ReadingSeat.objects.exists()


def test_what_is_not_there_and_what_was_taken_down() -> None:
    """RDR-6, RGT-3, RGT-8."""
    hidden = published(make_library(type="armed_forces", particulars=Particulars(closed=True)))
    for part in ("", "/about", "/pages.json", "/text/1.json"):
        assert Client().get(f"/read/{hidden.public_id}{part}").status_code == 404
    obj = volume()
    take_down(obj.public_id, reason="theo yêu cầu", actor=CLERK)
    html(obj, status=410)
    assert Client().get(f"/read/{obj.public_id}/about").status_code == 410


def test_files_are_offered_and_given_where_they_may_be_taken() -> None:
    """RDR-7."""
    obj = volume(download=True)
    write(obj, 1, "văn hóa đọc")
    assert f'href="/read/{obj.public_id}/download/txt"' in html(obj)
    answer = Client().get(f"/read/{obj.public_id}/download/txt")
    assert "attachment" in answer["Content-Disposition"]
    assert "văn hóa đọc" in b"".join(answer.streaming_content).decode()
    assert b"<alto" in Client().get(f"/read/{obj.public_id}/text/1.alto.xml").content
    assert Client().get(f"/read/{obj.public_id}/text/2.alto.xml").status_code == 404
    assert Client().get(f"/read/{obj.public_id}/download/exe").status_code == 404
    kept = volume()
    assert "/download/" not in html(kept)
    assert Client().get(f"/read/{kept.public_id}/download/txt").status_code == 403


def test_the_page_about_it_says_what_it_is_and_how_to_cite_it() -> None:
    """RDR-8."""
    obj = volume(licence="https://creativecommons.org/licenses/by/4.0/")
    DigitalObject.objects.filter(pk=obj.pk).update(description={"creator": ["Nguyễn Văn A"], "date": ["1995"], "x": 7})
    page = Client().get(f"/read/{obj.public_id}/about").content.decode()
    assert "CC BY 4.0" in page
    assert f"Nguyễn Văn A. Địa chí Quảng Ninh. 1995. {obj.library.name}. http://testserver/read/{obj.public_id}" in page
    closed = volume(status=Status.IN_COPYRIGHT, copies_held=0)
    about = Client().get(f"/read/{closed.public_id}/about").content.decode()
    assert "Protected by copyright." in about
    assert "/iiif/image/" not in about


def test_collections_show_what_the_reader_may_know_of() -> None:
    """RDR-8, RGT-3."""
    library = make_library()
    shelf = Collection._default_manager.create(library=library, code="dia-chi", name="Địa chí")
    secret = Collection._default_manager.create(library=library, code="rieng", name="Riêng tư", closed=True)
    for number in range(30):
        published_in(library, shelf, f"Tập {number}", Kind.MAP if number % 3 == 0 else Kind.BOOK)
    published_in(library, secret, "Bí mật", Kind.BOOK)
    restricted = published_in(library, shelf, "Chỉ tại chỗ", Kind.BOOK, Status.UNKNOWN)
    listing = Client().get("/collections/").content.decode()
    assert "Địa chí" in listing
    assert "Riêng tư" not in listing
    with CaptureQueriesContext(connection) as queries:
        page = Client().get("/collections/dia-chi/").content.decode()
    assert len(queries) <= 10
    assert page.count('class="work-tile rd-tile"') == 24
    assert "Chỉ tại chỗ" in page
    assert f"/iiif/image/3/{restricted.public_id}" not in page, "its picture is not for everybody"
    more = page.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    assert Client().get(more).content.decode().count('class="work-tile rd-tile"') == 7
    assert Client().get("/collections/dia-chi/?kind=map").content.decode().count('class="work-tile rd-tile"') == 10
    assert Client().get("/collections/rieng/").status_code == 404
    assert "Bí mật" in reader(library).get("/collections/rieng/").content.decode()


def published_in(
    library: Any, collection: Any, title: str, kind: Kind, status: Status = Status.OFFICIAL
) -> DigitalObject:
    obj = make_object(library, title, pages=1, published_at=timezone.now(), collection=collection, kind=kind)
    give_rights(obj, status)
    return obj


def test_the_page_of_a_publication_leads_to_what_was_digitised_of_it(client: Client, province: Any) -> None:
    """RDR-8, RGT-3."""
    from lienthu.domain.catalog.models import BibRecord
    from lienthu.domain.union.models import Membership

    member = Membership.objects.filter(record__library__closed=False).order_by("cluster_id").first()
    assert member is not None
    record = BibRecord.objects.get(pk=member.record_id)
    obj = make_object(record.library, pages=1, published_at=timezone.now(), record=record)
    give_rights(obj)
    link, page = f'href="/read/{obj.public_id}"', f"/records/{member.cluster_id}/"
    assert link in client.get(page).content.decode()
    assert f'href="{page}"' in client.get(f"/read/{obj.public_id}/about").content.decode()
    assert 'href="/collections/"' in client.get("/").content.decode()
    take_down(obj.public_id, reason="theo yêu cầu", actor=CLERK)
    assert link not in client.get(page).content.decode()


def test_the_record_is_told_with_the_copy_on_the_page_and_on_the_shelf() -> None:
    """WFL-25: what the catalogue knows does not have to be typed again."""
    obj = volume()
    bring(obj.library, book("Địa chí Quảng Ninh", number="1", by="Vũ Văn Hiếu", year=1995, publisher="Thế giới"))
    DigitalObject.objects.filter(pk=obj.pk).update(
        record=held(obj.library, "1"), description={"title": ["廣寧地誌", obj.title], "date": ["1996"]}
    )
    page = Client().get(f"/read/{obj.public_id}/about").content.decode()
    assert f"Vũ Văn Hiếu. Địa chí Quảng Ninh. Thế giới. 1996. {obj.library.name}." in page
    assert "廣寧地誌" in page
    (tile,) = tiles(objects_for(Reader()))
    assert (tile["by"], tile["year"]) == ("Vũ Văn Hiếu", "1996")


def test_the_thousandth_page_is_named_to_scripts_as_a_number(client: Client) -> None:
    """RDR-2: 3000, not "3.000", which a script reads as three; so are the widths between which a browser chooses."""
    obj = published(make_library())
    obj.pages.filter(seq=2).update(seq=3000, width=2200, height=3100)
    said = client.get(f"/read/{obj.public_id}?page=3000", headers={"Accept-Language": "vi"}).content.decode()
    assert 'data-page="3000"' in said
    assert 'data-sheet="3000"' in said
    assert 'data-go="3000"' in said
    assert " 1100w" in said
    assert "3.000" not in said
