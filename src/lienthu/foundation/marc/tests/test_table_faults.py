"""Rows and cells of tables that might get lost: each is read, or reported (IMP-8, IMP-10, IMP-11, IMP-14)."""

from __future__ import annotations

import io
import json
import zipfile

import openpyxl
import pytest

from lienthu.foundation.marc.problems import seen
from lienthu.foundation.marc.tabular import (
    RowPiece,
    Table,
    TabularRefused,
    chosen,
    guess_mapping,
    read_csv,
    read_rows,
    read_xlsx,
)


def csv_of(text: str) -> Table:
    return read_csv(io.BytesIO(text.encode()), decode=bytes.decode)


def workbook(**sheets: list[list[object]]) -> io.BytesIO:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name.replace("_", " "))
        for row in rows:
            sheet.append(row)
        if name.startswith("hidden"):
            sheet.sheet_state = "hidden"
    stream = io.BytesIO()
    book.save(stream)
    return stream


def pieces_of(table: Table) -> list[RowPiece]:
    mapping = chosen(guess_mapping(table.headers, [row.cells for row in table.sample()]))
    return list(read_rows(table, table.headers, mapping, sheet=table.sheet))


def told(piece: RowPiece) -> tuple[str, ...]:
    """Title, author and year of a record; the code and place of what is none."""
    if piece.problem is not None:
        return piece.problem
    assert piece.record is not None
    fields = [(f.tag, f.first(c)) for f in piece.record.fields for c in "ac" if f.tag in ("100", "245", "264")]
    shown = {(tag, i): (v or "").rstrip(" /.,:") for i, (tag, v) in enumerate(fields) if v}
    by_tag = {tag: v for (tag, _), v in reversed(shown.items())}
    return tuple(by_tag[tag] for tag in ("245", "100", "264") if tag in by_tag)


def test_every_sheet_with_the_same_columns_is_read() -> None:
    stream = workbook(
        Kho_1=[["STT", "Tên sách", "Tác giả"], [1, "Đất mỏ", "Võ Huy Tâm"]],
        Kho_2=[["KHO HAI"], ["Tác giả", "Tên sách"], ["Vũ Trọng Phụng", "Số đỏ"], ["Nam Cao", None]],
    )
    first, second, untitled = pieces_of(read_xlsx(stream))
    assert told(first) == ("Đất mỏ", "Võ Huy Tâm")
    assert told(second) == ("Số đỏ", "Vũ Trọng Phụng")
    assert json.loads(second.raw)["sheet"] == "Kho 2"
    assert told(untitled) == ("no-title", seen("sheet-row", "Kho 2", 4))


def test_a_sheet_that_is_not_read_is_reported_with_its_rows() -> None:
    head = ["Tên sách", "Tác giả"]
    stream = workbook(
        Sách=[head, ["Đất mỏ", "Võ Huy Tâm"]],
        Bạn_đọc=[["Họ tên", "Số thẻ"], ["An", "12"], ["Bình", "13"]],
        Trống=[],
        Nối=[["Vùng mỏ 2", "Võ Huy Tâm"]],
        hidden=[head, ["Số đỏ", "Vũ Trọng Phụng"]],
        Công_thức=[["=A9", "=A10"]],
    )
    assert [told(p) for p in pieces_of(read_xlsx(stream))] == [
        ("Đất mỏ", "Võ Huy Tâm"),
        ("sheet-not-read", seen("sheet-rows", "Bạn đọc", 3)),
        ("sheet-not-read", seen("sheet-rows", "Nối", 1)),
        ("sheet-not-read", seen("sheet-rows", "hidden", 2)),
        ("sheet-not-read", seen("sheet-rows", "Công thức", 1)),
    ]
    (named,) = read_xlsx(stream, sheet="Nối")
    assert named.cells == ("Vùng mỏ 2", "Võ Huy Tâm"), "whoever names a sheet wants no other"


def test_a_row_of_formulas_without_values_is_a_row() -> None:
    stream = workbook(Sách=[["Tên sách", "Tác giả"], ["=A9", "=B9"], ["Đất mỏ", "Võ Huy Tâm"]])
    formulas, book = pieces_of(read_xlsx(stream))
    assert told(formulas) == ("no-title", seen("sheet-row", "Sách", 2))
    assert [p.code for p in formulas.repairs] == ["formula-without-value"] * 2
    assert told(book) == ("Đất mỏ", "Võ Huy Tâm")


