"""Copies read again by other rules, by the worker and after an import; index and quality hear of it (IMP-38)."""

from __future__ import annotations

import psycopg
import pytest
from django.db import OperationalError
from procrastinate.contrib.django.models import ProcrastinateJob

from lienthu.domain.catalog.long_work_models import CopyReading
from lienthu.domain.catalog.models import ImportBatch, Item, Source
from lienthu.domain.catalog.services import batches
from lienthu.domain.catalog.services.copies import begin
from lienthu.domain.catalog.services.sources import set_holding_rules
from lienthu.domain.catalog.source_selectors import outdated
from lienthu.domain.catalog.tests.cast import CLERK, book, held, iso_file
from lienthu.domain.network.models import Library
from lienthu.domain.network.tests.factories import make_library
from lienthu.domain.union import jobs
from lienthu.domain.union.quality.models import RecordQuality
from lienthu.domain.union.quality.selectors import libraries_to_assess
from lienthu.domain.union.services import conduct, copies
from lienthu.domain.union.services.assess import assess_library
from lienthu.domain.union.services.conduct import run_batch, undo_batch
from lienthu.domain.union.services.requesting import request_copies
from lienthu.domain.union.tests.cast import cluster_of, imported, received
from lienthu.foundation.marc.model import Field, Record
from lienthu.foundation.marc.quality import bits_of
from lienthu.platform.models import AuditEntry
from lienthu.platform.services import changes

pytestmark = pytest.mark.django_db
IN_960 = [{"tag": "960", "barcode": "z", "call_number": "y"}]
NO_COPIES = bits_of(("copies",))


@pytest.fixture
def tinh() -> Library:
    return make_library("VN-QNTV", "Thư viện tỉnh")


def in_960(number: str) -> Record:
    return book(f"Sách {number}", number=number, more=[Field("960", subfields=(("y", "959.7"), ("z", f"B{number}")))])


def worked() -> None:
    """What waits for a worker, done to its end."""
    while job := ProcrastinateJob.objects.filter(task_name="union.copies", status="todo").first():
        ProcrastinateJob.objects.filter(pk=job.pk).update(status="succeeded")
        jobs.read_copies(**job.args)


def news() -> set[int]:
    return set((changes.keys_waiting(["discovery"], 100) or {})["discovery"])


def barcodes() -> set[str]:
    return set(Item.objects.values_list("barcode", flat=True))


def test_whoever_sets_other_rules_asks_the_worker_and_the_index_hears_of_what_changed(tinh: Library) -> None:
    imported(tinh, in_960("1"), in_960("2"), book("Không bản", number="3"))
    changes.discard("discovery")
    source = Source.objects.get()
    set_holding_rules(source, IN_960, actor=CLERK)
    assert barcodes() == set()
    reading = request_copies(source.pk, actor=CLERK)
    assert request_copies(source.pk, actor=CLERK) == reading, "asked for twice it is done once"
    assert ProcrastinateJob.objects.filter(task_name="union.copies").count() == 1
    worked()
    assert barcodes() == {"B1", "B2"}
    assert news() == {cluster_of(tinh, "1"), cluster_of(tinh, "2")}
    assert request_copies(source.pk, actor=CLERK) is None


def test_a_file_of_unchanged_records_brings_other_rules(tinh: Library) -> None:
    imported(tinh, in_960("1"), in_960("2"))
    batch = received(tinh, iso_file([in_960("1")]), options={"background": True})
    set_holding_rules(Source.objects.get(), IN_960, actor=CLERK)
    batches.begin(batch.pk, actor=CLERK)
    jobs.run_import(batch.pk)
    batch.refresh_from_db()
    assert (batch.status, batch.unchanged) == (ImportBatch.Status.DONE, 1)
    assert barcodes() == set()
    worked()
    assert barcodes() == {"B1", "B2"}, "also the record that is not in the file"
    undo_batch(batch.pk, actor=CLERK)
    assert barcodes() == {"B1", "B2"}, "what the file left unchanged is not undone"
    assert not outdated(Source.objects.get())


def test_undoing_the_batch_before_gives_back_what_it_found(tinh: Library) -> None:
    imported(tinh, in_960("1"))
    second = imported(tinh, book("Sách 1, in lại", number="1"), in_960("2"))
    set_holding_rules(Source.objects.get(), IN_960, actor=CLERK)
    copies.read_all_copies(Source.objects.get().pk, actor=CLERK)
    assert barcodes() == {"B2"}
    undo_batch(second.pk, actor=CLERK)
    assert barcodes() == {"B1"}


def test_nothing_is_begun_where_the_rules_are_the_same(tinh: Library) -> None:
    imported(tinh, in_960("1"))
    imported(tinh, in_960("1"), in_960("2"))
    set_holding_rules(Source.objects.get(), IN_960, actor=CLERK)
    imported(tinh, in_960("1"), dry_run=True)
    assert not CopyReading.objects.exists(), "a dry run begins nothing"


