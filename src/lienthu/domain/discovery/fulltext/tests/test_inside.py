"""Search inside one object."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.utils import timezone

from lienthu.domain.digital import access, policy
from lienthu.domain.digital.models import Layer, Page, ReadingSeat
from lienthu.domain.digital.policy import Reader, Status
from lienthu.domain.digital.selectors.texts import texts_of_pages
from lienthu.domain.discovery.fulltext import engine, inside
from lienthu.domain.discovery.fulltext.indexing import PageIndexer
from lienthu.domain.discovery.fulltext.inside import hits_in
from lienthu.domain.discovery.fulltext.tests.cast import pages_of, volume, write
from lienthu.domain.network.tests.factories import make_library
from lienthu.platform.services import changes

pytestmark = pytest.mark.django_db

VISITOR = Reader()
SIGNED_IN = Reader(frozenset({policy.PUBLIC, policy.SIGNED}))


def test_hits_come_in_the_order_of_pages_with_boxes_and_what_stands_around() -> None:
    """FTS-5."""
    obj = volume(make_library(), ["Vịnh Hạ Long là\nkỳ quan", "không có gì", "về Hạ\nLong ngày xưa"])
    found = hits_in(access.open_object(obj.public_id, VISITOR), "Hạ Long")
    assert [(h.seq, h.before, h.text, h.after) for h in found.hits] == [
        (1, "Vịnh ", "Hạ Long", " là kỳ quan"),
        (3, "về ", "Hạ Long", " ngày xưa"),
    ]
    assert (found.pages, found.next, found.relaxed) == (2, None, "")
    assert [len(h.boxes) for h in found.hits] == [1, 2], "one box for each line"
    assert (found.hits[0].boxes[0].y, found.hits[0].width) == (100, 1000)


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
    found = hits_in(access.open_object(obj.public_id, SIGNED_IN), "họ vũ")
    assert [(h.seq, h.readable, h.before, h.text, h.after, h.boxes) for h in found.hits] == [(1, False, "", "", "", ())]
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
    """FTS-5, FTS-12: news, pages, texts; with an index and without."""
    obj = volume(make_library(), ["than đá"] * 30)
    opened = access.open_object(obj.public_id, VISITOR)
    with django_assert_num_queries(3):
        assert len(hits_in(opened, "than").hits) == 30
    with indexed():
        pass
    with django_assert_num_queries(3):
        assert len(hits_in(opened, "than").hits) == 30


# ------------------------------------------------------------------------------------------- with the index (FTS-12)


@contextmanager
def indexed() -> Iterator[PageIndexer]:
    """The index in step with what was written so far."""
    with PageIndexer() as indexer:
        assert indexer.acquire()
        indexer.drain()
        yield indexer


@pytest.fixture(autouse=True)
def _small_writers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine.PageWriter.__init__, "__kwdefaults__", {"heap_bytes": 15_000_000})


def pages_read(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The pages whose texts are read from now on."""
    seen: list[int] = []

    def reading(page_ids: Any, *args: Any, **how: Any) -> Any:
        seen.extend(page_ids)
        return texts_of_pages(page_ids, *args, **how)

    monkeypatch.setattr(inside, "texts_of_pages", reading)
    return seen


def test_only_the_pages_that_the_index_names_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """FTS-12."""
    obj = volume(make_library(), ["mỏ than"] * 40 + ["vịnh Hạ Long"] * 3 + ["mỏ than"] * 40)
    volume(make_library("VN-KHAC"), ["vịnh Hạ Long"] * 5)
    with indexed():
        pass
    seen = pages_read(monkeypatch)
    opened = access.open_object(obj.public_id, VISITOR)
    assert [h.position for h in hits_in(opened, '"hạ long"').hits] == [41, 42, 43]
    assert sorted(seen) == [p.pk for p in pages_of(obj)[40:43]]
    seen.clear()
    assert not hits_in(opened, "không").hits
    assert not seen


