"""One reader for every format: pieces with their bytes and places, the same from any checkpoint (IMP-2 to IMP-12)."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest

from lienthu.domain.catalog.encoding import EncodingPlan, forced_plan
from lienthu.domain.catalog.reading import (
    ReadingOptions,
    ReadPiece,
    UnknownFormat,
    find_format,
    pieces,
    plan_for,
    preview,
    table_columns,
)
from lienthu.domain.catalog.tests.cast import book, encoded, iso_file
from lienthu.foundation.marc import marcjson, marcxml
from lienthu.foundation.marc.model import Field, Record
from lienthu.foundation.marc.tabular import TabularRefused
from lienthu.foundation.vietnamese.encodings import ENCODERS

TITLES = ["Đất mỏ", "Vùng mỏ", "Người thợ lò", "Truyện Kiều", "Số đỏ", "Gánh hàng hoa"]
BROKEN = b"00050nam a2200000   4500 this is no record at all.\x1d"
ROWS = [["Nhan đề", "Tác giả", "Năm xuất bản"], *[[t, "Võ Huy Tâm", "1961"] for t in TITLES]]


def books(titles: list[str] = TITLES) -> list[Record]:
    return [book(t, number=str(n)) for n, t in enumerate(titles)]


def iso() -> bytes:
    return iso_file(books()[:3]) + b"\r\n\x00" + BROKEN + iso_file(books()[3:]) + b"\x1a"


def xml() -> bytes:
    records = [marcxml.write(r) for r in books()]
    records.insert(2, b"<record><leader>00000nam a2200000 a 4500</leader><datafield tag='245'></record>")
    return b'<collection xmlns="http://www.loc.gov/MARC21/slim">' + b"\n".join(records) + b"</collection>"


def json_array() -> bytes:
    return b"[" + b",\n".join(marcjson.write(r) for r in books()) + b"]"


def json_lines() -> bytes:
    lines = [marcjson.write(r) for r in books()]
    lines.insert(3, b'{"leader": 5, "fields"')
    return b"\n".join(lines)


def csv() -> bytes:
    return "\n".join(";".join(row) for row in ROWS).encode()


def xlsx() -> bytes:
    made = openpyxl.Workbook()
    for row in ROWS:
        made.active.append(row)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


FILES = {
    "sach.mrc": ("iso2709", iso), "sach.xml": ("marcxml", xml), "sach.json": ("json", json_array),
    "sach.ndjson": ("json", json_lines), "sach.csv": ("csv", csv), "sach.xlsx": ("xlsx", xlsx),
}  # fmt: skip


@pytest.fixture(params=FILES)
def file(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, str]:
    """A file of each format with the six books, some with a piece that is no record."""
    fmt, make = FILES[request.param]
    path = tmp_path / request.param
    path.write_bytes(make())
    return path, fmt


def title(piece: ReadPiece) -> str:
    field = piece.record.first("245") if piece.record else None
    return field.first("a").rstrip(" /") if field else ""


def read(path: Path, fmt: str, plan: EncodingPlan | None = None, **where: int) -> list[ReadPiece]:
    return list(pieces(path, fmt, plan or plan_for(path, fmt, "").plan, {}, **where))


# ---------------------------------------------------------------------------------------------------------- reading


def test_every_format_is_found_and_every_record_read(file: tuple[Path, str]) -> None:
    path, fmt = file
    assert find_format(path) == fmt
    found = read(path, fmt)
    assert [title(p) for p in found if p.record] == TITLES
    assert [p.ordinal for p in found] == list(range(len(found)))
    assert all(p.raw for p in found)
    assert all(p.problem for p in found if p.record is None)


def test_reading_goes_on_from_any_checkpoint_as_if_it_had_never_stopped(file: tuple[Path, str]) -> None:
    path, fmt = file
    whole = read(path, fmt)
    for done in range(len(whole)):
        last = whole[done]
        rest = read(path, fmt, start=last.resume, ordinal=last.ordinal + 1)
        assert rest == whole[done + 1 :], f"after piece {done}"


def test_an_unreadable_piece_costs_no_neighbour(tmp_path: Path) -> None:
    for name in ("sach.mrc", "sach.xml", "sach.ndjson"):
        fmt, make = FILES[name]
        (tmp_path / name).write_bytes(make())
        lost = [p for p in read(tmp_path / name, fmt) if p.record is None]
        assert len(lost) == 1, name
        assert lost[0].raw
        assert lost[0].problem is not None


def test_bytes_between_records_are_reported_not_lost(tmp_path: Path) -> None:
    path = tmp_path / "sach.mrc"
    path.write_bytes(iso_file(books()[:1]) + b"rubbish between " + iso_file(books()[1:2]))
    second = read(path, "iso2709")[1]
    assert [p.code for p in second.repairs] == ["stray-bytes"]


def test_records_come_normalised(tmp_path: Path) -> None:
    path = tmp_path / "sach.xml"
    made = marcxml.write(book("X", number="1")).replace(b">X<", ">Di\u0323ch\u200b thu\u1ead\u0074 <".encode())
    path.write_bytes(b'<collection xmlns="http://www.loc.gov/MARC21/slim">' + made + b"</collection>")
    assert [title(p) for p in read(path, "marcxml")] == ["Dịch thuật"]


# ------------------------------------------------------------------------------------------------- character sets


@pytest.mark.parametrize("name", ["sach.xml", "sach.json"])
def test_legacy_text_dressed_as_unicode_is_mended_value_by_value(name: str, tmp_path: Path) -> None:
    titles = ["Lịch sử phong trào công nhân mỏ", "Những người thợ lò dũng cảm", "Truyện cổ tích các dân tộc"]
    leader = "00000nam a2200000 a 4500"
    disguised = [
        Record(leader, (Field("245", "0", "0", (("a", ENCODERS["tcvn3-in-utf-8"](t).decode()),)),)) for t in titles
    ]
    assert "\xad" in disguised[1].fields[0].first("a"), "ư of TCVN3 is the soft hyphen of Latin-1"
    path = tmp_path / name
    if name == "sach.xml":
        records = b"".join(marcxml.write(r) for r in disguised)
        path.write_bytes(b'<collection xmlns="http://www.loc.gov/MARC21/slim">' + records + b"</collection>")
    else:
        path.write_bytes(b"[" + b",".join(marcjson.write(r) for r in disguised) + b"]")
    fmt = FILES[name][0]
    assert plan_for(path, fmt, "").plan.in_text == "tcvn3-in-utf-8"
    assert [title(p) for p in read(path, fmt)] == titles
    assert {p.encoding for p in read(path, fmt)} == {"tcvn3-in-utf-8"}


def test_sound_records_stand_beside_disguised_ones_in_one_list(tmp_path: Path) -> None:
    """IMP-6."""
    titles = ["Lịch sử phong trào công nhân mỏ", "Những người thợ lò dũng cảm", "Truyện cổ tích các dân tộc"]
    texts = [*(ENCODERS["tcvn3-in-utf-8"](t).decode() for t in titles), "Hà Nội và các tỉnh phía Bắc, dân ca"]
    path = tmp_path / "sach.json"
    records = [Record("00000nam a2200000 a 4500", (Field("245", "0", "0", (("a", t),)),)) for t in texts]
    path.write_bytes(b"[" + b",".join(map(marcjson.write, records)) + b"]")
    assert [title(p) for p in read(path, "json")] == [*titles, texts[-1]]


@pytest.mark.parametrize("shift", range(4))
def test_a_long_table_is_read_as_what_it_is_wherever_the_sample_ends(shift: int, tmp_path: Path) -> None:
    """IMP-4: a letter that the end of the sample cuts in two is no sign of another character set."""
    path = tmp_path / "so.csv"
    lines = ["Nhan đề;Tác giả" + "x" * shift, *(f"Đường vào thư viện huyện {n};Nguyễn Ưu" for n in range(3000))]
    path.write_bytes("\n".join(lines).encode())
    assert plan_for(path, "csv", "").plan == EncodingPlan("utf-8")
    found = read(path, "csv")
    assert [title(p) for p in found] == [line.partition(";")[0] for line in lines[1:]]


def test_each_line_of_a_table_is_decoded_by_itself(tmp_path: Path) -> None:
    """IMP-6: rows of two histories in one file."""
    titles = ["Lịch sử phong trào công nhân mỏ", "Những người thợ lò dũng cảm", "Truyện cổ tích các dân tộc"]
    path = tmp_path / "so.csv"
    rows = [f"{t};Nguyễn Văn Hùng;1998" for t in titles]
    for legacy, sound in ((rows[:1], rows[1:]), (rows[:2], rows[2:])):
        path.write_bytes(
            b"\n".join([b"Title;Author;Year", *map(ENCODERS["tcvn3"], legacy), *(row.encode() for row in sound)])
        )
        assert [title(p) for p in read(path, "csv")] == titles


@pytest.mark.parametrize("encoding", ["tcvn3", "vni", "viscii"])
def test_tables_in_old_character_sets_are_read(encoding: str, tmp_path: Path) -> None:
    text = "\n".join(";".join(row) for row in ROWS)
    path = tmp_path / "so.csv"
    path.write_bytes(ENCODERS[encoding](text))
    assert find_format(path) == "csv"
    assert plan_for(path, "csv", "").plan.name == encoding
    assert [title(p).casefold() for p in read(path, "csv")] == [t.casefold() for t in TITLES]


def test_a_person_may_say_otherwise(tmp_path: Path) -> None:
    path = tmp_path / "sach.mrc"
    path.write_bytes(encoded(book("Đất mỏ", number="1"), "tcvn3"))
    assert plan_for(path, "iso2709", "latin-1").plan == forced_plan("latin-1")
    assert [title(p) for p in read(path, "iso2709", forced_plan("latin-1"))] == ["§Êt má"]


# -------------------------------------------------------------------------------------------- formats and tables


@pytest.mark.parametrize("data", [b"", b"\r\n \x00\x1a", b"\xef\xbb\xbf"])
def test_an_empty_file_says_so(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "sach.mrc"
    path.write_bytes(data)
    with pytest.raises(UnknownFormat) as refused:
        find_format(path)
    assert refused.value.problem.code == "empty-file"


def test_a_picture_is_no_catalogue(tmp_path: Path) -> None:
    path = tmp_path / "sach.mrc"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20)
    with pytest.raises(UnknownFormat) as refused:
        find_format(path)
    assert refused.value.problem.code == "unknown-format"


def test_what_only_looks_like_a_workbook_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "sach.xlsx"
    path.write_bytes(b"PK\x03\x04 this only looks like a workbook xl/ " * 30)
    with pytest.raises(TabularRefused):
        table_columns(path, "xlsx", EncodingPlan("utf-8"))


@pytest.mark.parametrize("name", ["sach.csv", "sach.xlsx"])
def test_columns_are_guessed_shown_and_may_be_chosen(name: str, tmp_path: Path) -> None:
    fmt, make = FILES[name]
    path = tmp_path / name
    path.write_bytes(make())
    shown = table_columns(path, fmt, EncodingPlan("utf-8"))
    assert [(c.heading, c.field) for c in shown] == [
        ("Nhan đề", "title"), ("Tác giả", "author"), ("Năm xuất bản", "year"),
    ]  # fmt: skip
    assert shown[0].values == tuple(TITLES[:4])
    chosen = {"Tác giả": "title"}
    assert {title(p) for p in pieces(path, fmt, EncodingPlan("utf-8"), chosen)} == {"Võ Huy Tâm"}


def test_a_column_that_was_renamed_keeps_its_field(tmp_path: Path) -> None:
    """IMP-8: a year that no column is taken for would be erased from the records that have it."""
    path = tmp_path / "so.csv"
    path.write_text("TÊN;Năm xuất bản;Nhà XB;Ghi chú\nĐất mỏ;1961;Văn học;Sách cũ\n", encoding="utf-8")
    saved = {"Tên": "title", "Năm XB": "year", "NXB": "place", "Nhà XB": "publisher"}
    (piece,) = pieces(path, "csv", EncodingPlan("utf-8"), saved)
    assert piece.record is not None
    (published,) = piece.record.of("264")
    assert published.subfields == (("b", "Văn học,"), ("c", "1961"))
    assert not list(piece.record.of("500")), "a column that nobody chose stays out"
    (piece,) = pieces(path, "csv", EncodingPlan("utf-8"), {"TÊN": "title", "Nhà XB": "publisher"})
    assert piece.record is not None
    assert [f.subfields for f in piece.record.of("264")] == [(("b", "Văn học"),)], "chosen for this table"


def test_columns_without_a_heading_of_their_own_are_chosen_by_their_place(tmp_path: Path) -> None:
    path = tmp_path / "so.csv"
    path.write_text("A;A;\nĐất mỏ;Võ Huy Tâm;1961\nVùng mỏ;Võ Huy Tâm;1951\n")
    assert [c.heading for c in table_columns(path, "csv", EncodingPlan("utf-8"))] == ["A#1", "A#2", "#3"]
    found = list(pieces(path, "csv", EncodingPlan("utf-8"), {"A#1": "title"}))
    assert [title(p) for p in found] == ["Đất mỏ", "Vùng mỏ"]


def test_a_preview_shows_the_beginning(file: tuple[Path, str]) -> None:
    path, fmt = file
    seen = preview(path, ReadingOptions())
    assert (seen.format, seen.plan.name) == (fmt, "utf-8")
    assert [title(p) for p in seen.records if p.record] == TITLES
    assert bool(seen.columns) == (fmt in ("csv", "xlsx"))
