"""Datestamps, what harvesters are told of, and whose record is whose (OAI-3, OAI-5 to OAI-10, OAI-14, OAI-15)."""

from __future__ import annotations

import importlib
import re
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

import lienthu
from lienthu.domain.catalog.harvest_selectors import Told, Wanted, earliest_datestamp, harvest, harvestable, how_many
from lienthu.domain.catalog.long_work_models import Redating
from lienthu.domain.catalog.models import BibRecord, Repository
from lienthu.domain.catalog.origin_selectors import origin_of, own_repositories, repositories
from lienthu.domain.catalog.provenance import Provenance, host_of, is_echo, repository_in
from lienthu.domain.catalog.services import datestamps, redating
from lienthu.domain.catalog.services.origins import note_origins, settle_name
from lienthu.domain.catalog.services.redating import follow_closedness
from lienthu.domain.catalog.services.undo import take_back
from lienthu.domain.catalog.tests.cast import CLERK, book, bring, held, open_batch, write
from lienthu.domain.network.models import Library
from lienthu.domain.network.services.libraries import Particulars, update_library
from lienthu.domain.network.tests.factories import make_library
from lienthu.foundation.marc.model import Field

LATER = datetime(2100, 1, 1, tzinfo=UTC)
LONG_AGO = datetime(2020, 5, 1, 12, 0, 0, tzinfo=UTC)


pytestmark = pytest.mark.django_db


@pytest.fixture
def tinh() -> Library:
    return make_library("VN-QNTV", "Thư viện tỉnh")


def everything(**wanted: Any) -> list[Told]:
    return harvest(Wanted(None, LATER, **wanted), None, 1000, content=True)


def numbers(told: list[Told]) -> list[str]:
    return [t.record.control_number if t.record else f"-{t.id}" for t in told]


def age() -> None:
    """As if all that is there had been written long ago."""
    BibRecord.objects.update(datestamp=LONG_AGO)


def stamp_of(library: Library, number: str) -> datetime:
    return held(library, number).datestamp


def close(library: Library, closed: bool = True) -> None:
    library.refresh_from_db()
    update_library(library_id=library.pk, actor=CLERK, particulars=replace(Particulars.of(library), closed=closed))


# ------------------------------------------------------------------------------------------------- datestamps (5, 6)


def test_a_datestamp_is_a_full_second_and_changes_with_what_the_public_sees(tinh: Library) -> None:
    bring(tinh, book("Đất mỏ", number="1"), book("Vùng mỏ", number="2"))
    assert stamp_of(tinh, "1").microsecond == 0
    assert abs(stamp_of(tinh, "1") - datetime.now(UTC)) < timedelta(seconds=60)
    age()
    bring(tinh, book("Đất mỏ", number="1"), book("Vùng mỏ", number="2", barcodes=["B1"]))
    assert stamp_of(tinh, "1") == LONG_AGO, "what has not changed keeps its datestamp"
    assert stamp_of(tinh, "2") > LONG_AGO, "a new copy is a change"


def test_taking_a_batch_back_is_a_change_and_a_withdrawn_record_is_told_as_deleted(tinh: Library) -> None:
    bring(tinh, book("Đất mỏ", number="1"))
    batch = open_batch(tinh)
    write(batch, book("Đất mỏ, bản mới", number="1"), book("Vùng mỏ", number="2"))
    age()
    take_back(batch, [held(tinh, "1").pk, held(tinh, "2").pk])
    assert stamp_of(tinh, "1") > LONG_AGO < stamp_of(tinh, "2")
    assert [(t.deleted, t.record is None) for t in everything()] == [(False, False), (True, True)]
    bring(tinh, book("Vùng mỏ", number="2"))
    assert numbers(everything()) == ["1", "2"], "brought again it lives again, under the same identifier"


def test_a_datestamp_is_reserved_only_inside_a_transaction(tinh: Library) -> None:
    with transaction.atomic():
        assert datestamps.take() <= datetime.now(UTC)


