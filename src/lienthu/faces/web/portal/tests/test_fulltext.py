"""Full text on the page of results, in the interface and on the command line."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from lienthu.domain.catalog.models import BibRecord
from lienthu.domain.digital.models import DigitalObject
from lienthu.domain.digital.policy import Access, Status
from lienthu.domain.digital.services.erasing import erase
from lienthu.domain.digital.services.publishing import take_down
from lienthu.domain.digital.tests.cast import CLERK
from lienthu.domain.discovery.backends.tantivy.store import IndexStore
from lienthu.domain.discovery.fulltext import engine, indexing
from lienthu.domain.discovery.fulltext import reader as readers
from lienthu.domain.discovery.fulltext.documents import PAGES_VERSION
from lienthu.domain.discovery.fulltext.tests.cast import volume
from lienthu.domain.discovery.services.indexing import documents_of
from lienthu.domain.network.models import Library
from lienthu.domain.network.policy import Role
from lienthu.domain.network.tests.factories import make_person
from lienthu.domain.union.selectors import clusters_of
from lienthu.faces.cli.indexing import catch_up
from lienthu.faces.cli.main import main
from lienthu.faces.protocols.rest import schemas
from lienthu.platform.cost_limit import LIMITER
from lienthu.platform.models import Change

SENTENCE = "Bãi tắm Ti Tốp <b>nằm</b> trên đảo"


def own_index(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """A page index of the test's own: the database of the province is rolled back after a test, an index is not."""
    monkeypatch.setattr(engine.PageWriter.__init__, "__kwdefaults__", {"heap_bytes": 15_000_000})
    for module in (readers, indexing):
        monkeypatch.setattr(module, "store", lambda: IndexStore(folder, PAGES_VERSION))


