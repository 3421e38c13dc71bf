"""The board and the list of titles: cards moved where they stand, filters, parts, files."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from lienthu.domain.digital.models import DigitalObject, Project
from lienthu.domain.digital.tests.cast import make_object
from lienthu.domain.network.models import Library
from lienthu.faces.web.staff.digital.views import titles as titles_view
from lienthu.platform.models import User

pytestmark = pytest.mark.django_db
BOARD, TITLES = reverse("staff_digital:board"), reverse("staff_digital:titles")


def act(who: Client, obj: DigitalObject, **said: Any) -> Any:
    return who.post(reverse("staff_digital:card", args=[obj.public_id]), said)


def test_a_card_is_moved_taken_and_given_out_where_it_stands(librarian: Client, admin: Client, home: Library) -> None:
    """WFL-9, WFL-19."""
    obj = make_object(home, "Hương ước <i>làng</i>", stage="scanned")
    offered = librarian.get(reverse("staff_digital:card", args=[obj.public_id])).content.decode()
    assert 'name="reason"' in offered
    told = act(librarian, obj, act="move").json()
    assert (told["stage"], "&lt;i&gt;" in told["card"]) == ("checked", True)
    refused = act(librarian, obj, act="move", to="planned")
    assert (refused.status_code, refused.json()["code"]) == (422, "step-refused")
    assert "Trang 3 mờ" in act(librarian, obj, act="move", to="planned", reason="Trang 3 mờ").json()["card"]
    act(librarian, obj, act="take")
    obj.refresh_from_db()
    me = User.objects.get(username="hoa")
    assert (obj.assignee, obj.stage) == (me, "planned")
    assert act(admin, obj, act="take").status_code == 409, "who has no role in the library does not digitise there"
    late = timezone.localdate() - timedelta(days=1)
    told = act(librarian, obj, act="assign", assignee=me.pk, due=late.isoformat(), priority=2).json()
    assert "board__due--late" in told["card"]
    assert "Urgency" in act(librarian, obj, act="assign", priority="x").json()["message"]
    assert act(librarian, obj, act="burn").status_code == 409


def test_the_board_filters_and_goes_on(librarian: Client, home: Library, monkeypatch: Any) -> None:
    """WFL-19: without scripts further cards are a page, with them a piece of one."""
    for n in range(33):
        make_object(home, f"Tập {n:02d}", pages=0)
    first = librarian.get(BOARD).content.decode()
    assert first.count("data-card=") == 30
    more = first.split("data-more")[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    part = librarian.get(f"{BOARD}{more}&part=1").content.decode()
    assert (part.count("data-card="), "<html" in part, "data-more" in part) == (3, False, False)
    page = librarian.get(f"{BOARD}{more}").content.decode()
    assert (page.count("data-card="), "<html" in page) == (3, True)
    assert "Tập 07" in librarian.get(BOARD, {"q": "07"}).content.decode()
    none = librarian.get(BOARD, {"q": "07", "only": "returned"}).content.decode()
    assert "No title fits" in none
    for strange in ({"only": "x"}, {"list": "x"}, {"project": "x"}, {"stage": "x"}, {"stage": "planned", "after": "x"}):
        assert librarian.get(BOARD, strange).status_code == 200


def test_titles_are_listed_in_parts(librarian: Client, stranger: Client, home: Library, monkeypatch: Any) -> None:
    """WFL-18."""
    project = Project.objects.create(library=home, code="q", name="Sách quý", scope="rare", declared_titles=10)
    for n in range(5):
        make_object(home, f"Tập {n}", project=project, stage="checked")
    monkeypatch.setattr(titles_view, "_PAGE", 2)
    seen, where = [], f"{TITLES}?list=rare"
    while where:
        page = librarian.get(where).content.decode()
        assert "50 %" in page
        seen += [f"Tập {n}" for n in range(5) if f">Tập {n}</a>" in page]
        where = (
            TITLES + page.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
            if 'rel="next"' in page
            else ""
        )
    assert seen == [f"Tập {n}" for n in range(5)]
    assert "Sách quý" in librarian.get(TITLES, {"project": project.pk}).content.decode()
    assert "Tập" not in librarian.get(TITLES, {"stage": "planned"}).content.decode()
    for where in (f"{TITLES}?list=rare", f"{TITLES}?project={project.pk}"):
        strangers = stranger.get(where).content.decode()
        assert "Tập" not in strangers
        assert "<h1>Sách quý</h1>" not in strangers


def test_the_whole_list_is_taken_along(librarian: Client, home: Library, monkeypatch: Any) -> None:
    """WFL-18."""
    project = Project.objects.create(library=home, code="q", name="Sách quý", scope="rare")
    for title in ("=SUM(1)", "Hương ước", "Gia phả họ Vũ"):
        make_object(home, title, project=project, due=timezone.localdate() - timedelta(days=2))

    def taken(kind: str, **filters: Any) -> bytes:
        answer = librarian.get(reverse("staff_digital:titles_file", args=[kind]), filters)
        assert answer.status_code == 200
        return b"".join(answer) if answer.streaming else answer.content

    rows = list(csv.reader(io.StringIO(taken("csv").decode("utf-8-sig"))))
    assert [row[0] for row in rows[1:]] == ["'=SUM(1)", "Hương ước", "Gia phả họ Vũ"]
    assert dict(zip(rows[0], rows[2], strict=True))["Late"] == "late"
    monkeypatch.setitem(titles_view._WRITERS, "xlsx", (2, range(13), titles_view.to_xlsx))
    book = load_workbook(io.BytesIO(taken("xlsx", list="rare")))
    told = [str(value) for sheet in book for row in sheet.iter_rows(values_only=True) for value in row if value]
    assert "Hương ước" in told
    assert "=SUM(1)" in told
    assert "Gia phả họ Vũ" not in told
    assert any(value.startswith("The first 2 of 3") for value in told), "a file that ends early says so"
    assert "not declared" in told
    assert taken("pdf", list="rare").startswith(b"%PDF")
    assert librarian.get(reverse("staff_digital:titles_file", args=["exe"])).status_code == 404
