"""Telling file formats apart by their first bytes."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest

from lienthu.foundation.marc import marcjson, marcxml
from lienthu.foundation.marc.iso2709 import write
from lienthu.foundation.marc.model import Field, Record
from lienthu.foundation.marc.sniff import HEAD, sniff

REAL = Path(__file__).resolve().parents[6] / "shared" / "data" / "marc"
BOOK = Record(
    "00000nam a2200000 a 4500",
    (Field("001", data="b1"), Field("245", "1", "0", (("a", "Đất rừng phương Nam,"), ("b", "truyện")))),
)


def collection() -> bytes:
    out = io.BytesIO()
    marcxml.write_collection([BOOK], out)
    return out.getvalue()


def workbook() -> bytes:
    out = io.BytesIO()
    openpyxl.Workbook().save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (write(BOOK), "iso2709"),
        (b"\xef\xbb\xbf\r\n" + write(BOOK), "iso2709"),
        (b"\0\0  " + write(BOOK), "iso2709"),
        (b"Exported by a program\r\n" + write(BOOK), "iso2709"),
        (write(BOOK)[:24], "iso2709"),
        (write(BOOK)[:-1], "iso2709"),
        (collection(), "marcxml"),
        (collection().decode().encode("utf-16"), "marcxml"),
        (b"\xef\xbb\xbf\n" + marcxml.write(BOOK), "marcxml"),
        (b'<?xml version="1.0"?><OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">', "marcxml"),
        (b'<marc:collection xmlns:marc="x">', "marcxml"),
        (marcjson.write(BOOK), "json"),
        (b"[" + marcjson.write(BOOK), "json"),
        (b'{"records": [', "json"),
        ("Nhan đề,Tác giả,Năm\nSố đỏ,Vũ Trọng Phụng,1936\nTắt đèn,Ngô Tất Tố,1937\n".encode(), "csv"),
        ("Nhan đề;Tác giả;Năm\r\nSố đỏ;Vũ Trọng Phụng;1936\r\n".encode("utf-16"), "csv"),
        (b"Nhan \xae\xd2\tT\xb8c gi\xb6\tN\xa8m\nS\xe8 \xae\xe1\tV\xf2\t1936\nA\tB\t1\n", "csv"),
        (workbook(), "xlsx"),
        (b"PK\x03\x04\x14\0word/document.xml", "unknown"),
        (b"=LDR  00714cam a2200205 a 4500\n=001  12883376\n=245  10$aTitle\n", "unknown"),
        (b"LDR   00714cam a2200205 a 4500\n001   12883376\n", "unknown"),
        (b"<!DOCTYPE html><html><body>record</body></html>", "unknown"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "unknown"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3", "unknown"),
        ("Kính gửi thư viện tỉnh,\nxin gửi danh mục sách.\n".encode(), "unknown"),
        (b"", "unknown"),
        (b"\n\n  ", "unknown"),
    ],
)
def test_content_decides(head: bytes, expected: str) -> None:
    assert sniff(head[:HEAD]) == expected


def test_the_name_breaks_ties() -> None:
    two_columns = "Nhan đề,Năm\nSố đỏ,1936\n".encode()
    assert sniff(two_columns) == "unknown"
    assert sniff(two_columns, "Sách.CSV") == "csv"
    assert sniff(b"PK\x03\x04\x14\0\x06", "sach.xlsx") == "xlsx"


def test_the_name_does_not_overrule_the_content() -> None:
    assert sniff(write(BOOK), "sach.csv") == "iso2709"
    assert sniff(collection(), "sach.mrc") == "marcxml"


@pytest.mark.parametrize("name", ["jazz_1k.mrc", "lul_fre_500.mrc", "nepali.marc", "hebrew.marc", "FSL.marc"])
def test_real_files(name: str) -> None:
    path = REAL / name
    if not path.exists():
        pytest.skip(f"{path} is not here")
    with path.open("rb") as stream:
        head = stream.read(HEAD)
    assert sniff(head) == sniff(b"\xef\xbb\xbf" + head) == "iso2709"
