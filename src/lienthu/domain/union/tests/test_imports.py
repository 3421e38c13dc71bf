"""A file from the hand-over to the union: counts, repetitions, trial runs, interruptions (IMP-1, 13 to 30)."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import openpyxl
import psycopg
import pytest
from django.conf import settings as django_settings
from django.db import connection, transaction

from lienthu.domain.catalog.errors import BatchStateRefused, FileRefused
from lienthu.domain.catalog.models import BatchProblem, BibRecord, ImportBatch, Item, Quarantined, Revision
from lienthu.domain.catalog.services import batches, planning
from lienthu.domain.catalog.services.sources import set_column_mapping, set_encoding, set_holding_rules
from lienthu.domain.catalog.tests.cast import CLERK, book, encoded, held, iso_file
from lienthu.domain.network.models import Library
from lienthu.domain.network.tests.factories import make_library
from lienthu.domain.union import preparing
from lienthu.domain.union.models import Cluster, MatchKey, Membership
from lienthu.domain.union.services import chunks, conduct
from lienthu.domain.union.tests.cast import assert_union_is_sound, imported, imported_file, received
from lienthu.foundation.marc.holdings import PRESETS, rules_to_list
from lienthu.foundation.marc.model import Field
from lienthu.foundation.marc.normalise import from_canonical
from lienthu.foundation.marc.problems import seen
from lienthu.platform.models import AuditEntry, Change

pytestmark = pytest.mark.django_db
BROKEN = b"00050nam a2200000   4500 this is no record at all.\x1d"
NUMBERS = ("read", "created", "updated", "unchanged", "quarantined", "repaired", "repeated", "joined", "items")


@pytest.fixture
def tinh() -> Library:
    return make_library("VN-QNTV", "Thư viện tỉnh")


def numbers(batch: ImportBatch) -> dict[str, Any]:
    return {n: getattr(batch, n) for n in (*NUMBERS, "problem_counts", "encoding_counts")}


def a_mixed_file() -> bytes:
    """Good records, a repeated number, an unreadable piece, a record without a number, taken barcodes."""
    return (
        iso_file([book("Đất mỏ", number="1", barcodes=["B1"]), book("Vùng mỏ", number="2", barcodes=["B1"])])
        + BROKEN
        + iso_file([book("Đất mỏ. Bản mới", number="1"), book("Không số", shelf="K1"), book("Không số", shelf="K1")])
        + b"\r\n"
        + iso_file([book("Người thợ lò", number="3"), book("Vùng mỏ", number="4")])
    )


# ------------------------------------------------------------------------------------------------------- receiving


def test_a_file_is_kept_as_it_came_before_anything_is_written(tinh: Library) -> None:
    data = a_mixed_file()
    batch = received(tinh, data, name="sách cũ.mrc")
    digest = hashlib.sha256(data).hexdigest()
    assert (batch.sha256, batch.size, batch.filename, batch.format) == (digest, len(data), "sách cũ.mrc", "iso2709")
    assert (Path(django_settings.FILES_DIR) / digest[:2] / digest).read_bytes() == data
    assert batch.status == ImportBatch.Status.UPLOADED
    assert batch.options["plan"] == {"name": "utf-8", "legacy": "marc-8", "in_text": "", "forced": False}
    assert not BibRecord.objects.exists()


@pytest.mark.parametrize("data", [b"", b"\x00" * 500, b"\xef\xbb\xbf \r\n", "Kính gửi Thư viện tỉnh.\n".encode() * 30])
def test_what_is_no_catalogue_is_refused_and_not_kept(tinh: Library, data: bytes) -> None:
    with pytest.raises(FileRefused, match=r"sách\.mrc"):
        received(tinh, data, name="sách.mrc")
    assert not ImportBatch.objects.exists()
    assert not [p for p in Path(django_settings.FILES_DIR).rglob("*") if p.is_file()]


# ---------------------------------------------------------------------------------------------------------- counting


def test_every_piece_is_counted_once(tinh: Library) -> None:
    batch = imported_file(tinh, a_mixed_file())
    assert numbers(batch) == {
        "read": 8, "created": 5, "updated": 1, "unchanged": 1, "quarantined": 1, "repaired": batch.repaired,
        "repeated": 2, "joined": batch.joined, "items": batch.items, "problem_counts": batch.problem_counts,
        "encoding_counts": {"utf-8": 7},
    }  # fmt: skip
    assert batch.problem_counts["repeated-control-number"] == 2
    assert BibRecord.objects.count() == 5
    assert_union_is_sound()


def test_an_unreadable_piece_is_kept_with_its_bytes_and_its_place(tinh: Library) -> None:
    batch = imported_file(tinh, a_mixed_file())
    piece = Quarantined.objects.get(batch=batch)
    assert bytes(piece.raw) == BROKEN
    assert (piece.ordinal, piece.offset) == (2, a_mixed_file().index(BROKEN))
    assert batch.problem_counts[piece.code] == 1


def test_of_each_problem_200_examples_are_kept_and_all_are_counted(tinh: Library) -> None:
    batch = imported(tinh, *(book(f"Sách {n}", number=str(n), isbn="123") for n in range(230)))
    assert batch.problem_counts["isbn"] == 230
    assert BatchProblem.objects.filter(batch=batch, code="isbn").count() == batches.EXAMPLES_PER_CODE == 200


def test_the_very_same_file_again_changes_nothing(tinh: Library) -> None:
    imported_file(tinh, a_mixed_file())
    revisions = Revision.objects.count()
    again = imported_file(tinh, a_mixed_file())
    assert (again.read, again.created, again.updated, again.unchanged, again.quarantined) == (8, 0, 0, 7, 1)
    assert Revision.objects.count() == revisions
    assert "Bản mới" in held(tinh, "1").revisions.get(number=2).marc
    assert held(tinh, "1").revision == 2


# ------------------------------------------------------------------------------------------------------- rehearsing


@pytest.mark.parametrize("first", [b"", iso_file([book("Đất mỏ", number="1"), book("Người thợ lò", number="3")])])
@pytest.mark.parametrize("chunk", [1000, 3])
def test_a_dry_run_says_what_the_import_will_say_and_writes_nothing(
    tinh: Library, first: bytes, chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preparing, "CHUNK", chunk)
    if first:
        imported_file(tinh, first)
    tables = (BibRecord, Revision, Item, Cluster, Membership, MatchKey, Change)
    before = [list(t.objects.order_by("pk").values()) for t in tables]
    trial = imported_file(tinh, a_mixed_file(), dry_run=True)
    assert [list(t.objects.order_by("pk").values()) for t in tables] == before
    assert trial.status == ImportBatch.Status.DONE
    real = imported_file(tinh, a_mixed_file())
    expected, said = numbers(real), numbers(trial)
    assert said == expected
    assert list(trial.quarantine.values_list("ordinal", "code")) == list(real.quarantine.values_list("ordinal", "code"))


def test_a_dry_run_begins_anew_when_it_is_started_again(tinh: Library) -> None:
    trial = imported_file(tinh, a_mixed_file(), dry_run=True)
    ImportBatch.objects.filter(pk=trial.pk).update(status=ImportBatch.Status.FAILED)
    again = conduct.run_batch(trial.pk, actor=CLERK)
    assert numbers(again) == numbers(trial)
    assert again.quarantine.count() == 1


def test_a_dry_run_cannot_be_undone(tinh: Library) -> None:
    trial = imported_file(tinh, a_mixed_file(), dry_run=True)
    with pytest.raises(BatchStateRefused):
        conduct.undo_batch(trial.pk, actor=CLERK)


# ------------------------------------------------------------------------------------------- interrupted, going on


def test_an_import_goes_on_where_it_stopped(tinh: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preparing, "CHUNK", 3)
    batch = received(tinh, a_mixed_file())

    def pull_the_plug(at: ImportBatch) -> None:
        raise KeyboardInterrupt

    for expected in (3, 6):
        with pytest.raises(KeyboardInterrupt):
            conduct.run_batch(batch.pk, actor=CLERK, progress=pull_the_plug)
        batch.refresh_from_db()
        assert (batch.status, batch.read) == (ImportBatch.Status.FAILED, expected)
        assert batch.next_ordinal == expected
    done = conduct.run_batch(batch.pk, actor=CLERK)
    assert (done.status, done.error) == (ImportBatch.Status.DONE, "")
    assert (done.read, done.created, done.updated, done.unchanged, done.quarantined) == (8, 5, 1, 1, 1)
    assert_union_is_sound()


def test_an_error_ends_the_run_and_is_kept_with_the_batch(tinh: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    batch = received(tinh, a_mixed_file())

    def disk_full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(chunks, "attach", disk_full)
        with pytest.raises(OSError, match="No space"):
            conduct.run_batch(batch.pk, actor=CLERK)
    batch.refresh_from_db()
    assert batch.status == ImportBatch.Status.FAILED
    assert "No space left" in batch.error
    assert (batch.read, BibRecord.objects.count(), Change.objects.filter(topic="cluster.changed").count()) == (0, 0, 0)
    assert conduct.run_batch(batch.pk, actor=CLERK).created == 5


def test_two_runs_of_one_batch_are_refused(tinh: Library) -> None:
    batch = received(tinh, a_mixed_file())
    with at_work_elsewhere(batch), pytest.raises(BatchStateRefused):
        conduct.run_batch(batch.pk, actor=CLERK)
    assert conduct.run_batch(batch.pk, actor=CLERK).read == 8


def test_a_run_that_finds_the_checkpoint_moved_stops(tinh: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    """What would happen if two processes ran one batch in spite of the lock."""
    monkeypatch.setattr(preparing, "CHUNK", 3)
    batch = received(tinh, a_mixed_file())

    def meanwhile(at: ImportBatch) -> None:
        ImportBatch.objects.filter(pk=at.pk).update(next_ordinal=6)

    with pytest.raises(RuntimeError, match="another process"):
        conduct.run_batch(batch.pk, actor=CLERK, progress=meanwhile)
    batch.refresh_from_db()
    assert batch.read == 3


@pytest.mark.django_db(transaction=True)
def test_two_imports_into_one_source_are_put_in_order_by_its_lock(tinh: Library) -> None:
    batches.source_of(tinh)
    with transaction.atomic():
        imported(tinh, book("Đất mỏ", number="1"))
        with elsewhere() as other, pytest.raises(psycopg.errors.LockNotAvailable):
            other.execute("SELECT 1 FROM catalog_source FOR UPDATE NOWAIT")
        transaction.set_rollback(True)


def test_a_batch_that_is_being_undone_stops_at_its_next_chunk(tinh: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preparing, "CHUNK", 3)
    batch = received(tinh, a_mixed_file())

    def take_it_back(at: ImportBatch) -> None:
        batches.begin_undo(at.pk, actor=CLERK)

    stopped = conduct.run_batch(batch.pk, actor=CLERK, progress=take_it_back)
    assert (stopped.status, stopped.read) == (ImportBatch.Status.UNDOING, 3)
    assert conduct.undo_batch(batch.pk, actor=CLERK).status == ImportBatch.Status.UNDONE
    assert not BibRecord.objects.filter(deleted=False).exists()
    assert not Membership.objects.exists()


@pytest.mark.parametrize("background", [False, True])
def test_imports_that_nobody_runs_any_more_are_noticed(tinh: Library, background: bool) -> None:
    batch = received(tinh, a_mixed_file(), options={"background": background})
    batches.begin(batch.pk, actor=CLERK)
    with at_work_elsewhere(batch):
        assert batches.note_interrupted(actor=CLERK) == [], "somebody is at work on it"
    assert batches.note_interrupted(actor=CLERK) == ([] if background else [batch.pk])
    batch.refresh_from_db()
    assert batch.status == (ImportBatch.Status.RUNNING if background else ImportBatch.Status.FAILED)


def test_a_row_that_is_no_record_is_told_by_byte_or_by_sheet_and_row(tinh: Library) -> None:
    lines = ["Nhan đề;Tác giả", '"Đất\nrừng";Đoàn Giỏi', ";Không tên", "Số đỏ;Vũ Trọng Phụng"]
    for encoding in ("utf-8", "utf-16"):
        data = "\r\n".join(lines).encode(encoding)
        batch = imported_file(tinh, data, name="so.csv")
        piece = Quarantined.objects.get(batch=batch)
        row = (lines[2] + "\r\n").encode(encoding).removeprefix("".encode(encoding))
        assert bytes(piece.raw) == data[piece.offset :][: len(row)] == row
        assert (batch.read, piece.ordinal, piece.detail) == (3, 1, seen("row", 4)), "a cell of two lines before it"
    book_ = openpyxl.Workbook()
    book_.active.title = "Bìa"
    sheet = book_.create_sheet("Danh mục")
    for line in ("DANH MỤC;", *lines):
        sheet.append(line.split(";"))
    stream = io.BytesIO()
    book_.save(stream)
    piece = Quarantined.objects.get(batch=imported_file(tinh, stream.getvalue(), name="so.xlsx"))
    assert (piece.offset, piece.detail) == (4, seen("sheet-row", "Danh mục", 4))
    assert json.loads(bytes(piece.raw))["sheet"] == "Danh mục"


def test_the_sheets_of_a_workbook_are_imported_or_told(tinh: Library) -> None:
    """IMP-8, IMP-11: what is read and what is not adds up."""
    book_ = openpyxl.Workbook()
    book_.active.title = "Kho 1"
    for name, rows in {
        "Kho 1": [["Nhan đề", "Tác giả"], ["Đất mỏ", "Võ Huy Tâm"], ["Nhan đề", "Tác giả"], ["Chí Phèo", "Nam Cao"]],
        "Kho 2": [["Tác giả", "Nhan đề"], ["Vũ Trọng Phụng", "Số đỏ"]],
        "Bạn đọc": [["Họ tên", "Số thẻ"], ["An", 12]],
    }.items():
        sheet = book_[name] if name in book_.sheetnames else book_.create_sheet(name)
        for row in rows:
            sheet.append(row)
    stream = io.BytesIO()
    book_.save(stream)
    batch = imported_file(tinh, stream.getvalue(), name="so.xlsx")
    assert (batch.read, batch.created, batch.quarantined) == (5, 3, 2)
    assert [(q.code, q.detail) for q in Quarantined.objects.filter(batch=batch).order_by("ordinal")] == [
        ("headings-again", seen("sheet-row", "Kho 1", 3)),
        ("sheet-not-read", seen("sheet-rows", "Bạn đọc", 2)),
    ]


# ----------------------------------------------------------------------------------------------- by saved choices


def test_copies_are_read_by_the_rules_of_the_source(tinh: Library) -> None:
    source = batches.source_of(tinh, "libol")
    set_holding_rules(source, rules_to_list(PRESETS["libol-852/900"]), actor=CLERK)
    holding = Field("900", subfields=(("a", "QNTV"), ("b", "Kho đọc"), ("c", "895.92 / V500"), ("d", "VV.1,VV.2")))
    record = book("Vùng mỏ", number="1", more=[holding])
    imported(tinh, record, source_code="libol")
    imported(tinh, record, source_code="main")
    assert [(i.barcode, i.call_number, i.location, i.status) for i in Item.objects.order_by("barcode")] == [
        ("VV.1", "895.92 / V500", "Kho đọc", "unknown"),
        ("VV.2", "895.92 / V500", "Kho đọc", "unknown"),
    ]


def test_the_character_set_that_a_person_chose_holds_for_the_next_file(tinh: Library) -> None:
    data = encoded(book("Lịch sử vùng mỏ", number="1"), "tcvn3")
    source = batches.source_of(tinh)
    set_encoding(source, "latin-1", actor=CLERK)
    batch = imported_file(tinh, data)
    assert (batch.encoding, batch.options["plan"]["forced"]) == ("latin-1", True)
    assert "LÞch sö vïng má" in held(tinh, "1").revisions.get().marc
    set_encoding(source, "", actor=CLERK)
    assert received(tinh, data).encoding == "tcvn3"


def test_the_columns_that_a_person_chose_hold_for_the_next_table(tinh: Library) -> None:
    table = "A;B;C\nĐất mỏ;Võ Huy Tâm;1961\nVùng mỏ;Võ Huy Tâm;1951\n".encode()
    source = batches.source_of(tinh)
    set_column_mapping(source, {"A": "title", "B": "author", "C": "nonsense"}, actor=CLERK)
    imported_file(tinh, table, name="so.csv", fmt="csv")
    records = [from_canonical(r.marc) for r in Revision.objects.order_by("record_id")]
    titles = [r.first("245").first("a") for r in records]
    assert [t.rstrip(" /") for t in titles] == ["Đất mỏ", "Vùng mỏ"]
    assert not any("1961" in r.marc for r in Revision.objects.all())
    assert b"1961" in bytes(Revision.objects.order_by("record_id")[0].raw), "the row is kept as it came"


def test_a_plan_may_be_changed_only_before_the_import(tinh: Library) -> None:
    batch = received(tinh, encoded(book("Vùng mỏ", number="1"), "vni"))
    assert batch.encoding == "vni"
    assert planning.replan(batch.pk, actor=CLERK, encoding="latin-1").options["plan"]["forced"] is True
    assert planning.replan(batch.pk, actor=CLERK, encoding="auto").encoding == "vni"
    conduct.run_batch(batch.pk, actor=CLERK)
    with pytest.raises(BatchStateRefused):
        planning.replan(batch.pk, actor=CLERK, encoding="utf-8")


# ----------------------------------------------------------------------------------------------------- what remains


def test_received_started_finished_failed_and_undone_are_in_the_audit_trail(
    tinh: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = received(tinh, a_mixed_file())
    monkeypatch.setattr(preparing, "CHUNK", 3)
    with pytest.raises(ZeroDivisionError):
        conduct.run_batch(batch.pk, actor=CLERK, progress=lambda _: 1 // 0)
    conduct.run_batch(batch.pk, actor=CLERK)
    conduct.undo_batch(batch.pk, actor=CLERK)
    rows = AuditEntry.objects.filter(object_type="catalog.importbatch", object_id=str(batch.pk)).order_by("id")
    assert [r.action for r in rows] == [
        "import.received", "import.started", "import.failed", "import.started", "import.finished",
        "import.undo_started", "import.undone",
    ]  # fmt: skip
    assert {(r.actor_name, r.library_id) for r in rows} == {("clerk", tinh.pk)}
    finished = rows.get(action="import.finished")
    assert finished.detail == batches.counts_of(ImportBatch.objects.get(pk=batch.pk))


def test_the_index_is_told_of_every_publication_that_changed(tinh: Library) -> None:
    imported(tinh, book("Đất mỏ", number="1"), book("Vùng mỏ", number="2"))
    Change.objects.all().delete()
    imported(tinh, book("Đất mỏ", number="1", shelf="K1"), book("Vùng mỏ", number="2"))
    changed = Membership.objects.get(record=held(tinh, "1")).cluster_id
    told = Change.objects.filter(consumer="discovery").values_list("topic", "key")
    assert list(told) == [("cluster.changed", changed)]


def elsewhere() -> psycopg.Connection[Any]:
    """A connection of another process to the same database."""
    given = connection.get_connection_params()
    wanted = {k: given[k] for k in ("host", "port", "user", "password", "dbname") if given.get(k)}
    return psycopg.connect(**wanted, autocommit=True)


@contextmanager
def at_work_elsewhere(batch: ImportBatch) -> Iterator[None]:
    """Another process runs this batch meanwhile."""
    with elsewhere() as other:
        other.execute("SELECT pg_advisory_lock(%s, %s)", [batches._AT_WORK, batch.pk])
        yield
        other.execute("SELECT pg_advisory_unlock(%s, %s)", [batches._AT_WORK, batch.pk])
