"""Search inside one object."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from lienthu.domain.digital import access, policy
from lienthu.domain.digital.models import Layer, Page, ReadingSeat
from lienthu.domain.digital.policy import Reader, Status
from lienthu.domain.discovery.fulltext.inside import hits_in
from lienthu.domain.discovery.fulltext.tests.cast import pages_of, volume, write
from lienthu.domain.network.tests.factories import make_library

pytestmark = pytest.mark.django_db

VISITOR = Reader()
SIGNED_IN = Reader(frozenset({policy.PUBLIC, policy.SIGNED}))


def test_hits_come_in_the_order_of_pages_with_boxes_and_what_stands_around() -> None:
    """FTS-5."""
    obj = volume(make_library(), ["Vịnh Hạ Long là\nkỳ quan", "không có gì", "về Hạ\nLong ngày xưa"])
    inside = hits_in(access.open_object(obj.public_id, VISITOR), "Hạ Long")
    assert [(h.seq, h.before, h.text, h.after) for h in inside.hits] == [
        (1, "Vịnh ", "Hạ Long", " là kỳ quan"),
        (3, "về ", "Hạ Long", " ngày xưa"),
    ]
    assert (inside.pages, inside.next, inside.relaxed) == (2, None, "")
    assert [len(h.boxes) for h in inside.hits] == [1, 2], "one box for each line"
    assert (inside.hits[0].boxes[0].y, inside.hits[0].width) == (100, 1000)


def test_pages_are_turned_by_position() -> None:
    """FTS-5."""
    obj = volume(make_library(), ["than đá"] * 5)
    opened = access.open_object(obj.public_id, VISITOR)
    first = hits_in(opened, "than", pages=2)
    assert ([h.position for h in first.hits], first.next) == ([1, 2], 2)
    rest = hits_in(opened, "than", pages=5, after=2)
    assert ([h.position for h in rest.hits], rest.next) == ([3, 4, 5], None)
    assert hits_in(opened, "than", after=5).hits == ()


def test_a_closed_page_is_not_found_and_without_a_seat_only_the_number_is_told() -> None:
    """FTS-4, FTS-5."""
    library = make_library()
    obj = volume(library, ["họ Vũ ở đây", "họ Vũ ở kia"], status=Status.IN_COPYRIGHT, rights={"copies_held": 1})
    Page.objects.filter(object=obj, seq=2).update(closed=True)
    inside = hits_in(access.open_object(obj.public_id, SIGNED_IN), "họ vũ")
    assert [(h.seq, h.readable, h.before, h.text, h.after, h.boxes) for h in inside.hits] == [
        (1, False, "", "", "", ())
    ]
    ReadingSeat.objects.create(object=obj, number=1, holder="x", expires_at=timezone.now())
    seated = Reader(SIGNED_IN.tokens, frozenset({obj.pk}))
    assert [h.text for h in hits_in(access.open_object(obj.public_id, seated), "họ vũ").hits] == ["họ Vũ"]
    assert not hits_in(access.open_object(obj.public_id, VISITOR), "họ vũ").hits
    staff = Reader(frozenset({policy.PUBLIC, policy.staff(library.pk)}))
    assert [h.seq for h in hits_in(access.open_object(obj.public_id, staff), "họ vũ").hits] == [1, 2]


def test_layers_stand_beside_each_other() -> None:
    """FTS-3."""
    obj = volume(make_library(), ["安邦海東"])
    page = pages_of(obj)[0]
    write(page, "An Bang Hải Đông", Layer.TRANSCRIPTION)
    write(page, "Vùng An Bang", Layer.TRANSLATION)
    opened = access.open_object(obj.public_id, VISITOR)
    assert [h.layer for h in hits_in(opened, "An Bang").hits] == ["transcription", "translation"]
    assert [h.text for h in hits_in(opened, "安邦").hits] == ["安邦"]
    assert [h.layer for h in hits_in(opened, "An Bang", layers=["translation"]).hits] == ["translation"]


def test_less_is_asked_until_something_is_found() -> None:
    """FTS-1."""
    obj = volume(make_library(), ["bạn đọc của tỉnh"])
    opened = access.open_object(obj.public_id, VISITOR)
    assert [(hits_in(opened, q).relaxed, len(hits_in(opened, q).hits)) for q in ("bàn", '"đọc bạn"', "xưa", "")] == [
        ("accents", 1),
        ("order", 1),
        ("", 0),
        ("", 0),
    ]


def test_the_number_of_queries_does_not_grow_with_the_hits(django_assert_num_queries: Any) -> None:
    """FTS-5."""
    obj = volume(make_library(), ["than đá"] * 30)
    opened = access.open_object(obj.public_id, VISITOR)
    with django_assert_num_queries(2):
        assert len(hits_in(opened, "than").hits) == 30
