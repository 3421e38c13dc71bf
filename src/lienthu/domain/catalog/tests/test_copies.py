"""Copies follow the rules by which they are read, also those of records that do not change (IMP-38)."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lienthu.domain.catalog.copies import Copy, Held, difference
from lienthu.domain.catalog.long_work_models import CopyReading
from lienthu.domain.catalog.models import ImportBatch, Item, Source
from lienthu.domain.catalog.services.copies import begin, note_read_by, read_piece
from lienthu.domain.catalog.services.sources import set_holding_rules
from lienthu.domain.catalog.services.undo import take_back
from lienthu.domain.catalog.source_selectors import barcodes_taken, copies_state, in_force, outdated
from lienthu.domain.catalog.tests.cast import CLERK, book, bring, held, open_batch, write
from lienthu.domain.network.models import Library
from lienthu.domain.network.tests.factories import make_library
from lienthu.foundation.marc.model import Field, Record
from lienthu.platform.models import AuditEntry

pytestmark = pytest.mark.django_db
IN_J = [{"tag": "852", "branch": "b", "call_number": "h", "barcode": "j", "split": ";"}]
IN_P = [{"tag": "852", "branch": "b", "call_number": "h", "barcode": "p"}]
IN_Q = [{"tag": "852", "branch": "b", "call_number": "h", "barcode": "q"}]


@pytest.fixture
def tinh() -> Library:
    return make_library("VN-QNTV", "Thư viện tỉnh")


def kept(number: str, **said: str) -> Record:
    """A book with one 852, whose subfields are said."""
    return book(f"Sách {number}", number=number, more=[Field("852", subfields=tuple(said.items()))])


def source_of(library: Library, code: str = "main") -> Source:
    return Source.objects.get(library=library, code=code)


def follow(library: Library, rules: list[dict[str, str]] | None = None, *, size: int = 1000) -> CopyReading | None:
    """Other rules are set, and the copies read again by them to the end."""
    source = source_of(library)
    if rules is not None:
        set_holding_rules(source, rules, actor=CLERK)
    reading = begin(source.pk, actor=CLERK)
    if reading is None:
        return None
    while not read_piece(reading.pk, actor=CLERK, size=size).last:
        pass
    reading.refresh_from_db()
    return reading


def barcodes(library: Library, number: str) -> list[str]:
    return list(Item.objects.filter(record=held(library, number)).order_by("pk").values_list("barcode", flat=True))


def counts(reading: CopyReading | None) -> tuple[int, ...]:
    assert reading is not None
    return reading.done, reading.changed, reading.added, reading.removed, reading.altered


def test_other_rules_reach_records_that_stay_as_they_are(tinh: Library) -> None:
    bring(tinh, kept("1", b="Kho", h="959.7", j="A1;A2"), kept("2", b="Kho", h="895", p="B1"))
    lot = Item.objects.get(record=held(tinh, "1"))
    assert barcodes(tinh, "1") == [""], "the standard rules look for barcodes in p"
    set_holding_rules(source_of(tinh), IN_J, actor=CLERK)
    assert outdated(source_of(tinh))
    assert copies_state(source_of(tinh)).waiting == 2
    reading = follow(tinh)
    assert counts(reading) == (2, 2, 1, 0, 2)
    assert (barcodes(tinh, "1"), barcodes(tinh, "2")) == (["A1", "A2"], [""])
    assert Item.objects.filter(pk=lot.pk, barcode="A1", call_number="959.7").exists(), "a copy keeps its row"
    assert held(tinh, "1").revision == 1, "the record is what it was"
    assert not outdated(source_of(tinh))
    assert follow(tinh) is None, "once is enough"
    said = AuditEntry.objects.get(action="source.copies_read").detail
    assert (said["records"], said["changed"], said["added"], said["altered"]) == (2, 2, 1, 2)


def test_what_comes_out_the_same_is_not_written(tinh: Library) -> None:
    more = [Field("866", subfields=(("a", "1990-2000"),))]
    bring(tinh, kept("1", b="Kho", h="1", p="A1"), book("Báo", number="2", barcodes=["A2", "A3"], more=more))
    before = sorted(Item.objects.values_list("pk", "barcode"))
    set_holding_rules(source_of(tinh), IN_P, actor=CLERK)
    reading = begin(source_of(tinh).pk, actor=CLERK)
    assert reading is not None
    with CaptureQueriesContext(connection) as queries:
        assert read_piece(reading.pk, actor=CLERK).changed == []
    assert not [q for q in queries if "catalog_item" in q["sql"] and not q["sql"].startswith("SELECT")]
    assert counts(follow(tinh)) == (2, 0, 0, 0, 0)
    assert sorted(Item.objects.values_list("pk", "barcode")) == before


def test_copies_are_who_they_are_by_their_barcode(tinh: Library) -> None:
    fields = [Field("852", subfields=(("b", "Kho"), ("h", "1"), ("p", b), ("j", j))) for b, j in ("XY", "YX", "ZZ")]
    bring(tinh, book("Sách", number="1", more=fields))
    follow(tinh, IN_P)
    rows = dict(Item.objects.values_list("barcode", "pk"))
    assert counts(follow(tinh, IN_J)) == (1, 0, 0, 0, 0), "in another order, but the same copies"
    assert dict(Item.objects.values_list("barcode", "pk")) == rows
    assert not Item.objects.filter(barcode_taken=True).exists()


def test_which_row_becomes_which_copy() -> None:
    rows = [
        Held(1, False, Copy(barcode="A", call_number="1")),
        Held(2, False, Copy(call_number="2")),
        Held(3, False, Copy(call_number="3")),
        Held(4, False, Copy(copies=0, statement="1990-")),
    ]
    assert difference(rows, [r.copy for r in rows]) is None
    found = difference(rows, [Copy(call_number="3"), Copy(barcode="A", call_number="9"), Copy(barcode="N")])
    assert found is not None
    assert [(row.id, copy) for row, copy in found.changed] == [
        (1, Copy(barcode="A", call_number="9")), (2, Copy(barcode="N")),
    ]  # fmt: skip
    assert ([row.id for row in found.gone], found.fresh) == ([4], [])


def test_barcodes_change_hands_inside_a_piece_and_between_pieces(tinh: Library) -> None:
    """By the rules before, each record held the barcode that is another's."""
    bring(tinh, kept("1", b="K", p="A", q="B"), kept("2", b="K", p="B", q="C"), kept("3", b="K", p="C", q="A"))
    for size in (1, 1000):
        reading = follow(tinh, IN_Q, size=size)
        assert reading is not None
        assert reading.barcodes_taken == 0
        assert [barcodes(tinh, n) for n in "123"] == [["B"], ["C"], ["A"]]
        follow(tinh, IN_P, size=size)
        assert [barcodes(tinh, n) for n in "123"] == [["A"], ["B"], ["C"]]