@pytest.mark.django_db(transaction=True)
def test_the_horizon_waits_for_whoever_writes(tinh: Library) -> None:
    """A slow import commits long after it has stamped: nobody has been told meanwhile that its second is settled."""
    stamped, go_on = threading.Event(), threading.Event()
    seen: list[datetime] = []

    def slow() -> None:
        try:
            with transaction.atomic():
                bring(tinh, book("Chậm", number="1"))
                seen.append(held(tinh, "1").datestamp)
                stamped.set()
                go_on.wait(20)
        finally:
            connection.close()

    writer = threading.Thread(target=slow)
    writer.start()
    assert stamped.wait(20)
    second = seen[0]
    while datetime.now(UTC) < second + timedelta(seconds=1.1):
        threading.Event().wait(0.05)
    other = make_library("VN-HL", "Hạ Long")
    bring(other, book("Nhanh", number="2"))
    held_back = datestamps.horizon()
    assert held_back == second, "the fast one is committed, but the slow one is older"
    assert harvest(Wanted(None, held_back), None, 10, content=False) == []
    go_on.set()
    writer.join()
    fast = held(other, "2").datestamp
    while (now := datestamps.horizon()) <= fast:
        threading.Event().wait(0.05)
    told = harvest(Wanted(held_back, now), None, 10, content=True)
    assert numbers(told) == ["1", "2"], "from the horizon of before, nothing is missed and the order is that of stamps"


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_holds_nobody_back(tinh: Library) -> None:
    with transaction.atomic():
        datestamps.take()
        transaction.set_rollback(True)
    before = datetime.now(UTC).replace(microsecond=0)
    assert datestamps.horizon() >= before


# ---------------------------------------------------------------------------------------- order, pages, sets (7, 10)


def test_every_page_goes_on_where_the_last_one_ended(tinh: Library) -> None:
    bring(tinh, *[book(f"Sách {i}", number=str(i)) for i in range(25)])
    for i, record in enumerate(BibRecord.objects.order_by("id")):  # few seconds, so that ids decide inside of them
        BibRecord.objects.filter(pk=record.pk).update(datestamp=LONG_AGO + timedelta(seconds=i % 3))
    told: list[Told] = []
    while page := harvest(Wanted(None, LATER), (told[-1].datestamp, told[-1].id) if told else None, 7, content=False):
        told += page
    assert [(t.datestamp, t.id) for t in told] == sorted((t.datestamp, t.id) for t in told)
    assert len({t.id for t in told}) == 25
    some = harvest(Wanted(LONG_AGO + timedelta(seconds=1), LONG_AGO + timedelta(seconds=2)), None, 99, content=False)
    assert {t.datestamp for t in some} == {LONG_AGO + timedelta(seconds=1)}
    assert earliest_datestamp() == LONG_AGO
    assert how_many(Wanted(None, LATER)) == 25


def test_sets_are_what_the_records_say(tinh: Library) -> None:
    other = make_library("VN-HL", "Hạ Long")
    tre = Field("521", subfields=(("a", "Thiếu nhi"),))
    bring(tinh, book("Lịch sử mỏ", number="1", subjects=["Quảng Ninh"]), book("Truyện cổ", number="2", more=[tre]))
    bring(other, book("Báo", number="3", leader="00000nas a2200000 a 4500"))
    assert numbers(everything(library_id=tinh.pk)) == ["1", "2"]
    assert numbers(everything(material_type="serial")) == ["3"]
    assert numbers(everything(collection="local-history")) == ["1"]
    assert [t.children for t in everything()] == [r.children for r in BibRecord.objects.order_by("id")]
    assert numbers(everything(collection="children")) == [t.record.control_number for t in everything()
                                                          if t.children and t.record]  # fmt: skip
    assert numbers(everything(origin=0)) == ["1", "2", "3"]


@pytest.mark.parametrize("content", [True, False])
def test_a_page_is_one_statement(tinh: Library, content: bool) -> None:
    bring(tinh, *[book(f"Sách {i}", number=str(i)) for i in range(30)])
    with CaptureQueriesContext(connection) as queries:
        assert len(harvest(Wanted(None, LATER), None, 30, content=content)) == 30
    assert len(queries) == 1


@pytest.mark.parametrize(
    ("wanted", "index"),
    [
        ({}, "record_harvest_all"),
        ({"library_id": 1}, "record_harvest_library"),
        ({"material_type": "map"}, "record_harvest_type"),
        ({"collection": "local-history"}, "record_harvest_local"),
        ({"collection": "children"}, "record_harvest_children"),
        ({"origin": 0}, "record_harvest_origin"),
    ],
)
def test_every_page_is_the_next_piece_of_one_index(tinh: Library, wanted: dict[str, Any], index: str) -> None:
    """Nothing is sorted and nothing is passed over, so the last page costs what the first one costs."""
    bring(tinh, *[book(f"Sách {i}", number=str(i)) for i in range(300)])
    if "library_id" in wanted:
        wanted = {"library_id": tinh.pk}
    with CaptureQueriesContext(connection) as queries:
        harvest(Wanted(LONG_AGO, LATER, **wanted), (LONG_AGO, 5), 10, content=False)
    with connection.cursor() as cursor:
        # 300 records are sorted as fast as read in order; a million are not
        for other in ("seqscan", "bitmapscan", "sort", "incremental_sort"):
            cursor.execute(f"SET LOCAL enable_{other} = off")
        cursor.execute("EXPLAIN " + queries[0]["sql"])
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert f"using {index} on" in plan, plan
    scan = plan[plan.index(f"using {index} on") :]
    assert "Sort" not in scan, plan


