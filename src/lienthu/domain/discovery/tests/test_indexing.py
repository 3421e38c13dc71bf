"""The index follows the union: news, rebuilding, libraries that close, one writer (SEA-1, 2, 9 to 13, 15, 17)."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lienthu.domain.catalog.tests.cast import CLERK, article, book, held
from lienthu.domain.discovery import documents, publications, selectors
from lienthu.domain.discovery.answers import facet_labels
from lienthu.domain.discovery.backends.base import IndexMissing
from lienthu.domain.discovery.backends.tantivy import store as stores
from lienthu.domain.discovery.backends.tantivy import writer as writers
from lienthu.domain.discovery.services import indexing
from lienthu.domain.discovery.services.indexing import CONSUMER, Indexer, ask_for_rebuild, documents_of, store
from lienthu.domain.network.models import Library
from lienthu.domain.network.services.branches import BranchData, open_branch, update_branch
from lienthu.domain.network.services.libraries import Particulars, update_library
from lienthu.domain.network.services.periods import Description
from lienthu.domain.network.tests.factories import TESTS, make_library, make_unit
from lienthu.domain.union.services.conduct import undo_batch
from lienthu.domain.union.services.decide import set_apart
from lienthu.domain.union.tests.cast import cluster_of, imported
from lienthu.faces.cli.indexing import catch_up
from lienthu.foundation.marc.model import Field
from lienthu.platform.services import changes

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _small_writers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writers.TantivyWriter.__init__, "__kwdefaults__", {"heap_bytes": 15_000_000})


@pytest.fixture
def tinh() -> Library:
    return make_library("VN-QNTV", "Thư viện tỉnh")


@pytest.fixture
def ha_long() -> Library:
    return make_library("VN-HL", "Thư viện Hạ Long")


@pytest.fixture
def indexer() -> Iterator[Indexer]:
    with Indexer() as one:
        assert one.acquire()
        yield one


def titles(q: str = "", **params: Any) -> list[str]:
    result = selectors.search(selectors.request_from({"q": [q], **{k: [v] for k, v in params.items()}}))
    assert result.index_ready
    return sorted(h.description.title for h in result.hits)


def facet(name: str, q: str = "") -> dict[str, int]:
    result = selectors.search(selectors.request_from({"q": [q]}))
    return {v.value: v.count for v in result.facets[name]}


# ------------------------------------------------------------------------------------------------- documents (SEA-1)


def test_a_document_holds_what_all_libraries_say_of_the_publication(tinh: Library, ha_long: Library) -> None:
    imported(tinh, book("Số đỏ", number="1", by="Vũ Trọng Phụng", year=1998, publisher="Văn học", barcodes=["QN1"],
                        shelf="895.92 / V500"))  # fmt: skip
    imported(ha_long, book("Số đỏ", number="a", by="Phụng, Vũ Trọng", year=1998, publisher="Nxb. Văn học",
                           subtitle="tiểu thuyết", subjects=["Văn học hiện thực"], isbn="9786049573224",
                           more=[Field("880", "1", "0", (("6", "245-01"), ("a", "數紅")))]))  # fmt: skip
    (doc,) = documents_of([cluster_of(tinh, "1")])
    assert any("數紅" in t for t in doc.titles)
    assert set(doc.facets["library"]) == {"VN-QNTV", "VN-HL"}
    assert {"1", "a", "QN1", "9786049573224"} <= doc.identifiers
    assert "895.92 / V500" in doc.rest
    assert doc.subjects == ["Văn học hiện thực"]
    assert doc.facets["person"] == ["Vũ Trọng Phụng"]


def test_the_title_of_the_host_is_searched(tinh: Library, indexer: Indexer) -> None:
    imported(tinh, article("Bảo tồn vịnh", number="1", host="Tạp chí Di sản văn hóa"))
    indexer.drain()
    assert titles("di sản") == ["Bảo tồn vịnh"]


def test_an_index_is_made_from_the_records_and_nothing_else(tinh: Library, ha_long: Library, indexer: Indexer) -> None:
    imported(tinh, *(book(f"Truyện {n}", number=str(n), by="Tô Hoài", year=1990) for n in range(6)))
    imported(ha_long, *(book(f"Truyện {n}", number=str(n), by="Tô Hoài", year=1990) for n in range(3, 9)))
    indexer.drain()
    before = selectors.search(selectors.request_from({"q": ["truyện"]}))
    indexer.rebuild()
    after = selectors.search(selectors.request_from({"q": ["truyện"]}))
    assert before.total == after.total == 9
    assert before.facets == after.facets
    assert {h.id for h in before.hits} == {h.id for h in after.hits}


def test_documents_cost_the_same_statements_however_many(tinh: Library) -> None:
    imported(tinh, *(book(f"Truyện {n}", number=str(n), barcodes=[f"B{n}"]) for n in range(40)))
    ids = [cluster_of(tinh, str(n)) for n in range(40)]
    with CaptureQueriesContext(connection) as few:
        list(documents_of(ids[:2]))
    with CaptureQueriesContext(connection) as many:
        assert len(list(documents_of(ids))) == 40
    assert len(few) == len(many)


# ---------------------------------------------------------------------------------------------------- news (SEA-10)


def test_the_index_follows_imports_changes_undoing_and_decisions(
    tinh: Library, ha_long: Library, indexer: Indexer
) -> None:
    batch = imported(tinh, book("Đất mỏ", number="1", by="Võ Huy Tâm", year=1961))
    imported(ha_long, book("Đất mỏ", number="a", by="Võ Huy Tâm", year=1961))
    indexer.drain()
    assert titles("mỏ") == ["Đất mỏ"]
    set_apart(held(ha_long, "a").pk, actor=TESTS)
    imported(ha_long, book("Vùng mỏ", number="b"))
    indexer.drain()
    assert titles("mỏ") == ["Vùng mỏ", "Đất mỏ", "Đất mỏ"]
    imported(ha_long, book("Vùng than", number="b"))
    undo_batch(batch.pk, actor=CLERK)
    indexer.drain()
    assert (titles("mỏ"), titles("than")) == (["Đất mỏ"], ["Vùng than"])
    assert changes.waiting(CONSUMER) == 0


def test_news_stays_waiting_until_the_index_has_committed_it(
    tinh: Library, indexer: Indexer, monkeypatch: pytest.MonkeyPatch
) -> None:
    indexer.drain()
    imported(tinh, book("Đất mỏ", number="1"))

    def disk_full(self: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as full:
        full.setattr(writers.TantivyWriter, "commit", disk_full)
        with pytest.raises(OSError, match="No space"):
            indexer.step()
    assert changes.waiting(CONSUMER) == 1
    indexer.drain()
    assert titles() == ["Đất mỏ"]


def test_news_told_twice_is_indexed_once(tinh: Library, indexer: Indexer) -> None:
    imported(tinh, book("Đất mỏ", number="1", subjects=["Than"]))
    indexer.drain()
    for _ in range(3):
        changes.publish("cluster.changed", [cluster_of(tinh, "1")])
        indexer.drain()
    assert (titles("mỏ"), facet("subject")) == (["Đất mỏ"], {"Than": 1})


def test_what_is_shown_comes_from_the_database_not_from_the_index(tinh: Library, indexer: Indexer) -> None:
    batch = imported(tinh, book("Đất mỏ", number="1"), book("Vùng mỏ", number="2"))
    indexer.drain()
    note = Field("490", subfields=(("a", "Tủ sách Vùng than"),))
    imported(tinh, book("Vùng mỏ", number="2", barcodes=["B1"], more=[note]))
    undo_batch(batch.pk, actor=CLERK)  # record 2 was changed later and stays
    (hit,) = selectors.search(selectors.request_from({"q": ["mỏ"]})).hits
    assert (hit.description.series, hit.copies) == (("Tủ sách Vùng than",), 1), "the index knows of neither yet"


# --------------------------------------------------------------------------------------- libraries (SEA-2, SEA-15)


def test_the_records_of_a_library_that_closes_leave_the_index(
    tinh: Library, ha_long: Library, indexer: Indexer
) -> None:
    imported(tinh, book("Đất mỏ", number="1", by="Võ Huy Tâm", year=1961))
    imported(ha_long, book("Đất mỏ", number="a", by="Võ Huy Tâm", year=1961), book("Vùng mỏ", number="b", by="Tô Mật"))
    indexer.drain()
    assert titles("mỏ") == ["Vùng mỏ", "Đất mỏ"]
    update_library(library_id=ha_long.pk, actor=TESTS, particulars=Particulars(closed=True))
    indexer.drain()
    assert titles("mỏ") == ["Đất mỏ"]
    assert facet("library") == {"VN-QNTV": 1}
    assert selectors.suggest("vung") == selectors.suggest("to mat") == []
    update_library(library_id=ha_long.pk, actor=TESTS, particulars=Particulars(closed=False))
    indexer.drain()
    assert titles("mỏ") == ["Vùng mỏ", "Đất mỏ"]


def test_a_library_that_moves_or_is_given_another_code_is_found_there(tinh: Library, indexer: Indexer) -> None:
    imported(tinh, book("Đất mỏ", number="1"))
    indexer.drain()
    assert facet("area") == {}
    unit = make_unit("Hà Lầm")
    described = Description(name=tinh.name, type=tinh.type, unit=unit)
    update_library(library_id=tinh.pk, actor=TESTS, description=described)
    indexer.drain()
    assert facet("area") == {unit.code: 1}
    Library.objects.filter(pk=tinh.pk).update(code="VN-MOI")
    changes.publish("library.changed", [tinh.pk])
    indexer.drain()
    assert facet("library") == {"VN-MOI": 1}


def test_copies_of_a_branch_count_where_the_branch_is(tinh: Library, indexer: Indexer) -> None:
    seat, far, farther = make_unit("Hồng Gai"), make_unit("Vàng Danh"), make_unit("Móng Cái")
    described = Description(name=tinh.name, type=tinh.type, unit=seat)
    update_library(library_id=tinh.pk, actor=TESTS, description=described)
    data = BranchData(code="VD", name="Phòng Vàng Danh")
    branch = open_branch(library_id=tinh.pk, data=data, unit=far, actor=TESTS)

    def copy_in(code: str) -> Field:
        return Field("852", subfields=(("b", code), ("h", "959.7")))

    in_branch = book("Đất mỏ", number="1", more=[copy_in("vd")])
    in_both = book("Vùng mỏ", number="2", more=[copy_in("VD"), copy_in("Kho mượn")])
    imported(tinh, in_branch, in_both, book("Biển gọi", number="3"))
    indexer.drain()
    assert facet("area") == {far.code: 2, seat.code: 2}
    assert facet_labels()["area"] == {far.code: "Vàng Danh", seat.code: "Hồng Gai"}
    update_branch(branch_id=branch.pk, data=data, unit=farther, actor=TESTS)
    indexer.drain()
    assert facet("area") == {farther.code: 2, seat.code: 2}, "a branch that moves takes its copies along"


def test_a_library_that_only_changes_its_telephone_renews_nothing(tinh: Library, indexer: Indexer) -> None:
    imported(tinh, book("Đất mỏ", number="1"))
    indexer.drain()
    update_library(library_id=tinh.pk, actor=TESTS, particulars=Particulars(phone="0203 3825 000"))
    assert indexing.anything_waits()
    assert indexer.drain() == 0
    assert not indexing.anything_waits()


# ------------------------------------------------------------------------------------------------ rebuilding (SEA-13)


def test_news_that_arrives_during_a_rebuild_reaches_both_indexes(
    tinh: Library, indexer: Indexer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexing, "_SLICE", 2)
    first = imported(tinh, *(book(f"Truyện {n}", number=str(n)) for n in range(5)))
    indexer.drain()
    live = store().current()
    seen: list[list[str]] = []

    def meanwhile(total: int) -> None:
        if not seen:
            imported(tinh, book("Đến giữa chừng", number="new"), book("Truyện 0, sửa lại", number="0"))
        seen.append(titles())

    indexer.rebuild(progress=meanwhile)
    assert store().current() != live
    assert "Đến giữa chừng" in seen[-1], "the live index was kept in step meanwhile"
    assert len(seen) >= 3
    assert titles("giữa chừng") == ["Đến giữa chừng"]
    assert titles("sửa lại") == ["Truyện 0, sửa lại"], "also what the build had passed already"
    assert len(titles()) == 6
    assert [p.name for p in store().root.glob("v*-*")] == [store().current().name], "the former build is swept"
    undo_batch(first.pk, actor=CLERK)
    indexer.drain()
    assert sorted(titles()) == ["Truyện 0, sửa lại", "Đến giữa chừng"]


def test_a_rebuild_that_dies_leaves_the_live_index(tinh: Library, indexer: Indexer) -> None:
    imported(tinh, book("Đất mỏ", number="1"))
    indexer.drain()

    def die(total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        indexer.rebuild(progress=die)
    assert titles() == ["Đất mỏ"]
    imported(tinh, book("Vùng mỏ", number="2"))
    indexer.drain()
    assert titles() == ["Vùng mỏ", "Đất mỏ"]


def test_a_rebuild_that_was_asked_for_is_made_once(tinh: Library, indexer: Indexer) -> None:
    imported(tinh, book("Đất mỏ", number="1"))
    indexer.drain()
    live = store().current()
    ask_for_rebuild()
    indexer.drain()
    assert store().current() != live
    assert not store().rebuild_request.exists()


def test_an_index_of_another_version_counts_as_none_and_is_built_anew(
    tinh: Library, indexer: Indexer, monkeypatch: pytest.MonkeyPatch
) -> None:
    imported(tinh, book("Đất mỏ", number="1"))
    indexer.drain()
    raised = documents.SCHEMA_VERSION + 1
    for module in (documents, stores):
        monkeypatch.setattr(module, "SCHEMA_VERSION", raised)
    with pytest.raises(IndexMissing):
        store().current()
    indexer.drain()
    assert store().current().name.startswith(f"v{raised}-")
    assert titles() == ["Đất mỏ"]


# -------------------------------------------------------------------------------- deleted and damaged indexes (SEA-17)


def test_a_deleted_index_is_said_to_be_missing_and_comes_back_whole(tinh: Library, indexer: Indexer) -> None:
    imported(tinh, book("Đất mỏ", number="1"))
    indexer.drain()
    assert titles() == ["Đất mỏ"]
    shutil.rmtree(store().root)
    lost = selectors.search(selectors.request_from({"q": ["mỏ"]}))
    assert (lost.index_ready, lost.total, lost.hits) == (False, 0, ())
    assert (selectors.suggest("dat"), selectors.index_ready()) == ([], False)
    assert publications.publication(cluster_of(tinh, "1")) is not None, "pages of publications need no index"
    imported(tinh, book("Vùng mỏ", number="2"))
    indexer.drain()
    assert titles() == ["Vùng mỏ", "Đất mỏ"]


@pytest.mark.parametrize("damage", ["empty", "cut", "gone"])
def test_a_damaged_index_is_built_anew(damage: str, tinh: Library) -> None:
    imported(tinh, book("Đất mỏ", number="1"))
    with Indexer() as one:
        assert one.acquire()
        one.drain()
    meta: Path = store().current() / "meta.json"
    if damage == "gone":
        meta.unlink()
    else:
        meta.write_bytes(b"" if damage == "empty" else meta.read_bytes()[:40])
    imported(tinh, book("Vùng mỏ", number="2"))
    with Indexer() as another:
        assert another.acquire()
        another.drain()
    assert titles() == ["Vùng mỏ", "Đất mỏ"]


def test_damage_under_an_open_writer_is_noticed_without_any_news(tinh: Library, indexer: Indexer) -> None:
    imported(tinh, book("Đất mỏ", number="1"))
    indexer.drain()
    assert indexer.step() == 0, "the writer of the live index is open"
    before = store().current()
    (before / "meta.json").write_text("{ this is not")
    assert not selectors.search(selectors.request_from({})).index_ready
    indexer.step()
    assert store().current() != before
    assert titles() == ["Đất mỏ"]


# -------------------------------------------------------------------------------------------------- one writer (SEA-11)


def test_of_two_indexers_one_writes(tinh: Library) -> None:
    imported(tinh, book("Đất mỏ", number="1"))
    with Indexer() as first, Indexer() as second:
        assert first.acquire()
        assert not second.acquire()
        assert second.step() == 0
        assert indexing.anything_waits(), "whoever has no right to write leaves the news where it is"
        first.drain()
        first.release()
        assert second.acquire()
        assert not first.acquire()
    assert titles() == ["Đất mỏ"]


def test_whoever_lost_its_lock_file_asks_again_before_it_writes(tinh: Library) -> None:
    with Indexer() as first, Indexer() as second:
        assert first.acquire()
        first.drain()
        shutil.rmtree(store().root)
        assert second.acquire(), "the lock went away with its folder"
        imported(tinh, book("Đất mỏ", number="1"))
        assert first.step() == 0
        assert indexing.anything_waits()
        second.drain()
    assert titles() == ["Đất mỏ"]


def test_a_lone_command_drains_the_feed_itself(tinh: Library) -> None:
    imported(tinh, book("Đất mỏ", number="1"))
    catch_up()
    assert titles() == ["Đất mỏ"]


def test_a_command_beside_a_writer_waits_until_it_has_drained(tinh: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    imported(tinh, book("Đất mỏ", number="1"))
    with Indexer() as other:
        assert other.acquire()
        naps: list[float] = []

        def nap(seconds: float) -> None:
            naps.append(seconds)
            if len(naps) == 3:
                other.drain()

        monkeypatch.setattr("lienthu.faces.cli.indexing.time.sleep", nap)
        catch_up()
        assert len(naps) == 3
    assert titles() == ["Đất mỏ"]
