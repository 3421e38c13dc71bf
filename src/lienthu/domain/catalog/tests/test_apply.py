"""Writing records: who a record is, what counts as a change, copies and parts (IMP-13 to IMP-20, IMP-28)."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from lienthu.domain.catalog.content import Arrival, content_of
from lienthu.domain.catalog.models import BibRecord, ImportBatch, Item, Revision
from lienthu.domain.catalog.record_selectors import copies_of, current_content, find_records, revisions_of
from lienthu.domain.catalog.selectors import copy_counts, hosts_of, items_of, marc_of, parts_of
from lienthu.domain.catalog.services.apply import apply
from lienthu.domain.catalog.services.batches import source_of
from lienthu.domain.catalog.services.undo import take_back
from lienthu.domain.catalog.tests.cast import article, book, bring, held, open_batch, write
from lienthu.domain.network.models import Library
from lienthu.domain.network.tests.factories import make_branch, make_library
from lienthu.foundation.marc import iso2709
from lienthu.foundation.marc.holdings import DEFAULT_RULES
from lienthu.foundation.marc.model import Field

pytestmark = pytest.mark.django_db


@pytest.fixture
def tinh() -> Library:
    return make_library("VN-QNTV", "Thư viện tỉnh")


def counts(applied: Any) -> tuple[int, int, int]:
    return applied.created, applied.updated, applied.unchanged


# --------------------------------------------------------------------------------------------- who a record is (13)


def test_a_record_is_who_it_is_by_library_source_and_number(tinh: Library) -> None:
    other = make_library("VN-HL", "Thư viện Hạ Long")
    for library, source in ((tinh, "main"), (tinh, "cũ"), (other, "main")):
        assert counts(bring(library, book("Đất mỏ", number="1"), source=source)) == (1, 0, 0)
    assert counts(bring(tinh, book("Đất mỏ", number="1"))) == (0, 0, 1)
    assert BibRecord.objects.count() == 3


def test_without_a_number_the_content_is_who_it_is(tinh: Library) -> None:
    one, two = book("Đất mỏ"), book("Vùng mỏ")
    assert counts(bring(tinh, one, two, one)) == (2, 0, 1)
    assert counts(bring(tinh, one)) == (0, 0, 1)
    assert {r.identity[:7] for r in BibRecord.objects.all()} == {"digest:"}


def test_005_is_no_part_of_who_a_record_is() -> None:
    early, late = (book("Đất mỏ", more=[Field("005", data=f"{year}0101120000.0")]) for year in (2004, 2024))
    assert content_of(early, DEFAULT_RULES).identity == content_of(late, DEFAULT_RULES).identity


def test_an_endless_number_is_identified_by_its_own_digest(tinh: Library) -> None:
    endless = "9" * 500
    assert counts(bring(tinh, book("Đất mỏ", number=endless))) == (1, 0, 0)
    assert counts(bring(tinh, book("Đất mỏ, bản mới", number=endless))) == (0, 1, 0)
    record = BibRecord.objects.get()
    assert record.identity.startswith("001-digest:")
    assert record.control_number == "9" * 110
    assert current_content(record).control_number == endless, "the record itself keeps it whole"


# -------------------------------------------------------------------------------------- what counts as a change (16)


def test_what_is_unchanged_makes_no_revision(tinh: Library) -> None:
    bring(tinh, book("Đất mỏ", number="1"))
    assert counts(bring(tinh, book("Đất mỏ", number="1"))) == (0, 0, 1)
    assert Revision.objects.count() == 1


def test_another_005_is_no_change(tinh: Library) -> None:
    for year in ("2004", "2024"):
        bring(tinh, book("Đất mỏ", number="1", more=[Field("005", data=f"{year}0101120000.0")]))
    assert held(tinh, "1").revision == 1


@pytest.mark.parametrize("otherwise", [{"title": "Đất mỏ."}, {"shelf": "K1"}, {"year": 1962}, {"entered": "050505"}])
def test_any_other_content_is(tinh: Library, otherwise: dict[str, Any]) -> None:
    bring(tinh, book("Đất mỏ", number="1", year=1961))
    assert counts(bring(tinh, book(**{"title": "Đất mỏ", "number": "1", "year": 1961, **otherwise}))) == (0, 1, 0)
    assert held(tinh, "1").revision == 2


def test_a_revision_keeps_the_bytes_as_received_and_is_never_changed(tinh: Library) -> None:
    first, second = book("Đất mỏ", number="1"), book("Đất mỏ, in lại", number="1")
    bring(tinh, first)
    kept = Revision.objects.values().get()
    bring(tinh, second)
    assert Revision.objects.values().get(number=1) == kept
    assert bytes(kept["raw"]) == iso2709.write(first)
    assert (kept["raw_format"], kept["raw_encoding"]) == ("iso2709", "utf-8")
    assert [r.number for r in revisions_of(held(tinh, "1"))] == [2, 1]
    assert marc_of([held(tinh, "1").pk])[held(tinh, "1").pk] == second


# ------------------------------------------------------------------------------------------ numbers that repeat (15)


def test_the_later_of_two_records_with_one_number_counts(tinh: Library) -> None:
    applied = bring(tinh, book("Bản đầu", number="1"), book("Khác", number="2"), book("Bản sau", number="1"))
    assert counts(applied) == (2, 1, 0)
    assert [(a.ordinal, a.content.control_number) for a in applied.repeated] == [(2, "1")]
    assert [r.number for r in revisions_of(held(tinh, "1"))] == [2, 1]
    assert current_content(held(tinh, "1")).first("245").first("a") == "Bản sau"
    assert len(applied.written) == 2, "each record is placed once, by its last state"


def test_also_in_another_chunk_of_the_same_file(tinh: Library) -> None:
    batch = open_batch(tinh)
    write(batch, book("Bản đầu", number="1"))
    applied = write(batch, book("Bản sau", number="1"), book("Bản sau", number="1"))
    assert counts(applied) == (0, 1, 1)
    assert len(applied.repeated) == 2


def test_a_number_of_an_earlier_file_is_no_repetition(tinh: Library) -> None:
    bring(tinh, book("Bản đầu", number="1"))
    assert bring(tinh, book("Bản sau", number="1")).repeated == []


def test_the_very_same_file_again_makes_no_revision_of_a_repeated_number(tinh: Library) -> None:
    records = book("Bản đầu", number="1"), book("Bản sau", number="1")
    write(open_batch(tinh, sha256="a" * 64), *records)
    again = write(open_batch(tinh, sha256="a" * 64), *records)
    assert counts(again) == (0, 0, 2)
    assert held(tinh, "1").revision == 2
    other = write(open_batch(tinh, sha256="b" * 64), *records)
    assert counts(other) == (0, 2, 0), "in another file it is a change"


def test_the_very_same_file_read_otherwise_is_a_change(tinh: Library) -> None:
    """IMP-16: the person who chose the right character set or columns wants to see them."""
    write(open_batch(tinh, sha256="a" * 64), book("§Êt má", number="1"))
    again = write(open_batch(tinh, sha256="a" * 64), book("Đất mỏ", number="1"))
    assert counts(again) == (0, 1, 0)
    # of the file that was broken off, what comes later under the same number is news
    write(open_batch(tinh, sha256="c" * 64), book("Bản đầu", number="2"))
    whole = write(open_batch(tinh, sha256="c" * 64), book("Bản đầu", number="2"), book("Bản sau", number="2"))
    assert counts(whole) == (0, 1, 1)
    assert len(whole.repeated) == 1


def test_a_changed_control_number_is_kept(tinh: Library) -> None:
    """Of harvested records the identity is that of the repository, and 001 may change."""
    batch = open_batch(tinh)
    for number in ("1", "2"):
        content = content_of(book("Đất mỏ", number=number), DEFAULT_RULES, "oai:kho:1")
        with transaction.atomic():
            apply([Arrival(0, b"x", "utf-8", content)], source=batch.source, batch_id=batch.pk, raw_format="oai")
    assert BibRecord.objects.get(identity="oai:kho:1").control_number == "2"


def test_the_file_before_the_last_one_is_a_change_again(tinh: Library) -> None:
    for sha256, title in (("a" * 64, "Bản cũ"), ("b" * 64, "Bản mới")):
        write(open_batch(tinh, sha256=sha256), book(title, number="1"))
    assert counts(write(open_batch(tinh, sha256="a" * 64), book("Bản cũ", number="1"))) == (0, 1, 0)


# ------------------------------------------------------------------------------------------- withdrawn, revived (28)


def test_a_withdrawn_record_that_arrives_again_is_created_under_its_old_number(tinh: Library) -> None:
    batch = open_batch(tinh)
    write(batch, book("Đất mỏ", number="1", barcodes=["B1"]))
    pk = held(tinh, "1").pk
    assert take_back(batch, [pk]).withdrawn == [pk]
    assert held(tinh, "1").deleted
    assert (marc_of([pk]), copies_of(held(tinh, "1"))) == ({}, [])
    applied = bring(tinh, book("Đất mỏ", number="1", barcodes=["B1"]))
    assert counts(applied) == (1, 0, 0)
    assert [(w.record_id, w.is_new) for w in applied.written] == [(pk, True)]
    record = held(tinh, "1")
    assert (record.pk, record.deleted, record.revision) == (pk, False, 3)
    assert [(r.number, r.deleted) for r in revisions_of(record)] == [(3, False), (2, True), (1, False)]
    assert [i.barcode for i in copies_of(record)] == ["B1"]


def test_undoing_gives_back_the_state_before_and_leaves_what_changed_later(tinh: Library) -> None:
    bring(tinh, book("Cũ", number="1"), book("Cũ", number="2"))
    batch = open_batch(tinh)
    write(batch, book("Mới", number="1"), book("Mới", number="2"), book("Mới", number="3"))
    bring(tinh, book("Mới hơn", number="2"))
    ids = [held(tinh, n).pk for n in "123"]
    back = take_back(batch, ids)
    assert ([w.record_id for w in back.restored], back.withdrawn, back.kept) == (ids[:1], ids[2:], 1)
    titles = {pk: r.first("245").first("a") for pk, r in marc_of(ids).items()}
    assert titles == {ids[0]: "Cũ", ids[1]: "Mới hơn"}
    assert take_back(batch, ids).kept == 3, "a second time changes nothing"


def test_batches_are_undone_one_after_the_other(tinh: Library) -> None:
    first, second, third = (open_batch(tinh) for _ in range(3))
    write(first, book("Cũ", number="1"))
    write(second, book("Mới", number="1"))
    write(third, book("Mới hơn", number="1"))
    record = held(tinh, "1")
    assert take_back(second, [record.pk]).kept == 1
    assert [w.record_id for w in take_back(third, [record.pk]).restored] == [record.pk]
    assert take_back(first, [record.pk]).kept == 1, "the second is there again"
    assert [w.record_id for w in take_back(second, [record.pk]).restored] == [record.pk]
    assert take_back(second, [record.pk]).kept == 1, "a second time changes nothing"
    assert take_back(first, [record.pk]).withdrawn == [record.pk]
    assert take_back(first, [record.pk]).kept == 1


# ------------------------------------------------------------------------------------------------------ copies (18, 19)


def test_copies_follow_the_record(tinh: Library) -> None:
    branch = make_branch(tinh, code="KM")
    lots = [Field("852", subfields=(("b", code), ("h", "K 1"), ("t", "c.2"))) for code in ("km", "Kho lạ")]
    bring(tinh, book("Đất mỏ", number="1", barcodes=["B1", "B2"], shelf="895.92 / V500 (t.1)", more=lots))
    items = copies_of(held(tinh, "1"))
    assert [(i.barcode, i.call_number, i.status) for i in items] == [
        ("B1", "895.92 / V500 (t.1)", "unknown"), ("B2", "895.92 / V500 (t.1)", "unknown"),
        ("", "K 1", "unknown"), ("", "K 1", "unknown"),
    ]  # fmt: skip
    assert [(i.branch_id, i.branch_text) for i in items[2:]] == [(branch.pk, "km"), (None, "Kho lạ")]
    bring(tinh, book("Đất mỏ", number="1", barcodes=["B2"]))
    assert [i.barcode for i in copies_of(held(tinh, "1"))] == ["B2"]


def test_serial_holdings_in_words_are_kept_and_count_no_copies(tinh: Library) -> None:
    words = Field("866", " ", "0", (("a", "Số 1 (1990) - số 12 (1999)"),))
    bring(tinh, book("Tạp chí Than", number="1", barcodes=["B1"], more=[words]))
    pk = held(tinh, "1").pk
    assert [i.statement for i in items_of([pk])] == ["", "Số 1 (1990) - số 12 (1999)"]
    assert copy_counts([pk]) == {pk: (1, 0, 0)}


def test_a_barcode_that_is_taken_is_kept_marked_and_reported(tinh: Library) -> None:
    bring(tinh, book("Đất mỏ", number="1", barcodes=["B1"]))
    applied = bring(tinh, book("Vùng mỏ", number="2", barcodes=["B1", "B2"]))
    assert [(a.content.control_number, barcode) for a, barcode in applied.barcodes_taken] == [("2", "B1")]
    assert [(i.barcode, i.barcode_taken) for i in copies_of(held(tinh, "2"))] == [("B1", True), ("B2", False)]
    assert [r.control_number for r in find_records(tinh.pk, "B1")] == ["1"], "the barcode finds the copy that has it"


def test_also_inside_one_file_and_not_between_libraries(tinh: Library) -> None:
    applied = bring(tinh, book("Đất mỏ", number="1", barcodes=["B1"]), book("Vùng mỏ", number="2", barcodes=["B1"]))
    assert len(applied.barcodes_taken) == 1
    assert not bring(make_library("VN-HL"), book("Đất mỏ", number="1", barcodes=["B1"])).barcodes_taken


def test_a_record_may_keep_its_own_barcodes(tinh: Library) -> None:
    bring(tinh, book("Đất mỏ", number="1", barcodes=["B1"]))
    applied = bring(tinh, book("Đất mỏ, in lại", number="1", barcodes=["B1"]))
    assert (applied.barcodes_taken, Item.objects.get().barcode_taken) == ([], False)


def test_a_barcode_may_move_to_another_record_of_the_same_chunk(tinh: Library) -> None:
    bring(tinh, book("Đất mỏ", number="1", barcodes=["B1"]))
    applied = bring(tinh, book("Vùng mỏ", number="2", barcodes=["B1"]), book("Đất mỏ", number="1", barcodes=["B9"]))
    assert applied.barcodes_taken == []


# ----------------------------------------------------------------------------------------------- parts and hosts (20)


@pytest.mark.parametrize("order", ["host first", "part first", "together", "together, part first"])
def test_a_part_finds_its_host_whichever_comes_first(tinh: Library, order: str) -> None:
    host = book("Tạp chí Di sản", number="T1")
    part = article("Bảo tồn vịnh Hạ Long", number="B1", host="Tạp chí Di sản", host_number="(QNTV)T1")
    files = {
        "host first": [[host], [part]], "part first": [[part], [host]], "together": [[host, part]],
        "together, part first": [[part, host]],
    }[order]  # fmt: skip
    for records in files:
        bring(tinh, *records)
    assert held(tinh, "B1").host_id == held(tinh, "T1").pk
    assert [p.record_id for p in parts_of([held(tinh, "T1").pk])] == [held(tinh, "B1").pk]
    assert hosts_of([held(tinh, "B1").pk]) == {held(tinh, "B1").pk: held(tinh, "T1").pk}


@pytest.mark.parametrize("order", ["set first", "volumes first"])
@pytest.mark.parametrize("tag", ["800", "810", "830", "490"])
def test_a_volume_finds_its_set(tinh: Library, order: str, tag: str) -> None:
    whole = book("Tuyển tập Võ Huy Tâm", number="BO")
    title = "t" if tag in ("800", "810") else "a"
    volumes = [
        book(f"Tập {n}", number=f"T{n}", more=[Field(tag, "1", " ", ((title, "Tuyển tập"), ("v", n), ("w", "(QN)BO")))])
        for n in "12"
    ]
    for records in ([whole], volumes) if order == "set first" else (volumes, [whole]):
        bring(tinh, *records)
    ids = [held(tinh, n).pk for n in ("T1", "T2")]
    assert [p.record_id for p in parts_of([held(tinh, "BO").pk])] == ids
    assert hosts_of(ids) == dict.fromkeys(ids, held(tinh, "BO").pk)


def test_only_inside_its_own_source(tinh: Library) -> None:
    bring(tinh, book("Tạp chí Di sản", number="T1"), source="cũ")
    bring(tinh, article("Bảo tồn vịnh Hạ Long", number="B1", host_number="T1"))
    assert held(tinh, "B1").host_id is None


def test_a_part_that_names_another_host_moves(tinh: Library) -> None:
    bring(tinh, book("Số 1", number="T1"), book("Số 2", number="T2"), article("Bài", number="B1", host_number="T1"))
    bring(tinh, article("Bài", number="B1", host_number="T2"))
    assert held(tinh, "B1").host_id == held(tinh, "T2").pk
    bring(tinh, article("Bài", number="B1"))
    assert held(tinh, "B1").host_id is None


def test_a_record_is_no_part_of_itself(tinh: Library) -> None:
    bring(tinh, article("Bài", number="B1", host_number="B1"))
    assert held(tinh, "B1").host_id is None


def test_a_host_that_is_withdrawn_and_comes_back_has_its_parts_again(tinh: Library) -> None:
    batch = open_batch(tinh)
    write(batch, book("Tạp chí", number="T1"))
    bring(tinh, article("Bài", number="B1", host_number="T1"))
    take_back(batch, [held(tinh, "T1").pk])
    assert held(tinh, "B1").host_id is None
    bring(tinh, book("Tạp chí", number="T1"))
    assert held(tinh, "B1").host_id == held(tinh, "T1").pk


# ----------------------------------------------------------------------------------------------------------- counts


def test_the_database_refuses_a_batch_whose_numbers_do_not_add_up(tinh: Library) -> None:
    batch = open_batch(tinh)
    with pytest.raises(IntegrityError, match="batch_counts_add_up"), transaction.atomic():
        ImportBatch.objects.filter(pk=batch.pk).update(read=2, created=1)


@pytest.mark.parametrize("again", [False, True], ids=["new", "changed"])
def test_the_number_of_statements_does_not_depend_on_the_number_of_records(tinh: Library, again: bool) -> None:
    spent = []
    for count, prefix in ((2, "a"), (60, "b")):

        def books(title: str, count: int = count, prefix: str = prefix) -> list[Any]:
            numbered = [(n, f"{prefix}{n}") for n in range(count)]
            return [book(f"{title} {n}", number=number, barcodes=[number], host_number="T1") for n, number in numbered]

        batch = open_batch(tinh)
        if again:
            write(batch, *books("Cũ"))
        with CaptureQueriesContext(connection) as statements:
            write(batch, *books("Mới"))
        spent.append(len(statements))
    assert spent[0] == spent[1]


def test_two_sources_of_a_library_are_made_once(tinh: Library) -> None:
    assert source_of(tinh).pk == source_of(tinh, "main").pk == source_of(tinh, "").pk != source_of(tinh, "cũ").pk