# ------------------------------------------------------------------------------------------------- closed libraries (8)


def test_records_of_a_closed_library_were_never_there(tinh: Library) -> None:
    barracks = make_library("VN-KIN", "Thư viện kín", particulars=Particulars(closed=True))
    bring(barracks, book("Mật", number="1"))
    bring(tinh, book("Mở", number="2"))
    assert numbers(everything()) == ["2"]
    assert harvestable(held(barracks, "1").pk) is None
    take_back_all(barracks)
    assert numbers(everything()) == ["2"], "nor when they are withdrawn"


def take_back_all(library: Library) -> None:
    batch = library.batches.latest("id")
    take_back(batch, list(library.records.values_list("id", flat=True)))


def test_a_library_that_is_closed_is_told_as_deleted_and_opened_again_as_new(tinh: Library) -> None:
    bring(tinh, book("Đất mỏ", number="1"), book("Vùng mỏ", number="2"))
    age()
    close(tinh)
    assert [t.deleted for t in everything()] == [True, True], "at once, even before the job"
    assert all(t.record is None for t in everything())
    assert follow_closedness(actor=CLERK) == 2
    assert stamp_of(tinh, "1") > LONG_AGO
    bring(tinh, book("Lúc đóng", number="3"))
    assert len(everything()) == 2, "what came while it was closed was never seen"
    age()
    close(tinh, False)
    assert follow_closedness(actor=CLERK) == 3
    assert numbers(everything()) == ["1", "2", "3"]
    assert stamp_of(tinh, "3") > LONG_AGO
    assert follow_closedness(actor=CLERK) == 0


def test_closed_and_opened_within_a_minute_is_still_told(tinh: Library) -> None:
    bring(tinh, book("Đất mỏ", number="1"))
    age()
    close(tinh)
    close(tinh, False)
    assert follow_closedness(actor=CLERK) == 1
    assert stamp_of(tinh, "1") > LONG_AGO


def test_another_change_of_a_library_changes_no_datestamp(tinh: Library) -> None:
    bring(tinh, book("Đất mỏ", number="1"))
    age()
    close(tinh, False)
    assert follow_closedness(actor=CLERK) == 0
    assert stamp_of(tinh, "1") == LONG_AGO


