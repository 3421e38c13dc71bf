"""The other pages about an object, the board and projects: what they show, write and refuse."""

from __future__ import annotations

import json
import re
import zlib
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.urls.resolvers import URLPattern
from django.utils import timezone

from lienthu.domain.catalog.tests.cast import book, bring, held
from lienthu.domain.digital.models import Collection, DigitalObject, Page, PageText, PageWork, Project, RightsRecord
from lienthu.domain.digital.services.texts import set_text
from lienthu.domain.digital.tests.cast import CLERK, make_object
from lienthu.domain.discovery.fulltext.tests.cast import typeset
from lienthu.domain.network.models import Library
from lienthu.domain.network.policy import Permission
from lienthu.domain.network.services.libraries import Particulars
from lienthu.domain.network.tests.factories import make_library
from lienthu.faces.web.staff.digital import urls
from lienthu.foundation.pagetext.model import Block, Line, Word
from lienthu.foundation.pagetext.model import PageText as Written

pytestmark = pytest.mark.django_db
NO_WORDS = zlib.compress(orjson.dumps(Written(1000, 1400, ()).to_json()))
LAW = {"status": "official", "basis": "Luật SHTT, điều 15", "basis_date": "2005-11-29"}


@pytest.fixture
def obj(home: Library) -> DigitalObject:
    made = make_object(home, "Địa chí Quảng Ninh", pages=2, stage="scanned")
    words = (Word("Quảng", 10, 10, 80, 20, 95), Word("Nính", 100, 10, 60, 20, 40))
    text = Written(1000, 1400, (Block((Line(words),)),), ("vie",), "ocr", "t")
    set_text(made.pages.get(seq=1), text, actor=CLERK)
    return made


def url(name: str, obj: DigitalObject, *more: Any) -> str:
    return reverse(f"staff_digital:{name}", args=[obj.public_id, *more])


def test_every_view_declares_its_permission_and_asks_whose_object_it_is(
    stranger: Client, editor: Client, client: Client, obj: DigitalObject
) -> None:
    for pattern in urls.urlpatterns:
        assert isinstance(pattern, URLPattern)
        assert isinstance(getattr(pattern.callback, "staff_permission", None), Permission), pattern.name
        if "public_id" not in str(pattern.pattern):
            continue
        where = url(str(pattern.name), obj, *([1] if "seq" in str(pattern.pattern) else []))
        for who, allowed in ((stranger, {403, 404, 405}), (editor, {403, 405}), (client, {302, 405})):
            assert who.get(where).status_code in allowed, pattern.name
            assert who.post(where).status_code in allowed, pattern.name


@pytest.mark.parametrize(
    "name", ["object", "pages", "pages_data", "quality", "texts", "describe", "rights", "making", "pages_waiting"]
)
def test_a_page_about_an_object_asks_no_more_of_a_large_volume(
    name: str, manager: Client, home: Library, django_assert_max_num_queries: Any
) -> None:
    """WFL-8: what is shown of 60 pages takes as many statements as of 3."""
    small, large = (make_object(home, f"Địa chí {n}", pages=n, stage="scanned") for n in (3, 60))
    for made in (small, large):
        PageText.objects.bulk_create(
            PageText(
                page=page, number=1, source="ocr", text="x", content=NO_WORDS, words=1, confidence=50 + page.seq % 7
            )
            for page in made.pages.all()
        )
    with CaptureQueriesContext(connection) as asked:
        assert manager.get(url(name, small)).status_code == 200
    with django_assert_max_num_queries(len(asked)):
        assert manager.get(url(name, large)).status_code == 200


def test_the_text_page_knows_its_neighbours(manager: Client, home: Library) -> None:
    """The most doubtful page first; without any, the first; before and after it what can be read."""
    made = make_object(home, "Địa chí", pages=5, stage="scanned")
    made.pages.filter(seq=2).update(state="failed")
    shown = manager.get(url("texts", made)).context
    assert (shown["page"].seq, shown["before"], shown["after"].seq, shown["place"], shown["number"]) == (
        1,
        None,
        3,
        1,
        4,
    )
    shown = manager.get(url("texts", made) + "?page=3").context
    assert (shown["page"].seq, shown["before"].seq, shown["after"].seq, shown["place"]) == (3, 1, 4, 2)
    shown = manager.get(url("texts", made) + "?page=5").context
    assert (shown["page"].seq, shown["before"].seq, shown["after"], shown["place"]) == (5, 4, None, 4)
    for strange in ("2", "9", "99999999999", "x"):
        assert manager.get(url("texts", made) + f"?page={strange}").context["page"].seq == 1
    PageText.objects.create(
        page=made.pages.get(seq=4), number=1, source="ocr", text="x", content=b"", words=1, confidence=9
    )
    assert manager.get(url("texts", made)).context["page"].seq == 4