@pytest.mark.parametrize("column", [201, 203, 700, 16_384])
def test_columns_beyond_those_that_are_read_are_refused(column: int) -> None:
    book = openpyxl.load_workbook(workbook(Sách=[["Tên sách", "Tác giả"], ["Đất mỏ", "Võ Huy Tâm"]]))
    book["Sách"].cell(2, column).value = " "
    stream = io.BytesIO()
    book.save(stream)
    assert len(pieces_of(read_xlsx(stream))) == 1, "a blank is nothing"
    book["Sách"].cell(2, column).value = 0
    stream = io.BytesIO()
    book.save(stream)
    with pytest.raises(TabularRefused, match=f"too-many-columns: {column} in row 2"):
        pieces_of(read_xlsx(stream))


def test_a_list_in_two_parts_keeps_the_first() -> None:
    table = csv_of(
        "Tên sách;Tác giả\nĐất mỏ;Võ Huy Tâm\nVùng mỏ;Võ Huy Tâm\n"
        "Tên sách;Tác giả;Năm XB\nSố đỏ;Vũ Trọng Phụng;1936\n"
        "Tác giả;Tên sách\nNam Cao;Chí Phèo\n"
    )
    found = pieces_of(table)
    assert [told(p) for p in found] == [
        ("Đất mỏ", "Võ Huy Tâm"),
        ("Vùng mỏ", "Võ Huy Tâm"),
        ("headings-again", seen("row", 4)),
        ("Số đỏ", "Vũ Trọng Phụng"),
        ("headings-again", seen("row", 6)),
        ("Chí Phèo", "Nam Cao"),
    ]
    assert [p.code for p in found[3].repairs] == ["extra-cells"]


def test_another_column_of_a_later_part_is_not_taken_for_the_first_parts() -> None:
    table = csv_of("Tên sách;Tác giả;Năm XB\nA;B;1990\nTên sách;Tác giả;Ghi chú\nC;D;1991\n")
    *_, last = pieces_of(table)
    assert told(last) == ("C", "D")
    assert json.loads(last.raw)["cells"][-1] == ["", "1991"]


def test_rows_above_the_headings_are_reported() -> None:
    table = csv_of("DANH MỤC;;\nThư viện;Xã Quảng La;\nNgười lập;Lê An;\nTên sách;Tác giả;Năm\nA;B;1990\n")
    assert [told(p) for p in pieces_of(table)] == [
        ("above-headings", seen("row", 2)),
        ("above-headings", seen("row", 3)),
        ("A", "B", "1990"),
    ]
    assert table.header_row == 4


def test_a_first_book_of_known_words_is_no_second_row_of_headings() -> None:
    table = csv_of("Tên sách;Tác giả;Nhà XB\nSố đỏ;Nhiều tác giả;NXB Trẻ\nA;B;C\n")
    assert [told(p)[0] for p in pieces_of(table)] == ["Số đỏ", "A"]


@pytest.mark.parametrize(
    ("line", "cells"),
    [
        ('"Truyện "Kiều", chú giải",Nguyễn Du,1998,', ('Truyện "Kiều", chú giải', "Nguyễn Du", "1998", "")),
        ('"Nhật ký" Đặng Thùy Trâm,Đặng,2005,', ('"Nhật ký" Đặng Thùy Trâm', "Đặng", "2005", "")),
        ('"Nhật ký" Đặng,"Tiểu sử",2005,', ('"Nhật ký" Đặng', '"Tiểu sử"', "2005", "")),
        ('"Đĩa 12" mới","A, B",1990,', ('Đĩa 12" mới', "A, B", "1990", "")),
        ('"Đất ""mỏ""" ,"A",1990,"x "y" z"', ('Đất "mỏ"', "A", "1990", 'x "y" z')),
        ('A,"B "C"",1990,"', ("A", 'B "C"', "1990", '"')),
    ],
)
def test_broken_quotation_is_cut_where_it_should_be_and_reported(line: str, cells: tuple[str, ...]) -> None:
    table = csv_of(f'Tên sách,Tác giả,Năm,Ghi chú\n"X",Y,1990,\n{line}\nĐĩa 12" hay,Y,1991,Z\n')
    sound, broken, after = table
    assert broken.cells == cells
    assert [p.code for p in broken.repairs] == ["unbalanced-quotes"]
    assert (sound.repairs, after.repairs, after.cells[0]) == ((), (), 'Đĩa 12" hay')


