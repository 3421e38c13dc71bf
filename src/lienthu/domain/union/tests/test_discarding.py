"""A file that was handed over and never imported can go again, with its bytes (IMP-31)."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings as django_settings

from lienthu.domain.catalog.errors import BatchStateRefused
from lienthu.domain.catalog.models import ImportBatch, Quarantined
from lienthu.domain.catalog.services import planning
from lienthu.domain.catalog.services.discard import discard, discardable
from lienthu.domain.catalog.tests.cast import CLERK, book, iso_file
from lienthu.domain.network.models import Library
from lienthu.domain.network.tests.factories import make_library
from lienthu.domain.union import preparing
from lienthu.domain.union.services import chunks
from lienthu.domain.union.services.conduct import run_batch, undo_batch
from lienthu.domain.union.tests.cast import received
from lienthu.platform.models import AuditEntry

pytestmark = pytest.mark.django_db
DATA = iso_file([book("Đất mỏ", number="1")]) + b"00050nam a2200000   4500 this is no record at all.\x1d"


@pytest.fixture
def tinh() -> Library:
    return make_library("VN-QNTV", "Thư viện tỉnh")


def kept() -> list[Path]:
    return [p for p in Path(django_settings.FILES_DIR).rglob("*") if p.is_file()]


def test_the_file_goes_and_a_row_says_who_let_it_go(tinh: Library) -> None:
    batch = received(tinh, DATA)
    assert len(kept()) == 1
    discard(batch.pk, actor=CLERK)
    batch.refresh_from_db()
    assert kept() == []
    assert (batch.status, batch.finished_at is not None) == (ImportBatch.Status.DISCARDED, True)
    told = AuditEntry.objects.get(action="import.discarded")
    assert (told.actor_name, told.library_id) == ("clerk", tinh.pk)
    assert told.detail == {"sha256": batch.sha256, "file_removed": True}
    with pytest.raises(BatchStateRefused):
        run_batch(batch.pk, actor=CLERK)
    with pytest.raises(BatchStateRefused):
        discard(batch.pk, actor=CLERK)


def test_its_rehearsals_go_with_it(tinh: Library) -> None:
    batch = received(tinh, DATA)
    trial = planning.open_trial(batch.pk, actor=CLERK)
    with pytest.raises(BatchStateRefused):
        discard(batch.pk, actor=CLERK)  # a worker is about to read it
    assert len(kept()) == 1
    run_batch(trial.pk, actor=CLERK)
    assert Quarantined.objects.count() == 1
    discard(batch.pk, actor=CLERK)
    assert (kept(), Quarantined.objects.count()) == ([], 0)
    assert list(ImportBatch.objects.values_list("pk", flat=True)) == [batch.pk]


def test_a_file_that_another_import_needs_stays(tinh: Library) -> None:
    other = received(make_library("VN-HL", "Hạ Long"), DATA, name="cung-tep.mrc")
    batch = received(tinh, DATA)
    discard(batch.pk, actor=CLERK)
    assert len(kept()) == 1
    assert run_batch(other.pk, actor=CLERK).created == 1
    again = received(tinh, DATA)
    discard(again.pk, actor=CLERK)
    assert len(kept()) == 1, "a finished import keeps its file for good"


def test_the_same_file_can_be_handed_over_again(tinh: Library) -> None:
    discard(received(tinh, DATA).pk, actor=CLERK)
    assert run_batch(received(tinh, DATA).pk, actor=CLERK).created == 1


def test_what_was_imported_cannot_be_discarded(tinh: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    done = received(tinh, DATA)
    run_batch(done.pk, actor=CLERK)
    halfway = received(tinh, iso_file([book(f"Sách {n}", number=str(n)) for n in range(4)]))
    monkeypatch.setattr(preparing, "CHUNK", 2)
    with pytest.raises(ZeroDivisionError):
        run_batch(halfway.pk, actor=CLERK, progress=lambda _: 1 // 0)
    for batch in (done, halfway):
        with pytest.raises(BatchStateRefused):
            discard(batch.pk, actor=CLERK)
    undo_batch(halfway.pk, actor=CLERK)
    with pytest.raises(BatchStateRefused):
        discard(halfway.pk, actor=CLERK)
    assert len(kept()) == 2


def test_what_failed_before_anything_was_written_can(tinh: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    batch = received(tinh, DATA)

    def disk_full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(chunks, "write", disk_full)
    with pytest.raises(OSError, match="No space"):
        run_batch(batch.pk, actor=CLERK)
    batch.refresh_from_db()
    assert batch.finished_at is not None, "a failed import says when it stopped"
    assert discardable(batch)
    discard(batch.pk, actor=CLERK)
    assert kept() == []