@pytest.mark.parametrize("name", ["object", "pages", "quality", "texts", "describe", "rights"])
def test_every_page_about_an_object_opens(name: str, librarian: Client, manager: Client, obj: DigitalObject) -> None:
    for who in (librarian, manager):
        answer = who.get(url(name, obj))
        assert answer.status_code == 200
        assert obj.title in answer.content.decode()


def test_the_manager_records_rights_sees_what_follows_and_publishes(manager: Client, obj: DigitalObject) -> None:
    """RGT-1, RGT-8."""
    first = manager.get(url("rights", obj)).content.decode()
    assert "Record the rights first" in first
    assert manager.post(url("rights", obj), {"status": "permitted", "basis": "x"}).status_code == 422
    bad = {**LAW, "licence": "javascript:alert(1)"}
    assert manager.post(url("rights", obj), bad).status_code == 422
    assert manager.post(url("rights", obj), LAW).status_code == 302
    shown = manager.get(url("rights", obj)).content.decode()
    assert "Open to everybody" in shown
    assert "điều 15" in shown
    manager.post(url("publish", obj))
    obj.refresh_from_db()
    assert (obj.stage, obj.published_at is not None) == ("published", True)
    manager.post(url("take_down", obj), {"reason": ""})
    obj.refresh_from_db()
    assert not obj.taken_down, "no reason, no take-down"
    manager.post(url("take_down", obj), {"reason": "Gia đình yêu cầu"})
    assert "Gia đình yêu cầu" in manager.get(url("rights", obj)).content.decode()
    for name in ("lift", "withdraw"):
        assert "Say why" in manager.post(url(name, obj), {"reason": " "}, follow=True).content.decode()
    obj.refresh_from_db()
    assert (obj.taken_down, obj.published_at is not None) == (True, True), "no reason, no way back"
    manager.post(url("lift", obj), {"reason": "Đã thống nhất"})
    manager.post(url("withdraw", obj), {"reason": "Sửa mô tả"})
    obj.refresh_from_db()
    assert (obj.taken_down, obj.published_at, obj.stage) == (False, None, "described")


def test_a_librarian_looks_at_rights_and_decides_nothing(librarian: Client, obj: DigitalObject) -> None:
    assert "decided by the manager" in librarian.get(url("rights", obj)).content.decode()
    assert librarian.post(url("rights", obj), LAW).status_code == 403
    for name in ("publish", "withdraw", "take_down", "lift"):
        assert librarian.post(url(name, obj), {"reason": "x"}).status_code == 403
    assert not RightsRecord.objects.exists()


def test_an_object_is_described_assigned_and_moved(librarian: Client, obj: DigitalObject) -> None:
    """WFL-9, WFL-15."""
    said = {"title": "Địa chí", "kind": "book", "languages": ["vie"], "creator": "A\nB", "version": obj.version}
    assert librarian.post(url("describe", obj), said).status_code == 302
    late = librarian.post(url("describe", obj), said)
    assert late.status_code == 422
    obj.refresh_from_db()
    assert obj.description == {"creator": ["A", "B"]}
    due = timezone.localdate() + timedelta(days=3)
    librarian.post(url("assign", obj), {"due": due.isoformat(), "priority": 3})
    librarian.post(url("step", obj), {"to": "checked"})
    obj.refresh_from_db()
    assert (obj.due, obj.priority, obj.stage) == (due, 3, "checked")
    librarian.post(url("step", obj), {"to": "planned", "reason": "Trang 2 mờ"})
    assert "Trang 2 mờ" in librarian.get(url("object", obj)).content.decode()
    assert "Trang 2 mờ" in librarian.get(reverse("staff_digital:board")).content.decode()


def test_words_are_corrected_through_the_script(librarian: Client, obj: DigitalObject) -> None:
    """WFL-12."""
    data = librarian.get(url("text_data", obj, 1)).json()
    assert data["blocks"][0][0][1] == ["Nính", 100, 10, 60, 20, 40]
    data["blocks"][0][0][1] = ["Ninh", 100, 10, 60, 20, 100]

    def save(**asked: Any) -> Any:
        return librarian.post(url("text_save", obj, 1), json.dumps(asked), content_type="application/json")

    assert save(blocks=data["blocks"], seen=data["seen"]).json() == {"seen": 2, "words": 2}
    assert save(blocks=data["blocks"], seen=1).status_code == 409
    for wrong in ("x", [["x"]], [[["x"]]], [[[["x", 1, 1, 1, "1", 1]]]], [[[["x", -1, 1, 1, 1, 1]]]], None):
        assert save(blocks=wrong, seen=2).status_code == 422, wrong
    assert PageText.objects.get(current=True).text == "Quảng Ninh"
    librarian.post(url("text_revert", obj, 1), {"number": "1"})
    assert PageText.objects.get(current=True).text == "Quảng Nính"
    assert librarian.get(url("text_data", obj, 99)).status_code == 404


