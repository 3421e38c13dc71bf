"""Barcodes that two copies lay claim to: who has one, who waits, and who gets it next (IMP-19)."""

from __future__ import annotations

import threading
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from lienthu.domain.catalog.models import Item
from lienthu.domain.catalog.record_selectors import find_records
from lienthu.domain.catalog.services.undo import take_back
from lienthu.domain.catalog.tests.cast import book, bring, held, open_batch, write
from lienthu.domain.network.models import Library
from lienthu.domain.network.tests.factories import make_library

pytestmark = pytest.mark.django_db
SOMEBODY_WAITS = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


@pytest.fixture
def tinh() -> Library:
    return make_library("VN-QNTV", "Thư viện tỉnh")


def has(barcode: str) -> list[str]:
    """Control numbers of the records whose copy has the barcode: one at most, or the database refuses."""
    rows = Item.objects.filter(barcode=barcode, barcode_taken=False)
    return list(rows.values_list("record__control_number", flat=True))


def waiting(barcode: str) -> list[str]:
    """Control numbers of the records whose copy waits for the barcode."""
    rows = Item.objects.filter(barcode=barcode, barcode_taken=True).order_by("pk")
    return list(rows.values_list("record__control_number", flat=True))


def test_a_copy_that_waits_gets_the_barcode_when_its_holder_gives_it_up(tinh: Library) -> None:
    batch = open_batch(tinh)
    write(batch, book("Đất mỏ", number="1", barcodes=["B1", "B2"]))
    bring(tinh, book("Vùng mỏ", number="2", barcodes=["B1"]), book("Kể chuyện mỏ", number="3", barcodes=["B2"]))
    assert (has("B1"), waiting("B1"), has("B2"), waiting("B2")) == (["1"], ["2"], ["1"], ["3"])
    bring(tinh, book("Đất mỏ", number="1", barcodes=["B2"]))
    assert (has("B1"), waiting("B1"), has("B2"), waiting("B2")) == (["2"], [], ["1"], ["3"])
    assert [r.id for r in find_records(tinh.pk, "B1")] == [held(tinh, "2").pk]


def test_also_when_the_holder_is_withdrawn_by_an_undo(tinh: Library) -> None:
    batch = open_batch(tinh)
    write(batch, book("Đất mỏ", number="1", barcodes=["B1"]))
    bring(tinh, book("Vùng mỏ", number="2", barcodes=["B1"]))
    take_back(batch, [held(tinh, "1").pk])
    assert (has("B1"), waiting("B1")) == (["2"], [])
    bring(tinh, book("Đất mỏ", number="1", barcodes=["B1"]))
    assert (has("B1"), waiting("B1")) == (["2"], ["1"]), "back again, it is the one that waits"


def test_also_when_an_undo_takes_the_holder_back_to_what_it_was(tinh: Library) -> None:
    bring(tinh, book("Đất mỏ", number="1"))
    batch = open_batch(tinh)
    write(batch, book("Đất mỏ", number="1", barcodes=["B1"]))
    bring(tinh, book("Vùng mỏ", number="2", barcodes=["B1"]))
    take_back(batch, [held(tinh, "1").pk])
    assert (has("B1"), waiting("B1")) == (["2"], [])


def test_the_one_that_has_waited_longest_comes_first(tinh: Library) -> None:
    for number in "123":
        bring(tinh, book(f"Sách {number}", number=number, barcodes=["B1"]))
    bring(tinh, book("Sách 4", number="4", barcodes=["B1"]), book("Sách 1", number="1"))
    assert (has("B1"), waiting("B1")) == (["2"], ["3", "4"]), "a newcomer of the same chunk does not jump the queue"


def test_a_record_keeps_its_barcode_whoever_stands_before_it_in_the_file(tinh: Library) -> None:
    bring(tinh, book("Đất mỏ", number="1", barcodes=["B1"]))
    applied = bring(
        tinh, book("Vùng mỏ", number="2", barcodes=["B1"]), book("Đất mỏ, in lại", number="1", barcodes=["B1"])
    )
    assert (has("B1"), waiting("B1")) == (["1"], ["2"])
    assert [(a.content.control_number, barcode) for a, barcode in applied.barcodes_taken] == [("2", "B1")]


def test_other_libraries_wait_for_nothing(tinh: Library) -> None:
    other = make_library("VN-HL", "Thư viện Hạ Long")
    batch = open_batch(tinh)
    write(batch, book("Đất mỏ", number="1", barcodes=["B1"]))
    bring(other, book("Đất mỏ", number="9", barcodes=["B1"]))
    take_back(batch, [held(tinh, "1").pk])
    assert (has("B1"), waiting("B1")) == (["9"], [])


def test_handing_on_costs_the_same_for_one_barcode_and_for_many(tinh: Library) -> None:
    def statements(first: int, count: int) -> int:
        numbers = range(first, first + count)
        bring(tinh, *(book(f"Sách {n}", number=f"a{n}", barcodes=[f"B{n}"]) for n in numbers))
        bring(tinh, *(book(f"Sách khác {n}", number=f"b{n}", barcodes=[f"B{n}"]) for n in numbers))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            bring(tinh, *(book(f"Sách {n}", number=f"a{n}") for n in numbers))
        assert all(has(f"B{n}") == [f"b{n}"] for n in numbers)
        return len(queries)

    assert statements(0, 1) == statements(100, 20)


@pytest.mark.django_db(transaction=True)
def test_two_systems_of_one_library_that_bring_one_barcode_at_once_wait_for_each_other(tinh: Library) -> None:
    """Without it the second would be thrown out by the constraint, and its whole chunk with it."""
    given = connection.get_connection_params()
    wanted = {k: given[k] for k in ("host", "port", "user", "password", "dbname") if given.get(k)}
    done = threading.Event()

    def bring_from_another_system() -> None:
        try:
            bring(tinh, book("Vùng mỏ", number="2", barcodes=["B1"]), source="cu")
        finally:
            connection.close()
            done.set()

    def somebody_waits(onlooker: psycopg.Connection[Any]) -> bool:
        return bool(onlooker.execute(SOMEBODY_WAITS).fetchone())

    with psycopg.connect(**wanted, autocommit=True) as onlooker:
        with transaction.atomic():
            bring(tinh, book("Đất mỏ", number="1", barcodes=["B1"]))
            other = threading.Thread(target=bring_from_another_system)
            other.start()
            while not somebody_waits(onlooker) and not done.is_set():
                pass
        other.join(10)
    assert (has("B1"), waiting("B1")) == (["1"], ["2"])
