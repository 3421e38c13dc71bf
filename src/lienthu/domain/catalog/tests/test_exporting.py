"""Records out again: whole, in formats that others read, and nothing cut (IMP-24, IMP-29)."""

from __future__ import annotations

import io
from pathlib import Path

import pymarc
import pytest

from lienthu.domain.catalog.encoding import EncodingPlan
from lienthu.domain.catalog.exporting import EXPORT_FORMATS, EXTENSIONS, MEDIA_TYPES, write_export
from lienthu.domain.catalog.reading import find_format, pieces
from lienthu.domain.catalog.selectors import export_records
from lienthu.domain.catalog.services.exports import export_library
from lienthu.domain.catalog.services.undo import take_back
from lienthu.domain.catalog.tests.cast import CLERK, book, bring, held, open_batch, write
from lienthu.domain.network.models import Library
from lienthu.domain.network.tests.factories import make_library
from lienthu.foundation.marc.model import Field, Record
from lienthu.platform.models import AuditEntry

RECORDS = [
    book("Đất mỏ", number="1", by="Võ Huy Tâm", year=1961, barcodes=["B1"]),
    book(
        "断腸新聲",
        number="2",
        subtitle='dấu "ngoặc" & <thẻ>',
        more=[Field("880", "1", "0", (("6", "245-01"), ("a", "斷")))],
    ),
    book("Số đỏ", subjects=["Tiểu thuyết -- Việt Nam"]),
]
HUGE = book("Tổng mục lục", number="huge", more=[Field("500", subfields=(("a", "x" * 9000),)) for _ in range(12)])


@pytest.fixture
def tinh(db: None) -> Library:
    return make_library("VN-QNTV", "Thư viện tỉnh")


@pytest.mark.parametrize("fmt", EXPORT_FORMATS)
def test_what_goes_out_comes_in_again_unchanged(fmt: str, tmp_path: Path) -> None:
    path = tmp_path / f"out.{EXTENSIONS[fmt]}"
    with path.open("wb") as out:
        assert write_export(RECORDS, fmt, out).written == 3
    assert find_format(path) == fmt
    assert [p.record for p in pieces(path, fmt, EncodingPlan("utf-8"), {})] == RECORDS


def test_another_program_reads_it_alike() -> None:
    out = io.BytesIO()
    write_export(RECORDS, "iso2709", out)
    out.seek(0)
    theirs = [r for r in pymarc.MARCReader(out) if r]
    assert [r["245"]["a"] for r in theirs] == ["Đất mỏ", "断腸新聲", "Số đỏ"]
    assert theirs[0]["852"]["p"] == "B1"
    out = io.BytesIO()
    write_export(RECORDS, "marcxml", out)
    out.seek(0)
    assert [r["245"]["a"] for r in pymarc.parse_xml_to_array(out)] == ["Đất mỏ", "断腸新聲", "Số đỏ"]


def test_a_record_too_long_for_iso_2709_is_named_not_cut() -> None:
    report = write_export([RECORDS[0], HUGE, RECORDS[2]], "iso2709", out := io.BytesIO())
    assert (report.written, report.too_long) == (2, ["huge"])
    assert b"xxxx" not in out.getvalue()
    for fmt in ("marcxml", "json"):
        report = write_export([HUGE], fmt, out := io.BytesIO())
        assert (report.written, report.too_long) == (1, [])
        assert out.getvalue().count(b"x" * 9000) == 12


@pytest.mark.parametrize("fmt", EXPORT_FORMATS)
def test_an_empty_catalogue_is_an_empty_file_of_its_format(fmt: str) -> None:
    assert write_export([], fmt, out := io.BytesIO()).written == 0
    assert out.getvalue().split() == {"iso2709": [], "json": [b"[", b"]"]}.get(fmt, out.getvalue().split())
    if fmt == "marcxml":
        assert pymarc.parse_xml_to_array(io.BytesIO(out.getvalue())) == []


def test_every_format_has_a_media_type_and_an_extension() -> None:
    assert set(MEDIA_TYPES) == set(EXTENSIONS) == set(EXPORT_FORMATS)


def test_a_library_gets_its_current_records_and_no_others(tinh: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    from lienthu.domain.catalog import selectors

    monkeypatch.setattr(selectors, "_EXPORT_PAGE", 2)
    withdrawn = open_batch(tinh)
    write(withdrawn, book("Đã rút", number="9"))
    take_back(withdrawn, [held(tinh, "9").pk])
    bring(make_library("VN-HL"), book("Của người khác", number="1"))
    bring(tinh, *RECORDS)
    bring(tinh, book("Đất mỏ, in lại", number="1"))
    found: list[Record] = list(export_records(tinh.pk))
    assert [r.first("245").first("a") for r in found] == ["Đất mỏ, in lại", "断腸新聲", "Số đỏ"]


def test_an_export_is_in_the_audit_trail_with_what_it_left_out(tinh: Library) -> None:
    bring(tinh, RECORDS[0])
    write_by_json(tinh, HUGE)
    data = b"".join(export_library(tinh, "iso2709", actor=CLERK))
    assert len([r for r in pymarc.MARCReader(data) if r]) == 1
    done = AuditEntry.objects.get(action="records.exported")
    assert done.library_id == tinh.pk
    assert done.detail == {"format": "iso2709", "records": 1, "too_long": 1, "too_long_numbers": ["huge"]}
    assert AuditEntry.objects.filter(action="records.export_started").count() == 1
    with pytest.raises(ValueError):
        export_library(tinh, "pdf", actor=CLERK)


def write_by_json(library: Library, record: Record) -> None:
    """As a MARC-in-JSON file brings it: what is too long for ISO 2709 can come in only so."""
    from lienthu.domain.catalog.content import Arrival, content_of
    from lienthu.domain.catalog.services.apply import apply
    from lienthu.foundation.marc import marcjson

    batch = open_batch(library)
    arrival = Arrival(0, marcjson.write(record), "utf-8", content_of(record, ()))
    apply([arrival], source=batch.source, batch_id=batch.pk, raw_format="json")