def test_layers_are_written_line_by_line(librarian: Client, obj: DigitalObject) -> None:
    """WFL-13."""
    where = f"{url('texts', obj)}?page=2&mode=layers"
    assert librarian.get(where).status_code == 200
    said = {
        "box": ["0,100,1000,90", "0,200,1000,90"], "original": ["南國山河", ""], "seen": "",
        "transcription": ["Nam quốc sơn hà", "câu hai"], "translation": ["", "Câu thứ hai"],
    }  # fmt: skip
    librarian.post(url("text_save", obj, 2), said)
    assert PageText.objects.filter(page__seq=2).count() == 3
    assert "Nam quốc sơn hà" in librarian.get(where).content.decode()
    librarian.post(url("text_save", obj, 2), {**said, "box": ["x"]})
    librarian.post(url("text_save", obj, 2), {**said, "box": ["0,1,2,3"]})
    assert PageText.objects.filter(page__seq=2).count() == 3


def test_quality_shows_problems_first_and_measures_again(librarian: Client, obj: DigitalObject) -> None:
    """WFL-14."""
    page = obj.pages.get(seq=2)
    page.quality = {"dpi": 90, "sharpness": 800, "skew_degrees": 0.1, "blank": False, "dhash": "00ff"}
    page.save()
    shown = librarian.get(url("quality", obj)).content.decode()
    assert "resolution too low" in shown
    assert f"?page={page.seq}" in shown
    assert "No findings" in librarian.get(url("quality", obj) + "?only=blur").content.decode()
    librarian.post(url("quality_again", obj))
    assert PageWork.objects.filter(stage="picture", state="waiting").count() == 0, "pages without a file stay"


def test_a_project_is_set_up_and_its_titles_are_planned(
    librarian: Client, stranger: Client, admin: Client, home: Library, tmp_path: Path
) -> None:
    """WFL-10: a folder of the server is the administrator's to name; WFL-16."""
    new = reverse("staff_digital:project_new")
    said = {"code": "dia-chi", "library": home.pk, "name": "Địa chí", "scope": "local_history", "profile": "document",
            "languages": ["vie"], "declared_titles": "4", "watched_folder": "/etc"}  # fmt: skip
    assert stranger.post(new, said).status_code == 403
    assert librarian.post(new, said).status_code == 302
    project = Project.objects.get()
    assert project.watched_folder == ""
    plan = reverse("staff_digital:project_plan", args=[project.pk])
    assert librarian.post(plan, {"records": "99999999"}).status_code == 422
    assert librarian.post(plan, {}).status_code == 422
    lines = 'Địa chí Cẩm Phả;Nguyễn Văn A;1990\n"Vịnh; đảo"\n\n'
    assert librarian.post(plan, {"lines": lines}).status_code == 302
    made = list(DigitalObject.objects.order_by("id").values_list("title", "description"))
    assert made == [("Địa chí Cẩm Phả", {"creator": ["Nguyễn Văn A"], "date": ["1990"]}), ("Vịnh; đảo", {})]
    shown = librarian.get(reverse("staff_digital:projects")).content.decode()
    assert "50 %" in shown
    edit = reverse("staff_digital:project", args=[project.pk])
    assert stranger.get(edit).status_code == 404
    assert admin.post(edit, {**said, "declared_titles": ""}).status_code == 302
    project.refresh_from_db()
    assert project.watched_folder == "/etc"
    Project.objects.filter(pk=project.pk).update(watched_folder=str(tmp_path))
    needs_a_look = "The watched folder needs a look"
    assert needs_a_look not in librarian.get(reverse("staff_digital:projects")).content.decode()
    (tmp_path / "trang <1>.tif").write_bytes(b"x")
    shown = librarian.get(reverse("staff_digital:projects")).content.decode()
    assert needs_a_look in shown
    assert "1 file lies loose in it and is not taken in (trang &lt;1&gt;.tif)." in shown
    assert "50 %" not in librarian.get(reverse("staff_digital:projects")).content.decode()