@pytest.mark.django_db(transaction=True)
def test_a_redating_that_is_killed_goes_on(tinh: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    bring(tinh, *[book(f"Sách {i}", number=str(i)) for i in range(7)])
    age()
    close(tinh)
    monkeypatch.setattr(redating, "_PIECE", 3)
    once = iter([datetime.now(UTC)])
    with monkeypatch.context() as killed:
        killed.setattr(datestamps, "take", lambda: next(once))
        with pytest.raises(StopIteration):
            follow_closedness(actor=CLERK)
    assert BibRecord.objects.filter(datestamp=LONG_AGO).count() == 4
    assert Redating.objects.get().after == BibRecord.objects.order_by("id")[2].pk
    assert follow_closedness(actor=CLERK) == 4


# --------------------------------------------------------------------------------- our name, whose record (3, 14, 15)


def test_our_name_is_chosen_once(settings: Any) -> None:
    settings.PUBLIC_URL = ""
    provisional = settle_name(actor=CLERK)
    assert provisional.endswith(".lienthu.invalid")
    assert settle_name(actor=CLERK) == provisional
    settings.PUBLIC_URL = "https://Thuvien.QuangNinh.gov.vn:8443/x"
    assert settle_name(actor=CLERK) == "thuvien.quangninh.gov.vn", "the first public address replaces a made-up name"
    settings.PUBLIC_URL = "https://khac.vn"
    assert settle_name(actor=CLERK) == "thuvien.quangninh.gov.vn", "a later one changes nothing"
    assert own_repositories() == {provisional, "thuvien.quangninh.gov.vn"}


@pytest.mark.parametrize("url", ["", "http://127.0.0.1:8000", "http://localhost", "http://[::1]/", "http://1.2.3.vn:x"])
def test_what_is_no_domain_names_no_repository(url: str) -> None:
    assert host_of(url) == ""


@pytest.mark.parametrize(
    ("identifier", "repository"),
    [
        ("oai:Thuvien.example.vn:VN-A/1", "thuvien.example.vn"),
        ("OAI:a.b:x:y", "a.b"),
        ("oai:localhost:1", ""),
        ("https://example.org/1", ""),
        ("oai:a.b", ""),
        ("", ""),
    ],
)
def test_an_identifier_names_its_repository(identifier: str, repository: str) -> None:
    assert repository_in(identifier) == repository


def test_an_echo_is_known_by_any_identifier_on_the_way() -> None:
    own = frozenset({"a.vn"})
    assert is_echo(["oai:b.vn:VN-B/7", "oai:A.vn:VN-A/1"], own)
    assert not is_echo(["oai:b.vn:VN-B/7", "oai:c.vn:a.vn"], own)


def came(record: BibRecord, identifier: str, *, earlier: tuple[dict[str, str], ...] = ()) -> Provenance:
    return Provenance(
        record.pk, "https://b.vn/oai", identifier, "2026-01-01T00:00:00Z", "http://www.loc.gov/MARC21/slim",
        datetime(2026, 2, 1, tzinfo=UTC), earlier=earlier,
    )  # fmt: skip


def test_where_a_record_came_from_is_kept_and_makes_its_set(tinh: Library) -> None:
    bring(tinh, *[book(f"Sách {i}", number=str(i)) for i in range(3)])
    age()
    first, second = held(tinh, "0"), held(tinh, "1")
    way = ({"identifier": "oai:b.vn:x/2", "baseURL": "https://b.vn/oai"}, {"identifier": "oai:c.vn:VN-C/9"})
    told = [came(first, "oai:b.vn:VN-B/1"), came(second, "oai:b.vn:VN-B/2", earlier=way)]
    with CaptureQueriesContext(connection) as queries:
        note_origins(told)
    assert len(queries) <= 8
    ids = {name: id_ for id_, name in repositories().items()}
    assert set(ids) == {"b.vn", "c.vn"}
    assert numbers(everything(origin=ids["b.vn"])) == ["0"]
    assert numbers(everything(origin=ids["c.vn"])) == ["1"], "the first origin counts"
    assert numbers(everything(origin=0)) == ["2"]
    assert origin_of([first.pk, second.pk])[second.pk].earlier == list(way)
    assert stamp_of(tinh, "1") > LONG_AGO == stamp_of(tinh, "2")
    age()
    note_origins(told)
    assert stamp_of(tinh, "1") == LONG_AGO, "the same again is no change"
    assert not Repository.objects.filter(own=True).exists()


# ---------------------------------------------------------------------------------------------------- keeping it so


def test_an_upgrade_fills_what_new_records_get(tinh: Library) -> None:
    """The records of an earlier version are in the same sets as if they came today."""
    barracks = make_library("VN-KIN", "Thư viện kín", particulars=Particulars(closed=True))
    tre = Field("521", subfields=(("a", "Thiếu nhi"),))
    bring(tinh, book("Than Quảng Ninh", number="1"), book("Truyện cổ", number="2", more=[tre]))
    bring(tinh, book("Báo", number="3", leader="00000nas a2200000 a 4500"), book("Khác", number="4"))
    bring(barracks, book("Mật", number="1"))
    columns = ("id", "exposed", "material_type", "local_history", "children")
    expected = list(BibRecord.objects.order_by("id").values_list(*columns))
    BibRecord.objects.update(exposed=False, material_type="", local_history=False, children=False)
    fill = importlib.import_module("lienthu.domain.catalog.migrations.0004_fill_sets").fill
    fill(None, SimpleNamespace(connection=connection))
    assert list(BibRecord.objects.order_by("id").values_list(*columns)) == expected
    assert {row[1] for row in expected} == {True, False}


def test_whoever_changes_what_a_record_says_gives_it_a_datestamp() -> None:
    """A statement that forgets it would hide the change from every harvester, and nothing else would notice."""
    found = 0
    for path in Path(lienthu.__file__).parent.rglob("*.py"):
        if "migrations" in path.parts or "tests" in path.parts:
            continue
        for statement in re.findall(r"UPDATE catalog_bibrecord\b.*?(?=\n\n|\Z)", path.read_text(), re.DOTALL):
            if re.search(r"\b(?:revision|content_digest|deleted) = ", statement):
                found += 1
                assert "datestamp" in statement, f"{path}: {statement[:200]}"
    assert found >= 3
