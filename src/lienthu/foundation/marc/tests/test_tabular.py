"""Lists of small libraries: what a CSV or XLSX file becomes, and what is refused or reported."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Mapping
from datetime import date, datetime

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lienthu.foundation.marc.describe import describe
from lienthu.foundation.marc.holdings import read_items
from lienthu.foundation.marc.iso2709 import parse, write
from lienthu.foundation.marc.model import Record
from lienthu.foundation.marc.normalise import normalise
from lienthu.foundation.marc.problems import Unreadable, seen
from lienthu.foundation.marc.tabular import (
    FIELDS,
    ROW_HOLDING_RULES,
    Row,
    RowPiece,
    Table,
    TabularRefused,
    chosen,
    guess_mapping,
    read_csv,
    read_rows,
    read_xlsx,
    row_to_record,
)
from lienthu.foundation.marc.tabular.columns import header_field
from lienthu.foundation.marc.tabular.xlsx_files import as_text
from lienthu.foundation.marc.validate import validate


def utf8(data: bytes) -> str:
    return data.decode("utf-8")


def table_of(text: str, encoding: str = "utf-8", delimiter: str | None = None) -> Table:
    return read_csv(io.BytesIO(text.encode(encoding)), decode=utf8, delimiter=delimiter)


def mapping_of(table: Table) -> dict[int, str]:
    return chosen(guess_mapping(table.headers, [row.cells for row in table.sample()]))


def pieces_of(table: Table) -> list[RowPiece]:
    return list(read_rows(table, table.headers, mapping_of(table)))


def record_of(cells: Mapping[str, str]) -> Record:
    """The record of a row with these fields."""
    return row_to_record(Row(1, tuple(cells.values())), dict(enumerate(cells)))


COMMUNE = """THƯ VIỆN XÃ QUẢNG LA;;;;;;;;;;;;
DANH MỤC SÁCH NĂM 2024;;;;;;;;;;;;
;;;;;;;;;;;;
STT;Tên sách;Tác giả;Nhà XB;Nơi XB;Năm XB;Số trang;Khổ;Số ĐKCB;Môn loại;Đơn giá;Từ khoá;Số lượng
1;Truyện Kiều : thơ;Nguyễn Du;Văn học;H.;1998;312;21cm;VL.001, VL.002;895.9221;52.000;Thơ Nôm, Truyện thơ;2
2;;Không tên;;;;;;;;;;
3;"Đất rừng ""phương Nam"";
tập hai";Đoàn Giỏi;Kim Đồng;Hà Nội;2010;;;;;;;5
"""


def test_a_commune_list_becomes_records_and_no_row_is_lost() -> None:
    table = table_of(COMMUNE)
    assert table.delimiter == ";"
    assert table.header_row == 4
    assert len(table.title_rows) == 2
    kieu, untitled, forest = pieces_of(table)
    assert kieu.record is not None
    d = describe(kieu.record)
    assert (d.title_proper, d.subtitle, d.responsibility) == ("Truyện Kiều", "thơ", "Nguyễn Du")
    assert [(p.name, p.heading_tag) for p in d.authors] == [("Nguyễn Du", "100")]
    assert (d.place, d.publisher, d.year, d.extent) == ("Hà Nội", "Văn học", 1998, "312 tr. ; 21cm")
    assert d.classification == ("895.9221",)
    assert d.subjects == ("Thơ Nôm", "Truyện thơ")
    assert d.languages == ("vie",)
    assert [i.barcode for i in read_items(kieu.record)] == ["VL.001", "VL.002"]
    assert untitled.record is None
    assert untitled.problem is not None
    assert untitled.problem.code == "no-title"
    assert untitled.raw == "2;;Không tên;;;;;;;;;;\n".encode(), "what becomes no record is kept byte for byte"
    assert forest.record is not None
    assert describe(forest.record).title == 'Đất rừng "phương Nam"; tập hai'
    assert [i.copies for i in read_items(forest.record, ROW_HOLDING_RULES)] == [5]
    numbers = [COMMUNE.encode().index(line) for line in (b"1;Truy", b"2;;Kh", b'3;"\xc4')]
    assert [p.offset for p in (kieu, untitled, forest)] == numbers
    assert untitled.problem.detail == seen("row", 6)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(delimiter: str) -> None:
    rows = [["Nhan đề", "Tác giả", "Năm"], ["Sóng, gió; biển | trời", "A, B", "1998"], ["X", "C", "2000"]]
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    table = table_of(out.getvalue())
    assert table.delimiter == delimiter
    assert [list(row.cells) for row in table] == rows[1:]


def test_the_separator_line_of_spreadsheets_counts() -> None:
    table = table_of("sep=|\r\nNhan đề|Năm\r\nX|1998\r\n")
    assert table.headers == ("Nhan đề", "Năm")
    assert [(r.number, r.cells) for r in table] == [(3, ("X", "1998"))]


def test_unicode_text_and_byte_order_marks() -> None:
    text = "Nhan đề\tTác giả\nTruyện Kiều\tNguyễn Du\n"
    for encoding in ("utf-16", "utf-8-sig"):
        table = table_of(text, encoding)
        assert table.headers == ("Nhan đề", "Tác giả")
        assert [row.cells for row in table] == [("Truyện Kiều", "Nguyễn Du")]


def test_old_macintosh_line_ends() -> None:
    assert [r.cells for r in table_of("Nhan đề,Năm\rA,1990\rB,1991\r")] == [("A", "1990"), ("B", "1991")]


def test_the_decoder_is_the_callers() -> None:
    table = read_csv(io.BytesIO("Title,Author\nÉté,X\n".encode("latin-1")), decode=lambda b: b.decode("latin-1"))
    assert next(iter(table)).cells == ("Été", "X")


def test_a_line_that_cannot_be_decoded_is_kept_and_reported() -> None:
    table = read_csv(io.BytesIO(b"Title,Author\nA\xff,X\nB,Y\n"), decode=utf8)
    first, second = table
    assert first.cells == ("A\ufffd", "X")
    assert [p.code for p in first.repairs] == ["undecodable"]
    assert second.repairs == ()


def test_quotation_marks_inside_words_and_left_open() -> None:
    table = table_of('Title,Author\nĐĩa 12" mới,A\n"Chưa đóng,B\nC,D\n')
    rows = list(table)
    assert [r.cells for r in rows] == [('Đĩa 12" mới', "A"), ('"Chưa đóng', "B"), ("C", "D")]
    assert [p.code for p in rows[1].repairs] == ["unbalanced-quotes"]


def test_a_table_without_header() -> None:
    table = table_of("Truyện Kiều,Nguyễn Du,1998\nSố đỏ,Vũ Trọng Phụng,1936\n")
    assert table.header_row == 0
    assert len(list(table)) == 2


def test_an_empty_file_is_refused() -> None:
    for data in ("", "\n\n", ";;;\n;;;\n"):
        with pytest.raises(TabularRefused) as refused:
            table_of(data)
        assert refused.value.code == "empty"


def test_limits_of_text_files() -> None:
    with pytest.raises(TabularRefused, match="too-many-rows"):
        list(read_csv(io.BytesIO(b"Title,Year\n" + b"A,1990\n" * 60), decode=utf8, max_rows=50))
    with pytest.raises(TabularRefused, match="too-many-columns"):
        table_of("," * 500)
    with pytest.raises(TabularRefused, match="row-too-large"):
        table_of("x" * 1_000_010)


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("Nhan đề", "title"),
        ("TÊN SÁCH", "title"),
        ("Ten sach", "title"),
        ("  Tên   sách (*)", "title"),
        ("Tác giả", "author"),
        ("Đồng tác giả", "other_authors"),
        ("Nhà XB", "publisher"),
        ("NXB", "publisher"),
        ("Năm XB", "year"),
        ("Năm xuất bản", "year"),
        ("Nơi XB", "place"),
        ("Số ĐKCB", "barcode"),
        ("Mã vạch", "barcode"),
        ("Ký hiệu xếp giá", "call_number"),
        ("Kí hiệu xếp giá", "call_number"),
        ("Kí hiệu kho", "location"),
        ("Ký hiệu phân loại", "classification"),
        ("Từ khoá", "keywords"),
        ("Từ khóa", "keywords"),
        ("Môn loại", "classification"),
        ("Số trang", "extent"),
        ("Khổ", "dimensions"),
        ("Kho", "location"),
        ("Đơn giá", "price"),
        ("Đơn giá (VNĐ)", "price"),
        ("Ngôn ngữ", "language"),
        ("Nhan đề tài liệu / Title", "title"),
        ("ISBN-13", "isbn"),
        ("Publisher", "publisher"),
        ("Call number", "call_number"),
        ("Số lượng bản", "copies"),
        ("Tên báo, tạp chí", "host_title"),
    ],
)
def test_headers(header: str, field: str) -> None:
    assert header_field(header)[0] == field
    assert header_field(header)[1] >= 0.5


@pytest.mark.parametrize("header", ["STT", "TT", "Stt.", "Số TT", "Thành tiền"])
def test_running_numbers_and_sums_are_left_out(header: str) -> None:
    assert guess_mapping([header], [["1"], ["2"]]) == {}


def test_contents_tell_where_headers_do_not() -> None:
    rows = [
        ["9786041000018", "1998", "https://a.vn", "vie", "52.000đ"],
        ["0306406152", "2003", "www.b.vn", "eng", "1.000đ"],
    ]
    guesses = guess_mapping(["Cột 1", "", "x", "y", "z"], rows)
    assert [g.field for g in guesses.values()] == ["isbn", "year", "url", "language", "price"]
    assert {g.why for g in guesses.values()} == {"contents"}


def test_khổ_and_kho_are_told_apart_by_their_contents() -> None:
    assert guess_mapping(["KHO"], [["21 cm"], ["19cm"]])[0].field == "dimensions"
    assert guess_mapping(["KHO"], [["Kho mượn"], ["Kho đọc"]])[0].field == "location"


def test_a_field_goes_to_one_column_and_a_second_author_becomes_another() -> None:
    guesses = guess_mapping(["Tác giả", "Tên tác giả", "Tên sách", "Nhan đề"], [])
    assert [g.field for g in guesses.values()] == ["author", "other_authors", "title"]
    assert all(g.field in FIELDS for g in guesses.values())


def heading(record: Record, *tags: str) -> list[tuple[str, str, tuple[tuple[str, str], ...]]]:
    return [(f.tag, f.ind1, f.subfields) for f in record.of(*tags)]


def test_names() -> None:
    record = record_of(
        {
            "title": "X",
            "author": "Nguyễn Văn Huyên (chủ biên), Trần Thị Mai; Phụng, Vũ Trọng",
            "other_authors": "Đào Duy Anh dịch; Sở Văn hoá Quảng Ninh và nhân dân; Nhiều tác giả; Smith, John",
        }
    )
    assert heading(record, "100", "110", "700", "710") == [
        ("100", "0", (("a", "Nguyễn Văn Huyên,"), ("e", "chủ biên"))),
        ("700", "0", (("a", "Trần Thị Mai"),)),
        ("700", "1", (("a", "Phụng, Vũ Trọng"),)),
        ("700", "0", (("a", "Đào Duy Anh,"), ("e", "dịch"))),
        ("700", "1", (("a", "Smith, John"),)),
        ("710", "2", (("a", "Sở Văn hoá Quảng Ninh và nhân dân"),)),
    ]


def test_many_authors_are_no_heading() -> None:
    record = record_of({"title": "X", "author": "Nhiều tác giả"})
    assert heading(record, "100", "110", "700") == []
    title = record.first("245")
    assert title is not None
    assert (title.ind1, title.first("c")) == ("0", "Nhiều tác giả")


def test_isbd_punctuation_in_245_264_and_300() -> None:
    record = record_of(
        {
            "title": "Từ điển = Dictionary : Việt - Anh / Bùi Phụng",
            "volume": "2",
            "place": "H.",
            "publisher": "Thế giới",
            "year": "2003.0",
            "extent": "500",
            "dimensions": "24",
        }
    )
    shown = {f.tag: " ".join(v for _, v in f.subfields) for f in record.fields}
    assert shown["245"] == "Từ điển = Dictionary : Việt - Anh. Tập 2 / Bùi Phụng"
    assert shown["264"] == "H. : Thế giới, 2003"
    assert shown["300"] == "500 tr. ; 24 cm"


def test_the_fixed_field_has_forty_characters_and_says_what_is_known() -> None:
    row = Row(1, ("X", "1998?", "eng; vie"))
    record = row_to_record(row, {0: "title", 1: "year", 2: "language"}, entered=date(2024, 3, 5))
    assert len(record.control("008")) == 40
    assert record.control("008")[:18] == "240305s1998    xx "
    d = describe(record)
    assert (d.acquired, d.year, d.languages) == ("2024-03-05", 1998, ("eng", "vie"))
    assert len(record.leader) == 24
    assert len(record_of({"title": "X"}).control("008")) == 40


def test_the_record_is_sound_marc() -> None:
    table = table_of(COMMUNE)
    for piece in pieces_of(table):
        if piece.record is not None:
            known = {"no-control-number"}
            assert {p.code for p in validate(piece.record)} <= known
            again = parse(write(piece.record), utf8).record
            assert normalise(again).fields == normalise(piece.record).fields


def test_articles_theses_serials_by_host_and_material() -> None:
    article = describe(record_of({"title": "Hạ Long", "host_title": "Báo Quảng Ninh", "volume": "Số 5"}))
    assert article.material_type == "article"
    assert article.host is not None
    assert (article.host.title, article.host.part) == ("Báo Quảng Ninh", "Số 5")
    for words, expected in {
        "Luận văn": "thesis",
        "Tạp chí": "serial",
        "Bản đồ": "map",
        "Sách nói": "audio",
        "Sách điện tử": "electronic",
        "Sách": "book",
    }.items():
        assert describe(record_of({"title": "X", "material_type": words})).material_type == expected


def test_barcodes_ranges_and_copies() -> None:
    def items(**cells: str) -> list[tuple[str, int]]:
        record = record_of({"title": "X", **cells})
        return [(i.barcode, i.copies) for i in read_items(record, ROW_HOLDING_RULES)]

    assert items(barcode="A1; A2, A3\nA1") == [("A1", 1), ("A2", 1), ("A3", 1)]
    assert items(barcode="VL.0098-0101", copies="4") == [(f"VL.{n:04}", 1) for n in (98, 99, 100, 101)]
    assert items(barcode="VL.098-101", copies="7") == [("VL.098-101", 1), ("", 6)]
    assert items(copies="3 cuốn", location="KM") == [("", 3)]
    assert items(call_number="895.922 NG-D") == [("", 1)]
    assert items() == []


def test_fewer_copies_than_barcodes_are_reported() -> None:
    (piece,) = read_rows([Row(1, ("X", "A1;A2", "1"))], ("", "", ""), {0: "title", 1: "barcode", 2: "copies"})
    assert [p.code for p in piece.repairs] == ["copies-differ"]
    assert piece.record is not None


def test_wrong_numbers_are_kept_and_reported() -> None:
    row = Row(1, ("X", "9786041000019", "9.78604E+12", "1234-5678"))
    (piece,) = read_rows([row], ("",) * 4, {0: "title", 1: "isbn", 2: "isbn", 3: "issn"})
    assert [p.code for p in piece.repairs] == ["isbn", "digits-lost", "issn"]
    assert piece.record is not None
    assert [f.first("z") for f in piece.record.of("020")] == ["9786041000019", "9.78604E+12"]


def test_cells_beyond_the_header_are_reported() -> None:
    (piece,) = read_rows([Row(1, ("X", "", "thừa"))], ("Nhan đề",), {0: "title"})
    assert [p.code for p in piece.repairs] == ["extra-cells"]
    assert json.loads(piece.raw)["cells"][2] == ["", "thừa"]


def test_a_row_without_title_and_an_unknown_field() -> None:
    with pytest.raises(Unreadable) as refused:
        row_to_record(Row(7, ("",)), {0: "title"})
    assert refused.value.problem.code == "no-title"
    with pytest.raises(ValueError, match="colour"):
        row_to_record(Row(7, ("X",)), {0: "colour"})


def workbook(*rows: list[object], sheet: str = "Sách") -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    book.active.title = sheet
    for row in rows:
        book.active.append(row)
    return book


def saved(book: openpyxl.Workbook) -> io.BytesIO:
    stream = io.BytesIO()
    book.save(stream)
    stream.seek(0)
    return stream


def test_a_workbook_with_a_cover_sheet_and_a_header_of_two_rows() -> None:
    book = workbook(["Trang bìa"], sheet="Bìa")
    sheet = book.create_sheet("Danh mục")
    for row in (
        ["BÁO CÁO"],
        [],
        ["TT", "Nhan đề", "Xuất bản", None, None, "ISBN", "Mã vạch"],
        [None, None, "Nơi", "Nhà XB", "Năm", None, None],
        [1, "Đất nước", "H.", "Văn học", 1998.0, 9786041000018, 123],
        [2, '="X"&"Y"', None, None, None, "#N/A", datetime(2021, 3, 4)],
    ):
        sheet.append(row)
    sheet["G5"].number_format = "000000"
    table = read_xlsx(saved(book))
    assert (table.sheet, table.other_sheets, table.header_row) == ("Danh mục", ("Bìa",), 4)
    assert table.headers == ("TT", "Nhan đề", "Nơi", "Nhà XB", "Năm", "ISBN", "Mã vạch")
    country, formula, cover = pieces_of(table)
    assert country.record is not None
    d = describe(country.record)
    assert (d.title, d.year, d.place, d.isbns) == ("Đất nước", 1998, "Hà Nội", ("9786041000018",))
    assert [i.barcode for i in read_items(country.record)] == ["000123"]
    assert cover.problem == ("sheet-not-read", seen("sheet-rows", "Bìa", 1))
    assert (formula.offset, formula.record) == (6, None)
    assert [p.code for p in formula.repairs] == ["formula-without-value", "cell-error"]
    assert json.loads(formula.raw)["cells"][-1] == ["Mã vạch", "2021-03-04"]


def test_a_formula_shows_the_value_it_had() -> None:
    stream = saved(workbook(["Nhan đề", "Năm"], ["=A9", 1998]))
    with zipfile.ZipFile(stream) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"]
    parts["xl/worksheets/sheet1.xml"] = (
        sheet.replace(b'<c r="A2">', b'<c r="A2" t="str">')
        .replace(b"<f>A9</f><v></v>", b"<f>A9</f><v>Kieu</v>")
        .replace(b"<f>A9</f><v />", b"<f>A9</f><v>Kieu</v>")
    )
    assert parts["xl/worksheets/sheet1.xml"] != sheet
    changed = io.BytesIO()
    with zipfile.ZipFile(changed, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    (row,) = read_xlsx(changed)
    assert row.cells == ("Kieu", "1998")


def test_a_named_sheet_and_one_that_is_not_there() -> None:
    book = workbook(["Nhan đề", "Năm"], ["X", 1])
    book.create_sheet("Khác").append(["Tên sách", "Tác giả"])
    book["Khác"].append(["Y", "Z"])
    assert [r.cells for r in read_xlsx(saved(book), sheet="Khác")] == [("Y", "Z")]
    with pytest.raises(TabularRefused, match="no-sheet"):
        read_xlsx(saved(book), sheet="Không có")


def bomb(size: int) -> io.BytesIO:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/worksheets/sheet1.xml", b" " * size)
    return stream


def test_archives_are_weighed_before_they_are_opened() -> None:
    with pytest.raises(TabularRefused, match="compression-ratio"):
        read_xlsx(bomb(20_000_000))
    with pytest.raises(TabularRefused, match="too-large"):
        read_xlsx(bomb(2_000_000), max_uncompressed=1_000_000)
    with pytest.raises(TabularRefused, match="too-many-entries"):
        read_xlsx(bomb(10), max_entries=1)


def test_what_is_no_workbook_is_refused() -> None:
    for data in (b"", b"Title,Author\n", b"PK\x03\x04broken", bomb(10).getvalue()):
        with pytest.raises(TabularRefused, match="not-a-workbook"):
            read_xlsx(io.BytesIO(data))
    with pytest.raises(TabularRefused, match="encrypted"):
        read_xlsx(io.BytesIO(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600))


def test_document_types_are_refused() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("[Content_Types].xml", '<!DOCTYPE x [<!ENTITY a "b">]><Types/>')
    with pytest.raises(TabularRefused, match="document-type"):
        read_xlsx(stream)


def test_too_many_rows_of_a_workbook() -> None:
    book = workbook(["Nhan đề", "Năm"], *([f"X{i}", 1990] for i in range(60)))
    with pytest.raises(TabularRefused, match="too-many-rows"):
        list(read_xlsx(saved(book), max_rows=50))


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.lists(st.text(max_size=10), min_size=1, max_size=6), min_size=1, max_size=8), st.sampled_from(",;\t|")
)
def test_whatever_was_written_is_read_and_every_row_accounted_for(rows: list[list[str]], delimiter: str) -> None:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    text = out.getvalue().encode("utf-8", "replace").decode()
    filled = sum(1 for row in rows if any(as_text(cell) for cell in row))
    if not filled:
        with pytest.raises(TabularRefused, match="empty"):
            table_of(text, delimiter=delimiter)
        return
    table = table_of(text, delimiter=delimiter)
    mapping = {0: "title", 1: "author", 2: "isbn", 3: "barcode", 4: "year", 5: "publisher"}
    pieces = list(read_rows(table, table.headers, mapping))
    assert len(table.title_rows) + len(pieces) + (table.header_row > 0) == filled
    for piece in pieces:
        assert (piece.record is None) == (piece.problem is not None)
        if piece.record is not None:
            assert len(piece.record.control("008")) == 40
            assert describe(piece.record).title