def test_a_barcode_that_another_has_is_kept_marked_and_told(tinh: Library) -> None:
    bring(tinh, kept("9", b="K", p="A"), source="cũ")
    bring(tinh, kept("1", b="K", q="A"), kept("2", b="K", q="B"), kept("3", b="K", q="B"))
    reading = follow(tinh, IN_Q)
    assert reading is not None
    assert reading.barcodes_taken == 2
    assert barcodes_taken(source_of(tinh), 10) == [(held(tinh, "1").pk, "A"), (held(tinh, "3").pk, "B")]
    follow(tinh, IN_P)
    assert not Item.objects.filter(barcode_taken=True).exists()


def test_a_barcode_that_is_given_up_goes_to_who_waits_for_it(tinh: Library) -> None:
    bring(tinh, kept("1", b="K", p="A"))
    bring(tinh, kept("9", b="K", p="A"), source="cũ")
    assert Item.objects.get(barcode_taken=True).record == held(tinh, "9", "cũ")
    follow(tinh, IN_Q)
    assert Item.objects.get(barcode="A", barcode_taken=False).record == held(tinh, "9", "cũ")


def test_killed_it_goes_on_and_others_are_left_alone(tinh: Library) -> None:
    records = [kept(str(n), b="K", h=str(n), q=f"Q{n}") for n in range(7)]
    bring(tinh, *records[:3])
    bring(tinh, *(kept(f"c{n}", b="K", q=f"C{n}") for n in range(4)), source="cũ")
    bring(tinh, *records[3:])
    set_holding_rules(source_of(tinh), IN_Q, actor=CLERK)
    reading = begin(source_of(tinh).pk, actor=CLERK)
    assert reading is not None
    assert len(read_piece(reading.pk, actor=CLERK, size=2).changed) == 2
    assert begin(source_of(tinh).pk, actor=CLERK) == reading, "what runs is gone on with"
    assert counts(follow(tinh, size=2)) == (7, 7, 0, 0, 7)
    assert {b for n in range(7) for b in barcodes(tinh, str(n))} == {f"Q{n}" for n in range(7)}
    assert not Item.objects.filter(record__source__code="cu", barcode__startswith="C").exists()
    assert read_piece(reading.pk, actor=CLERK).last, "asked again it says so"