def test_a_worker_that_was_killed_takes_it_up_again(tinh: Library) -> None:
    imported(tinh, in_960("1"), in_960("2"), in_960("3"))
    source = Source.objects.get()
    set_holding_rules(source, IN_960, actor=CLERK)
    reading = begin(source.pk, actor=CLERK)
    assert reading is not None
    assert copies.read_copies(reading.pk, actor=CLERK, size=1)
    jobs.take_up_interrupted(all_are_dead=False)
    worked()
    reading.refresh_from_db()
    assert (reading.status, reading.done, reading.changed) == (CopyReading.Status.DONE, 3, 3)
    assert AuditEntry.objects.filter(action="source.copies_read").count() == 1


def test_what_an_import_by_a_command_or_a_harvest_began_is_taken_up(tinh: Library) -> None:
    imported(tinh, in_960("1"))
    set_holding_rules(Source.objects.get(), IN_960, actor=CLERK)
    imported(tinh, in_960("1"))
    assert not ProcrastinateJob.objects.filter(task_name="union.copies").exists()
    jobs.take_up_copies(0)
    jobs.take_up_copies(0)
    worked()
    assert barcodes() == {"B1"}
    jobs.take_up_copies(0)
    assert not ProcrastinateJob.objects.filter(task_name="union.copies", status="todo").exists()


def test_a_piece_and_its_news_are_one(tinh: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    imported(tinh, in_960("1"))
    source = Source.objects.get()
    set_holding_rules(source, IN_960, actor=CLERK)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as context:
        context.setattr(copies, "touch_records", killed)
        with pytest.raises(KeyboardInterrupt):
            copies.read_all_copies(source.pk, actor=CLERK)
    assert barcodes() == set()
    assert copies.read_all_copies(source.pk, actor=CLERK) is not None
    assert barcodes() == {"B1"}


def test_dry_runs_wait_until_it_is_done(tinh: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    imported(tinh, in_960("1"))
    set_holding_rules(Source.objects.get(), IN_960, actor=CLERK)
    seen: list[bool] = []
    monkeypatch.setattr(copies, "touch_records", lambda _: seen.append(batches.imports_at_work()))
    copies.read_all_copies(Source.objects.get().pk, actor=CLERK)
    assert (seen, batches.imports_at_work()) == ([True], False)


def test_a_piece_that_a_deadlock_threw_out_is_read_again(tinh: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    imported(tinh, in_960("1"))
    source = Source.objects.get()
    set_holding_rules(source, IN_960, actor=CLERK)
    really, tries = copies.read_piece, iter([True, False, False])

    def once_thrown_out(*args: object, **said: object) -> object:
        if next(tries):
            raise OperationalError from psycopg.errors.DeadlockDetected()
        return really(*args, **said)

    monkeypatch.setattr(copies, "read_piece", once_thrown_out)
    copies.read_all_copies(source.pk, actor=CLERK)
    assert barcodes() == {"B1"}


def test_an_import_that_reads_by_former_rules_is_read_again_when_it_ends(
    tinh: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rules are set while its file is read ahead: its chunks bring copies by those of before."""
    imported(tinh, in_960("0"))
    batch = received(tinh, iso_file([in_960("1")]))
    really = conduct.write_chunk

    def meanwhile(*args: object) -> object:
        set_holding_rules(Source.objects.get(), IN_960, actor=CLERK)
        assert copies.read_all_copies(Source.objects.get().pk, actor=CLERK)
        return really(*args)

    monkeypatch.setattr(conduct, "write_chunk", meanwhile)
    run_batch(batch.pk, actor=CLERK)
    assert barcodes() == {"B0"}
    reading = CopyReading.objects.latest("pk")
    while copies.read_copies(reading.pk, actor=CLERK):
        pass
    assert barcodes() == {"B0", "B1"}


def test_the_quality_of_the_library_is_counted_anew(tinh: Library) -> None:
    imported(tinh, in_960("1"))
    assess_library(tinh.pk, actor=CLERK)
    before = RecordQuality.objects.get(record_id=held(tinh, "1").pk).missing
    assert libraries_to_assess() == []
    set_holding_rules(Source.objects.get(), IN_960, actor=CLERK)
    copies.read_all_copies(Source.objects.get().pk, actor=CLERK)
    assert libraries_to_assess() == [tinh.pk]
    assess_library(tinh.pk, actor=CLERK)
    after = RecordQuality.objects.get(record_id=held(tinh, "1").pk).missing
    assert (before & NO_COPIES, after & NO_COPIES) == (NO_COPIES, 0)
