"""The index while a large import runs: what people do comes first, the rest gathers (SEA-10, SEA-21)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from zlib import crc32

import pytest

from lienthu.domain.catalog.tests.cast import CLERK, book
from lienthu.domain.discovery import selectors
from lienthu.domain.discovery.backends.tantivy import writer as writers
from lienthu.domain.discovery.documents import SearchDocument
from lienthu.domain.discovery.services import indexing
from lienthu.domain.discovery.services.indexing import CONSUMER, Indexer, store
from lienthu.domain.network.models import Library
from lienthu.domain.network.services.libraries import Particulars, update_library
from lienthu.domain.network.tests.factories import TESTS, make_library
from lienthu.domain.union import preparing
from lienthu.domain.union import selectors as union
from lienthu.domain.union.services import touch
from lienthu.domain.union.services.conduct import undo_batch
from lienthu.domain.union.tests.cast import cluster_of, imported
from lienthu.platform.models import Change
from lienthu.platform.services import changes

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _small_writers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writers.TantivyWriter.__init__, "__kwdefaults__", {"heap_bytes": 15_000_000})


@pytest.fixture(autouse=True)
def _small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of four records is a large import here."""
    monkeypatch.setattr(preparing, "CHUNK", 4)
    monkeypatch.setattr(indexing, "_SLICE", 4)


@pytest.fixture
def tinh() -> Library:
    return make_library("VN-QNTV", "Thư viện tỉnh")


@pytest.fixture
def lon() -> Library:
    return make_library("VN-LON", "Thư viện lớn")


@pytest.fixture
def indexer() -> Iterator[Indexer]:
    with Indexer() as one:
        assert one.acquire()
        one.drain()
        yield one


def found(q: str) -> int:
    return selectors.search(selectors.request_from({"q": [q]})).total


def many(count: int, name: str = "Truyện") -> list[Any]:
    """Books that nobody would take for one another: of years far apart."""
    return [
        book(f"{name} {n}", number=f"{name}{n}", by="Tô Hoài", year=1600 + crc32(f"{name}{n}".encode()) % 400)
        for n in range(count)
    ]


def waiting(*, bulk: bool) -> int:
    return Change.objects.filter(consumer=CONSUMER, bulk=bulk).count()


def test_a_file_of_one_chunk_is_no_bulk_and_the_rest_of_a_long_one_is(tinh: Library) -> None:
    imported(tinh, *many(3))
    assert (waiting(bulk=False), waiting(bulk=True)) == (3, 0)
    batch = imported(tinh, *many(6, "Thơ"))
    assert (waiting(bulk=False), waiting(bulk=True)) == (3, 6)
    undo_batch(batch.pk, actor=CLERK)
    assert (waiting(bulk=False), waiting(bulk=True)) == (3, 12)


def test_a_small_library_that_closes_is_renewed_before_an_import(
    tinh: Library, lon: Library, indexer: Indexer, monkeypatch: pytest.MonkeyPatch
) -> None:
    imported(tinh, *many(3))
    indexer.drain()
    imported(lon, *many(8, "Thơ"))
    update_library(library_id=tinh.pk, actor=TESTS, particulars=Particulars(closed=True))
    indexer.step(patient=True)
    assert (found("truyện"), found("thơ")) == (0, 0)
    monkeypatch.setattr(touch, "_AT_ONCE", 2)
    update_library(library_id=tinh.pk, actor=TESTS, particulars=Particulars(closed=False))
    indexer.drain()
    assert (found("truyện"), found("thơ")) == (3, 8)


def test_what_a_person_does_is_found_in_the_midst_of_an_import(
    tinh: Library, indexer: Indexer, monkeypatch: pytest.MonkeyPatch
) -> None:
    imported(tinh, *many(40))
    real = indexing.documents_of
    slices = []

    def while_it_runs(ids: Sequence[int]) -> Iterator[SearchDocument]:
        slices.append(len(ids))
        if len(slices) == 2:
            imported(tinh, book("Đất mỏ", number="m"))
        return real(ids)

    monkeypatch.setattr(indexing, "documents_of", while_it_runs)
    assert indexer.step() == 8, "the batch is closed as soon as somebody's change waits"
    assert waiting(bulk=True) == 32
    assert indexer.step() == 1
    assert (found("mỏ"), found("truyện")) == (1, 8)
    assert waiting(bulk=True) == 32, "the rest of the import still waits"
    assert indexer.drain() == 32
    assert found("truyện") == 40


def test_a_library_that_closes_is_heeded_in_the_midst_of_an_import(
    tinh: Library, lon: Library, indexer: Indexer, monkeypatch: pytest.MonkeyPatch
) -> None:
    imported(tinh, *many(3, "Thơ"))
    indexer.drain()
    imported(lon, *many(40))
    real = indexing.documents_of

    def while_it_runs(ids: Sequence[int]) -> Iterator[SearchDocument]:
        monkeypatch.setattr(indexing, "documents_of", real)
        Library.objects.filter(pk=tinh.pk).update(closed=True)
        changes.publish("library.changed", [tinh.pk])
        return real(ids)

    monkeypatch.setattr(indexing, "documents_of", while_it_runs)
    indexer.step()
    indexer.step()
    assert (found("thơ"), waiting(bulk=True)) == (0, 36)


