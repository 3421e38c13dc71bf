"""What is known of the quality of a library's catalogue (QUA-3 to QUA-5)."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lienthu.domain.catalog.models import BibRecord
from lienthu.domain.catalog.tests.cast import CLERK, book
from lienthu.domain.network.models import Library
from lienthu.domain.network.tests.factories import make_library
from lienthu.domain.union.models import LibraryQuality, RecordQuality
from lienthu.domain.union.quality.document import document_of
from lienthu.domain.union.quality.selectors import is_list, libraries_to_assess, listed, newest, trend_of
from lienthu.domain.union.services import assess
from lienthu.domain.union.services.assess import assess_library
from lienthu.domain.union.services.conduct import undo_batch
from lienthu.domain.union.tests.cast import imported
from lienthu.foundation.marc.model import Record

pytestmark = pytest.mark.django_db


@pytest.fixture
def tinh() -> Library:
    return make_library("VN-QNTV", "Thư viện tỉnh")


@pytest.fixture
def ha_long() -> Library:
    return make_library("VN-HL", "Thư viện Hạ Long")


def novel(number: str, isbn: str = "") -> Record:
    return book("Vùng mỏ", by="Võ Huy Tâm", year=1951, publisher="Văn nghệ", number=number, isbn=isbn)


def counted(library: Library) -> LibraryQuality:
    found = assess_library(library.pk, actor=CLERK)
    assert found is not None
    return found


def numbers(library: Library, what: str) -> list[str]:
    return [row.record.control_number for row in listed(library.pk, what)]


def test_completeness_and_validity_are_counted_and_listed(tinh: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assess, "CHUNK", 2)
    imported(tinh, novel("1", "9786041000001"), novel("2"), book("Đất", number="3", year=2090), novel("4", "978604100"))
    found = counted(tinh)
    assert found.records == 4
    assert found.counts["missing"]["number"] == 2
    assert found.counts["missing"]["creator"] == 1
    assert found.counts["asked"]["creator"] == 4
    assert found.counts["faults"]["impossible-date"] == 1
    assert found.counts["faults"]["isbn"] == 1
    assert numbers(tinh, "missing-number") == ["2", "3"]
    assert numbers(tinh, "fault-impossible-date") == ["3"]
    assert numbers(tinh, "missing-creator") == ["3"]


def test_duplicates_and_unmatched(tinh: Library, ha_long: Library) -> None:
    imported(tinh, novel("1"), novel("2"), book("Đất", by="Anh Đức", year=1966, number="3"))
    found = counted(tinh)
    assert (found.counts["twins"], found.counts["twin_publications"], found.counts["alone"]) == (2, 1, 3)
    imported(ha_long, novel("h"))
    found = counted(tinh)
    assert (found.counts["twins"], found.counts["alone"]) == (2, 1), "what others import changes it"
    assert numbers(tinh, "twins") == ["1", "2"]
    assert numbers(tinh, "alone") == ["3"]
    assert counted(ha_long).counts["alone"] == 0


def test_only_what_changed_is_read_again(tinh: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    imported(tinh, novel("1"), book("Đất", number="3", year=1966))
    read: list[int] = []
    marc_of = assess.marc_of
    monkeypatch.setattr(assess, "marc_of", lambda ids: read.extend(ids) or marc_of(ids))
    counted(tinh)
    assert len(read) == 2
    read.clear()
    counted(tinh)
    assert read == []
    imported(tinh, book("Đất", by="Anh Đức", number="3", year=1966))
    assert counted(tinh).counts["missing"]["creator"] == 0
    assert read == [BibRecord.objects.get(control_number="3").pk]
    monkeypatch.setattr(assess, "VERSION", 2)
    read.clear()
    counted(tinh)
    assert len(read) == 2, "when more is asked of records, all are read again"


def test_withdrawn_records_count_no_more(tinh: Library) -> None:
    batch = imported(tinh, novel("1"), novel("2"))
    assert counted(tinh).counts["twins"] == 2
    undo_batch(batch.pk, actor=CLERK)
    assert counted(tinh).records == 0
    assert not RecordQuality.objects.exists()


def test_the_statements_of_a_chunk_do_not_depend_on_its_records(tinh: Library) -> None:
    def statements() -> int:
        RecordQuality.objects.all().delete()
        with CaptureQueriesContext(connection) as seen:
            counted(tinh)
        return len(seen)

    imported(tinh, *[novel(str(n)) for n in range(3)])
    few = statements()
    imported(tinh, *[novel(str(n)) for n in range(3, 60)])
    assert statements() == few


def test_lists_go_on_where_the_page_before_ended(tinh: Library) -> None:
    imported(
        tinh, *[novel(str(n)) for n in range(5)], *[book("Đất", by="A B", year=1966, number=f"d{n}") for n in range(2)]
    )
    counted(tinh)
    for what in ("twins", "alone", "missing-number", "fault-isbn"):
        seen: list[str] = []
        after = ""
        while page := listed(tinh.pk, what, after=after, limit=2):
            seen += [row.record.control_number for row in page]
            after = page[-1].key
        assert sorted(seen) == sorted(numbers(tinh, what)), what
        assert len(set(seen)) == len(seen)
    assert listed(tinh.pk, "alone", after="1.x") == listed(tinh.pk, "alone")
    assert is_list("missing-title")
    assert is_list("fault-isbn")
    assert not any(map(is_list, ("missing-x", "fault-x", "title", "missing-", "x-isbn")))


def test_what_was_withdrawn_since_does_not_end_a_list(tinh: Library) -> None:
    imported(tinh, *[novel(str(n)) for n in range(5)])
    counted(tinh)
    BibRecord.objects.filter(control_number__in=["0", "1", "2"]).update(deleted=True)
    assert [row.record.control_number for row in listed(tinh.pk, "twins", limit=2)] == ["3", "4"]
    assert [row.record.control_number for row in listed(tinh.pk, "alone", limit=5)] == ["3", "4"]


def test_the_trend_has_a_row_for_each_import(tinh: Library, ha_long: Library) -> None:
    imported(tinh, book("Đất", number="3", year=1966))
    assert set(libraries_to_assess()) == {tinh.pk}
    counted(tinh)
    counted(tinh)
    assert libraries_to_assess() == []
    imported(tinh, novel("1"), dry_run=True)
    assert libraries_to_assess() == []
    imported(tinh, novel("1"))
    assert libraries_to_assess() == [tinh.pk]
    counted(tinh)
    assert [q.records for q in trend_of(tinh.pk)] == [1, 2]
    latest = newest(tinh.pk)
    assert latest is not None
    assert latest.records == 2
    document = document_of(tinh)
    assert document is not None
    assert [s.key for s in document.sections] == ["overview", "complete", "valid", "trend"]
    assert document_of(ha_long) is None