def test_an_answer_reads_so_many_pages_and_says_where_to_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """FTS-12: also where the index is of no help, as with beginnings of two letters."""
    obj = volume(make_library(), ["mỏ than"] * 25 + ["quê hương"] + ["mỏ than"] * 25)
    with indexed():
        pass
    monkeypatch.setattr(inside, "LOOKED_AT", 20)
    opened = access.open_object(obj.public_id, VISITOR)
    first = hits_in(opened, "qu*")
    assert (first.hits, first.next) == ((), 20)
    second = hits_in(opened, "qu*", after=20)
    assert ([h.position for h in second.hits], second.next) == ([26], 40)
    rest = hits_in(opened, "qu*", after=40)
    assert (rest.hits, rest.next) == ((), None)


@pytest.mark.parametrize("much", [0, 1000])
def test_what_the_index_does_not_know_yet_is_found_all_the_same(much: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """FTS-12: news of a page, news of its whole volume, and no index at all; also where very much news waits."""
    monkeypatch.setattr(inside, "_NEWS", much)
    obj = volume(make_library(), ["mỏ than", "mỏ than"])
    opened = access.open_object(obj.public_id, VISITOR)
    assert [h.seq for h in hits_in(opened, "than").hits] == [1, 2], "no index"
    with indexed() as indexer:
        write(pages_of(obj)[1], "vịnh Hạ Long")
        assert [h.seq for h in hits_in(opened, "vịnh").hits] == [2]
        assert [h.seq for h in hits_in(opened, "than").hits] == [1]
        indexer.drain()
        assert [h.seq for h in hits_in(opened, "vịnh").hits] == [2]
        Page.objects.create(object=obj, seq=9, position=9, state=Page.State.READY, width=1000, height=1400)
        page = pages_of(obj)[-1]
        write(page, "vịnh xa")
        changes.discard("discovery.pages")
        changes.publish("digital.object", [obj.pk])
        assert [h.seq for h in hits_in(opened, "vịnh").hits] == [2, 9]


def test_the_index_names_no_page_to_whom_it_is_closed() -> None:
    """FTS-12, FTS-4: closed just now, without any news of it."""
    obj = volume(make_library(), ["họ Vũ", "họ Vũ"])
    with indexed():
        pass
    Page.objects.filter(object=obj, seq=1).update(closed=True)
    opened = access.open_object(obj.public_id, VISITOR)
    assert [h.seq for h in hits_in(opened, "vũ").hits] == [2]


WORDS = (
    "hạ Hạ ha hà Long lòng hoà hòa hoa quảng Ouãng ky kỳ kì kyx than tharn làrn làm qu quê đường duong "
    "安 邦 安邦 204 1OO - , ¶"
).split()


def _asked(pick: random.Random) -> str:
    """Words, beginnings, phrases, words to keep away, in any mixture."""
    ways = (
        lambda: pick.choice(WORDS),
        lambda: pick.choice(WORDS)[: pick.randint(1, 4)] + "*",
        lambda: "-" + pick.choice(WORDS),
        lambda: '"' + " ".join(pick.choices(WORDS, k=pick.randint(1, 3))) + '"',
    )
    return " ".join(pick.choices(ways, (6, 3, 1, 3))[0]() for _ in range(pick.randint(1, 3)))


def test_with_the_index_just_that_is_found_which_is_found_without(monkeypatch: pytest.MonkeyPatch) -> None:
    """FTS-12: whatever the texts, the layers and the words."""
    pick = random.Random(204)
    texts = [" ".join(pick.choices(WORDS, k=pick.randint(1, 7))) for _ in range(60)]
    obj = volume(make_library(), texts[:30])
    for page in pages_of(obj)[::3]:
        write(page, " ".join(pick.choices(WORDS, k=4)), confidence=40)
    for page in pages_of(obj)[::4]:
        write(page, " ".join(pick.choices(WORDS, k=4)), Layer.TRANSCRIPTION)
    opened = access.open_object(obj.public_id, VISITOR)
    queries = [_asked(pick) for _ in range(150)]
    with indexed():
        seen = pages_read(monkeypatch)
        by_index = [hits_in(opened, query) for query in queries]
        few = len(seen)
        monkeypatch.setattr(inside, "_behind", lambda object_id: None)
        seen.clear()
        for query, found in zip(queries, by_index, strict=True):
            assert hits_in(opened, query) == found, query
    assert sum(bool(found.hits) for found in by_index) > 40, "most queries must find something, or nothing is shown"
    assert few < len(seen) / 2, "the index must have kept pages from being read"