def test_the_news_of_a_running_import_waits_for_its_commit_but_not_for_long(
    tinh: Library, indexer: Indexer, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [1000.0]
    monkeypatch.setattr(indexing.time, "monotonic", lambda: clock[0])
    monkeypatch.setattr(indexing, "_LULL", 1.0)
    monkeypatch.setattr(indexing, "_LONGEST", 3.0)
    assert indexer.step(patient=True) == 0
    imported(tinh, *many(4))
    assert indexer.step(patient=True) == 4
    assert indexer.step(patient=True) == 0, "it is put once"
    assert (found("truyện"), waiting(bulk=True)) == (0, 4), "more may come"
    imported(tinh, book("Đất mỏ", number="m"))
    assert indexer.step(patient=True) == 1
    assert found("mỏ") == 1, "what a person does never waits"
    assert (found("truyện"), waiting(bulk=True)) == (4, 0), "and takes along what is ready"
    imported(tinh, *many(4, "Thơ"))
    indexer.step(patient=True)
    assert found("thơ") == 0
    clock[0] += 1.1
    indexer.step(patient=True)
    assert found("thơ") == 4, "nothing more came"
    for n in range(9):
        imported(tinh, *many(4, f"Văn{n} "))
        clock[0] += 0.7
        indexer.step(patient=True)
        if not waiting(bulk=True):
            break
    assert n == 5, "it kept coming, and for too long"


def test_so_much_news_is_committed_however_much_still_comes(
    tinh: Library, indexer: Indexer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexing, "_BULK_BATCH", 10)
    left = []
    for n in range(6):
        imported(tinh, *many(4, f"Thơ{n} "))
        indexer.step(patient=True)
        left.append(waiting(bulk=True))
    assert left == [4, 8, 2, 6, 0, 4]


def test_who_waits_for_the_index_has_it_committed(tinh: Library, indexer: Indexer) -> None:
    imported(tinh, *many(8))
    assert indexer.step(patient=True) == 8
    assert found("truyện") == 0
    store().somebody_waits.touch()
    indexer.step(patient=True)
    assert (found("truyện"), waiting(bulk=True)) == (8, 0)
    assert not store().somebody_waits.exists()


def test_what_was_put_and_not_committed_is_told_again(
    tinh: Library, indexer: Indexer, monkeypatch: pytest.MonkeyPatch
) -> None:
    imported(tinh, *many(8))
    assert indexer.step(patient=True) == 8
    with monkeypatch.context() as broken:
        broken.setattr(writers.TantivyWriter, "commit", lambda self: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            indexer.step()
    assert (found("truyện"), waiting(bulk=True)) == (0, 8)
    assert indexer.drain() == 8
    assert found("truyện") == 8


def test_who_stops_commits_what_was_put(tinh: Library, indexer: Indexer) -> None:
    imported(tinh, *many(8))
    indexer.step(patient=True)
    indexer.release()
    assert (found("truyện"), waiting(bulk=True)) == (8, 0)


def test_who_drains_alone_does_not_wait(tinh: Library, indexer: Indexer) -> None:
    imported(tinh, *many(8))
    assert indexer.drain() == 8
    assert found("truyện") == 8


def test_a_publication_that_many_records_join_is_put_once(tinh: Library, lon: Library, indexer: Indexer) -> None:
    imported(tinh, *many(5))
    imported(lon, *many(5))
    assert (waiting(bulk=True), union.cluster_count()) == (10, 5)
    assert indexer.drain() == 5
    assert found("truyện") == 5


def test_a_step_that_fails_lets_go_of_the_index(
    tinh: Library, indexer: Indexer, monkeypatch: pytest.MonkeyPatch
) -> None:
    imported(tinh, *many(3))
    built = store().current()
    with monkeypatch.context() as broken:
        broken.setattr(changes, "settle", lambda rows: 1 / 0)
        with pytest.raises(ZeroDivisionError) as kept:
            indexer.step()
    indexer.drain()
    assert kept.tb is not None, "somebody still looks at where it failed"
    assert store().current() == built, "the next step goes on with the same index, not with a new one"
    assert found("truyện") == 3


def test_a_document_newer_than_all_is_replaced_as_well(tinh: Library, indexer: Indexer) -> None:
    for title in ("Truyện đầu", "Truyện sau", "Truyện cuối"):
        imported(tinh, book(title, number="1"))
        indexer.drain()
    changes.publish("cluster.changed", [cluster_of(tinh, "1")])
    with Indexer() as nobody:
        assert not nobody.acquire()
    indexer.release()
    assert indexer.acquire()
    indexer.drain()  # a writer opened anew knows what is there
    assert (found("truyện"), found("cuối")) == (1, 1)