@pytest.mark.parametrize("sign", ["\v", "\f", "\x85", "\u2028", "\x1c"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_only_line_ends_end_a_line(encoding: str, sign: str) -> None:
    data = f"Tên sách;Tác giả\r\nĐất{sign}mỏ;Võ Huy Tâm\r\nSố đỏ;A\r\n".encode(encoding)
    first, second = read_csv(io.BytesIO(data), decode=bytes.decode)
    assert (first.cells[1], second.number, second.cells) == ("Võ Huy Tâm", 3, ("Số đỏ", "A"))
    assert second.offset is not None
    assert data[second.offset :] == second.raw


@pytest.mark.parametrize("end", ["\r", "\r\r\n"])
def test_large_files_of_an_old_macintosh_keep_every_row(end: str) -> None:
    lines = ["Tên sách;Tác giả", *(f"Sách số {i};Người thứ {i}" for i in range(60_000))]
    data = end.join([*lines, ""]).encode()
    rows = list(read_csv(io.BytesIO(data), decode=bytes.decode))
    assert len(data) > 2_000_000
    assert [row.cells for row in rows] == [tuple(line.split(";")) for line in lines[1:]]
    assert [row.number for row in rows] == list(range(2, 60_002))
    assert b"".join(row.raw for row in rows) == data[data.index(b"S\xc3\xa1ch s") :]


def test_the_last_row_without_a_line_end_is_kept() -> None:
    for end in ("\r", "\n", "\r\n"):
        rows = list(csv_of(end.join(["Tên sách;Tác giả", "A;B", "C;D"])))
        assert [row.cells for row in rows] == [("A", "B"), ("C", "D")]


def test_a_second_value_of_what_stands_once_becomes_a_note() -> None:
    table = csv_of("Tên sách;Năm XB;Năm in;Bộ 1;Bộ 2\nA;1990;1991;X;Y\nB;1990;1990;;Y\nC;;1992;;\n")
    mapping = {0: "title", 1: "year", 2: "year", 3: "series", 4: "series"}
    first, second, third = read_rows(table, table.headers, mapping)
    assert first.record is not None
    assert [f.first("a") for f in first.record.of("500")] == ["Năm in: 1991"]
    assert [f.first("a") for f in first.record.of("490")] == ["X", "Y"]
    assert [(p.code, p.detail) for p in first.repairs] == [("second-value", "1991")]
    assert (second.repairs, told(third)) == ((), ("C", "1992"))


def titles(table: Table) -> list[str]:
    mapping = chosen(guess_mapping(table.headers, [row.cells for row in table.sample()]))
    return [
        f.first("a").removesuffix(" /")
        for piece in read_rows(table, table.headers, mapping)
        if piece.record is not None and (f := piece.record.first("245")) is not None
    ]


def test_two_rows_of_headings_that_come_again_move_nothing() -> None:
    """IMP-8: the lower row is blank where the upper one says it all."""
    head = "STT;Tên sách;Tác giả;Xuất bản;;\n;;;Nơi;Nhà XB;Năm\n"
    table = csv_of(f"{head}1;Đất mỏ;An;H.;Lao động;1990\n{head}2;Vùng mỏ;Bình;H.;Trẻ;1991\n3;Than;Chi;H.;Trẻ;1992\n")
    assert titles(table) == ["Đất mỏ", "Vùng mỏ", "Than"]


def test_a_form_above_the_list_is_not_its_header() -> None:
    """IMP-8: headings of a list of books name the title."""
    above = "Loại tài liệu: Sách;Ngôn ngữ: Việt;;;\nNgày lập: 01/02/2020;;;;\n"
    table = csv_of(f"{above}STT;Tên sách;Tác giả;Nhà XB;Năm\n1;Đất mỏ;An;Trẻ;1990\n2;Than;Chi;Trẻ;1992\n")
    assert (table.header_row, titles(table)) == (3, ["Đất mỏ", "Than"])


def test_rows_prepared_with_formulas_that_are_empty_are_blank() -> None:
    """IMP-11: =IF(B5="","",ROW()) down to the thousandth row is no book that was not read."""
    made = workbook(
        Sách=[["STT", "Tên sách", "Tác giả"], [1, "Đất mỏ", "An"], ['=IF(B3="","",1)'], ['=IF(B4="","",1)']]
    )
    stream = io.BytesIO()
    with zipfile.ZipFile(made) as before, zipfile.ZipFile(stream, "w") as after:
        for entry in before.infolist():
            data = before.read(entry)
            if entry.filename.startswith("xl/worksheets/"):
                assert data.count(b'"><f>') == 2
                data = data.replace(b'"><f>', b'" t="str"><f>')
            after.writestr(entry, data)
    stream.seek(0)
    table = read_xlsx(stream)
    assert [row.cells[1] for row in table] == ["Đất mỏ"]