def test_nothing_is_told_of_closed_libraries_and_collections(
    librarian: Client, admin: Client, home: Library, obj: DigitalObject
) -> None:
    """RGT-3: neither titles of records by guessing their numbers, nor names of collections to choose from."""
    barracks = make_library(type="armed_forces", particulars=Particulars(closed=True))
    bring(barracks, book("Sổ tay kín", number="1"))
    bring(home, book("Than và người", number="2"))
    secret, known = held(barracks, "1").pk, held(home, "2").pk
    Collection.objects.create(library=home, code="kin", name="Bộ sưu tập kín", closed=True)
    project = Project.objects.create(library=home, code="du-an", name="Dự án")
    plan = reverse("staff_digital:project_plan", args=[project.pk])
    for who in (librarian, admin):
        shown = who.get(f"{reverse('staff_digital:upload')}?record={secret}")
        assert "Sổ tay kín" not in shown.content.decode()
        assert who.post(plan, {"records": f"{known} {secret}"}).status_code == 422
        said = {"title": "x", "record": secret, "kind": "book", "languages": ["vie"], "version": obj.version}
        assert who.post(url("describe", obj), said).status_code == 422
    assert "Bộ sưu tập kín" in librarian.get(url("describe", obj)).content.decode()
    for where in (url("describe", obj), reverse("staff_digital:project_new")):
        assert "Bộ sưu tập kín" not in admin.get(where).content.decode()
    assert librarian.post(plan, {"records": f"{known}"}).status_code == 302
    assert project.volumes.get().title == "Than và người"


def test_what_the_title_page_says_is_offered_and_kept_only_when_saved(librarian: Client, obj: DigitalObject) -> None:
    """DIG-9."""
    lines = ["ĐỊA CHÍ QUẢNG NINH", "NHÀ XUẤT BẢN THẾ GIỚI", "Hà Nội - 2003"]
    set_text(Page.objects.get(object=obj, seq=1), typeset("\n".join(lines)), actor=CLERK)
    page = librarian.get(url("describe", obj)).content.decode()
    offered = re.findall(r'name="use" value="(\d+)"', page)
    assert offered
    form = librarian.get(url("describe", obj), {"use": offered}).content.decode()
    assert "2003" in form
    assert "Hà Nội : NHÀ XUẤT BẢN THẾ GIỚI" in form
    obj.refresh_from_db()
    assert not obj.description
    assert librarian.get(url("describe", obj), {"use": ["x", "999"]}).status_code == 200


def test_numbers_of_licence_and_deposit_are_offered(librarian: Client, obj: DigitalObject) -> None:
    """DIG-9."""
    lines = ["In xong và nộp lưu chiểu quý III năm 1977", "Giấy phép xuất bản số 123-2010/CXB/45-67/VH"]
    set_text(Page.objects.get(object=obj, seq=1), typeset("\n".join(lines)), actor=CLERK)
    page = librarian.get(url("describe", obj)).content.decode()
    form = librarian.get(url("describe", obj), {"use": re.findall(r'name="use" value="(\d+)"', page)}).content.decode()
    assert "Nộp lưu chiểu: quý III năm 1977" in form
    assert "Giấy phép xuất bản: 123-2010/CXB/45-67/VH" in form


def test_saving_a_description_loses_nothing_that_the_form_does_not_show(librarian: Client, obj: DigitalObject) -> None:
    """WFL-15: type, format, language and rights stay; other titles can be written."""
    own = {
        "title": ["南國山河", obj.title], "language": ["lzh"], "type": ["Text"], "format": ["2 tờ"], "rights": ["x"],
        "creator": ["Lý Thường Kiệt"],
    }  # fmt: skip
    DigitalObject.objects.filter(pk=obj.pk).update(description=own)
    shown = librarian.get(url("describe", obj)).content.decode()
    assert "南國山河" in shown
    assert f"{obj.title}\n" not in shown.partition('name="other_titles"')[2].partition("</textarea>")[0]
    said = {"title": obj.title, "kind": "book", "languages": ["vie"], "version": obj.version}
    said |= {"other_titles": "南國山河\nNước Nam", "creator": "Lý Thường Kiệt"}
    assert librarian.post(url("describe", obj), said).status_code == 302
    obj.refresh_from_db()
    assert obj.description == {**own, "title": ["南國山河", "Nước Nam"]}


def test_what_the_record_says_is_shown_beside_the_fields(librarian: Client, obj: DigitalObject, home: Library) -> None:
    """WFL-25."""
    bring(home, book("Địa chí Quảng Ninh", number="1", by="Nguyễn <b>Văn</b> A"))
    DigitalObject.objects.filter(pk=obj.pk).update(record=held(home, "1"))
    shown = librarian.get(url("describe", obj)).content.decode()
    assert "From the record: Nguyễn &lt;b&gt;Văn&lt;/b&gt; A" in shown
