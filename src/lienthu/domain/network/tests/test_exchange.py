"""The register as a file: round trip, dry run, errors by row, hostile content."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import date

import pytest
from django.utils import timezone

from lienthu.domain.network.models import AdministrativeUnit, Library
from lienthu.domain.network.selectors import library_by_code
from lienthu.domain.network.services.exchange import (
    HEADINGS,
    MAX_BYTES,
    TABLES,
    export_csv,
    export_zip,
    import_csv,
    import_upload,
)
from lienthu.domain.network.services.libraries import Particulars
from lienthu.domain.network.tests.factories import TESTS, make_library, make_unit
from lienthu.platform.models import AuditEntry

pytestmark = pytest.mark.django_db


def load(text: str, *, dry_run: bool = False, encoding: str = "utf-8"):
    return import_csv(io.BytesIO(text.encode(encoding)), actor=TESTS, dry_run=dry_run)


def today() -> date:
    return timezone.localdate()


def test_what_goes_out_comes_in_unchanged() -> None:
    make_library(
        "VN-QNTV",
        'Thư viện "tỉnh", Quảng Ninh',
        unit=make_unit(code="06685"),
        address="=HYPERLINK(1)",
        valid_from=date(1956, 1, 1),
        particulars=Particulars(about="Dòng một\nDòng hai", phone="+84 203 3825 123", closed=True),
    )
    make_library("VN-B", "'Tên trong nháy")
    text = export_csv(today())
    report = load(text)
    assert report.applied
    assert [row.action for row in report.rows] == ["unchanged", "unchanged"]
    Library.objects.filter(code="VN-QNTV").update(phone="1")
    assert [row.fields for row in load(text).rows if row.action == "updated"] == [("phone",)]
    assert export_csv(today()) == text


def test_a_file_creates_libraries_in_another_install() -> None:
    make_unit(code="06685")
    report = load(
        "Mã;Tên;Loại;Mã đơn vị hành chính;Hiệu lực từ;Đóng\n"
        "VN-A;Thư viện A;Thư viện công cộng;06685;01/07/2025;không\n"
        "VN-B;Thư viện B;public;;;\n".replace("Thư viện công cộng", "public")
    )
    assert report.errors == ()
    library = library_by_code("VN-A")
    assert (library.valid_from, library.unit.code, library.closed) == (date(2025, 7, 1), "06685", False)
    assert AuditEntry.objects.latest("id").action == "library.imported"


def test_a_dry_run_tells_the_same_and_writes_nothing() -> None:
    text = "code,name,type\nVN-A,Thư viện A,public\n"
    dry = load(text, dry_run=True)
    assert (dry.applied, dry.count("created")) == (False, 1)
    assert not Library.objects.exists()
    wet = load(text)
    assert (wet.applied, wet.rows) == (True, dry.rows)


def test_one_bad_row_keeps_the_whole_file_out_and_every_error_is_named() -> None:
    make_library("VN-OLD", valid_from=date(2000, 1, 1))
    report = load(
        "code,name,type,unit_code,valid_to,closed,email\n"
        "VN-A,Thư viện A,public,,,,\n"
        "VN-A,Thư viện A,public,,,,\n"
        "VN-B,Thư viện B,castle,,,,\n"
        "VN-C,Thư viện C,public,99999,,,\n"
        "VN-D,,public,,,,\n"
        "VN-OLD,,,,2025-07-01,,\n"
        "VN-E,E,public,,31/02/2025,,\n"
        "VN-F,F,public,,,perhaps,\n"
        "VN-G,G,public,,,,not an address\n"
        ",H,public,,,,\n"
    )
    assert not report.applied
    assert {(e.row, e.field) for e in report.errors} == {
        (3, "code"),
        (4, "type"),
        (5, "unit_code"),
        (6, "name"),
        (7, "valid_to"),
        (8, "valid_to"),
        (9, "closed"),
        (10, "email"),
        (11, "code"),
    }
    assert list(Library.objects.values_list("code", flat=True)) == ["VN-OLD"]


def test_a_change_with_a_day_keeps_the_past() -> None:
    library = make_library("VN-A", "Trước")
    load("code,name,since\nVN-A,Sau,2025-07-01\n")
    assert [p.name for p in library.periods.all()] == ["Trước", "Sau"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe\x00c\x00o",
        b"code,name\nVN-A,\x00\n",
        b'code,name\nVN-A,"open',
        b"code,colour\nVN-A,red\n",
        b"name,type\nA,public\n",
        b"code,code\nVN-A,VN-A\n",
        b"code\nVN-A,too,many\n",
        b"code,name,type\nVN-A,Th\xb0 vi\xd6n,public\n",
        b"code\n" + b"x" * (MAX_BYTES + 1),
        b"code,name,type\n" + b"VN-A,A,public\n" * 5001,
        b"code,name,type\nVN-A,A,public" + b"," * 200_000,
        b'code,name,type\nVN-A,"' + b"A" * 200_000 + b'",public\n',
        b"code,name,type\n<script>,A,public\n",
        "code,name,type\nVN-A,{},public\n".format("Ạ" * 300).encode(),
    ],
)
def test_hostile_files_are_answered_with_errors(content: bytes) -> None:
    report = import_csv(io.BytesIO(content), actor=TESTS, dry_run=False)
    assert not report.applied
    assert not Library.objects.exists()
    assert report.errors


@pytest.mark.parametrize("start", ["=", "+", "-", "@"])
def test_no_cell_leaves_as_a_formula(start: str) -> None:
    make_library("VN-A", f"{start}cmd|' /C calc'!A0")
    rows = list(csv.reader(io.StringIO(export_csv(today()).removeprefix("\ufeff"))))
    assert rows[0] == list(HEADINGS)
    assert rows[1][2] == f"'{start}cmd|' /C calc'!A0"


def test_the_export_shows_the_libraries_of_the_day() -> None:
    make_library("VN-OLD", valid_to=date(2020, 1, 1))
    make_library("VN-NEW", valid_from=date(2020, 1, 1))
    assert ("VN-OLD" in export_csv(date(2019, 1, 1)), "VN-OLD" in export_csv(today())) == (True, False)
    only = export_csv(today(), library_ids=[])
    assert "VN-NEW" not in only


def packed(**files: str | bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "."), content)
    return out.getvalue()


def unpack_and_load(content: bytes, *, dry_run: bool = False):
    return import_upload(io.BytesIO(content), kind="libraries", actor=TESTS, dry_run=dry_run)


def test_reg_8_a_zip_of_the_register_is_written_as_a_whole() -> None:
    libraries = "code,name,type,unit_code\nVN-A,Thư viện A,public,X1\n"
    units = "code,name,kind\nX1,Hồng Gai,ward\n"
    report = unpack_and_load(packed(libraries__csv=libraries, units__csv=units))  # the units first, as they are named
    assert (report.applied, report.errors) == (True, ())
    assert {(row.file, row.code, row.action) for row in report.rows} == {
        ("units.csv", "X1", "created"),
        ("libraries.csv", "VN-A", "created"),
    }
    assert library_by_code("VN-A").unit.code == "X1"
    again = unpack_and_load(export_zip(today()))
    assert (again.applied, {row.action for row in again.rows}) == (True, {"unchanged"})
    bad = unpack_and_load(packed(units__csv="code,name,kind\nX2,B,ward\n", libraries__csv="code\nVN-B\n"))
    assert {(e.file, e.row) for e in bad.errors} == {("libraries.csv", 2)}
    assert not AdministrativeUnit.objects.filter(code="X2").exists()


def _declared_longer() -> bytes:
    damaged = bytearray(packed(libraries__csv="code,name,type\nVN-A,A,public\n" * 50))
    middle = damaged.index(b"libraries.csv") + 20
    damaged[middle : middle + 8] = b"\xff" * 8
    return bytes(damaged)


@pytest.mark.parametrize(
    "content",
    [
        b"PK\x03\x04",
        b"PK\x03\x04" + b"x" * 1000,
        packed(),
        packed(**{"../../etc/passwd": "x"}),
        packed(readme__txt="x"),
        packed(libraries__csv=b"code\n" + b"\0" * (40 * 1024 * 1024)),
        packed(libraries__csv=packed(libraries__csv="code\n")),
        packed(**{f"file{n}.csv": "x" for n in range(500)}),
        _declared_longer(),
    ],
    ids=["start", "garbage", "empty", "path", "other", "bomb", "nested", "many", "damaged"],
)
def test_reg_8_hostile_archives_are_answered_with_errors(content: bytes) -> None:
    report = unpack_and_load(content)
    assert not report.applied
    assert report.errors
    assert not Library.objects.exists()


def test_the_marks_of_sample_and_assumed_libraries_and_the_note_go_along() -> None:
    make_library("VN-A", particulars=Particulars(note="Ghi chú\nhai dòng", assumed=True, sample=True))
    text = export_csv(today())
    Library.objects.update(note="", assumed=False, sample=False)
    assert [row.fields for row in load(text).rows] == [("assumed", "note", "sample")]
    library = library_by_code("VN-A")
    assert (library.note, library.assumed, library.sample) == ("Ghi chú\nhai dòng", True, True)
    assert set(TABLES) >= {"units", "libraries"}
