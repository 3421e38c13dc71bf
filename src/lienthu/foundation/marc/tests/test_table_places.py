"""Where a row of a text file begins, in the bytes as they came (IMP-11)."""

from __future__ import annotations

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lienthu.foundation.marc.tabular import read_csv, read_rows
from lienthu.foundation.vietnamese.encodings import DECODERS, ENCODERS

ROWS = ["Nhan đề;Tác giả", '"Đất\nrừng ""phương"" Nam";Đoàn Giỏi', "Số đỏ;Vũ Trọng Phụng", 'Đĩa 12" 𝄞;Ai', "Hết;Rồi"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16-le", "utf-16-be"])
def test_a_row_is_told_by_its_first_byte(encoding: str, end: str) -> None:
    """In the bytes as they came, whatever stands between quotation marks before it (IMP-11)."""
    mark = "\ufeff".encode(encoding) if encoding.startswith("utf-16") else b""
    data = mark + end.join([*ROWS, ""]).encode(encoding)
    plain = encoding.removesuffix("-sig")
    rows = list(read_csv(io.BytesIO(data), decode=bytes.decode))
    assert [row.cells[0].split("\n")[0] for row in rows] == ["Đất", "Số đỏ", 'Đĩa 12" 𝄞', "Hết"]
    for row, line in zip(rows, ROWS[1:], strict=True):
        assert row.offset is not None
        assert data[row.offset :].startswith(line.encode(plain)), row


def test_a_row_in_a_legacy_encoding_is_told_by_its_first_byte() -> None:
    lines = [ENCODERS["vni"](line) for line in ("Nhan đề;Tác giả", "Lịch sử Quảng Ninh;Nguyễn Văn A", ";Không tên")]
    data = b"sep=;\r\n" + b"\r\n".join(lines)
    table = read_csv(io.BytesIO(data), decode=DECODERS["vni"])
    pieces = list(read_rows(table, table.headers, {0: "title", 1: "author"}))
    assert [p.offset for p in pieces] == [data.index(lines[1]), data.index(lines[2])]
    assert (pieces[0].record is None, pieces[1].record is None) == (False, True)


def test_a_quotation_mark_that_opens_nothing_swallows_no_other_row() -> None:
    """IMP-14: the next line begins with a quoted word, which looks like the end of the quotation at first."""
    table = read_csv(
        io.BytesIO('Nhan đề;Tác giả\n"Đất mỏ;A\n"Than" và người;B\nHạ Long;C\n'.encode()), decode=bytes.decode
    )
    titles = [row.cells[0] for row in table]
    assert [t.replace('"', "") for t in titles] == ["Đất mỏ", "Than và người", "Hạ Long"]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.text('aă";, ', max_size=12), min_size=1, max_size=12), st.sampled_from(["\n", "\r\n"]))
def test_every_byte_of_a_text_table_is_in_one_row(lines: list[str], end: str) -> None:
    """IMP-11, IMP-14: between two rows stands nothing but blank ones."""
    data = end.join(["Nhan đề;Tác giả;Năm", *lines, ""]).encode()
    rows = list(read_csv(io.BytesIO(data), decode=bytes.decode, delimiter=";"))
    ends = len(("Nhan đề;Tác giả;Năm" + end).encode())
    for row in rows:
        assert row.offset is not None
        assert row.offset >= ends
        assert set(data[ends : row.offset]) <= set(b'"; \r\n')
        ends = row.offset + len(row.raw)
        assert data[row.offset : ends] == row.raw
    assert set(data[ends:]) <= set(b'"; \r\n')