def test_lists_say_by_their_columns_what_a_copy_is(tinh: Library) -> None:
    batch = open_batch(tinh)
    write(batch, kept("1", b="K", h="1", p="A"))
    ImportBatch.objects.update(format="csv")
    batch.revisions.update(raw_format="csv")
    assert counts(follow(tinh, IN_Q)) == (0, 0, 0, 0, 0)
    assert barcodes(tinh, "1") == ["A"]


def test_a_source_without_records_has_nothing_to_follow(tinh: Library) -> None:
    source = Source.objects.create(library=tinh)
    set_holding_rules(source, IN_Q, actor=CLERK)
    assert begin(source.pk, actor=CLERK) is None
    bring(tinh, kept("1", b="K", q="A"))
    assert begin(source.pk, actor=CLERK) is None, "its first file was read by them"


def test_rules_set_again_meanwhile_begin_anew(tinh: Library) -> None:
    bring(tinh, *(kept(str(n), b="K", p=f"P{n}", q=f"Q{n}") for n in range(3)))
    set_holding_rules(source_of(tinh), IN_Q, actor=CLERK)
    first = begin(source_of(tinh).pk, actor=CLERK)
    assert first is not None
    read_piece(first.pk, actor=CLERK, size=1)
    set_holding_rules(source_of(tinh), IN_P, actor=CLERK)
    assert outdated(source_of(tinh)), "one record was read by the others"
    assert read_piece(first.pk, actor=CLERK).last
    follow(tinh)
    assert [barcodes(tinh, str(n)) for n in range(3)] == [["P0"], ["P1"], ["P2"]]
    assert CopyReading.objects.get(pk=first.pk).status == CopyReading.Status.STOPPED


def test_what_an_import_writes_by_former_rules_is_read_again(tinh: Library) -> None:
    bring(tinh, kept("1", b="K", p="P1", q="Q1"))
    former = in_force(source_of(tinh).holding_rules)
    set_holding_rules(source_of(tinh), IN_Q, actor=CLERK)
    reading = begin(source_of(tinh).pk, actor=CLERK)
    assert reading is not None
    read_piece(reading.pk, actor=CLERK)
    note_read_by(source_of(tinh), former)  # a chunk that was prepared before
    reading.refresh_from_db()
    assert reading.after == 0
    follow(tinh)
    assert not outdated(source_of(tinh))
    note_read_by(source_of(tinh), former)
    assert outdated(source_of(tinh))
    assert follow(tinh) is not None
    note_read_by(source_of(tinh), in_force(IN_Q))
    assert not outdated(source_of(tinh))


def test_undoing_gives_copies_back_by_the_rules_in_force(tinh: Library) -> None:
    bring(tinh, kept("1", b="K", p="P1", q="Q1"), kept("2", b="K", p="P2", q="Q2"))
    batch = open_batch(tinh)
    write(batch, kept("1", b="K", p="N1", q="M1"), kept("2", b="K", p="P2", q="Q2"), kept("3", b="K", q="Q3"))
    follow(tinh, IN_Q)
    assert [barcodes(tinh, n) for n in "123"] == [["M1"], ["Q2"], ["Q3"]]
    take_back(batch, [held(tinh, n).pk for n in "13"])
    assert [barcodes(tinh, n) for n in "123"] == [["Q1"], ["Q2"], []]
    assert not outdated(source_of(tinh))


def test_the_number_of_statements_does_not_depend_on_the_number_of_records(tinh: Library) -> None:
    asked: list[int] = []
    for first, size in ((0, 2), (100, 30)):
        bring(tinh, *(kept(str(n), b="K", p=f"P{n}", q=f"Q{n}") for n in range(first, first + size)))
        follow(tinh, IN_P)
        bring(tinh, *(kept(f"w{n}", b="K", p=f"P{n}") for n in range(first, first + size)), source="cũ")
        set_holding_rules(source_of(tinh), IN_Q, actor=CLERK)
        reading = begin(source_of(tinh).pk, actor=CLERK)
        assert reading is not None
        with CaptureQueriesContext(connection) as queries:
            piece: Any = read_piece(reading.pk, actor=CLERK)
        assert len(piece.changed) >= size
        asked.append(len(queries))
        follow(tinh)
    assert asked[0] == asked[1]
