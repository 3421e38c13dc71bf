"""Files and words that mean harm, or nothing at all."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
from django.test import Client

from lienthu.domain.catalog.models import BibRecord, ImportBatch
from lienthu.domain.network.models import Library
from lienthu.faces.web.staff.tests.cast import handed_over, iso_file, page, record, run_waiting, upload

pytestmark = pytest.mark.django_db


def zip_bomb() -> bytes:
    """A workbook of a few kilobytes that unpacks to hundreds of megabytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr("[Content_Types].xml", "<Types/>")
        z.writestr("xl/workbook.xml", "<workbook/>")
        z.writestr("xl/worksheets/sheet1.xml", b"\0" * 60_000_000)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("trong.mrc", b"", "is empty"),
        ("trong2.mrc", b"  \r\n\0\0", "is empty"),
        ("thu.txt", "Kính gửi thư viện. Xin cảm ơn.".encode(), "holds no catalogue records"),
        ("anh.jpg", b"\xff\xd8\xff\xe0" + bytes(range(256)) * 4, "holds no catalogue records"),
        ("bom.xlsx", zip_bomb(), "only harmful files"),
        ("hong.xlsx", b"PK\x03\x04" + b"junk" * 50, "is not an Excel workbook"),
        ("cu.xls", b"\xd0\xcf\x11\xe0" + b"\0" * 600, ""),
    ],
)
def test_a_file_that_is_no_catalogue_is_refused_with_the_reason(
    manager: Client, home: Library, settings: Any, name: str, data: bytes, says: str
) -> None:
    response = upload(manager, home, data, name)
    html = response.content.decode()
    assert response.status_code == 422
    assert says in html.replace("&#x27;", "'")
    assert 'aria-invalid="true"' in html
    assert not ImportBatch.objects.exists()
    kept = [p for p in settings.FILES_DIR.rglob("*") if p.is_file()] if settings.FILES_DIR.exists() else []
    assert kept == [], "what is refused is not kept"


def test_a_form_without_a_file_says_so_at_the_field(manager: Client, home: Library) -> None:
    response = manager.post(page("import_new"), {"library": home.pk})
    assert response.status_code == 422
    assert "Choose the file to import." in response.content.decode()
    assert "autofocus" in response.content.decode()


def test_too_large_a_file_is_refused_in_words(manager: Client, home: Library, settings: Any) -> None:
    settings.MAX_IMPORT_FILE_BYTES = 1000
    response = upload(manager, home, iso_file([record(str(n), "Sách") for n in range(20)]))
    assert response.status_code == 422
    assert "larger than" in response.content.decode()


def test_an_entity_bomb_is_shown_as_unreadable_and_imports_nothing(manager: Client, home: Library) -> None:
    bomb = b"""<?xml version="1.0"?><!DOCTYPE c [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
    <collection xmlns="http://www.loc.gov/MARC21/slim"><record><leader>00000nam a2200000 a 4500</leader>
    <datafield tag="245" ind1="0" ind2="0"><subfield code="a">&b;</subfield></datafield></record></collection>"""
    batch = handed_over(manager, home, bomb, "bom.xml")
    html = manager.get(page("import_check", batch.pk)).content.decode()
    assert "declares XML entities" in html
    assert "Not one of the first records can be read" in html
    manager.post(page("import_start", batch.pk))
    run_waiting()
    batch.refresh_from_db()
    assert (batch.created, batch.quarantined) == (0, 1)


HTML = "<script>alert(1)</script><img src=x onerror=alert(2)> \"'>"