@pytest.fixture
def volumes(province: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[DigitalObject]:
    """Three volumes in the sample province: open, for people who signed in, and with seats."""
    own_index(monkeypatch, tmp_path / "pages")
    LIMITER.clear()
    library = Library.objects.get(code="VN-QNTV")
    made = [volume(library, ["trang đầu", SENTENCE, *["đảo Ti Tốp"] * 4], "Vịnh ngày xưa", kind="book")]
    allowed = {"permission": Access.SIGNED}
    made.append(volume(library, ["Ti Tốp nhìn từ biển"], "Chỉ bạn đọc", Status.PERMITTED, rights=allowed))
    one = {"copies_held": 1}
    made.append(volume(library, ["Ti Tốp trong tiểu thuyết"], "Một chỗ", Status.IN_COPYRIGHT, rights=one))
    catch_up()
    return made


def page(client: Client, **params: Any) -> str:
    response = client.get("/search/", params)
    assert response.status_code == 200
    return response.content.decode()


def test_titles_and_volumes_stand_in_one_list_and_are_told_apart(client: Client, volumes: list[DigitalObject]) -> None:
    """FTS-10, SEA-25, SEA-27."""
    html = page(client, q="Ti Tốp đảo")
    (entry,) = re.findall(r'<li class="work work--text">(?:.*?</ol>){1}.*?</li>', html, re.DOTALL)
    assert "Tìm thấy trong nội dung" in entry
    assert "Vịnh ngày xưa" in entry
    assert entry.count("<mark>đảo Ti Tốp</mark>") == 2
    assert len(re.findall(rf'href="/read/{volumes[0].public_id}\?page=[3-6]&amp;q=Ti\+T%E1%BB%91p', entry)) == 3
    assert "5 trang có các từ này" in entry
    assert "có trong nội dung 1 bản số hóa" in html
    assert re.search(r'href="/search/\?q=Ti\+T%E1%BB%91p[^"]*&amp;in=text"', html)
    assert "Chỉ bạn đọc" not in html
    assert "work--text" not in page(client, q="truyện kiều")
    assert "work--text" not in page(client, q="tg:Tốp")
    told = [client.get("/search/", {"q": q}).get("Cache-Control", "") for q in ("Ti Tốp", "truyện kiều")]
    assert told == ["private, no-store", ""], "what one reader finds in the texts is kept for nobody"


def test_a_title_with_its_words_in_the_text_too_is_one_entry(client: Client, volumes: list[DigitalObject]) -> None:
    """SEA-25."""
    hit = re.findall(r'class="work__title"><a href="/records/(\d+)/"', page(client, q="truyện kiều"))[0]
    member = next(r for r in BibRecord.objects.filter(membership__cluster=hit, library__closed=False, deleted=False))
    volume(member.library, ["Truyện Kiều của ta"], "Kiều bản khắc", record=member)
    catch_up()
    html = page(client, q="truyện kiều")
    (entry,) = [li for li in html.split('<li class="work') if f'href="/records/{hit}/"' in li]
    assert "Có cả trong nội dung" in entry
    assert "<mark>Truyện Kiều</mark> của ta" in entry
    assert "work--text" not in html
    assert "Kiều bản khắc" not in html, "the one volume of a title goes by the title"
    volume(member.library, ["Truyện Kiều", "Truyện Kiều"], "Kiều bản in", record=member)
    catch_up()
    (entry,) = [li for li in page(client, q="truyện kiều").split('<li class="work') if f'href="/records/{hit}/"' in li]
    assert {"Kiều bản khắc", "Kiều bản in"} <= set(re.findall(r'in-pages__volume"><a[^>]*>([^<]*)</a>', entry))
    assert entry.count('class="found-pages__page"') == 2, "one page of each of several"
    assert entry.count("Mọi chỗ trong tập này") == 1


def test_words_in_texts_alone_lead_to_their_pages(client: Client, volumes: list[DigitalObject]) -> None:
    """SEA-26: the list begins with volumes where no title is found, and says so."""
    html = page(client, q='"bãi tắm Ti Tốp"')
    assert "<mark>Bãi tắm Ti Tốp</mark> &lt;b&gt;nằm&lt;/b&gt; trên đảo" in html
    assert "Các từ này nằm trong nội dung của những bản số hóa sau" in html
    assert html.count('<li class="work work--text">') == 1
    assert 'class="narrow' not in html
    assert "chưa thư viện nào" not in html


def test_all_words_in_a_text_stand_before_titles_with_fewer(client: Client, volumes: list[DigitalObject]) -> None:
    """SEA-26: and what the titles lack is said where they begin."""
    html = page(client, q="bãi tắm Ti Tốp nằm")
    assert (
        html.index("work--text") < html.index('class="results__part">Tài liệu có ít nhất') < html.index('class="work"')
    )
    assert "Không có tài liệu nào đủ cả" not in html


def test_another_order_says_where_the_volumes_are(client: Client, volumes: list[DigitalObject]) -> None:
    """SEA-26."""
    html = page(client, q="đảo", sort="title")
    assert "1 bản số hóa chỉ có các từ này trong nội dung, xếp sau" in html
    assert html.index("Chỉ tìm thấy trong nội dung") > html.rindex('class="work"')


def test_who_asked_too_much_gets_titles_and_is_told(client: Client, volumes: list[DigitalObject]) -> None:
    """SEA-27: the texts cost a search more."""
    LIMITER.take("203.0.113.7", 58.5)
    html = client.get("/search/", {"q": "đảo"}, REMOTE_ADDR="203.0.113.7").content.decode()
    assert "Lần này chỉ tìm trong mục lục" in html
    assert "work--text" not in html
    assert 'class="work"' in html


@pytest.mark.parametrize("params", [{"q": "đảo"}, {"q": "Ti Tốp"}, {"q": "đảo", "library": "VN-QNTV"}])
def test_few_statements_with_texts(
    client: Client, volumes: list[DigitalObject], django_assert_max_num_queries: Any, params: dict[str, str]
) -> None:
    """SEA-27: thirteen for the texts, whatever they find."""
    page(client, **params)
    with django_assert_max_num_queries(21):
        page(client, **params)


def test_the_page_of_full_text_shows_pieces_of_pages_with_marked_words(
    client: Client, volumes: list[DigitalObject]
) -> None:
    """FTS-10."""
    html = page(client, q='"bãi tắm"', **{"in": "text"})
    assert "<mark>Bãi tắm</mark> Ti Tốp &lt;b&gt;nằm&lt;/b&gt; trên đảo" in html
    assert f"/read/{volumes[0].public_id}?page=2&amp;q=%22b%C3%A3i+t%E1%BA%AFm%22" in html
    assert 'name="in" value="text"' in html, "the box goes on searching here"
    assert "6 trang" not in html
    assert "5 trang có các từ này" in page(client, q="ti tốp", **{"in": "text"})
    assert "Không trang số hóa nào mở cho bạn có các từ này" in page(client, q="xyzzyqw", **{"in": "text"})
    assert "Gõ vài từ hoặc một câu" in page(client, **{"in": "text"})


def test_who_signed_in_finds_more_and_reads_without_a_seat_no_word(
    client: Client, volumes: list[DigitalObject]
) -> None:
    """FTS-4."""
    person = make_person("", (Role.READER, Library.objects.get(code="VN-QNTV")))
    client.force_login(person)
    html = page(client, q="Ti Tốp", **{"in": "text"})
    assert "Chỉ bạn đọc" in html
    assert "nhìn từ biển" in html
    assert "Một chỗ" in html
    assert "tiểu thuyết" not in html
    assert "hãy nhận một chỗ đọc" in html


def test_the_interface_answers_as_it_says(client: Client, volumes: list[DigitalObject]) -> None:
    """FTS-10."""
    response = client.get("/api/v1/fulltext", {"q": "ti tốp đảo", "library": "VN-QNTV", "size": "1"})
    assert response["Cache-Control"] == "private, no-store"
    answer = response.json()
    schemas.FulltextOut.model_validate(answer, strict=True)
    assert (answer["total"], answer["pages_total"], answer["volumes"][0]["title"]) == (1, 5, "Vịnh ngày xưa")
    assert any(part["match"] for part in answer["volumes"][0]["best"][0]["snippet"])
    for hostile in ("q=%00", "q=%ff", "page=-1&size=0", "q=" + "%22" * 300, "year_from=x", "kind=%00", "q=a*", "q=-a"):
        assert client.get(f"/api/v1/fulltext?{hostile}").status_code == 200


def test_the_interface_gives_the_one_list_to_who_asks_for_it(client: Client, volumes: list[DigitalObject]) -> None:
    """SEA-25: without ``texts`` nothing has changed."""
    plain = client.get("/api/v1/search", {"q": "đảo", "size": "4"})
    assert not {"text_hits", "texts"} & set(plain.json())
    assert not {"place", "volumes"} & set(plain.json()["hits"][0])
    assert "Cache-Control" not in plain
    response = client.get("/api/v1/search", {"q": "đảo", "size": "4", "texts": "1"})
    assert response["Cache-Control"] == "private, no-store"
    answer = response.json()
    schemas.SearchOut.model_validate(answer, strict=True)
    assert [(v["title"], v["place"]) for v in answer["text_hits"]] == [("Vịnh ngày xưa", 3)]
    assert [hit["place"] for hit in answer["hits"]] == [1, 2, 4]
    assert answer["texts"]["entries"] == answer["total"] + 1 == plain.json()["total"] + 1
    assert client.get("/api/v1/search", {"q": "tg:a", "texts": "1"}).json().keys() == plain.json().keys()


def test_the_command_finds_what_a_visitor_finds(
    volumes: list[DigitalObject], capsys: pytest.CaptureFixture[str]
) -> None:
    """FTS-10."""
    assert main(["search", "--fulltext", "--json", "Ti Tốp"]) == 0
    answer = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert [v["title"] for v in answer["volumes"]] == ["Vịnh ngày xưa"]
    assert main(["search", "--fulltext", "bãi tắm"]) == 0
    assert "Bãi tắm Ti Tốp" in capsys.readouterr().out
    assert main(["search", "--texts", "--json", "đảo"]) == 0
    assert [v["place"] for v in json.loads(capsys.readouterr().out.splitlines()[-1])["text_hits"]] == [3]
    assert main(["search", "--texts", "đảo"]) == 0
    assert "“ Vịnh ngày xưa, VN-QNTV" in capsys.readouterr().out


def test_without_an_index_of_pages_the_catalogue_is_searched(
    client: Client, province: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """FTS-10."""
    LIMITER.clear()
    own_index(monkeypatch, tmp_path / "none")
    assert "Truyện Kiều" in page(client, q="truyện kiều")
    response = client.get("/search/", {"q": "truyện", "in": "text"})
    assert response.status_code == 503
    assert "Đang dựng chỉ mục các trang" in response.content.decode()


def test_a_record_says_that_it_can_be_read_online(client: Client, province: Any, volumes: list[DigitalObject]) -> None:
    """FTS-11: on its page for whoever may know of it, and in the facet for what anybody may read."""
    record = BibRecord.objects.filter(library__code="VN-QNTV", deleted=False).order_by("pk")[0]
    cluster = clusters_of([record.pk])[record.pk]
    (before,) = documents_of([cluster])
    assert "Bản số hóa" not in client.get(f"/records/{cluster}/").content.decode()
    DigitalObject.objects.filter(pk__in=[o.pk for o in volumes]).update(record=record)
    shown = client.get(f"/records/{cluster}/")
    assert shown["Cache-Control"] == "private, no-cache"
    html = shown.content.decode()
    assert f'class="btn btn--primary" href="/read/{volumes[0].public_id}"' in html
    assert "dành cho bạn đọc đã đăng nhập" in html
    (after,) = documents_of([cluster])
    assert (before.facets["online"], after.facets["online"]) == ([], ["online"])
    Change.objects.all().delete()
    take_down(volumes[0].public_id, reason="x", actor=CLERK)
    take_down(volumes[1].public_id, reason="x", actor=CLERK)
    take_down(volumes[2].public_id, reason="x", actor=CLERK)
    assert "Bản số hóa" not in client.get(f"/records/{cluster}/").content.decode()
    with indexing.PageIndexer() as indexer:
        assert indexer.acquire()
        indexer.drain()
    assert Change.objects.filter(topic="cluster.changed", key=cluster, consumer="discovery").exists()
    (gone,) = documents_of([cluster])
    assert gone.facets["online"] == []


def test_a_record_hears_also_after_an_indexer_that_was_killed(
    province: Any, volumes: list[DigitalObject], monkeypatch: pytest.MonkeyPatch
) -> None:
    """FTS-11: the page index was committed, the news was not."""
    record = BibRecord.objects.filter(library__code="VN-QNTV", deleted=False).order_by("pk")[0]
    cluster = clusters_of([record.pk])[record.pk]
    DigitalObject.objects.filter(pk=volumes[0].pk).update(record=record)
    take_down(volumes[0].public_id, reason="x", actor=CLERK)

    def dies(*_: Any) -> None:
        raise KeyboardInterrupt

    with indexing.PageIndexer() as indexer:
        assert indexer.acquire()
        with monkeypatch.context() as killed:
            killed.setattr(indexing, "touch_records", dies)
            with pytest.raises(KeyboardInterrupt):
                indexer.drain()
        Change.objects.filter(topic="cluster.changed").delete()
        indexer.drain()
    assert Change.objects.filter(topic="cluster.changed", key=cluster, consumer="discovery").exists()


def test_a_record_hears_of_a_volume_that_was_erased(
    province: Any, volumes: list[DigitalObject], settings: Any, tmp_path: Path
) -> None:
    """FTS-11, PRS-13: the record is known though the volume is gone."""
    settings.DIGITAL_DIR = tmp_path / "digital"
    record = BibRecord.objects.filter(library__code="VN-QNTV", deleted=False).order_by("pk")[0]
    cluster = clusters_of([record.pk])[record.pk]
    DigitalObject.objects.filter(pk=volumes[0].pk).update(record=record)
    (before,) = documents_of([cluster])
    erase(volumes[0].public_id, reason="Bản án 12/2026", actor=CLERK)
    with indexing.PageIndexer() as indexer:
        assert indexer.acquire()
        indexer.drain()
    assert Change.objects.filter(topic="cluster.changed", key=cluster, consumer="discovery").exists()
    (after,) = documents_of([cluster])
    assert (before.facets["online"], after.facets["online"]) == (["online"], [])
