"""A dry run says of the whole file what the import will say, and stands in nobody's way (IMP-23)."""

from __future__ import annotations

import threading
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lienthu.domain.catalog.errors import BatchStateRefused
from lienthu.domain.catalog.models import BatchProblem, BibRecord, ImportBatch, Item, Quarantined
from lienthu.domain.catalog.services import batches, datestamps
from lienthu.domain.catalog.tests.cast import CLERK, book, iso_file
from lienthu.domain.network.models import Library
from lienthu.domain.network.tests.factories import make_library
from lienthu.domain.union import preparing
from lienthu.domain.union.models import Cluster
from lienthu.domain.union.services import chunks, conduct, rehearse
from lienthu.domain.union.tests.cast import imported_file, received
from lienthu.foundation.marc.model import Record

pytestmark = pytest.mark.django_db
SOMEBODY_WAITS = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
BROKEN = b"00050nam a2200000   4500 this is no record at all.\x1d"
NUMBERS = ("read", "created", "updated", "unchanged", "quarantined", "repaired", "repeated", "joined", "items")


@pytest.fixture
def tinh() -> Library:
    return make_library("VN-QNTV", "Thư viện tỉnh")


@pytest.fixture
def libraries() -> list[Library]:
    return [make_library(code, code) for code in ("VN-A", "VN-B")]


def report(batch: ImportBatch) -> dict[str, Any]:
    """Everything a report says but when and how fast."""
    said: dict[str, Any] = {n: getattr(batch, n) for n in (*NUMBERS, "problem_counts", "encoding_counts")}
    said["problems"] = list(
        BatchProblem.objects.filter(batch=batch).order_by("ordinal", "code", "detail").values_list(
            "ordinal", "offset", "label", "code", "detail", "repaired"
        )
    )  # fmt: skip
    pieces = Quarantined.objects.filter(batch=batch).order_by("ordinal")
    said["quarantine"] = [(q.ordinal, q.offset, bytes(q.raw), q.code, q.detail) for q in pieces]
    return said


_few = st.integers(0, 3)


@st.composite
def a_record(draw: st.DrawFn) -> Record:
    """One of few numbers, titles and barcodes: everything comes again sooner or later."""
    return book(
        f"Vùng mỏ {draw(_few)}", by="Võ Huy Tâm", year=draw(st.sampled_from([1951, 1952])),
        number=draw(st.sampled_from(["", "1", "2", "3", "4"])),
        barcodes=[f"B{n}" for n in draw(st.lists(_few, max_size=2))],
    )  # fmt: skip


