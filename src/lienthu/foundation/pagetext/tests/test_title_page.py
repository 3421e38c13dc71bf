"""Title pages as Vietnamese publishers set them, and what is to be read off them (DIG-9)."""

from __future__ import annotations

import pytest

from lienthu.foundation.pagetext.model import Block, Box, Line, PageText, words_in
from lienthu.foundation.pagetext.title_page import Field, Suggestion, is_isbn, suggest

Row = tuple[str, int]


def page(*rows: Row, confidence: int = 95) -> PageText:
    """A page of lines, each with the height of its letters."""
    lines, y = [], 100
    for text, height in rows:
        lines.append(Line(tuple(words_in(text, Box(150, y, len(text) * height // 2, height), confidence))))
        y += height * 2
    return PageText(1600, 2400, tuple(Block((line,)) for line in lines))


def found(*pages: PageText) -> dict[Field, str]:
    """The surest value of each field."""
    said: dict[Field, str] = {}
    for one in suggest(list(enumerate(pages, start=1))):
        said.setdefault(one.field, one.value)
    return said


NOVEL = page(
    ("VÕ HUY TÂM", 40), ("VÙNG MỎ", 110), ("Tiểu thuyết", 40), ("In lần thứ hai", 30),
    ("NHÀ XUẤT BẢN VĂN HỌC", 36), ("HÀ NỘI - 1977", 36),
)  # fmt: skip
COLOPHON = page(
    ("Chịu trách nhiệm xuất bản: Lý Hải Châu", 26), ("Biên tập: Nguyễn Văn A", 26),
    ("Số ĐKXB: 123-2010/CXB/45-67/VH", 26), ("ISBN: 978-604-1-00001-8", 26),
    ("In xong và nộp lưu chiểu quý III năm 1977.", 26),
)  # fmt: skip


def test_a_novel_tells_title_author_and_imprint() -> None:
    said = found(NOVEL)
    assert said == {
        Field.TITLE: "VÙNG MỎ",
        Field.RESPONSIBILITY: "VÕ HUY TÂM",
        Field.PLACE: "HÀ NỘI",
        Field.PUBLISHER: "NHÀ XUẤT BẢN VĂN HỌC",
        Field.YEAR: "1977",
    }


def test_the_last_page_tells_the_numbers() -> None:
    said = found(NOVEL, COLOPHON)
    assert said[Field.LICENCE] == "123-2010/CXB/45-67/VH"
    assert said[Field.DEPOSIT] == "quý III năm 1977"
    assert said[Field.YEAR] == "1977"
    assert said[Field.TITLE] == "VÙNG MỎ"
    assert said[Field.ISBN] == "9786041000018"


def test_local_history_with_editors_and_a_title_of_three_lines() -> None:
    said = suggest(
        [
            (
                9,
                page(
                    ("ỦY BAN NHÂN DÂN TỈNH QUẢNG NINH", 34), ("ĐỊA CHÍ", 90), ("QUẢNG NINH", 92), ("Tập 1", 70),
                    ("Chủ biên: PGS. TS. Nguyễn Thế Tràng", 36), ("Biên soạn: Tống Khắc Hài, Ngô Văn Trụ", 36),
                    ("NXB Thế giới", 36), ("Quảng Ninh, 2001", 36),
                ),
            )
        ]
    )  # fmt: skip
    by: dict[Field, list[Suggestion]] = {}
    for one in said:
        by.setdefault(one.field, []).append(one)
    assert by[Field.TITLE][0].value == "ĐỊA CHÍ QUẢNG NINH Tập 1"
    assert {s.value for s in by[Field.RESPONSIBILITY]} == {
        "Chủ biên: PGS. TS. Nguyễn Thế Tràng",
        "Biên soạn: Tống Khắc Hài, Ngô Văn Trụ",
    }
    assert by[Field.PUBLISHER][0].value == "NXB Thế giới"
    assert (by[Field.PLACE][0].value, by[Field.YEAR][0].value) == ("Quảng Ninh", "2001")
    assert {s.page for s in said} == {9}


def test_an_official_document_is_called_by_its_kind_and_subject() -> None:
    said = found(
        page(
            ("ỦY BAN NHÂN DÂN", 40), ("TỈNH QUẢNG NINH", 40), ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", 40),
            ("Độc lập - Tự do - Hạnh phúc", 40), ("Số: 204/KH-UBND", 40),
            ("Quảng Ninh, ngày 21 tháng 10 năm 2021", 40), ("KẾ HOẠCH", 42),
            ("CHUYỂN ĐỔI SỐ NGÀNH THƯ VIỆN TRÊN ĐỊA BÀN TỈNH QUẢNG", 42), ("NINH ĐẾN NĂM 2025", 42),
            ("Thực hiện Quyết định số 206/QĐ-TTg ngày 11/02/2021 của Thủ tướng Chính phủ", 40),
        )
    )  # fmt: skip
    assert said[Field.TITLE] == ("KẾ HOẠCH CHUYỂN ĐỔI SỐ NGÀNH THƯ VIỆN TRÊN ĐỊA BÀN TỈNH QUẢNG NINH ĐẾN NĂM 2025")
    assert said[Field.NUMBER] == "204/KH-UBND"
    assert (said[Field.PLACE], said[Field.YEAR]) == ("Quảng Ninh", "2021")


def test_signs_are_known_without_their_diacritics_and_values_stay_as_read() -> None:
    said = found(page(("HỒI KÝ THỢ MỎ", 100), ("NHA XUẤT BAN LAO ĐÔNG", 36), ("HA NỘI, 1968", 36)))
    assert said[Field.PUBLISHER] == "NHA XUẤT BAN LAO ĐÔNG"
    assert (said[Field.PLACE], said[Field.YEAR]) == ("HA NỘI", "1968")


def test_each_value_is_shown_where_it_stands() -> None:
    title = next(s for s in suggest([(1, NOVEL)]) if s.field is Field.TITLE)
    words = [word for word in NOVEL.words() if word.text in {"VÙNG", "MỎ"}]
    assert len(title.boxes) == 1
    assert title.boxes[0].x == words[0].x
    assert title.boxes[0].x + title.boxes[0].w == words[1].x + words[1].w


def test_doubtful_words_make_a_doubtful_suggestion() -> None:
    rows = [("VÙNG MỎ", 110), ("NHÀ XUẤT BẢN VĂN HỌC", 36), ("HÀ NỘI - 1977", 36)]
    sure, doubtful = (suggest([(1, page(*rows, confidence=c))])[0] for c in (98, 40))
    assert sure.confidence > 70 > 40 > doubtful.confidence


@pytest.mark.parametrize(
    "pages",
    [
        [],
        [PageText(100, 100)],
        [
            page(
                *[
                    (f"Đoạn văn thứ {n} của một trang sách bình thường, không phải trang tên sách.", 40)
                    for n in range(25)
                ]
            )
        ],
    ],
)
def test_where_nothing_is_said_nothing_is_suggested(pages: list[PageText]) -> None:
    assert suggest(list(enumerate(pages))) == []


@pytest.mark.parametrize(
    ("digits", "right"),
    [
        ("9786041000018", True),
        ("9786041000019", False),
        ("0306406152", True),
        ("080442957X", True),
        ("0804429570", False),
    ],
)
def test_check_digits(digits: str, right: bool) -> None:
    assert is_isbn(digits) is right


def test_a_number_with_a_wrong_check_digit_is_doubtful() -> None:
    wrong = suggest([(1, page(("ISBN 978-604-1-00001-0", 30)))])
    assert [(s.field, s.value, s.confidence) for s in wrong] == [(Field.ISBN, "9786041000010", 38)]
