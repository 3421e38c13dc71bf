"""The page editor as its script meets it: data, acts, refusals."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from lienthu.domain.digital.models import Collection, DigitalObject
from lienthu.domain.digital.tests.cast import make_object
from lienthu.domain.network.models import Library

pytestmark = pytest.mark.django_db


@pytest.fixture
def volume(home: Library) -> DigitalObject:
    return make_object(home, pages=5)


def url(name: str, obj: DigitalObject) -> str:
    return reverse(f"staff_digital:{name}", args=[obj.public_id])


def act(client: Client, obj: DigitalObject, **asked: Any) -> Any:
    obj.refresh_from_db()
    asked.setdefault("seen", obj.pages_version)
    return client.post(url("pages_act", obj), json.dumps(asked), content_type="application/json")


def test_an_act_answers_with_what_changed_and_can_be_undone(librarian: Client, volume: DigitalObject) -> None:
    data = librarian.get(url("pages_data", volume)).json()
    assert [row[0] for row in data["pages"]] == [1, 2, 3, 4, 5]
    moved = act(librarian, volume, act="move", seqs=[4], before=1).json()
    assert (moved["order"], moved["pages"], moved["undo"]) == ([4, 1, 2, 3, 5], [], "1 page moved")
    numbered = act(librarian, volume, act="number", seqs=[4, 1], scheme="front", start=1).json()
    assert [(row[0], row[1]) for row in numbered["pages"]] == [(4, "i"), (1, "ii")]
    contents = [{"title": "Chương 1", "level": 1, "page": 2, "issued": ""}]
    assert act(librarian, volume, act="contents", entries=contents).json()["contents"] == contents
    for _ in range(3):
        undone = act(librarian, volume, act="undo")
    assert undone.json()["order"] == [1, 2, 3, 4, 5]
    assert act(librarian, volume, act="undo").status_code == 409


def test_what_changed_meanwhile_is_told(librarian: Client, volume: DigitalObject) -> None:
    """WFL-3."""
    act(librarian, volume, act="move", seqs=[4], before=1)
    late = act(librarian, volume, act="close", seqs=[1], seen=1)
    assert (late.status_code, late.json()["code"]) == (409, "conflict")


@pytest.mark.parametrize("asked", [
    {}, {"act": "nonsense"}, {"act": "move"}, {"act": "move", "seqs": "1"}, {"act": "move", "seqs": [True]},
    {"act": "move", "seqs": [2**40], "before": None}, {"act": "rotate", "seqs": [1], "degrees": 12},
    {"act": "rotate", "seqs": [1], "degrees": "90"}, {"act": "split", "seqs": [1], "percent": 50},
    {"act": "missing", "after": 1, "count": 10**6}, {"act": "number", "seqs": [1], "scheme": "x", "start": 1},
    {"act": "number", "seqs": [1], "scheme": "plates", "start": 1, "prefix": "x" * 50},
    {"act": "contents", "entries": [{"title": "x", "level": 9}]}, {"act": "contents", "entries": "x"},
    {"act": "contents", "entries": [{"title": "x", "level": 1, "issued": "hôm qua"}]},
    {"act": "move", "seqs": [1], "before": None, "seen": "1"},
])  # fmt: skip
def test_what_cannot_be_is_refused_with_a_sentence(
    asked: dict[str, Any], librarian: Client, volume: DigitalObject
) -> None:
    answer = act(librarian, volume, **asked)
    assert answer.status_code == 422, answer.content
    assert answer.json()["message"]
    assert [row[0] for row in librarian.get(url("pages_data", volume)).json()["pages"]] == [1, 2, 3, 4, 5]


def test_no_json_is_refused_too(librarian: Client, volume: DigitalObject) -> None:
    for body in ("", "[]", "{", '"x"', "\x00"):
        answer = librarian.post(url("pages_act", volume), body, content_type="application/json")
        assert answer.status_code == 422


def test_a_numbering_is_shown_before_it_is_given(librarian: Client, volume: DigitalObject) -> None:
    """WFL-6."""
    asked = {"scheme": "folios", "start": 3, "sides": "rv", "count": 9}
    answer = librarian.post(url("pages_preview", volume), json.dumps(asked), content_type="application/json")
    assert answer.json() == {"first": ["3r", "3v", "4r", "4v", "5r", "5v"], "last": "7r"}


def test_only_the_people_of_the_library_get_in(
    librarian: Client, stranger: Client, admin: Client, editor: Client, volume: DigitalObject, home: Library
) -> None:
    """RGT-3: what is hidden looks like what is not there."""
    for name in ("object", "pages", "pages_data", "pages_waiting"):
        assert librarian.get(url(name, volume)).status_code == 200, name
        assert admin.get(url(name, volume)).status_code == 200, name
        assert stranger.get(url(name, volume)).status_code in (403, 404), name
        assert editor.get(url(name, volume)).status_code == 403, name
    assert act(stranger, volume, act="remove", seqs=[1]).status_code in (403, 404)
    volume.collection = Collection.objects.create(library=home, code="kin", name="Kín", closed=True)
    volume.save()
    assert librarian.get(url("pages", volume)).status_code == 200
    assert admin.get(url("pages", volume)).status_code == 404
    assert volume.title not in admin.get(reverse("staff_digital:board")).content.decode()
    assert volume.title in librarian.get(reverse("staff_digital:board")).content.decode()
    assert librarian.get(reverse("staff_digital:object", args=["khongcogiday"])).status_code == 404


def test_the_data_of_many_pages_take_few_queries(
    librarian: Client, home: Library, django_assert_max_num_queries: Any
) -> None:
    """WFL-8."""
    obj = make_object(home, pages=400)
    with django_assert_max_num_queries(16):
        librarian.get(url("pages_data", obj))
    with django_assert_max_num_queries(35):
        act(librarian, obj, act="move", seqs=[400], before=1)


def test_what_the_editor_is_told_of_many_pages_is_packed(librarian: Client, home: Library) -> None:
    """WFL-8: all pages of a large volume are 350 KB, and what waits is asked again and again."""
    obj = make_object(home, pages=400)
    obj.pages.update(state="waiting")
    for name in ("pages_data", "pages_waiting"):
        answer = librarian.get(url(name, obj), headers={"Accept-Encoding": "gzip"})
        assert answer.headers["Content-Encoding"] == "gzip"
    assert len(librarian.get(url("pages_data", obj)).json()["pages"]) == 400