@settings(
    max_examples=40, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(before=st.lists(a_record(), max_size=4), pieces=st.lists(a_record() | st.just(BROKEN), min_size=1, max_size=12))
def test_a_dry_run_says_of_many_chunks_what_the_import_says(
    libraries: list[Library], before: list[Record], pieces: list[Record | bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    with transaction.atomic():
        monkeypatch.setattr(preparing, "CHUNK", 2)
        if before:
            for library in libraries:
                imported_file(library, iso_file(before))
        kept = BibRecord.objects.count(), Item.objects.count(), Cluster.objects.count()
        data = b"".join(p if isinstance(p, bytes) else iso_file([p]) for p in pieces)
        said = report(imported_file(libraries[0], data, dry_run=True, fmt="iso2709"))
        assert (BibRecord.objects.count(), Item.objects.count(), Cluster.objects.count()) == kept
        assert said == report(imported_file(libraries[0], data, fmt="iso2709"))
        transaction.set_rollback(True)


def many(count: int) -> bytes:
    """A file whose second half brings the barcodes and the publications of the first again."""
    half = count // 2
    return iso_file(
        [book(f"Vùng mỏ {n % half}", by="Võ Huy Tâm", year=1951, number=str(n), barcodes=[f"B{n % half}"])
         for n in range(count)]
    )  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_its_progress_is_seen_while_nothing_is_written(tinh: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preparing, "CHUNK", 5)
    trial = received(tinh, many(20), dry_run=True)
    seen: list[tuple[int, int]] = []

    def look(at: ImportBatch) -> None:
        with elsewhere() as other:
            row = other.execute("SELECT read FROM catalog_importbatch WHERE id = %s", [at.pk]).fetchone()
            records = other.execute("SELECT count(*) FROM catalog_bibrecord").fetchone()
            assert row is not None
            assert records is not None
            seen.append((row[0], records[0]))
            locks = other.execute(
                "SELECT count(*) FROM pg_locks WHERE classid = %s AND database ="
                " (SELECT oid FROM pg_database WHERE datname = current_database())",  # another worker's is beside it
                [datestamps._CLASS],
            ).fetchone()
            assert locks == (0,), "harvesters need not wait for what will never be seen"

    done = conduct.run_batch(trial.pk, actor=CLERK, progress=look)
    assert seen == [(5, 0), (10, 0), (15, 0), (20, 0)]
    done.refresh_from_db()
    assert (done.read, done.created, done.joined, done.problem_counts["barcode-taken"]) == (20, 20, 10, 10)


@pytest.mark.django_db(transaction=True)
def test_it_gives_way_to_whoever_waits_for_it_and_begins_again(tinh: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preparing, "CHUNK", 5)
    imported_file(tinh, many(20))
    trial = received(tinh, many(20)[:-1] + b" \x1d", dry_run=True)
    waiting: list[threading.Thread] = []
    got_it = threading.Event()
    read: list[int] = []

    def import_beside() -> None:
        with elsewhere() as other, other.transaction():
            other.execute("SELECT 1 FROM catalog_source FOR UPDATE")
            got_it.set()

    def somebody_comes(at: ImportBatch) -> None:
        read.append(at.read)
        if not waiting:
            waiting.append(threading.Thread(target=import_beside))
            waiting[0].start()
            with elsewhere() as other:
                while not other.execute(SOMEBODY_WAITS).fetchone():
                    pass
            assert not got_it.is_set()

    done = conduct.run_batch(trial.pk, actor=CLERK, progress=somebody_comes)
    waiting[0].join(10)
    assert got_it.is_set()
    assert read == [5, 5, 10, 15, 20], "after the first chunk it gave everything back and began again"
    assert (done.status, done.read, done.created) == (ImportBatch.Status.DONE, 20, 0)


@pytest.mark.django_db(transaction=True)
def test_it_waits_shortly_and_lets_a_running_import_finish(tinh: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    imported_file(tinh, many(4))
    trial, other_batch = received(tinh, many(4), dry_run=True), received(tinh, many(4))
    monkeypatch.setattr(rehearse, "_PATIENCE", "50ms")
    asked: list[bool] = []
    at_work = batches.imports_at_work

    with elsewhere() as other:
        other.execute("SELECT pg_advisory_lock(%s, %s)", [batches._AT_WORK, other_batch.pk])
        other.execute("BEGIN")
        other.execute("SELECT 1 FROM catalog_source FOR UPDATE")

        def ask() -> bool:
            asked.append(at_work())
            if len(asked) == 1:  # the import has ended
                other.execute("COMMIT")
                other.execute("SELECT pg_advisory_unlock_all()")
            return asked[-1]

        monkeypatch.setattr(batches, "imports_at_work", ask)
        done = conduct.run_batch(trial.pk, actor=CLERK)
    assert asked == [True, False]
    assert (done.status, done.unchanged) == (ImportBatch.Status.DONE, 4)


@pytest.mark.django_db(transaction=True)
def test_it_gives_up_when_others_never_end(tinh: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    trial = received(tinh, many(4), dry_run=True)
    monkeypatch.setattr(rehearse, "_PATIENCE", "20ms")
    monkeypatch.setattr(rehearse, "TRIES", 2)
    with elsewhere() as other:
        other.execute("BEGIN")
        other.execute("SELECT 1 FROM catalog_source FOR UPDATE")
        with pytest.raises(BatchStateRefused):
            conduct.run_batch(trial.pk, actor=CLERK)
    trial.refresh_from_db()
    assert (trial.status, trial.read) == (ImportBatch.Status.FAILED, 0)
    assert trial.error == str(BatchStateRefused.crowded_out())


@pytest.mark.django_db(transaction=True)
def test_a_chunk_that_a_deadlock_threw_out_is_written_again(tinh: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two real transactions lock two rows crosswise; PostgreSQL throws the import's chunk out."""
    other_library = make_library("VN-HL", "Hạ Long")
    batches.source_of(tinh), batches.source_of(other_library)
    batch = received(tinh, many(4))
    write = chunks.write
    other = elsewhere()
    if not other.execute("SELECT usesuper FROM pg_user WHERE usename = current_user").fetchone()[0]:
        pytest.skip("who is thrown out is chosen by deadlock_timeout, which only a superuser of the database may set")
    cross = threading.Thread(
        target=other.execute, args=("SELECT 1 FROM catalog_source WHERE library_id = %s FOR UPDATE", [tinh.pk])
    )
    thrown_out: list[bool] = []

    def crosswise(*args: Any) -> Any:
        written = write(*args)  # this transaction holds the source of the province's library
        if not thrown_out:
            thrown_out.append(True)
            other.execute("SET deadlock_timeout = '20s'")
            other.execute("BEGIN")
            other.execute("SELECT 1 FROM catalog_source WHERE library_id = %s FOR UPDATE", [other_library.pk])
            cross.start()
            with elsewhere() as onlooker:
                while not onlooker.execute(SOMEBODY_WAITS).fetchone():
                    pass
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 FROM catalog_source WHERE library_id = %s FOR UPDATE", [other_library.pk])
        return written

    monkeypatch.setattr(chunks, "write", crosswise)

    def gave_way(*args: Any) -> Any:  # the other one must have what it waited for before the chunk comes again
        cross.join(10)
        other.execute("ROLLBACK")
        return report_of(*args)

    report_of = chunks.report_of
    monkeypatch.setattr(chunks, "report_of", lambda *args: gave_way(*args) if thrown_out else report_of(*args))
    done = conduct.run_batch(batch.pk, actor=CLERK)
    other.close()
    assert thrown_out == [True]
    assert (done.status, done.created, BibRecord.objects.count()) == (ImportBatch.Status.DONE, 4, 4)


def elsewhere() -> psycopg.Connection[Any]:
    """A connection of another process to the same database."""
    given = connection.get_connection_params()
    wanted = {k: given[k] for k in ("host", "port", "user", "password", "dbname") if given.get(k)}
    return psycopg.connect(**wanted, autocommit=True)
