"""Keeping the index of pages in step: news, bulk, damage, rebuilding."""

from __future__ import annotations

import shutil

import pytest

from lienthu.domain.digital import policy
from lienthu.domain.digital.models import Page
from lienthu.domain.digital.policy import Reader, Status
from lienthu.domain.digital.services import publishing
from lienthu.domain.digital.tests.cast import CLERK, give_rights
from lienthu.domain.discovery.fulltext import engine, indexing
from lienthu.domain.discovery.fulltext.indexing import PageIndexer, anything_waits
from lienthu.domain.discovery.fulltext.query import page_search_from
from lienthu.domain.discovery.fulltext.selectors import search_pages
from lienthu.domain.discovery.fulltext.tests.cast import VISITOR, pages_of, search, titles, volume, write
from lienthu.domain.network.models import Library
from lienthu.platform.services import changes

pytestmark = pytest.mark.django_db


def test_news_is_drained_and_only_what_changed_is_written(tinh: Library, indexer: PageIndexer) -> None:
    """FTS-8."""
    obj = volume(tinh, ["than", "đá"])
    assert anything_waits()
    indexer.drain()
    assert not anything_waits()
    write(pages_of(obj)[1], "dầu")
    assert indexer.step() == 1
    assert (titles("đá"), titles("dầu")) == ([], ["Kế hoạch 204"])
    changes.publish("digital.object", [obj.pk])
    assert indexer.step() == 1, "the news of the object itself, and no page"
    give_rights(obj, Status.UNKNOWN)
    assert indexer.step() == 3, "and both its pages, that others may find now"
    Page.objects.filter(object=obj, seq=2).delete()
    changes.publish("digital.object", [obj.pk])
    indexer.drain()
    inside = Reader(frozenset({policy.PUBLIC, policy.premises(tinh.pk)}))
    assert (titles("dầu", inside), titles("than", inside)) == ([], ["Kế hoạch 204"])


def test_people_come_before_bulk(tinh: Library, indexer: PageIndexer) -> None:
    """FTS-8: as SEA-21."""
    obj = volume(tinh, ["than", "đá"])
    indexer.drain()
    first, second = pages_of(obj)
    changes.publish("digital.page", [first.pk], bulk=True)
    changes.publish("digital.page", [second.pk])
    assert changes.anything(*indexing.NEWS)
    assert indexer.step() == 1
    assert changes.keys_waiting([indexing.PAGES], 10) == {indexing.PAGES: [first.pk]}


def test_a_damaged_or_deleted_index_is_built_anew(tinh: Library, indexer: PageIndexer) -> None:
    """FTS-8."""
    obj = volume(tinh, ["than"])
    indexer.drain()
    folder = engine.store().current()
    (folder / "meta.json").write_text("không phải chỉ mục")
    assert not search_pages(page_search_from({"q": ["than"]}), VISITOR).index_ready
    indexer.drain()
    assert titles("than") == ["Kế hoạch 204"], "noticed without any news"
    (engine.store().current() / "meta.json").write_text("không phải chỉ mục")
    write(pages_of(obj)[0], "dầu")
    indexer.drain()
    assert titles("dầu") == ["Kế hoạch 204"]
    shutil.rmtree(engine.store().root)
    assert not search_pages(page_search_from({"q": ["dầu"]}), VISITOR).index_ready
    indexer.drain()
    assert titles("dầu") == ["Kế hoạch 204"]


def test_what_changes_during_a_rebuild_is_in_the_new_index(
    tinh: Library, indexer: PageIndexer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """FTS-8."""
    monkeypatch.setattr(indexing, "_SLICE", 2)
    a, b = volume(tinh, ["than"] * 5, "A"), volume(tinh, ["than"] * 3, "B")
    indexer.drain()
    before = engine.store().current()
    seen: list[list[str]] = []

    def meanwhile() -> None:
        if not seen:
            write(pages_of(a)[0], "dầu khí")
            publishing.take_down(b.public_id, reason="x", actor=CLERK)
        seen.append(titles("than"))

    assert indexer.rebuild(meanwhile=meanwhile) == 8
    indexer.drain()
    assert engine.store().current() != before
    assert all(found == ["A"] for found in seen[1:])
    assert (titles("than"), search("than").pages_total, titles("dầu")) == (["A"], 4, ["A"])


def test_an_index_is_made_from_the_database_and_nothing_else(tinh: Library, indexer: PageIndexer) -> None:
    """FTS-6."""
    volume(tinh, ["than"])
    volume(tinh, ["than"], status=None)
    indexer.drain()
    before = search("than")
    indexing.ask_for_rebuild()
    indexer.drain()
    assert (search("than").volumes, search("than").facets) == (before.volumes, before.facets)