def test_html_in_records_and_file_names_is_shown_as_text(manager: Client, home: Library) -> None:
    nasty = [record("<u>1</u>", HTML, HTML, barcode="<i>7</i>"), record("<u>1</u>", f"{HTML} hai")]
    batch = handed_over(manager, home, iso_file(nasty) + b"<script>alert(3)</script>\x1d", "<svg onload=alert(4)>.mrc")
    urls = [page("import_check", batch.pk)]
    html = manager.get(urls[0]).content.decode()
    assert "<script>alert" not in html
    manager.post(page("import_trial", batch.pk))
    run_waiting()
    manager.post(page("import_start", batch.pk))
    run_waiting()
    found = BibRecord.objects.get()
    batch.refresh_from_db()
    urls = [
        page("home"), page("import_list"), page("batch", batch.pk), page("import_quarantine", batch.pk),
        page("import_piece", batch.pk, 2), page("import_undo", batch.pk), page("records"), page("record", found.pk),
        page("record_revision", found.pk, 1), page("record_revision", found.pk, 2),
        *(page("import_problems", batch.pk, code) for code in batch.problem_counts),
    ]  # fmt: skip
    for url in urls:
        html = manager.get(url).content.decode()
        for bad in ("<script>alert", "<img src=x", "<svg onload", "<u>1</u>", "<i>7</i>"):
            assert bad not in html, (url, bad)
    assert "&lt;script&gt;alert(1)" in manager.get(page("record", found.pk)).content.decode()


def test_a_file_name_is_never_a_path(manager: Client, home: Library) -> None:
    batch = handed_over(manager, home, iso_file([record("1", "Sách")]), "../../../etc/passwd.mrc")
    assert "/" not in batch.filename
    disposition = manager.get(page("import_file", batch.pk)).headers["Content-Disposition"]
    assert "/" not in disposition


def test_choices_that_do_not_exist_are_422_not_an_error(manager: Client, home: Library) -> None:
    batch = handed_over(manager, home, iso_file([record("1", "Sách")]))
    for form in ({"encoding": "klingon", "rules": ""}, {"encoding": "auto", "rules": "no-such"}, {}):
        assert manager.post(page("import_check", batch.pk), form).status_code == 422
    table = handed_over(manager, home, "Nhan đề;Năm\nSách;2001\nSách 2;2002\n".encode(), "a.csv")
    form = {"encoding": "auto", "column0": "title", "column1": "password"}
    assert manager.post(page("import_check", table.pk), form).status_code == 422


def test_a_wrong_character_set_for_a_table_is_explained(manager: Client, home: Library) -> None:
    table = handed_over(manager, home, "Nhan đề;Năm\nSách;2001\nSách 2;2002\n".encode(), "a.csv")
    for encoding in ("vni", "viscii", "marc-8", "utf-8-double", "tcvn3-in-utf-8"):
        manager.post(page("import_check", table.pk), {"encoding": encoding, "column0": "title", "column1": ""})
        response = manager.get(page("import_check", table.pk))
        assert response.status_code == 200, encoding


@pytest.mark.parametrize("announced", [13 * 1024 * 1024, 2**40])
def test_what_announces_itself_as_too_large_is_refused_before_it_is_read(
    manager: Client, home: Library, settings: Any, announced: int
) -> None:
    settings.MAX_IMPORT_FILE_BYTES = 11 * 1024 * 1024

    class Endless:
        """A body that nobody may touch."""

        def read(self, *_: int) -> bytes:
            raise AssertionError("the body was read")

        readline = read

    response = manager.generic(
        "POST", page("import_new"), b"", content_type="multipart/form-data; boundary=x",
        CONTENT_LENGTH=str(announced), **{"wsgi.input": Endless()},
    )  # fmt: skip
    html = response.content.decode()
    assert response.status_code == 413
    assert "The file is too large" in html
    assert "11.0\xa0MB" in html
    assert not ImportBatch.objects.exists()


def test_pages_without_files_take_no_large_bodies_from_anyone(manager: Client) -> None:
    for client, path in (
        (Client(), "/account/sign-in/"),
        (manager, "/account/password/"),
        (Client(), page("import_new")),
    ):
        response = client.post(path, b"", content_type="multipart/form-data; boundary=x", CONTENT_LENGTH=str(2**31))
        assert response.status_code == 413, path
        assert "takes no large files" in response.content.decode()


def test_a_large_file_within_the_limit_is_taken(manager: Client, home: Library) -> None:
    data = iso_file([record("1", "Vùng mỏ " + "dài " * 1900)]) * 1500
    assert len(data) > 13 * 1024 * 1024
    assert handed_over(manager, home, data).size == len(data)
